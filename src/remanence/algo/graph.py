"""A weighted graph as three arrays, so that walking it is a few numpy calls."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Graph(NamedTuple):
    """Compressed rows: node v's edges are `to[start[v]:start[v + 1]]`, int64 [E], weight float64 [E].

    `out` is each node's summed weight, float64 [n].
    """

    start: NDArray[np.int64]
    to: NDArray[np.int64]
    weight: NDArray[np.float64]
    out: NDArray[np.float64]

    @property
    def size(self) -> int:
        return len(self.out)


def graph(
    src: NDArray[np.int64],
    dst: NDArray[np.int64],
    weight: NDArray[np.floating] | None = None,
    *,
    size: int,
    undirected: bool = True,
) -> Graph:
    """Build a graph over nodes 0..size-1; parallel edges add up when walked."""
    kept = np.ones(len(src)) if weight is None else np.asarray(weight, np.float64)
    if undirected:
        src, dst, kept = np.concatenate([src, dst]), np.concatenate([dst, src]), np.concatenate([kept, kept])
    order = np.argsort(src, kind="stable")
    start = np.zeros(size + 1, np.int64)
    np.cumsum(np.bincount(src, minlength=size), out=start[1:])
    out = np.bincount(src, weights=kept, minlength=size)
    return Graph(start, np.asarray(dst[order], np.int64), kept[order], np.asarray(out, np.float64))


def edges_of(walked: Graph, nodes: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """All edges that leave `nodes`: (position of the node in `nodes`, position of the edge), int64 [e] each."""
    counts = walked.start[nodes + 1] - walked.start[nodes]
    owner = np.repeat(np.arange(len(nodes)), counts)
    first = np.repeat(walked.start[nodes] - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts)
    return owner, first + np.arange(len(owner))
