"""The grammar of times: one reader for each way in which people name a day, a span or an hour.

A reader is registered with the words that call for it and yields candidates; `dates.find` chooses among them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Literal

from remanence.language.calendar import (
    DAYS,
    GRAIN,
    HOLIDAYS,
    MONTHS,
    NUMBERS,
    PARTS,
    SEASONS,
    UNIT_OF,
    Precision,
    cell,
    day_of,
    grammar,
    how_many,
    midnight,
    months_on,
    shifted,
)

Sense = Literal["at", "since", "until", "before", "after"]

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
        today = midnight(self.now)
        fitting = [o for o in options if (o <= today if tense < 0 else o >= today.replace(day=1))] if tense else options
        pick = min(fitting or options, key=lambda o: abs((o - today).total_seconds()))
        return pick, bool(tense) or abs((pick - today).days) < 120


_Family = Callable[[Reading], Iterator[Found]]
FAMILIES: list[tuple[frozenset[str], _Family]] = []


def _family(words: str) -> Callable[[_Family], _Family]:
    """Register a part of the grammar; it only runs on texts that hold one of the words ("#" = any digit)."""

    def keep(function: _Family) -> _Family:
        FAMILIES.append((frozenset(words.split()), function))
        return function

    return keep


_AGO = grammar(r"(?<![\w.])(?:(?P<n><COUNT>) )?(?P<u><UNIT>|(?:<DOW>)s?)(?P<half> and a half)? (?P<w>ago|back)\b")
_ASKED = grammar(
    r"(?:\d|hundred|thousand|million|billion|how (?:many|much|long|few)(?: more)?|many|so many|twice|times) $"
)


@_family("ago back")
def _ago(r: Reading) -> Iterator[Found]:
    if r.now is None:
        return
    for m in _AGO.finditer(r.low):
        back = m["w"] == "back"
        if back and (m["n"] is None or r.low[m.end() : m.end() + 3] in (" to", " in", " an", " at", " on")):
            continue
        if m["n"] is None and (_ASKED.search(r.before(m.start())) or m["u"] not in UNIT_OF):
            continue
        unit_word = m["u"]
        weekday = DAYS.get(unit_word.rstrip("s")) if unit_word not in UNIT_OF else None
        if m["n"] is None:
            if not unit_word.endswith("s"):
                continue
            low, high = 2.0, 10.0
        else:
            low, high = how_many(m["n"])
        if m["half"]:
            low, high = low + 0.5, high + 0.5
        if weekday is not None:
            last = r.now - timedelta(days=(r.now.weekday() - weekday - 1) % 7 + 1)
            yield r.cell(m.start(), m.end(), last - timedelta(days=7 * (high - 1)), "day")
            continue
        unit = UNIT_OF[unit_word]
        if unit == "weekend":
            start = cell(r.now, "week")[0] + timedelta(days=5 - 7 * high)
            yield Found(m.start(), m.end(), start, start + timedelta(days=2), "week", low == high)
            continue
        grain = GRAIN[unit]
        if low == 0.5 or m["half"]:
            grain = {"year": "month", "month": "week", "day": "hour", "hour": "minute", "decade": "year"}.get(
                grain, grain
            )  # type: ignore[assignment]
        at = cell(shifted(r.now, -high, unit), grain)[0]
        until = cell(shifted(r.now, -low, unit), grain)[1]
        if unit_word.startswith("night"):
            at, until = at + timedelta(hours=18), until + timedelta(hours=6)
        yield Found(m.start(), m.end(), at, until, grain, low == high and not back)


_IN = grammar(
    r"\b(?:(?P<w>in|within)(?: about| around| roughly| just| exactly| another| the next)? (?P<n><COUNT>) (?P<u><UNIT>)"
    r"(?P<t>['’]?s?['’]? time)?|(?P<n2><COUNT>) (?P<u2><UNIT>) from (?:now|today))\b"
)


@_family("in within from")
def _ahead(r: Reading) -> Iterator[Found]:
    if r.now is None:
        return
    for m in _IN.finditer(r.low):
        words, unit_word = (m["n"], m["u"]) if m["n"] else (m["n2"], m["u2"])
        low, high = how_many(words)
        unit = UNIT_OF[unit_word]
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
            until = shifted(r.now, high, unit)
            yield Found(m.start(), m.end(), r.now, until, GRAIN[unit], low == high)
            continue
        grain = GRAIN[unit]
        at = cell(shifted(r.now, low, unit), grain)[0]
        yield Found(m.start(), m.end(), at, cell(shifted(r.now, high, unit), grain)[1], grain, low == high)


_SIDE = grammar(
    r"(?<!\w)(?P<m>(?:(?:in|over|during|for|of|within|throughout) )?(?:the|these) (?:past|last|next|"
    r"coming|previous)|this past|this coming|this last|this|"
    r"last|next|past|coming|previous)[ ](?:(?P<n><COUNT>) )?"
    r"(?P<u><UNIT>|<DOW>|<MONTH>|<SEASON>|<PART>)(?![\w-])(?:[ ](?P<p><PART>)\b)?"
)
_LEAVE = {"sat", "sun", "wed", "may", "march", "mar"}  # also verbs or nouns: need a capital


@_family("this last next past coming previous")
def _beside(r: Reading) -> Iterator[Found]:
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
        unit = UNIT_OF.get(word)
        if n is not None:
            if unit is None or unit == "second" or (n in ("a", "an", "second", "half a") and not rolling):
                continue
            if side == 0 or (not word.endswith("s") and n not in ("one", "1")):
                continue
            low, high = how_many(n)
            there = shifted(r.now, side * high, unit)
            at, until = (there, r.now) if side < 0 else (r.now, there)
            if unit not in ("minute", "hour"):
                at, until = midnight(at), midnight(until) + timedelta(days=1)
            yield Found(start, end, at, until, GRAIN[unit], low == high)
            continue
        if word in PARTS or word == "night":
            if words[-1] in ("last", "this") and (word != "morning" or side == 0):
                base = midnight(r.now)
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
                monday = cell(r.now, "week")[0]
                if side == 0 and r.now.weekday() < 3 and _tense(r.low, start, end, 1) < 0:
                    side = -1
                if side < 0 and "past" in words and r.now.weekday() == 6:
                    side = 0
                at = monday + timedelta(days=5 + 7 * side)
                yield Found(start, end, at, at + timedelta(days=2), "week", True)
                continue
            if rolling and side < 0:
                at = shifted(r.now, -1, unit)
                until = r.now if unit == "hour" else midnight(r.now) + timedelta(days=1)
                yield Found(start, end, at if unit == "hour" else midnight(at), until, GRAIN[unit], True)
                continue
            if unit == "quarter":
                base = midnight(r.now).replace(month=(r.now.month - 1) // 3 * 3 + 1, day=1)
                at = months_on(base, 3 * side)
                yield Found(start, end, at, months_on(at, 3), "month", True)
                continue
            if unit == "fortnight":
                at = midnight(r.now) + timedelta(days=14 * side)
                yield Found(start, end, at, at + timedelta(days=14), "week", True)
                continue
            anchor = cell(r.now, GRAIN[unit])[0]
            yield r.cell(start, end, shifted(anchor, side, unit), GRAIN[unit])
            continue
        if word in DAYS:
            yield _weekday(r, start, end, DAYS[word], side, m["p"], "coming" in words)
            continue
        if word in SEASONS:
            yield _season(start, end, r.now, SEASONS[word], side)
            continue
        month = MONTHS[word]
        if (
            word == "may"
            and words[-1] == "this"
            and re.match(r"\s+(?:be|have|not|also|help|seem|sound|take)\b", r.low[end:])
        ):
            continue
        base = midnight(r.now).replace(day=1, month=month)
        if side < 0 and base >= cell(r.now, "month")[0]:
            base = months_on(base, -12)
        if side > 0 and base <= r.now:
            base = months_on(base, 12)
        at, until = cell(base, "month")
        yield Found(start, end, at, until, "month", True)


def _part(start: int, end: int, day: datetime, part: str | None, certain: bool = True) -> Found:
    day = midnight(day)
    if part is None:
        return Found(start, end, day, day + timedelta(days=1), "day", certain)
    first, last = PARTS[part]
    return Found(start, end, day + timedelta(hours=first), day + timedelta(hours=last), "day", certain)


def _weekday(
    r: Reading, start: int, end: int, weekday: int, side: int, part: str | None, coming: bool = False
) -> Found:
    assert r.now is not None
    today = midnight(r.now)
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


def _season(start: int, end: int, now: datetime, month: int, side: int) -> Found:
    base = midnight(now).replace(month=month, day=1)
    if month == 12 and now.month <= 2:
        base = months_on(base, -12)  # this winter began in December
    if side < 0 and months_on(base, 3) > now:
        base = months_on(base, -12)
    if side > 0 and base <= now:
        base = months_on(base, 12)
    return Found(start, end, base, months_on(base, 3), "season", True)


_TWICE = grammar(r"(?<!\w)(?:the )?(?P<u>week|weekend|month|year|night|<SEASON>|<DOW>) (?P<d>before last|after next)\b")


_THE_WEEKEND = grammar(r"\b(?:over|on|at|during|for) (?P<w>the weekend)\b(?! (?:of|before|after))")


@_family("weekend")
def _the_weekend(r: Reading) -> Iterator[Found]:
    if r.now is None:
        return
    for m in _THE_WEEKEND.finditer(r.low):
        past = _tense(r.low, m.start(), m.end(), -1 if r.now.weekday() < 3 else r.lean) < 0
        at = cell(r.now, "week")[0] + timedelta(days=-2 if past and r.now.weekday() < 5 else 5)
        yield Found(m.start("w"), m.end(), at, at + timedelta(days=2), "week", False)


@_family("before after")
def _twice_removed(r: Reading) -> Iterator[Found]:
    if r.now is None:
        return
    for m in _TWICE.finditer(r.low):
        side = -2 if m["d"].startswith("before") else 2
        word, start, end = m["u"], m.start(), m.end()
        if word in DAYS:
            once = _weekday(r, start, end, DAYS[word], side // 2, None)
            day = once.at + timedelta(days=7 * (side // 2))
            yield Found(start, end, day, day + timedelta(days=1), "day", True)
        elif word in SEASONS:
            once = _season(start, end, r.now, SEASONS[word], side // 2)
            at = months_on(once.at, 12 * (side // 2))
            yield Found(start, end, at, months_on(at, 3), "season", True)
        elif word == "weekend":
            at = cell(r.now, "week")[0] + timedelta(days=5 + 7 * side)
            yield Found(start, end, at, at + timedelta(days=2), "week", True)
        elif word == "night":
            yield _part(start, end, r.now + timedelta(days=side), "night")
        else:
            precision = GRAIN[word]
            yield r.cell(start, end, shifted(cell(r.now, precision)[0], side, word), precision)


_DAYWORD = grammar(
    r"(?<!\w)(?P<w>(?:the )?day before yesterday|(?:the )?day after tomorrow|yesterday|tomorrow|tmrw|"
    r"today|tonight|tonite|"
    r"the other (?:day|night|week))\b(?: (?P<p><PART>)\b)?"
)


@_family("yesterday tomorrow tmrw today tonight tonite other")
def _day_words(r: Reading) -> Iterator[Found]:
    if r.now is None:
        return
    for m in _DAYWORD.finditer(r.low):
        word = m["w"]
        if "other" in word:
            at = midnight(r.now) - timedelta(days=21 if word.endswith("week") else 7)
            grain: Precision = "week" if word.endswith("week") else "day"
            yield Found(m.start(), m.end(), at, midnight(r.now), grain, False)
            continue
        step = -2 if "before" in word else 2 if "after" in word else -1 if word == "yesterday" else 0
        if word in ("tomorrow", "tmrw"):
            step = 1
        part = "night" if word in ("tonight", "tonite") else m["p"]
        yield _part(m.start(), m.end(), r.now + timedelta(days=step), part)


_WEEKDAY = grammar(
    r"(?<!\w)(?:(?P<q>on|by|until|till|since|from|before|after|for|every|each|most|and|or|come|was|is|"
    r"earlier) (?:the )?)?"
    r"(?P<d><DOW>)\b(?!['’]?s\b)\.?(?:[ ](?P<p><PART>)(?![\w-]))?"
)
_PREPOSITIONS = {"on", "by", "until", "till", "since", "from", "before", "after", "for", "come"}


@_family(" ".join(DAYS))
def _bare_weekday(r: Reading) -> Iterator[Found]:
    if r.now is None:
        return
    for m in _WEEKDAY.finditer(r.low):
        word, prep = m["d"], m["q"]
        start = m.start("d")
        end = m.end() if m["p"] or r.low[m.end() - 1 : m.end()] != "." else m.end() - 1
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
        found = _weekday(r, start, end, DAYS[word], side, m["p"], coming=True)
        if side < 0 and r.now.weekday() == DAYS[word] and prep == "on" and m["p"] is None:
            found = _weekday(r, start, end, DAYS[word], -1, None)
        yield _marked(found, certain=tense != 2 and prep is not None)


def _marked(found: Found, *, certain: bool) -> Found:
    found.certain = certain
    return found


_DATE = grammar(
    r"(?<![\w./])(?:(?:<DOW>)\.?,? (?:the )?)?"
    r"(?:(?P<d>\d{1,2})(?:st|nd|rd|th)?(?:[ ]?(?:-|–|to|and|&|/)[ ]?(?P<e>\d{1,2})(?:st|nd|rd|"
    r"th)?)?(?: of)?[ -]?(?P<m><MONTH>)\b\.?"
    r"|(?P<m2><MONTH>)\.? (?:the )?(?P<d2>\d{1,2})(?:st|nd|rd|th)?(?![\d:]|[ ]?[ap]m)(?:[ ]?(?:-|–|to|"
    r"and|&|through|until)[ ]?(?:(?:<MONTH>) )?(?P<e2>\d{1,2})(?:st|nd|rd|th)?(?![\d:\w]))?)"
    r"(?:,?[ -]{0,2}(?:of )?(?P<y>1\d{3}|20\d{2}|2100)(?!\d|,\d)|,? ['’](?P<yy>\d{2})\b)?"
)


@_family(" ".join(MONTHS))
def _month_day(r: Reading) -> Iterator[Found]:
    for m in _DATE.finditer(r.low):
        name = m["m"] or m["m2"]
        at_name = m.start("m") if m["m"] else m.start("m2")
        if name in ("may", "march", "mar", "sun") and m["m2"] and not r.capital(at_name) and not m["y"]:
            continue
        month = MONTHS[name]
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
                at, certain = day_of(year, month, day, r.zone), True
            else:
                guess = r.nearest(m.start(), end, lambda y: day_of(y, month, day, r.zone))  # noqa: B023
                if guess is None:
                    continue
                at, certain = guess
            until = at.replace(day=last) + timedelta(days=1)
        except ValueError:
            continue
        yield Found(m.start(), end, at, until, "day", certain)


def _two_digit(year: int) -> int:
    return 2000 + year if year < 70 else 1900 + year


_MONTH_YEAR = grammar(
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


@_family(" ".join(MONTHS))
def _month_only(r: Reading) -> Iterator[Found]:
    for m in _MONTH_YEAR.finditer(r.low):
        name, start, end = m["m"], m.start(), m.end()
        month = MONTHS[name]
        year = int(m["y"]) if m["y"] else _two_digit(int(m["yy"])) if m["yy"] else None
        if year is not None:
            if name in ("may", "march", "mar") and not r.capital(start) and not _SURE_LEFT.search(r.before(start)):
                continue
            yield r.cell(start, end, day_of(year, month, 1, r.zone), "month")
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
        yield r.cell(start, end, day_of(pick[0], month, 1, r.zone), "month", bool(tense) or abs(pick[1]) <= 4)


_ISO = grammar(
    r"(?<![\w./-])(?P<y>\d{4})(?P<s>[-/.])(?P<m>\d{1,2})(?:(?P=s)(?P<d>\d{1,2})(?!\d))?"
    r"(?:[T ]?[ ]?(?:\((?:<DOW>)\))?[ ]?(?P<h>\d\d):(?P<i>\d\d)(?::(?P<c>\d\d)(?:[.,]\d{1,9})?)"
    r"?(?P<z>Z|z|[ ]?[+-]\d\d:?\d\d)?)?(?![\w-])"
)
_ZONE = re.compile(r"([+-])(\d\d):?(\d\d)")


@_family("#")
def _iso(r: Reading) -> Iterator[Found]:
    for m in _ISO.finditer(r.text):
        year, month = int(m["y"]), int(m["m"])
        if not (1 <= month <= 12 and 1000 <= year <= 2199) or (
            m["d"] is None and (m["h"] or len(m["m"]) != 2 or m["s"] == ".")
        ):
            continue
        try:
            if m["d"] is None:
                yield r.cell(m.start(), m.end(), day_of(year, month, 1, r.zone), "month")
                continue
            moment = day_of(year, month, int(m["d"]), r.zone)
            if m["h"] is None:
                yield r.cell(m.start(), m.end(), moment, "day")
                continue
            moment = moment.replace(hour=int(m["h"]), minute=int(m["i"]), tzinfo=zone_of(m["z"], r.zone))
        except ValueError:
            continue
        found = r.cell(m.start(), m.end(), moment, "minute")
        found.clock = True
        yield found


def zone_of(words: str | None, otherwise: tzinfo) -> tzinfo:
    if not words:
        return otherwise
    m = _ZONE.search(words)
    if m is None:
        return UTC
    offset = timedelta(hours=int(m[2]), minutes=int(m[3]))
    return timezone(-offset if m[1] == "-" else offset)


_NUMERIC = re.compile(r"(?<![\w./-])(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?![\w/-]|\.\d)")


@_family("#")
def _numeric(r: Reading) -> Iterator[Found]:
    for m in _NUMERIC.finditer(r.text):
        a, b = int(m[1]), int(m[3])
        year = int(m[4]) if len(m[4]) == 4 else _two_digit(int(m[4]))
        if len(m[4]) == 2 and m[2] == ".":
            continue  # a version or a section number
        day_first = (a > 12) if (a > 12 or b > 12) else m[2] != "/"
        day, month = (a, b) if day_first else (b, a)
        try:
            yield r.cell(m.start(), m.end(), day_of(year, month, day, r.zone), "day", a > 12 or b > 12 or a == b)
        except ValueError:
            continue


_YEAR = re.compile(r"(?<![\w$€£#./:,-])(?P<y>1\d{3}|20\d\d|2100)(?![\w%]|[.,:]\d|['’]?s\b|-\w)")
_YEAR_LEFT = re.compile(
    r"(?:\b(?:in|since|of|by|until|till|from|during|around|circa|before|after|between|early|mid|late|"
    r"year|and|to|back in|"
    r"season|spring|summer|autumn|fall|winter|at the)|[(–—-])[\s-]*$"
)
_YEAR_SPAN = re.compile(r"(?<![\w./:,-])(?P<y>1\d{3}|20\d\d)[ ]?[-–][ ]?(?P<z>1\d{3}|20\d\d|\d\d)(?![\w-])")
_YEAR_RIGHT = re.compile(
    r"\s*(?:$|[.,;:!?)\]–—-]|(?:was|is|and|when|until|to|but|has|had|i|we|my|at|as|for|with|by|after|before)\b)"
)


@_family("#")
def _years(r: Reading) -> Iterator[Found]:
    for m in _YEAR_SPAN.finditer(r.low):
        first = int(m["y"])
        last = int(m["z"]) if len(m["z"]) == 4 else first - first % 100 + int(m["z"])
        if first < last <= first + 150:
            at = day_of(first, 1, 1, r.zone)
            yield Found(m.start(), m.end(), at, day_of(last + 1, 1, 1, r.zone), "year", True)
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
        yield r.cell(m.start(), m.end(), day_of(year, 1, 1, r.zone), "year", led is not None)


_DECADE = re.compile(
    r"(?<![\w$€£])(?:(?P<c>(?:1[0-9]|20)\d0)['’]?s|(?:the\s(?:early[\s-]|mid[\s-]|late[\s-])?|"
    r"(?:early|mid|late)[\s-])['’]?(?P<s>[2-9]0)['’]?s|['’](?P<a>[2-9]0)['’]?s)\b"
)
_CENTURY = re.compile(r"\b(?P<c>\d{1,2})(?:st|nd|rd|th)[\s-]century\b")


@_family("#")
def _decades(r: Reading) -> Iterator[Found]:
    for m in _DECADE.finditer(r.low):
        short = m["s"] or m["a"]
        year = int(m["c"]) if m["c"] else 1900 + int(short)
        start = m.start() if m["c"] or m["a"] else m.start("s") - (1 if r.low[m.start("s") - 1] in "'’" else 0)
        if m["c"] and year % 100 == 0 and year < 2000:
            yield Found(start, m.end(), day_of(year, 1, 1, r.zone), day_of(year + 100, 1, 1, r.zone), "decade", True)
            continue
        yield r.cell(start, m.end(), day_of(year, 1, 1, r.zone), "decade", m["c"] is not None)
    if "century" in r.low:
        for m in _CENTURY.finditer(r.low):
            first = (int(m["c"]) - 1) * 100
            if 0 < first < 2200:
                at = day_of(first, 1, 1, r.zone)
                yield Found(m.start(), m.end(), at, day_of(first + 100, 1, 1, r.zone), "decade", True)


_SEASON_YEAR = grammar(
    r"(?<!\w)(?P<s><SEASON>)(?:,? (?:of )?(?:the year )?(?P<y>1\d{3}|20\d{2})\b)"
    r"|\b(?:in|during|over|since|until|till|by the|for the|all|of) (?:the )?(?P<t>spring|summer|"
    r"autumn|winter)(?![\w'-])(?!,? (?:of|break|camp|school|vacation|olympics|job|clothes|sale|"
    r"sports?|wear))"
    r"|\b(?:in|during|since|by) the (?P<f>fall)(?![\w'-])(?! of)"
)


@_family(" ".join(SEASONS))
def _seasons(r: Reading) -> Iterator[Found]:
    for m in _SEASON_YEAR.finditer(r.low):
        group = "s" if m["s"] else "t" if m["t"] else "f"
        month = SEASONS[m[group]]
        if m["s"]:
            at = day_of(int(m["y"]), month, 1, r.zone)
            yield Found(m.start("s"), m.end(), at, months_on(at, 3), "season", True)
        elif r.now is not None:
            tense = _tense(r.low, m.start(), m.end(), r.lean)
            base = midnight(r.now).replace(month=month, day=1)
            if tense < 0 and base > r.now:
                base = months_on(base, -12)
            if tense > 0 and months_on(base, 3) <= r.now:
                base = months_on(base, 12)
            yield Found(m.start(group), m.end(group), base, months_on(base, 3), "season", False)


_HOLIDAY = grammar(
    r"(?<!\w)(?:(?P<m>last|this past|this|next|this coming) )?(?P<h>"
    + "|".join(h.replace("'", "['’]") for h in sorted(HOLIDAYS, key=len, reverse=True))
    + r")\b(?:,? (?:of |in )?(?P<y>1\d{3}|20\d{2})\b)?"
)


@_family(
    "christmas eve boxing year years halloween valentine valentines july independence thanksgiving "
    "mother father labor easter"
)
def _holidays(r: Reading) -> Iterator[Found]:
    for m in _HOLIDAY.finditer(r.low):
        name = m["h"].replace("’", "'")
        rule = HOLIDAYS[name]
        if not (r.capital(m.start("h")) or name[0].isdigit() or "july" in name):
            continue
        if m["y"]:
            yield r.cell(m.start(), m.end(), day_of(int(m["y"]), *rule(int(m["y"])), r.zone), "day")
            continue
        if r.now is None:
            continue
        days = [day_of(y, *rule(y), r.zone) for y in (r.now.year - 1, r.now.year, r.now.year + 1)]
        today = midnight(r.now)
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

_ORDINAL_DAY = grammar(
    r"\b(?:(?P<q>on|by|until|till|since|from|before|after|for) )?the (?P<d>\d{1,2})(?:st|nd|rd|"
    r"th)\b(?P<o> of (?P<w>this|next|last|the) month)?"
    r"(?![ ](?:floor|time|place|birthday|century|grade|anniversary|day|of|street|st|ave|attempt|try|"
    r"page|edition|hole|largest|most|amendment|round|season|episode))"
)


@_family("the")
def _ordinal_day(r: Reading) -> Iterator[Found]:
    if r.now is None:
        return
    for m in _ORDINAL_DAY.finditer(r.low):
        day = int(m["d"])
        after = r.low[m.end() : m.end() + 1]
        nxt = re.match(r"\s+([a-z]+)", r.low[m.end() : m.end() + 20])
        if not 1 <= day <= 31 or after == "-" or (nxt and nxt[1] in MONTHS):
            continue
        if m["q"] is None and m["o"] is None and after not in ("", ".", ",", "!", "?", ";", ")"):
            continue
        start = m.start("d") - 4 if m["q"] is None else m.start("q") + len(m["q"]) + 1
        today = midnight(r.now)
        step = {"next": 1, "last": -1}.get(m["w"] or "", 0)
        if m["o"]:
            months = [step]
        else:
            tense = _tense(r.low, m.start(), m.end(), 0)
            ahead = day >= today.day
            months = [0] if not tense else [0 if ahead else 1] if tense > 0 else [0 if day <= today.day else -1]
        try:
            at = months_on(today.replace(day=1), months[0]).replace(day=day)
        except ValueError:
            continue
        yield Found(start, m.end(), at, at + timedelta(days=1), "day", m["q"] is not None or m["o"] is not None)


_EDGE = grammar(
    r"(?<!\w)(?:the )?(?P<e>end|beginning|start|middle) of (?P<w>the|this|next|last) (?P<u>week|month|"
    r"year|decade|<SEASON>)\b"
)


@_family("end beginning start middle")
def _edges(r: Reading) -> Iterator[Found]:
    if r.now is None:
        return
    for m in _EDGE.finditer(r.low):
        side = {"next": 1, "last": -1}.get(m["w"], 0)
        if m["u"] in SEASONS:
            whole = _season(m.start(), m.end(), r.now, SEASONS[m["u"]], side)
            at, until, precision = whole.at, whole.until, whole.precision
        else:
            precision = GRAIN[m["u"]]
            at, until = cell(shifted(cell(r.now, precision)[0], side, m["u"]), precision)
        at, until = narrow(at, until, m["e"])
        yield Found(m.start(), m.end(), at, until, precision, m["w"] != "the" or m["u"] not in SEASONS)


def narrow(at: datetime, until: datetime, word: str) -> tuple[datetime, datetime]:
    third = (until - at) / 3
    if word in ("early", "beginning", "start"):
        return at, midnight(at + third)
    if word in ("mid", "middle"):
        return midnight(at + third), midnight(until - third)
    return midnight(until - third), until


_FOR = grammar(
    r"(?<![\w.])(?:(?P<f>for)(?: about| around| almost| nearly| over| more than| at least| like|"
    r" roughly)? (?P<n><COUNT>) (?P<u><UNIT>)(?P<w> now)?"
    r"|(?P<n2><COUNT>) (?P<u2><UNIT>) now)\b"
)
_PERFECT = re.compile(r"(?:\b(?:have|has|haven't|hasn't|been|(?:was|were) [a-z ]{0,30}part of)\b|'ve\b|’ve\b)")


@_family("for now")
def _so_far(r: Reading) -> Iterator[Found]:
    if r.now is None:
        return
    for m in _FOR.finditer(r.low):
        words, unit_word = (m["n"], m["u"]) if m["n"] else (m["n2"], m["u2"])
        unit = UNIT_OF[unit_word]
        if unit in ("second", "minute", "hour", "weekend"):
            continue
        sure = m["w"] is not None or m["n2"] is not None
        if not sure:
            left = r.before(m.start(), 80)
            breaks = [b.end() for b in _BREAK.finditer(left)]
            if not _PERFECT.search(left[breaks[-1] :] if breaks else left):
                continue
            if unit == "day" and how_many(words)[0] <= 1:
                continue
        low, high = how_many(words)
        grain = GRAIN[unit]
        at, until = cell(shifted(r.now, -high, unit), grain)
        until = cell(shifted(r.now, -low, unit), grain)[1]
        start = m.start("n") if m["n"] else m.start("n2")
        yield Found(start, m.end(), at, until, grain, sure and low == high, "since")


_CLOCK = grammar(
    r"(?<![\w:.$€£-])(?:(?P<a>at|around|by|until|till|from|before|after|about|@) ?)?"
    r"(?:(?P<h>\d{1,2})(?::(?P<i>\d\d)(?::\d\d)?)?[ ]?(?P<p>[ap])\.?m\b\.?|"
    r"(?P<h2>\d{1,2}):(?P<i2>\d\d)(?::\d\d(?:[.,]\d{1,9})?)?(?![\d:%])|(?P<h3>\d{1,2}|one|two|three|"
    r"four|five|six|seven|eight|nine|ten|eleven|twelve) ?o['’]?clock|(?P<w>noon|midnight|midday)\b)"
)
_CLOCK = re.compile(_CLOCK.pattern.replace(r"@)\s{1,3}?", r"@)\s{0,3}").replace(r"\s{1,3}?o['’]", r"\s{0,3}o['’]"))


@_family("# noon midnight midday clock")
def _clock(r: Reading) -> Iterator[Found]:
    for m in _CLOCK.finditer(r.low):
        lead = m["a"]
        minute = int(m["i"] or m["i2"] or 0)
        if m["w"]:
            if lead is None:
                continue
            hour = 0 if m["w"] == "midnight" else 12
        elif m["h3"]:
            hour = int(m["h3"]) if m["h3"].isdigit() else NUMBERS[m["h3"]]
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
        at = midnight(base) + timedelta(hours=hour, minutes=minute)
        sure = m["p"] is not None or lead is not None
        found = Found(start, end, at, at + timedelta(minutes=1), "minute", False, clock=True)
        if not sure and m["h3"] is None and not _near_date(r, start, end):
            continue
        yield found


def _near_date(r: Reading, start: int, end: int) -> bool:
    """A bare 14:30 counts as a time only beside other digits of a date or a day word."""
    around = r.low[max(0, start - 14) : start] + " " + r.low[end : end + 14]
    return bool(re.search(r"\d{4}|day\b|morrow|night|morning|evening", around))


# CJK: absolute dates and the commonest relative words
_CJK = re.compile(
    r"(?:(?P<y>\d{4})[年년]\s?)?(?P<m>\d{1,2})[月월]\s?(?P<d>\d{1,2})[日号號일]|(?P<y2>\d{4})[年년](?:\s?(?P<m2>\d{1,2})[月월])?"
    r"|(?P<w>前天|昨天|昨日|昨晚|今天|今日|今晚|明天|明日|后天|後天|어제|오늘|내일|去年|今年|明年|上个月|上個月|这个月|下个月|下個月|上周|上週|这周|本周|下周|"
    r"下週)(?P<k>[一二三四五六日天])?"
)
_CJK_STEPS: dict[str, tuple[int, Precision]] = {
    "前天": (-2, "day"), "昨天": (-1, "day"), "昨日": (-1, "day"), "昨晚": (-1, "day"), "今天": (0, "day"),
    "今日": (0, "day"), "今晚": (0, "day"), "明天": (1, "day"), "明日": (1, "day"), "后天": (2, "day"),
    "後天": (2, "day"), "어제": (-1, "day"), "오늘": (0, "day"), "내일": (1, "day"), "去年": (-1, "year"),
    "今年": (0, "year"), "明年": (1, "year"), "上个月": (-1, "month"), "上個月": (-1, "month"),
    "这个月": (0, "month"), "下个月": (1, "month"), "下個月": (1, "month"), "上周": (-1, "week"),
    "上週": (-1, "week"), "这周": (0, "week"), "本周": (0, "week"), "下周": (1, "week"), "下週": (1, "week"),
}  # fmt: skip


def cjk(r: Reading) -> Iterator[Found]:
    for m in _CJK.finditer(r.text):
        try:
            if m["w"]:
                if r.now is None:
                    continue
                step, precision = _CJK_STEPS[m["w"]]
                if m["k"] and precision == "week":
                    day = cell(r.now, "week")[0] + timedelta(days=7 * step + "一二三四五六日天".index(m["k"]) % 7)
                    if m["k"] == "天":
                        day = cell(r.now, "week")[0] + timedelta(days=7 * step + 6)
                    yield r.cell(m.start(), m.end(), day, "day")
                    continue
                moment = shifted(cell(r.now, precision)[0], step, precision)
                yield r.cell(m.start(), m.end("w"), moment, precision)
            elif m["y2"]:
                month = int(m["m2"]) if m["m2"] else 1
                yield r.cell(m.start(), m.end(), day_of(int(m["y2"]), month, 1, r.zone), "month" if m["m2"] else "year")
            elif m["y"]:
                yield r.cell(m.start(), m.end(), day_of(int(m["y"]), int(m["m"]), int(m["d"]), r.zone), "day")
            else:
                month, number = int(m["m"]), int(m["d"])
                guess = r.nearest(m.start(), m.end(), lambda y: day_of(y, month, number, r.zone))  # noqa: B023
                if guess:
                    yield r.cell(m.start(), m.end(), guess[0], "day", guess[1])
        except ValueError:
            continue
