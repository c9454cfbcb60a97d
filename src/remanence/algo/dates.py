"""When things happened: dates and times as people write them, turned into intervals with a grain.

`find` reads running text ("last Saturday", said on 8 May 2023, is 6 May), `parse_when` reads one whole date,
`cue_interval` reads a question, `say` writes a date for an answer. Intervals are half open: [at, until).
Rules that surprise: weeks start on Monday; "last Friday" is the latest Friday before the day of speaking;
seasons are northern; 8.5.2023 and 8-5-2023 are day first, 8/5/2023 is month first unless that is impossible,
and such a date is marked uncertain; a date without a year is the nearest one that fits the tense.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Literal

from remanence.errors import InvalidInput

Precision = Literal["minute", "hour", "day", "week", "month", "season", "year", "decade"]
Sense = Literal["at", "since", "until", "before", "after"]

PRECISIONS: tuple[Precision, ...] = ("minute", "hour", "day", "week", "month", "season", "year", "decade")


@dataclass(frozen=True, slots=True)
class TimeExpression:
    """One stretch of text that names a time; `text == source[start:end]`, the time is [at, until).

    `precision` is the grain of the words. `certain` is false where the words are vague or their year, tense or
    day-month order had to be guessed. `sense` keeps a word in front that opens the interval ("since 2016").
    """

    start: int
    end: int
    text: str
    at: datetime
    until: datetime
    precision: Precision
    certain: bool
    sense: Sense = "at"


# ------------------------------------------------------------ words and numbers

_MONTHS: dict[str, int] = {}
for _i, _names in enumerate(
    (
        "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
        "september sept sep", "october oct", "november nov", "december dec",
    ),
    1,
):  # fmt: skip
    for _name in _names.split():
        _MONTHS[_name] = _i
_MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip

_DAYS: dict[str, int] = {}
for _i, _names in enumerate(
    ("monday mon", "tuesday tues tue", "wednesday weds wed", "thursday thurs thur thu", "friday fri",
     "saturday sat", "sunday sun")
):  # fmt: skip
    for _name in _names.split():
        _DAYS[_name] = _i

_SEASONS: dict[str, int] = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}

_NUMBERS: dict[str, int] = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "dozen": 12,
}  # fmt: skip
_VAGUE: dict[str, tuple[int, int]] = {"few": (2, 5), "several": (3, 7), "some": (2, 6), "many": (5, 15)}

_ORDINALS: dict[str, int] = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1, "1st": 1,
                             "2nd": 2, "3rd": 3, "4th": 4, "5th": 5}  # fmt: skip

_UNIT_OF: dict[str, str] = {}
for _canon, _names in (
    ("second", "second seconds sec secs"), ("minute", "minute minutes min mins"), ("hour", "hour hours hr hrs"),
    ("day", "day days night nights"), ("week", "week weeks wk wks"), ("fortnight", "fortnight fortnights"),
    ("weekend", "weekend weekends"), ("month", "month months"), ("quarter", "quarter quarters"),
    ("year", "year years yr yrs"), ("decade", "decade decades"), ("century", "century centuries"),
):  # fmt: skip
    for _name in _names.split():
        _UNIT_OF[_name] = _canon
_GRAIN: dict[str, Precision] = {
    "second": "minute", "minute": "minute", "hour": "hour", "day": "day", "week": "week", "fortnight": "week",
    "weekend": "week", "month": "month", "quarter": "month", "year": "year", "decade": "decade",
    "century": "decade",
}  # fmt: skip

_PARTS: dict[str, tuple[int, int]] = {"morning": (6, 12), "afternoon": (12, 18), "evening": (18, 24),
                                      "night": (18, 30), "lunchtime": (11, 14)}  # fmt: skip


def _alternatives(words: object) -> str:
    return "|".join(sorted((re.escape(w) for w in words), key=len, reverse=True))  # type: ignore[attr-defined]


def _grammar(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Compile a pattern in which a space stands for one to three white-space characters and <X> for a word list."""
    for name, words in (("MONTH", _MONTHS), ("DOW", _DAYS), ("SEASON", _SEASONS), ("UNIT", _UNIT_OF),
                        ("PART", _PARTS), ("ORD", _ORDINALS)):  # fmt: skip
        pattern = pattern.replace(f"<{name}>", _alternatives(words))
    number = _alternatives(_NUMBERS)
    pattern = pattern.replace(
        "<COUNT>",
        rf"\d{{1,4}}(?:\.5)?|half an?|(?:a )?couple(?: of)?|(?:a )?(?:few|dozen)|several|(?:{number})(?:[ -](?:{number}))?",
    )
    pattern = pattern.replace("<CLOCK>", r"\d{1,2}(?::\d\d){0,2}[ ]?(?:[ap]\.?m\b\.?)|\d{1,2}:\d\d(?::\d\d)?(?![\d:])")
    return re.compile(pattern.replace("[ ]", "\\s").replace(" ", r"\s{1,3}"), flags)


def _lower(text: str) -> str:
    """Lower case that never changes the length, so that spans keep pointing at the source."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def _count(words: str) -> tuple[float, float]:
    """ "a couple of" -> (2, 2), "a few" -> (2, 5), "twenty-one" -> (21, 21)."""
    words = words.strip()
    if words[:1].isdigit():
        return float(words), float(words)
    if words.startswith("half"):
        return 0.5, 0.5
    if "couple" in words:
        return 2, 2
    parts = re.split(r"[\s-]+", words)
    for part in parts:
        if part in _VAGUE:
            low, high = _VAGUE[part]
            return low, high
    total = 0
    for part in parts:
        number = _NUMBERS[part]
        if number == 1 and part in ("a", "an") and len(parts) > 1:
            continue
        total += number
    return total, total


# ------------------------------------------------------------ calendar


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _months_on(moment: datetime, months: int) -> datetime:
    index = moment.year * 12 + moment.month - 1 + months
    year, month = divmod(index, 12)
    first_next = datetime(year + (month == 11), (month + 1) % 12 + 1, 1) if year < 9999 else datetime(9999, 12, 31)
    last = (first_next - timedelta(days=1)).day if year < 9999 else 28
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))


def _shift(moment: datetime, amount: float, unit: str) -> datetime:
    if unit in ("month", "quarter", "year", "decade", "century"):
        months = {"month": 1, "quarter": 3, "year": 12, "decade": 120, "century": 1200}[unit] * amount
        return _months_on(moment, round(months))
    hours = {"second": 1 / 3600, "minute": 1 / 60, "hour": 1, "day": 24, "week": 168, "weekend": 168, "fortnight": 336}
    return moment + timedelta(hours=hours[unit] * amount)


def _floor(moment: datetime, precision: Precision) -> tuple[datetime, datetime]:
    """The calendar cell of that grain that holds the moment, as [start, end)."""
    if precision == "minute":
        start = moment.replace(second=0, microsecond=0)
        return start, start + timedelta(minutes=1)
    if precision == "hour":
        start = moment.replace(minute=0, second=0, microsecond=0)
        return start, start + timedelta(hours=1)
    day = _midnight(moment)
    if precision == "day":
        return day, day + timedelta(days=1)
    if precision == "week":
        start = day - timedelta(days=day.weekday())
        return start, start + timedelta(days=7)
    if precision == "month":
        start = day.replace(day=1)
        return start, _months_on(start, 1)
    if precision == "season":
        start = _months_on(day.replace(day=1), -(day.month % 3))
        return start, _months_on(start, 3)
    if precision == "year":
        start = day.replace(month=1, day=1)
        return start, _months_on(start, 12)
    start = day.replace(year=max(1, day.year - day.year % 10), month=1, day=1)
    return start, _months_on(start, 120)


def _easter(year: int) -> tuple[int, int]:
    """Month and day of Easter Sunday (Gauss, Meeus/Jones/Butcher form)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 19 * m) // 433
    month = (h + m - 7 * n + 90) // 25
    return month, (h + m - 7 * n + 33 * month + 19) % 32


def _nth_weekday(year: int, month: int, weekday: int, n: int) -> tuple[int, int]:
    first = datetime(year, month, 1).weekday()
    return month, 1 + (weekday - first) % 7 + 7 * (n - 1)


_HOLIDAYS: dict[str, Callable[[int], tuple[int, int]]] = {
    "christmas eve": lambda y: (12, 24),
    "christmas day": lambda y: (12, 25),
    "christmas": lambda y: (12, 25),
    "boxing day": lambda y: (12, 26),
    "new year's eve": lambda y: (12, 31),
    "new years eve": lambda y: (12, 31),
    "new year's day": lambda y: (1, 1),
    "halloween": lambda y: (10, 31),
    "valentine's day": lambda y: (2, 14),
    "valentines day": lambda y: (2, 14),
    "independence day": lambda y: (7, 4),
    "fourth of july": lambda y: (7, 4),
    "4th of july": lambda y: (7, 4),
    "thanksgiving": lambda y: _nth_weekday(y, 11, 3, 4),
    "mother's day": lambda y: _nth_weekday(y, 5, 6, 2),
    "father's day": lambda y: _nth_weekday(y, 6, 6, 3),
    "labor day": lambda y: _nth_weekday(y, 9, 0, 1),
    "easter sunday": _easter,
    "easter": _easter,
}


