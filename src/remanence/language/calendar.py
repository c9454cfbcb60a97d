"""The calendar in words: names of months, days, units and holidays, and the cells of time that they stand for.

Weeks start on Monday, seasons are northern, intervals are half open.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta, tzinfo
from functools import cache, partial
from typing import Literal

from remanence.language.lazy_pattern import lazy_pattern

Precision = Literal["minute", "hour", "day", "week", "month", "season", "year", "decade"]
PRECISIONS: tuple[Precision, ...] = ("minute", "hour", "day", "week", "month", "season", "year", "decade")

MONTHS: dict[str, int] = {}
for _i, _names in enumerate(
    (
        "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
        "september sept sep", "october oct", "november nov", "december dec",
    ),
    1,
):  # fmt: skip
    for _name in _names.split():
        MONTHS[_name] = _i
MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip

DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

DAYS: dict[str, int] = {}
for _i, _names in enumerate(
    ("monday mon", "tuesday tues tue", "wednesday weds wed", "thursday thurs thur thu", "friday fri",
     "saturday sat", "sunday sun")
):  # fmt: skip
    for _name in _names.split():
        DAYS[_name] = _i

SEASONS: dict[str, int] = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}

NUMBERS: dict[str, int] = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "dozen": 12,
}  # fmt: skip
VAGUE: dict[str, tuple[int, int]] = {"few": (2, 5), "several": (3, 7), "some": (2, 6), "many": (5, 15)}

ORDINALS: dict[str, int] = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1, "1st": 1,
                             "2nd": 2, "3rd": 3, "4th": 4, "5th": 5}  # fmt: skip

UNIT_OF: dict[str, str] = {}
for _canon, _names in (
    ("second", "second seconds sec secs"), ("minute", "minute minutes min mins"), ("hour", "hour hours hr hrs"),
    ("day", "day days night nights"), ("week", "week weeks wk wks"), ("fortnight", "fortnight fortnights"),
    ("weekend", "weekend weekends"), ("month", "month months"), ("quarter", "quarter quarters"),
    ("year", "year years yr yrs"), ("decade", "decade decades"), ("century", "century centuries"),
):  # fmt: skip
    for _name in _names.split():
        UNIT_OF[_name] = _canon
GRAIN: dict[str, Precision] = {
    "second": "minute", "minute": "minute", "hour": "hour", "day": "day", "week": "week", "fortnight": "week",
    "weekend": "week", "month": "month", "quarter": "month", "year": "year", "decade": "decade",
    "century": "decade",
}  # fmt: skip

PARTS: dict[str, tuple[int, int]] = {"morning": (6, 12), "afternoon": (12, 18), "evening": (18, 24),
                                      "night": (18, 30), "lunchtime": (11, 14)}  # fmt: skip


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(sorted((re.escape(w) for w in words), key=len, reverse=True))


@cache
def _words_of(name: str) -> str:
    """What <NAME> stands for in a pattern of the grammar."""
    if name == "CLOCK":
        return r"\d{1,2}(?::\d\d){0,2}[ ]?(?:[ap]\.?m\b\.?)|\d{1,2}:\d\d(?::\d\d)?(?![\d:])"
    if name == "COUNT":
        number = _alternatives(NUMBERS)
        return (
            rf"\d{{1,4}}(?:\.5)?|half an?|(?:a )?couple(?: of)?|(?:a )?(?:few|dozen)|several|"
            rf"(?:{number})(?:[ -](?:{number}))?"
        )
    return _alternatives(_LISTS[name])


_LISTS: Mapping[str, Iterable[str]] = {
    "MONTH": MONTHS, "DOW": DAYS, "SEASON": SEASONS, "UNIT": UNIT_OF, "PART": PARTS, "ORD": ORDINALS,
}  # fmt: skip


def grammar(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Compile a pattern in which a space stands for one to three white-space characters and <X> for a word list."""
    for name in (*_LISTS, "COUNT", "CLOCK"):
        if f"<{name}>" in pattern:
            pattern = pattern.replace(f"<{name}>", _words_of(name))
    return lazy_pattern(pattern.replace("[ ]", "\\s").replace(" ", r"\s{1,3}"), flags)


