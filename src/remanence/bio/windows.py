"""Window memory: keeps the recent windows of a series and is surprised by one that resembles none of them.

The simplest memory of sequences there is (nearest neighbours over lagged values), and the honest companion of HTM:
it needs no learning, and it says how far the present is from anything seen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from remanence.algo.surprise import AnomalyLikelihood, log_likelihood
from remanence.bio import snapshot
from remanence.bio.htm import Reading
from remanence.errors import InvalidInput


@dataclass(kw_only=True, eq=False, repr=False)
class WindowMemory:
    """Surprise of a value = mean distance of the last `width` values to the `nearest` most similar past windows.

    Keeps `keep` windows, so each step costs keep * width multiplications whatever the length of the stream.
    Distances are divided by the 99th percentile of the first `warmup` ones (0 until then) and cut at 20, then go
    through an anomaly likelihood over single scores.
    """

    width: int = 20
    nearest: int = 5
    keep: int = 3000
    warmup: int = 300
    learning_period: int = 150
    samples: int = 150
    average: int = 1

    def __post_init__(self) -> None:
        if self.width < 2 or self.nearest < 1 or self.keep < self.nearest or self.warmup < 1:
            raise InvalidInput("need width >= 2, nearest >= 1, keep >= nearest and warmup >= 1")
        self.likelihood = AnomalyLikelihood(
            learning_period=self.learning_period, samples=self.samples, average=self.average
        )
        self._values = np.zeros(2 * (self.keep + 2 * self.width))
        self._count = 0
        self._held: list[tuple[float, float]] = []  # (distance, value) until the unit is known
        self._unit = 0.0
        self._spread = 1.0
        self.rows = 0

    def distance(self, value: float) -> float:
        """Take in a value and give its raw distance; 0 while there are too few windows."""
        value = float(value)
        if not math.isfinite(value):
            raise InvalidInput(f"cannot take in {value}: give a finite number, or leave the row out")
        room = len(self._values)
        if self._count == room:
            recent = self.keep + 2 * self.width
            self._values[:recent] = self._values[self._count - recent : self._count]
            self._count = recent
        self._values[self._count] = value
        self._count += 1
        self.rows += 1
        past = self._count - 2 * self.width + 1  # windows that do not touch the present one
        if past < 1:
            return 0.0
        start = max(0, past - self.keep)
        series = self._values[start : self._count]
        windows = np.lib.stride_tricks.sliding_window_view(series, self.width)
        present, earlier = windows[-1], windows[: past - start]
        gaps = ((earlier - present) ** 2).sum(axis=1)
        few = min(self.nearest, len(gaps))
        return float(np.sqrt(np.partition(gaps, few - 1)[:few].mean()))

    def step(self, value: float) -> float:
        """Anomaly score in [0, 1] of a value (log-stretched likelihood)."""
        return self.read(value).score

    def read(self, value: float) -> Reading:
        """What the memory says about a value; its raw surprise is the distance in units of the usual ones."""
        distance = self.distance(value)
        if self._unit > 0.0:
            return self._read(distance, value)
        self._held.append((distance, float(value)))
        if len(self._held) < self.warmup:
            return Reading(0.0, 0.5, log_likelihood(0.5), out_of_range=False, learned=False)
        known = np.array([far for far, _ in self._held])
        self._unit = float(np.quantile(known, 0.99)) or 1.0
        values = np.array([value for _, value in self._held])
        self._spread = float(values.max() - values.min()) or max(1.0, float(np.abs(values).max()))
        held, self._held = self._held, []
        return [self._read(far, before) for far, before in held][-1]

    def _read(self, distance: float, value: float) -> Reading:
        surprise = min(distance / self._unit, 20.0)
        likelihood = self.likelihood.step(surprise, value / self._spread)  # a share: no unit changes the answer
        return Reading(surprise, likelihood, log_likelihood(likelihood), out_of_range=False, learned=True)

    def forget_baseline(self) -> None:
        """Learn anew what surprise is usual, as after a drift; the windows are kept."""
        self.likelihood.forget()

    def state(self) -> snapshot.Arrays:
        """Everything that steps change, as arrays."""
        return {
            **snapshot.nested("likelihood", self.likelihood.state()),
            "values": self._values[: self._count],
            "held": np.array(self._held, dtype=np.float64).reshape(-1, 2),
            "unit": np.array([self._unit, self._spread, self.rows], dtype=np.float64),
        }

    def restore(self, arrays: snapshot.Arrays) -> None:
        """Take back what `state` gave, after a build with the same settings."""
        self.likelihood.restore(snapshot.part("likelihood", arrays))
        values = arrays["values"].astype(np.float64)
        if len(values) > len(self._values):
            raise InvalidInput("the saved window memory is larger: load it with the settings that it was saved with")
        self._count = len(values)
        self._values[: self._count] = values
        self._held = [(far, value) for far, value in arrays["held"].astype(np.float64).tolist()]
        self._unit, self._spread, rows = arrays["unit"].astype(np.float64).tolist()
        self.rows = int(rows)
