"""Draws a watched series as one SVG picture: values, surprise, anomalies and drifts. Bounded memory, no library."""

from __future__ import annotations

import html
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from remanence.bio.drift import Sighting

_COLUMNS = 1000  # the picture never holds more columns than twice this
_TICKS = 6


@dataclass
class _Column:
    """Neighbouring rows in one: lowest and highest value, highest score and likelihood, time of the first row."""

    low: float
    high: float
    score: float
    likelihood: float
    at: str = ""

    def take_in(self, other: _Column) -> None:
        """Join what comes after."""
        self.low, self.high = min(self.low, other.low), max(self.high, other.high)
        self.score, self.likelihood = max(self.score, other.score), max(self.likelihood, other.likelihood)
        self.at = self.at or other.at


class Chart:
    """Collects a stream of any length: neighbouring rows share a column, and columns are merged as it grows."""

    def __init__(self) -> None:
        self._per_column = 1
        self._rows = 0
        self._columns: list[_Column] = []
        self._anomalies: list[tuple[int, float]] = []
        self._drifts: list[int] = []
        self._unshown = 0
        self._last = ""  # time of the last row

    def add(self, seen: Sighting, at: datetime | None = None) -> None:
        """Take in one row, with its time where there is one."""
        when = "" if at is None else at.isoformat(sep=" ", timespec="minutes")
        row = _Column(seen.value, seen.value, seen.score, seen.likelihood, when)
        if self._rows % self._per_column == 0:
            self._columns.append(row)
        else:
            self._columns[-1].take_in(row)
        if seen.anomaly:
            if len(self._anomalies) < 2 * _COLUMNS:
                self._anomalies.append((self._rows, seen.value))
            else:
                self._unshown += 1
        if seen.drift and len(self._drifts) < _COLUMNS:
            self._drifts.append(self._rows)
        self._rows += 1
        self._last = when or self._last
        if len(self._columns) >= 2 * _COLUMNS and self._rows % self._per_column == 0:
            self._merge()

    def _merge(self) -> None:
        for first, second in zip(self._columns[::2], self._columns[1::2]):
            first.take_in(second)
        self._columns = self._columns[::2]
        self._per_column *= 2

    def state(self) -> dict[str, Any]:
        """Plain data to keep between runs."""
        return {
            "per_column": self._per_column,
            "rows": self._rows,
            "columns": [[c.low, c.high, c.score, c.likelihood, c.at] for c in self._columns],
            "anomalies": self._anomalies,
            "drifts": self._drifts,
            "unshown": self._unshown,
            "last": self._last,
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Chart:
        """Take back what `state` gave."""
        chart = cls()
        chart._per_column, chart._rows = int(state["per_column"]), int(state["rows"])
        chart._columns = [
            _Column(float(low), float(high), float(score), float(likelihood), str(at))
            for low, high, score, likelihood, at in state["columns"]
        ]
        chart._anomalies = [(int(row), float(value)) for row, value in state["anomalies"]]
        chart._drifts = [int(row) for row in state["drifts"]]
        chart._unshown, chart._last = int(state["unshown"]), str(state["last"])
        return chart

    def svg(self, title: str, *, threshold: float = 0.5, width: int = 1100, height: int = 460) -> str:
        """The picture as SVG text: values above, likelihood (line) and score (bars) below, times or rows beneath."""
        low = min((column.low for column in self._columns), default=0.0)
        high = max((column.high for column in self._columns), default=1.0)
        paper = _Paper(width, height, low, high, max(1, self._rows - 1))
        counted = f"{len(self._anomalies) + self._unshown} anomalies, {len(self._drifts)} drifts"
        return "\n".join([
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
            f'<rect width="{width}" height="{height}" fill="white"/>',
            f'<text x="{paper.left}" y="20" font-size="14">{html.escape(title)}: {self._rows} rows, {counted}</text>',
            *[paper.drift(row) for row in self._drifts],
            *paper.curves(self._columns, self._per_column),
            *[paper.anomaly(row, value) for row, value in self._anomalies],
            *paper.frame(threshold),
            *paper.ticks(self._times()),
            "</svg>",
        ]) + "\n"  # fmt: skip

    def _times(self) -> list[tuple[int, str]]:
        """(row, label) along the axis: times where the stream has them, else numbers of rows."""
        if not self._rows:
            return []
        timed = any(column.at for column in self._columns)
        last = self._rows - 1
        found = []
        for n in range(_TICKS):
            number = round((len(self._columns) - 1) * n / (_TICKS - 1))
            row = min(number * self._per_column, last)
            found.append((row, self._columns[number].at if timed else f"row {row}"))
        found[-1] = (last, self._last if timed else f"row {last}")
        return list(dict(found).items())


@dataclass(frozen=True)
class _Paper:
    """Where rows, values and scores lie on the picture, and the marks that are drawn there."""

    width: int
    height: int
    low: float
    high: float
    rows: int
    left: int = 70
    top: int = 40

    def x(self, row: float) -> float:
        return self.left + (self.width - 15 - self.left) * row / self.rows

    def y(self, value: float) -> float:
        span = (self.high - self.low) or 1.0
        return self.middle - (self.middle - self.top) * (value - self.low) / span

    def z(self, score: float) -> float:
        return self.bottom - (self.bottom - self.middle - 25) * score

    @property
    def middle(self) -> int:
        return int(self.height * 0.56)

    @property
    def bottom(self) -> int:
        return self.height - 50

    def drift(self, row: int) -> str:
        return (
            f'<line x1="{self.x(row):.1f}" x2="{self.x(row):.1f}" y1="{self.top}" y2="{self.bottom}" stroke="#7b3fa0" '
            f'stroke-dasharray="4 3"><title>drift at row {row}</title></line>'
        )

    def anomaly(self, row: int, value: float) -> str:
        return (
            f'<circle cx="{self.x(row):.1f}" cy="{self.y(value):.1f}" r="4" fill="none" stroke="#c53030" '
            f'stroke-width="2"><title>row {row}: {value:g}</title></circle>'
        )

    def curves(self, columns: list[_Column], per_column: int) -> list[str]:
        if not columns:
            return []
        spots = [(min(i * per_column, self.rows), column) for i, column in enumerate(columns)]
        upper = [f"{self.x(i):.1f},{self.y(column.high):.1f}" for i, column in spots]
        lower = [f"{self.x(i):.1f},{self.y(column.low):.1f}" for i, column in spots]
        likely = " ".join(f"{self.x(i):.1f},{self.z(column.likelihood):.1f}" for i, column in spots)
        bars = [
            f'<line x1="{self.x(i):.1f}" x2="{self.x(i):.1f}" y1="{self.bottom}" y2="{self.z(column.score):.1f}" '
            'stroke="#dd6b20"/>'
            for i, column in spots
            if column.score > 0.05
        ]
        return [
            f'<polygon points="{" ".join(upper + lower[::-1])}" fill="#2b6cb0" stroke="#2b6cb0" stroke-width="1"/>',
            f'<polyline points="{likely}" fill="none" stroke="#bbbbbb"/>',
            *bars,
        ]

    def frame(self, threshold: float) -> list[str]:
        level, right = self.z(threshold), self.width - 15
        labels = [
            (self.y(self.high), f"{self.high:.4g}"),
            (self.y(self.low), f"{self.low:.4g}"),
            (self.z(1), "1"),
            (self.z(0), "0"),
        ]
        return [
            f'<line x1="{self.left}" x2="{right}" y1="{level:.1f}" y2="{level:.1f}" stroke="#c53030" '
            'stroke-dasharray="2 4"/>',
            *[f'<text x="{self.left - 5}" y="{at + 4:.1f}" text-anchor="end">{said}</text>' for at, said in labels],
            f'<text x="{self.left}" y="{self.bottom + 40}">grey: likelihood, orange: score, circles: anomalies, '
            "dashed: drifts</text>",
        ]

    def ticks(self, times: list[tuple[int, str]]) -> list[str]:
        marks = []
        for n, (row, said) in enumerate(times):
            anchor = "start" if n == 0 else "end" if n == len(times) - 1 else "middle"
            marks.append(
                f'<line x1="{self.x(row):.1f}" x2="{self.x(row):.1f}" y1="{self.bottom}" y2="{self.bottom + 4}" '
                'stroke="black"/>'
                f'<text x="{self.x(row):.1f}" y="{self.bottom + 18}" text-anchor="{anchor}" font-size="11">'
                f"{html.escape(said)}</text>"
            )
        return marks
