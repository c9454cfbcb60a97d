"""A filled space in memory, and a way to run one stage on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from remanence.engine import Memory
from remanence.models.static import StaticEmbedder
from remanence.stage import ReadStage
from remanence.testing import HandClock
from remanence.types import Cue, Hits, Where

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

    def told(self, stage: ReadStage, text: str, **where: Any) -> list[str]:
        """The texts of the hits, best first."""
        return [hit.text for hit in self.run(stage, text, **where)]


@pytest.fixture
def space() -> Iterator[Callable[..., Space]]:
    opened: list[Memory] = []

    def make(*turns: Any, recipe: str = "plain") -> Space:
        memory = Memory(":memory:", recipe, StaticEmbedder(), clock=HandClock(NOW))
        opened.append(memory)
        return Space(memory).hold(*turns) if turns else Space(memory)

    yield make
    for memory in opened:
        memory.close()


TALK = (
    "Did you get the tickets for the jazz concert?|Ben",
    "Yes, two in the third row, for Friday.|Ada",
    "Great! What shall we wear?|Ben",
    "My blue dress is at the cleaner's until Thursday.|Ada",
    "Then I will pick it up on the way home.|Ben",
    "You are a treasure. Bring bread and olives too.|Ada",
    "From the bakery in Mill Lane?|Ben",
    "Yes, the sourdough, if they still have it.|Ada",
    "My sister rang about the garden fence again.|Ben",
    "Tell her we can lend the ladder on Sunday.|Ada",
    "She wants cedar boards, and those are dear.|Ben",
    "The timber yard in Ashford sells cedar offcuts.|Ada",
    "How is the kitten, by the way?|Ben",
    "Mittens has her second vaccination on Monday.|Ada",
    "At the vet in Long Street?|Ben",
    "Yes, Dr Olsen is very gentle with her.|Ada",
)
"""A talk in which each turn follows from the one before."""


@pytest.fixture
def talk(space: Callable[..., Space]) -> Space:
    return space(
        *(
            {"text": text, "who": who, "session": "kitchen", "at": f"2024-05-0{1 + number // 8}T10:{number:02d}:00"}
            for number, (text, who) in enumerate(line.split("|") for line in TALK)
        )
    )
