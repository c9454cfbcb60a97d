"""How much was said when: items counted by hour, day, week, month or year."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import MAXYEAR, UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from remanence.records import dataclass
from remanence.types import KINDS, NEVER, StoreView, Where

HOUR = 3_600_000_000
"""Microseconds."""
EPOCH, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
UNITS = ("hour", "day", "week", "month", "year")
"""The widths of a bar, narrowest first."""


@dataclass(frozen=True, slots=True)
class Bar:
    """How many items, by kind, have their time in [since, before)."""

    since: datetime
    before: datetime
    count: int
    """Items of all kinds."""
    kinds: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Bars in order, the empty ones left out; `unit` is their width, `undated` has no time."""

    unit: str
    bars: tuple[Bar, ...]
    undated: int


def timeline(view: StoreView, where: Where, *, most: int = 60) -> Timeline:
    """Count what `where` lets through, in the narrowest unit that needs at most `most` bars from end to end."""
    rows = view.rows(where)
    at = view.columns.at[rows]
    dated = at != NEVER
    times, kinds = at[dated], view.columns.kind[rows[dated]]
    if not len(times):
        return Timeline("day", (), len(rows))
    ends = np.array([times.min(), times.max()])
    unit = next((unit for unit in UNITS if np.ptp(_numbers(ends, unit)) < most), UNITS[-1])
    numbers = _numbers(times, unit)
    names = {code: name for name, code in view.columns.kinds.items() if name in KINDS}
    bars = []
    for number in np.unique(numbers).tolist():
        codes, counts = np.unique(kinds[numbers == number], return_counts=True)
        told = {names.get(c, "other"): n for c, n in zip(codes.tolist(), counts.tolist(), strict=True)}
        bars.append(Bar(_start(number, unit), _start(number + 1, unit), sum(told.values()), told))
    return Timeline(unit, tuple(bars), int((~dated).sum()))


def _numbers(at: NDArray[np.int64], unit: str) -> NDArray[np.int64]:
    """The number of the hour, day, week (from Monday), month or year since 1970 that each time lies in."""
    match unit:
        case "hour":
            return at // HOUR
        case "day":
            return at // (24 * HOUR)
        case "week":
            return (at // (24 * HOUR) + 3) // 7
        case _:
            code = "M" if unit == "month" else "Y"
            return at.astype("datetime64[us]").astype(f"datetime64[{code}]").astype(np.int64)


def _start(number: int, unit: str) -> datetime:
    """When the numbered hour, day, week, month or year begins; the last moment of all where there is none after it."""
    match unit:
        case "month":
            year, month = divmod(number, 12)
        case "year":
            year, month = number, 0
        case _:
            widths = {"hour": timedelta(hours=number), "day": timedelta(number), "week": timedelta(7 * number - 3)}
            width = widths[unit]
            return EPOCH + width if width <= LAST - EPOCH else LAST
    return datetime(1970 + year, month + 1, 1, tzinfo=UTC) if 1970 + year <= MAXYEAR else LAST
