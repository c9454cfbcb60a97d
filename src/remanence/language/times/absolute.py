"""Times that stand for themselves: dates, months, years, decades, seasons and holidays."""

from __future__ import annotations

import re
from datetime import timedelta

from remanence.language.calendar import (
    DAYS,
    HOLIDAYS,
    MONTHS,
    SEASONS,
    day_of,
    grammar,
    midnight,
    months_on,
)
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.times.reading import (
    Found,
    Reading,
    anywhere,
    tense_of,
    two_digit,
    zone_of,
)

_DATE = grammar(
    r"(?<![\w./])(?:(?P<w><DOW>)\.?,? (?:the )?)?"
    r"(?:(?P<d>\d{1,2})(?:st|nd|rd|th)?(?:[ ]?(?:-|–|to|and|&|/)[ ]?(?P<e>\d{1,2})(?:st|nd|rd|"
    r"th)?)?(?: of)?[ -]?(?P<m><MONTH>)\b\.?"
    r"|(?P<m2><MONTH>)\.? (?:the )?(?P<d2>\d{1,2})(?:st|nd|rd|th)?(?![\d:]|[ ]?[ap]m)(?:[ ]?(?:-|–|to|"
    r"and|&|through|until)[ ]?(?:(?:<MONTH>) )?(?P<e2>\d{1,2})(?:st|nd|rd|th)?(?![\d:\w]))?)"
    r"(?:,?[ -]{0,2}(?:of )?(?P<y>1\d{3}|20\d{2}|2100)(?!\d|,\d)|,? ['’](?P<yy>\d{2})\b)?"
)


@anywhere(MONTHS, _DATE)
def month_day(r: Reading, m: re.Match[str]) -> Found | None:
    name = m["m"] or m["m2"]
    at_name = m.start("m") if m["m"] else m.start("m2")
    if name in ("may", "march", "mar", "sun") and m["m2"] and not r.capital(at_name) and not m["y"]:
        return None
    month = MONTHS[name]
    day = int(m["d"] or m["d2"])
    last = int(m["e"] or m["e2"]) if (m["e"] or m["e2"]) else day
    if not 1 <= day <= 31 or not day <= last <= 31:
        last = day
    if not 1 <= day <= 31:
        return None
    end = m.end()
    year = int(m["y"]) if m["y"] else two_digit(int(m["yy"])) if m["yy"] else None
    if year is None and r.low[end - 1] == ".":
        end -= 1
    try:
        if year is not None:
            at, certain = day_of(year, month, day, r.zone), True
        else:
            weekday = DAYS[m["w"]] if m["w"] else None
            guess = r.nearest(m.start(), end, lambda y: day_of(y, month, day, r.zone), weekday)
            if guess is None:
                return None
            at, certain = guess
        until = at.replace(day=last) + timedelta(days=1)
    except ValueError:
        return None
    return Found(m.start(), end, at, until, "day", certain)


_MONTH_YEAR = grammar(
    r"(?<!\w)(?P<m><MONTH>)\b\.?(?:,?[ ]{0,2}(?:of )?(?P<y>1\d{3}|20\d{2}|2100)(?!\d|,\d)|,? ['’](?P<yy>\d{2})\b)?"
)


_MONTH_LEFT = lazy_pattern(
    r"\b(?:in|since|until|till|by|during|of|early|mid|late|through|throughout|around|before|after|last|next|this|"
    r"between|to|from|for)[\s-]+(?:the\s)?$"
)


_SURE_LEFT = lazy_pattern(
    r"\b(?:in|since|until|till|by|during|of|early|mid|late|through|throughout|around|between)[\s-]+$"
)


_FROM = lazy_pattern(r"(?:^|\s)(?:from|starting|beginning|as of)\s$")
_SMALL_LEFT = lazy_pattern(r"(?:^|\s)(?:in|since|until|till|by|from|starting|beginning|as of|early|mid|late)\s$")
_MAY_DO = lazy_pattern(r"\s(?:be|have|not|i|you|we|he|she|it|they|come|go|also|even|get)\b")
"""What stands round a month in small letters, and behind the verbs that are spelled like one."""


