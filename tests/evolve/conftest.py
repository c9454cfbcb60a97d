"""A space in memory with any composition, under a clock that is moved by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from remanence.compose.listing import listing
from remanence.memory.memory import Memory
from remanence.models.embedder import by_name
from remanence.recall import find
from remanence.stage import Recipe
from remanence.testing import HandClock


@pytest.fixture
def clock() -> HandClock:
    return HandClock(datetime(2024, 1, 1, 12, tzinfo=UTC))


@pytest.fixture(scope="session")
def static() -> Any:
    return by_name("static")


@pytest.fixture
def space(clock: HandClock, static: Any) -> Iterator[Callable[..., Memory]]:
    """`space(form=..., evolve=...)` or `space("mem0")`: a fresh memory, closed at the end of the test."""
    opened: list[Memory] = []

    def make(recipe: str | Recipe | None = None, *, llm: Any = None, seed: int = 1, **slots: Any) -> Memory:
        chosen = recipe if recipe is not None else Recipe(**{"recall": find.vectors(), "compose": listing(), **slots})
        memory = Memory(":memory:", recipe=chosen, embedder=static, llm=llm, clock=clock, seed=seed)
        opened.append(memory)
        return memory

    yield make
    for memory in opened:
        memory.close()
