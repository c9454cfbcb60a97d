"""Watches one series for anomalies and for drift, and tells the two apart.

A surprise model scores each value, a sequential test looks for a lasting rise of the surprise (HTM + SPRT).
A lone surprise is an anomaly. A lasting one is a drift: the baseline of usual surprise is then learned anew.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from remanence.algo.surprise import DriftTest, OutOfRange
from remanence.bio import snapshot
from remanence.bio.htm import HTM
from remanence.bio.windows import WindowMemory
from remanence.errors import InvalidInput


@dataclass(frozen=True)
class Sighting:
    """What the watcher says about one value.

    score: anomaly score in [0, 1]; likelihood: the anomaly likelihood; raw: the surprise behind it (HTM: the share
    of unpredicted columns; window memory: the distance in units of the usual ones).
    anomaly: the score reached the threshold and nothing as high was seen within the last `quiet` rows.
    drift: a lasting change of level was found here; `since` is the row where it seems to have begun.
    """

    row: int
    value: float
    raw: float
    likelihood: float
    score: float
    anomaly: bool
    drift: bool
    since: int | None


class OncePerEvent:
    """Halves a score when one at least as high came within the last `quiet` steps, so an event is told once."""

    def __init__(self, quiet: int = 100) -> None:
        if quiet < 0:
            raise InvalidInput(f"quiet must be at least 0, not {quiet}")
        self.quiet = quiet
        self._recent: list[tuple[int, float]] = []  # (step, score), scores falling
        self._steps = 0

    def step(self, score: float) -> float:
        """The score, halved if it is no news."""
        self._recent = [pair for pair in self._recent if pair[0] >= self._steps - self.quiet]
        known = bool(self._recent) and self._recent[0][1] >= score
        while self._recent and self._recent[-1][1] < score:
            self._recent.pop()
        self._recent.append((self._steps, score))
        self._steps += 1
        return score * 0.5 if known else score

    def state(self) -> snapshot.Arrays:
        """Everything that steps change, as arrays."""
        return {
            "recent": np.array(self._recent, dtype=np.float64).reshape(-1, 2),
            "steps": np.array(self._steps, dtype=np.int64),
        }

    def restore(self, arrays: snapshot.Arrays) -> None:
        """Take back what `state` gave."""
        pairs = arrays["recent"].astype(np.float64).tolist()
        self._recent = [(int(step), score) for step, score in pairs]
        self._steps = int(arrays["steps"].astype(np.int64))


@dataclass(frozen=True)
class Alarm:
    """When a watcher speaks. threshold: score at which an anomaly is reported (the published NAB one is near .5).

    quiet: rows within which a repeat is no news. alpha: bound on the chance of a false drift within `horizon` rows
    of a steady stream (see DriftTest); `block` rows are averaged into one before testing, because neighbouring
    surprises depend on each other.
    """

    threshold: float = 0.5
    quiet: int = 100
    alpha: float = 0.01
    horizon: int = 10_000
    block: int = 5

    def __post_init__(self) -> None:
        if not 0.0 < self.threshold <= 1.0:
            raise InvalidInput(f"threshold must lie in (0, 1], not {self.threshold}")


class Watcher:
    """A surprise model, the out-of-range rule and a drift test over one series, saved and resumed as one.

    The window memory watches by itself; `htm` joins it when given, and alone with `windows=False`. On the benchmark's
    other folders the window memory alone finds more than HTM or both.
    The test runs on the raw surprise of HTM where there is one, so a daily rhythm that was learned is no drift.
    """

    def __init__(
        self, *, calibrate: int = 300, htm: HTM | None = None, windows: bool = True, alarm: Alarm = Alarm()
    ) -> None:
        if htm is None and not windows:
            raise InvalidInput("a watcher needs the window memory, an HTM, or both")
        self.calibrate, self.alarm, self.htm = calibrate, alarm, htm
        learning = calibrate // 2
        samples = max(1, calibrate - learning)
        self.windows = WindowMemory(warmup=calibrate, learning_period=learning, samples=samples) if windows else None
        self.rule = OutOfRange()
        self.once = OncePerEvent(alarm.quiet)
        horizon = max(1, alarm.horizon // alarm.block)
        self.test = DriftTest(alpha=alarm.alpha, horizon=horizon, block=alarm.block, baseline=60, keep=400)
        self.rows = 0

    def step(self, value: float, at: datetime | None = None) -> Sighting:
        """Take in one value; NaN and infinity are refused and change nothing."""
        seen = [] if self.htm is None else [self.htm.step(value, at)]
        if self.windows is not None:
            seen.append(self.windows.read(value))
        reading, learned = seen[0], all(one.learned for one in seen)
        score = 1.0 if self.rule.step(value) and learned else max(one.score for one in seen)
        news = self.once.step(score)
        drifted, since = False, None
        if learned:
            tested = self.test.step(reading.raw)
            drifted = tested.drift
            if tested.since is not None:
                since = self.rows - self.test.steps + 1 + tested.since
        if drifted:
            for model in (self.htm, self.windows):
                if model is not None:
                    model.forget_baseline()
        self.rows += 1
        return Sighting(
            row=self.rows - 1,
            value=value,
            raw=reading.raw,
            likelihood=reading.likelihood,
            score=score,
            anomaly=learned and news == score >= self.alarm.threshold,
            drift=drifted,
            since=since,
        )

    def save(self, path: str | Path, extra: dict[str, Any] | None = None) -> None:
        """Write the watcher to one file, with a checksum; `extra` is JSON to keep with it."""
        arrays = {
            **snapshot.nested("once", self.once.state()),
            **snapshot.nested("test", self.test.state()),
            "rule": np.array([self.rule.low, self.rule.high, self.rule.steps], dtype=np.float64),
            "rows": np.array(self.rows, dtype=np.int64),
        }
        if self.htm is not None:
            arrays |= snapshot.nested("htm", self.htm.state())
        if self.windows is not None:
            arrays |= snapshot.nested("windows", self.windows.state())
        settings = {
            "calibrate": self.calibrate,
            "htm": None if self.htm is None else self.htm.settings,
            "windows": self.windows is not None,
            "alarm": asdict(self.alarm),
        }
        snapshot.save(path, "watcher", {"settings": settings, "extra": extra or {}}, arrays)

    @classmethod
    def load(cls, path: str | Path) -> tuple[Watcher, dict[str, Any]]:
        """(watcher, extra) that `save` wrote; the stream goes on as if it had never stopped."""
        content, arrays = snapshot.load(path, "watcher")
        settings = content["settings"]
        watcher = cls(
            calibrate=settings["calibrate"],
            htm=None if settings["htm"] is None else HTM.from_settings(settings["htm"]),
            windows=settings["windows"],
            alarm=Alarm(**settings["alarm"]),
        )
        watcher.once.restore(snapshot.part("once", arrays))
        watcher.test.restore(snapshot.part("test", arrays))
        low, high, steps = arrays["rule"].astype(np.float64).tolist()
        watcher.rule.low, watcher.rule.high, watcher.rule.steps = low, high, int(steps)
        if watcher.htm is not None:
            watcher.htm.restore(snapshot.part("htm", arrays))
        if watcher.windows is not None:
            watcher.windows.restore(snapshot.part("windows", arrays))
        watcher.rows = int(arrays["rows"].astype(np.int64))
        return watcher, content["extra"]
