"""The association dial: one number from literal to far-fetched, mapped to hops, temperature and a turn of the query.

After Yuan et al. 2025 (FlexAC), which steers hidden states along an associative direction; here it steers recall.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Dial:
    """`value` in [0, 1]: 0 is what was asked for and nothing else, 1 the farthest hop."""

    value: float
    hops: int = 3

    def __post_init__(self) -> None:
        if not 0.0 <= self.value <= 1.0 or self.hops < 1:
            raise ValueError("the dial lies in [0, 1], and hops is at least 1")

    def hop_weights(self) -> Array:
        """Share of each distance 0..hops: binomial, with mean value * hops."""
        h, v = self.hops, self.value
        return np.array([comb(h, n) * v**n * (1 - v) ** (h - n) for n in range(h + 1)])

    def temperature(self, base: float = 1.0) -> float:
        """Softmax temperature: `base` at 0, three times as warm at 1."""
        return base * (1 + 2 * self.value)

    def steer(self, query: NDArray[np.floating], direction: NDArray[np.floating]) -> Array:
        """The query turned towards an associative direction, its norm kept; at 0 it is the query itself."""
        plain = np.asarray(query, np.float64)
        norm = float(np.linalg.norm(plain))
        if self.value == 0.0 or norm == 0.0:
            return plain
        size = float(np.linalg.norm(direction))
        turned = plain + self.value * norm * np.asarray(direction, np.float64) / max(size, 1e-12)
        length = float(np.linalg.norm(turned))
        return plain if length == 0.0 else turned * (norm / length)


def associative_direction(literal: NDArray[np.floating], associative: NDArray[np.floating]) -> Array:
    """Mean of associative vectors less mean of literal ones, at length one: the direction to steer along."""
    gap = np.asarray(associative, np.float64).mean(0) - np.asarray(literal, np.float64).mean(0)
    return np.asarray(gap / max(float(np.linalg.norm(gap)), 1e-12), np.float64)


def associate(scores: NDArray[np.floating], neighbours: Mapping[int, Sequence[int]], dial: Dial) -> Array:
    """Scores [N] spread over a graph: each distance from what was found gets its share of the dial, within it by flow.

    Nodes keep the distance at which they are first reached, so mass does not run back, and the mean distance of
    what is returned rises with the dial. At 0 the scores come back unchanged. A share whose distance is empty goes to
    the farthest that is not.
    """
    start = np.asarray(scores, np.float64)
    if dial.value == 0.0 or not start.any():
        return start
    layers, reached = [start / start.sum()], start > 0
    for _ in range(dial.hops):
        flow = np.zeros_like(start)
        for node in np.flatnonzero(layers[-1]):
            fresh = [n for n in neighbours.get(int(node), ()) if not reached[n]]
            for n in fresh:
                flow[n] += layers[-1][node] / len(fresh)
        if not flow.any():
            break
        reached |= flow > 0
        layers.append(flow / flow.sum())
    shares = dial.hop_weights()
    shares[len(layers) - 1] += shares[len(layers) :].sum()
    return np.asarray(start.sum() * sum(s * layer for s, layer in zip(shares, layers, strict=False)), np.float64)
