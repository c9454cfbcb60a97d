"""Personalised PageRank: how often a walk that keeps returning to its seeds visits each node.

    p = restart * s + (1 - restart) * P^T p          (a node without edges sends its walkers back to s)

`power` repeats this until it stands still; `push` follows only the frontier that still holds mass
(Andersen, Chung and Lang 2006), so its cost depends on the neighbourhood and not on the graph.
The papers' damping is `1 - restart`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from remanence.algo.graph import Graph, edges_of

Array = NDArray[np.float64]


def _unit(seeds: NDArray[np.floating]) -> Array:
    total = float(seeds.sum())
    return np.asarray(seeds, np.float64) / total if total > 0 else np.zeros(len(seeds))


def power(
    walked: Graph,
    seeds: NDArray[np.floating],
    *,
    restart: float = 0.5,
    rounds: int = 100,
    tolerance: float = 1e-8,
) -> Array:
    """Power iteration over the whole graph; sums to 1. Seeds are weights from 0, float [n]."""
    source = _unit(seeds)
    if not source.any():
        return source
    sender = np.repeat(np.arange(walked.size), np.diff(walked.start))
    share = walked.weight / np.maximum(walked.out[sender], 1e-300)
    dangling = walked.out <= 0
    rank = source.copy()
    for _ in range(rounds):
        moved = np.bincount(walked.to, weights=rank[sender] * share, minlength=walked.size)
        moved += rank[dangling].sum() * source
        step = restart * source + (1 - restart) * moved
        change = float(np.abs(step - rank).sum())
        rank = step
        if change < tolerance:
            break
    return rank


def push(
    walked: Graph,
    seeds: NDArray[np.floating],
    *,
    restart: float = 0.5,
    epsilon: float = 1e-4,
    max_edges: int = 2_000_000,
) -> tuple[Array, bool]:
    """Frontier push; (rank, whole). A node is pushed while its waiting mass exceeds `epsilon` per edge.

    `rank` sums to 1 less what still waits; every entry is short of the exact one by at most
    `epsilon` times the node's number of edges. `whole` is False when `max_edges` was reached first.
    """
    source = _unit(seeds)
    rank = np.zeros(walked.size)
    waiting = source.copy()
    degree = np.maximum(np.diff(walked.start), 1)
    spent = 0
    frontier = np.flatnonzero(waiting > epsilon * degree)
    while len(frontier):
        mass = waiting[frontier]
        rank[frontier] += restart * mass
        waiting[frontier] = 0
        onward = (1 - restart) * mass
        stuck = walked.out[frontier] <= 0
        owner, edge = edges_of(walked, frontier)
        target = walked.to[edge]
        sent = onward[owner] * walked.weight[edge] / np.maximum(walked.out[frontier][owner], 1e-300)
        if len(target) * 8 > walked.size:
            waiting += np.bincount(target, weights=sent, minlength=walked.size)
            touched = None
        else:
            np.add.at(waiting, target, sent)
            touched = target
        if stuck.any():
            waiting += float(onward[stuck].sum()) * source
            touched = None
        spent += len(target)
        if spent > max_edges:
            return rank, False
        if touched is None:
            frontier = np.flatnonzero(waiting > epsilon * degree)
        else:
            near = np.unique(touched)
            frontier = near[waiting[near] > epsilon * degree[near]]
    return rank, True
