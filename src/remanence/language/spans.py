"""The spans of a sentence that could be an answer: phrases, numbers, durations and names, by rules.

A phrase runs from one phrase boundary to another: marks, prepositions, conjunctions, articles, verbs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from remanence.language.common_words import VERBS, listed
from remanence.language.entities import find as find_entities
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.sentences import Span
from remanence.records import dataclass

LONGEST = 16
"""Most words of one phrase."""
MOST = 80
"""Words of a sentence that are looked at."""


@dataclass(frozen=True, slots=True)
class CandidateSpan(Span):
    """Characters of a sentence; `sort` is phrase, number, duration, frequency, name or kin."""

    sort: str


_TOKEN = lazy_pattern(r"[$€£#@]?[^\W_]+(?:[-'’./:,&][^\W_]+)*%?\+?")
_BREAK = lazy_pattern(r"[,;:!?.()\"“”…—–*]|\s-\s|\n")
_BOUNDARIES = listed(
    """in on at to from with without for about of by into onto over under after before during since until till through
    across against around behind between near like as than and or but so because that which who whose where when while
    if though although plus also is are was were am be been being 's has have had do does did can could will would
    should might may must i we you he she it they me us him her them it's i'm i've we're we've they're he's she's
    that's there's there this these those not n't just really very too even still always never"""
)
_OPENERS = listed("a an the my our your his her their its some any another each every this that these those")
_FIRST_OF_CLAUSE = listed("because since so to by when after before for")
_VERBISH = lazy_pattern(r"(?:ed|ing)$")
_UNITS = r"(?:second|minute|hour|day|night|week|weekend|month|year|decade|century|centurie)s?"
_COUNT = (
    r"(?:\d[\d,.]{0,15}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|"
    r"seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|dozen|"
    r"half|couple|few|several|many)"
)
_DURATION = lazy_pattern(
    rf"\b(?:(?:about|around|almost|over|nearly|more than|at least)\s)?{_COUNT}(?:[\s-](?:and a half|a half|or|to|of|"
    rf"{_COUNT})){{0,3}}[\s-]+{_UNITS}\b(?:\sago\b)?|\bsince\s(?:\w+\s)?\d{{4}}\b",
    re.I,
)
_FREQUENCY = lazy_pattern(
    rf"\b(?:every|each)\s(?:other\s|single\s|{_COUNT}\s)?\w+|\b(?:once|twice|thrice|(?:{_COUNT})(?:\s(?:or|to)\s{_COUNT})?"
    r"\stimes)(?:\s(?:a|an|per|each|every)\s\w+)?|\b(?:daily|weekly|monthly|yearly|nightly|annually|regularly)\b",
    re.I,
)
_NUMBER = lazy_pattern(
    r"[$€£]\s?\d[\d,.]{0,20}\d?(?:\s?(?:million|billion|thousand|k\b))?|\b\d[\d,.:/]{0,40}(?<=\d)(?:st|nd|rd|th|%|k\b|\s?percent)?|"
    r"\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|"
    r"seventeen|eighteen|nineteen|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-\w+)?|hundreds?|"
    r"thousands?|dozens?|once|twice|half|couple)\b",
    re.I,
)
_KIN = lazy_pattern(
    r"\b(?:my|our|his|her|their)\s(?:\w+\s)?(?:mom|mum|mother|dad|father|parents|sister|brother|siblings?|grandma|"
    r"grandmother|grandpa|grandfather|grandparents|aunt|uncle|cousins?|niece|nephew|wife|husband|spouse|partner|"
    r"girlfriend|boyfriend|fianc[eé]e?|kids?|children|daughters?|sons?|famil(?:y|ies)|friends?|neighbou?rs?|boss|"
    r"coach|teacher|colleagues?|coworkers?|co-workers?|roommate|team|teammates?|doctor|vet|landlord|mentor)\b",
    re.I,
)


def candidate_spans(sentence: str) -> list[CandidateSpan]:
    """Every span, the typed ones first; a stretch is given once, under its first sort."""
    found: dict[tuple[int, int], str] = {}
    for sort, start, end in _typed(sentence):
        found.setdefault((start, end), sort)
    for start, end in _phrases(sentence):
        found.setdefault((start, end), "phrase")
    return [CandidateSpan(start, end, sort) for (start, end), sort in found.items()]


def _typed(sentence: str) -> Iterator[tuple[str, int, int]]:
    for sort, pattern in (
        ("duration", _DURATION),
        ("frequency", _FREQUENCY),
        ("number", _NUMBER),
        ("kin", _KIN),
    ):
        for m in pattern.finditer(sentence):
            yield sort, m.start(), m.end()
    for e in find_entities(sentence):
        if e.label in ("name", "title", "acronym"):
            yield "name", e.start, e.end
        elif e.label == "quantity":
            yield "number", e.start, e.end


def _phrases(sentence: str) -> Iterator[tuple[int, int]]:
    """From boundary to boundary: every phrase of up to `LONGEST` words that does not end on a boundary word."""
    tokens = [(m.start(), m.end(), m.group().lower()) for m in _TOKEN.finditer(sentence)][:MOST]
    if not tokens:
        return
    starts: list[int] = []
    ends: list[int] = []
    hard = [0]
    for place, (start, end, low) in enumerate(tokens):
        before = sentence[tokens[place - 1][1] : start] if place else ""
        last = tokens[place - 1][2] if place else ""
        broken = _BREAK.search(before) is not None
        hard.append(hard[-1] + int(broken and "," not in before))
        if (
            not place
            or broken
            or low in _OPENERS
            or low in _BOUNDARIES
            or last in _BOUNDARIES
            or last in VERBS
            or _VERBISH.search(last)
            or _VERBISH.search(low)
        ) and (
            low not in _BOUNDARIES
            or low in _FIRST_OF_CLAUSE
            or low in _OPENERS
            or low in ("in", "at", "on", "with", "as")
        ):
            starts.append(place)
        following = sentence[end : tokens[place + 1][0]] if place + 1 < len(tokens) else "."
        then = tokens[place + 1][2] if place + 1 < len(tokens) else ""
        if (
            low not in _BOUNDARIES
            and low not in _OPENERS
            and (
                not then or _BREAK.search(following) or then in _BOUNDARIES or then in _OPENERS or _VERBISH.search(then)
            )
        ):
            ends.append(place)
    for first in starts:
        kept = 0
        for last_place in ends:
            if last_place < first:
                continue
            if last_place - first >= LONGEST or hard[last_place + 1] > hard[first + 1]:
                break
            yield tokens[first][0], tokens[last_place][1]
            kept += 1
            if kept >= 6:
                break


def bare(text: str) -> str:
    """A span without an article or possessive in front and loose marks round it."""
    words = text.strip(" \t\n,.;:!?\"“”'’*()").split()
    while len(words) > 1 and words[0].lower() in _OPENERS:
        words.pop(0)
    return " ".join(words)
