"""Keeps the whole course of a stream of vectors in a few: the gist of a session, readable at any point of it.

HiPPO-LegS (Gu et al. 2020): coefficients of scaled Legendre polynomials over everything so far, one update a
vector, no window and no rate to choose. The torch twin is `remanence.neural.layers.lssl`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from remanence.errors import InvalidInput

Floats = NDArray[np.float64]


class Gist:
    """`size` vectors of `width` floats that remember a stream of any length; detail fades evenly."""

    def __init__(self, width: int, size: int = 32) -> None:
        if width < 1 or size < 1:
            raise InvalidInput(f"width and size are at least 1, got {width}, {size}")
        self.state: Floats = np.zeros((size, width))
        self.count = 0
        """How many vectors were added."""
        self._into = np.sqrt(2.0 * np.arange(size) + 1)
        self._a = -np.tril(np.outer(self._into, self._into), -1) - np.diag(np.arange(1.0, size + 1))

    def add(self, vector: ArrayLike) -> None:
        """Take in the next vector; costs O(size^2 (size + width))."""
        u = np.asarray(vector, dtype=np.float64)
        if u.shape != self.state.shape[1:] or not np.isfinite(u).all():
            raise InvalidInput(f"a gist of width {self.state.shape[1]} takes finite vectors of it, got {u.shape}")
        self.count += 1
        one, half = np.eye(len(self._a)), self._a / (2 * self.count)
        forward = self.state + half @ self.state + np.outer(self._into, u) / self.count
        self.state = np.asarray(np.linalg.solve(one - half, forward), dtype=np.float64)

    def read(self, share: float) -> Floats:
        """The vector at `share` of the stream, 0 its start and 1 its end, as far as the gist still knows."""
        if not 0 <= share <= 1:
            raise InvalidInput(f"share is between 0 (the start) and 1 (now), got {share}")
        z, before, now = 2 * share - 1, 0.0, 1.0
        basis = np.empty(len(self._a))
        for n, root in enumerate(self._into):
            basis[n] = root * now
            before, now = now, ((2 * n + 1) * z * now - n * before) / (n + 1)
        found: Floats = basis @ self.state
        return found
