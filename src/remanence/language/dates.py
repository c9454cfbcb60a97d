"""When things happened: dates and times as people write them, turned into intervals with a grain.

`find` reads running text ("last Saturday", said on 8 May 2023, is 6 May), `parse_when` reads one whole date,
`cue_interval` reads a question, `say` writes a date for an answer. Intervals are half open: [at, until).
Rules that surprise: weeks start on Monday; "last Friday" is the latest Friday before the day of speaking;
seasons are northern; 8.5.2023 and 8-5-2023 are day first, 8/5/2023 is month first unless that is impossible,
and such a date is marked uncertain; a date without a year is the nearest one that fits the tense.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from remanence.errors import InvalidInput
from remanence.language.calendar import (
    DAY_NAMES,
    DAYS,
    GRAIN,
    HOLIDAYS,
    MONTH_NAMES,
    NUMBERS,
    ORDINALS,
    PRECISIONS,
    SEASONS,
    UNIT_OF,
    VAGUE,
    Precision,
    cell,
    grammar,
    how_many,
    midnight,
    months_on,
    shifted,
)
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.times.cjk import cjk
from remanence.language.times.families import FAMILIES
from remanence.language.times.reading import Found, Reading, Sense, narrow, zone_of
from remanence.records import dataclass


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


_HOURS = "|".join(word for word, number in NUMBERS.items() if number <= 12 and len(word) > 2 and word != "dozen")
NAMES_A_TIME = lazy_pattern(
    rf"\b(?:(?:{'|'.join(DAY_NAMES)})s?|{'|'.join(HOLIDAYS)}|{'|'.join(SEASONS.keys() - {'fall'})}|noon|midnight|"
    rf"(?:at|until|till|by|before|after) (?:half past |quarter (?:to|past) )?(?:{_HOURS}))\b",
    re.I,
)
"""Words that say when by themselves, also where no day can be worked out of them: "on Thursdays", "at eight"."""

# ------------------------------------------------------------ putting it together

_WORDS = lazy_pattern(r"[^\W\d_]+|\d")
_ALL_TRIGGERS: frozenset[str] = frozenset().union(*(family.words for family in FAMILIES)) - {
    "before", "after", "for", "from", "in", "within", "back", "the", "#", "to", "at", "am", "ab", "h", "q",
}  # fmt: skip
_NUMERAL = frozenset(NUMBERS) | frozenset(VAGUE) | {"couple", "half"}
_LEADING = frozenset({"in", "within", "for", "from", "back"})
_UNIT_WORDS = frozenset(UNIT_OF)

_RELATIVE_TO = grammar(
    r"(?<!\w)(?:(?P<n><COUNT>) )?(?P<u><UNIT>|<DOW>)(?: (?P<p><PART>))? (?P<w>before|after|following|"
    r"prior to|preceding|of|from)(?: the)? $"
)
_NTH_OF = grammar(r"(?<!\w)(?:the )?(?P<o><ORD>) (?P<u>day|week|weekend|month|quarter|half|<DOW>) (?:of|in) (?:the )?$")
_EARLY = grammar(r"(?<!\w)(?:the )?(?P<e>early|mid|late|end of|beginning of|start of|middle of)[ -](?:the |in )?$")
_SENSE = grammar(r"(?<!\w)(?P<w>since|until|till|by|before|after|prior to)(?: about| around| at least)? (?:the )?$")
_SENSE_OF: dict[str, Sense] = {"since": "since", "until": "until", "till": "until", "by": "until", "before": "before",
                               "after": "after"}  # fmt: skip


def _extend(r: Reading, f: Found) -> Found:
    """Take in the words in front: "end of May", "the week before 9 June 2023", "first weekend of August", "since"."""
    before = r.before(f.start)
    offset = f.start - len(before)
    if f.precision in ("month", "season", "year", "decade", "week"):
        if f.precision in ("month", "year", "season"):
            nth = _NTH_OF.search(before)
            if nth is not None:
                ordinal, unit = ORDINALS[nth["o"]], nth["u"]
                picked = _nth_in(f, ordinal, unit)
                if picked is not None:
                    return _spanning(picked, offset + nth.start(), f.end)
        m = _EARLY.search(before)
        if m is not None and f.precision != "week":
            f.at, f.until = narrow(f.at, f.until, m["e"].split()[0])
            f.start = offset + m.start()
            before = r.before(f.start)
            offset = f.start - len(before)
    if f.precision in ("day", "month", "year", "week", "season", "minute"):
        m = _RELATIVE_TO.search(before)
        if m is not None and not (
            (m["w"] == "of" and (m["n"] or f.precision != "day" or m["u"] not in ("week", "weekend")))
            or (m["w"] == "from" and (m["n"] is None or m["u"] not in ("day", "days", "week", "weeks")))
        ):
            moved = _moved(f, m["n"], m["u"], m["w"])
            if moved is not None:
                return _spanning(moved, offset + m.start(), f.end)
    if f.sense == "at":
        m = _SENSE.search(before)
        if m is not None:
            f.sense = _SENSE_OF[m["w"].split()[0] if m["w"] != "prior to" else "before"]
    return f


def _spanning(f: Found, start: int, end: int) -> Found:
    f.start, f.end = start, end
    return f


def _nth_in(f: Found, ordinal: int, unit: str) -> Found | None:
    if unit in DAYS or unit == "weekend":
        weekday = 5 if unit == "weekend" else DAYS[unit]
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
        return Found(f.start, f.end, day, day + timedelta(days=length), "week" if length == 2 else "day", f.certain)
    if unit == "month" and f.precision == "year":
        at = months_on(f.at, 11 if ordinal < 0 else ordinal - 1)
        return Found(f.start, f.end, at, months_on(at, 1), "month", f.certain)
    if unit in ("quarter", "half") and f.precision == "year":
        months = 3 if unit == "quarter" else 6
        part = 12 // months if ordinal < 0 else ordinal
        if part * months > 12:
            return None
        at = months_on(f.at, months * (part - 1))
        return Found(f.start, f.end, at, months_on(at, months), "month", f.certain)
    if unit == "week" and f.precision == "year":
        monday = cell(f.at + timedelta(days=3), "week")[0]  # the week that holds the first Thursday (ISO 8601)
        last = cell(f.until - timedelta(days=4), "week")[0]
        at = last if ordinal < 0 else monday + timedelta(days=7 * (ordinal - 1))
        return Found(f.start, f.end, at, at + timedelta(days=7), "week", f.certain)
    if unit == "week" and f.precision == "month":
        at = f.until - timedelta(days=7) if ordinal < 0 else f.at + timedelta(days=7 * (ordinal - 1))
        return Found(f.start, f.end, at, min(at + timedelta(days=7), f.until), "week", f.certain)
    if unit == "day":
        at = f.until - timedelta(days=1) if ordinal < 0 else f.at + timedelta(days=ordinal - 1)
        return Found(f.start, f.end, at, at + timedelta(days=1), "day", f.certain)
    return None


def _moved(f: Found, n: str | None, unit_word: str, way: str) -> Found | None:
    """ "the week before X", "two days after X", "the Friday before X", "the weekend of X"."""
    side = -1 if way in ("before", "prior to", "preceding") else 0 if way == "of" else 1
    count = how_many(n)[1] if n else 1.0
    day = midnight(f.at if side <= 0 else f.until - timedelta(microseconds=1))
    if unit_word in DAYS:
        weekday = DAYS[unit_word]
        gap = (day.weekday() - weekday - 1) % 7 + 1 if side < 0 else (weekday - day.weekday() - 1) % 7 + 1
        at = day + timedelta(days=side * (gap + 7 * (count - 1)))
        return Found(f.start, f.end, at, at + timedelta(days=1), "day", f.certain) if side else None
    unit = UNIT_OF[unit_word]
    if unit == "weekend":
        monday = cell(day, "week")[0]
        base = monday + timedelta(days=5)
        if side < 0:
            base = monday + timedelta(days=5 - 7 * count) if day < base + timedelta(days=2) else base
        elif side > 0:
            base = base + timedelta(days=7 * (count - 1)) if day < base else base + timedelta(days=7 * count)
        elif day.weekday() == 0:
            base = monday - timedelta(days=2)
        return Found(f.start, f.end, base, base + timedelta(days=2), "week", f.certain)
    if unit in ("second", "minute", "hour"):
        if f.precision != "minute" or not side:
            return None
        at = shifted(f.at, side * count, unit)
        return Found(f.start, f.end, at, at + timedelta(minutes=1), "minute", f.certain, clock=True)
    if side == 0:
        return _recelled(f, day, GRAIN[unit])
    if way == "from":  # "a week from Friday" is a day
        return _recelled(f, shifted(day, count, unit), "day")
    if unit == "week" and n is None and f.precision == "day":
        # the seven days that touch the named day, as people mean "the week before the exam"
        at, until = (day - timedelta(days=7), day) if side < 0 else (day + timedelta(days=1), day + timedelta(days=8))
        return Found(f.start, f.end, at, until, "week", f.certain)
    grain = GRAIN[unit]
    if unit in ("day", "week", "fortnight") and f.precision == "day":
        return _recelled(f, shifted(day, side * count, unit), "day" if unit == "day" else "week")
    return _recelled(f, shifted(day, side * count, unit), grain)


def _recelled(f: Found, moment: datetime, precision: Precision) -> Found:
    at, until = cell(moment, precision)
    return Found(f.start, f.end, at, until, precision, f.certain)


_JOIN_AFTER = lazy_pattern(r"^,?\s{0,3}(?:(?:at|around|about|@|by|from|starting at)\s{0,3})?$")
_JOIN_BEFORE = lazy_pattern(r"^,?\s{0,3}(?:on\s{1,3}|of\s{1,3})?$")
_AT_HOUR = lazy_pattern(r"\s{1,3}(?:at|around)\s{1,3}(\d{1,2})(?![\w:.%]|\s?(?:percent|years|people))")


def _join_clock(r: Reading, found: list[Found]) -> list[Found]:
    """Give a day its clock time: "tomorrow at 7 pm", "1:56 pm on 8 May"."""

    def join(last: Found, f: Found) -> Found | None:
        if f.clock == last.clock or "day" not in (f.precision, last.precision):
            return None
        day, clock = (last, f) if f.clock else (f, last)
        joined = (_JOIN_AFTER if f.clock else _JOIN_BEFORE).match(r.low[last.end : f.start])
        if joined is None or day.precision != "day" or clock.precision != "minute":
            return None
        return _at_clock(day, clock.at.hour, clock.at.minute, last.start, f.end)

    out = _joined(found, join)
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


_WEEK_GAP = lazy_pattern(r"^\s{1,3}(?:(?:on|of)\s{1,3})?$")
_WEEKDAY_START = grammar(r"(?:<DOW>)\b")


def _join_week(r: Reading, found: list[Found]) -> list[Found]:
    """ "Friday next week", "next week on Tuesday": the day is looked for in the named week."""

    def join(last: Found, f: Found) -> Found | None:
        if {last.precision, f.precision} != {"day", "week"} or not _WEEK_GAP.match(r.low[last.end : f.start]):
            return None
        day, week = (last, f) if last.precision == "day" else (f, last)
        if week.until - week.at != timedelta(days=7) or not _WEEKDAY_START.match(r.low, day.start):
            return None
        at = week.at + timedelta(days=day.at.weekday(), hours=day.at.hour)
        return Found(last.start, f.end, at, at + (day.until - day.at), "day", week.certain)

    return _joined(found, join)


def _joined(found: list[Found], join: Callable[[Found, Found], Found | None]) -> list[Found]:
    """Neighbours made one wherever `join` gives what they are together."""
    out: list[Found] = []
    for f in found:
        both = join(out[-1], f) if out else None
        if both is None:
            out.append(f)
        else:
            out[-1] = both
    return out


def _at_clock(day: Found, hour: int, minute: int, start: int, end: int) -> Found:
    at = midnight(day.at) + timedelta(hours=hour, minutes=minute)
    return Found(start, end, at, at + timedelta(minutes=1), "minute", day.certain, day.sense, True)


def lower(text: str) -> str:
    """Lower case that never changes the length, so that spans keep pointing at the source."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def _candidates(r: Reading) -> list[Found]:
    words, now = set(_WORDS.findall(r.low)), r.now
    if any(d in words for d in "0123456789"):
        words.add("#")
    ascii_only = r.text.isascii()
    spelled = words.isdisjoint(_LEADING) or words.isdisjoint(_UNIT_WORDS) or words.isdisjoint(_NUMERAL)
    if spelled and ascii_only and "#" not in words and words.isdisjoint(_ALL_TRIGGERS):
        return []
    found: list[Found] = []
    for family in FAMILIES:
        if not words.isdisjoint(family.words) and (now is not None or not family.relative):
            try:
                for m in family.pattern.finditer(r.text if family.cased else r.low):
                    one = family.read(r, m, now) if family.relative else family.read(r, m)
                    if one is not None:
                        found.append(one)
            except (ValueError, OverflowError):
                continue  # a date outside the calendar (years 1 to 9999)
    if not ascii_only:
        found.extend(cjk(r))
    return found


