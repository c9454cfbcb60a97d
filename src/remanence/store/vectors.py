"""The store's own vector search by itself, behind the contract of every vector index: exact, or sign bits first."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from remanence.algo.nearest import asked, checked, positions, ranked
from remanence.store.index import EXACT_BELOW, SHORTLIST, Growing, Index, quantised
from remanence.types import OPEN, Floats, Rows, Scope, Where

_SCOPE, _ALL = Scope(), Where()


class Vectors:
    """A `VectorIndex` over `Index`: 8-bit exact up to `exact_below`, beyond it the `shortlist` best by sign bits.

    Cosines are those of 8-bit vectors, within about 0.01.
    """

    def __init__(self, dim: int, *, exact_below: int = EXACT_BELOW, shortlist: int = SHORTLIST) -> None:
        self.dim, self.exact_below, self.shortlist = dim, exact_below, shortlist
        self._clear()

    def _clear(self) -> None:
        self._index = Index(self.dim, exact_below=self.exact_below, shortlist=self.shortlist)
        self._keys = Growing(np.int64)
        self._place: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._place)

    def add(self, keys: ArrayLike, vectors: ArrayLike) -> None:
        named, rows = checked(keys, vectors, self.dim)
        self.delete(named)
        fine = positions(named) & rows.any(axis=1)
        codes, scales = quantised(rows[fine])
        self._take(named[fine], codes, scales)

    def _take(self, keys: Rows, codes: NDArray[np.int8], scales: Floats) -> None:
        start = self._index.size
        record = ("turn", None, None, None, 0, None, _SCOPE.user, None, None, None, 1.0, "hot")
        self._index.add_rows([(n, n, *record) for n in range(start, start + len(keys))])
        self._index.set_vectors(np.arange(start, start + len(keys)), codes, scales)
        self._keys.extend(keys)
        self._place.update(zip(keys.tolist(), range(start, start + len(keys)), strict=True))

    def delete(self, keys: ArrayLike) -> None:
        known = [self._place.pop(key) for key in np.asarray(keys, np.int64).tolist() if key in self._place]
        if known:
            self._index.drop(np.array(known, np.int64))

    def nearest(self, query: ArrayLike, k: int) -> tuple[Rows, Floats]:
        wanted = asked(query, k, self.dim)
        if not wanted.any():
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        rows, scores = self._index.nearest(wanted, k, self._index.visible(_SCOPE, _ALL, OPEN - 1))
        return ranked(self._keys.now[rows], scores, k)

    def rebuild(self) -> None:
        rows = np.array(sorted(self._place.values()), np.int64)
        keys, codes, scales = self._keys.now[rows], self._index.vector.now[rows], self._index.scale.now[rows]
        self._clear()
        self._take(keys, codes, scales)
