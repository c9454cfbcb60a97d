"""Finds stored turns in two looks: the chunks that fit by their summary, then the turns inside the best few.

HCAM (Lampinen et al. 2021) without training, for embeddings of turns; the torch layer is
`remanence.neural.layers.hcam`. A query costs N / C + k C products instead of N.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from remanence.errors import InvalidInput

Floats = NDArray[np.float64]


def summaries(turns: Floats, chunk: int, *, kind: str = "mean") -> Floats:
    """One key per chunk of `chunk` turns (the last may be short): turns [N, D] -> [M, D] or, for max, [M, C, D].

    mean: their average, which can wash out a single turn. max: all of them, compared by the best one.
    """
    if chunk < 1 or kind not in ("mean", "max"):
        raise InvalidInput(f"chunk is at least 1 and kind mean or max, got {chunk}, {kind!r}")
    count = -(-len(turns) // chunk)
    padded = np.full((count * chunk, turns.shape[1]), np.nan)
    padded[: len(turns)] = turns
    pages = padded.reshape(count, chunk, turns.shape[1])
    return np.nanmean(pages, axis=1) if kind == "mean" and count else pages


def chunked_recall(
    query: Floats, turns: Floats, *, chunk: int = 8, picks: int = 2, sharpness: float = 8.0, kind: str = "mean"
) -> tuple[NDArray[np.int64], Floats]:
    """Turns inside the best `picks` chunks and their weights, best first; the weights sum to one.

    weight = softmax of the chunk's score among the picked ones * softmax of the turn's score inside its chunk.
    """
    if picks < 1:
        raise InvalidInput(f"picks is at least 1, got {picks}")
    if len(turns) == 0:
        return np.zeros(0, np.int64), np.zeros(0)
    keys = summaries(turns, chunk, kind=kind)
    scores = keys @ query if kind == "mean" else np.nanmax(keys @ query, axis=1)
    best = np.argsort(-scores, kind="stable")[:picks]
    share = _softmax(sharpness * scores[best])
    found, weights = [], []
    for weight, n in zip(share, best.tolist()):
        inside = np.arange(n * chunk, min((n + 1) * chunk, len(turns)))
        found.append(inside)
        weights.append(weight * _softmax(sharpness * (turns[inside] @ query)))
    ids, worth = np.concatenate(found), np.concatenate(weights)
    order = np.argsort(-worth, kind="stable")
    return ids[order].astype(np.int64), worth[order]


def _softmax(x: Floats) -> Floats:
    mass = np.exp(x - x.max())
    total: Floats = mass / mass.sum()
    return total
