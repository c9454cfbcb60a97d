"""A recipe: a memory system as a composition of stages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field

from remanence.blake import blake2b
from remanence.records import dataclass
from remanence.stage.compose import ComposeStage
from remanence.stage.read import ReadStage
from remanence.stage.write import WriteStage, in_order, nothing

SLOTS = ("form", "evolve", "recall", "compose")
AT_SLEEP = "at_sleep"
EVERY = "every "


@dataclass(frozen=True, slots=True)
class Recipe:
    """A memory system as a composition: how it forms, evolves, recalls and composes."""

    recall: ReadStage
    compose: ComposeStage
    form: WriteStage = field(default_factory=nothing)
    evolve: WriteStage = field(default_factory=nothing)
    name: str = ""
    at: Mapping[str, WriteStage] = field(init=False, compare=False, repr=False)
    """Everything of form and evolve that runs at one time, in order, by when that is."""
    later: tuple[str, ...] = field(init=False, compare=False, repr=False)
    """Names of the work that new items leave for later: at sleep, and by place each stage that runs every so often."""
    label: str = field(init=False, compare=False, repr=False)
    """What the recipe's work is filed under: its name, or a mark of what it is made of."""

    def __post_init__(self) -> None:
        parts: dict[str, tuple[WriteStage, ...]] = {}
        for stage in (stage for chain in (self.form, self.evolve) for stage in chain.flat() if stage.name != _NOTHING):
            parts[stage.when] = (*parts.get(stage.when, ()), stage)
        object.__setattr__(self, "at", {when: in_order(stages) for when, stages in parts.items()})
        later = [AT_SLEEP] if AT_SLEEP in parts else []
        later += [f"{EVERY}{place}" for place in range(len(parts.get("every", ())))]
        object.__setattr__(self, "later", tuple(later))
        label = self.name or blake2b(repr(self).encode(), digest_size=6).hexdigest()
        object.__setattr__(self, "label", label)

    def slots(self) -> Iterator[tuple[str, WriteStage | ReadStage | ComposeStage]]:
        """(slot, stage) pairs, for printing and comparing."""
        for slot in SLOTS:
            yield slot, getattr(self, slot)


_NOTHING = nothing().name
