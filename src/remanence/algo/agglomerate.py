"""Ward's method: groups of points, joined bottom up while the least growth of spread stays below a distance.

Ward 1963, by the recurrence of Lance and Williams. d(a, b) = sqrt(2 |a| |b| / (|a| + |b|)) * ||mean a - mean b||.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def ward(vectors: NDArray[np.floating], cut: float) -> NDArray[np.int64]:
    """A label per row, 0.. in order of first appearance, int64 [N]; groups nearer than `cut` are joined. O(N^3)."""
    count = len(vectors)
    means = np.asarray(vectors, np.float64).copy()
    sizes = np.ones(count)
    label = np.arange(count)
    alive = np.ones(count, bool)
    squares = np.einsum("nd,nd->n", means, means)
    apart = np.sqrt(np.maximum(squares[:, None] + squares[None, :] - 2 * means @ means.T, 0.0))
    np.fill_diagonal(apart, np.inf)
    while count > 1:
        left, right = divmod(int(apart.argmin()), count)
        if apart[left, right] >= cut:
            break
        total = sizes[left] + sizes[right]
        means[left] = (means[left] * sizes[left] + means[right] * sizes[right]) / total
        sizes[left] = total
        label[label == right] = left
        alive[right] = False
        apart[right, :] = apart[:, right] = np.inf
        far = np.sqrt(2 * total * sizes / (total + sizes)) * np.linalg.norm(means - means[left], axis=1)
        far[~alive] = np.inf
        far[left] = np.inf
        apart[left, :] = apart[:, left] = far
        if alive.sum() == 1:
            break
    _, first, inverse = np.unique(label, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return np.asarray(rank[inverse], np.int64)


def two_modes(scores: NDArray[np.floating], *, rounds: int = 100) -> NDArray[np.bool_]:
    """Which scores belong to the upper of two normal components (expectation maximisation), bool [N].

    All of them when fewer than four are given, or when one component explains them as well (Bayesian information).
    """
    values = np.asarray(scores, np.float64)
    if len(values) < 4 or float(values.std()) < 1e-6:
        return np.ones(len(values), bool)
    means = np.array([values.min(), values.max()])
    least = max(float(values.var()) * 1e-3, 1e-8)
    spread = np.full(2, float(values.var()) / 4)
    share = np.array([0.5, 0.5])
    for _ in range(rounds):
        odds = share * np.exp(-((values[:, None] - means) ** 2) / (2 * spread)) / np.sqrt(2 * np.pi * spread)
        odds = np.maximum(odds, 1e-300)
        belongs = odds / odds.sum(axis=1, keepdims=True)
        weight = belongs.sum(axis=0)
        means = (belongs * values[:, None]).sum(axis=0) / weight
        spread = np.maximum((belongs * (values[:, None] - means) ** 2).sum(axis=0) / weight, least)
        share = weight / len(values)
    two = float(np.log(odds.sum(axis=1)).sum())
    var = max(float(values.var()), least)
    one = float(-0.5 * len(values) * (np.log(2 * np.pi * var) + 1))
    if 2 * (two - one) < 3 * np.log(len(values)):
        return np.ones(len(values), bool)
    upper = int(means.argmax())
    return np.asarray((belongs[:, upper] > 0.5) & (values > means[1 - upper]))
