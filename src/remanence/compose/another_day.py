"""A day that somebody cannot do, and the one agreed on in its place: "can't do the 17th. 24th then?" - "works"."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

import numpy as np

from remanence.compose.reading import when
from remanence.language import dates
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.question import Question
from remanence.language.statements.corrects import turned_down
from remanence.stage import Ctx
from remanence.types import Cue, Item

DEEP = 12
"""Turns with the number of the day that are looked through."""
REPLIES = 3
"""Turns behind a proposal in which it is agreed to."""
_CANNOT = lazy_pattern(
    r"(?:\b(?:can(?:no|['’])?t|can not|won['’]?t|couldn['’]?t|not able to)\s(?:really\s|actually\s)?"
    r"(?:do|make|manage|come|be there|have)\s?(?:it\s)?"
    r"|\b(?:busy|booked|working|away))\s?(?:on\s|for\s)?(?:the\s)?$",
    re.I,
)
_IS_OUT = lazy_pattern(
    r"\s?(?:th|st|nd|rd)?\s(?:(?:does|do|did|is|was|wo|ca)(?:n['’]?t| not)|no longer|"
    r"is (?:off|out|bad|full|taken|impossible)|clashes|won['’]?t)\b",
    re.I,
)
_ORDINAL = lazy_pattern(r"(?<![\w.])(\d{1,2})(?:st|nd|rd|th)\b", re.I)
_OFFERS = lazy_pattern(r"[^.!?\n]{0,25}\?")
_AGREES = lazy_pattern(
    r"^\W*(?:yes|yep|yeah|yup|ok|okay|k|fine|deal|perfect|great|sure|agreed|done|good|lovely|cool|brilliant|sorted)\b"
    r"|\b(?:works|it is|is (?:fine|good|ok|okay|perfect|great)|suits|sounds good|see you (?:then|on))\b",
    re.I,
)
_REFUSES = lazy_pattern(r"\b(?:no|not|nope)\b|n['’]t\b|\?\s*$", re.I)


def another_day(short: str, cited: Item, asked: Question, cue: Cue, ctx: Ctx) -> tuple[str, Item] | None:
    """The day that was agreed on in the place of one that an answer tells, and the turn that names it, or None.

    A later turn says that somebody cannot do the day that is told and names another one; where it asks, somebody else
    agrees in one of the next turns. Not where it is asked what was before.
    """
    if asked.expected.form != "date" or asked.tense in ("before", "past") or cited.at is None:
        return None
    told = [one for one in dates.find(short, cited.said_at) if one.precision == "day"]
    if len(told) != 1:
        return None
    day = told[0].at.date()
    ending = {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10 if day.day not in (11, 12, 13) else 0, "th")
    where = replace(cue.where, kinds=("turn",), who=())
    rows, _ = ctx.store.matching(ctx.store.terms(f"{day.day} {day.day}{ending}"), DEEP, where)
    later = {when(item): (int(row), item) for row, item in zip(rows, ctx.store.items(rows), strict=True)}
    for at in sorted(later):
        row, item = later[at]
        if at <= when(cited):
            continue
        days = _days(item.text[:2_000], item.said_at, day)
        gone = [one for one in days if one.day == day and _is_gone(item.text, one)]
        left = [one for one in days if one.day != day and gone and one.start > gone[0].start]
        left = [one for one in left if not turned_down(item.text, one.start)]
        if left and (_OFFERS.match(item.text, left[0].end) is None or _agreed(left[0].day, row, item, cue, ctx)):
            return dates.say(datetime.combine(left[0].day, time()), "day"), item
    return None


class _Day(NamedTuple):
    start: int
    end: int
    day: date


def _days(text: str, said_at: datetime | None, about: date) -> list[_Day]:
    """The days that a text names, in order; "the 24th" is of the month of the day that is spoken of."""
    found = [
        _Day(one.start, one.end, one.at.date())
        for one in dates.find(text, said_at)
        if one.precision in ("day", "hour", "minute")
    ]
    for m in _ORDINAL.finditer(text):
        if not any(one.start < m.end() and m.start() < one.end for one in found):
            named = _in_month(int(m[1]), about)
            if named is not None and said_at is not None and named < said_at.date():
                named = _in_month(int(m[1]), about.replace(day=28) + timedelta(days=7))
            if named is not None:
                found.append(_Day(m.start(), m.end(), named))
    return sorted(found)


def _in_month(day: int, month: date) -> date | None:
    return month.replace(day=day) if 1 <= day <= monthrange(month.year, month.month)[1] else None


def _is_gone(text: str, one: _Day) -> bool:
    before = text[max(0, one.start - 40) : one.start]
    cannot = turned_down(text, one.start) or _CANNOT.search(before) is not None
    return cannot or _IS_OUT.match(text, one.end) is not None


def _agreed(day: date, row: int, item: Item, cue: Cue, ctx: Ctx) -> bool:
    """Whether somebody else agrees to a day that a turn offers."""
    rows = ctx.store.around(np.array([row]), 0, REPLIES, cue.where)[:, 1:].ravel()
    for reply in ctx.store.items(rows[rows >= 0]):
        named = {one.day for one in _days(reply.text[:300], reply.said_at, day)}
        if reply.who == item.who or (named and day not in named):
            continue
        if _AGREES.search(reply.text) is not None and _REFUSES.search(reply.text) is None:
            return True
    return False
