"""An embedder that remembers the vectors of one pool, so that all systems of a run pay for them once."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from remanence.types import Embedder, Floats


class Shared:
    """Embeds every text once; `seconds` and `texts` say what that cost."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.model, self.dim = embedder.model, embedder.dim
        self._known: dict[str, Floats] = {}
        self.seconds = 0.0
        self.texts = 0

    def embed(self, texts: Sequence[str]) -> Floats:
        """Unit rows [N, dim]; a text seen before costs nothing."""
        missing = [text for text in dict.fromkeys(texts) if text not in self._known]
        if missing:
            start = time.perf_counter()
            self._known.update(zip(missing, self._embedder.embed(missing), strict=True))
            self.seconds += time.perf_counter() - start
            self.texts += len(missing)
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        return np.stack([self._known[text] for text in texts])

    def embed_query(self, text: str) -> Floats:
        """One unit vector; never remembered, so that query times are real."""
        return self._embedder.embed_query(text)

    def forget(self) -> None:
        """Drop the vectors; the next pool starts empty."""
        self._known.clear()
