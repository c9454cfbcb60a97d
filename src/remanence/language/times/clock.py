"""Hours of the day."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from remanence.language.calendar import (
    NUMBERS,
    grammar,
    midnight,
)
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.times.reading import (
    Found,
    Reading,
    anywhere,
)

_CLOCK = grammar(
    r"(?<![\w:.$€£-])(?:(?P<a>at|around|by|until|till|from|before|after|about|@) ?)?"
    r"(?:(?P<h>\d{1,2})(?::(?P<i>\d\d)(?::\d\d)?)?[ ]?(?P<p>[ap])\.?m\b\.?|"
    r"(?P<h2>\d{1,2}):(?P<i2>\d\d)(?::\d\d(?:[.,]\d{1,9})?)?(?![\d:%])|(?P<h3>\d{1,2}|one|two|three|"
    r"four|five|six|seven|eight|nine|ten|eleven|twelve) ?o['’]?clock|(?P<w>noon|midnight|midday)\b)"
)

_CLOCK = lazy_pattern(_CLOCK.pattern.replace(r"@)\s{1,3}?", r"@)\s{0,3}").replace(r"\s{1,3}?o['’]", r"\s{0,3}o['’]"))


@anywhere("# noon midnight midday clock", _CLOCK)
def clock(r: Reading, m: re.Match[str]) -> Found | None:
    lead = m["a"]
    minute = int(m["i"] or m["i2"] or 0)
    if m["w"]:
        if lead is None:
            return None
        hour = 0 if m["w"] == "midnight" else 12
    elif m["h3"]:
        hour = int(m["h3"]) if m["h3"].isdigit() else NUMBERS[m["h3"]]
    else:
        hour = int(m["h"] or m["h2"])
    if m["p"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if m["p"] == "p" else 0)
    if hour > 23 or minute > 59:
        return None
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
        return None
    return found


def _near_date(r: Reading, start: int, end: int) -> bool:
    """A bare 14:30 counts as a time only beside other digits of a date or a day word."""
    around = r.low[max(0, start - 14) : start] + " " + r.low[end : end + 14]
    return bool(re.search(r"\d{4}|day\b|morrow|night|morning|evening", around))
