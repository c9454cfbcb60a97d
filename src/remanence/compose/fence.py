"""The fence round recalled text: it says "this is data", and lets us know our own words when they come back.

    <memory id="308160442917">
    ...
    </memory id="308160442917">

The id is made with the space's secret, so that nobody else can make one, and no table is needed to know one again:
its first half is a mark of what stands inside, its second half a mark of the first. Of a block that comes back as it
went out all of it is dropped; of one that was cut or written into, the lines that memory holds. Everything else,
whatever it looks like, is somebody's words and is kept.

Text inside cannot close the fence or look like one: the angle bracket of every tag that speaks of memory
or of a chat role is written as its entity, and control characters are written out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache

from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.tokens import count_tokens
from remanence.types import FIRM

Sign = Callable[[str], int]
"""A number that only this space could have made of a text (`StoreView.sign`)."""
Held = Callable[[Sequence[str]], Sequence[bool]]
"""For each line of a block that was changed: does memory hold what it says?"""

_HALF = 10**6
_TAG = lazy_pattern(
    r"<(?=\s*/?\s*\|?\s*(?:memory|memories|system|assistant|user|human|tool\w*|function\w*|instructions?|im_start|im_end)\b)",
    re.I,
)
_CONTROL = lazy_pattern(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
)
_MARK = lazy_pattern(r'<(?P<close>/?)memory id="(?P<id>[0-9]{12})">')


def escape(text: str) -> str:
    """Text that cannot close a fence, forge a role or steer a terminal; plain talk comes out as it went in."""
    safe = _TAG.sub("&lt;", text)
    return _CONTROL.sub(lambda match: f"\\u{{{ord(match.group()):x}}}", safe)


def escape_each(texts: Iterable[str]) -> list[str]:
    """`escape` each."""
    return [escape(text) for text in texts]


REPORTED = 0.5
"""Below this trust a text is an unverified report."""


def marked(text: str, trust: float) -> str:
    """`text` as it is shown: what a tool or somebody outside said stands in quotation marks, and says so."""
    doubt = doubt_of(trust)
    return f'({doubt}) "{text}"' if doubt else text


def doubt_of(trust: float) -> str:
    """What a reader should be told of where a text comes from; nothing when a person or an assistant said it."""
    return "" if trust >= FIRM else "tool output" if trust >= REPORTED else "unverified report"


def wrap(text: str, id: str) -> str:
    """`text` between an opening and a closing line that carry `id` (twelve digits).

    The text is data of ours, already escaped piece by piece; a closing line in it would still be noticed
    because it is escaped here once more.
    """
    return f'<memory id="{id}">\n{_TAG.sub("&lt;", text)}\n</memory id="{id}">'


@cache
def price() -> int:
    """Tokens that a fence takes of a budget."""
    return count_tokens(wrap("", "0" * 12)) + 2


def fenced(text: str, sign: Sign) -> str:
    """`text` in a fence of this space: the same text always in the same one."""
    first = _mark_of(_TAG.sub("&lt;", text), sign)
    return wrap(text, f"{first}{_issued(first, sign)}")


def _mark_of(inside: str, sign: Sign) -> str:
    return f"{sign('inside ' + ' '.join(inside.split())) % _HALF:06d}"


def _issued(first: str, sign: Sign) -> str:
    return f"{sign('issued ' + first) % _HALF:06d}"


def strip(text: str, sign: Sign, held: Held) -> tuple[str, tuple[str, ...]]:
    """(`text` without the blocks that this space issued, their ids in order).

    A block without its end reaches to the next one or to the end of the text, and one without its beginning begins
    where the text does. Text without a block of ours comes back as it is.
    """
    if "memory id=" not in text:
        return text, ()
    marks = [found for found in _MARK.finditer(text) if _issued(found["id"][:6], sign) == found["id"][6:]]
    if not marks:
        return text, ()
    kept: list[str] = []
    ids: list[str] = []
    for before, id, inside in _blocks(text, marks):
        kept.append(before)
        if id:
            ids.append(id)
            kept.append("" if _mark_of(inside, sign) == id[:6] else _left(inside, held))
    return "".join(kept).strip(), tuple(ids)


def _blocks(text: str, marks: Sequence[re.Match[str]]) -> Iterator[tuple[str, str, str]]:
    """(words before a block, its id, what stands in it); at last the words after all blocks, with no id."""
    place, position = 0, 0
    while position < len(marks):
        mark = marks[position]
        following = marks[position + 1] if position + 1 < len(marks) else None
        if mark["close"]:
            yield "", mark["id"], text[place : mark.start()]
            place = mark.end()
        elif following is not None and following["close"] and following["id"] == mark["id"]:
            yield text[place : mark.start()], mark["id"], text[mark.end() : following.start()]
            place = following.end()
            position += 1
        else:
            place_after = following.start() if following is not None else len(text)
            yield text[place : mark.start()], mark["id"], text[mark.end() : place_after]
            place = place_after
        position += 1
    yield text[place:], "", ""


def _left(inside: str, held: Held) -> str:
    """The lines of a changed block that memory does not hold; a line that goes on one is judged with it."""
    lines: list[str] = []
    for line in inside.splitlines():
        if lines and line.startswith("  ") and line.strip():
            lines[-1] += "\n" + line
        else:
            lines.append(line)
    return "\n".join(line for line, known in zip(lines, held(lines), strict=True) if not known)
