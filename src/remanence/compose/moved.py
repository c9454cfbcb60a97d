"""An appointment that was moved under another word for it: "vaccination got pushed, new: 8 january" moves a booster."""

from __future__ import annotations

import re
from dataclasses import replace

from remanence.compose.reading import when
from remanence.language import dates
from remanence.language.appointments import names_of
from remanence.language.calendar import DAYS, MONTHS
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.question import Question
from remanence.language.statements.corrects import turned_down
from remanence.language.statements.talk.clause import is_name
from remanence.language.text import words
from remanence.stage import Ctx
from remanence.types import Cue, Item

_MOVED = lazy_pattern(
    r"\b(?:(?:got|was|been|is|had to be|have|they) (?:pushed|moved|postponed|rescheduled|put back|put off|shifted)|"
    r"(?:moved|pushed|postponed|rescheduled) to|new (?:date|time|slot|day)|new:|can['’]?t do)",
    re.I,
)
_NAME = lazy_pattern(r"\b[A-ZÀ-Þ][a-zà-ÿ]{2,15}\b")
_CALENDAR = frozenset([*MONTHS, *DAYS])
DEEP = 20
"""Turns with a word for the appointment that are looked through."""


def moved_since(cited: Item, asked: Question, cue: Cue, ctx: Ctx) -> tuple[str, Item] | None:
    """The day to which an appointment was moved that goes by another name there, and the turn that says so.

    The later turn is of the same kind of appointment and names nobody else than the question; None where none does.
    """
    if asked.tense == "before" or cited.at is None:
        return None
    names = names_of(asked.topic)
    if not names:
        return None
    where = replace(cue.where, kinds=("turn",), who=())
    rows, _ = ctx.store.matching(ctx.store.terms(" ".join(sorted(names))), DEEP, where)
    found: tuple[str, Item] | None = None
    for item in sorted(ctx.store.items(rows), key=when):
        if when(item) <= when(cited) or not names & set(words(item.text)) or _MOVED.search(item.text) is None:
            continue
        if _of_somebody_else(item, cited, asked):
            continue
        days = [
            one
            for one in dates.find(item.text[:2_000], item.said_at)
            if one.precision in ("day", "hour", "minute") and not turned_down(item.text, one.start)
        ]
        if days:
            found = dates.say(days[-1].at, "day"), item
    return found


def _of_somebody_else(item: Item, cited: Item, asked: Question) -> bool:
    """Whether a turn names a person whom the question does not, or names nobody and is said by somebody else."""
    mine = {part.casefold() for name in (*asked.people, *asked.subjects, *asked.names) for part in words(name)}
    if mine & set(words(item.text)):
        return False
    people = {m.group().casefold() for m in _NAME.finditer(item.text) if is_name(m.group())} - _CALENDAR
    return bool(people - set(words(item.who or ""))) or item.who != cited.who
