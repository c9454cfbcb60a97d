"""What every vector index promises, how well one answers beside exact search, and when it may stand in for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from remanence.errors import InvalidInput
from remanence.types import Floats, Rows

RECALL, FASTER = 0.95, 3.0
"""An approximate index is switched on from this recall@10 at this many times the speed of exact search."""


class VectorIndex(Protocol):
    """A cache of unit vectors under integer keys; it can be thrown away and filled again.

    `remanence.testing.VectorIndexContract` holds an index to this.
    """

    @property
    def dim(self) -> int: ...
    def __len__(self) -> int:
        """Keys that can be found."""
        ...

    def add(self, keys: ArrayLike, vectors: ArrayLike) -> None:
        """Keep vectors [N, dim] under keys [N], scaled to length 1; a known key gets the new vector.

        A vector without a direction (all zeros) takes its key out of the index.
        """
        ...

    def delete(self, keys: ArrayLike) -> None:
        """Never answer with these keys again; unknown ones are passed over."""
        ...

    def nearest(self, query: ArrayLike, k: int) -> tuple[Rows, Floats]:
        """Up to k keys with their cosines to `query` [dim], best first, the lesser key first among equals."""
        ...

    def rebuild(self) -> None:
        """Let go of whatever deleted keys left behind; answers stay as good."""
        ...


class Exact:
    """The plainest `VectorIndex`: compares with every vector, in float32. What the others are measured by."""

    def __init__(self, dim: int) -> None:
        self.dim = dim
        self._keys: Rows = np.zeros(0, np.int64)
        self._rows: Floats = np.zeros((0, dim), np.float32)

    def __len__(self) -> int:
        return len(self._keys)

    def add(self, keys: ArrayLike, vectors: ArrayLike) -> None:
        named, rows = checked(keys, vectors, self.dim)
        self.delete(named)
        fine = positions(named) & rows.any(axis=1)
        self._keys = np.concatenate([self._keys, named[fine]])
        self._rows = np.concatenate([self._rows, rows[fine]])

    def delete(self, keys: ArrayLike) -> None:
        kept = ~np.isin(self._keys, np.asarray(keys, np.int64))
        self._keys, self._rows = self._keys[kept], self._rows[kept]

    def nearest(self, query: ArrayLike, k: int) -> tuple[Rows, Floats]:
        wanted = asked(query, k, self.dim)
        if not wanted.any():
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        return ranked(self._keys, self._rows @ wanted, k)

    def rebuild(self) -> None:
        """Nothing is left behind by a deleted key."""


@dataclass(frozen=True, slots=True)
class Trial:
    """An index beside exact search on the same queries: share of the true k found, times as fast, and the verdict."""

    recall: float
    faster: float
    on: bool


def checked(keys: ArrayLike, vectors: ArrayLike, dim: int) -> tuple[Rows, Floats]:
    """Keys [N] and their vectors [N, dim] at length 1 (zero rows stay); `InvalidInput` for another shape or NaN."""
    named = np.asarray(keys, np.int64)
    rows = np.asarray(vectors, np.float32)
    if named.ndim != 1 or rows.shape != (len(named), dim):
        raise InvalidInput(f"give keys [N] and vectors [N, {dim}], not {named.shape} and {rows.shape}")
    if not np.isfinite(rows).all():
        raise InvalidInput("a vector holds a number that is not finite; drop or mend it")
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return named, np.asarray(rows / np.where(length > 0, length, 1), np.float32)


def asked(query: ArrayLike, k: int, dim: int) -> Floats:
    """The query [dim] at length 1 (zeros stay zeros)."""
    if k < 1:
        raise InvalidInput(f"ask for at least 1, not {k}")
    vector: Floats = checked([0], np.asarray(query, np.float32)[None], dim)[1][0]
    return vector


def ranked(keys: Rows, scores: Floats, k: int) -> tuple[Rows, Floats]:
    """The k best, greatest score first, the lesser key first among equals."""
    order = np.lexsort((keys, -scores))[:k]
    return keys[order], scores[order]


def recall(index: VectorIndex, exact: VectorIndex, queries: ArrayLike, k: int = 10) -> float:
    """Mean share of the exact answer's keys that the index finds too; the self-test of an approximate index."""
    shares = []
    for query in np.asarray(queries, np.float32):
        true = exact.nearest(query, k)[0]
        shares.append(float(np.isin(true, index.nearest(query, k)[0]).mean()) if len(true) else 1.0)
    return float(np.mean(shares)) if shares else 1.0


def trial(
    index: VectorIndex,
    exact: VectorIndex,
    queries: ArrayLike,
    k: int = 10,
    *,
    least_recall: float = RECALL,
    least_faster: float = FASTER,
    timer: Callable[[], float] = time.process_time,
) -> Trial:
    """Measure an index on `queries` [Q, dim] against exact search; `on` when both bounds are met."""
    rows = np.asarray(queries, np.float32)
    found = recall(index, exact, rows, k)
    times = []
    for one in (exact, index):
        started = timer()
        for query in rows:
            one.nearest(query, k)
        times.append(timer() - started)
    faster = times[0] / times[1] if times[1] > 0 else float("inf")
    return Trial(found, faster, found >= least_recall and faster >= least_faster)


def chosen(
    index: VectorIndex,
    exact: VectorIndex,
    queries: ArrayLike,
    k: int = 10,
    *,
    timer: Callable[[], float] = time.process_time,
) -> VectorIndex:
    """`index` where it is measured to find 95 % of the true k at three times the speed, else `exact`.

    `exact` is whatever search is there already, so that a shortcut which is known to be good counts too.
    """
    return index if trial(index, exact, queries, k, timer=timer).on else exact


def positions(keys: Rows) -> NDArray[np.bool_]:
    """True at the last place of every key, so that of two vectors for one key the later counts."""
    last = np.zeros(len(keys), np.bool_)
    last[len(keys) - 1 - np.unique(keys[::-1], return_index=True)[1]] = True
    return last
