"""Whose "your boss" and "your order number" are: of whom the turn speaks to, and never of whoever says it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.speakers import ASSISTANTS, USERS, says_i
from remanence.language.statements.predicates.focus import Company
from remanence.language.statements.statement import Statement

REACH = 70
"""Characters in front of a value in which "your" is looked for."""
FAR = 4
"""Most words between "your" and the value."""
_YOU_DO = (
    r"(?<![\w'’])(?:you|u)"
    r"(?:['’](?:re|ve)|\s(?:are|have|were|can['’]?t|cannot|live|work|take|eat|drive|own|earn|weigh))\s"
)
MAY_BE_ANOTHERS = lazy_pattern(
    rf"(?<![\w'’])(?:your|ur|yer)\s|{_YOU_DO}|\b(?:number|code|tracking|total|reference|voucher)\b", re.I
)
"""What a text holds that states something of whom it speaks to."""
_YOU_ARE = lazy_pattern(_YOU_DO, re.I)
_YOUR = lazy_pattern(r"(?<![\w'’])(?:your|ur|yer)\s", re.I)
_SERVES = lazy_pattern(
    r"(?<![\w'’])your\s(?:(?:next|last|new|own|online)\s)?(?:order|parcel|package|account|card|file|ticket|booking|"
    r"claim|refund|return|case|delivery|subscription|invoice|reservation|policy|appointment)s?\b",
    re.I,
)
_NUMBER = lazy_pattern(r"(?:number|code|tracking|total|reference|voucher)$")
_STOP = lazy_pattern(r"[.!?\n;](?=\s|$)")


def of_who_is_spoken_to(found: Sequence[Statement], text: str, speaker: str, company: Company) -> list[Statement]:
    """The statements with what is said of "your" things told of the one other person that talks.

    So are the numbers that somebody gives who serves others: who says "your order", or talks to a user beside an
    assistant. Where several are served, it is not said of whom such a statement is: it is left out.
    """
    if not speaker or speaker.lower() in ASSISTANTS:
        return list(found)
    if _SERVES.search(text) is not None:
        company.serve.add(speaker)
    others = {one for one in company.people() if one and one != speaker} - company.serve
    serves = speaker in company.serve or (others & set(ASSISTANTS) and others & set(USERS) and speaker not in USERS)
    others -= set(ASSISTANTS)
    others = others & set(USERS) or others
    other = next(iter(others)) if len(others) == 1 else ""
    told = []
    for one in found:
        number = bool(serves) and _NUMBER.search(one.attribute) is not None and not says_i(_clause(text, one.start))
        if one.subject != speaker or not (number or _is_yours(one, text)):
            told.append(one)
        elif other:
            told.append(replace(one, subject=other))
    return told


def _clause(text: str, start: int) -> str:
    """What stands from the last comma or stop up to a place and a few words behind it."""
    before = text[:start]
    return before[max(before.rfind(one) for one in ",.;!?\n") + 1 :] + text[start : start + FAR * 5]


def _is_yours(one: Statement, text: str) -> bool:
    """Whether "your" stands in front of the value, of the thing that has it and not of where the speaker does it."""
    value = one.value.partition(" (")[0]
    start = max(text.find(value, one.start, max(one.end, one.start + REACH)), one.start)
    before = text[max(0, start - REACH) : start]
    stops = [m.end() for m in _STOP.finditer(before)]
    clause = before[stops[-1] if stops else 0 :]
    are = _YOU_ARE.search(clause)
    if are is not None and not says_i(clause[are.end() :]) and len(clause[are.end() :].split()) <= FAR:
        return True
    found = list(_YOUR.finditer(clause))
    if not found:
        return False
    between = clause[found[-1].end() :]
    if says_i(between) or len(between.split()) > FAR:
        return False
    return not says_i(clause[: found[-1].start()]) or not set(one.attribute.split()).isdisjoint(between.lower().split())
