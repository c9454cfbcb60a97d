"""Times of offices and of talk: quarters and halves, calendar weeks, "a week on Friday", half past six."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from remanence.language.calendar import DAYS, NUMBERS, cell, day_of, grammar, midnight, months_on
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.times.reading import Found, Reading, anywhere, from_now, tense_of, two_digit

_QUARTER = lazy_pattern(
    r"(?<![\w$€£.-])(?P<k>[qh])(?P<n>[1-4])(?![\w%-]|\.\d)(?:[\s/]{1,2}(?:of\s)?(?:fy\s?)?(?:(?P<y>20\d\d)|['’](?P<yy>\d\d))\b)?"
)
_WEEK_NUMBER = lazy_pattern(
    r"(?<![\w])(?:(?:calendar\s|iso\s|in\s|until\s|by\s|from\s)?week\s(?:no\.?\s|number\s)?|kw\s?|cw\s?|wk\s?|semana\s)"
    r"(?P<n>\d{1,2})(?![\w%:]|[.,]\d|\s?(?:(?:of|in)\b(?!\s20\d\d)|(?:into|weeks|days|hours|people)\b))"
    r"(?:(?:\s|/|,\s|\s(?:of|in)\s)(?P<y>20\d\d)\b)?"
)
_CALENDAR_WEEK = lazy_pattern(r"(?:calendar|iso|kw|cw|wk|semana)|^(?:in|until|by|from)\s")
_WEEK_ON = grammar(
    r"(?<!\w)(?:(?P<n>a|one|two|three) weeks? (?P<on>(?:on |from )?(?:today|tomorrow|<DOW>))"
    r"|(?P<d>today|tomorrow|<DOW>) week)(?![\w'’-])"
)
_HOUR = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_PAST_THE_HOUR = lazy_pattern(
    rf"(?<!\w)(?:(?:at|around|about|by|until|till|from|before|after)\s)?(?P<m>half|(?:a\s)?quarter|five|ten|twenty|twenty-five)"
    rf"\s(?P<w>past|to)\s(?P<h>{_HOUR}|\d{{1,2}})(?![\w:.%]|\s(?:people|years|percent|of))"
)
_AT_WORD = lazy_pattern(rf"(?<!\w)at\s(?P<h>{_HOUR})(?=\s(?:tonight|tomorrow|today|this|in the|on|sharp)\b|[.,!?]|$)")
_MINUTES = {"half": 30, "quarter": 15, "a quarter": 15, "five": 5, "ten": 10, "twenty": 20, "twenty-five": 25}


@anywhere("q h", _QUARTER)
def quarters(r: Reading, m: re.Match[str]) -> Found | None:
    """ "Q3", "Q3 2024", "H1": the one that the tense means, the coming one when it says nothing."""
    if not r.capital(m.start("k")) or (m["k"] == "h" and int(m["n"]) > 2):
        return None
    months = 3 if m["k"] == "q" else 6
    month = 1 + months * (int(m["n"]) - 1)
    year = int(m["y"]) if m["y"] else two_digit(int(m["yy"])) if m["yy"] else None
    if year is not None:
        at, certain = day_of(year, month, 1, r.zone), True
    elif r.now is None or m["k"] == "h":
        return None
    else:
        tense = tense_of(r.low, m.start(), m.end(), 0)
        at = midnight(r.now).replace(month=month, day=1)
        if tense < 0 and at > r.now:
            at = months_on(at, -12)
        if tense >= 0 and months_on(at, months) <= r.now:
            at = months_on(at, 12)
        certain = tense != 0
    return Found(m.start(), m.end(), at, months_on(at, months), "month", certain)


@anywhere("week kw cw wk semana", _WEEK_NUMBER)
def week_numbers(r: Reading, m: re.Match[str]) -> Found | None:
    """ "KW 12", "calendar week 12", "in week 12": the ISO week of the year that is nearest."""
    number = int(m["n"])
    if not 1 <= number <= 53 or not (_CALENDAR_WEEK.search(m.group()) or m["y"]):
        return None
    years = [int(m["y"])] if m["y"] else [r.now.year + step for step in (-1, 0, 1)] if r.now is not None else []
    mondays = [monday for year in years if (monday := _monday(year, number, r)) is not None]
    if not mondays:
        return None
    at = mondays[0] if r.now is None else min(mondays, key=lambda day: abs((day - r.now).days))  # type: ignore[operator]
    sure = m["y"] is not None or re.search(r"calendar|iso|kw|cw", m.group()) is not None
    return Found(m.start(), m.end(), at, at + timedelta(days=7), "week", sure)


def _monday(year: int, week: int, r: Reading) -> datetime | None:
    try:
        return datetime.fromisocalendar(year, week, 1).replace(tzinfo=r.zone)
    except ValueError:
        return None


@from_now("week weeks", _WEEK_ON)
def week_on(r: Reading, m: re.Match[str], now: datetime) -> Found | None:
    """ "a week on Friday", "a week tomorrow", "Friday week": seven days after the coming one."""
    word = (m["on"] or m["d"]).split()[-1]
    weeks = NUMBERS[m["n"]] if m["n"] else 1
    today = midnight(now)
    if word in DAYS:
        day = today + timedelta(days=(DAYS[word] - today.weekday() - 1) % 7 + 1)
    else:
        day = today + timedelta(days=1 if word == "tomorrow" else 0)
    if m["d"] is None and "from" not in (m["on"] or "") and "on" not in (m["on"] or "").split() and word in DAYS:
        return None  # "a week Friday"
    return r.cell(m.start(), m.end(), day + timedelta(days=7 * weeks), "day")


@from_now("past to", _PAST_THE_HOUR)
def spoken_clock(r: Reading, m: re.Match[str], now: datetime) -> Found | None:
    """ "half past six", "quarter to nine": morning or evening is a guess."""
    hour = int(m["h"]) if m["h"].isdigit() else NUMBERS[m["h"]]
    if not 1 <= hour <= 23:
        return None
    minutes = _MINUTES[m["m"]] * (1 if m["w"] == "past" else -1)
    return _clock(r, now, m.start("m"), m.end(), hour, minutes)


@from_now("at", _AT_WORD)
def spoken_hour(r: Reading, m: re.Match[str], now: datetime) -> Found | None:
    """ "at eight tonight": morning or evening is a guess."""
    return _clock(r, now, m.start("h"), m.end(), NUMBERS[m["h"]], 0)


_EVENING = lazy_pattern(
    r"tonight|evening|afternoon|night|dinner|pm\b|after work|drinks|film|show|gig|concert|party|pub"
)


def _clock(r: Reading, base: datetime, start: int, end: int, hour: int, minutes: int) -> Found:
    around = r.low[max(0, start - 30) : end + 30]
    if hour < 12 and _EVENING.search(around):
        hour += 12
    at = cell(base, "day")[0] + timedelta(hours=hour, minutes=minutes)
    return Found(start, end, at, at + timedelta(minutes=1), "minute", False, clock=True)
