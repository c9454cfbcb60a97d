"""Reciprocal rank fusion: several rankings vote, and a vote counts 1 / (k + rank).

Cormack, Clarke and Buettcher 2009, with k = 60.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from remanence.algo.distinct import distinct


def rrf(
    rankings: Sequence[NDArray[np.int64]], *, k: float = 60, weights: Sequence[float] | None = None
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """(rows, scores) best first; 1.0 is a row that every ranking puts first, ties go to the smaller row.

    `rankings` are rows, best first. With weights a vote counts weight / (k + rank).
    """
    votes = [1.0] * len(rankings) if weights is None else list(weights)
    if not any(len(ranking) for ranking in rankings):
        return np.zeros(0, np.int64), np.zeros(0, np.float32)
    rows = distinct(np.concatenate(list(rankings)))
    total = np.zeros(len(rows))
    for vote, ranking in zip(votes, rankings, strict=True):
        total[np.searchsorted(rows, ranking)] += vote / (k + np.arange(1, len(ranking) + 1))
    total /= sum(votes) / (k + 1)
    order = np.lexsort((rows, -total))
    return rows[order], total[order].astype(np.float32)
