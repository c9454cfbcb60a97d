"""The fence round recalled text: it says "this is data", and lets us know our own words when they come back.

    <memory id="308160442917">
    ...
    </memory id="308160442917">

Text inside cannot close the fence or look like one: the angle bracket of every tag that speaks of memory
or of a chat role is written as its entity, and control characters are written out.
"""

from __future__ import annotations

import hashlib
import re

_OPEN = '<memory id="{id}">'
_CLOSE = '</memory id="{id}">'
_BLOCK = re.compile(
    r'<memory id="(?P<id>[0-9a-f]{8,32})">[^\S\n]*\n?(?P<inside>.*?)\n?[^\S\n]*</memory id="(?P=id)">', re.S
)
_LOST_OPEN = re.compile(r'<memory id="(?P<id>[0-9a-f]{8,32})">.*\Z', re.S)
_TAG = re.compile(
    r"<(?=\s*/?\s*\|?\s*(?:memory|memories|system|assistant|user|human|tool\w*|function\w*|instructions?|im_start|im_end)\b)",
    re.I,
)
_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
)


def escape(text: str) -> str:
    """Text that cannot close a fence, forge a role or steer a terminal; plain talk comes out as it went in."""
    safe = _TAG.sub("&lt;", text)
    return _CONTROL.sub(lambda match: f"\\u{{{ord(match.group()):x}}}", safe)


def wrap(text: str, id: str) -> str:
    """`text` between an opening and a closing line that carry `id` (8 to 32 hexadecimal digits).

    The text is data of ours, already escaped piece by piece; a closing line in it would still be noticed
    because it is escaped here once more.
    """
    inside = _TAG.sub("&lt;", text)
    return f"{_OPEN.format(id=id)}\n{inside}\n{_CLOSE.format(id=id)}"


def fence_id(text: str, salt: str = "") -> str:
    """An id for a block: twelve digits, the same for the same block and asking, that no writer can foresee."""
    digest = hashlib.blake2b(f"{salt}\x00{text}".encode("utf-8", "replace"), digest_size=8).digest()
    return f"{int.from_bytes(digest) % 10**12:012d}"


def strip(text: str) -> tuple[str, tuple[str, ...]]:
    """(`text` without its fenced blocks, the blocks' ids in order).

    A block whose end was cut off reaches to the end of the text. Text without a block comes back as it is.
    """
    if "<memory id=" not in text:
        return text, ()
    ids: list[str] = []

    def cut(match: re.Match[str]) -> str:
        ids.append(match["id"])
        return ""

    clean = _BLOCK.sub(cut, text)
    clean = _LOST_OPEN.sub(cut, clean)
    return (clean.strip(), tuple(ids)) if ids else (text, ())
