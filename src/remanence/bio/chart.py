"""Draws a watched series as one SVG picture: values, surprise, anomalies and drifts. Bounded memory, no library."""

from __future__ import annotations

import html
from typing import Any

_COLUMNS = 1000  # the picture never holds more columns than twice this


class Chart:
    """Collects a stream of any length: neighbouring rows share a column, and columns are merged as it grows."""

    def __init__(self) -> None:
        self._per_column = 1
        self._rows = 0
        self._columns: list[list[float]] = []  # low value, high value, highest score, highest likelihood
        self._anomalies: list[tuple[int, float]] = []
        self._drifts: list[int] = []
        self._unshown = 0

    def add(self, value: float, score: float, likelihood: float, *, anomaly: bool, drift: bool) -> None:
        """Take in one row."""
        if self._rows % self._per_column == 0:
            self._columns.append([value, value, score, likelihood])
        else:
            last = self._columns[-1]
            last[0], last[1] = min(last[0], value), max(last[1], value)
            last[2], last[3] = max(last[2], score), max(last[3], likelihood)
        if anomaly:
            if len(self._anomalies) < 2 * _COLUMNS:
                self._anomalies.append((self._rows, value))
            else:
                self._unshown += 1
        if drift and len(self._drifts) < _COLUMNS:
            self._drifts.append(self._rows)
        self._rows += 1
        if len(self._columns) >= 2 * _COLUMNS and self._rows % self._per_column == 0:
            self._merge()

    def _merge(self) -> None:
        pairs = zip(self._columns[::2], self._columns[1::2])
        self._columns = [[min(a[0], b[0]), max(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])] for a, b in pairs]
        self._per_column *= 2

    def state(self) -> dict[str, Any]:
        """Plain data to keep between runs."""
        return {
            "per_column": self._per_column,
            "rows": self._rows,
            "columns": self._columns,
            "anomalies": self._anomalies,
            "drifts": self._drifts,
            "unshown": self._unshown,
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Chart:
        """Take back what `state` gave."""
        chart = cls()
        chart._per_column, chart._rows = int(state["per_column"]), int(state["rows"])
        chart._columns = [[float(x) for x in column] for column in state["columns"]]
        chart._anomalies = [(int(row), float(value)) for row, value in state["anomalies"]]
        chart._drifts = [int(row) for row in state["drifts"]]
        chart._unshown = int(state["unshown"])
        return chart

    def svg(self, title: str, *, threshold: float = 0.5, width: int = 1100, height: int = 460) -> str:
        """The picture as SVG text: values above, likelihood (line) and score (bars) below."""
        left, right, top, middle, bottom = 70, width - 15, 40, int(height * 0.58), height - 30
        low = min((column[0] for column in self._columns), default=0.0)
        high = max((column[1] for column in self._columns), default=1.0)
        span = (high - low) or 1.0
        rows = max(1, self._rows - 1)

        def x(row: float) -> float:
            return left + (right - left) * row / rows

        def y(value: float) -> float:
            return middle - (middle - top) * (value - low) / span

        def z(score: float) -> float:
            return bottom - (bottom - middle - 25) * score

        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
            f'<rect width="{width}" height="{height}" fill="white"/>',
            f'<text x="{left}" y="20" font-size="14">{html.escape(title)}: {self._rows} rows, '
            f"{len(self._anomalies) + self._unshown} anomalies, {len(self._drifts)} drifts</text>",
        ]
        for drift in self._drifts:
            parts.append(
                f'<line x1="{x(drift):.1f}" x2="{x(drift):.1f}" y1="{top}" y2="{bottom}" stroke="#7b3fa0" '
                f'stroke-dasharray="4 3"><title>drift at row {drift}</title></line>'
            )
        if self._columns:
            spot = [min(i * self._per_column, rows) for i in range(len(self._columns))]
            upper = [f"{x(i):.1f},{y(column[1]):.1f}" for i, column in zip(spot, self._columns)]
            lower = [f"{x(i):.1f},{y(column[0]):.1f}" for i, column in zip(spot, self._columns)]
            parts.append(
                f'<polygon points="{" ".join(upper + lower[::-1])}" fill="#2b6cb0" stroke="#2b6cb0" stroke-width="1"/>'
            )
            likely = " ".join(f"{x(i):.1f},{z(column[3]):.1f}" for i, column in zip(spot, self._columns))
            parts.append(f'<polyline points="{likely}" fill="none" stroke="#bbbbbb"/>')
            for i, column in zip(spot, self._columns):
                if column[2] > 0.05:
                    parts.append(
                        f'<line x1="{x(i):.1f}" x2="{x(i):.1f}" y1="{bottom}" y2="{z(column[2]):.1f}" '
                        'stroke="#dd6b20"/>'
                    )
        for row, value in self._anomalies:
            parts.append(
                f'<circle cx="{x(row):.1f}" cy="{y(value):.1f}" r="4" fill="none" stroke="#c53030" '
                f'stroke-width="2"><title>row {row}: {value:g}</title></circle>'
            )
        parts += [
            f'<line x1="{left}" x2="{right}" y1="{z(threshold):.1f}" y2="{z(threshold):.1f}" stroke="#c53030" '
            'stroke-dasharray="2 4"/>',
            f'<text x="{left - 5}" y="{y(high) + 4:.1f}" text-anchor="end">{high:.4g}</text>',
            f'<text x="{left - 5}" y="{y(low) + 4:.1f}" text-anchor="end">{low:.4g}</text>',
            f'<text x="{left - 5}" y="{z(1) + 4:.1f}" text-anchor="end">1</text>',
            f'<text x="{left - 5}" y="{z(0) + 4:.1f}" text-anchor="end">0</text>',
            f'<text x="{left}" y="{bottom + 20}">grey: likelihood, orange: score, circles: anomalies, '
            "dashed: drifts</text>",
            "</svg>",
        ]
        return "\n".join(parts) + "\n"
