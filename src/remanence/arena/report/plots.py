"""Small drawings as SVG text: bars, points with labels, lines over a log axis. No library, no script."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

PALETTE = ("#1f5fa8", "#c2410c", "#3f7d20", "#7a3e9d", "#b58900", "#0f766e", "#a11d55", "#5b6470", "#8c564b", "#4d7cfe")
WIDTH, HEIGHT = 640, 340
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 150, 28, 48


def colour(number: int) -> str:
    """The colour of a row."""
    return PALETTE[number % len(PALETTE)]


def _text(x: float, y: float, text: str, *, anchor: str = "start", size: int = 11, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" {more}>{escape(text)}</text>'


def _frame(title: str, body: Sequence[str], height: int = HEIGHT) -> str:
    label = escape(title, quote=True)
    size = f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    head = _text(_LEFT, 16, title, size=13, more='font-weight="600"')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{label}" '
        f'font-family="system-ui, sans-serif" fill="currentColor"><title>{escape(title)}</title>'
        f"{head}{''.join(body)}</svg>"
    )


def _ticks(low: float, high: float, logarithmic: bool) -> list[float]:
    if logarithmic:
        first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
        return [10.0**power for power in range(first, last + 1) if low <= 10.0**power <= high] or [low, high]
    step = 10 ** math.floor(math.log10(max(high - low, 1e-9) / 4))
    for factor in (1, 2, 5, 10):
        if (high - low) / (step * factor) <= 6:
            step *= factor
            break
    first_tick = math.ceil(low / step) * step
    return [first_tick + number * step for number in range(int((high - first_tick) / step + 1e-9) + 1)]


def _short(value: float) -> str:
    for size, name in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:g}{name}"
    return f"{value:.3g}"


class _Axis:
    """Maps values to pixels, linearly or by their logarithm; shares in per cent always run from 0 to 100."""

    def __init__(
        self, values: Sequence[float], start: float, stop: float, *, logarithmic: bool = False, percent: bool = False
    ):
        low, high = min(values), max(values)
        if percent:
            low, high = 0.0, 100.0
        elif logarithmic:
            low, high = max(low, 1e-9), max(high, 1e-9)
            low, high = (low / 2, high * 2) if high / low < 4 else (low / 1.2, high * 1.2)
        elif high - low < 1e-12:
            low, high = low - 0.5 * (abs(low) or 1), high + 0.5 * (abs(high) or 1)
        else:
            pad = 0.06 * (high - low)
            low, high = low - pad, high + pad
        self.low, self.high, self.start, self.stop, self.log = low, high, start, stop, logarithmic

    def __call__(self, value: float) -> float:
        if self.log:
            share = math.log(max(value, self.low) / self.low) / math.log(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.stop - self.start)

    def ticks(self) -> list[float]:
        return _ticks(self.low, self.high, self.log)


def _axes(x: _Axis, y: _Axis, x_name: str, y_name: str) -> list[str]:
    bottom, right = HEIGHT - _BOTTOM, WIDTH - _RIGHT
    body = [f'<path d="M{_LEFT} {_TOP}V{bottom}H{right}" fill="none" stroke="currentColor" stroke-opacity=".5"/>']
    for tick in x.ticks():
        body.append(_text(x(tick), bottom + 15, _short(tick), anchor="middle", size=10))
    for tick in y.ticks():
        body.append(_text(_LEFT - 6, y(tick) + 3, _short(tick), anchor="end", size=10))
        body.append(f'<path d="M{_LEFT} {y(tick):.1f}H{right}" stroke="currentColor" stroke-opacity=".12"/>')
    body.append(_text((_LEFT + right) / 2, HEIGHT - 12, x_name, anchor="middle"))
    middle = (_TOP + bottom) / 2
    body.append(_text(14, middle, y_name, anchor="middle", more=f'transform="rotate(-90 14 {middle:.1f})"'))
    return body


def scatter(
    title: str, points: Mapping[str, tuple[float, float]], x_name: str, y_name: str, *, log_x: bool = True
) -> str:
    """Named points: cost to the right (logarithmic), quality upwards."""
    kept = {name: at for name, at in points.items() if not any(map(math.isnan, at)) and (at[0] > 0 or not log_x)}
    if not kept:
        return ""
    x = _Axis([at[0] for at in kept.values()], _LEFT, WIDTH - _RIGHT, logarithmic=log_x)
    y = _Axis([at[1] for at in kept.values()], HEIGHT - _BOTTOM, _TOP, percent="%" in y_name)
    body = _axes(x, y, x_name, y_name)
    for number, (name, at) in enumerate(points.items()):
        if name in kept:
            body.append(f'<circle cx="{x(at[0]):.1f}" cy="{y(at[1]):.1f}" r="5" fill="{colour(number)}"/>')
            body.append(_text(x(at[0]) + 8, y(at[1]) + 4, name))
    return _frame(title, body)


def lines(
    title: str,
    series: Mapping[str, Sequence[tuple[float, float]]],
    x_name: str,
    y_name: str,
    *,
    log_x: bool = True,
    log_y: bool = False,
) -> str:
    """One line a name; points with a NaN are left out."""
    kept = {
        name: [(a, b) for a, b in sorted(values) if not math.isnan(b) and (b > 0 or not log_y)]
        for name, values in series.items()
    }
    everything = [point for values in kept.values() for point in values]
    if not everything:
        return ""
    x = _Axis([point[0] for point in everything], _LEFT, WIDTH - _RIGHT, logarithmic=log_x)
    heights = [point[1] for point in everything]
    y = _Axis(heights, HEIGHT - _BOTTOM, _TOP, logarithmic=log_y, percent="%" in y_name)
    body = _axes(x, y, x_name, y_name)
    for number, (name, values) in enumerate(kept.items()):
        if not values:
            continue
        path = "L".join(f"{x(a):.1f} {y(b):.1f}" for a, b in values)
        body.append(f'<path d="M{path}" fill="none" stroke="{colour(number)}" stroke-width="2"/>')
        body += [f'<circle cx="{x(a):.1f}" cy="{y(b):.1f}" r="3" fill="{colour(number)}"/>' for a, b in values]
        place = _TOP + 14 * number + 6
        body.append(f'<rect x="{WIDTH - _RIGHT + 10}" y="{place - 8}" width="10" height="10" fill="{colour(number)}"/>')
        body.append(_text(WIDTH - _RIGHT + 25, place + 1, name, size=10))
    return _frame(title, body)


def bars(title: str, groups: Mapping[str, Mapping[str, float]], *, top: float | None = None, unit: str = "") -> str:
    """Groups of horizontal bars: one group a category, one bar a system; `top` is the value of a full bar."""
    names = list(dict.fromkeys(name for group in groups.values() for name in group))
    values = [value for group in groups.values() for value in group.values() if not math.isnan(value)]
    if not values:
        return ""
    thick, gap, left = 11, 12, 190
    height = _TOP + 18 + sum(len(group) * thick + gap for group in groups.values()) + 16 * -(-len(names) // 4)
    full = max(max(values), 1e-9) if top is None else top
    body: list[str] = []
    place: float = _TOP + 8
    for category, group in groups.items():
        body.append(_text(left - 8, place + len(group) * thick / 2 + 4, category[:30], anchor="end"))
        for name, value in group.items():
            if not math.isnan(value):
                long = (WIDTH - left - 60) * max(0.0, value) / full
                fill = colour(names.index(name))
                body.append(f'<rect x="{left}" y="{place:.1f}" width="{long:.1f}" height="{thick - 2}" fill="{fill}"/>')
                body.append(_text(left + long + 4, place + thick - 3, f"{value:.3g}{unit}", size=9))
            place += thick
        place += gap
    for number, name in enumerate(names):
        x, y = 20 + 155 * (number % 4), place + 16 * (number // 4) + 8
        body.append(f'<rect x="{x}" y="{y - 8:.1f}" width="10" height="10" fill="{colour(number)}"/>')
        body.append(_text(x + 14, y + 1, name, size=10))
    return _frame(title, body, height=int(height))
