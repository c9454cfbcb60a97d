"""NAB in the arena: reads the Numenta Anomaly Benchmark, scores detectors as its paper does, ranks them.

Lavin, Ahmad: Evaluating Real-Time Anomaly Detection Algorithms - the Numenta Anomaly Benchmark (2015).
Per window only the earliest detection counts, weighted by a sigmoid of its place in the window; detections
outside windows cost; one threshold serves the whole corpus; 0 = detects nothing, 100 = perfect.
"""

from __future__ import annotations

import csv
import gzip
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remanence.errors import IngestError, InvalidInput

Floats = NDArray[np.float64]

PROBATION_SHARE = 0.15
PROBATION_ROWS = 5000  # the share is taken of at most this many rows
OUTSIDE = -1
PROBATION = -2


@dataclass(frozen=True)
class Profile:
    """What the four outcomes are worth."""

    name: str
    hit: float
    miss: float
    false_alarm: float


PROFILES = (
    Profile("standard", 1.0, 1.0, 0.11),
    Profile("reward_low_FP_rate", 1.0, 1.0, 0.22),
    Profile("reward_low_FN_rate", 1.0, 2.0, 0.11),
)


@dataclass(frozen=True, eq=False)
class Series:
    """One file of the benchmark. `windows` are [first row, last row] pairs, both inclusive."""

    name: str  # "<group>/<series>.csv"
    times: tuple[datetime, ...]
    values: Floats
    windows: tuple[tuple[int, int], ...]

    @property
    def group(self) -> str:
        return self.name.split("/")[0]

    @property
    def probation(self) -> int:
        """Rows at the start on which nothing is scored."""
        return probation_rows(len(self.values))


@dataclass(frozen=True)
class Result:
    """A detector's score under one profile: at its best threshold, raw and scaled, in all and by group."""

    profile: str
    threshold: float
    raw: float
    score: float
    by_group: dict[str, float]
    by_series: dict[str, float]


# -- reading --------------------------------------------------------------------------------------------


def _open_text(path: Path) -> Any:
    return gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8")


def read_json(folder: Path, name: str, *, required: bool = True) -> Any:
    """`<folder>/<name>.json` or `.json.gz`; where it is missing, None, or IngestError if it is required."""
    for path in (folder / f"{name}.json", folder / f"{name}.json.gz"):
        if path.is_file():
            with _open_text(path) as file:
                try:
                    return json.load(file)
                except (ValueError, EOFError, gzip.BadGzipFile) as error:
                    raise IngestError(f"{path} is not readable as JSON: {error}") from error
    if not required:
        return None
    raise IngestError(f"{folder / name}.json (or .json.gz) is missing: point --data at the root of the NAB files")


def load_corpus(folder: str | Path, groups: Sequence[str] = ()) -> list[Series]:
    """Every series under `<folder>/data` with its windows, in name order; plain or gzipped.

    `groups` keeps only these folders. Raises IngestError naming the file, the line and the cure.
    """
    root = Path(folder)
    labels = read_json(root / "labels", "combined_windows")
    paths = sorted([*(root / "data").glob("*/*.csv"), *(root / "data").glob("*/*.csv.gz")])
    corpus: list[Series] = []
    for path in paths:
        name = f"{path.parent.name}/{path.name.removesuffix('.gz')}"
        if (groups and path.parent.name not in groups) or any(name == seen.name for seen in corpus):
            continue
        if name not in labels:
            raise IngestError(f"{name} has no entry in labels/combined_windows.json: add it (an empty list is fine)")
        times, values = _read_rows(path)
        corpus.append(Series(name, times, values, _rows_of(labels[name], times, name)))
    if not corpus:
        raise IngestError(f"no series under {root / 'data'}: expected data/<group>/<series>.csv or .csv.gz")
    return sorted(corpus, key=lambda series: series.name)


def _read_rows(path: Path) -> tuple[tuple[datetime, ...], Floats]:
    times: list[datetime] = []
    values: list[float] = []
    with _open_text(path) as file:
        rows = csv.reader(file)
        next(rows, None)
        for line, row in enumerate(rows, start=2):
            if not row:
                continue
            try:
                at, value = datetime.fromisoformat(row[0]), float(row[1])
            except (ValueError, IndexError) as error:
                raise IngestError(f"{path.name} line {line}: expected 'timestamp,value', got {row}") from error
            if not math.isfinite(value):
                raise IngestError(f"{path.name} line {line}: value {row[1]} is not a finite number")
            times.append(at)
            values.append(value)
    return tuple(times), np.array(values)


def _rows_of(windows: Sequence[Sequence[str]], times: Sequence[datetime], name: str) -> tuple[tuple[int, int], ...]:
    found = []
    for start, end in windows:
        first, last = datetime.fromisoformat(start), datetime.fromisoformat(end)
        inside = [i for i, at in enumerate(times) if first <= at <= last]
        if not inside:
            raise IngestError(f"{name}: window {start} .. {end} holds no row of the series")
        found.append((inside[0], inside[-1]))
    return tuple(sorted(found))


