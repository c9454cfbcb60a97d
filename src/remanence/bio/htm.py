"""HTM: watches one number over time, learns its sequences online, and says how surprising each value is.

encoder -> spatial pooler -> temporal memory -> raw anomaly -> anomaly likelihood (Ahmad, Lavin, Purdy, Agha:
Unsupervised real-time anomaly detection for streaming data, 2017). No labels, no training phase, no gradient.
"""

from __future__ import annotations

import itertools
import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remanence.algo.surprise import AnomalyLikelihood, OutOfRange, log_likelihood
from remanence.bio import snapshot
from remanence.bio.encoders import StreamEncoder
from remanence.bio.pooler import SpatialPooler
from remanence.bio.temporal import TemporalMemory
from remanence.errors import InvalidInput

LARGEST = 1e100  # values beyond this are refused: their range could not be computed with
_EPOCH = datetime(1970, 1, 1)
_RELEARN = 1000  # rows that are learned again when the range has moved
_MOVED = 100  # rows of which a tenth must lie outside


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


def nab_memory() -> TemporalMemory:
    """The temporal memory of the published NAB settings, and `merge`: a stream without resets keeps bursting else."""
    return TemporalMemory(
        activation=20, minimum=13, grow=31, synapses=128, initial=0.24, increment=0.04, decrement=0.008, punish=0.001,
        merge=True,
    )  # fmt: skip


