"""Spatial pooler: gives every input pattern a fixed number of active columns, and learns to share them well.

Formulas: overlap of a column = active inputs on connected synapses, times exp(boost * (target - duty));
the columns with the largest overlap win, and their synapses move towards the active inputs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from remanence.errors import InvalidInput

_SETTLE = 50  # steps between two looks for columns that never win


@dataclass(eq=False)
class SpatialPooler:
    """k-winner pooling over binary input (Cui, Ahmad, Hawkins: The HTM Spatial Pooler).

    inputs: number of input bits; columns: number of columns; active: winners per step.
    The defaults are those of the NAB detector.
    """

    inputs: int
    columns: int = 2048
    active: int = 40
    potential: float = 0.8
    connected: float = 0.2
    increment: float = 0.003
    decrement: float = 0.0005
    boost: float = 0.0
    duty_period: int = 1000
    seed: int = 1956

    def __post_init__(self) -> None:
        if self.inputs < 1:
            raise InvalidInput(f"inputs must be at least 1, not {self.inputs}")
        if not 0 < self.active <= self.columns:
            raise InvalidInput(f"active must lie between 1 and columns = {self.columns}, not {self.active}")
        rng = np.random.default_rng(self.seed)
        joined = rng.random((self.columns, self.inputs)) < self.potential
        high = self.connected + (1.0 - self.connected) * rng.random((self.columns, self.inputs))
        low = self.connected * rng.random((self.columns, self.inputs))
        start = np.where(rng.random((self.columns, self.inputs)) < 0.5, high, low)
        # -1 marks an input outside the column's potential pool.
        self.permanence = np.where(joined, start, -1.0).astype(np.float32)
        # One row per input, so that the overlap of a sparse input is a sum of few contiguous rows.
        self._wired = np.ascontiguousarray((self.permanence >= self.connected).T.astype(np.uint8))
        self.active_duty = np.zeros(self.columns, dtype=np.float64)
        self.overlap_duty = np.zeros(self.columns, dtype=np.float64)
        self.steps = 0

    def step(self, bits: NDArray[np.int64], *, learn: bool = True) -> NDArray[np.int64]:
        """Indices of the active columns, ascending, for the input bits that are on."""
        overlap = self._wired[bits].sum(axis=0, dtype=np.int32)
        # A stable order makes ties go to the lower column, so a run can be repeated exactly.
        if self.boost > 0.0:
            target = self.active / self.columns
            drive = overlap * np.exp(self.boost * (target - self.active_duty))
            winners = np.sort(np.argsort(-drive, kind="stable")[: self.active])
        else:
            ranked = overlap.astype(np.int64) * self.columns + np.arange(self.columns - 1, -1, -1)
            winners = np.sort(np.argpartition(ranked, self.columns - self.active)[-self.active :])
        winners = np.asarray(winners[overlap[winners] > 0], dtype=np.int64)
        if learn:
            self._learn(bits, winners, overlap)
        return np.asarray(winners, dtype=np.int64)

    def _learn(self, bits: NDArray[np.int64], winners: NDArray[np.int64], overlap: NDArray[np.int32]) -> None:
        self.steps += 1
        change = np.full(self.inputs, -self.decrement, dtype=np.float32)
        change[bits] = self.increment
        rows = self.permanence[winners]
        moved = np.where(rows >= 0.0, np.clip(rows + change, 0.0, 1.0), np.float32(-1.0))
        self.permanence[winners] = moved
        self._wired[:, winners] = (moved >= self.connected).T
        if self.boost > 0.0:
            self._follow_duty(winners, overlap)

    def _follow_duty(self, winners: NDArray[np.int64], overlap: NDArray[np.int32]) -> None:
        period = min(self.duty_period, self.steps)
        won = np.zeros(self.columns)
        won[winners] = 1.0
        self.active_duty += (won - self.active_duty) / period
        self.overlap_duty += ((overlap > 0) - self.overlap_duty) / period
        if self.steps % _SETTLE == 0:
            weak = np.flatnonzero(self.overlap_duty < 0.001 * self.overlap_duty.max())
            rows = self.permanence[weak]
            lifted = np.where(rows >= 0.0, np.minimum(rows + self.connected / 10, 1.0), np.float32(-1.0))
            self.permanence[weak] = lifted
            self._wired[:, weak] = (lifted >= self.connected).T

    def state(self) -> dict[str, NDArray[np.generic]]:
        """Everything that learning changes, as arrays."""
        return {
            "permanence": self.permanence,
            "active_duty": self.active_duty,
            "overlap_duty": self.overlap_duty,
            "steps": np.array(self.steps, dtype=np.int64),
        }

    def restore(self, state: dict[str, NDArray[np.generic]]) -> None:
        """Take back what `state` gave, after a build with the same settings."""
        if state["permanence"].shape != self.permanence.shape:
            raise InvalidInput(
                f"saved pooler has shape {state['permanence'].shape}, this one {self.permanence.shape}: "
                "load it with the settings that it was saved with"
            )
        self.permanence = state["permanence"].astype(np.float32)
        self._wired = np.ascontiguousarray((self.permanence >= self.connected).T.astype(np.uint8))
        self.active_duty = state["active_duty"].astype(np.float64)
        self.overlap_duty = state["overlap_duty"].astype(np.float64)
        self.steps = int(state["steps"].astype(np.int64))
