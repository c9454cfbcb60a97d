"""Vectors as they are stored: eight-bit codes with one scale a row, and a checksum."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from remanence.algo.unit_rows import eight_bits
from remanence.errors import InvalidInput, ModelError
from remanence.records import dataclass
from remanence.types import Floats


@dataclass(frozen=True, slots=True)
class Packed:
    """Vectors of new rows as they are stored, (n, float32 scale then int8 codes) each, and as an index holds them."""

    stored: list[tuple[int, bytes]]
    codes: NDArray[np.int8]
    scales: Floats


def packed(numbers: Sequence[int], vectors: Floats, dim: int) -> Packed:
    """Unit vectors [N, dim] of the rows n; a text without a direction has scale 0.

    `InvalidInput` for another shape than [N, dim], `ModelError` for numbers that are not finite.
    """
    if vectors.shape != (len(numbers), dim):
        raise InvalidInput(f"the embedder gave {vectors.shape}, expected {(len(numbers), dim)}")
    if not np.isfinite(vectors).all():
        raise ModelError("the embedder gave numbers that are not finite")
    codes, scales = eight_bits(vectors)
    stored = [(n, scale.tobytes() + code.tobytes()) for n, code, scale in zip(numbers, codes, scales, strict=True)]
    return Packed(stored, codes, scales)


def unpacked(data: Sequence[bytes], dim: int) -> tuple[NDArray[np.int8], Floats]:
    """(codes int8 [N, dim], scales float32 [N]) of stored vectors."""
    whole = np.frombuffer(b"".join(data), np.uint8).reshape(len(data), dim + 4)
    return whole[:, 4:].view(np.int8), whole[:, :4].copy().view(np.float32)[:, 0]


def vector_check(data: bytes) -> int:
    """32 bits over a stored vector."""
    return zlib.crc32(data)


def mismatch(theirs: str, mine: str) -> str:
    """What is said where a space holds vectors of another embedder."""
    return (
        f"this space holds vectors of {theirs}, not of {mine}; open it with that embedder, "
        "or rebuild them with: remanence reembed MODEL"
    )
