"""A correction that names nothing but the right value: "no wait, the 28th" after "Rita comes on the 27th".

So does what is agreed on at last: "the 28th it is".
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from remanence.language import dates
from remanence.language.lazy_pattern import Patterns
from remanence.language.statements.statement import Statement

_SAYS = Patterns(
    opens=r"^\W*(?:(?:oh|ah|um|hm+|ups|oops|argh|sorry|wait|no|nope|nein|scratch that|hang on|correction|actually|"
    r"i mean|i meant|my bad|my mistake|make that|typo|not that)\b[\s,.:;!-]*){1,4}",
    agreed=r"^\W*(?:(?:ok|okay|deal|fine|right|alright|yes|yep|so|then|good|great)\W+){0,2}"
    r"(?:the\s)?(?P<v>[\w.: ]{1,25}?)\sit\sis\b(?:\s(?:then|so))?\W*$",
    day=r"\d{1,2}(?:st|nd|rd|th)\b|(?:mon|tues|wednes|thurs|fri|satur|sun)day\b",
    it_is=r"^(?:it['’]?s|it is|it was|that['’]?s|they['’]re|make (?:that|it)|on|at|the)\s+",
    moved_it=r"\b(?:moved?|pushed?|shifted|postponed|rescheduled|changed|brought)\s(?:it|that|this|everything)(?:\s(?:back|forward))?"
    r"\s(?:to|until|till)\s(?:the\s)?$",
    number=r"(?P<v>[$€£]?\s?\d[\d.,:]*(?<=\d)(?:\s?(?!(?:an?|per|and|not|for|at|in|on|of|so|it|is)\b)[a-z%€£$]{1,10})?"
    r"(?:\s(?:an?|per)\s(?:month|week|year|hour|day|night|head|person))?)\b",
)
"""What a correction is told by."""


def corrected(text: str, last: Statement | None, at: datetime | None) -> Statement | None:
    """What a short correction makes of the statement before it by the same speaker; None where it is none.

    Only a value of the same sort corrects: a date a date, a number a number.
    """
    if last is not None and last.attribute.startswith("date of") and (moved := _moved(text, last, at)) is not None:
        return moved
    agreed = _SAYS.agreed.match(text)
    opened = _SAYS.opens.match(text) if agreed is None else agreed
    if last is None or opened is None or len(text) > 120:
        return None
    if agreed is not None:
        start = agreed.start("v")
    else:
        lead = _SAYS.it_is.match(text[opened.end() :])
        start = opened.end() + (lead.end() if lead is not None else 0)
    value = (
        _dated(text, start, last.until, at) if last.attribute.startswith("date of") else _number(text, start, last, at)
    )
    if value is None or value[0] == last.value:
        return None
    said, end, until = value
    return replace(
        last, value=said, at=last.at, until=until or last.until, start=start, end=end, change="corrected",
        replaces=last.value, in_talk=True,
    )  # fmt: skip


def _moved(text: str, last: Statement, at: datetime | None) -> Statement | None:
    """ "so we moved it to the 19th": of what had a date last."""
    for one in dates.find(text[:400], last.until or at):
        if _SAYS.moved_it.search(text[max(0, one.start - 60) : one.start]):
            value = f"{one.text} ({dates.say(one.at, 'day')})"
            return replace(
                last, value=value, at=at, until=one.until, start=one.start, end=one.end, change="changed",
                replaces=last.value, in_talk=True,
            )  # fmt: skip
    return None


def _dated(
    text: str, start: int, before: datetime | None, at: datetime | None
) -> tuple[str, int, datetime | None] | None:
    """A day; one that has no name but its number is of the month of the day before."""
    bare = _SAYS.day.match(text, start)
    at = before or at if bare is not None and bare[0][0].isdigit() else at
    found = [one for one in dates.find(text, at) if one.start <= start + 6 and one.end > start]
    if not found and bare is not None and (day := dates.find(f"on {'the ' * bare[0][0].isdigit()}{bare[0]}", at)):
        return f"{bare[0]} ({dates.say(day[0].at, 'day')})", bare.end(), day[0].until
    if not found:
        return None
    one = found[0]
    return f"{one.text} ({dates.say(one.at, 'day')})", one.end, one.until


def _number(text: str, start: int, last: Statement, at: datetime | None) -> tuple[str, int, datetime | None] | None:
    m = _SAYS.number.match(text, start)
    if m is None or not re.search(r"\d", last.value):
        return None
    if any(one.start < m.end() and m.start() < one.end for one in dates.find(text, at)):
        return None  # "no, on 3 May": a day
    return m["v"].strip(), m.end(), None
