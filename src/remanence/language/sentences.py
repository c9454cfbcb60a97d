"""Where sentences begin and end: a splitter for chat, prose and lists, by rules.

Knows abbreviations, initials, decimals, URLs, ellipses, quotes and brackets after a full stop, bullets, blank lines,
fenced code (one piece) and CJK punctuation. Linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from remanence.language.common_words import listed
from remanence.language.lazy_pattern import lazy_pattern
from remanence.records import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """Characters [start, end) of a source text."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The characters themselves."""
        return text[self.start : self.end]


def asks(sentence: str) -> bool:
    """Whether a sentence asks: by its mark, or by its first words where chat leaves it out ("when do I get it")."""
    return sentence.rstrip(" \t\n\"')").endswith(("?", "？")) or _ASKS.match(sentence) is not None


def split_asking(text: str) -> tuple[list[Span], frozenset[int]]:
    """The sentences of a text, and where those begin that ask."""
    parts = split(text)
    return parts, frozenset(one.start for one in parts if asks(text[one.start : one.end]))


def asks_each(sentences: Iterable[str]) -> list[bool]:
    """`asks` of each."""
    return [asks(sentence) for sentence in sentences]


_ASKS = lazy_pattern(
    r"\W{0,3}(?:(?:and|but|so|ok|btw|also|oh|hey)[\s,]{1,3}){0,2}"
    r"(?:when|where|what|which|who|why|how(?:\s(?:much|many|long|often|old|far))?)(?:'?s)?\s"
    r"(?:do|does|did|is|are|was|were|am|can|could|will|would|should|shall|has|have|had)\s"
    r"(?:i|you|we|he|she|they|it|my|your|our|his|her|their)\b",
    re.I,
)

_ABBREVIATIONS = listed(
    "mr mrs ms dr prof sr jr st mt ft rev hon gen col lt sgt capt maj gov sen rep pres supt vs etc "
    "approx dept est fig figs eq "
    "no nos vol vols pp ed eds al ca cf inc ltd co corp bros jan feb mar apr jun jul aug sep sept oct nov dec mon tue "
    "tues wed thu thur thurs fri sat e.g i.e a.m p.m u.s u.k u.n d.c b.c a.d ph.d m.d b.a m.a viz op "
    "chap sec ave blvd rd"
)
# these end a sentence when a capital follows: "at 5 p.m. We left", "pens etc. Then"
_SOFT = listed("etc a.m p.m inc ltd co corp u.s u.k jr sr no fig sec sat sun ed al d.c mar jun ave rd st")
_STARTERS = listed(
    "i we you he she it they this that these those the a an my our your his her its their then there here and but so "
    "when what who where why how if in on at yes no not please thanks also after before once"
)

_GERMAN_MONTHS = listed(
    "januar jänner februar feber märz april mai juni juli august september oktober november dezember"
)

_STOP = lazy_pattern(
    r"(?<![.!?…])[.!?…]++[\"'”’)\]»*_]{0,4}(?=\s|$)"  # a stop, closing marks, then space
    r"|[。！？｡][”』」）]{0,2}"  # CJK stops need no space
    r"|\n\s{0,8}\n"  # blank line
    r"|\n(?=[ \t]{0,12}(?:[-*•‣–+]|\d{1,3}[.)])[ \t])"  # next list item
    r"|```"
)
_WORD_LEFT = lazy_pattern(r"[\w.&]{1,20}$")
_NEXT = lazy_pattern(r"\s*[\"'“‘(\[«*_]{0,3}(\w+)?")
_BULLET = lazy_pattern(r"[ \t]{0,12}(?:[-*•‣–+]|\d{1,3}[.)])[ \t]{1,8}")


def split(text: str) -> list[Span]:
    """Sentences of a text as spans in order, without the white space around them; empty text gives none.

    A bullet or list number belongs to its sentence. Fenced code is one span.
    """
    return [s for s in _cut(text) if s.end > s.start]


def split_each(texts: Iterable[str]) -> list[list[Span]]:
    """`split` of each text."""
    return [split(text) for text in texts]


def parts_each(texts: Iterable[str]) -> list[list[str]]:
    """The sentences of each text."""
    return [[text[span.start : span.end] for span in split(text)] for text in texts]


def _cut(text: str) -> Iterator[Span]:
    begin = 0
    position = 0
    search = _STOP.search
    while True:
        m = search(text, position)
        if m is None:
            break
        mark = m.group()
        if mark == "```":
            close = text.find("```", m.end())
            stop = len(text) if close < 0 else close + 3
            yield from _trim(text, begin, m.start())
            yield from _trim(text, m.start(), stop)
            begin = position = stop
            continue
        position = m.end()
        if mark[0] == "\n" or mark[0] in "。！？｡" or _ends(text, begin, m):
            yield from _trim(text, begin, m.end())
            begin = m.end()
    yield from _trim(text, begin, len(text))


def _ends(text: str, begin: int, m: re.Match[str]) -> bool:
    """Whether the stop at `m` closes the sentence that began at `begin`."""
    mark = m.group()
    after = _NEXT.match(text, m.end())
    word = after[1] if after is not None else None
    if word is None and after is not None and after.end() >= len(text):
        return True
    lower_next = word is not None and word[:1].islower()
    if mark[0] in "!?":
        return not (lower_next and len(mark) > 1 and mark[-1] in "\"'”’)»")
    if mark[0] == "…" or mark.startswith(".."):
        return not lower_next
    left = _WORD_LEFT.search(text, max(begin, m.start() - 20), m.start())
    token = left.group() if left is not None else ""
    low = token.lower().strip(".")
    if low in _ABBREVIATIONS:
        if low in _SOFT and len(mark) == 1 and word is not None and word[:1].isupper():
            return low in ("etc", "a.m", "p.m") or word.lower() in _STARTERS
        return False
    if len(low) == 1 and low.isalpha() and token[:1].isupper() and low != "i":
        return False  # J. R. Smith
    if low.isdigit() and left is not None and not text[begin : left.start()].strip(" \t\n-*•"):
        return False  # "1. First item"
    if low.isdigit() and len(low) <= 2 and word is not None and word.lower() in _GERMAN_MONTHS:
        return False  # "am 3. Juni"
    return not lower_next


def _trim(text: str, start: int, end: int) -> Iterator[Span]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if end > start:
        yield Span(start, end)


SHORT = 160
"""A text of so many characters is quoted whole."""
_SEAM = lazy_pattern(r"[,;:()–—]\s|\s[–—-]\s|\s(?:but|and|so|because|bc|then)\s", re.I)
FEWEST = 3
"""Words that a clause must have to be told for its sentence."""


def clause_round(sentence: str, span: str) -> str:
    """The part of a sentence between the seams round a span: what stands beside it is no part of the answer.

    The whole sentence where the span is not in it or the part has fewer than `FEWEST` words.
    """
    at = sentence.find(span) if span else -1
    if at < 0:
        return sentence
    seams = list(_SEAM.finditer(sentence))
    start = max((one.end() for one in seams if one.end() <= at), default=0)
    end = min((one.start() for one in seams if one.start() >= at + len(span)), default=len(sentence))
    part = sentence[start:end].strip()
    return part if len(part.split()) >= FEWEST else sentence


def sentence_at(text: str, start: int, shortest: int = SHORT) -> str:
    """The sentence round a place; the whole of a text of `shortest` characters or fewer."""
    if len(text) <= shortest:
        return text
    return next((s.of(text) for s in split(text) if s.start <= start < s.end), text[:SHORT])
