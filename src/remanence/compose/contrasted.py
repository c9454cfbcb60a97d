"""An answer in the light of its own sentence: of "83 not 80" the 83, and the 80 where it is asked what was before."""

from __future__ import annotations

import re
from collections.abc import Iterable

from remanence.compose.answer_extraction import dated, times_told
from remanence.compose.reading import when
from remanence.language import dates
from remanence.language.contrast import NUMBER, Contrast, contrasts
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.question import Question
from remanence.language.statements.happened import stems
from remanence.language.text import content_words
from remanence.types import Hit, Item

_DAY_ONLY = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?$")


def in_contrast(short: str, cited: Item, asked: Question) -> str | None:
    """What a short answer becomes by what its sentence turns down or replaces; None where that changes nothing.

    A value that is turned down gives way to the one that stands, and the other way round where it is asked what was
    before. A quote of both leaves out the words that say only what is turned down.
    """
    text = cited.text
    found = contrasts(text)
    place = _place(short, cited, asked) if found else None
    if place is None:
        return None
    start, end = place
    for one in found:
        gone, stands = _meet(one.gone, start, end), _meet(one.stands, start, end)
        if _of_before(asked):
            if stands:
                return _told(one.gone, one, cited, asked)
        elif gone and stands and asked.expected.form != "date":
            kept = f"{text[start : max(start, one.cut[0])]} {text[min(end, one.cut[1]) : end]}"
            return re.sub(r"\s+([.,;:!?])", r"\1", " ".join(kept.split())).strip(" ,;:-") or None
        elif gone:
            return _told(one.stands, one, cited, asked)
    return None


_BEFORE = lazy_pattern(r"\b(?:before|back (?:then|when)|at first|originally|to begin with|to start with)\b", re.I)


def _of_before(asked: Question) -> bool:
    return asked.tense == "before" or _BEFORE.search(asked.text) is not None


def taken_over(short: str, cited: Item, hits: Iterable[Hit], asked: Question) -> tuple[str, Hit] | None:
    """What a later turn puts in the place of an answer by naming both: 600 for 350 behind "600 now, it was 350".

    None where none does, or where it is asked what was before. The later turn shares a word with the question or with
    the turn that the answer stands in.
    """
    if _of_before(asked) or len(short) > LONGEST:
        return None
    known = {word for word in (*stems(asked.essence), *stems(content_words(cited.text))) if word.isalpha()}
    found: tuple[str, Hit] | None = None
    for hit in sorted(hits, key=lambda one: when(one.item)):
        if when(hit.item) <= when(cited) or not known & stems(content_words(hit.item.text)):
            continue
        for one in contrasts(hit.item.text):
            if _same(hit.item.text[slice(*one.gone)], short):
                found = _told(one.stands, one, hit.item, asked), hit
    return found


LONGEST = 40
"""A longer answer is a sentence, which no single value replaces."""


def _same(gone: str, short: str) -> bool:
    """Whether two values are one: by their only numbers, or by their words."""
    old, told = NUMBER.findall(gone), NUMBER.findall(short)
    return old == told if len(told) == 1 else not told and gone.casefold() == short.casefold()


def _meet(span: tuple[int, int], start: int, end: int) -> bool:
    return span[0] < end and start < span[1]


def _place(short: str, cited: Item, asked: Question) -> tuple[int, int] | None:
    """Where an answer stands in its text, a day by the words that name it."""
    at = cited.text.find(short)
    if at >= 0:
        return at, at + len(short)
    if asked.expected.form != "date":
        return None
    every = times_told(cited, asked)
    return next(((one.start, one.end) for one in every if dated(one, cited, asked.expected.grain) == short), None)


def _told(span: tuple[int, int], one: Contrast, cited: Item, asked: Question) -> str:
    """The words at a place; a day as a date, in the month of the other one where it is only a number."""
    told = cited.text[slice(*span)]
    if asked.expected.form != "date":
        return told
    times = [e for e in times_told(cited, asked) if _meet((e.start, e.end), *span)]
    if times:
        return dated(times[0], cited, asked.expected.grain)
    other = cited.text[slice(*(one.gone if span == one.stands else one.stands))]
    number, month = _DAY_ONLY.search(told), re.search(r"[^\W\d_]{3,}$", other)
    if number is None or month is None:
        return told
    day = dates.find(f"{number[1]} {month[0]}", cited.said_at)
    return dated(day[0], cited, asked.expected.grain) if day else told