def _day_of(year: int, month: int, day: int, zone: tzinfo) -> datetime:
    return datetime(year, month, day, tzinfo=zone)


# ------------------------------------------------------------ tense

_PAST = re.compile(
    r"\b(?:was|were|wasn't|weren't|had|did|didn't|went|got|saw|met|took|made|came|ran|gave|bought|told|found|left|felt|"
    r"said|won|lost|ate|drove|flew|spent|wrote|read|brought|taught|held|heard|became|began|broke|caught|sold|led|"
    r"[a-z]{2,20}ed|ago|yesterday|last|just got|have been|has been|'ve been)\b"
)
_FUTURE = re.compile(
    r"\b(?:will|won't|going to|gonna|wanna|plan|plans|planning|hope|hoping|want|wants|can't wait|looking forward|"
    r"upcoming|soon|tomorrow|scheduled|let's|should|might|shall|next|want|wait|due|booked|see you|"
    r"am|is|are|i'm|we're|he's|she's|they're|have a|has a|got a)\b|'ll\b|n't wait"
)
_NOT_PAST = {"excited", "need", "needed", "scheduled", "interested", "supposed", "booked", "invited", "indeed",
             "speed", "bed", "red", "wed", "feed", "seed", "hundred", "married", "planned", "last"}  # fmt: skip
_BREAK = re.compile(r"[.!?\n;]")


def _tense(low: str, start: int, end: int, default: int) -> int:
    """-1 when the words around [start, end) are about the past, +1 about the future, else the default."""
    left = low[max(0, start - 120) : start]
    breaks = [m.end() for m in _BREAK.finditer(left)]
    if breaks:
        left = left[breaks[-1] :]
    right = low[end : end + 100]
    stop = _BREAK.search(right)
    if stop:
        right = right[: stop.start()]
    for part, nearest_last in ((left, True), (right, False)):
        past = [m.start() for m in _PAST.finditer(part) if m.group() not in _NOT_PAST]
        future = [m.start() for m in _FUTURE.finditer(part)]
        if not past and not future:
            continue
        if nearest_last:
            return -1 if max(past, default=-1) > max(future, default=-1) else 1
        return -1 if min(past, default=999) < min(future, default=999) else 1
    return default


# ------------------------------------------------------------ the reader


@dataclass(slots=True)
class _Found:
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
class _Reading:
    """One text being read: its lower-case twin, the time of speaking and how to guess a missing tense."""

    text: str
    low: str
    now: datetime | None
    zone: tzinfo
    lean: int

    def cell(self, start: int, end: int, moment: datetime, precision: Precision, certain: bool = True) -> _Found:
        at, until = _floor(moment, precision)
        return _Found(start, end, at, until, precision, certain)

    def capital(self, index: int) -> bool:
        return self.text[index : index + 1].isupper()

    def before(self, start: int, width: int = 40) -> str:
        return self.low[max(0, start - width) : start]

    def nearest(self, start: int, end: int, make: Callable[[int], datetime]) -> tuple[datetime, bool] | None:
        """The year that puts an undated day nearest to the time of speaking, bent by the tense."""
        if self.now is None:
            return None
        tense = _tense(self.low, start, end, 0)
        options: list[datetime] = []
        for year in (self.now.year - 1, self.now.year, self.now.year + 1):
            try:
                options.append(make(year))
            except ValueError:
                continue
        if not options:
            return None
        today = _midnight(self.now)
        fitting = [o for o in options if (o <= today if tense < 0 else o >= today.replace(day=1))] if tense else options
        pick = min(fitting or options, key=lambda o: abs((o - today).total_seconds()))
        return pick, bool(tense) or abs((pick - today).days) < 120


_Family = Callable[[_Reading], Iterator[_Found]]
_FAMILIES: list[tuple[frozenset[str], _Family]] = []


def _family(words: str) -> Callable[[_Family], _Family]:
    """Register a part of the grammar; it only runs on texts that hold one of the words ("#" = any digit)."""

    def keep(function: _Family) -> _Family:
        _FAMILIES.append((frozenset(words.split()), function))
        return function

    return keep


_AGO = _grammar(r"(?<![\w.])(?:(?P<n><COUNT>) )?(?P<u><UNIT>|(?:<DOW>)s?)(?P<half> and a half)? (?P<w>ago|back)\b")
_ASKED = _grammar(r"(?:how (?:many|much|long|few)(?: more)?|many|so many|twice|times) $")


@_family("ago back")
def _ago(r: _Reading) -> Iterator[_Found]:
    if r.now is None:
        return
    for m in _AGO.finditer(r.low):
        back = m["w"] == "back"
        if back and (m["n"] is None or r.low[m.end() : m.end() + 3] in (" to", " in", " an", " at", " on")):
            continue
        if m["n"] is None and (_ASKED.search(r.before(m.start())) or m["u"] not in _UNIT_OF):
            continue
        unit_word = m["u"]
        weekday = _DAYS.get(unit_word.rstrip("s")) if unit_word not in _UNIT_OF else None
        if m["n"] is None:
            if not unit_word.endswith("s"):
                continue
            low, high = 2.0, 10.0
        else:
            low, high = _count(m["n"])
        if m["half"]:
            low, high = low + 0.5, high + 0.5
        if weekday is not None:
            last = r.now - timedelta(days=(r.now.weekday() - weekday - 1) % 7 + 1)
            yield r.cell(m.start(), m.end(), last - timedelta(days=7 * (high - 1)), "day")
            continue
        unit = _UNIT_OF[unit_word]
        if unit == "weekend":
            start = _floor(r.now, "week")[0] + timedelta(days=5 - 7 * high)
            yield _Found(m.start(), m.end(), start, start + timedelta(days=2), "week", low == high)
            continue
        grain = _GRAIN[unit]
        if low == 0.5 or m["half"]:
            grain = {"year": "month", "month": "week", "day": "hour", "hour": "minute", "decade": "year"}.get(
                grain, grain
            )  # type: ignore[assignment]
        at = _floor(_shift(r.now, -high, unit), grain)[0]
        until = _floor(_shift(r.now, -low, unit), grain)[1]
        if unit_word.startswith("night"):
            at, until = at + timedelta(hours=18), until + timedelta(hours=6)
        yield _Found(m.start(), m.end(), at, until, grain, low == high and not back)


_IN = _grammar(
    r"\b(?:(?P<w>in|within)(?: about| around| roughly| just| exactly| another| the next)? (?P<n><COUNT>) (?P<u><UNIT>)"
    r"(?P<t>['’]?s?['’]? time)?|(?P<n2><COUNT>) (?P<u2><UNIT>) from (?:now|today))\b"
)


@_family("in within from")
def _ahead(r: _Reading) -> Iterator[_Found]:
    if r.now is None:
        return
    for m in _IN.finditer(r.low):
        words, unit_word = (m["n"], m["u"]) if m["n"] else (m["n2"], m["u2"])
        low, high = _count(words)
        unit = _UNIT_OF[unit_word]
        if unit == "second":
            continue
        plain = m["n"] is not None and not m["t"]
        if plain:
            tense = _tense(r.low, m.start(), m.end(), 0)
            single = words.split()[0] in ("a", "an", "one") and unit != "fortnight"
            if tense < 0 or (single and tense <= 0) or r.before(m.start()).rstrip().endswith(("time", "times", "once")):
                continue
            if r.low[m.end() : m.end() + 3] in (" a ", "-ol", " an", " of"):
                continue
        if m["w"] == "within" or "next" in m.group():
            until = _shift(r.now, high, unit)
            yield _Found(m.start(), m.end(), r.now, until, _GRAIN[unit], low == high)
            continue
        grain = _GRAIN[unit]
        at = _floor(_shift(r.now, low, unit), grain)[0]
        yield _Found(m.start(), m.end(), at, _floor(_shift(r.now, high, unit), grain)[1], grain, low == high)


_SIDE = _grammar(
    r"(?<!\w)(?P<m>(?:(?:in|over|during|for|of|within|throughout) )?(?:the|these) (?:past|last|next|coming|previous)|this past|this coming|this last|this|"
    r"last|next|past|coming|previous)[ ](?:(?P<n><COUNT>) )?"
    r"(?P<u><UNIT>|<DOW>|<MONTH>|<SEASON>|<PART>)(?![\w-])(?:[ ](?P<p><PART>)\b)?"
)
_LEAVE = {"sat", "sun", "wed", "may", "march", "mar"}  # also verbs or nouns: need a capital


