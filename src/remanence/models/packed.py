"""Matrices that stay packed: 8-bit rows, each with a scale, which are unpacked when they are asked for."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]


class Rows(Protocol):
    """What gives rows by their numbers [N] as float32 [N, D]: a matrix, or one that is packed."""

    def __len__(self) -> int: ...
    def __getitem__(self, numbers: NDArray[np.intp], /) -> Matrix: ...


class PackedRows:
    """int8 rows [R, D] times their scales [R]; of 30,000 rows a question needs fifty."""

    def __init__(self, rows: NDArray[np.int8], scales: NDArray[Any]) -> None:
        self._rows, self._scales = rows, scales

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, numbers: NDArray[np.intp], /) -> Matrix:
        scales = self._scales.take(numbers).astype(np.float32)
        rows: Matrix = self._rows.take(numbers, axis=0) * scales[:, None]
        return rows


def unpacked(rows: NDArray[Any], scales: NDArray[Any] | None) -> Matrix:
    """The whole matrix, laid out column by column: its transpose, by which inputs are multiplied, is contiguous."""
    if rows.dtype == np.uint8 and scales is not None:
        return nibbles(rows, scales)
    if scales is None:
        return rows.astype(np.float32)
    turned: Matrix = np.multiply(rows.T, scales.astype(np.float32)[None, :], order="C")
    return turned.T


def nibbles(rows: NDArray[np.uint8], scales: NDArray[Any]) -> Matrix:
    """[R, D / 2] bytes of two numbers, each from -8 to 7, the lower half first -> [R, D]; a scale for each D R / S."""
    out = np.empty((len(rows), 2 * rows.shape[1]), np.float32)
    out[:, ::2], out[:, 1::2] = rows & 15, rows >> 4
    out -= 8
    parts = out.reshape(len(scales), -1)
    parts *= scales.astype(np.float32)[:, None]
    return out
