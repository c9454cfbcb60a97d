"""A navigable graph over vectors: finds near ones by walking from neighbour to neighbour (HNSW).

Malkov and Yashunin, Efficient and robust approximate nearest neighbor search using Hierarchical Navigable Small
World graphs (2018). A node has a level l = floor(-ln U / ln M), at most M links a level and 2 M on level 0.

It is a cache in plain numpy. Measured, it does not pay beside numpy's own exact and sign-bit search
(`python experiments/hnsw.py`), so nothing switches it on; `algo.nearest.chosen` decides that by measuring.
"""

from __future__ import annotations

import heapq
import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from remanence.algo.nearest import asked, checked, positions, ranked
from remanence.errors import BadKnob
from remanence.types import Floats, Rows

_GROW = 1.5


class HNSW:
    """A `VectorIndex` over a layered graph. `ef` trades speed for recall; `ef >= len(index)` finds everything.

    m: links a node and level (M). ef_build: candidates that an insertion looks at (efConstruction).
    ef: candidates that a search keeps, never fewer than it is asked for; may be set at any time.
    seed: draws the levels; the same additions in the same order give the same graph.
    compact: share of deleted nodes at which the graph is rebuilt. Until then a deleted node is only marked: it
    still leads to others and its vector stays in memory, so an eraser calls `rebuild`.
    """

    def __init__(
        self, dim: int, *, m: int = 16, ef_build: int = 200, ef: int = 64, seed: int = 0, compact: float = 0.2
    ) -> None:
        if m < 2 or ef_build < m or ef < 1:
            raise BadKnob(f"need m >= 2, ef_build >= m and ef >= 1, not {m}, {ef_build} and {ef}")
        if not 0 < compact <= 1:
            raise BadKnob(f"compact lies in (0, 1], not {compact}")
        self.dim, self.m, self.ef_build, self.ef = dim, m, ef_build, ef
        self.seed, self.compact = seed, compact
        self._clear()

    def _clear(self) -> None:
        self._rng = np.random.default_rng(self.seed)
        self._size = 0
        self._vectors = np.zeros((0, self.dim), np.float32)
        self._keys = np.zeros(0, np.int64)
        self._alive = np.zeros(0, np.bool_)
        self._seen = np.zeros(0, np.int64)
        self._stamp = 0
        self._bottom = np.full((0, 2 * self.m), -1, np.int64)
        self._upper: list[dict[int, NDArray[np.int64]]] = []
        self._parent = np.zeros(0, np.int64)
        self._children = np.zeros(0, np.int64)
        self._place: dict[int, int] = {}
        self._entry = -1
        self._dead = 0

    def __len__(self) -> int:
        return len(self._place)

    def __repr__(self) -> str:
        return f"HNSW({len(self)} of dim {self.dim}, m={self.m}, ef={self.ef}, {self._dead} deleted)"

    @property
    def levels(self) -> list[int]:
        """Nodes on each level, from the bottom up; each has about 1 / m of the nodes below."""
        return [self._size, *(len(level) for level in self._upper)]

    # --- the contract ---

    def add(self, keys: ArrayLike, vectors: ArrayLike) -> None:
        named, rows = checked(keys, vectors, self.dim)
        self.delete(named)
        fine = positions(named) & rows.any(axis=1)
        self._room(self._size + int(fine.sum()))
        for key, vector in zip(named[fine].tolist(), rows[fine], strict=True):
            self._insert(key, vector)

    def delete(self, keys: ArrayLike) -> None:
        for key in np.asarray(keys, np.int64).tolist():
            node = self._place.pop(key, None)
            if node is not None:
                self._alive[node] = False
                self._dead += 1
        if self._dead > self.compact * self._size:
            self.rebuild()

    def nearest(self, query: ArrayLike, k: int, *, ef: int | None = None) -> tuple[Rows, Floats]:
        """As promised by `VectorIndex`; `ef` overrides the index's own for this search."""
        wanted = asked(query, k, self.dim)
        if not self._place or not wanted.any():
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        near, node = self._descend(wanted, 0)
        found = self._search(wanted, [(near, node)], max(k, ef or self.ef), 0, alive=True)
        nodes = np.array([node for _, node in found], np.int64)
        return ranked(self._keys[nodes], self._vectors[nodes] @ wanted, k)

    def rebuild(self) -> None:
        """Build the graph anew from the keys that are there, in the order in which they came."""
        nodes = np.flatnonzero(self._alive[: self._size])
        keys, vectors = self._keys[nodes], self._vectors[nodes]
        self._clear()
        self._room(len(keys))
        for key, vector in zip(keys.tolist(), vectors, strict=True):
            self._insert(key, vector)

    # --- building ---

    def _room(self, wanted: int) -> None:
        if wanted <= len(self._keys):
            return
        size = max(wanted, int(len(self._keys) * _GROW) + 64)

        def larger(column: NDArray[np.generic], fill: int = 0) -> NDArray[np.generic]:
            whole = np.full((size, *column.shape[1:]), fill, column.dtype)
            whole[: self._size] = column[: self._size]
            return whole

        self._vectors = larger(self._vectors)  # type: ignore[assignment]
        self._keys = larger(self._keys)  # type: ignore[assignment]
        self._alive = larger(self._alive)  # type: ignore[assignment]
        self._seen = larger(self._seen)  # type: ignore[assignment]
        self._bottom = larger(self._bottom, -1)  # type: ignore[assignment]
        self._parent = larger(self._parent, -1)  # type: ignore[assignment]
        self._children = larger(self._children)  # type: ignore[assignment]

    def _insert(self, key: int, vector: Floats) -> None:
        node = self._size
        level = int(-math.log(1.0 - self._rng.random()) / math.log(self.m))
        self._size += 1
        self._vectors[node], self._keys[node], self._alive[node] = vector, key, True
        self._parent[node] = -1
        self._place[key] = node
        top = len(self._upper)
        if self._entry >= 0:
            near, start = self._descend(vector, level)
            entries = [(near, start)]
            for floor in range(min(level, top), -1, -1):
                entries = self._search(vector, entries, self.ef_build, floor, alive=False)
                self._join(node, entries, floor)
        for floor in range(1, level + 1):
            if floor > top:
                self._upper.append({})
                self._entry = node
            self._upper[floor - 1].setdefault(node, np.zeros(0, np.int64))
        if self._entry < 0:
            self._entry = node

    def _join(self, node: int, found: list[tuple[float, int]], floor: int) -> None:
        """Link a new node to a diverse choice of what was found near it, both ways."""
        near = np.array([one for _, one in found], np.int64)
        scores = np.array([score for score, _ in found], np.float32)
        picked = near[diverse(self._vectors[near], scores, self.m)]
        if floor == 0:
            picked = self._adopted(node, near, picked)
        self._set(node, floor, picked)
        most = 2 * self.m if floor == 0 else self.m
        for other in picked.tolist():
            links = np.append(self._links(other, floor), node)
            self._set(other, floor, links if len(links) <= most else self._pruned(other, links, floor, most))

    def _adopted(self, node: int, near: Rows, picked: Rows) -> Rows:
        """Give the node a parent on the bottom level; links between the two are never pruned.

        They form a tree over all nodes, so that every node can be reached from every other one.
        A node adopts no more than `m` others.
        """
        parent = next((one for one in near.tolist() if self._children[one] < self.m), int(near[0]))
        self._parent[node] = parent
        self._children[parent] += 1
        return picked if parent in picked else np.append(picked[: self.m - 1], parent)

    def _pruned(self, node: int, links: Rows, floor: int, most: int) -> Rows:
        kept = np.zeros(len(links), np.bool_)
        if floor == 0:
            kept = (self._parent[links] == node) | (links == self._parent[node])
        free = links[~kept]
        scores = self._vectors[free] @ self._vectors[node]
        order = np.lexsort((free, -scores))
        free, scores = free[order], scores[order]
        chosen = free[diverse(self._vectors[free], scores, max(most - int(kept.sum()), 0))]
        return np.concatenate([links[kept], chosen])

    def _links(self, node: int, floor: int) -> Rows:
        if floor:
            return self._upper[floor - 1].get(node, np.zeros(0, np.int64))
        row: Rows = self._bottom[node]
        return row[row >= 0]

    def _set(self, node: int, floor: int, links: Rows) -> None:
        if floor:
            self._upper[floor - 1][node] = links
        else:
            if len(links) > self._bottom.shape[1]:  # a node that had to adopt more than it has room for
                wider = np.full((len(self._bottom), len(links) + self.m), -1, np.int64)
                wider[:, : self._bottom.shape[1]] = self._bottom
                self._bottom = wider
            self._bottom[node, : len(links)] = links
            self._bottom[node, len(links) :] = -1

    # --- walking ---

    def _descend(self, query: Floats, level: int) -> tuple[float, int]:
        """Greedily from the top to the level above `level`: (cosine, node)."""
        node = self._entry
        near = float(self._vectors[node] @ query)
        for floor in range(len(self._upper), level, -1):
            moved = True
            while moved:
                moved = False
                links = self._links(node, floor)
                if len(links):
                    scores = self._vectors[links] @ query
                    best = int(scores.argmax())
                    if scores[best] > near:
                        near, node, moved = float(scores[best]), int(links[best]), True
        return near, node

    def _search(
        self, query: Floats, entries: list[tuple[float, int]], ef: int, floor: int, *, alive: bool
    ) -> list[tuple[float, int]]:
        """The `ef` nearest that a best-first walk finds, best first; with `alive` deleted nodes only lead on."""
        self._stamp += 1
        stamp, seen, vectors = self._stamp, self._seen, self._vectors
        living = self._alive
        open_: list[tuple[float, int]] = []
        best: list[tuple[float, int]] = []
        for near, node in entries:
            seen[node] = stamp
            open_.append((-near, node))
            if not alive or living[node]:
                best.append((near, -node))
        heapq.heapify(open_)
        heapq.heapify(best)
        while len(best) > ef:
            heapq.heappop(best)
        while open_:
            far, node = heapq.heappop(open_)
            if len(best) >= ef and -far < best[0][0]:
                break
            links = self._links(node, floor)
            links = links[seen[links] != stamp]
            if not len(links):
                continue
            seen[links] = stamp
            scores = vectors[links] @ query
            if len(best) >= ef:
                closer = scores > best[0][0]
                links, scores = links[closer], scores[closer]
            for near, other in zip(scores.tolist(), links.tolist(), strict=True):
                if len(best) >= ef and near <= best[0][0]:
                    continue
                heapq.heappush(open_, (-near, other))
                if alive and not living[other]:
                    continue
                if len(best) < ef:
                    heapq.heappush(best, (near, -other))
                else:
                    heapq.heapreplace(best, (near, -other))
        return sorted(((near, -node) for near, node in best), key=lambda pair: (-pair[0], pair[1]))


def diverse(vectors: Floats, scores: Floats, most: int) -> NDArray[np.int64]:
    """Positions of up to `most` candidates, none of them nearer to one already chosen than to the node.

    vectors [N, D] best first, scores [N]: their cosines to the node. When fewer than `most` stand for choice all
    are taken. Keeps links between clusters where the nearest `most` would all lie in one.
    """
    if len(vectors) <= most:
        return np.arange(len(vectors))
    if most <= 0:
        return np.zeros(0, np.int64)
    chosen: list[int] = []
    closest = np.full(len(vectors), -np.inf, np.float32)
    place = 0
    while place < len(vectors) and len(chosen) < most:
        chosen.append(place)
        closest = np.maximum(closest, vectors @ vectors[place])
        later = np.flatnonzero(scores[place + 1 :] >= closest[place + 1 :])
        if not len(later):
            break
        place += 1 + int(later[0])
    return np.array(chosen, np.int64)