@_family("this last next past coming previous")
def _beside(r: _Reading) -> Iterator[_Found]:
    if r.now is None:
        return
    for m in _SIDE.finditer(r.low):
        mod, word, n = m["m"], m["u"], m["n"]
        start, end = m.start(), m.end()
        if word in _LEAVE and not r.capital(m.start("u")):
            continue
        words = mod.split()
        if words[0] in ("in", "over", "during", "for", "of", "within", "throughout"):
            start += len(words[0]) + (1 if r.low[start + len(words[0])].isspace() else 0)
            while r.low[start].isspace():
                start += 1
        side = 1 if words[-1] in ("next", "coming") else 0 if words[-1] == "this" else -1
        rolling = "past" in words or ("the" in words and n is not None)
        unit = _UNIT_OF.get(word)
        if n is not None:
            if unit is None or unit == "second" or (n in ("a", "an", "second", "half a") and not rolling):
                continue
            if side == 0 or (not word.endswith("s") and n not in ("one", "1")):
                continue
            low, high = _count(n)
            there = _shift(r.now, side * high, unit)
            at, until = (there, r.now) if side < 0 else (r.now, there)
            if unit not in ("minute", "hour"):
                at, until = _midnight(at), _midnight(until) + timedelta(days=1)
            yield _Found(start, end, at, until, _GRAIN[unit], low == high)
            continue
        if word in _PARTS or word == "night":
            if words[-1] in ("last", "this") and (word != "morning" or side == 0):
                base = _midnight(r.now)
                if side < 0 and (word == "night" or word == "evening" or word == "afternoon"):
                    base -= timedelta(days=1)
                elif side < 0:
                    continue
                yield _part(start, end, base, "night" if word == "night" else word)
            continue
        if unit is not None:
            if unit in ("second", "minute", "day") or word.endswith("s") or (unit == "hour" and not rolling):
                continue
            if unit == "weekend":
                monday = _floor(r.now, "week")[0]
                if side == 0 and r.now.weekday() < 3 and _tense(r.low, start, end, 1) < 0:
                    side = -1
                if side < 0 and "past" in words and r.now.weekday() == 6:
                    side = 0
                at = monday + timedelta(days=5 + 7 * side)
                yield _Found(start, end, at, at + timedelta(days=2), "week", True)
                continue
            if rolling and side < 0:
                at = _shift(r.now, -1, unit)
                until = r.now if unit == "hour" else _midnight(r.now) + timedelta(days=1)
                yield _Found(start, end, at if unit == "hour" else _midnight(at), until, _GRAIN[unit], True)
                continue
            if unit == "quarter":
                base = _midnight(r.now).replace(month=(r.now.month - 1) // 3 * 3 + 1, day=1)
                at = _months_on(base, 3 * side)
                yield _Found(start, end, at, _months_on(at, 3), "month", True)
                continue
            if unit == "fortnight":
                at = _midnight(r.now) + timedelta(days=14 * side)
                yield _Found(start, end, at, at + timedelta(days=14), "week", True)
                continue
            anchor = _floor(r.now, _GRAIN[unit])[0]
            yield r.cell(start, end, _shift(anchor, side, unit), _GRAIN[unit])
            continue
        if word in _DAYS:
            yield _weekday(r, start, end, _DAYS[word], side, m["p"], "coming" in words)
            continue
        if word in _SEASONS:
            yield _season(start, end, r.now, _SEASONS[word], side)
            continue
        month = _MONTHS[word]
        if (
            word == "may"
            and words[-1] == "this"
            and re.match(r"\s+(?:be|have|not|also|help|seem|sound|take)\b", r.low[end:])
        ):
            continue
        base = _midnight(r.now).replace(day=1, month=month)
        if side < 0 and base >= _floor(r.now, "month")[0]:
            base = _months_on(base, -12)
        if side > 0 and base <= r.now:
            base = _months_on(base, 12)
        at, until = _floor(base, "month")
        yield _Found(start, end, at, until, "month", True)


def _part(start: int, end: int, day: datetime, part: str | None, certain: bool = True) -> _Found:
    day = _midnight(day)
    if part is None:
        return _Found(start, end, day, day + timedelta(days=1), "day", certain)
    first, last = _PARTS[part]
    return _Found(start, end, day + timedelta(hours=first), day + timedelta(hours=last), "day", certain)


def _weekday(
    r: _Reading, start: int, end: int, weekday: int, side: int, part: str | None, coming: bool = False
) -> _Found:
    assert r.now is not None
    today = _midnight(r.now)
    if side < 0:
        day = today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)
    elif side > 0:
        day = today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    elif _tense(r.low, start, end, 1) < 0:
        day = today - timedelta(days=(today.weekday() - weekday) % 7)
    else:
        day = today + timedelta(days=(weekday - today.weekday()) % 7)
    # "next Friday" said early in the week may mean the Friday of next week
    sure = side <= 0 or coming or weekday <= today.weekday()
    return _part(start, end, day, part, sure)


def _season(start: int, end: int, now: datetime, month: int, side: int) -> _Found:
    base = _midnight(now).replace(month=month, day=1)
    if month == 12 and now.month <= 2:
        base = _months_on(base, -12)  # this winter began in December
    if side < 0 and _months_on(base, 3) > now:
        base = _months_on(base, -12)
    if side > 0 and base <= now:
        base = _months_on(base, 12)
    return _Found(start, end, base, _months_on(base, 3), "season", True)


_TWICE = _grammar(
    r"(?<!\w)(?:the )?(?P<u>week|weekend|month|year|night|<SEASON>|<DOW>) (?P<d>before last|after next)\b"
)


