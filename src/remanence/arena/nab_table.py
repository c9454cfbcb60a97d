"""Runs detectors over the NAB series, keeps every series' scores, and ranks them beside the published ones."""

from __future__ import annotations

import hashlib
import json
import math
import time
import zipfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remanence.algo.surprise import AnomalyLikelihood, out_of_range
from remanence.arena.nab import Profile, Series, evaluate, read_json, scored_windows
from remanence.arena.nab_detectors import CHEAP, Detector
from remanence.bio.drift import OncePerEvent
from remanence.bio.htm import HTM
from remanence.bio.windows import WindowMemory
from remanence.errors import InvalidInput

Floats = NDArray[np.float64]

QUIET_ROWS = 100


def _halves(series: Series) -> tuple[int, int]:
    """NAB's split of the probation: rows to learn on, rows to fit the likelihood on."""
    learning = series.probation // 2
    return learning, max(1, series.probation - learning)


def htm(series: Series, *, told_range: bool = False) -> Floats:
    """HTM with likelihood head, without the out-of-range rule; the range is measured on the probation.

    With `told_range` it is given the range of the whole file, as the published detector is.
    """
    learning, samples = _halves(series)
    low, high = float(series.values.min()), float(series.values.max())
    detector = HTM(
        calibrate=(low, high if high > low else low + 1.0) if told_range else max(2, series.probation),
        likelihood=AnomalyLikelihood(learning_period=learning, samples=samples),
        range_rule=False,
    )
    return np.array([detector.step(v, at).score for v, at in zip(series.values.tolist(), series.times)])


def window_memory(series: Series) -> Floats:
    """Distance to the most similar past windows, with likelihood head."""
    learning, samples = _halves(series)
    memory = WindowMemory(warmup=max(1, series.probation), learning_period=learning, samples=samples)
    return np.array([memory.step(value) for value in series.values.tolist()])


def once_per_event(scores: Floats, quiet: int = QUIET_ROWS) -> Floats:
    """Scores with repeats within `quiet` rows halved."""
    filter_ = OncePerEvent(quiet)
    return np.array([filter_.step(score) for score in scores.tolist()])


# What is computed and kept for each series, and what it depends on.
BASES: dict[str, Detector] = {
    **CHEAP,
    "HTM": htm,
    "HTM told the range": partial(htm, told_range=True),
    "window memory": window_memory,
}
_EDITION = 2  # raise it when a detector's scores change

Parts = dict[str, Floats]


@dataclass(frozen=True)
class Row:
    """One line of the table: the bases it needs, how they make one score, and whether repeats are halved."""

    name: str
    bases: tuple[str, ...]
    once: bool = False

    def scores(self, parts: Parts, ruled: NDArray[np.bool_] | None) -> Floats:
        """The largest base score of each row, 1 where the rule fires; then repeats are halved."""
        scores = np.max([parts[base] for base in self.bases], axis=0)
        if ruled is not None:
            scores = np.where(ruled, 1.0, scores)
        return once_per_event(scores) if self.once else scores


ROWS: tuple[Row, ...] = (
    *(Row(name, (name,)) for name in CHEAP),
    Row("HTM", ("HTM",)),
    Row("HTM, once per event", ("HTM",), once=True),
    Row("HTM told the range", ("HTM told the range",)),
    Row("HTM told the range, once per event", ("HTM told the range",), once=True),
    Row("window memory", ("window memory",)),
    Row("window memory, once per event", ("window memory",), once=True),
    Row("HTM or window memory", ("HTM", "window memory")),
    Row("HTM or window memory, once per event", ("HTM", "window memory"), once=True),
)


# -- published ------------------------------------------------------------------------------------------