def how_many(words: str) -> tuple[float, float]:
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
        if part in VAGUE:
            low, high = VAGUE[part]
            return low, high
    total = 0
    for part in parts:
        number = NUMBERS[part]
        if number == 1 and part in ("a", "an") and len(parts) > 1:
            continue
        total += number
    return total, total


# ------------------------------------------------------------ calendar


def midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def months_on(moment: datetime, months: int) -> datetime:
    index = moment.year * 12 + moment.month - 1 + months
    year, month = divmod(index, 12)
    first_next = datetime(year + (month == 11), (month + 1) % 12 + 1, 1) if year < 9999 else datetime(9999, 12, 31)
    last = (first_next - timedelta(days=1)).day if year < 9999 else 28
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))


def shifted(moment: datetime, amount: float, unit: str) -> datetime:
    if unit in ("month", "quarter", "year", "decade", "century"):
        months = {"month": 1, "quarter": 3, "year": 12, "decade": 120, "century": 1200}[unit] * amount
        return months_on(moment, round(months))
    hours = {"second": 1 / 3600, "minute": 1 / 60, "hour": 1, "day": 24, "week": 168, "weekend": 168, "fortnight": 336}
    return moment + timedelta(hours=hours[unit] * amount)


def cell(moment: datetime, precision: Precision) -> tuple[datetime, datetime]:
    """The calendar cell of that grain that holds the moment, as [start, end)."""
    if precision == "minute":
        start = moment.replace(second=0, microsecond=0)
        return start, start + timedelta(minutes=1)
    if precision == "hour":
        start = moment.replace(minute=0, second=0, microsecond=0)
        return start, start + timedelta(hours=1)
    day = midnight(moment)
    if precision == "day":
        return day, day + timedelta(days=1)
    if precision == "week":
        start = day - timedelta(days=day.weekday())
        return start, start + timedelta(days=7)
    if precision == "month":
        start = day.replace(day=1)
        return start, months_on(start, 1)
    if precision == "season":
        start = months_on(day.replace(day=1), -(day.month % 3))
        return start, months_on(start, 3)
    if precision == "year":
        start = day.replace(month=1, day=1)
        return start, months_on(start, 12)
    start = day.replace(year=max(1, day.year - day.year % 10), month=1, day=1)
    return start, months_on(start, 120)


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


_SAME_EVERY_YEAR = {
    (12, 24): "christmas eve", (12, 25): "christmas day, christmas", (12, 26): "boxing day",
    (12, 31): "new year's eve, new years eve", (1, 1): "new year's day", (10, 31): "halloween",
    (11, 1): "all saints' day, all saints", (2, 14): "valentine's day, valentines day",
    (7, 4): "independence day, fourth of july, 4th of july",
}  # fmt: skip
"""(month, day) -> names."""
_WEEKDAYS = {
    "thanksgiving": (11, 3, 4),
    "mother's day": (5, 6, 2),
    "father's day": (6, 6, 3),
    "labor day": (9, 0, 1),
}
"""Name -> month, weekday (0 is Monday), and which of them in the month."""


_ROUND_EASTER = {
    "easter sunday": 0, "easter": 0, "good friday": -2, "easter monday": 1, "ascension day": 39, "pentecost": 49,
    "whit sunday": 49, "whit monday": 50,
}  # fmt: skip
"""Name -> days behind Easter Sunday."""


_DAYS_OF = {name: day for day, names in _SAME_EVERY_YEAR.items() for name in names.split(", ")}


def _holiday(name: str, year: int) -> tuple[int, int]:
    if name in _WEEKDAYS:
        return _nth_weekday(year, *_WEEKDAYS[name])
    if name in _DAYS_OF:
        return _DAYS_OF[name]
    day = datetime(year, *_easter(year)) + timedelta(days=_ROUND_EASTER[name])
    return day.month, day.day


HOLIDAYS: dict[str, Callable[[int], tuple[int, int]]] = {
    name: partial(_holiday, name) for name in (*_DAYS_OF, *_WEEKDAYS, *_ROUND_EASTER)
}
"""Name -> (month, day) in a year."""


def day_of(year: int, month: int, day: int, zone: tzinfo) -> datetime:
    return datetime(year, month, day, tzinfo=zone)
