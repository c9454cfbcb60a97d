"""A text that is read for times: its twin in lower case, the time of speaking, the tense around a place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Literal

from remanence.language.calendar import (
    PARTS,
    Precision,
    cell,
    midnight,
    months_on,
)
from remanence.language.lazy_pattern import lazy_pattern
from remanence.records import dataclass

Sense = Literal["at", "since", "until", "before", "after"]


_PAST = lazy_pattern(
    r"\b(?:was|were|wasn't|weren't|had|did|didn't|went|got|saw|met|took|made|came|ran|gave|bought|told|found|left|felt|"
    r"said|won|lost|ate|drove|flew|spent|wrote|read|brought|taught|held|heard|became|began|broke|caught|sold|led|"
    r"[a-z]{2,20}ed|ago|yesterday|last|just got|have been|has been|'ve been)\b"
)


_FUTURE = lazy_pattern(
    r"\b(?:will|won't|going to|gonna|wanna|plan|plans|planning|hope|hoping|want|wants|can't wait|looking forward|"
    r"upcoming|soon|starting|starts|begins|comes|arrives|opens|"
    r"expires|ends|leaves|lands|tomorrow|scheduled|let's|should|might|shall|next|wait|due|booked|see you|"
    r"am|is|are|i'm|we're|he's|she's|they're|have a|has a|got a)\b|'ll\b|n't wait"
)


_NOT_PAST = {"excited", "need", "needed", "scheduled", "interested", "supposed", "booked", "invited", "indeed",
             "speed", "bed", "red", "wed", "feed", "seed", "hundred", "married", "planned", "last"}  # fmt: skip


MOVED_TO = (
    r"\b(?:moved|postponed|pushed|shifted|rescheduled|delayed|brought|put|changed|verschoben)"
    r"(?: it| that| this| them| everything)?(?: back| forward| on| out)? (?:to|until|till|for|auf)(?: the| den)?"
)
"""Words before the day to which something was moved."""
_MOVED_TO = lazy_pattern(MOVED_TO + r"\s*$")
"""Such a date lies ahead, whatever the tense."""
_TO_COME = lazy_pattern(
    r"\b(?:(?:re-?)?check(?:[ -]?ups?)?|reviews?|follow[ -]?ups?|renewals?|deliver(?:y|ies)|next one)"
    r"(?: (?:it|him|her|them|again|is|due))* (?:in|on|by|for|around)(?: early| late| mid| the)?\s*$"
    r"|(?:\bis|\bare|['’]s|['’]re) (?:now |finally |all )?"
    r"(?:fixed|set|settled|confirmed|booked|scheduled|arranged|agreed)"
    r"(?: (?:for|on))?[:,]?(?: the)?\s*$"
)
"""What is set down for a date ("check in march", "it's fixed: 12 june") lies ahead, unless what follows tells of it."""
_SINCE = lazy_pattern(r"\bsince(?: about| around| early| late| mid| the)?\s$")
"""What holds since a time has begun, whatever is said beside it."""
BREAK = lazy_pattern(r"[.!?\n;]")


def tense_of(low: str, start: int, end: int, default: int) -> int:
    """-1 when the words around [start, end) are about the past, +1 about the future, else the default."""
    left = low[max(0, start - 120) : start]
    breaks = [m.end() for m in BREAK.finditer(left)]
    if breaks:
        left = left[breaks[-1] :]
    if _MOVED_TO.search(left):
        return 1
    if _SINCE.search(left):
        return -1
    right = low[end : end + 100]
    stop = BREAK.search(right)
    if stop:
        right = right[: stop.start()]
    if _TO_COME.search(left) and not _PAST.search(right):
        return 1
    for part, nearest_last in ((left, True), (right, False)):
        past = [m.start() for m in _PAST.finditer(part) if m.group() not in _NOT_PAST]
        future = [m.start() for m in _FUTURE.finditer(part)]
        if not past and not future:
            continue
        if nearest_last:
            return -1 if max(past, default=-1) > max(future, default=-1) else 1
        return -1 if min(past, default=999) < min(future, default=999) else 1
    return default


@dataclass(slots=True)
class Found:
    """A candidate while the text is being read; rank breaks ties between readings of the same words."""

    start: int
    end: int
    at: datetime
    until: datetime
    precision: Precision
    certain: bool
    sense: Sense = "at"
    clock: bool = False


@dataclass(slots=True)
class Reading:
    """One text being read: its lower-case twin, the time of speaking and how to guess a missing tense."""

    text: str
    low: str
    now: datetime | None
    zone: tzinfo
    lean: int

    def cell(self, start: int, end: int, moment: datetime, precision: Precision, certain: bool = True) -> Found:
        at, until = cell(moment, precision)
        return Found(start, end, at, until, precision, certain)

    def capital(self, index: int) -> bool:
        return self.text[index : index + 1].isupper()

    def before(self, start: int, width: int = 40) -> str:
        return self.low[max(0, start - width) : start]

    def nearest(
        self, start: int, end: int, make: Callable[[int], datetime], weekday: int | None = None
    ) -> tuple[datetime, bool] | None:
        """The year that puts an undated day nearest to the time of speaking, bent by the tense, held to its weekday.

        A tense that leads far away (over 240 days) from a day that is near (90 days) belongs to another verb.
        """
        if self.now is None:
            return None
        tense = tense_of(self.low, start, end, 0)
        options: list[datetime] = []
        for year in (self.now.year - 1, self.now.year, self.now.year + 1):
            try:
                options.append(make(year))
            except ValueError:
                continue
        if not options:
            return None
        today = midnight(self.now)

        def away(day: datetime) -> float:
            return abs((day - today).total_seconds()) / 86_400

        named = [one for one in options if one.weekday() == weekday]
        if len(named) == 1:
            return named[0], True
        fitting = [o for o in options if (o <= today if tense < 0 else o >= today.replace(day=1))] if tense else options
        pick, near = min(fitting or options, key=away), min(options, key=away)
        if away(pick) > _FAR_AWAY and away(near) < _NEAR_BY:
            return near, False
        return pick, bool(tense) or away(pick) < 120


_FAR_AWAY, _NEAR_BY = 240, 90
"""Days."""


@dataclass(frozen=True, slots=True)
class Family:
    """A way to say times: texts with one of `words` ("#": a digit) are searched for `pattern`, `read` reads a match.

    relative: counts from the time of speaking, which is then handed on; cased: searched with its capitals.
    """

    words: frozenset[str]
    pattern: re.Pattern[str]
    read: Callable[..., Found | None]
    relative: bool
    cased: bool = False


def anywhere(
    words: str | Iterable[str], pattern: re.Pattern[str], *, cased: bool = False
) -> Callable[[Callable[[Reading, re.Match[str]], Found | None]], Family]:
    """Make a family of a reader of matches: times that stand for themselves."""
    return lambda read: Family(_split(words), pattern, read, relative=False, cased=cased)


def from_now(
    words: str | Iterable[str], pattern: re.Pattern[str]
) -> Callable[[Callable[[Reading, re.Match[str], datetime], Found | None]], Family]:
    """Make a family of a reader of matches: times that count from the time of speaking."""
    return lambda read: Family(_split(words), pattern, read, relative=True)


def _split(words: str | Iterable[str]) -> frozenset[str]:
    return frozenset((words if isinstance(words, str) else " ".join(words)).split())


def part_of(start: int, end: int, day: datetime, part: str | None, certain: bool = True) -> Found:
    day = midnight(day)
    if part is None:
        return Found(start, end, day, day + timedelta(days=1), "day", certain)
    first, last = PARTS[part]
    return Found(start, end, day + timedelta(hours=first), day + timedelta(hours=last), "day", certain)


def weekday_near(
    r: Reading, start: int, end: int, weekday: int, side: int, part: str | None, coming: bool = False
) -> Found:
    assert r.now is not None
    today = midnight(r.now)
    if side < 0:
        day = today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)
    elif side > 0:
        day = today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    elif tense_of(r.low, start, end, 1) < 0:
        day = today - timedelta(days=(today.weekday() - weekday) % 7)
    else:
        day = today + timedelta(days=(weekday - today.weekday()) % 7)
    # "next Friday" said early in the week may mean the Friday of next week
    sure = side <= 0 or coming or weekday <= today.weekday()
    return part_of(start, end, day, part, sure)


def season_near(start: int, end: int, now: datetime, month: int, side: int) -> Found:
    base = midnight(now).replace(month=month, day=1)
    if month == 12 and now.month <= 2:
        base = months_on(base, -12)  # this winter began in December
    if side < 0 and months_on(base, 3) > now:
        base = months_on(base, -12)
    if side > 0 and base <= now:
        base = months_on(base, 12)
    return Found(start, end, base, months_on(base, 3), "season", True)


def narrow(at: datetime, until: datetime, word: str) -> tuple[datetime, datetime]:
    third = (until - at) / 3
    if word in ("early", "beginning", "start"):
        return at, midnight(at + third)
    if word in ("mid", "middle"):
        return midnight(at + third), midnight(until - third)
    return midnight(until - third), until


def two_digit(year: int) -> int:
    return 2000 + year if year < 70 else 1900 + year


_ZONE = lazy_pattern(r"([+-])(\d\d):?(\d\d)")


def zone_of(words: str | None, otherwise: tzinfo) -> tzinfo:
    if not words:
        return otherwise
    m = _ZONE.search(words)
    if m is None:
        return UTC
    offset = timedelta(hours=int(m[2]), minutes=int(m[3]))
    return timezone(-offset if m[1] == "-" else offset)