_NAME_MONTHS = {"april", "june", "august", "may", "march"}


_MONTH_THEN = lazy_pattern(r"\s+(?:\d|and\b|to\b|through\b|until\b|[-–])")


@anywhere(MONTHS, _MONTH_YEAR)
def month_only(r: Reading, m: re.Match[str]) -> Found | None:
    name, start, end = m["m"], m.start(), m.end()
    month = MONTHS[name]
    year = int(m["y"]) if m["y"] else two_digit(int(m["yy"])) if m["yy"] else None
    if year is not None:
        if name in ("may", "march", "mar") and not r.capital(start) and not _SURE_LEFT.search(r.before(start)):
            return None
        return r.cell(start, end, day_of(year, month, 1, r.zone), "month")
    if r.low[end - 1] == ".":
        end -= 1
    before = r.before(start)
    if len(name) <= 4 and name not in ("june", "july", "may"):
        if not (r.capital(start) and _SURE_LEFT.search(before)):
            return None
    elif name in _NAME_MONTHS:
        small = not r.capital(start)
        begins = _FROM.search(before) is not None and (small or name not in ("april", "june"))
        if not (begins or _SURE_LEFT.search(before)) or (
            name in ("may", "march", "august")
            and (small or begins)
            and (not _SMALL_LEFT.search(before) or _MAY_DO.match(r.low, end))
        ):
            return None
    elif not r.capital(start) and not _MONTH_LEFT.search(before):
        return None
    if name == "may" and before.rstrip().endswith("of") and not r.capital(start):
        return None
    if r.now is None or (_MONTH_THEN.match(r.low[end : end + 3]) and r.low[end : end + 3].strip()[:1].isdigit()):
        return None
    tense = tense_of(r.low, start, end, 0)
    here = r.now.year * 12 + r.now.month
    options = [(y, y * 12 + month - here) for y in (r.now.year - 1, r.now.year, r.now.year + 1)]
    if tense:
        options = [o for o in options if o[1] * tense >= 0]
    pick = min(options, key=lambda o: abs(o[1]))
    return r.cell(start, end, day_of(pick[0], month, 1, r.zone), "month", bool(tense) or abs(pick[1]) <= 4)


_ISO = grammar(
    r"(?<![\w./-])(?P<y>\d{4})(?P<s>[-/.])(?P<m>\d{1,2})(?:(?P=s)(?P<d>\d{1,2})(?!\d))?"
    r"(?:[T ]?[ ]?(?:\((?:<DOW>)\))?[ ]?(?P<h>\d\d):(?P<i>\d\d)(?::(?P<c>\d\d)(?:[.,]\d{1,9})?)"
    r"?(?P<z>Z|z|[ ]?[+-]\d\d:?\d\d)?)?(?![\w-])"
)


@anywhere("#", _ISO, cased=True)
def iso(r: Reading, m: re.Match[str]) -> Found | None:
    year, month = int(m["y"]), int(m["m"])
    if not (1 <= month <= 12 and 1000 <= year <= 2199) or (
        m["d"] is None and (m["h"] or len(m["m"]) != 2 or m["s"] == ".")
    ):
        return None
    try:
        if m["d"] is None:
            return r.cell(m.start(), m.end(), day_of(year, month, 1, r.zone), "month")
        moment = day_of(year, month, int(m["d"]), r.zone)
        if m["h"] is None:
            return r.cell(m.start(), m.end(), moment, "day")
        moment = moment.replace(hour=int(m["h"]), minute=int(m["i"]), tzinfo=zone_of(m["z"], r.zone))
    except ValueError:
        return None
    found = r.cell(m.start(), m.end(), moment, "minute")
    found.clock = True
    return found


_NUMERIC = lazy_pattern(r"(?<![\w./-])(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?![\w/-]|\.\d)")


