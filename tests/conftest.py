"""Shared by all tests: the place of benchmark data, a filled space in memory, and readable contract failures."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from remanence.memory.memory import Memory
from remanence.models.static import StaticEmbedder
from remanence.stage import ReadStage
from remanence.types import Cue, Hits, Where

pytest.register_assert_rewrite("remanence.testing")


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
