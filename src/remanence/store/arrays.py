"""The arrays that an index is made of: growable columns, encoders of words, and postings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_GROW = 1.5


class Encoder:
    """Small integers for the words of one column; None is -1."""

    def __init__(self, names: Sequence[str | None] = ()) -> None:
        """names: by code; None for one that nobody has any more."""
        self.of: dict[str, int] = {name: code for code, name in enumerate(names) if name is not None}
        self.names: list[str] = ["" if name is None else name for name in names]

    def __call__(self, value: str | None) -> int:
        if value is None:
            return -1
        code = self.of.get(value)
        if code is None:
            code = self.of[value] = len(self.names)
            self.names.append(value)
        return code


class GrowableArray:
    """An array that is appended to in place; `now` is a view of the `size` rows that are there."""

    __slots__ = ("_whole", "now", "size")

    def __init__(self, dtype: Any, width: int | None = None) -> None:
        self._whole: NDArray[Any] = np.zeros((0,) if width is None else (0, width), dtype)
        self.now, self.size = self._whole, 0

    def extend(self, values: Any, count: int | None = None) -> None:
        """Append values, or one value `count` times."""
        size = self.size + (len(values) if count is None else count)
        if size > len(self._whole):
            self.reserve(max(size, int(len(self._whole) * _GROW) + 64))
        self._whole[self.size : size] = values
        self.size, self.now = size, self._whole[:size]

    def reserve(self, wanted: int) -> None:
        """Make room for so many rows in all."""
        if wanted > len(self._whole):
            larger = np.zeros((wanted, *self._whole.shape[1:]), self._whole.dtype)
            larger[: self.size] = self.now
            self._take(larger, self.size)

    def adopt(self, whole: NDArray[Any], size: int) -> None:
        """Take an array that was made elsewhere; `size` rows of it count, the others are room."""
        if whole.dtype != self._whole.dtype or whole.shape[1:] != self._whole.shape[1:]:
            raise ValueError(f"an array of {whole.dtype} {whole.shape} is none of {self._whole.dtype}")
        self._take(whole, size)

    def _take(self, whole: NDArray[Any], size: int) -> None:
        self._whole, self.size, self.now = whole, size, whole[:size]


def extend_columns(
    columns: Mapping[str, GrowableArray], encoders: Mapping[str, Encoder], count: int, given: Mapping[str, Any]
) -> None:
    """Append `count` rows to every column: what is given by its name (words, if it has an encoder), else 0."""
    for name, column in columns.items():
        values, encode = given.get(name, 0), encoders.get(name)
        column.extend(values if encode is None else [encode(word) for word in values], count)


class Postings:
    """Which rows hold which term, and how often: sorted runs, and a tail that is merged when it grows."""

    def __init__(self) -> None:
        self._offsets = np.zeros(1, np.int64)
        self._rows = np.zeros(0, np.int32)
        self._tf = np.zeros(0, np.uint8)
        self._tail_code = GrowableArray(np.uint32)
        self._tail_row = GrowableArray(np.int32)
        self._tail_tf = GrowableArray(np.uint8)

    def add(self, codes: NDArray[np.uint32], rows: NDArray[np.int32], tf: NDArray[np.uint8]) -> None:
        self._tail_code.extend(codes)
        self._tail_row.extend(rows)
        self._tail_tf.extend(tf)
        if self._tail_code.size > max(30_000, len(self._rows) // 12):
            self._merge()

    def _merge(self) -> None:
        lengths = np.diff(self._offsets)
        codes = np.concatenate([np.repeat(np.arange(len(lengths), dtype=np.uint32), lengths), self._tail_code.now])
        rows = np.concatenate([self._rows, self._tail_row.now])
        tf = np.concatenate([self._tf, self._tail_tf.now])
        order = np.argsort(codes, kind="stable")
        self._rows, self._tf = rows[order], tf[order]
        counts = np.bincount(codes) if len(codes) else np.zeros(0, np.int64)
        self._offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
        self._tail_code, self._tail_row = GrowableArray(np.uint32), GrowableArray(np.int32)
        self._tail_tf = GrowableArray(np.uint8)

    def settle(self, gone: NDArray[np.bool_]) -> None:
        """Merge the tail, and leave out rows that were erased."""
        if self._tail_code.size:
            self._merge()
        if gone[self._rows].any():
            kept = ~gone[self._rows]
            before = np.concatenate([np.zeros(1, np.int64), np.cumsum(kept)])
            self._offsets = before[self._offsets]
            self._rows, self._tf = self._rows[kept], self._tf[kept]

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What a settled index is made of."""
        return {"offsets": self._offsets, "rows": self._rows, "tf": self._tf}

    def adopt(self, arrays: dict[str, NDArray[Any]]) -> None:
        """Take `arrays` that were made elsewhere."""
        self._offsets, self._rows, self._tf = arrays["offsets"], arrays["rows"], arrays["tf"]

    def each(self, codes: Sequence[int]) -> list[tuple[NDArray[np.int32], NDArray[np.uint8]]]:
        """`of` each term."""
        return [self.of(code) for code in codes]

    def of(self, code: int) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
        """(rows, counts) of one term, rows ascending."""
        if code + 1 < len(self._offsets):
            low, high = self._offsets[code], self._offsets[code + 1]
            rows, tf = self._rows[low:high], self._tf[low:high]
        else:
            rows, tf = self._rows[:0], self._tf[:0]
        if self._tail_code.size:
            late = np.flatnonzero(self._tail_code.now == code)
            if len(late):
                rows = np.concatenate([rows, self._tail_row.now[late]])
                tf = np.concatenate([tf, self._tail_tf.now[late]])
        return rows, tf
