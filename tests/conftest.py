"""Shared by all tests: the place of benchmark data, spaces in memory, a clock, and readable contract failures."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from remanence.compose.listing import listing
from remanence.memory.memory import Memory
from remanence.models.embedder import by_name
from remanence.models.static import StaticEmbedder
from remanence.recall import find
from remanence.stage import ReadStage, Recipe
from remanence.types import Cue, Hits, Where

pytest.register_assert_rewrite("remanence.testing")
from remanence.testing import HandClock  # noqa: E402

# What is drawn is judged, not how long it took, or a busy machine fails what is right.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of public benchmark data; the test is skipped when REMANENCE_DATA does not name one."""
    folder = os.environ.get("REMANENCE_DATA", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("REMANENCE_DATA does not name a folder of benchmark data")
    return Path(folder)


NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)


class Space:
    """A memory, its words by short name, and stages run on it."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory

    def hold(self, *turns: Any) -> Space:
        self.memory.remember(list(turns))
        return self

    def ctx(self) -> Any:
        return self.memory._ctx()

    def run(self, stage: ReadStage, text: str, *, k: int = 10, **where: Any) -> Hits:
        ctx = self.ctx()
        return stage(Cue(text, NOW, Where(**where), k), Hits(ctx.store), ctx)

    def cue(self, text: str, k: int = 10) -> Cue:
        """A question as it is asked at `NOW`."""
        return Cue(text, NOW, Where(), k)

    def told(self, stage: ReadStage, text: str, **where: Any) -> list[str]:
        """The texts of the hits, best first."""
        return [hit.text for hit in self.run(stage, text, **where)]


@pytest.fixture
def space() -> Iterator[Callable[..., Space]]:
    opened: list[Memory] = []

    def make(*turns: Any, recipe: str = "plain") -> Space:
        memory = Memory(":memory:", recipe, StaticEmbedder(), clock=lambda: NOW)
        opened.append(memory)
        return Space(memory).hold(*turns) if turns else Space(memory)

    yield make
    for memory in opened:
        memory.close()


@pytest.fixture
def clock() -> HandClock:
    """A clock that is moved by hand."""
    return HandClock(datetime(2024, 1, 1, 12, tzinfo=UTC))


@pytest.fixture(scope="session")
def static() -> Any:
    return by_name("static")


@pytest.fixture
def composed(clock: HandClock, static: Any) -> Iterator[Callable[..., Memory]]:
    """`composed(form=..., evolve=...)` or `composed("mem0")`: a fresh memory of any composition under `clock`."""
    opened: list[Memory] = []

    def make(recipe: str | Recipe | None = None, *, llm: Any = None, seed: int = 1, **slots: Any) -> Memory:
        chosen = recipe if recipe is not None else Recipe(**{"recall": find.vectors(), "compose": listing(), **slots})
        memory = Memory(":memory:", recipe=chosen, embedder=static, llm=llm, clock=clock, seed=seed)
        opened.append(memory)
        return memory

    yield make
    for memory in opened:
        memory.close()