# Raw scores summed by group, from the per-series result files that the NAB repository publishes
# (results/<detector>/<detector>_<profile>_scores.csv). Their threshold was chosen on all 58 series.
_GROUPS = (
    "artificialNoAnomaly",
    "artificialWithAnomaly",
    "realAWSCloudwatch",
    "realKnownCause",
    "realAdExchange",
    "realTraffic",
    "realTweets",
)
_PUBLISHED: dict[str, dict[str, tuple[float, ...]]] = {
    "Numenta HTM": {
        "standard": (-0.44, 2.426685, 14.051419, 2.077951, 7.521830, 9.104033, 11.892532),
        "reward_low_FP_rate": (-0.44, 2.211400, 9.472676, -0.277000, 4.958093, 7.203917, 7.301987),
        "reward_low_FN_rate": (-0.44, 1.426686, 9.051419, -2.922049, 5.521829, 8.104033, 5.892532),
    },
    "ARTime": {"standard": (-0.11, 2.441755, 11.685720, 5.273844, 7.034419, 10.319527, 21.015487)},
    "CAD-OSE": {"standard": (-0.44, 2.337489, 13.142513, -1.601675)},
    "KNN-CAD": {"standard": (-0.77, -0.569090, 6.414982, -1.808558)},
}
_SERIES_PER_GROUP = dict(zip(_GROUPS, (5, 6, 17, 7, 6, 7, 10)))


def published_here(corpus: Sequence[Series], profile: Profile) -> dict[str, float | None]:
    """What published detectors score on the very groups of this corpus, 0-100.

    None where a group is unknown or incomplete here, or the detector's sums for it are not carried.
    """
    windows = sum(scored_windows(corpus).values())
    present = {group: sum(s.group == group for s in corpus) for group in {s.group for s in corpus}}
    complete = all(_SERIES_PER_GROUP.get(group) == count for group, count in present.items())
    found: dict[str, float | None] = {}
    for name, profiles in _PUBLISHED.items():
        by_group = dict(zip(_GROUPS, profiles.get(profile.name, ())))
        if not complete or windows == 0 or any(group not in by_group for group in present):
            found[name] = None
            continue
        raw = sum(by_group[group] for group in present)
        found[name] = 100.0 * (raw + profile.miss * windows) / ((profile.hit + profile.miss) * windows)
    return found


# -- running --------------------------------------------------------------------------------------------


@dataclass
class Line:
    """A row's results: score by profile without and with the rule, and where the threshold came from."""

    name: str
    without_rule: dict[str, float]
    with_rule: dict[str, float]
    held_out: float  # standard profile with the rule, each group at the threshold of the other groups
    threshold: float | None  # None: best detects nothing
    by_group: dict[str, float]
    rows_per_second: float | None


@dataclass
class Table:
    """Everything a run found."""

    series: int
    rows: int
    windows: int
    groups: list[str]
    lines: list[Line] = field(default_factory=list)
    published_here: dict[str, dict[str, float | None]] = field(default_factory=dict)
    published_all: dict[str, dict[str, float]] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)


def _fingerprint(base: str, series: Series) -> str:
    seen = hashlib.sha256(f"{_EDITION}|{base}|{series.name}|".encode())
    seen.update(series.values.tobytes())
    seen.update("|".join(at.isoformat() for at in series.times).encode())
    return seen.hexdigest()


