"""Recruitment: a new cluster only where it shortens the description of the data; and a dial from spread to sharp.

    cost = sum_c [ n_c d / 2 log(2 pi e s_c^2) + n_c log(n / n_c) ] + k (d + 1) / 2 log n

The engine's reading of Diederich 2025 (Localist LLMs with Recruitment Learning), in BIC form: its constants are ours.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Labels = NDArray[np.int64]

_FLOOR = 1e-12  # least variance a dimension, against copies of one point


def code_length(points: NDArray[np.floating], labels: Labels) -> float:
    """Nats that describe points [N, D] as spherical clusters, their parameters included."""
    n, d = points.shape
    total = 0.0
    kinds = np.unique(labels)
    for kind in kinds:
        own = points[labels == kind]
        spread = max(float(own.var(0).mean()), _FLOOR)
        total += len(own) * (d / 2 * np.log(2 * np.pi * np.e * spread) + np.log(n / len(own)))
    return float(total + len(kinds) * (d + 1) / 2 * np.log(n))


def recruit(points: NDArray[np.floating], *, most: int = 64, tries: int = 3, seed: int = 0) -> Labels:
    """Labels [N] of as many clusters as pay for themselves; at most `most`.

    Each round splits the cluster whose split saves most, then lets all points choose again; it ends when no split
    pays. Noise stays one cluster: halving it saves less than naming the halves costs.
    """
    data = np.asarray(points, np.float64)
    labels = np.zeros(len(data), np.int64)
    rng = np.random.default_rng(seed)
    best = code_length(data, labels) if len(data) else 0.0
    while len(np.unique(labels)) < most:
        offers = [_split(data, labels, kind, tries, rng) for kind in np.unique(labels)]
        costs = [code_length(data, offer) for offer in offers]
        if not costs or min(costs) >= best:
            return labels
        labels = offers[int(np.argmin(costs))]
        best = min(costs)
        moved = _lloyd(data, np.stack([data[labels == k].mean(0) for k in np.unique(labels)]))
        if code_length(data, moved) < best:
            labels, best = moved, code_length(data, moved)
    return labels


def _split(data: Array, labels: Labels, kind: int, tries: int, rng: np.random.Generator) -> Labels:
    """Labels with one cluster cut in two by the best of some two-means runs."""
    own = np.flatnonzero(labels == kind)
    if len(own) < 4:
        return labels
    told = []
    for _ in range(tries):
        first = data[rng.choice(own)]
        far = ((data[own] - first) ** 2).sum(1)
        second = data[rng.choice(own, p=far / far.sum())] if far.sum() > 0 else first
        halves = _lloyd(data[own], np.stack([first, second]))
        made = labels.copy()
        made[own[halves == 1]] = labels.max() + 1
        told.append(made)
    return min(told, key=lambda made: code_length(data, made))


def _lloyd(data: Array, centres: Array, rounds: int = 15) -> Labels:
    labels = np.zeros(len(data), np.int64)
    for _ in range(rounds):
        labels = np.argmin(((data[:, None] - centres[None]) ** 2).sum(-1), 1).astype(np.int64)
        centres = np.stack([data[labels == k].mean(0) if (labels == k).any() else c for k, c in enumerate(centres)])
    return labels


def localise(scores: NDArray[np.floating], dial: float, *, floor: float = 0.0) -> Array:
    """Attention over scenes: softmax of (1 + dial) * scores, those below `floor` of the best masked out.

    The entropy falls as the dial rises; at 0 (and floor 0) it is the plain softmax.
    """
    score = np.asarray(scores, np.float64) * (1.0 + dial)
    weight = np.exp(score - score.max())
    weight[weight < floor] = 0.0
    return np.asarray(weight / weight.sum(), np.float64)
