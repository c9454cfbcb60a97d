"""Is the write-ahead log whole? SQLite reads a log up to its first bad frame and drops the rest without a word.

A frame carries a running checksum, so damage can be told from the natural end of a log: one flipped bit explains the
difference. Larger differences are what a power cut leaves of writes that were not yet synced, and are no damage.
The format is SQLite's (https://sqlite.org/fileformat2.html#walformat).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray

from remanence.records import dataclass

Words = NDArray[np.uint32]
Read = Callable[[int, int], bytes]
"""(start, count) -> bytes."""

HEADER, FRAME = 32, 24
_MAGIC = {0x377F0682: np.dtype("<u4"), 0x377F0683: np.dtype(">u4")}
_CHUNK = 256


@dataclass(frozen=True, slots=True)
class Damage:
    """Where a log is damaged: the frame (from 1, 0 for the header), and how many frames lie behind it."""

    frame: int
    behind: int


def damage_in(read: Read, size: int) -> Damage | None:
    """The first damage in a log of `size` bytes; None when it is whole, or ends as a log may end."""
    if size < HEADER + FRAME:
        return None
    header = read(0, HEADER)
    order = _order(header)
    if order is None:
        return Damage(0, (size - HEADER) // FRAME) if _one_bit_off_header(header) else None
    page = int.from_bytes(header[8:12], "big")
    salts, seed = header[16:24], _big(header[24:32])
    scan = _Scan()
    for frames in _chunks(read, size, page):
        scan.take(frames, salts, seed, order)
        seed = _big(frames[-1, 16:24].tobytes())
    return scan.damage()


class _Scan:
    """What is known of a log after its first frames."""

    def __init__(self) -> None:
        self.read = 0
        self.bad: int | None = None
        self.explained = False
        self._last_salted = 0

    def take(self, frames: NDArray[np.uint8], salts: bytes, seed: Words, order: np.dtype[np.uint32]) -> None:
        stored = np.ascontiguousarray(frames[:, 16:24]).view(">u4").astype(np.uint32)
        words = np.concatenate([frames[:, :8], frames[:, FRAME:]], axis=1)
        words = np.ascontiguousarray(words).view(order).astype(np.uint32)
        power, weights = _coefficients(words.shape[1])
        before = np.concatenate([seed[None, :], stored[:-1]])
        found = before @ power.T + words @ weights
        salted = (frames[:, 8:16] == np.frombuffer(salts, np.uint8)).all(axis=1)
        good = salted & (found == stored).all(axis=1)
        if self.bad is None and not good.all():
            first = int(np.argmin(good))
            self.bad = self.read + first
            wrong_salt = not salted[first]
            delta = stored[first] - found[first]
            salt_bits = np.unpackbits(frames[first, 8:16] ^ np.frombuffer(salts, np.uint8)).sum()
            if wrong_salt:
                self.explained = bool(salt_bits == 1) and not delta.any()
            else:
                self.explained = _one_bit(delta, found[first], stored[first], weights)
        if salted.any():
            self._last_salted = self.read + int(np.flatnonzero(salted)[-1])
        self.read += len(frames)

    def damage(self) -> Damage | None:
        if self.bad is None or not self.explained:
            return None
        return Damage(self.bad + 1, max(0, self._last_salted - self.bad))


def _chunks(read: Read, size: int, page: int) -> Iterator[NDArray[np.uint8]]:
    frame = FRAME + page
    total = (size - HEADER) // frame
    for low in range(0, total, _CHUNK):
        count = min(_CHUNK, total - low)
        yield np.frombuffer(read(HEADER + low * frame, count * frame), np.uint8).reshape(count, frame)


def _big(data: bytes) -> Words:
    return np.frombuffer(data, ">u4").astype(np.uint32)


def _order(header: bytes) -> np.dtype[np.uint32] | None:
    """The byte order of the checksums of a sound header, None for a header that is not."""
    order = _MAGIC.get(int.from_bytes(header[:4], "big"))
    if order is None:
        return None
    _, weights = _coefficients(6)
    return order if (np.frombuffer(header[:24], order).astype(np.uint32) @ weights == _big(header[24:])).all() else None


def _one_bit_off_header(header: bytes) -> bool:
    changed = bytearray(header)
    for place in range(HEADER * 8):
        changed[place // 8] ^= 1 << place % 8
        if _order(bytes(changed)) is not None:
            return True
        changed[place // 8] ^= 1 << place % 8
    return False


@cache
def _coefficients(count: int) -> tuple[Words, Words]:
    """(2 x 2 matrix of what was before, count x 2 weights of the words): s0 += x0 + s1; s1 += x1 + s0, modulo 2^32."""
    step = np.array([[1, 1], [1, 2]], np.uint32)
    enter = np.array([[1, 0], [1, 1]], np.uint32)
    weights = np.zeros((count, 2), np.uint32)
    power = np.eye(2, dtype=np.uint32)
    for pair in reversed(range(count // 2)):
        weights[2 * pair : 2 * pair + 2] = (power @ enter).T
        power = power @ step
    return power, weights


def _one_bit(delta: Words, found: Words, stored: Words, weights: Words) -> bool:
    """True when one flipped bit, in the words or in the stored checksum, makes this difference."""
    if sum(int(value).bit_count() for value in (found ^ stored)) == 1:
        return True
    bits = np.left_shift(np.uint32(1), np.arange(32, dtype=np.uint32))
    moved = weights[:, None, :] * bits[None, :, None]
    return bool(((moved == delta).all(axis=2) | (moved == np.uint32(0) - delta).all(axis=2)).any())