@anywhere("#", _NUMERIC, cased=True)
def numeric(r: Reading, m: re.Match[str]) -> Found | None:
    a, b = int(m[1]), int(m[3])
    year = int(m[4]) if len(m[4]) == 4 else two_digit(int(m[4]))
    if len(m[4]) == 2 and m[2] == ".":
        return None  # a version or a section number
    day_first = (a > 12) if (a > 12 or b > 12) else m[2] != "/"
    day, month = (a, b) if day_first else (b, a)
    try:
        return r.cell(m.start(), m.end(), day_of(year, month, day, r.zone), "day", a > 12 or b > 12 or a == b)
    except ValueError:
        return None


_YEAR = lazy_pattern(r"(?<![\w$€£#./:,-])(?P<y>1\d{3}|20\d\d|2100)(?![\w%]|[.,:]\d|['’]?s\b|-\w)")


_YEAR_LEFT = lazy_pattern(
    r"(?:\b(?:in|since|of|by|until|till|from|during|around|circa|before|after|between|early|mid|late|"
    r"year|and|to|back in|"
    r"season|spring|summer|autumn|fall|winter|at the)|[(–—-])[\s-]*$"
)


_YEAR_SPAN = lazy_pattern(r"(?<![\w./:,-])(?P<y>1\d{3}|20\d\d)[ ]?[-–][ ]?(?P<z>1\d{3}|20\d\d|\d\d)(?![\w-])")


_YEAR_RIGHT = lazy_pattern(
    r"\s*(?:$|[.,;:!?)\]–—-]|(?:was|is|and|when|until|to|but|has|had|i|we|my|at|as|for|with|by|after|before)\b)"
)


@anywhere("#", _YEAR_SPAN)
def year_spans(r: Reading, m: re.Match[str]) -> Found | None:
    first = int(m["y"])
    last = int(m["z"]) if len(m["z"]) == 4 else first - first % 100 + int(m["z"])
    if first < last <= first + 150:
        at = day_of(first, 1, 1, r.zone)
        return Found(m.start(), m.end(), at, day_of(last + 1, 1, 1, r.zone), "year", True)
    return None


@anywhere("#", _YEAR)
def years(r: Reading, m: re.Match[str]) -> Found | None:
    year = int(m["y"])
    led = _YEAR_LEFT.search(r.before(m.start(), 12))
    modern = 1900 <= year <= 2049
    right = _YEAR_RIGHT.match(r.low[m.end() : m.end() + 12])
    if led is None and not (modern and right):
        return None
    if led is not None and not right and not modern:
        return None
    if (
        led is not None
        and led.group().strip() in ("of", "to", "and", "by", "at the", "from", "around", "before", "after")
        and not right
    ):
        return None
    return r.cell(m.start(), m.end(), day_of(year, 1, 1, r.zone), "year", led is not None)


_DECADE = lazy_pattern(
    r"(?<![\w$€£])(?:(?P<c>(?:1[0-9]|20)\d0)['’]?s|(?:the\s(?:early[\s-]|mid[\s-]|late[\s-])?|"
    r"(?:early|mid|late)[\s-])['’]?(?P<s>[2-9]0)['’]?s|['’](?P<a>[2-9]0)['’]?s)\b"
)


_CENTURY = lazy_pattern(r"\b(?P<c>\d{1,2})(?:st|nd|rd|th)[\s-]century\b")


@anywhere("#", _DECADE)
def decades(r: Reading, m: re.Match[str]) -> Found | None:
    short = m["s"] or m["a"]
    year = int(m["c"]) if m["c"] else 1900 + int(short)
    start = m.start() if m["c"] or m["a"] else m.start("s") - (1 if r.low[m.start("s") - 1] in "'’" else 0)
    if m["c"] and year % 100 == 0 and year < 2000:
        return Found(start, m.end(), day_of(year, 1, 1, r.zone), day_of(year + 100, 1, 1, r.zone), "decade", True)
    return r.cell(start, m.end(), day_of(year, 1, 1, r.zone), "decade", m["c"] is not None)


