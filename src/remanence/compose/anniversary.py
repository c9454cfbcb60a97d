"""When what is so long today began: "3 years together today" began three years before it was said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from remanence.language.calendar import NUMBERS, shifted
from remanence.language.dates import TimeExpression
from remanence.language.lazy_pattern import lazy_pattern
from remanence.types import Item

_SO_LONG_TODAY = lazy_pattern(
    r"\b(?P<n>\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|an?) ?(?P<unit>year|yr|month|week)s? "
    r"(?:together|married|engaged|sober|clean|smoke[- ]free|vegan|vegetarian|in business|as a couple)(?: already)? "
    r"today\b",
    re.I,
)


def began_so_long_ago(start: int, end: int, item: Item, times: Sequence[TimeExpression]) -> TimeExpression | None:
    """The day on which it began, where [start, end) of a text is told with how long it is so today; None elsewhere.

    times: those of the text, in whose offset the day is told.
    """
    for m in _SO_LONG_TODAY.finditer(item.text):
        today = next((one for one in times if m.start() <= one.start < m.end() and one.end == m.end()), None)
        if today is not None and m.start() < end and start < m.end():
            number, unit = m["n"].lower(), m["unit"].lower()
            count = int(number) if number.isdigit() else NUMBERS.get(number, 1)
            day = shifted(today.at, -count, "year" if unit == "yr" else unit)
            return replace(today, start=m.start(), text=m[0], at=day, until=day + timedelta(days=1))
    return None
