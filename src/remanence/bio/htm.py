"""HTM: watches one number over time, learns its sequences online, and says how surprising each value is.

encoder -> spatial pooler -> temporal memory -> raw anomaly -> anomaly likelihood (Ahmad, Lavin, Purdy, Agha:
Unsupervised real-time anomaly detection for streaming data, 2017). No labels, no training phase, no gradient.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from remanence.algo.surprise import AnomalyLikelihood, OutOfRange, log_likelihood
from remanence.bio import snapshot
from remanence.bio.encoders import DateEncoder, DeltaEncoder, ScalarEncoder
from remanence.bio.pooler import SpatialPooler
from remanence.bio.temporal import TemporalMemory
from remanence.errors import InvalidInput

LARGEST = 1e100  # values beyond this are refused: their range could not be computed with
_EPOCH = datetime(1970, 1, 1)


@dataclass(frozen=True)
class Reading:
    """What HTM says about one value.

    raw: share of active columns that were not predicted; likelihood: how unlikely the recent raw scores are,
    .5 until enough is learned; score: the likelihood stretched over [0, 1], and 1 where the out-of-range rule
    is on and fires; learned: whether the value has been taken in (False while the range is being measured).
    """

    raw: float
    likelihood: float
    score: float
    out_of_range: bool
    learned: bool


class HTM:
    """Streaming anomaly detector for one series.

    The width of a bucket follows from `low` and `high`, the usual range of the values. Where they are not given,
    the first `calibrate` rows are held back to measure them and then taken in at once. Values outside the range
    get buckets of their own.
    `range_rule` adds the published detector's out-of-range rule, which is no part of HTM.
    The likelihood head learns for `learning_period` rows and fits on `samples` more before it speaks.
    Defaults are the published NAB settings with two exceptions: the range is measured on the first rows only (the
    published detector is told the range of the whole file), and rightly predicting segments learn the present
    context too (`merge`), because a stream that never resets would otherwise keep bursting on known rhythms.
    A constant series is never surprising. NaN and infinity are refused, and leave the model as it was.
    """

    def __init__(
        self,
        *,
        low: float | None = None,
        high: float | None = None,
        calibrate: int = 300,
        buckets: int = 130,
        padding: float = 0.2,
        bits: int = 400,
        time_of_day: bool = True,
        weekend: bool = False,
        delta: bool = False,
        columns: int = 2048,
        active: int = 40,
        cells: int = 32,
        activation: int = 20,
        minimum: int = 13,
        grow: int = 31,
        synapses: int = 128,
        initial: float = 0.24,
        increment: float = 0.04,
        decrement: float = 0.008,
        punish: float = 0.001,
        merge: bool = True,
        max_segments: int = 200_000,
        learning_period: int = 150,
        samples: int = 150,
        average: int = 10,
        range_rule: bool = True,
        seed: int = 1956,
    ) -> None:
        self._settings = {k: v for k, v in locals().items() if k not in ("self", "__class__")}
        if (low is None) != (high is None):
            raise InvalidInput("give both low and high, or neither")
        if low is not None and high is not None and not (math.isfinite(low) and low < high < math.inf):
            raise InvalidInput(f"low must lie below high, both finite, not {low} and {high}")
        if calibrate < 2:
            raise InvalidInput(f"calibrate must be at least 2 rows, not {calibrate}")
        if buckets < 2 or padding < 0.0:
            raise InvalidInput("buckets must be at least 2 and padding at least 0")
        self._bits = bits
        self._dates = DateEncoder(weekend=weekend)
        self.pooler = SpatialPooler(
            bits + self._dates.size + (bits if delta else 0), columns=columns, active=active, seed=seed
        )
        self.memory = TemporalMemory(
            columns=columns,
            cells=cells,
            activation=activation,
            minimum=minimum,
            grow=grow,
            synapses=synapses,
            initial=initial,
            increment=increment,
            decrement=decrement,
            punish=punish,
            merge=merge,
            max_segments=max_segments,
            seed=seed + 4,
        )
        self.likelihood = AnomalyLikelihood(learning_period=learning_period, samples=samples, average=average)
        self._rule = OutOfRange()
        self._range: tuple[float, float] | None = None
        self._held: list[tuple[float, datetime | None]] = []
        self._before: float | None = None
        self.rows = 0
        if low is not None and high is not None:
            self._set_range(low, high)

    @property
    def settings(self) -> dict[str, Any]:
        """The arguments that build an equal, untaught detector."""
        return dict(self._settings)

    def _set_range(self, low: float, high: float) -> None:
        if high <= low:
            high = low + 1.0
        self._range = (low, high)
        width = (high - low) * (1.0 + 2.0 * self._settings["padding"]) / self._settings["buckets"]
        resolution = max(width, 1e-12 * max(abs(low), abs(high)))
        self._scalar = ScalarEncoder(resolution, size=self._bits)
        self._delta = DeltaEncoder(resolution, size=self._bits) if self._settings["delta"] else None

    def step(self, value: float, at: datetime | None = None) -> Reading:
        """Take in one value, with its time where there is one (only the time of day is used)."""
        value = float(value)
        if not math.isfinite(value):
            raise InvalidInput(f"cannot take in {value}: give a finite number, or leave the row out")
        if abs(value) > LARGEST:
            raise InvalidInput(f"cannot take in {value}: it lies beyond {LARGEST:g}; scale the series down")
        beyond = self._rule.step(value)
        self.rows += 1
        if self._range is None:
            self._held.append((value, at))
            if len(self._held) < self._settings["calibrate"]:
                return self._reading(0.0, 0.5, beyond, learned=False)
            held, self._held = self._held, []
            known = [earlier for earlier, _ in held]
            self._set_range(min(known), max(known))
            for earlier, when in held[:-1]:
                self._learn(earlier, when)
        raw, likelihood = self._learn(value, at)
        return self._reading(raw, likelihood, beyond, learned=True)

    def _reading(self, raw: float, likelihood: float, beyond: bool, *, learned: bool) -> Reading:
        ruled = beyond and bool(self._settings["range_rule"])
        return Reading(raw, likelihood, 1.0 if ruled else log_likelihood(likelihood), beyond, learned)

    def _learn(self, value: float, at: datetime | None) -> tuple[float, float]:
        parts = [self._scalar.encode(value)]
        if at is not None and self._settings["time_of_day"]:
            parts.append(self._bits + self._dates.encode(at))
        if self._delta is not None:
            parts.append(self._bits + self._dates.size + self._delta.encode(value, self._before))
        self._before = value
        raw = self.memory.step(self.pooler.step(np.concatenate(parts)))
        return raw, self.likelihood.step(raw, value)

    def forget_baseline(self) -> None:
        """Learn anew what surprise is usual, as after a drift; the sequences learned are kept."""
        self.likelihood.forget()

    # -- keeping ----------------------------------------------------------------------------------------

    def save(self, path: str | Path) -> None:
        """Write the detector to one file, without pickle and with a checksum."""
        snapshot.save(path, "htm", self._settings, self.state())

    @classmethod
    def load(cls, path: str | Path) -> HTM:
        """Read back what `save` wrote; the stream goes on as if it had never stopped."""
        settings, arrays = snapshot.load(path, "htm")
        detector = cls(**settings)
        detector.restore(arrays)
        return detector

    def state(self) -> snapshot.Arrays:
        """Everything that steps change, as arrays."""
        held = [
            (value, at is not None, (_plain(at) - _EPOCH).total_seconds() if at else 0.0) for value, at in self._held
        ]
        measured = self._range or (0.0, 0.0)
        before = (self._before is not None, self._before or 0.0)
        rule = (self._rule.low, self._rule.high, self._rule.steps)
        return {
            **snapshot.nested("pooler", self.pooler.state()),
            **snapshot.nested("memory", self.memory.state()),
            **snapshot.nested("likelihood", self.likelihood.state()),
            "held": np.array(held, dtype=np.float64).reshape(-1, 3),
            "range": np.array([self._range is not None, *measured, *before, *rule], dtype=np.float64),
            "rows": np.array(self.rows, dtype=np.int64),
        }

    def restore(self, arrays: snapshot.Arrays) -> None:
        """Take back what `state` gave, after a build with the same settings."""
        self.pooler.restore(snapshot.part("pooler", arrays))
        self.memory.restore(snapshot.part("memory", arrays))
        self.likelihood.restore(snapshot.part("likelihood", arrays))
        self._held = [
            (value, _EPOCH + timedelta(seconds=seconds) if timed else None)
            for value, timed, seconds in arrays["held"].astype(np.float64).tolist()
        ]
        known, low, high, has_before, before, rule_low, rule_high, rule_steps = (
            arrays["range"].astype(np.float64).tolist()
        )
        if known:
            self._set_range(low, high)
        self._before = before if has_before else None
        self._rule.low, self._rule.high, self._rule.steps = rule_low, rule_high, int(rule_steps)
        self.rows = int(arrays["rows"].astype(np.int64))


def _plain(at: datetime) -> datetime:
    """The wall-clock reading in the zone that was given: time of day is what counts."""
    return at.replace(tzinfo=None)
