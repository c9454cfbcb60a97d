"""Rows of a matrix scaled to length 1, so that a dot product is a cosine, and the same at eight bits a number."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def unit_rows(matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scale each row of [N, dim] to length 1, in place; zero rows stay zero."""
    norms = np.sqrt(np.einsum("ij,ij->i", matrix, matrix))
    norms[norms == 0] = 1.0
    matrix /= norms[:, None]
    return matrix


def eight_bits(vectors: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Unit rows as int8 with one scale a row (0 for an empty row)."""
    top = np.abs(vectors).max(axis=1)
    scale = np.where(top > 0, top / 127.0, 0.0).astype(np.float32)
    codes = np.rint(vectors / np.where(scale > 0, scale, 1.0)[:, None]).astype(np.int8)
    return codes, scale
