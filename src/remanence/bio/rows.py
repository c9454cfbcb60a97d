"""Reads a series from lines of text: separators, decimal commas, and times as people write them.

The first line settles the separator and the columns; after that every line gives (value, time) or says what is
wrong with it, and nothing is guessed twice.
"""

from __future__ import annotations

import csv
import math
import re
from datetime import UTC, datetime

from remanence.bio.htm import LARGEST
from remanence.errors import InvalidInput

SEPARATORS = ("\t", ";", "|", ",")
NAMED = {"tab": "\t", "semicolon": ";", "pipe": "|", "comma": ","}
_SLASHED = re.compile(
    r"(\d{1,2})([/.])(\d{1,2})\2(\d{4})(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?: ?([AaPp])[Mm])?)?$"
)
_EPOCH_UNITS = ((1e17, 1e-9), (1e14, 1e-6), (1e11, 1e-3), (0.0, 1.0))
"""From which size on a number of ticks is in nano-, micro- or milliseconds: all give years after 1973."""


class RowReader:
    """value, time: columns by name or number from 1; separator: a character or its name, found by itself where None.

    A comma is the decimal sign where it does not separate columns; of a point and a comma in one number the later one.
    Times are ISO 8601, seconds (or milli-, micro-, nanoseconds) since 1970, day.month.year, or month/day/year; a
    first number above 12 shows that days come first there, and so does `day_first`.
    """

    def __init__(
        self,
        *,
        value: str | None = None,
        time: str | None = None,
        no_time: bool = False,
        separator: str | None = None,
        day_first: bool = False,
    ) -> None:
        self._value, self._time, self._no_time = value, time, no_time
        self.separator = None if separator is None else NAMED.get(separator, separator)
        if self.separator is not None and len(self.separator) != 1:
            raise InvalidInput(f"the separator is one character, or one of {', '.join(NAMED)}; got {separator!r}")
        self._day_first: bool | None = True if day_first else None
        self._zoned: bool | None = None
        self._columns = 0
        self.value = -1
        self.time: int | None = None

    def forget(self) -> None:
        """Settle the columns anew by the next line."""
        self.value = -1

    def cells(self, line: str) -> list[str]:
        """The cells of a line; the first line that is not empty settles what separates them."""
        if self.separator is None:
            if not line.strip():
                return []
            self.separator = next((s for s in SEPARATORS if s in line), ",")
            if self.separator == "," and re.fullmatch(r"[+-]?\d{1,8},\d+", line.strip()) and not self._no_time:
                self.separator = None
                raise InvalidInput(
                    f"{line.strip()!r} reads as two columns or as one number with a decimal comma: "
                    "pass --separator comma for columns, --separator semicolon for decimal commas"
                )
        return next(csv.reader([line], delimiter=self.separator), [])

    def settle(self, first: list[str]) -> bool:
        """Choose the columns by the first row; True if that row is a header."""
        self._columns = len(first)
        self.value = self._column(self._value, first, 0 if len(first) == 1 or self._no_time else 1)
        if not self._no_time and (self._time is not None or len(first) > 1):
            self.time = self._column(self._time, first, 0)
            if self.time == self.value:
                raise InvalidInput("time and value are the same column: name them with --time and --value")
        try:
            self.number(first[self.value])
        except (ValueError, IndexError):
            return True
        return False

    @staticmethod
    def _column(wanted: str | None, first: list[str], otherwise: int) -> int:
        if wanted is None:
            return otherwise
        names = [name.strip() for name in first]
        if wanted in names:
            return names.index(wanted)
        if wanted.isdigit() and 1 <= int(wanted) <= len(first):
            return int(wanted) - 1
        raise InvalidInput(f"no column {wanted!r}: the first row has {', '.join(names)}")

    def read(self, row: list[str]) -> tuple[float, datetime | None]:
        """(value, time) of a row; raises ValueError saying what is wrong with it."""
        if self.value >= len(row):
            raise ValueError(f"has {len(row)} columns, the value is in column {self.value + 1}")
        if self.separator == "," and len(row) > self._columns:
            raise ValueError(
                f"has {len(row)} columns and the first row {self._columns}: a decimal comma needs another separator"
            )
        text = row[self.value].strip()
        try:
            value = self.number(text)
        except ValueError:
            raise ValueError(f"value {text[:40]!r} is no number") from None
        if not math.isfinite(value):
            raise ValueError(f"value {text[:40]!r} is not finite")
        if abs(value) > LARGEST:
            raise ValueError(f"value {text[:40]!r} lies beyond {LARGEST:g}; scale the series down")
        return value, self.when(row[self.time]) if self.time is not None else None

    def number(self, text: str) -> float:
        """A number with a decimal point, or with a decimal comma; ValueError where it is neither."""
        text = text.strip()
        if "," in text:
            if text.rfind(",") > text.rfind("."):
                text = text.replace(".", "").replace(",", ".", 1)  # 1.234,5
            else:
                text = text.replace(",", "")  # 1,234.5
        return float(text)

    def when(self, text: str) -> datetime:
        """The time that a cell says; ValueError where it says none, or where it is zoned unlike the rows above."""
        text = text.strip()
        at = self._calendar(text) or _epoch(text)
        if at is None:
            raise ValueError(f"time {text[:40]!r} is no ISO 8601, no calendar date and no seconds since 1970")
        if self._zoned is None:
            self._zoned = at.tzinfo is not None
        if self._zoned != (at.tzinfo is not None):
            raise ValueError(f"time {text[:40]!r} is {'un' if self._zoned else ''}zoned, unlike the rows above")
        return at

    def _calendar(self, text: str) -> datetime | None:
        found = _SLASHED.match(text)
        if found is None:
            if text.isdigit() and len(text) > 8:
                return None  # ticks: thirteen digits also read as a day of the year 1700 with a time behind it
            try:
                return datetime.fromisoformat(text)
            except ValueError:
                return None
        one, sign, two, year, hour, minute, second, half = found.groups()
        first, other = int(one), int(two)
        if sign == "/" and self._day_first is None and (first > 12) != (other > 12):
            self._day_first = first > 12
        day, month = (first, other) if sign == "." or self._day_first else (other, first)
        hours = int(hour or 0)
        if half is not None:
            hours = hours % 12 + (12 if half.lower() == "p" else 0)
        try:
            return datetime(int(year), month, day, hours, int(minute or 0), int(second or 0))
        except ValueError:
            order = "day/month" if self._day_first else "month/day"
            raise ValueError(f"time {text[:40]!r} is no date as {order}, the order of the rows above") from None


def _epoch(text: str) -> datetime | None:
    try:
        ticks = float(text)
        scale = next(scale for least, scale in _EPOCH_UNITS if abs(ticks) >= least)
        return datetime.fromtimestamp(ticks * scale, UTC)
    except (ValueError, OverflowError, OSError, StopIteration):
        return None
