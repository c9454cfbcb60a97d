"""Maximal marginal relevance: take what is relevant and not yet said.

    next = argmax over i of  balance * relevance(i) - (1 - balance) * max over chosen j of cos(i, j)

Carbonell and Goldstein 1998.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def mmr(
    relevance: NDArray[np.floating], vectors: NDArray[np.floating], k: int, *, balance: float = 0.7
) -> NDArray[np.int64]:
    """Positions of the k chosen, in order of choice. `vectors` are unit rows [N, D]."""
    count = min(k, len(relevance))
    chosen = np.zeros(count, np.int64)
    gain = balance * np.asarray(relevance, np.float64)
    likeness = np.full(len(relevance), -1.0)
    free = np.ones(len(relevance), bool)
    for step in range(count):
        worth = gain if step == 0 else gain - (1 - balance) * likeness
        best = int(np.argmax(np.where(free, worth, -np.inf)))
        chosen[step] = best
        free[best] = False
        likeness = np.maximum(likeness, vectors @ vectors[best])
    return chosen