class HTM:
    """Streaming anomaly detector for one series, put together from encoder, pooler, temporal memory and likelihood.

    calibrate: usual (low, high) of the values, which sets the width of a bucket; or how many of the first rows are
    held back to measure it and then taken in at once.
    adapt: once a tenth of the last 100 rows lay outside the range, it is measured anew on the last 1,000 rows and
    these are learned again, so a stream that moves to another level is not new for ever. A lone spike does nothing.
    `range_rule` adds the published detector's out-of-range rule, which is no part of HTM.
    The parts default to the published NAB settings; the range is measured on the first rows only (the published
    detector is told the range of the whole file).
    A constant series is never surprising. NaN and infinity are refused, and leave the model as it was.
    """

    def __init__(
        self,
        *,
        calibrate: int | tuple[float, float] = 300,
        encoder: StreamEncoder | None = None,
        pooler: SpatialPooler | None = None,
        memory: TemporalMemory | None = None,
        likelihood: AnomalyLikelihood | None = None,
        range_rule: bool = True,
        adapt: bool = True,
    ) -> None:
        told = None if isinstance(calibrate, int) else calibrate
        if told is not None and not (-math.inf < told[0] < told[1] < math.inf):
            raise InvalidInput(f"the range must be finite, its low below its high, not {told}")
        if isinstance(calibrate, int) and calibrate < 2:
            raise InvalidInput(f"calibrate must be at least 2 rows, not {calibrate}")
        self.calibrate, self._first = calibrate, calibrate if isinstance(calibrate, int) else 0
        self.range_rule, self.adapt = range_rule, adapt
        self.encoder = encoder or StreamEncoder()
        self.pooler = pooler or SpatialPooler(self.encoder.size)
        self.memory = memory or nab_memory()
        self.likelihood = likelihood or AnomalyLikelihood(learning_period=150, samples=150)
        if self.pooler.inputs != self.encoder.size or self.pooler.columns != self.memory.columns:
            raise InvalidInput(
                f"the parts do not fit: the encoder gives {self.encoder.size} bits and the pooler reads "
                f"{self.pooler.inputs}; the pooler has {self.pooler.columns} columns and the memory "
                f"{self.memory.columns}"
            )
        self._rule = OutOfRange()
        self._held: list[tuple[float, datetime | None]] = []
        self._lately: deque[tuple[float, datetime | None]] = deque(maxlen=_RELEARN)
        self.rows = 0
        if told is not None:
            self.encoder.measure(*told)

    @property
    def settings(self) -> dict[str, Any]:
        """What `from_settings` builds an equal, untaught detector from, as plain data."""
        own = ("calibrate", "range_rule", "adapt")
        parts = ("encoder", "pooler", "memory", "likelihood")
        return {name: getattr(self, name) for name in own} | {
            name: snapshot.knobs(getattr(self, name)) for name in parts
        }

    @classmethod
    def from_settings(cls, settings: dict[str, Any]) -> HTM:
        """An untaught detector with the parts that `settings` describe."""
        told = settings.get("known_range") or settings["calibrate"]
        return cls(
            calibrate=told if isinstance(told, int) else (told[0], told[1]),
            range_rule=settings["range_rule"],
            adapt=settings["adapt"],
            encoder=StreamEncoder(**settings["encoder"]),
            pooler=SpatialPooler(**settings["pooler"]),
            memory=TemporalMemory(**settings["memory"]),
            likelihood=AnomalyLikelihood(**settings["likelihood"]),
        )

    def step(self, value: float, at: datetime | None = None) -> Reading:
        """Take in one value, with its time where there is one (only the time of day is used)."""
        value = float(value)
        if not math.isfinite(value):
            raise InvalidInput(f"cannot take in {value}: give a finite number, or leave the row out")
        if abs(value) > LARGEST:
            raise InvalidInput(f"cannot take in {value}: it lies beyond {LARGEST:g}; scale the series down")
        beyond = self._rule.step(value)
        self.rows += 1
        if self.encoder.range is None:
            self._held.append((value, at))
            if len(self._held) < self._first:
                return self._reading(0.0, 0.5, beyond, learned=False)
            held, self._held = self._held, []
            known = [earlier for earlier, _ in held]
            self.encoder.measure(min(known), max(known))
            for earlier, when in held[:-1]:
                self._learn(earlier, when)
        raw, likelihood = self._learn(value, at)
        if self.adapt and self._moved():
            self._relearn()
        return self._reading(raw, likelihood, beyond, learned=True)

    def _moved(self) -> bool:
        """Whether a tenth of the last rows lay outside the range that the buckets were made for."""
        if self.encoder.range is None or len(self._lately) < _MOVED:
            return False
        low, high = self.encoder.range
        slack = self.encoder.padding * (high - low)
        late = itertools.islice(reversed(self._lately), _MOVED)
        return sum(not low - slack <= value <= high + slack for value, _ in late) >= _MOVED // 10

    def _relearn(self) -> None:
        """Measure the range on the last rows and teach them to a fresh pooler and memory."""
        known = [value for value, _ in self._lately]
        self.encoder.measure(min(known), max(known))
        self.encoder.before = None
        self.pooler = SpatialPooler(**snapshot.knobs(self.pooler))
        self.memory = TemporalMemory(**snapshot.knobs(self.memory))
        for value, at in self._lately:
            self.memory.step(self.pooler.step(self.encoder.encode(value, at)))

    def _reading(self, raw: float, likelihood: float, beyond: bool, *, learned: bool) -> Reading:
        ruled = beyond and self.range_rule
        return Reading(raw, likelihood, 1.0 if ruled else log_likelihood(likelihood), beyond, learned)

    def _learn(self, value: float, at: datetime | None) -> tuple[float, float]:
        raw = self.memory.step(self.pooler.step(self.encoder.encode(value, at)))
        self._lately.append((value, at))
        low, high = self.encoder.range or (0.0, 1.0)
        return raw, self.likelihood.step(raw, (value - low) / (high - low))  # a share: no unit changes the answer

    def forget_baseline(self) -> None:
        """Learn anew what surprise is usual, as after a drift; the sequences learned are kept."""
        self.likelihood.forget()

    # -- keeping ----------------------------------------------------------------------------------------

    def save(self, path: str | Path) -> None:
        """Write the detector to one file, without pickle and with a checksum."""
        snapshot.save(path, "htm", self.settings, self.state())

    @classmethod
    def load(cls, path: str | Path) -> HTM:
        """Read back what `save` wrote; the stream goes on as if it had never stopped."""
        settings, arrays = snapshot.load(path, "htm")
        detector = cls.from_settings(settings)
        detector.restore(arrays)
        return detector

    def state(self) -> snapshot.Arrays:
        """Everything that steps change, as arrays."""
        return {
            **snapshot.nested("pooler", self.pooler.state()),
            **snapshot.nested("memory", self.memory.state()),
            **snapshot.nested("likelihood", self.likelihood.state()),
            "held": _packed(self._held),
            "lately": _packed(self._lately),
            "encoder": self.encoder.state(),
            "rule": np.array([self._rule.low, self._rule.high, self._rule.steps], dtype=np.float64),
            "rows": np.array(self.rows, dtype=np.int64),
        }

    def restore(self, arrays: snapshot.Arrays) -> None:
        """Take back what `state` gave, after a build with the same settings."""
        self.pooler.restore(snapshot.part("pooler", arrays))
        self.memory.restore(snapshot.part("memory", arrays))
        self.likelihood.restore(snapshot.part("likelihood", arrays))
        self._held = _unpacked(arrays["held"])
        self._lately = deque(_unpacked(arrays["lately"]), maxlen=_RELEARN)
        self.encoder.restore(arrays["encoder"].astype(np.float64))
        low, high, steps = arrays["rule"].astype(np.float64).tolist()
        self._rule.low, self._rule.high, self._rule.steps = low, high, int(steps)
        self.rows = int(arrays["rows"].astype(np.int64))


def _packed(rows: Iterable[tuple[float, datetime | None]]) -> NDArray[np.float64]:
    """Rows as numbers: [n, 3] of value, whether it has a time, seconds since 1970."""
    flat = [(value, at is not None, (_plain(at) - _EPOCH).total_seconds() if at else 0.0) for value, at in rows]
    return np.array(flat, dtype=np.float64).reshape(-1, 3)


def _unpacked(rows: NDArray[np.generic]) -> list[tuple[float, datetime | None]]:
    return [
        (value, _EPOCH + timedelta(seconds=seconds) if timed else None)
        for value, timed, seconds in rows.astype(np.float64).tolist()
    ]


def _plain(at: datetime) -> datetime:
    """The wall-clock reading in the zone that was given: time of day is what counts."""
    return at.replace(tzinfo=None)
