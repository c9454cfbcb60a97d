"""Indexes that rank rows for a text: substrings, BM25, dense vectors, and their reciprocal rank fusion."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from remanence.arena.core.terms import STOP_WORDS, WORD, terms
from remanence.types import Embedder, Floats


class Index(Protocol):
    """Ranks rows: 0, 1, 2 ... in the order in which their texts were added."""

    def add(self, texts: Sequence[str]) -> None: ...
    def rank(self, text: str, k: int) -> tuple[NDArray[np.int64], Floats]:
        """Rows and raw scores, best first; ties go to the earlier row."""
        ...

    def bytes(self) -> int: ...


def _best(scores: NDArray[np.floating], k: int) -> tuple[NDArray[np.int64], Floats]:
    """The k best positive scores."""
    rows = np.flatnonzero(scores > 0)
    if len(rows) > k:
        rows = rows[np.argpartition(-scores[rows], k - 1)[:k]] if len(rows) > 4 * k else rows
    order = np.lexsort((rows, -scores[rows]))[:k]
    return rows[order], scores[rows[order]].astype(np.float32)


class Grep:
    """How many different words of the question stand in the text, as substrings, ignoring case."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def add(self, texts: Sequence[str]) -> None:
        self.texts += [text.lower() for text in texts]

    def rank(self, text: str, k: int) -> tuple[NDArray[np.int64], Floats]:
        words = {word for word in WORD.findall(text.lower()) if word not in STOP_WORDS and len(word) > 2}
        scores = np.zeros(len(self.texts))
        for row, inside in enumerate(self.texts):
            scores[row] = sum(word in inside for word in words)
        return _best(scores / max(1, len(words)), k)

    def bytes(self) -> int:
        return sum(len(text.encode()) for text in self.texts)


class Words:
    """BM25 with k1 = 1.2, b = 0.75 over stemmed words without stop words (Robertson and Zaragoza 2009)."""

    def __init__(self, k1: float = 1.2, b: float = 0.75) -> None:
        self.k1, self.b = k1, b
        self.lengths: list[int] = []
        self.rows: dict[str, list[int]] = {}
        self.counts: dict[str, list[int]] = {}

    def add(self, texts: Sequence[str]) -> None:
        for text in texts:
            found = Counter(terms(text))
            for term, count in found.items():
                self.rows.setdefault(term, []).append(len(self.lengths))
                self.counts.setdefault(term, []).append(count)
            self.lengths.append(found.total())

    def rank(self, text: str, k: int) -> tuple[NDArray[np.int64], Floats]:
        total = len(self.lengths)
        scores = np.zeros(total)
        lengths = np.asarray(self.lengths, dtype=np.float64)
        mean = lengths.mean() if total else 1.0
        for term in set(terms(text)) & self.rows.keys():
            rows = np.asarray(self.rows[term])
            count = np.asarray(self.counts[term], dtype=np.float64)
            idf = math.log(1 + (total - len(rows) + 0.5) / (len(rows) + 0.5))
            weight = self.k1 * (1 - self.b + self.b * lengths[rows] / max(mean, 1e-9))
            scores[rows] += idf * count * (self.k1 + 1) / (count + weight)
        return _best(scores, k)

    def bytes(self) -> int:
        return sum(8 * len(rows) + len(term) for term, rows in self.rows.items())


class Vectors:
    """Cosine with every vector, exactly."""

    def __init__(self, embedder: Embedder) -> None:
        self.embedder = embedder
        self.parts: list[Floats] = []

    def add(self, texts: Sequence[str]) -> None:
        if texts:
            self.parts.append(self.embedder.embed(list(texts)))

    def rank(self, text: str, k: int) -> tuple[NDArray[np.int64], Floats]:
        if not self.parts:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        if len(self.parts) > 1:
            self.parts = [np.concatenate(self.parts)]
        return _best(self.parts[0] @ self.embedder.embed_query(text), k)

    def bytes(self) -> int:
        return sum(part.nbytes for part in self.parts)


class Fused:
    """Reciprocal rank fusion: sum of 1 / (60 + rank) over the indexes (Cormack et al. 2009)."""

    def __init__(self, *indexes: Index, depth: int = 100) -> None:
        self.indexes = indexes
        self.depth = depth

    def add(self, texts: Sequence[str]) -> None:
        for index in self.indexes:
            index.add(texts)

    def rank(self, text: str, k: int) -> tuple[NDArray[np.int64], Floats]:
        scores: dict[int, float] = {}
        for index in self.indexes:
            rows, _ = index.rank(text, max(k, self.depth))
            for rank, row in enumerate(rows.tolist(), 1):
                scores[row] = scores.get(row, 0.0) + 1 / (60 + rank)
        order = sorted(scores, key=lambda row: (-scores[row], row))[:k]
        values = np.asarray([scores[row] for row in order], dtype=np.float32)
        return np.asarray(order, dtype=np.int64), values

    def bytes(self) -> int:
        return sum(index.bytes() for index in self.indexes)
