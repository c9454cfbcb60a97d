"""Communities by label propagation: every node takes the label that weighs most among its neighbours.

Raghavan, Albert and Kumara 2007; nodes move one at a time in a seeded order, ties go to the smaller label.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from remanence.algo.graph import Graph


def communities(walked: Graph, rng: np.random.Generator, *, rounds: int = 20) -> NDArray[np.int64]:
    """A label per node, 0.. in order of first appearance, int64 [n]. Needs an undirected graph."""
    label = np.arange(walked.size)
    for _ in range(rounds):
        moved = False
        for node in rng.permutation(walked.size).tolist():
            first, last = walked.start[node], walked.start[node + 1]
            if first == last:
                continue
            names, place = np.unique(label[walked.to[first:last]], return_inverse=True)
            votes = np.bincount(place, weights=walked.weight[first:last])
            best = int(votes.argmax())
            current = np.flatnonzero(names == label[node])
            if len(current) and votes[current[0]] >= votes[best] - 1e-12:
                continue
            label[node] = names[best]
            moved = True
        if not moved:
            break
    _, first_seen, inverse = np.unique(label, return_index=True, return_inverse=True)
    rank = np.empty(len(first_seen), np.int64)
    rank[np.argsort(first_seen)] = np.arange(len(first_seen))
    return rank[inverse]