def _kept(path: Path, mark: str) -> tuple[Floats, float] | None:
    if not path.is_file():
        return None
    try:
        with np.load(path, allow_pickle=False) as archive:
            if archive["mark"].tobytes().decode("ascii") != mark:
                return None
            return archive["scores"].astype(np.float64), float(archive["seconds"])
    except (ValueError, OSError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def _score_series(base: str, series: Series, keep: Path | None) -> tuple[Floats, float]:
    """(scores, seconds of processor time), taken from `keep` where they lie there already."""
    path = mark = None
    if keep is not None:
        mark = _fingerprint(base, series)
        folder = keep / "scores" / base.replace(" ", "_").replace("|", "")
        path = folder / (series.name.replace("/", "__") + ".npz")
        known = _kept(path, mark)
        if known is not None:
            return known
    start = time.process_time()
    scores = BASES[base](series)
    seconds = time.process_time() - start
    if path is not None and mark is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch = path.with_suffix(".part.npz")
        np.savez_compressed(
            scratch,
            scores=scores,
            seconds=np.array(seconds),
            mark=np.frombuffer(mark.encode("ascii"), dtype=np.uint8),
        )
        scratch.replace(path)
    return scores, seconds


def select_rows(names: Iterable[str]) -> list[Row]:
    """Rows by name; all where none is named. Raises InvalidInput naming the rows there are."""
    wanted = list(names)
    known = {row.name: row for row in ROWS}
    for name in wanted:
        if name not in known:
            raise InvalidInput(f"no detector {name!r}; there are: {', '.join(known)}")
    return [known[name] for name in wanted] if wanted else list(ROWS)


def run(
    corpus: Sequence[Series],
    profiles: Sequence[Profile],
    *,
    rows: Sequence[Row] = ROWS,
    keep: Path | None = None,
    jobs: int = 1,
    progress: Callable[[str], None] = lambda text: None,
) -> Table:
    """Score every row on the corpus. With `keep`, per-series scores are stored there and found again."""
    bases = [base for base in BASES if any(base in row.bases for row in rows)]
    parts: dict[str, Parts] = {series.name: {} for series in corpus}
    seconds = dict.fromkeys(bases, 0.0)
    tasks = [(base, series) for base in bases for series in corpus]
    for (base, series), (scores, spent) in zip(tasks, _scored(tasks, keep, jobs)):
        parts[series.name][base] = scores
        seconds[base] += spent
        progress(f"{base}: {series.name}")
    total = sum(len(series.values) for series in corpus)
    ruled = {series.name: out_of_range(series.values) for series in corpus}
    table = Table(len(corpus), total, sum(scored_windows(corpus).values()), sorted({s.group for s in corpus}))
    for row in rows:
        table.lines.append(_line(row, corpus, profiles, parts, ruled, _speed(row, seconds, total)))
    for profile in profiles:
        table.published_here[profile.name] = published_here(corpus, profile)
    return table


def _scored(tasks: Sequence[tuple[str, Series]], keep: Path | None, jobs: int) -> Iterable[tuple[Floats, float]]:
    bases, series = [base for base, _ in tasks], [each for _, each in tasks]
    if jobs <= 1:
        yield from map(partial(_score_series, keep=keep), bases, series)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(partial(_score_series, keep=keep), bases, series)


def _speed(row: Row, seconds: dict[str, float], total: int) -> float | None:
    spent = sum(seconds[base] for base in row.bases)
    return total / spent if spent > 0.0 else None


def _line(
    row: Row,
    corpus: Sequence[Series],
    profiles: Sequence[Profile],
    parts: dict[str, Parts],
    ruled: dict[str, NDArray[np.bool_]],
    speed: float | None,
) -> Line:
    bare = {s.name: row.scores(parts[s.name], None) for s in corpus}
    full = {s.name: row.scores(parts[s.name], ruled[s.name]) for s in corpus}
    results = [evaluate(corpus, full, profile) for profile in profiles]
    return Line(
        name=row.name,
        without_rule={p.name: evaluate(corpus, bare, p).score for p in profiles},
        with_rule={p.name: result.score for p, result in zip(profiles, results)},
        held_out=held_out(corpus, full, profiles[0]),
        threshold=results[0].threshold if math.isfinite(results[0].threshold) else None,
        by_group=results[0].by_group,
        rows_per_second=speed,
    )


def held_out(corpus: Sequence[Series], scores: dict[str, Floats], profile: Profile) -> float:
    """Score 0-100 when every group is judged at the threshold that is best for the other groups."""
    groups = sorted({series.group for series in corpus})
    if len(groups) < 2:
        return evaluate(corpus, scores, profile).score
    raw = 0.0
    for group in groups:
        inside = [series for series in corpus if series.group == group]
        outside = [series for series in corpus if series.group != group]
        threshold = evaluate(outside, scores, profile).threshold
        raw += evaluate(inside, scores, profile, threshold).raw
    windows = sum(scored_windows(corpus).values())
    if windows == 0:
        return raw
    return 100.0 * (raw + profile.miss * windows) / ((profile.hit + profile.miss) * windows)


def published_all(folder: Path) -> dict[str, dict[str, float]]:
    """The published scoreboard over all 58 series, `results/final_results.json`; empty where it is missing."""
    table = read_json(folder / "results", "final_results", required=False)
    return {name: {k: float(v) for k, v in row.items()} for name, row in (table or {}).items()}


def write(table: Table, path: Path) -> None:
    """The table as JSON, replaced whole."""
    scratch = path.with_suffix(".part")
    scratch.write_text(json.dumps(table.as_dict(), indent=1, allow_nan=False) + "\n", encoding="utf-8")
    scratch.replace(path)
