"""The rows that are always in the table: grep, BM25, dense vectors, their reciprocal rank fusion, full context.

Each is an index that ranks rows for a text; one small class around it does what all of them share. A row's text
begins with its speaker's name, which makes every one of them stronger on talk between people.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Protocol

import numpy as np
import snowballstemmer
from numpy.typing import NDArray

from remanence.arena.system import Found, Held, Packed, Setting, System, system
from remanence.arena.task import Question, Record
from remanence.language.tokens import count_tokens
from remanence.types import Embedder, Floats

ALWAYS = ("grep", "bm25", "dense", "rrf", "full-context")
"""The baselines, in table order."""

STOP_WORDS = frozenset(
    """i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her hers
    herself it its itself they them their theirs themselves what which who whom this that these those am is are
    was were be been being have has had having do does did doing a an the and but if or because as until while
    of at by for with about against between into through during before after above below to from up down in out
    on off over under again further then once here there when where why how all any both each few more most
    other some such no nor not only own same so than too very s t can will just don should now""".split()
)
_WORD = re.compile(r"\w+")
_ENGLISH = snowballstemmer.stemmer("english")


@lru_cache(maxsize=1 << 17)
def _stem(word: str) -> str:
    return str(_ENGLISH.stemWord(word))


def terms(text: str) -> list[str]:
    """Stemmed words without stop words."""
    return [_stem(word) for word in _WORD.findall(text.lower()) if word not in STOP_WORDS]


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
        words = {word for word in _WORD.findall(text.lower()) if word not in STOP_WORDS and len(word) > 2}
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


def line(record: Record) -> str:
    """A record as one line of a context: its day, who said it, the text."""
    who = record.who or record.role
    day = f"[{record.at:%Y-%m-%d}] " if record.at else ""
    return f"{day}{who + ': ' if who else ''}{record.key}"


class Lines:
    """Records as context lines, with their token counts taken once."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.texts: list[str] = []
        self.sizes: list[int] = []

    def add(self, records: Sequence[Record]) -> None:
        self.records += records
        self.texts += map(line, records)
        self.sizes += [count_tokens(text) + 1 for text in self.texts[len(self.sizes) :]]

    def pack(self, rows: Iterable[int], budget: int, *, least: int = 20) -> Packed:
        """Whole records while they fit; of the first that does not, its beginning if `least` tokens are left."""
        texts: list[str] = []
        sources: list[str] = []
        left = budget
        for row in rows:
            if self.sizes[row] <= left:
                texts.append(self.texts[row])
                sources.append(self.records[row].source)
                left -= self.sizes[row]
                continue
            if left >= least:
                texts.append(beginning(self.texts[row], left - 1))
                sources.append(self.records[row].source)
            break
        return Packed("\n".join(texts), tuple(sources))


def beginning(text: str, budget: int) -> str:
    """The longest run of whole words from the start that costs at most `budget` tokens."""
    words = re.findall(r"\S+\s*", text)
    low, high = 0, min(len(words), budget)
    while low < high:
        middle = (low + high + 1) // 2
        if count_tokens("".join(words[:middle])) <= budget:
            low = middle
        else:
            high = middle - 1
    return "".join(words[:low]).rstrip()


class Baseline:
    """Records in a list, one index over them, hits packed in rank order."""

    def __init__(self, name: str, index: Index, *, scale: float | None = None) -> None:
        self.name = name
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
            Found(held[row].source, self._unit(score), held[row].key)
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
            self._last = (text, k, *self.index.rank(text, k))
        return self._last[2][:k], self._last[3][:k]

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


@system("grep")
def grep(setting: Setting) -> System:
    """Words of the question as substrings."""
    return Baseline("grep", Grep())


@system("bm25")
def bm25(setting: Setting) -> System:
    """BM25 over stemmed words."""
    return Baseline("bm25", Words(), scale=10.0)


@system("dense")
def dense(setting: Setting) -> System:
    """Cosine with the run's embedder."""
    return Baseline("dense", Vectors(setting.embedder))


@system("rrf")
def rrf(setting: Setting) -> System:
    """BM25 and dense, fused by rank."""
    return Baseline("rrf", Fused(Words(), Vectors(setting.embedder)), scale=0.03)


@system("full-context")
def full_context(setting: Setting) -> System:
    """Everything, while it fits."""
    return FullContext()
