"""How the command line speaks: one JSON document or readable lines on standard output, progress on standard error."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable
from typing import Any, TextIO

import click

from remanence.language.lazy_pattern import lazy_pattern
from remanence.serve import shapes
from remanence.types import Item

_CONTROL = lazy_pattern(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]"
)


def clean(text: str) -> str:
    """Text that cannot command a terminal: control, direction and tag characters are shown as escapes."""
    return _CONTROL.sub(lambda found: found.group().encode("unicode_escape").decode(), text)


def out(line: str = "") -> None:
    """One line of answer."""
    click.echo(clean(line))


def note(line: str) -> None:
    """One line beside the answer, on standard error."""
    click.echo(clean(line), err=True)


def document(value: Any) -> None:
    """One JSON document."""
    click.echo(json.dumps(shapes.plain(value), ensure_ascii=False, indent=2, sort_keys=False))


def line_of(one: Item) -> str:
    """An item as one readable line."""
    when = one.at.strftime("%Y-%m-%d %H:%M") if one.at else "no date"
    where = one.source or one.id
    text = " ".join(one.text.split())
    text = text if len(text) <= 240 else text[:237] + "..."
    return f"[{when}] {one.who + ': ' if one.who else ''}{text}  {{{where}}}"


class Progress:
    """`progress(done, total)`: how far, how fast and how long still, on standard error."""

    def __init__(self, what: str, *, quiet: bool = False, stream: TextIO | None = None) -> None:
        self._what, self._stream = what, stream or sys.stderr
        self._quiet, self._live = quiet, (stream or sys.stderr).isatty()
        self._start = self._last = time.monotonic()
        self._told = False

    def __call__(self, done: int, total: int | None) -> None:
        now = time.monotonic()
        every = 0.2 if self._live else 5.0
        if self._quiet or (now - self._last < every and done != total) or now - self._start < 0.5:
            return
        self._last = now
        rate = done / max(now - self._start, 1e-9)
        line = f"{self._what}: {done:,}"
        if total:
            line += f" of {total:,} ({100 * done / total:.0f} %)"
        line += f", {rate:,.0f} a second"
        if total and rate > 0:
            line += f", {(total - done) / rate:,.0f} s left"
        self._stream.write(f"\r\x1b[2K{line}" if self._live else line + "\n")
        self._stream.flush()
        self._told = True

    def close(self) -> None:
        """End the line on a terminal."""
        if self._told and self._live:
            self._stream.write("\r\x1b[2K")
            self._stream.flush()


def table(head: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
    """Columns, aligned."""
    lines = [[str(cell) for cell in head], *[[str(cell) for cell in row] for row in rows]]
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    for line in lines:
        out("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
