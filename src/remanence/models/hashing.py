"""A word-overlap embedder without weights: for tests, and for a store that must not depend on a model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from remanence.algo.unit_rows import unit_rows
from remanence.errors import InvalidInput

_WORD = re.compile(r"\w+")
_TRIGRAM_WEIGHT = 0.25  # spelling variants (walk, walked) share trigrams, but words decide; exact in binary
_LONGEST_WORD = 64  # characters; a longer run keeps its first ones, so that garbage stays cheap


class HashingEmbedder:
    """Feature hashing of words and character trigrams into `dim` signed buckets (Weinberger et al. 2009).

    The same text gives the same bytes in every process and on every machine. Word order is ignored.
    """

    def __init__(self, dim: int = 256) -> None:
        if not 1 <= dim <= 65_536:
            raise InvalidInput(f"dim must be between 1 and 65536, not {dim}")
        self.dim = dim
        self.model = f"hashing-{dim}@1"

    def __repr__(self) -> str:
        return f"HashingEmbedder(dim={self.dim})"

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """[N] texts -> [N, dim] unit rows; zero rows for texts without a letter or digit."""
        out = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in zip(out, texts):
            features = [feature for match in _WORD.finditer(text.casefold()) for feature in _features(match.group())]
            if features:
                codes, weights = np.array(features).T
                row[:] = np.bincount(codes.astype(np.int64) % self.dim, weights, minlength=self.dim)
        return unit_rows(out)

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """[dim]; the same as one row of `embed`."""
        vector: NDArray[np.float32] = self.embed([text])[0]
        return vector


@lru_cache(maxsize=1 << 16)
def _features(word: str) -> tuple[tuple[int, float], ...]:
    """(31-bit code, signed weight) of a word and of the trigrams of ^word$."""
    edged = f"^{word[:_LONGEST_WORD]}$"
    parts = [(edged, 1.0), *((edged[at : at + 3], _TRIGRAM_WEIGHT) for at in range(len(edged) - 2))]
    codes = [(crc32(part.encode("utf-8", "surrogatepass")), weight) for part, weight in parts]
    return tuple((code >> 1, weight if code & 1 else -weight) for code, weight in codes)
