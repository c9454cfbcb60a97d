"""The CA3 memory as spiking neurons: the same answers from leaky integrate-and-fire cells, with their timing.

Populations: cue cells, content cells, an inhibitory interneuron that lets only cues fire that match every bit of a
fragment, and an output layer. Plastic synapses between cues and content learn by spike-timing-dependent plasticity
strong enough to be one-shot: a target that fires with or shortly after its source is wired (weight 6), one that fires
before it, much later or not at all is unwired (weight 0).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from remanence.errors import InvalidInput

_STEP_MS = 0.1
_REST_MV = -60.0
_FIRES_MV = -57.0
_MEMBRANE_MS = 3.0
_SYNAPSE_MS = 0.3
_REFRACTORY_MS = 1.0
_DELAY_MS = 1.0
_WEIGHT = 6.0
_RESISTANCE = 10.0  # one wired synapse alone makes a cell fire
_HOLD_MS = 3.0  # how long an input is held to be learned
_PAIRING_MS = 2.0  # how long after its source a target may fire to be wired
_WAIT_MS = 7.0  # how long an operation is given to settle


class _Cells:
    """A population of leaky integrate-and-fire cells: tau dv/dt = rest - v + R I, I decaying."""

    def __init__(self, count: int) -> None:
        self.potential = np.full(count, _REST_MV)
        self.current = np.zeros(count)
        self.rests_until = np.zeros(count)

    def step(self, arriving: NDArray[np.float64], now_ms: float) -> NDArray[np.bool_]:
        self.current = self.current * np.exp(-_STEP_MS / _SYNAPSE_MS) + arriving
        drift = (_REST_MV - self.potential + _RESISTANCE * self.current) / _MEMBRANE_MS
        free = now_ms >= self.rests_until
        self.potential = np.where(free, self.potential + _STEP_MS * drift, _REST_MV)
        fires = self.potential >= _FIRES_MV
        self.potential[fires] = _REST_MV
        self.rests_until[fires] = now_ms + _REFRACTORY_MS
        return fires


class SpikingCA3:
    """Spiking form of `CA3`: `recall` and `complete` give what fired, and when."""

    def __init__(self, cues: int, bits: int) -> None:
        if cues < 1 or bits < 1:
            raise InvalidInput(f"cues and bits must be at least 1, not {cues} and {bits}")
        self.cues = cues
        self.bits = bits
        self.forward = np.zeros((cues, bits))  # cue -> content
        self.backward = np.zeros((bits, cues))  # content -> cue

    def _pattern(self, numbers: Iterable[int], size: int) -> NDArray[np.bool_]:
        chosen = np.unique(np.fromiter(numbers, dtype=np.int64))
        if not len(chosen) or chosen[0] < 0 or chosen[-1] >= size:
            raise InvalidInput(f"give at least one number between 0 and {size - 1}")
        pattern = np.zeros(size, dtype=bool)
        pattern[chosen] = True
        return pattern

    def learn(self, cue: int, content: Iterable[int], *, lag_ms: float = 0.0) -> None:
        """Hold the cue and, `lag_ms` later (earlier where negative), the content, for 3 ms each; learn by timing.

        A synapse whose target fires within 2 ms after its source, or with it, is wired; one whose target fires
        earlier, later or not at all is unwired. Both directions learn, so only what fires together is bound both ways.
        """
        before, after = self._pattern([cue], self.cues), self._pattern(content, self.bits)
        start = round(max(0.0, -lag_ms) / _STEP_MS)
        cues = self._first_spikes(before, start)
        bits = self._first_spikes(after, start + round(lag_ms / _STEP_MS))
        with np.errstate(invalid="ignore"):
            lag = bits[None, :] - cues[:, None]  # [cues, bits], NaN where one is silent
        fired = ~np.isnan(cues)
        bound = (lag >= -_STEP_MS / 2) & (lag <= _PAIRING_MS)
        back = (lag <= _STEP_MS / 2) & (lag >= -_PAIRING_MS)
        change = np.where(bound, _WEIGHT, -_WEIGHT)
        self.forward[fired] = np.clip(self.forward[fired] + change[fired], 0.0, _WEIGHT)
        change = np.where(back, _WEIGHT, -_WEIGHT).T
        self.backward[:, fired] = np.clip(self.backward[:, fired] + change[:, fired], 0.0, _WEIGHT)

    def _first_spikes(self, driven: NDArray[np.bool_], start: int) -> NDArray[np.float64]:
        """When each cell first fires while the driven ones are held from step `start` on, in ms; NaN: never."""
        cells, first = _Cells(len(driven)), np.full(len(driven), np.nan)
        for i in range(start, start + round(_HOLD_MS / _STEP_MS)):
            fires = cells.step(np.where(driven, _WEIGHT, 0.0), i * _STEP_MS)
            first = np.where(fires & np.isnan(first), i * _STEP_MS, first)
        return first

    def recall(self, cue: int) -> dict[int, float]:
        """Bits that fire in the output layer after a 1 ms pulse to the cue, with the time of it in ms."""
        _, content = self._run(self._pattern([cue], self.cues), None)
        return content

    def complete(self, fragment: Iterable[int]) -> tuple[dict[int, float], dict[int, float]]:
        """(cues, bits) that fire after a pulse to the bits of a fragment, each with the time in ms."""
        return self._run(None, self._pattern(fragment, self.bits))

    def _run(
        self, cue: NDArray[np.bool_] | None, fragment: NDArray[np.bool_] | None
    ) -> tuple[dict[int, float], dict[int, float]]:
        cue_cells, content_cells, output = _Cells(self.cues), _Cells(self.bits), _Cells(self.bits)
        asked = _Cells(self.bits)  # content cells that take in a fragment
        length, delay = round(_WAIT_MS / _STEP_MS), round(_DELAY_MS / _STEP_MS)
        to_cue = np.zeros((length + delay + 1, self.cues))
        to_asked = np.zeros((length + delay + 1, self.bits))
        to_content, to_output = np.zeros_like(to_asked), np.zeros_like(to_asked)
        if cue is not None:
            to_cue[delay] += np.where(cue, _WEIGHT, 0.0)
        if fragment is not None:
            to_asked[delay] += np.where(fragment, _WEIGHT, 0.0)
        cue_times: dict[int, float] = {}
        bit_times: dict[int, float] = {}
        for i in range(length):
            now = i * _STEP_MS
            fires = asked.step(to_asked[i], now)
            if fires.any():
                # Each bit excites its cues; the interneuron takes off what all but one bit give.
                inhibition = _WEIGHT * (int(fires.sum()) - 1)
                to_cue[i + delay] += fires @ self.backward - inhibition
            fires = cue_cells.step(to_cue[i], now)
            to_content[i + delay] += fires @ self.forward
            for number in np.flatnonzero(fires).tolist():
                cue_times.setdefault(number, now)
            to_output[i + delay] += np.where(content_cells.step(to_content[i], now), _WEIGHT, 0.0)
            for number in np.flatnonzero(output.step(to_output[i], now)).tolist():
                bit_times.setdefault(number, now)
        return cue_times, bit_times