@anywhere("century", _CENTURY)
def centuries(r: Reading, m: re.Match[str]) -> Found | None:
    first = (int(m["c"]) - 1) * 100
    if 0 < first < 2200:
        at = day_of(first, 1, 1, r.zone)
        return Found(m.start(), m.end(), at, day_of(first + 100, 1, 1, r.zone), "decade", True)
    return None


_SEASON_YEAR = grammar(
    r"(?<!\w)(?P<s><SEASON>)(?:,? (?:of )?(?:the year )?(?P<y>1\d{3}|20\d{2})\b)"
    r"|\b(?:in|during|over|since|until|till|by the|for the|all|of) (?:the )?(?P<t>spring|summer|"
    r"autumn|winter)(?![\w'-])(?!,? (?:of|break|camp|school|vacation|olympics|job|clothes|sale|"
    r"sports?|wear))"
    r"|\b(?:in|during|since|by) the (?P<f>fall)(?![\w'-])(?! of)"
)


@anywhere(SEASONS, _SEASON_YEAR)
def seasons(r: Reading, m: re.Match[str]) -> Found | None:
    group = "s" if m["s"] else "t" if m["t"] else "f"
    month = SEASONS[m[group]]
    if m["s"]:
        at = day_of(int(m["y"]), month, 1, r.zone)
        return Found(m.start("s"), m.end(), at, months_on(at, 3), "season", True)
    if r.now is not None:
        tense = tense_of(r.low, m.start(), m.end(), r.lean)
        base = midnight(r.now).replace(month=month, day=1)
        if tense < 0 and base > r.now:
            base = months_on(base, -12)
        if tense > 0 and months_on(base, 3) <= r.now:
            base = months_on(base, 12)
        return Found(m.start(group), m.end(group), base, months_on(base, 3), "season", False)
    return None


_IN_SMALL_LETTERS = {
    *(name for name in HOLIDAYS if "july" in name or name.startswith(("easter", "christmas", "new year"))),
    *(
        "good friday",
        "boxing day",
        "halloween",
        "thanksgiving",
        "pentecost",
        "whit monday",
        "ascension day",
        "all saints",
    ),
}
"""Holidays that are nothing else, however they are written."""
_HOLIDAY = grammar(
    r"(?<!\w)(?:(?P<m>last|this past|this|next|this coming) )?(?P<h>"
    + "|".join(h.replace("'", "['’]") for h in sorted(HOLIDAYS, key=len, reverse=True))
    + r")\b(?:,? (?:of |in )?(?P<y>1\d{3}|20\d{2})\b)?"
)


@anywhere(
    "christmas eve boxing year years halloween valentine valentines july independence thanksgiving mother father labor "
    "easter friday whit pentecost ascension saints",
    _HOLIDAY,
)
def holidays(r: Reading, m: re.Match[str]) -> Found | None:
    name = m["h"].replace("’", "'")
    rule = HOLIDAYS[name]
    if not (r.capital(m.start("h")) or name[0].isdigit() or name in _IN_SMALL_LETTERS):
        return None
    if m["y"]:
        return r.cell(m.start(), m.end(), day_of(int(m["y"]), *rule(int(m["y"])), r.zone), "day")
    if r.now is None:
        return None
    days = [day_of(y, *rule(y), r.zone) for y in (r.now.year - 1, r.now.year, r.now.year + 1)]
    today = midnight(r.now)
    mod = m["m"] or ""
    if mod in ("last", "this past"):
        return r.cell(m.start(), m.end(), max(d for d in days if d < today), "day")
    if mod in ("next", "this coming"):
        return r.cell(m.start(), m.end(), min(d for d in days if d > today), "day")
    tense = tense_of(r.low, m.start(), m.end(), 0)
    pool = [d for d in days if (d - today).days * tense >= 0] or days
    pick = min(pool, key=lambda d: abs((d - today).days))
    return r.cell(m.start(), m.end(), pick, "day", bool(mod) or bool(_NEAR.search(r.before(m.start(), 8))))


_NEAR = lazy_pattern(r"\b(?:on|at|for|since|by|until|before|after)\s$")