@_family("before after")
def _twice_removed(r: _Reading) -> Iterator[_Found]:
    if r.now is None:
        return
    for m in _TWICE.finditer(r.low):
        side = -2 if m["d"].startswith("before") else 2
        word, start, end = m["u"], m.start(), m.end()
        if word in _DAYS:
            once = _weekday(r, start, end, _DAYS[word], side // 2, None)
            day = once.at + timedelta(days=7 * (side // 2))
            yield _Found(start, end, day, day + timedelta(days=1), "day", True)
        elif word in _SEASONS:
            once = _season(start, end, r.now, _SEASONS[word], side // 2)
            at = _months_on(once.at, 12 * (side // 2))
            yield _Found(start, end, at, _months_on(at, 3), "season", True)
        elif word == "weekend":
            at = _floor(r.now, "week")[0] + timedelta(days=5 + 7 * side)
            yield _Found(start, end, at, at + timedelta(days=2), "week", True)
        elif word == "night":
            yield _part(start, end, r.now + timedelta(days=side), "night")
        else:
            precision = _GRAIN[word]
            yield r.cell(start, end, _shift(_floor(r.now, precision)[0], side, word), precision)


_DAYWORD = _grammar(
    r"(?<!\w)(?P<w>(?:the )?day before yesterday|(?:the )?day after tomorrow|yesterday|tomorrow|tmrw|today|tonight|tonite|"
    r"the other (?:day|night|week))\b(?: (?P<p><PART>)\b)?"
)


@_family("yesterday tomorrow tmrw today tonight tonite other")
def _day_words(r: _Reading) -> Iterator[_Found]:
    if r.now is None:
        return
    for m in _DAYWORD.finditer(r.low):
        word = m["w"]
        if "other" in word:
            at = _midnight(r.now) - timedelta(days=21 if word.endswith("week") else 7)
            grain: Precision = "week" if word.endswith("week") else "day"
            yield _Found(m.start(), m.end(), at, _midnight(r.now), grain, False)
            continue
        step = -2 if "before" in word else 2 if "after" in word else -1 if word == "yesterday" else 0
        if word in ("tomorrow", "tmrw"):
            step = 1
        part = "night" if word in ("tonight", "tonite") else m["p"]
        yield _part(m.start(), m.end(), r.now + timedelta(days=step), part)


_WEEKDAY = _grammar(
    r"(?<!\w)(?:(?P<q>on|by|until|till|since|from|before|after|for|every|each|most|and|or|come|was|is|earlier) (?:the )?)?"
    r"(?P<d><DOW>)\b(?!['’]?s\b)\.?(?:[ ](?P<p><PART>)(?![\w-]))?"
)
_PREPOSITIONS = {"on", "by", "until", "till", "since", "from", "before", "after", "for", "come"}


@_family(" ".join(_DAYS))
def _bare_weekday(r: _Reading) -> Iterator[_Found]:
    if r.now is None:
        return
    for m in _WEEKDAY.finditer(r.low):
        word, prep = m["d"], m["q"]
        start = m.start("d")
        end = m.end() if m["p"] or not r.low[m.end() - 1 : m.end()] == "." else m.end() - 1
        full = word.endswith("day")
        if prep in ("every", "each", "most"):
            continue
        if not full and not (r.capital(start) and prep in _PREPOSITIONS):
            continue
        if not r.capital(start) and prep not in _PREPOSITIONS and not m["p"]:
            continue
        after = r.text[end : end + 2]
        if prep is None:
            before = r.text[max(0, start - 25) : start].rstrip()
            last = before.split()[-1] if before.split() else ""
            if last[:1].isupper() and last[-1:].isalpha() and last not in ("See", "Thanks", "Until"):
                continue  # Black Friday, Easter Monday
        if (
            len(after) == 2
            and after[0].isspace()
            and after[1].isupper()
            and r.text[end + 1 : end + 3] not in ("I ", "I'")
        ):
            continue  # Thursday FC
        tense = _tense(r.low, start, end, 2)
        side = r.lean if tense == 2 else tense
        found = _weekday(r, start, end, _DAYS[word], side, m["p"], coming=True)
        if side < 0 and r.now.weekday() == _DAYS[word] and prep == "on" and m["p"] is None:
            found = _weekday(r, start, end, _DAYS[word], -1, None)
        yield replace_found(found, certain=tense != 2 and prep is not None)


def replace_found(found: _Found, *, certain: bool) -> _Found:
    found.certain = certain
    return found


_DATE = _grammar(
    r"(?<![\w./])(?:(?:<DOW>)\.?,? (?:the )?)?"
    r"(?:(?P<d>\d{1,2})(?:st|nd|rd|th)?(?:[ ]?(?:-|–|to|and|&|/)[ ]?(?P<e>\d{1,2})(?:st|nd|rd|th)?)?(?: of)?[ -]?(?P<m><MONTH>)\b\.?"
    r"|(?P<m2><MONTH>)\.? (?:the )?(?P<d2>\d{1,2})(?:st|nd|rd|th)?(?![\d:]|[ ]?[ap]m)(?:[ ]?(?:-|–|to|and|&|through|until)[ ]?(?:(?:<MONTH>) )?(?P<e2>\d{1,2})(?:st|nd|rd|th)?(?![\d:\w]))?)"
    r"(?:,?[ -]{0,2}(?:of )?(?P<y>1\d{3}|20\d{2}|2100)(?!\d|,\d)|,? ['’](?P<yy>\d{2})\b)?"
)


@_family(" ".join(_MONTHS))
def _month_day(r: _Reading) -> Iterator[_Found]:
    for m in _DATE.finditer(r.low):
        name = m["m"] or m["m2"]
        at_name = m.start("m") if m["m"] else m.start("m2")
        if name in ("may", "march", "mar", "sun") and m["m2"] and not r.capital(at_name) and not m["y"]:
            continue
        month = _MONTHS[name]
        day = int(m["d"] or m["d2"])
        last = int(m["e"] or m["e2"]) if (m["e"] or m["e2"]) else day
        if not 1 <= day <= 31 or not day <= last <= 31:
            last = day
        if not 1 <= day <= 31:
            continue
        end = m.end()
        year = int(m["y"]) if m["y"] else _two_digit(int(m["yy"])) if m["yy"] else None
        if year is None and r.low[end - 1] == ".":
            end -= 1
        try:
            if year is not None:
                at, certain = _day_of(year, month, day, r.zone), True
            else:
                guess = r.nearest(m.start(), end, lambda y: _day_of(y, month, day, r.zone))  # noqa: B023
                if guess is None:
                    continue
                at, certain = guess
            until = at.replace(day=last) + timedelta(days=1)
        except ValueError:
            continue
        yield _Found(m.start(), end, at, until, "day", certain)


def _two_digit(year: int) -> int:
    return 2000 + year if year < 70 else 1900 + year


_MONTH_YEAR = _grammar(
    r"(?<!\w)(?P<m><MONTH>)\b\.?(?:,?[ ]{0,2}(?:of )?(?P<y>1\d{3}|20\d{2}|2100)(?!\d|,\d)|,? ['’](?P<yy>\d{2})\b)?"
)
_MONTH_LEFT = re.compile(
    r"\b(?:in|since|until|till|by|during|of|early|mid|late|through|throughout|around|before|after|last|next|this|"
    r"between|to|from|for)[\s-]+(?:the\s)?$"
)
_SURE_LEFT = re.compile(
    r"\b(?:in|since|until|till|by|during|of|early|mid|late|through|throughout|around|between)[\s-]+$"
)
_NAME_MONTHS = {"april", "june", "august", "may", "march"}
_MONTH_THEN = re.compile(r"\s+(?:\d|and\b|to\b|through\b|until\b|[-–])")


@_family(" ".join(_MONTHS))
def _month_only(r: _Reading) -> Iterator[_Found]:
    for m in _MONTH_YEAR.finditer(r.low):
        name, start, end = m["m"], m.start(), m.end()
        month = _MONTHS[name]
        year = int(m["y"]) if m["y"] else _two_digit(int(m["yy"])) if m["yy"] else None
        if year is not None:
            if name in ("may", "march", "mar") and not r.capital(start) and not _SURE_LEFT.search(r.before(start)):
                continue
            yield r.cell(start, end, _day_of(year, month, 1, r.zone), "month")
            continue
        if r.low[end - 1] == ".":
            end -= 1
        before = r.before(start)
        if len(name) <= 4 and name not in ("june", "july", "may"):
            if not (r.capital(start) and _SURE_LEFT.search(before)):
                continue
        elif name in _NAME_MONTHS:
            if not _SURE_LEFT.search(before) or (
                name in ("may", "march", "august")
                and not r.capital(start)
                and not before.rstrip().endswith((" in", "since"))
            ):
                continue
        elif not r.capital(start) and not _MONTH_LEFT.search(before):
            continue
        if name == "may" and before.rstrip().endswith("of") and not r.capital(start):
            continue
        if r.now is None or (_MONTH_THEN.match(r.low[end : end + 3]) and r.low[end : end + 3].strip()[:1].isdigit()):
            continue
        tense = _tense(r.low, start, end, 0)
        here = r.now.year * 12 + r.now.month
        options = [(y, y * 12 + month - here) for y in (r.now.year - 1, r.now.year, r.now.year + 1)]
        if tense:
            options = [o for o in options if o[1] * tense >= 0]
        pick = min(options, key=lambda o: abs(o[1]))
        yield r.cell(start, end, _day_of(pick[0], month, 1, r.zone), "month", bool(tense) or abs(pick[1]) <= 4)


_ISO = _grammar(
    r"(?<![\w./-])(?P<y>\d{4})(?P<s>[-/.])(?P<m>\d{1,2})(?:(?P=s)(?P<d>\d{1,2})(?!\d))?"
    r"(?:[T ]?[ ]?(?:\((?:<DOW>)\))?[ ]?(?P<h>\d\d):(?P<i>\d\d)(?::(?P<c>\d\d)(?:[.,]\d{1,9})?)?(?P<z>Z|z|[ ]?[+-]\d\d:?\d\d)?)?(?![\w-])"
)
_ZONE = re.compile(r"([+-])(\d\d):?(\d\d)")


@_family("#")
def _iso(r: _Reading) -> Iterator[_Found]:
    for m in _ISO.finditer(r.text):
        year, month = int(m["y"]), int(m["m"])
        if not (1 <= month <= 12 and 1000 <= year <= 2199) or (
            m["d"] is None and (m["h"] or len(m["m"]) != 2 or m["s"] == ".")
        ):
            continue
        try:
            if m["d"] is None:
                yield r.cell(m.start(), m.end(), _day_of(year, month, 1, r.zone), "month")
                continue
            moment = _day_of(year, month, int(m["d"]), r.zone)
            if m["h"] is None:
                yield r.cell(m.start(), m.end(), moment, "day")
                continue
            moment = moment.replace(hour=int(m["h"]), minute=int(m["i"]), tzinfo=_zone(m["z"], r.zone))
        except ValueError:
            continue
        found = r.cell(m.start(), m.end(), moment, "minute")
        found.clock = True
        yield found


def _zone(words: str | None, otherwise: tzinfo) -> tzinfo:
    if not words:
        return otherwise
    m = _ZONE.search(words)
    if m is None:
        return UTC
    offset = timedelta(hours=int(m[2]), minutes=int(m[3]))
    return timezone(-offset if m[1] == "-" else offset)


_NUMERIC = re.compile(r"(?<![\w./-])(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?![\w/-]|\.\d)")


@_family("#")
def _numeric(r: _Reading) -> Iterator[_Found]:
    for m in _NUMERIC.finditer(r.text):
        a, b = int(m[1]), int(m[3])
        year = int(m[4]) if len(m[4]) == 4 else _two_digit(int(m[4]))
        if len(m[4]) == 2 and m[2] == ".":
            continue  # a version or a section number
        day_first = (a > 12) if (a > 12 or b > 12) else m[2] != "/"
        day, month = (a, b) if day_first else (b, a)
        try:
            yield r.cell(m.start(), m.end(), _day_of(year, month, day, r.zone), "day", a > 12 or b > 12 or a == b)
        except ValueError:
            continue


_YEAR = re.compile(r"(?<![\w$€£#./:,-])(?P<y>1\d{3}|20\d\d|2100)(?![\w%]|[.,:]\d|['’]?s\b|-\w)")
_YEAR_LEFT = re.compile(
    r"(?:\b(?:in|since|of|by|until|till|from|during|around|circa|before|after|between|early|mid|late|year|and|to|back in|"
    r"season|spring|summer|autumn|fall|winter|at the)|[(–—-])[\s-]*$"
)
_YEAR_SPAN = re.compile(r"(?<![\w./:,-])(?P<y>1\d{3}|20\d\d)[ ]?[-–][ ]?(?P<z>1\d{3}|20\d\d|\d\d)(?![\w-])")
_YEAR_RIGHT = re.compile(
    r"\s*(?:$|[.,;:!?)\]–—-]|(?:was|is|and|when|until|to|but|has|had|i|we|my|at|as|for|with|by|after|before)\b)"
)


@_family("#")
def _years(r: _Reading) -> Iterator[_Found]:
    for m in _YEAR_SPAN.finditer(r.low):
        first = int(m["y"])
        last = int(m["z"]) if len(m["z"]) == 4 else first - first % 100 + int(m["z"])
        if first < last <= first + 150:
            at = _day_of(first, 1, 1, r.zone)
            yield _Found(m.start(), m.end(), at, _day_of(last + 1, 1, 1, r.zone), "year", True)
    for m in _YEAR.finditer(r.low):
        year = int(m["y"])
        led = _YEAR_LEFT.search(r.before(m.start(), 12))
        modern = 1900 <= year <= 2049
        right = _YEAR_RIGHT.match(r.low[m.end() : m.end() + 12])
        if led is None and not (modern and right):
            continue
        if led is not None and not right and not modern:
            continue
        if (
            led is not None
            and led.group().strip() in ("of", "to", "and", "by", "at the", "from", "around", "before", "after")
            and not right
        ):
            continue
        yield r.cell(m.start(), m.end(), _day_of(year, 1, 1, r.zone), "year", led is not None)


_DECADE = re.compile(
    r"(?<![\w$€£])(?:(?P<c>(?:1[0-9]|20)\d0)['’]?s|(?:the\s(?:early[\s-]|mid[\s-]|late[\s-])?|(?:early|mid|late)[\s-])['’]?(?P<s>[2-9]0)['’]?s|['’](?P<a>[2-9]0)['’]?s)\b"
)
_CENTURY = re.compile(r"\b(?P<c>\d{1,2})(?:st|nd|rd|th)[\s-]century\b")


@_family("#")
def _decades(r: _Reading) -> Iterator[_Found]:
    for m in _DECADE.finditer(r.low):
        short = m["s"] or m["a"]
        year = int(m["c"]) if m["c"] else 1900 + int(short)
        start = m.start() if m["c"] or m["a"] else m.start("s") - (1 if r.low[m.start("s") - 1] in "'’" else 0)
        if m["c"] and year % 100 == 0 and year < 2000:
            yield _Found(start, m.end(), _day_of(year, 1, 1, r.zone), _day_of(year + 100, 1, 1, r.zone), "decade", True)
            continue
        yield r.cell(start, m.end(), _day_of(year, 1, 1, r.zone), "decade", m["c"] is not None)
    if "century" in r.low:
        for m in _CENTURY.finditer(r.low):
            first = (int(m["c"]) - 1) * 100
            if 0 < first < 2200:
                at = _day_of(first, 1, 1, r.zone)
                yield _Found(m.start(), m.end(), at, _day_of(first + 100, 1, 1, r.zone), "decade", True)


_SEASON_YEAR = _grammar(
    r"(?<!\w)(?P<s><SEASON>)(?:,? (?:of )?(?:the year )?(?P<y>1\d{3}|20\d{2})\b)"
    r"|\b(?:in|during|over|since|until|till|by the|for the|all|of) (?:the )?(?P<t>spring|summer|autumn|winter)(?![\w'-])(?!,? (?:of|break|camp|school|vacation|olympics|job|clothes|sale|sports?|wear))"
    r"|\b(?:in|during|since|by) the (?P<f>fall)(?![\w'-])(?! of)"
)


@_family(" ".join(_SEASONS))
def _seasons(r: _Reading) -> Iterator[_Found]:
    for m in _SEASON_YEAR.finditer(r.low):
        group = "s" if m["s"] else "t" if m["t"] else "f"
        month = _SEASONS[m[group]]
        if m["s"]:
            at = _day_of(int(m["y"]), month, 1, r.zone)
            yield _Found(m.start("s"), m.end(), at, _months_on(at, 3), "season", True)
        elif r.now is not None:
            tense = _tense(r.low, m.start(), m.end(), r.lean)
            base = _midnight(r.now).replace(month=month, day=1)
            if tense < 0 and base > r.now:
                base = _months_on(base, -12)
            if tense > 0 and _months_on(base, 3) <= r.now:
                base = _months_on(base, 12)
            yield _Found(m.start(group), m.end(group), base, _months_on(base, 3), "season", False)


_HOLIDAY = _grammar(
    r"(?<!\w)(?:(?P<m>last|this past|this|next|this coming) )?(?P<h>"
    + "|".join(h.replace("'", "['’]") for h in sorted(_HOLIDAYS, key=len, reverse=True))
    + r")\b(?:,? (?:of |in )?(?P<y>1\d{3}|20\d{2})\b)?"
)


@_family(
    "christmas eve boxing year years halloween valentine valentines july independence thanksgiving mother father labor easter"
)
def _holidays(r: _Reading) -> Iterator[_Found]:
    for m in _HOLIDAY.finditer(r.low):
        name = m["h"].replace("’", "'")
        rule = _HOLIDAYS[name]
        if not (r.capital(m.start("h")) or name[0].isdigit() or "july" in name):
            continue
        if m["y"]:
            yield r.cell(m.start(), m.end(), _day_of(int(m["y"]), *rule(int(m["y"])), r.zone), "day")
            continue
        if r.now is None:
            continue
        days = [_day_of(y, *rule(y), r.zone) for y in (r.now.year - 1, r.now.year, r.now.year + 1)]
        today = _midnight(r.now)
        mod = m["m"] or ""
        if mod in ("last", "this past"):
            yield r.cell(m.start(), m.end(), max(d for d in days if d < today), "day")
        elif mod in ("next", "this coming"):
            yield r.cell(m.start(), m.end(), min(d for d in days if d > today), "day")
        else:
            tense = _tense(r.low, m.start(), m.end(), 0)
            pool = [d for d in days if (d - today).days * tense >= 0] or days
            pick = min(pool, key=lambda d: abs((d - today).days))
            yield r.cell(m.start(), m.end(), pick, "day", bool(mod) or bool(_NEAR.search(r.before(m.start(), 8))))


_NEAR = re.compile(r"\b(?:on|at|for|since|by|until|before|after)\s$")

_ORDINAL_DAY = _grammar(
    r"\b(?:(?P<q>on|by|until|till|since|from|before|after|for) )?the (?P<d>\d{1,2})(?:st|nd|rd|th)\b(?P<o> of (?P<w>this|next|last|the) month)?"
    r"(?![ ](?:floor|time|place|birthday|century|grade|anniversary|day|of|street|st|ave|attempt|try|page|edition|hole|largest|most|amendment|round|season|episode))"
)


@_family("the")
def _ordinal_day(r: _Reading) -> Iterator[_Found]:
    if r.now is None:
        return
    for m in _ORDINAL_DAY.finditer(r.low):
        day = int(m["d"])
        after = r.low[m.end() : m.end() + 1]
        nxt = re.match(r"\s+([a-z]+)", r.low[m.end() : m.end() + 20])
        if not 1 <= day <= 31 or after == "-" or (nxt and nxt[1] in _MONTHS):
            continue
        if m["q"] is None and m["o"] is None and after not in ("", ".", ",", "!", "?", ";", ")"):
            continue
        start = m.start("d") - 4 if m["q"] is None else m.start("q") + len(m["q"]) + 1
        today = _midnight(r.now)
        step = {"next": 1, "last": -1}.get(m["w"] or "", 0)
        if m["o"]:
            months = [step]
        else:
            tense = _tense(r.low, m.start(), m.end(), 0)
            ahead = day >= today.day
            months = [0] if not tense else [0 if ahead else 1] if tense > 0 else [0 if day <= today.day else -1]
        try:
            at = _months_on(today.replace(day=1), months[0]).replace(day=day)
        except ValueError:
            continue
        yield _Found(start, m.end(), at, at + timedelta(days=1), "day", m["q"] is not None or m["o"] is not None)


_EDGE = _grammar(
    r"(?<!\w)(?:the )?(?P<e>end|beginning|start|middle) of (?P<w>the|this|next|last) (?P<u>week|month|year|decade|<SEASON>)\b"
)


@_family("end beginning start middle")
def _edges(r: _Reading) -> Iterator[_Found]:
    if r.now is None:
        return
    for m in _EDGE.finditer(r.low):
        side = {"next": 1, "last": -1}.get(m["w"], 0)
        if m["u"] in _SEASONS:
            whole = _season(m.start(), m.end(), r.now, _SEASONS[m["u"]], side)
            at, until, precision = whole.at, whole.until, whole.precision
        else:
            precision = _GRAIN[m["u"]]
            at, until = _floor(_shift(_floor(r.now, precision)[0], side, m["u"]), precision)
        at, until = _narrow(at, until, m["e"])
        yield _Found(m.start(), m.end(), at, until, precision, m["w"] != "the" or m["u"] not in _SEASONS)


def _narrow(at: datetime, until: datetime, word: str) -> tuple[datetime, datetime]:
    third = (until - at) / 3
    if word in ("early", "beginning", "start"):
        return at, _midnight(at + third)
    if word in ("mid", "middle"):
        return _midnight(at + third), _midnight(until - third)
    return _midnight(until - third), until


_FOR = _grammar(
    r"(?<![\w.])(?:(?P<f>for)(?: about| around| almost| nearly| over| more than| at least| like| roughly)? (?P<n><COUNT>) (?P<u><UNIT>)(?P<w> now)?"
    r"|(?P<n2><COUNT>) (?P<u2><UNIT>) now)\b"
)
_PERFECT = re.compile(r"(?:\b(?:have|has|haven't|hasn't|been|(?:was|were) [a-z ]{0,30}part of)\b|'ve\b|’ve\b)")


@_family("for now")
def _so_far(r: _Reading) -> Iterator[_Found]:
    if r.now is None:
        return
    for m in _FOR.finditer(r.low):
        words, unit_word = (m["n"], m["u"]) if m["n"] else (m["n2"], m["u2"])
        unit = _UNIT_OF[unit_word]
        if unit in ("second", "minute", "hour", "weekend"):
            continue
        sure = m["w"] is not None or m["n2"] is not None
        if not sure:
            left = r.before(m.start(), 80)
            breaks = [b.end() for b in _BREAK.finditer(left)]
            if not _PERFECT.search(left[breaks[-1] :] if breaks else left):
                continue
            if unit == "day" and _count(words)[0] <= 1:
                continue
        low, high = _count(words)
        grain = _GRAIN[unit]
        at, until = _floor(_shift(r.now, -high, unit), grain)
        until = _floor(_shift(r.now, -low, unit), grain)[1]
        start = m.start("n") if m["n"] else m.start("n2")
        yield _Found(start, m.end(), at, until, grain, sure and low == high, "since")


_CLOCK = _grammar(
    r"(?<![\w:.$€£-])(?:(?P<a>at|around|by|until|till|from|before|after|about|@) ?)?"
    r"(?:(?P<h>\d{1,2})(?::(?P<i>\d\d)(?::\d\d)?)?[ ]?(?P<p>[ap])\.?m\b\.?|(?P<h2>\d{1,2}):(?P<i2>\d\d)(?::\d\d(?:[.,]\d{1,9})?)?(?![\d:%])|(?P<h3>\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve) ?o['’]?clock|(?P<w>noon|midnight|midday)\b)"
)
_CLOCK = re.compile(_CLOCK.pattern.replace(r"@)\s{1,3}?", r"@)\s{0,3}").replace(r"\s{1,3}?o['’]", r"\s{0,3}o['’]"))


@_family("# noon midnight midday clock")
def _clock(r: _Reading) -> Iterator[_Found]:
    for m in _CLOCK.finditer(r.low):
        lead = m["a"]
        minute = int(m["i"] or m["i2"] or 0)
        if m["w"]:
            if lead is None:
                continue
            hour = 0 if m["w"] == "midnight" else 12
        elif m["h3"]:
            hour = int(m["h3"]) if m["h3"].isdigit() else _NUMBERS[m["h3"]]
        else:
            hour = int(m["h"] or m["h2"])
        if m["p"]:
            if not 1 <= hour <= 12:
                continue
            hour = hour % 12 + (12 if m["p"] == "p" else 0)
        if hour > 23 or minute > 59:
            continue
        start = m.start() if lead is None else m.start() + len(lead)
        while r.low[start].isspace():
            start += 1
        end = m.end()
        if m["p"] and r.low[end - 1] == "." and not re.search(r"[ap]\.m\.$", r.low[start:end]):
            end -= 1
        base = r.now if r.now is not None else datetime(1, 1, 1, tzinfo=r.zone)
        at = _midnight(base) + timedelta(hours=hour, minutes=minute)
        sure = m["p"] is not None or lead is not None
        found = _Found(start, end, at, at + timedelta(minutes=1), "minute", False, clock=True)
        if not sure and m["h3"] is None and not _near_date(r, start, end):
            continue
        yield found


def _near_date(r: _Reading, start: int, end: int) -> bool:
    """A bare 14:30 counts as a time only beside other digits of a date or a day word."""
    around = r.low[max(0, start - 14) : start] + " " + r.low[end : end + 14]
    return bool(re.search(r"\d{4}|day\b|morrow|night|morning|evening", around))


# CJK: absolute dates and the commonest relative words
_CJK = re.compile(
    r"(?:(?P<y>\d{4})[年년]\s?)?(?P<m>\d{1,2})[月월]\s?(?P<d>\d{1,2})[日号號일]|(?P<y2>\d{4})[年년](?:\s?(?P<m2>\d{1,2})[月월])?"
    r"|(?P<w>前天|昨天|昨日|昨晚|今天|今日|今晚|明天|明日|后天|後天|어제|오늘|내일|去年|今年|明年|上个月|上個月|这个月|下个月|下個月|上周|上週|这周|本周|下周|下週)(?P<k>[一二三四五六日天])?"
)
_CJK_STEPS: dict[str, tuple[int, Precision]] = {
    "前天": (-2, "day"), "昨天": (-1, "day"), "昨日": (-1, "day"), "昨晚": (-1, "day"), "今天": (0, "day"),
    "今日": (0, "day"), "今晚": (0, "day"), "明天": (1, "day"), "明日": (1, "day"), "后天": (2, "day"),
    "後天": (2, "day"), "어제": (-1, "day"), "오늘": (0, "day"), "내일": (1, "day"), "去年": (-1, "year"),
    "今年": (0, "year"), "明年": (1, "year"), "上个月": (-1, "month"), "上個月": (-1, "month"),
    "这个月": (0, "month"), "下个月": (1, "month"), "下個月": (1, "month"), "上周": (-1, "week"),
    "上週": (-1, "week"), "这周": (0, "week"), "本周": (0, "week"), "下周": (1, "week"), "下週": (1, "week"),
}  # fmt: skip


def _cjk(r: _Reading) -> Iterator[_Found]:
    for m in _CJK.finditer(r.text):
        try:
            if m["w"]:
                if r.now is None:
                    continue
                step, precision = _CJK_STEPS[m["w"]]
                if m["k"] and precision == "week":
                    day = _floor(r.now, "week")[0] + timedelta(days=7 * step + "一二三四五六日天".index(m["k"]) % 7)
                    if m["k"] == "天":
                        day = _floor(r.now, "week")[0] + timedelta(days=7 * step + 6)
                    yield r.cell(m.start(), m.end(), day, "day")
                    continue
                moment = _shift(_floor(r.now, precision)[0], step, precision)
                yield r.cell(m.start(), m.end("w"), moment, precision)
            elif m["y2"]:
                month = int(m["m2"]) if m["m2"] else 1
                yield r.cell(
                    m.start(), m.end(), _day_of(int(m["y2"]), month, 1, r.zone), "month" if m["m2"] else "year"
                )
            elif m["y"]:
                yield r.cell(m.start(), m.end(), _day_of(int(m["y"]), int(m["m"]), int(m["d"]), r.zone), "day")
            else:
                month, number = int(m["m"]), int(m["d"])
                guess = r.nearest(m.start(), m.end(), lambda y: _day_of(y, month, number, r.zone))  # noqa: B023
                if guess:
                    yield r.cell(m.start(), m.end(), guess[0], "day", guess[1])
        except ValueError:
            continue


# ------------------------------------------------------------ putting it together

_WORDS = re.compile(r"[a-z]+|\d")
_ALL_TRIGGERS: frozenset[str] = frozenset().union(*(words for words, _ in _FAMILIES)) - {
    "before", "after", "for", "from", "in", "within", "back", "the", "#",
}  # fmt: skip
_NUMERAL = frozenset(_NUMBERS) | frozenset(_VAGUE) | {"couple", "half"}
_LEADING = frozenset({"in", "within", "for", "from", "back"})
_UNIT_WORDS = frozenset(_UNIT_OF)

_RELATIVE_TO = _grammar(
    r"(?<!\w)(?:(?P<n><COUNT>) )?(?P<u><UNIT>|<DOW>)(?: (?P<p><PART>))? (?P<w>before|after|following|prior to|preceding|of)(?: the)? $"
)
_NTH_OF = _grammar(r"(?<!\w)(?:the )?(?P<o><ORD>) (?P<u>day|week|weekend|month|<DOW>) (?:of|in) (?:the )?$")
_EARLY = _grammar(r"(?<!\w)(?:the )?(?P<e>early|mid|late|end of|beginning of|start of|middle of)[ -](?:the |in )?$")
_SENSE = _grammar(r"(?<!\w)(?P<w>since|until|till|by|before|after|prior to)(?: about| around| at least)? (?:the )?$")
_SENSE_OF: dict[str, Sense] = {"since": "since", "until": "until", "till": "until", "by": "until", "before": "before",
                               "after": "after"}  # fmt: skip


def _extend(r: _Reading, f: _Found) -> _Found:
    """Take in the words in front: "end of May", "the week before 9 June 2023", "first weekend of August", "since"."""
    before = r.before(f.start)
    offset = f.start - len(before)
    if f.precision in ("month", "season", "year", "decade", "week"):
        if f.precision in ("month", "year", "season"):
            nth = _NTH_OF.search(before)
            if nth is not None:
                ordinal, unit = _ORDINALS[nth["o"]], nth["u"]
                picked = _nth_in(f, ordinal, unit)
                if picked is not None:
                    return replace_span(picked, offset + nth.start(), f.end)
        m = _EARLY.search(before)
        if m is not None and f.precision != "week":
            f.at, f.until = _narrow(f.at, f.until, m["e"].split()[0])
            f.start = offset + m.start()
            before = r.before(f.start)
            offset = f.start - len(before)
    if f.precision in ("day", "month", "year", "week", "season", "minute"):
        m = _RELATIVE_TO.search(before)
        if m is not None and not (
            m["w"] == "of" and (m["n"] or f.precision != "day" or m["u"] not in ("week", "weekend"))
        ):
            moved = _moved(f, m["n"], m["u"], m["w"])
            if moved is not None:
                return replace_span(moved, offset + m.start(), f.end)
    if f.sense == "at":
        m = _SENSE.search(before)
        if m is not None:
            f.sense = _SENSE_OF[m["w"].split()[0] if m["w"] != "prior to" else "before"]
    return f


def replace_span(f: _Found, start: int, end: int) -> _Found:
    f.start, f.end = start, end
    return f


def _nth_in(f: _Found, ordinal: int, unit: str) -> _Found | None:
    if unit in _DAYS or unit == "weekend":
        weekday = 5 if unit == "weekend" else _DAYS[unit]
        first = f.at + timedelta(days=(weekday - f.at.weekday()) % 7)
        if ordinal > 0:
            day = first + timedelta(days=7 * (ordinal - 1))
        else:
            day = first
            while day + timedelta(days=7) < f.until:
                day += timedelta(days=7)
        if day >= f.until:
            return None
        length = 2 if unit == "weekend" else 1
        return _Found(f.start, f.end, day, day + timedelta(days=length), "week" if length == 2 else "day", f.certain)
    if unit == "month" and f.precision == "year":
        at = _months_on(f.at, 11 if ordinal < 0 else ordinal - 1)
        return _Found(f.start, f.end, at, _months_on(at, 1), "month", f.certain)
    if unit == "week" and f.precision == "month":
        at = f.until - timedelta(days=7) if ordinal < 0 else f.at + timedelta(days=7 * (ordinal - 1))
        return _Found(f.start, f.end, at, min(at + timedelta(days=7), f.until), "week", f.certain)
    if unit == "day":
        at = f.until - timedelta(days=1) if ordinal < 0 else f.at + timedelta(days=ordinal - 1)
        return _Found(f.start, f.end, at, at + timedelta(days=1), "day", f.certain)
    return None


def _moved(f: _Found, n: str | None, unit_word: str, way: str) -> _Found | None:
    """ "the week before X", "two days after X", "the Friday before X", "the weekend of X"."""
    side = -1 if way in ("before", "prior to", "preceding") else 0 if way == "of" else 1
    count = _count(n)[1] if n else 1.0
    day = _midnight(f.at if side <= 0 else f.until - timedelta(microseconds=1))
    if unit_word in _DAYS:
        weekday = _DAYS[unit_word]
        gap = (day.weekday() - weekday - 1) % 7 + 1 if side < 0 else (weekday - day.weekday() - 1) % 7 + 1
        at = day + timedelta(days=side * (gap + 7 * (count - 1)))
        return _Found(f.start, f.end, at, at + timedelta(days=1), "day", f.certain) if side else None
    unit = _UNIT_OF[unit_word]
    if unit == "weekend":
        monday = _floor(day, "week")[0]
        base = monday + timedelta(days=5)
        if side < 0:
            base = monday + timedelta(days=5 - 7 * count) if day < base + timedelta(days=2) else base
        elif side > 0:
            base = base + timedelta(days=7 * (count - 1)) if day < base else base + timedelta(days=7 * count)
        elif day.weekday() == 0:
            base = monday - timedelta(days=2)
        return _Found(f.start, f.end, base, base + timedelta(days=2), "week", f.certain)
    if unit in ("second", "minute", "hour"):
        if f.precision != "minute" or not side:
            return None
        at = _shift(f.at, side * count, unit)
        return _Found(f.start, f.end, at, at + timedelta(minutes=1), "minute", f.certain, clock=True)
    if side == 0:
        return replace_cell(f, day, _GRAIN[unit])
    if unit == "week" and n is None and f.precision == "day":
        # the seven days that touch the named day, as people mean "the week before the exam"
        at, until = (day - timedelta(days=7), day) if side < 0 else (day + timedelta(days=1), day + timedelta(days=8))
        return _Found(f.start, f.end, at, until, "week", f.certain)
    grain = _GRAIN[unit]
    if unit in ("day", "week", "fortnight") and f.precision == "day":
        return replace_cell(f, _shift(day, side * count, unit), "day" if unit == "day" else "week")
    return replace_cell(f, _shift(day, side * count, unit), grain)


def replace_cell(f: _Found, moment: datetime, precision: Precision) -> _Found:
    at, until = _floor(moment, precision)
    return _Found(f.start, f.end, at, until, precision, f.certain)


_JOIN_AFTER = re.compile(r"^,?\s{0,3}(?:(?:at|around|about|@|by|from|starting at)\s{0,3})?$")
_JOIN_BEFORE = re.compile(r"^,?\s{0,3}(?:on\s{1,3}|of\s{1,3})?$")
_AT_HOUR = re.compile(r"\s{1,3}(?:at|around)\s{1,3}(\d{1,2})(?![\w:.%]|\s?(?:percent|years|people))")


def _join_clock(r: _Reading, found: list[_Found]) -> list[_Found]:
    """Give a day its clock time: "tomorrow at 7 pm", "1:56 pm on 8 May"."""
    out: list[_Found] = []
    for f in found:
        last = out[-1] if out else None
        if last is not None and f.clock != last.clock and "day" in (f.precision, last.precision):
            gap = r.low[last.end : f.start]
            day, clock = (last, f) if f.clock else (f, last)
            joined = (_JOIN_AFTER if f.clock else _JOIN_BEFORE).match(gap)
            if joined and day.precision == "day" and clock.precision == "minute":
                out[-1] = _at_clock(day, clock.at.hour, clock.at.minute, last.start, f.end)
                continue
        out.append(f)
    for f in out:
        if f.precision == "day" and not f.clock:
            m = _AT_HOUR.match(r.low[f.end : f.end + 14])
            if m is not None and 1 <= int(m[1]) <= 23:
                hour = int(m[1])
                if hour < 12 and f.at.hour >= 12:
                    hour += 12
                joined_f = _at_clock(f, hour, 0, f.start, f.end + m.end())
                f.at, f.until, f.precision, f.end = joined_f.at, joined_f.until, "minute", joined_f.end
    return out


def _at_clock(day: _Found, hour: int, minute: int, start: int, end: int) -> _Found:
    at = _midnight(day.at) + timedelta(hours=hour, minutes=minute)
    return _Found(start, end, at, at + timedelta(minutes=1), "minute", day.certain, day.sense, True)


def _candidates(r: _Reading) -> list[_Found]:
    words = set(_WORDS.findall(r.low))
    if any(d in words for d in "0123456789"):
        words.add("#")
    ascii_only = r.text.isascii()
    if "#" not in words and ascii_only and words.isdisjoint(_ALL_TRIGGERS):
        if words.isdisjoint(_LEADING) or words.isdisjoint(_UNIT_WORDS) or words.isdisjoint(_NUMERAL):
            return []
    found: list[_Found] = []
    for triggers, family in _FAMILIES:
        if not words.isdisjoint(triggers):
            try:
                found.extend(family(r))
            except (ValueError, OverflowError):
                continue  # a date outside the calendar (years 1 to 9999)
    if not ascii_only:
        found.extend(_cjk(r))
    return found


def _read(text: str, now: datetime | None, lean: int) -> list[TimeExpression]:
    zone: tzinfo = UTC
    if now is not None:
        now = now if now.tzinfo is not None else now.replace(tzinfo=UTC)
        zone = now.tzinfo or UTC
    r = _Reading(text, _lower(text), now, zone, lean)
    found = _candidates(r)
    if not found:
        return []
    found.sort(key=lambda f: (f.start, f.start - f.end, not f.certain))
    kept: list[_Found] = []
    for f in found:
        if kept and f.start < kept[-1].end:
            if f.end - f.start > kept[-1].end - kept[-1].start:
                kept[-1] = f
            continue
        kept.append(f)
    kept = _join_clock(r, kept)
    out: list[TimeExpression] = []
    for f in kept:
        if now is None and f.clock and f.at.year == 1:
            continue
        try:
            f = _extend(r, f)
        except (ValueError, OverflowError):
            continue
        if out and f.start < out[-1].end:
            out.pop()
        out.append(
            TimeExpression(f.start, f.end, text[f.start : f.end], f.at, f.until, f.precision, f.certain, f.sense)
        )
    return out


def find(text: str, said_at: datetime | None = None) -> list[TimeExpression]:
    """Every time that the text names, in order, without overlaps; `text[e.start:e.end] == e.text`.

    Relative words are anchored at `said_at` (naive = UTC) and keep its zone; without it only absolute dates are found.
    """
    return _read(text, said_at, 1)


# ------------------------------------------------------------ questions

_RANGE_GAP = re.compile(r"^\s{0,3}(?:and|to|until|till|through|-|–)\s{0,3}(?:the\s)?$")
_RANGE_LEFT = re.compile(r"\b(?:between|from)\s{1,3}(?:the\s)?$")


def cue_interval(text: str, now: datetime) -> list[TimeExpression]:
    """The times that a question asks about, as intervals to filter by.

    "since 2016" runs to now, "before June" from the beginning, "between A and B" is one interval. `certain` is true
    where the words may be used as a filter ("last Tuesday", "in May 2023") and false where they should only raise
    scores ("the other day", a bare "Friday"). A question without a time gives an empty list.
    """
    now = now if now.tzinfo is not None else now.replace(tzinfo=UTC)
    low = _lower(text)
    out: list[TimeExpression] = []
    beginning = datetime(1, 1, 1, tzinfo=now.tzinfo)
    for e in _read(text, now, -1):
        if out:
            last = out[-1]
            gap = low[last.end : e.start]
            if (
                _RANGE_GAP.match(gap)
                and _RANGE_LEFT.search(low[max(0, last.start - 14) : last.start])
                and last.at < e.until
            ):
                out[-1] = replace(
                    last, end=e.end, text=text[last.start : e.end], until=e.until, certain=last.certain and e.certain,
                    sense="at",
                )  # fmt: skip
                continue
        at, until = e.at, e.until
        if e.sense == "since":
            until = max(now, until)
        elif e.sense == "after":
            at, until = e.until, max(now, e.until + timedelta(days=1))
        elif e.sense == "before":
            at, until = beginning, e.at
        elif e.sense == "until":
            at = beginning
        out.append(replace(e, at=at, until=until))
    return out


# ------------------------------------------------------------ whole dates

_EPOCH = re.compile(r"-?\d{9,19}(?:\.\d{1,9})?$")
_FILLER = re.compile(r"\b(?:on|at|the|of|in|around|about|from)\b|[,()\s]|\b(?:utc|gmt|z)\b", re.I)
_WEEKDAY_WORD = _grammar(r"\(?\b(?:<DOW>)\b\.?\)?,?", re.I)
_CTIME = re.compile(r"\b([A-Z][a-z]{2})\s{1,2}(\d{1,2})\s(\d\d:\d\d:\d\d)\s(\d{4})$")
_TRAILING_ZONE = re.compile(r"\s*(?:\(?(?:UTC|GMT|Z)\)?|([+-]\d\d:?\d\d))(?:\s*\([A-Z]{2,5}\))?$")
_NAMED_ZONES = {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "CET": 1,
                "CEST": 2, "BST": 1, "JST": 9, "IST": 5.5}  # fmt: skip
_TRAILING_NAME = re.compile(r"\s+\(?(" + "|".join(_NAMED_ZONES) + r")\)?$")
_SECONDS = re.compile(r"\b\d{1,2}:\d\d:(\d\d)(?:[.,](\d{1,6}))?")
_CURE = "give a full date such as '2023-05-08', '2023-05-08T13:56:00+02:00', '8 May 2023' or '1:56 pm on 8 May, 2023'"


def parse_when(text: str) -> tuple[datetime, Precision]:
    """One whole date as people write it -> (start of it, its grain); a date without a zone is UTC.

    Reads ISO 8601 with or without zone, epoch seconds, milliseconds, microseconds and nanoseconds, RFC 2822,
    "1:56 pm on 8 May, 2023", "2023/05/20 (Sat) 02:21", "May 8, 2023", "May 2023", "2023", "8.5.2023".
    Order of day and month in all-digit dates: day first with "." and "-", month first with "/", unless the other
    order is the only possible one. Raises InvalidInput for anything else, relative words included.
    """
    raw = text
    text = text.strip()
    if not text:
        raise InvalidInput(f"an empty text is not a date: {_CURE}")
    if len(text) > 100:
        raise InvalidInput(f"{text[:40]!r}... is too long for a date: {_CURE}")
    try:
        if _EPOCH.fullmatch(text):
            return _from_epoch(text)
        if len(text) >= 10 and text[4:5] in "-/" and text[:4].isdigit():
            moment = datetime.fromisoformat(text.replace("/", "-").replace(" UTC", "Z").replace(" Z", "Z"))
            moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
            return moment, "day" if len(text) == 10 else "minute"
    except (ValueError, OverflowError, OSError):
        pass
    if re.fullmatch(r"\d{8}", text):
        try:
            return datetime.strptime(text, "%Y%m%d").replace(tzinfo=UTC), "day"
        except ValueError:
            raise InvalidInput(f"{raw!r} is not a date that I can read: {_CURE}") from None
    zone: tzinfo = UTC
    body = text
    named = _TRAILING_NAME.search(body)
    if named is not None:
        zone, body = timezone(timedelta(hours=_NAMED_ZONES[named[1]])), body[: named.start()]
    else:
        trailing = _TRAILING_ZONE.search(body)
        if trailing is not None and ":" in body[: trailing.start()]:
            zone, body = _zone(trailing[1], UTC), body[: trailing.start()]
    body = _CTIME.sub(r"\2 \1 \4 \3", body)
    body = _WEEKDAY_WORD.sub(lambda m: " " * len(m.group()), body)
    clocked = re.search(r"\d{1,2}:\d\d|\d\s?[ap]\.?m\b|noon|midnight", body, re.I)
    for candidate in (body, " ".join(body.split()), f"in {body.strip()}"):
        found = _read(candidate, None, 1)
        if len(found) != 1:
            continue
        e = found[0]
        rest = candidate[: e.start] + " " + candidate[e.end :]
        rest = re.sub(r"^in\s", " ", rest)
        if _FILLER.sub("", rest) or (clocked and e.precision != "minute"):
            continue
        moment = e.at.replace(tzinfo=zone) if e.at.tzinfo is UTC else e.at
        seconds = _SECONDS.search(body)
        if seconds is not None and e.precision == "minute":
            if int(seconds[1]) > 59:
                break
            moment = moment.replace(second=int(seconds[1]), microsecond=int((seconds[2] or "0").ljust(6, "0")))
        return moment, e.precision
    raise InvalidInput(f"{raw!r} is not a date that I can read: {_CURE}")


def _from_epoch(text: str) -> tuple[datetime, Precision]:
    whole = text.split(".")[0].lstrip("-")
    if len(whole) <= 8:
        raise ValueError(text)
    scale = 1 if len(whole) <= 11 else 10**3 if len(whole) <= 14 else 10**6 if len(whole) <= 17 else 10**9
    if scale == 1:
        return datetime.fromtimestamp(float(text), UTC), "minute"
    micros = int(text.split(".")[0]) * 10**6 // scale
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros), "minute"


# ------------------------------------------------------------ wording


def say(at: datetime, precision: Precision, said_at: datetime | None = None, until: datetime | None = None) -> str:
    """A date for people: "8 May 2023", "the week of 1 May 2023", "the summer of 2022".

    With `said_at`, the week just before or after it is named from it ("the week before 9 June 2023").
    With `until`, a two-day interval from a Saturday is "the weekend of ...".
    """
    if precision not in PRECISIONS:
        raise InvalidInput(f"{precision!r} is not a grain of time: use one of {', '.join(PRECISIONS)}")
    day = f"{at.day} {_MONTH_NAMES[at.month - 1]} {at.year}"
    if precision in ("minute", "hour"):
        half = "am" if at.hour < 12 else "pm"
        hour = at.hour % 12 or 12
        return f"{hour}:{at.minute:02d} {half} on {day}" if precision == "minute" else f"{hour} {half} on {day}"
    if precision == "day":
        return day
    if precision == "week":
        if until is not None and at.weekday() == 5 and until - at <= timedelta(days=2):
            return f"the weekend of {day}"
        if said_at is not None:
            said = said_at if said_at.tzinfo is not None else said_at.replace(tzinfo=UTC)
            start = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
            weeks = (_floor(said, "week")[0] - _floor(start.astimezone(said.tzinfo), "week")[0]).days
            anchor = f"{said.day} {_MONTH_NAMES[said.month - 1]} {said.year}"
            if weeks == 7:
                return f"the week before {anchor}"
            if weeks == -7:
                return f"the week after {anchor}"
        return f"the week of {day}"
    if precision == "month":
        return f"{_MONTH_NAMES[at.month - 1]} {at.year}"
    if precision == "season":
        name = ("winter", "spring", "summer", "autumn")[at.month % 12 // 3]
        return f"the {name} of {at.year}"
    if precision == "year":
        return str(at.year)
    return f"the {at.year - at.year % 10}s"
