"""The rows that are always in the table: grep, BM25, BM25 newest first, dense, their fusion, full context.

Each ranks with an index; one small class around it does what all of them share. A row's text begins with its
speaker's name, which makes every one of them stronger on talk between people.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from remanence.arena.core.system import Found, Held, Maker, Packed
from remanence.arena.core.task import Question, Record
from remanence.arena.systems.indexes import Fused, Grep, Index, Vectors, Words
from remanence.arena.systems.lines import Lines
from remanence.types import Floats

START = datetime.min.replace(tzinfo=UTC)


class Baseline:
    """Records in a list, one index over them, hits packed in rank order."""

    def __init__(self, name: str, index: Index, *, scale: float | None = None, newest: float | None = None) -> None:
        self.name = name
        self.newest = newest  # rows with at least this share of the best score stand newest first
        self.index = index
        self.lines = Lines()
        self.scale = scale  # raw score s becomes 1 - exp(-s / scale); None: it is in [0, 1] already
        self._last: tuple[str, int, NDArray[np.int64], Floats] | None = None

    def add(self, records: Sequence[Record]) -> None:
        self.index.add([record.spoken for record in records])
        self.lines.add(records)
        self._last = None

    def search(self, question: Question, k: int) -> list[Found]:
        rows, scores = self._rank(question.text, k)
        held = self.lines.records
        return [
            Found(held[row].source, self._unit(score), held[row].key, held[row].at)
            for row, score in zip(rows.tolist(), scores.tolist(), strict=True)
        ]

    def context(self, question: Question, budget: int) -> Packed:
        rows, _ = self._rank(question.text, max(50, budget // 10))
        return self.lines.pack(rows.tolist(), budget)

    def confidence(self, question: Question) -> float | None:
        _, scores = self._rank(question.text, 1)
        return self._unit(float(scores[0])) if len(scores) else 0.0

    def answer(self, question: Question) -> str | None:
        return None

    def held(self) -> list[Held]:
        return [Held(record.text, sources=(record.source,)) for record in self.lines.records]

    def cost(self) -> Mapping[str, float]:
        kept = sum(len(record.key.encode()) for record in self.lines.records)
        return {"bytes": float(kept + self.index.bytes()), "llm_calls": 0.0, "llm_tokens": 0.0}

    def close(self) -> None:
        self.lines = Lines()

    def _rank(self, text: str, k: int) -> tuple[NDArray[np.int64], Floats]:
        """The index's ranking; one that was just made is used again for a smaller k."""
        if self._last is None or self._last[0] != text or self._last[1] < k:
            rows, scores = self.index.rank(text, max(k, 50))
            if self.newest is not None and len(rows):
                rows, scores = self._newest_first(rows, scores)
            self._last = (text, max(k, 50), rows, scores)
        return self._last[2][:k], self._last[3][:k]

    def _newest_first(self, rows: NDArray[np.int64], scores: Floats) -> tuple[NDArray[np.int64], Floats]:
        """Rows that match nearly as well as the best, by their time and then as they came, newest first."""
        head = int((scores >= (self.newest or 0.0) * scores[0]).sum())
        records = self.lines.records
        first = sorted(rows[:head].tolist(), key=lambda row: (records[row].at or START, row), reverse=True)
        return np.concatenate([np.asarray(first, np.int64), rows[head:]]), scores

    def _unit(self, score: float) -> float:
        return min(1.0, max(0.0, score if self.scale is None else 1 - math.exp(-score / self.scale)))


class FullContext:
    """No search at all: the whole history, or as much of its end as fits."""

    name = "full-context"

    def __init__(self) -> None:
        self.lines = Lines()
        self._packed: dict[int, Packed] = {}

    def add(self, records: Sequence[Record]) -> None:
        self.lines.add(records)
        self._packed.clear()

    def search(self, question: Question, k: int) -> list[Found]:
        return []

    def context(self, question: Question, budget: int) -> Packed:
        if budget not in self._packed:
            start, left = len(self.lines.sizes), budget
            while start and self.lines.sizes[start - 1] <= left:
                start -= 1
                left -= self.lines.sizes[start]
            self._packed[budget] = self.lines.pack(range(start, len(self.lines.sizes)), budget)
        return self._packed[budget]

    def confidence(self, question: Question) -> float | None:
        return None

    def answer(self, question: Question) -> str | None:
        return None

    def held(self) -> list[Held]:
        return [Held(record.text, sources=(record.source,)) for record in self.lines.records]

    def cost(self) -> Mapping[str, float]:
        return {"bytes": float(sum(len(text.encode()) for text in self.lines.texts))}

    def close(self) -> None:
        self.lines = Lines()


BASELINES: dict[str, Maker] = {
    "grep": lambda setting: Baseline("grep", Grep()),
    "bm25": lambda setting: Baseline("bm25", Words(), scale=10.0),
    "bm25-newest": lambda setting: Baseline("bm25-newest", Words(), scale=10.0, newest=0.8),
    "dense": lambda setting: Baseline("dense", Vectors(setting.embedder)),
    "rrf": lambda setting: Baseline("rrf", Fused(Words(), Vectors(setting.embedder)), scale=0.03),
    "full-context": lambda setting: FullContext(),
}
"""The baselines, in table order: words as substrings, BM25, BM25 with what is new first, cosine, BM25 and cosine
fused by rank, everything while it fits."""
