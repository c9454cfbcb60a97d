"""How much is still retained after a while: three published laws, and how a memory grows stronger by use.

Ages are in any unit, as long as it is the unit of `strength`; `age` counts them. Every law gives 1 at age 0,
falls with age, and falls more slowly the larger the strength.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import ArrayLike, NDArray

from remanence.errors import BadKnob

Array = NDArray[np.float64]

UNITS = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
    "month": timedelta(days=30.436875),
    "year": timedelta(days=365.2425),
}
"""Units of time that a law may count in."""

LEAST = 1e-9
"""Strengths are at least this, so that a law never divides by zero."""


def age(then: datetime, now: datetime, unit: str = "day") -> float:
    """Units from `then` to `now`; 0 when the clock went backwards. `BadKnob` for an unknown unit."""
    if unit not in UNITS:
        raise BadKnob(f"no unit of time {unit!r}; there are: {', '.join(UNITS)}")
    return max(0.0, (now - then) / UNITS[unit])


def _columns(age: ArrayLike, strength: ArrayLike) -> tuple[Array, Array]:
    ages = np.maximum(np.asarray(age, np.float64), 0.0)
    return ages, np.maximum(np.asarray(strength, np.float64), LEAST)


def exponential(age: ArrayLike, strength: ArrayLike = 1.0) -> Array:
    """R = exp(-t / S): the forgetting law of MemoryBank (Zhong et al. 2024); 1/e is left after S units."""
    ages, strengths = _columns(age, strength)
    return np.asarray(np.exp(-ages / strengths))


def half_life(age: ArrayLike, strength: ArrayLike = 1.0) -> Array:
    """R = 2^(-t / S): half is left after S units."""
    ages, strengths = _columns(age, strength)
    return np.asarray(np.exp2(-ages / strengths))


def power(age: ArrayLike, strength: ArrayLike = 1.0, *, decay: float = 0.5) -> Array:
    """R = (1 + t / S)^(-d): quick at first and slow later (Wickelgren 1974), d = 0.5 as in ACT-R."""
    ages, strengths = _columns(age, strength)
    return np.asarray((1.0 + ages / strengths) ** -decay)


def ebbinghaus(
    age: ArrayLike, strength: ArrayLike = 1.0, *, k: float = 1.84, c: float = 1.25, minutes: float = 1440.0
) -> Array:
    """R = k / (log10(t)^c + k), t in minutes from 1: the savings curve that Ebbinghaus fitted in 1885.

    `minutes` is how long one unit of age is (a day by default). `strength` stretches the time axis; at
    strength 1 it is the published curve: 57 % after 20 minutes, 30 % after a day, 21 % after 31 days.
    """
    ages, strengths = _columns(age, strength)
    elapsed = np.maximum(ages * minutes / strengths, 1.0)
    return np.asarray(k / (np.log10(elapsed) ** c + k))


LAWS: dict[str, Callable[..., Array]] = {
    "exponential": exponential,
    "half_life": half_life,
    "power": power,
    "ebbinghaus": ebbinghaus,
}


def retention(age: ArrayLike, strength: ArrayLike = 1.0, *, law: str = "exponential", unit: str = "day") -> Array:
    """What is left of each item under a law by name; `age` and `strength` count in `unit`."""
    if law not in LAWS:
        raise BadKnob(f"no retention law {law!r}; there are: {', '.join(LAWS)}")
    if unit not in UNITS:
        raise BadKnob(f"no unit of time {unit!r}; there are: {', '.join(UNITS)}")
    if law == "ebbinghaus":
        return ebbinghaus(age, strength, minutes=UNITS[unit] / UNITS["minute"])
    return LAWS[law](age, strength)


def strengthened(strength: float, gap: float = 0.0, *, by: float = 1.0, spacing: float = 0.0) -> float:
    """S + by + spacing * ln(1 + gap): one use adds `by` (1 in MemoryBank), a use after a long gap adds more."""
    return strength + by + spacing * math.log1p(max(0.0, gap))
