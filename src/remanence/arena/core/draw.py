"""Fewer pools and fewer questions, for a quick look that a longer one holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

One = TypeVar("One")


def spread(values: Sequence[One], most: int | None) -> Sequence[One]:
    """At most so many of the values, in order and evenly spaced; all of them without a limit."""
    every = len(values)
    if not most or every <= most:
        return values
    return tuple(values[at * every // most] for at in range(most))


def drawn(pools: Sequence[One], most: int | None, seed: int) -> Sequence[One]:
    """The first so many pools of a shuffled order: a larger draw of the same seed holds every smaller one."""
    if not most or len(pools) <= most:
        return pools
    order = np.random.default_rng(seed).permutation(len(pools))
    return tuple(pools[int(at)] for at in order[:most])
