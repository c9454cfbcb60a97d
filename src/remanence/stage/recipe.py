"""A recipe: a memory system as a composition of stages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from remanence.stage.compose import ComposeStage
from remanence.stage.read import ReadStage
from remanence.stage.write import WriteStage, in_order, nothing

SLOTS = ("form", "evolve", "recall", "compose")


@dataclass(frozen=True, slots=True)
class Recipe:
    """A memory system as a composition: how it forms, evolves, recalls and composes."""

    recall: ReadStage
    compose: ComposeStage
    form: WriteStage = field(default_factory=nothing)
    evolve: WriteStage = field(default_factory=nothing)
    name: str = ""

    def slots(self) -> Iterator[tuple[str, WriteStage | ReadStage | ComposeStage]]:
        """(slot, stage) pairs, for printing and comparing."""
        for slot in SLOTS:
            yield slot, getattr(self, slot)

    def write(self, when: str) -> WriteStage | None:
        """Everything of form and evolve that runs at this time, in order."""
        parts = tuple(s for chain in (self.form, self.evolve) for s in chain.flat() if s.when == when)
        parts = tuple(s for s in parts if s.name != _NOTHING)
        return in_order(parts) if parts else None


_NOTHING = nothing().name
