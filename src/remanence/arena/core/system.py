"""What runs in the arena: anything that can be given records and asked questions.

Baselines, recipes and peers all look like `System`. A system is made by a maker that is found by name,
gets one pool's records, answers that pool's questions and is closed.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, Protocol, runtime_checkable

from remanence.arena.core.task import Question, Record
from remanence.types import Embedder

__all__ = ["Found", "Held", "Maker", "Packed", "Setting", "SharedPrefix", "System"]


class Found(NamedTuple):
    """One search result: the record's source, a score in [0, 1], its text, the time that the record came with.

    order: its place in the sequence in which the system keeps things; None for one that keeps no order.
    """

    source: str
    score: float
    text: str = ""
    at: datetime | None = None
    order: int | None = None


class Packed(NamedTuple):
    """A context for a model: its text, and the sources whose text is in it (reading order)."""

    text: str
    sources: tuple[str, ...]


class Held(NamedTuple):
    """One thing that a system holds: derived (not verbatim)? still believed? which sources does it name?"""

    text: str
    derived: bool = False
    current: bool = True
    sources: tuple[str, ...] = ()


class System(Protocol):
    """A memory under test. It lives for one pool."""

    @property
    def name(self) -> str: ...

    def add(self, records: Sequence[Record]) -> None:
        """Remember some more records, in order; when it returns they can be found."""
        ...

    def search(self, question: Question, k: int) -> list[Found]:
        """The best k, best first. Empty for a system that does not rank (full context)."""
        ...

    def context(self, question: Question, budget: int) -> Packed:
        """Text of at most `budget` tokens for answering the question."""
        ...

    def confidence(self, question: Question) -> float | None:
        """How sure it is, in [0, 1], that memory holds an answer; None when it does not say."""
        ...

    def answer(self, question: Question) -> str | None:
        """An answer without a language model; None when the system has no such thing."""
        ...

    def held(self) -> list[Held]:
        """Everything that it holds, for write hygiene and hallucination counts."""
        ...

    def cost(self) -> Mapping[str, float]:
        """`bytes` kept, `sleep_cpu_seconds`, `llm_calls` and `llm_tokens` so far, as far as it knows."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Setting:
    """What a maker needs: the embedder that every system of a run shares, a seed, a folder for files."""

    embedder: Embedder
    embedder_name: str
    folder: Path
    seed: int = 0
    knobs: Mapping[str, str] = field(default_factory=dict)


Maker = Callable[[Setting], System]


@runtime_checkable
class SharedPrefix(Protocol):
    """A maker whose systems can share what was built from the records (ingest, embedding, forming)."""

    def __call__(self, setting: Setting) -> System: ...

    def prefix(self) -> Hashable | None:
        """Makers with equal prefixes fill equal spaces; None when this one cannot share."""
        ...

    def build(self, setting: Setting, records: Sequence[Record], path: Path) -> Mapping[str, float]:
        """Fill a space with records, once for all makers of this prefix; what that cost, as `System.cost`."""
        ...

    def open(self, setting: Setting, path: Path) -> System:
        """A system that reads a filled space and leaves it as it is."""
        ...
