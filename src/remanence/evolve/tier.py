"""Moves items between hot, cold and archived, and back: forgetting that can be undone."""

from __future__ import annotations

from dataclasses import dataclass

from remanence.evolve.decay import retained, stored
from remanence.stage import Ctx, writes
from remanence.types import Change, Item, Update


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lowering:
    """What is lowered by a retention law: below which retention, of which kinds, sparing what salience."""

    below: float = 0.2
    law: str = "exponential"
    unit: str = "day"
    since: str = "seen"
    kinds: tuple[str, ...] = ("turn", "note", "fact", "episode")
    spare: float = 0.9

    def lower(self, change: Change, ctx: Ctx, source: str, target: str, stage: str) -> Change:
        """Items of the tier `source` whose retention fell below `below` go to `target`."""
        now = ctx.clock()
        updates = []
        for batch in stored(ctx.store, self.kinds, (source,)):
            left = retained(ctx.store, batch, now, law=self.law, unit=self.unit, since=self.since)
            updates += [
                Update(item.id, {"tier": target}, f"retention {value:.3f} is below {self.below:g}", stage)
                for item, value in zip(batch, left.tolist(), strict=True)
                if value < self.below and item.salience < self.spare and not item.data.get("quarantine")
            ]
        return change.plus(updates=updates)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demote(_Lowering):
    """Hot items whose retention fell below `below` become cold: recalled when asked or when nothing hot answers.

    Items whose salience is at least `spare` stay. Looks at the whole store; meant for `at_sleep`.
    """

    def __call__(self, change: Change, ctx: Ctx) -> Change:
        return self.lower(change, ctx, "hot", "cold", "tier.demote")


demote = writes(Demote)


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive(_Lowering):
    """Cold items whose retention fell below `below` are archived: reached only by their id. Meant for `at_sleep`."""

    below: float = 0.02

    def __call__(self, change: Change, ctx: Ctx) -> Change:
        return self.lower(change, ctx, "cold", "archived", "tier.archive")


archive = writes(Archive)


@writes
def restore(change: Change, ctx: Ctx, *, kinds: tuple[str, ...] = ()) -> Change:
    """Given items that are cold or archived become hot again, except those in quarantine.

    On recall, what was found among the cold comes back.
    """
    return change.plus(
        updates=[
            Update(item.id, {"tier": "hot"}, "recalled", "tier.restore")
            for item in change.given
            if _sleeps(item) and (not kinds or item.kind in kinds)
        ]
    )


def _sleeps(item: Item) -> bool:
    return item.tier != "hot" and not item.data.get("quarantine")