def load_profiles(folder: str | Path) -> tuple[Profile, ...]:
    """The cost profiles of `config/profiles.json`, or the built-in three where the file is missing."""
    table = read_json(Path(folder) / "config", "profiles", required=False)
    if table is None:
        return PROFILES
    return tuple(
        Profile(name, float(cost["tpWeight"]), float(cost["fnWeight"]), float(cost["fpWeight"]))
        for name, cost in ((name, entry["CostMatrix"]) for name, entry in table.items())
    )


# -- scoring --------------------------------------------------------------------------------------------


def probation_rows(rows: int) -> int:
    """Rows at the start of a series that are not scored: 15 %, of at most 5,000."""
    return math.ceil(min(math.floor(PROBATION_SHARE * rows), PROBATION_SHARE * PROBATION_ROWS))


def sigmoid(place: NDArray[np.float64]) -> Floats:
    """2 / (1 + e^(5 y)) - 1: near 1 at the left edge of a window (y = -1), 0 at its right edge, -1 far behind."""
    return np.where(place >= 3.0, -1.0, 2.0 / (1.0 + np.exp(5.0 * np.minimum(place, 3.0))) - 1.0)


def point_weights(series: Series) -> tuple[Floats, NDArray[np.int64]]:
    """(weight, window) of every row: what a detection there is worth before the profile's factor.

    In a window the weight lies in (0, 1]; outside it is negative: -1 before the first window, falling from 0
    to -1 behind one. `window` is the window's number, OUTSIDE or PROBATION.
    """
    rows = np.arange(len(series.values))
    place = np.full(len(rows), 3.0)
    window = np.full(len(rows), OUTSIDE, dtype=np.int64)
    for number, (first, last) in enumerate(series.windows):
        behind = rows > last
        place[behind] = (rows[behind] - last) / max(1, last - first)
        inside = (rows >= first) & (rows <= last)
        place[inside] = -(last - rows[inside] + 1) / (last - first + 1)
        window[inside] = number
    weight = sigmoid(place)
    weight[window >= 0] /= float(sigmoid(np.array([-1.0]))[0])
    window[: series.probation] = PROBATION
    return weight, window


def _events(corpus: Sequence[Series], scores: Mapping[str, Floats], profile: Profile) -> tuple[Floats, Floats, Floats]:
    """(score, change of the total once the threshold falls to that score, series number) and misses included."""
    levels: list[Floats] = []
    changes: list[Floats] = []
    owners: list[Floats] = []
    for number, series in enumerate(corpus):
        given = np.asarray(scores[series.name], dtype=np.float64)
        if given.shape != series.values.shape:
            raise InvalidInput(f"{series.name}: {len(given)} scores for {len(series.values)} rows")
        if not np.isfinite(given).all():
            raise InvalidInput(f"{series.name}: a detector gave a score that is not finite")
        weight, window = point_weights(series)
        outside = window == OUTSIDE
        levels.append(given[outside])
        changes.append(weight[outside] * profile.false_alarm)
        for each in np.unique(window[window >= 0]):
            rows = np.flatnonzero(window == each)
            order = rows[np.argsort(-given[rows], kind="stable")]
            best = np.maximum.accumulate(weight[order] * profile.hit)
            levels.append(given[order])
            changes.append(np.diff(best, prepend=-profile.miss))
        owners.append(np.full(sum(map(len, levels)) - sum(map(len, owners)), float(number)))
    return np.concatenate(levels), np.concatenate(changes), np.concatenate(owners)


def scored_windows(corpus: Sequence[Series]) -> dict[str, int]:
    """Windows with at least one scored row, by series."""
    counts = {}
    for series in corpus:
        window = point_weights(series)[1]
        counts[series.name] = len(np.unique(window[window >= 0]))
    return counts


def evaluate(
    corpus: Sequence[Series],
    scores: Mapping[str, Floats],
    profile: Profile,
    threshold: float | None = None,
) -> Result:
    """Score a detector's per-row scores, at the threshold that is best for the whole corpus or at a given one.

    A row is a detection when its score is at or above the threshold.
    """
    windows = scored_windows(corpus)
    floor = -profile.miss * sum(windows.values())
    level, change, owner = _events(corpus, scores, profile)
    if threshold is None:
        order = np.argsort(-level, kind="stable")
        totals = floor + np.cumsum(change[order])
        steps = np.diff(level[order], append=-math.inf)
        threshold, best = math.inf, floor
        for end in np.flatnonzero(steps != 0).tolist():
            if totals[end] > best:
                threshold, best = float(level[order][end]), float(totals[end])
    on = level >= threshold
    raw = np.bincount(owner[on].astype(np.int64), weights=change[on], minlength=len(corpus))
    by_series = {s.name: float(raw[i]) - profile.miss * windows[s.name] for i, s in enumerate(corpus)}
    by_group: dict[str, float] = {}
    for group in sorted({series.group for series in corpus}):
        names = [series.name for series in corpus if series.group == group]
        by_group[group] = _scaled(sum(by_series[name] for name in names), sum(windows[name] for name in names), profile)
    total = sum(by_series.values())
    return Result(profile.name, threshold, total, _scaled(total, sum(windows.values()), profile), by_group, by_series)


def _scaled(raw: float, windows: int, profile: Profile) -> float:
    """0 = null detector, 100 = perfect; groups without a window give the raw cost."""
    if windows == 0:
        return raw
    return 100.0 * (raw + profile.miss * windows) / ((profile.hit + profile.miss) * windows)
