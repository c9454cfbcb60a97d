"""Moves a boundary to where the two sides hang together best (EM-LLM's refinement; modularity, Newman 2004)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray


def modularity(near: NDArray[np.float64], split: int) -> float:
    """Q of two communities, [0, split) and [split, n), of a similarity matrix [n, n] with a zero diagonal."""
    total = float(near.sum())
    if total <= 0:
        return 0.0
    degree = near.sum(axis=1)
    found = 0.0
    for part in (slice(0, split), slice(split, len(near))):
        inside = float(near[part, part].sum())
        found += inside / total - (float(degree[part].sum()) / total) ** 2
    return found


def refined(starts: Sequence[int], vectors: ArrayLike, *, least: int = 2, window: int = 64) -> list[int]:
    """The same number of stretches, each boundary moved between its neighbours to where modularity is highest.

    starts: where stretches begin, the first one 0. vectors: unit rows [N, D]. No stretch gets shorter than `least`;
    at most `window` steps on each side of a boundary are looked at. Boundaries move left to right, each once.
    """
    rows = np.asarray(vectors, np.float64)
    moved = list(starts)
    for place in range(1, len(moved)):
        low = max(moved[place - 1], moved[place] - window)
        high = min(moved[place + 1] if place + 1 < len(moved) else len(rows), moved[place] + window)
        if high - low < 2 * least:
            continue
        near = np.clip(rows[low:high] @ rows[low:high].T, 0, None)
        np.fill_diagonal(near, 0.0)
        splits = range(least, high - low - least + 1)
        best = max(splits, key=lambda split: (round(modularity(near, split), 12), -abs(low + split - moved[place])))
        moved[place] = low + best
    return moved
