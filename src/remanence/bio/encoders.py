"""Turns numbers, words and times into sparse bit patterns that overlap where the things are alike.

Every encoder has `size` (number of bits) and gives the indices of the bits that are on.
The single encoders keep no state: the same input gives the same bits in any process. `StreamEncoder` joins them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from remanence.errors import InvalidInput

Bits = NDArray[np.int64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_FARTHEST_BUCKET = 2**40  # buckets beyond this are one bucket, so that any finite number has a code


def scatter(keys: NDArray[np.int64], seed: int) -> NDArray[np.uint64]:
    """Spread integers over 64 bits, the same way on every machine (SplitMix64)."""
    with np.errstate(over="ignore"):
        mixed = keys.astype(np.uint64) + _GOLDEN * np.uint64(seed + 1)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * _MIX_1
        mixed = (mixed ^ (mixed >> np.uint64(27))) * _MIX_2
        return np.asarray(mixed ^ (mixed >> np.uint64(31)), dtype=np.uint64)


class ScalarEncoder:
    """Codes a number so that numbers less than `active` buckets apart share bits and others do not.

    A bucket is `resolution` wide; bucket b switches on the scattered bits of b, b+1 .. b+active-1,
    so neighbours share active-1 bits and the range of numbers is unbounded (random distributed scalar code).
    """

    def __init__(self, resolution: float, *, size: int = 400, active: int = 21, seed: int = 42) -> None:
        if not (math.isfinite(resolution) and resolution > 0):
            raise InvalidInput(f"resolution must be a finite number above 0, not {resolution!r}")
        if not 0 < active < size:
            raise InvalidInput(f"active must lie between 1 and size - 1 = {size - 1}, not {active}")
        self.resolution = resolution
        self.size = size
        self.active = active
        self.seed = seed
        self._steps = np.arange(active, dtype=np.int64)

    def bucket(self, value: float) -> int:
        """Number of the bucket that holds `value`."""
        if not math.isfinite(value):
            raise InvalidInput(f"cannot encode {value!r}: give a finite number, or leave the row out")
        return int(min(max(round(value / self.resolution), -_FARTHEST_BUCKET), _FARTHEST_BUCKET))

    def encode(self, value: float) -> Bits:
        """Indices of the bits that are on, ascending; at most `active` of them."""
        keys = self.bucket(value) + self._steps
        return np.unique((scatter(keys, self.seed) % np.uint64(self.size)).astype(np.int64))


class CategoryEncoder:
    """Codes a word as `active` random bits; different words overlap by chance only."""

    def __init__(self, *, size: int = 400, active: int = 21, seed: int = 42) -> None:
        if not 0 < active < size:
            raise InvalidInput(f"active must lie between 1 and size - 1 = {size - 1}, not {active}")
        self.size = size
        self.active = active
        self.seed = seed

    def encode(self, value: str) -> Bits:
        """Exactly `active` indices, ascending."""
        key = np.int64(self.seed)
        for byte in value.encode("utf-8"):
            key = scatter(np.array([key], dtype=np.int64), byte)[0].astype(np.int64)
        order = np.argsort(scatter(np.arange(self.size, dtype=np.int64) ^ key, self.seed), kind="stable")
        return np.sort(order[: self.active]).astype(np.int64)


class DeltaEncoder:
    """Codes the change from the number before; the caller keeps the number before."""

    def __init__(self, resolution: float, *, size: int = 400, active: int = 21, seed: int = 43) -> None:
        self._scalar = ScalarEncoder(resolution, size=size, active=active, seed=seed)
        self.size = size
        self.active = active

    def encode(self, value: float, before: float | None) -> Bits:
        """Bits of value - before; the first number of a stream counts as no change."""
        return self._scalar.encode(0.0 if before is None else value - before)


class DateEncoder:
    """Codes the time of day on a circle, and on request the day of the week and the weekend.

    `radius_hours` is the distance at which two times of day share no bit (9.49 h in the NAB settings).
    """

    def __init__(
        self, *, active: int = 21, radius_hours: float = 9.49, weekday: bool = False, weekend: bool = False
    ) -> None:
        if not 0 < radius_hours <= 24:
            raise InvalidInput(f"radius_hours must lie in (0, 24], not {radius_hours!r}")
        self.active = active
        self.ring = max(active + 1, round(24.0 * active / radius_hours))
        self.weekday = weekday
        self.weekend = weekend
        self.size = self.ring + (7 * active if weekday else 0) + (active if weekend else 0)

    def encode(self, at: datetime) -> Bits:
        """Indices of the bits that are on, ascending."""
        hours = at.hour + at.minute / 60 + at.second / 3600
        start = int(hours / 24.0 * self.ring)
        span = np.arange(self.active, dtype=np.int64)
        parts = [np.sort((start + span) % self.ring)]
        end = self.ring
        if self.weekday:
            parts.append(end + at.weekday() * self.active + span)
            end += 7 * self.active
        if self.weekend and at.weekday() >= 5:
            parts.append(end + span)
        return np.concatenate(parts)


@dataclass(eq=False)
class StreamEncoder:
    """Codes one row of a stream: the number in `buckets` over its range, its time of day, and its change on request.

    padding: share of the range added on either side; bits: of the number's code; weekend, delta: more to code.
    The range is given by `measure`, because a stream does not tell it in advance; numbers beyond it get buckets
    of their own.
    """

    buckets: int = 130
    padding: float = 0.2
    bits: int = 400
    time_of_day: bool = True
    weekend: bool = False
    delta: bool = False

    def __post_init__(self) -> None:
        if self.buckets < 2 or self.padding < 0.0:
            raise InvalidInput("buckets must be at least 2 and padding at least 0")
        self._dates = DateEncoder(weekend=self.weekend)
        self.size = self.bits + self._dates.size + (self.bits if self.delta else 0)
        self.range: tuple[float, float] | None = None
        self.before: float | None = None

    def measure(self, low: float, high: float) -> None:
        """Set the usual range of the numbers, which sets the width of a bucket."""
        if high <= low:
            high = low + 1.0
        self.range = (low, high)
        width = (high - low) * (1.0 + 2.0 * self.padding) / self.buckets
        resolution = max(width, 1e-12 * max(abs(low), abs(high)))
        self._scalar = ScalarEncoder(resolution, size=self.bits)
        self._delta = DeltaEncoder(resolution, size=self.bits) if self.delta else None

    def encode(self, value: float, at: datetime | None) -> Bits:
        """Indices of the bits that are on for the next row."""
        parts = [self._scalar.encode(value)]
        if at is not None and self.time_of_day:
            parts.append(self.bits + self._dates.encode(at))
        if self._delta is not None:
            parts.append(self.bits + self._dates.size + self._delta.encode(value, self.before))
        self.before = value
        return np.concatenate(parts)

    def state(self) -> NDArray[np.float64]:
        """What `measure` and `encode` change: [5] numbers."""
        known, before = self.range or (0.0, 0.0), self.before
        return np.array([self.range is not None, *known, before is not None, before or 0.0], dtype=np.float64)

    def restore(self, state: NDArray[np.float64]) -> None:
        """Take back what `state` gave."""
        known, low, high, has_before, before = state.tolist()
        if known:
            self.measure(low, high)
        self.before = before if has_before else None