def _read(text: str, now: datetime | None, lean: int) -> list[TimeExpression]:
    zone: tzinfo = UTC
    if now is not None:
        now = now if now.tzinfo is not None else now.replace(tzinfo=UTC)
        zone = now.tzinfo or UTC
    r = Reading(text, lower(text), now, zone, lean)
    found = _candidates(r)
    if not found:
        return []
    found.sort(key=lambda f: (f.start, f.start - f.end, not f.certain))
    kept: list[Found] = []
    for f in found:
        if kept and f.start < kept[-1].end:
            if f.end - f.start > kept[-1].end - kept[-1].start:
                kept[-1] = f
            continue
        kept.append(f)
    kept = _join_clock(r, _join_week(r, kept))
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

_RANGE_GAP = lazy_pattern(r"^\s{0,3}(?:and|to|until|till|through|-|–)\s{0,3}(?:the\s)?$")
_RANGE_LEFT = lazy_pattern(r"\b(?:between|from)\s{1,3}(?:the\s)?$")
_HAS_ITS_YEAR = lazy_pattern(r"\d{4}|\b(?:last|this|next|past|ago)\b|day\b")


def cue_interval(text: str, now: datetime) -> list[TimeExpression]:
    """The times that a question asks about, as intervals to filter by.

    "since 2016" runs to now, "before June" from the beginning, "between A and B" is one interval. `certain` is true
    where the words may be used as a filter ("last Tuesday", "in May 2023") and false where they should only raise
    scores ("the other day", a bare "Friday"). A question without a time gives an empty list.
    """
    now = now if now.tzinfo is not None else now.replace(tzinfo=UTC)
    low = lower(text)
    out: list[TimeExpression] = []
    beginning = datetime(1, 1, 1, tzinfo=now.tzinfo)
    for e in _read(text, now, -1):
        if out:
            last = out[-1]
            gap = low[last.end : e.start]
            if _RANGE_GAP.match(gap) and _RANGE_LEFT.search(low[max(0, last.start - 14) : last.start]):
                begins = _beginning(last, e)
                if begins < e.until:
                    out[-1] = replace(
                        last, end=e.end, text=text[last.start : e.end], at=begins, until=e.until,
                        certain=last.certain and e.certain, sense="at",
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


def _beginning(first: TimeExpression, last: TimeExpression) -> datetime:
    """When a span begins: "between March and June 2023" in the March of that year, or of the year before."""
    leap = (first.at.month, first.at.day) == (2, 29)
    dated = first.precision in ("day", "month") and last.precision in ("day", "month") and not leap
    if not dated or _HAS_ITS_YEAR.search(first.text.lower()) or not re.search(r"\d{4}", last.text):
        return first.at
    begins = first.at.replace(year=last.at.year)
    return begins if begins < last.until else begins.replace(year=last.at.year - 1)


def asked_times(question: str, now: datetime) -> tuple[list[TimeExpression], list[TimeExpression]]:
    """The times that a question names (`find`), and those that it asks about (`cue_interval`)."""
    return find(question, now), cue_interval(question, now)


# ------------------------------------------------------------ whole dates

_EPOCH = lazy_pattern(r"-?\d{9,19}(?:\.\d{1,9})?$")
_FILLER = lazy_pattern(r"\b(?:on|at|the|of|in|around|about|from)\b|[,()\s]|\b(?:utc|gmt|z)\b", re.I)
_WEEKDAY_WORD = grammar(r"\(?\b(?:<DOW>)\b\.?\)?,?", re.I)
_COMPACT = lazy_pattern(r"\d{8}T\d{4}(?:\d\d)?(?:Z|[+-]\d\d:?\d\d)?")
_CTIME = lazy_pattern(r"\b([A-Z][a-z]{2})\s{1,2}(\d{1,2})\s(\d\d:\d\d:\d\d)\s(?:(?:UTC|GMT)\s)?(\d{4})$")
_TRAILING_ZONE = lazy_pattern(r"\s*(?:\(?(?:UTC|GMT|Z)\)?|([+-]\d\d:?\d\d))(?:\s*\([A-Z]{2,5}\))?$")
_NAMED_ZONES = {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "CET": 1,
                "CEST": 2, "BST": 1, "JST": 9, "IST": 5.5}  # fmt: skip
_TRAILING_NAME = lazy_pattern(r"\s+\(?(" + "|".join(_NAMED_ZONES) + r")\)?$")
_SECONDS = lazy_pattern(r"\b\d{1,2}:\d\d:(\d\d)(?:[.,](\d{1,6}))?")
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
        if len(text) >= 10 and text[:4].isdigit() and (text[4:5] in "-/" or _COMPACT.fullmatch(text)):
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
            zone, body = zone_of(trailing[1], UTC), body[: trailing.start()]
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


def _days(at: datetime, until: datetime | None, day: str) -> str:
    """A day, or with an end up to a month later the days from the first to the last."""
    last = None if until is None else until - timedelta(days=1)
    if last is None or not timedelta(hours=12) < last - at <= timedelta(days=31):
        return day
    first = str(at.day) if (at.year, at.month) == (last.year, last.month) else f"{at.day} {MONTH_NAMES[at.month - 1]}"
    return f"{first} to {last.day} {MONTH_NAMES[last.month - 1]} {last.year}"


def say(at: datetime, precision: Precision, said_at: datetime | None = None, until: datetime | None = None) -> str:
    """A date for people: "8 May 2023", "the week of 1 May 2023", "the summer of 2022".

    With `said_at`, the week just before or after it is named from it ("the week before 9 June 2023").
    With `until`, several days are told from the first to the last ("4 to 11 June 2025"), a two-day interval from a
    Saturday is "the weekend of ...", three months from January "Q1 ...".
    """
    if precision not in PRECISIONS:
        raise InvalidInput(f"{precision!r} is not a grain of time: use one of {', '.join(PRECISIONS)}")
    day = f"{at.day} {MONTH_NAMES[at.month - 1]} {at.year}"
    if precision in ("minute", "hour"):
        half = "am" if at.hour < 12 else "pm"
        hour = at.hour % 12 or 12
        return f"{hour}:{at.minute:02d} {half} on {day}" if precision == "minute" else f"{hour} {half} on {day}"
    if precision == "day":
        return _days(at, until, day)
    if precision == "week":
        if until is not None and at.weekday() == 5 and until - at <= timedelta(days=2):
            return f"the weekend of {day}"
        if said_at is not None:
            said = said_at if said_at.tzinfo is not None else said_at.replace(tzinfo=UTC)
            start = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
            weeks = (cell(said, "week")[0] - cell(start.astimezone(said.tzinfo), "week")[0]).days
            anchor = f"{said.day} {MONTH_NAMES[said.month - 1]} {said.year}"
            if weeks == 7:
                return f"the week before {anchor}"
            if weeks == -7:
                return f"the week after {anchor}"
        return f"the week of {day}"
    if precision == "month":
        if until is not None and at.day == 1 and at.month % 3 == 1 and months_on(at, 3) == until:
            return f"Q{at.month // 3 + 1} {at.year}"
        return f"{MONTH_NAMES[at.month - 1]} {at.year}"
    if precision == "season":
        name = ("winter", "spring", "summer", "autumn")[at.month % 12 // 3]
        return f"the {name} of {at.year}"
    if precision == "year":
        return str(at.year)
    return f"the {at.year - at.year % 10}s"
