"""`remanence bio`: watch a time series with the brain-inspired memories, from a file or a pipe."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import os
import signal
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

import click

from remanence.algo.surprise import AnomalyLikelihood
from remanence.bio.chart import Chart
from remanence.bio.drift import Alarm, Sighting, Watcher
from remanence.bio.htm import HTM
from remanence.bio.rows import RowReader
from remanence.errors import IngestError, InvalidInput, RemanenceError

_SAVE_EVERY = 1000  # rows between two saves of the state
_LONGEST_LINE = 1_000_000  # characters
_BAD_SHOWN = 20  # bad rows told one by one


@click.group()
def bio() -> None:
    """Brain-inspired memories at work on a stream.

    Example: remanence bio watch cpu.csv --plot cpu.svg
    """


@bio.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--value", "value_column", help="Column of the values: its name or its number from 1.")
@click.option("--time", "time_column", help="Column of the times.")
@click.option("--no-time", is_flag=True, help="The rows have no times.")
@click.option("--separator", help="What separates columns: tab, semicolon, pipe, comma; found by itself.")
@click.option(
    "--day-first", is_flag=True, help="01/02/2026 is the first of February (as a rule the second of January)."
)
@click.option(
    "--model", type=click.Choice(["windows", "htm", "both"]), help="What is surprised: past windows, HTM, or both."
)
@click.option("--skip-bad", is_flag=True, help="Report rows that cannot be read and go on without them.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per row, then one summary.")
@click.option("--quiet", is_flag=True, help="Print rows with an anomaly or a drift only.")
@click.option("--plot", type=click.Path(path_type=Path), help="Draw values, surprise and drifts to this SVG file.")
@click.option("--state", type=click.Path(path_type=Path), help="Keep what was learned here, and go on from it.")
@click.option(
    "--threshold", type=click.FloatRange(0.0, 1.0, min_open=True), help="Score that counts as an anomaly (.5)."
)
@click.option("--warmup", type=click.IntRange(20), help="Rows to learn from before anything is reported (300).")
def watch(file: Path, **options: Any) -> None:
    """Stream FILE (CSV, or - for standard input) and tell anomalies from drifts, row by row.

    The first column is the time and the second the value, unless told otherwise; a file of one column has values
    only. The model learns as it goes: nothing is reported for the first --warmup rows.
    Columns may be separated by tabs, semicolons, bars or commas, and numbers may have a decimal comma where it does
    not separate. Times are ISO 8601, seconds (milli-, micro-, nano-) since 1970, month/day/year or day.month.year.
    A row is bad when its value is missing or no finite number, or when its time lies before the row above.
    A bad row stops the run with its line and a cure; with --skip-bad it is reported and left out.
    Gaps in time are allowed. Ctrl-C ends the run like the end of the file: state and plot are written.

    Example: remanence bio watch cpu.csv --quiet --plot cpu.svg --state cpu.state
    """
    how = _Options(**options)
    try:
        for option, path in (("--plot", how.plot), ("--state", how.state)):
            _writable(option, path)
        session = _Session.open(how)
        layout = RowReader(
            value=how.value_column, time=None if how.no_time else how.time_column, no_time=how.no_time,
            separator=how.separator, day_first=how.day_first,
        )  # fmt: skip
        show = _Printer(how.as_json, how.quiet)
        with _terminable(), _opened(file) as stream:
            failure = session.run(stream, layout, skip_bad=how.skip_bad, show=show, state=how.state)
        session.write(how.state, how.plot, title=str(file))
    except (RemanenceError, OSError) as error:
        raise click.ClickException(str(error)) from error
    _Printer(how.as_json, how.quiet).summary(session)
    if isinstance(failure, KeyboardInterrupt):
        sys.exit(130)
    if failure is not None:
        raise click.ClickException(str(failure))


@dataclass(frozen=True)
class _Options:
    """What the command line says; the help of each option is beside it above."""

    value_column: str | None
    time_column: str | None
    no_time: bool
    separator: str | None
    day_first: bool
    model: str | None
    skip_bad: bool
    as_json: bool
    quiet: bool
    plot: Path | None
    state: Path | None
    threshold: float | None
    warmup: int | None


@contextmanager
def _terminable() -> Iterator[None]:
    """A polite kill ends the run as Ctrl-C does."""

    def stop(signum: int, frame: Any) -> None:
        raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGTERM, stop)
    except ValueError:  # not the main thread: nobody sends it signals
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _writable(option: str, path: Path | None) -> None:
    """Refuse a place that nothing can be written to before the rows are read, not after."""
    if path is not None and path.is_dir():
        raise InvalidInput(f"{option} {path} is a folder: name a file in it")
    if path is not None and not path.parent.is_dir():
        raise InvalidInput(f"{option} {path}: there is no folder {path.parent}; make it first")


@contextmanager
def _opened(file: Path) -> Iterator[TextIO]:
    if str(file) == "-":
        yield sys.stdin
        return
    if file.is_dir():
        raise IngestError(f"{file} is a folder: give one CSV file of it, or - to read standard input")
    if not file.is_file():
        raise IngestError(f"no file {file}: give a CSV file, or - to read standard input")
    if file.suffix == ".gz":
        try:
            with gzip.open(file, "rt", encoding="utf-8-sig", errors="replace", newline="") as zipped:
                yield zipped
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise IngestError(f"{file} is damaged: {error}") from error
        return
    with file.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        yield stream


def _watcher(how: _Options) -> Watcher:
    calibrate, alarm = how.warmup or 300, Alarm(threshold=how.threshold or 0.5)
    htm = None
    if how.model in ("htm", "both"):
        learning = calibrate // 2
        head = AnomalyLikelihood(learning_period=learning, samples=max(1, calibrate - learning))
        htm = HTM(calibrate=calibrate, likelihood=head)
    return Watcher(calibrate=calibrate, htm=htm, windows=how.model != "htm", alarm=alarm)


def _model(watcher: Watcher) -> str:
    if watcher.htm is None:
        return "windows"
    return "htm" if watcher.windows is None else "both"


@dataclass
class _Session:
    """One watched stream across runs: the watcher, the picture, and how far the file was read."""

    watcher: Watcher
    chart: Chart
    lines: int = 0  # lines of the file taken in, header and bad ones included
    chain: str = ""  # running hash of those lines
    last_time: str = ""
    anomalies: int = 0
    drifts: int = 0
    bad: int = 0

    @classmethod
    def open(cls, how: _Options) -> _Session:
        if how.state is None or not how.state.exists():
            return cls(_watcher(how), Chart())
        watcher, extra = Watcher.load(how.state)
        if how.warmup is not None and how.warmup != watcher.calibrate:
            raise InvalidInput(f"{how.state} was begun with --warmup {watcher.calibrate}: leave the option out")
        if how.model is not None and how.model != _model(watcher):
            raise InvalidInput(f"{how.state} was begun with --model {_model(watcher)}: leave the option out")
        if how.threshold is not None:
            watcher.alarm = replace(watcher.alarm, threshold=how.threshold)
        chart = Chart.from_state(extra.pop("chart"))
        return cls(watcher, chart, **extra)

    def write(self, state: Path | None, plot: Path | None, *, title: str) -> None:
        if state is not None:
            extra = {
                "chart": self.chart.state(),
                "lines": self.lines,
                "chain": self.chain,
                "last_time": self.last_time,
                "anomalies": self.anomalies,
                "drifts": self.drifts,
                "bad": self.bad,
            }
            self.watcher.save(state, extra)
        if plot is not None:
            scratch = plot.with_name(plot.name + ".part")
            scratch.write_text(self.chart.svg(title, threshold=self.watcher.alarm.threshold), encoding="utf-8")
            scratch.replace(plot)

    def run(
        self, stream: TextIO, layout: RowReader, *, skip_bad: bool, show: _Printer, state: Path | None
    ) -> BaseException | None:
        """Read to the end; gives what stopped it early, with everything before that taken in."""
        last = datetime.fromisoformat(self.last_time) if self.last_time else None
        try:
            self._find_place(stream, layout)
            for text in _lines_of(stream):
                before = (self.lines, self.chain)
                self._count(text)
                try:
                    row = layout.cells(text)
                    if _empty(row) or (layout.value < 0 and layout.settle(row)):
                        continue
                    value, at = layout.read(row)
                    if at is not None and last is not None and _earlier(at, last):
                        raise ValueError(f"time {at.isoformat()} lies before the row above, {last.isoformat()}")
                except (ValueError, csv.Error) as error:
                    if isinstance(error, InvalidInput):
                        raise
                    if not skip_bad:
                        self.lines, self.chain = before  # a mended row is read by the next run
                        return IngestError(
                            f"line {self.lines + 1}: {error}; mend the row, or pass --skip-bad to go on without it"
                        )
                    self.bad += 1
                    show.bad(self.lines, str(error), self.bad)
                    continue
                last = at if at is not None else last
                self._take_in(value, at, show)
                if state is not None and self.watcher.rows % _SAVE_EVERY == 0:
                    self.write(state, None, title="")
        except KeyboardInterrupt as stop:
            return stop
        except BrokenPipeError:
            # Whoever read our output has gone: keep what was learned, print nothing more.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return None

    def _take_in(self, value: float, at: datetime | None, show: _Printer) -> None:
        sighting = self.watcher.step(value, at)
        self.chart.add(sighting, at)
        self.anomalies += sighting.anomaly
        self.drifts += sighting.drift
        if at is not None:
            self.last_time = at.isoformat()
        show.row(sighting, at)

    def _count(self, text: str) -> None:
        self.lines += 1
        self.chain = hashlib.sha256((self.chain + text.rstrip("\r\n")).encode()).hexdigest()

    def _find_place(self, stream: TextIO, layout: RowReader) -> None:
        """Go on behind the lines taken in before, where the file begins with them; else from its start."""
        lines, chain, self.lines, self.chain = self.lines, self.chain, 0, ""
        if lines == 0 or not stream.seekable():
            return
        for text in _lines_of(stream):
            self._count(text)
            row = layout.cells(text)
            if layout.value < 0 and not _empty(row):
                layout.settle(row)
            if self.lines == lines:
                break
        if (self.lines, self.chain) != (lines, chain):
            stream.seek(0)
            layout.forget()
            self.lines, self.chain = 0, ""


def _lines_of(stream: TextIO) -> Iterator[str]:
    while text := stream.readline(_LONGEST_LINE):
        yield text


def _empty(row: list[str]) -> bool:
    return not any(cell.strip() for cell in row)


def _earlier(at: datetime, last: datetime) -> bool:
    if (at.tzinfo is None) != (last.tzinfo is None):
        raise ValueError(f"time {at.isoformat()} is {'un' if at.tzinfo is None else ''}zoned, unlike the rows above")
    return at < last


class _Printer:
    """Rows and summary as tab-separated text, or as one JSON object per line."""

    def __init__(self, as_json: bool, quiet: bool) -> None:
        self._json = as_json
        self._quiet = quiet
        self._started = False

    def row(self, sighting: Sighting, at: datetime | None) -> None:
        """One row that was taken in."""
        if self._quiet and not (sighting.anomaly or sighting.drift):
            return
        when = at.isoformat(sep=" ") if at is not None else str(sighting.row)
        if self._json:
            click.echo(
                json.dumps(
                    {
                        "row": sighting.row,
                        "time": at.isoformat() if at is not None else None,
                        "value": sighting.value,
                        "likelihood": round(sighting.likelihood, 8),
                        "score": round(sighting.score, 6),
                        "anomaly": sighting.anomaly,
                        "drift": sighting.drift,
                        "since": sighting.since,
                    }
                )
            )
            return
        if not self._started:
            click.echo("time\tvalue\tlikelihood\tscore\tnote")
            self._started = True
        notes = ["anomaly"] * sighting.anomaly
        if sighting.drift:
            notes.append("drift" if sighting.since is None else f"drift, since row {sighting.since}")
        click.echo(f"{when}\t{sighting.value:g}\t{sighting.likelihood:.5f}\t{sighting.score:.3f}\t{', '.join(notes)}")

    def bad(self, line: int, why: str, count: int) -> None:
        """One row that was left out."""
        if count <= _BAD_SHOWN:
            click.echo(f"line {line} left out: {why}", err=True)
        if count == _BAD_SHOWN:
            click.echo("more bad rows are counted, not shown", err=True)

    def summary(self, session: _Session) -> None:
        """What the run found, over all runs with the same state."""
        counts = {
            "rows": session.watcher.rows,
            "anomalies": session.anomalies,
            "drifts": session.drifts,
            "bad_rows": session.bad,
        }
        if self._json:
            click.echo(json.dumps({"summary": counts}))
            return
        click.echo(
            f"{counts['rows']} rows, {counts['anomalies']} anomalies, {counts['drifts']} drifts, "
            f"{counts['bad_rows']} bad rows left out",
            err=True,
        )
        warmup = session.watcher.calibrate
        if session.watcher.rows < warmup:
            few = f"nothing is reported for the first {warmup} rows"
            click.echo(f"{few}: watch more of them, or give --warmup (at least 20)", err=True)
