"""Moves items between hot, cold and archived, and back: forgetting that can be undone."""

from __future__ import annotations

from remanence.evolve.decay import Fading
from remanence.records import dataclass
from remanence.stage import Ctx, writes
from remanence.types import Change, Item, Update


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lowering(Fading):
    """Fading below a retention of `below`."""

    below: float = 0.2

    def lower(self, change: Change, ctx: Ctx, source: str, target: str, stage: str) -> Change:
        """Items of the tier `source` whose retention fell below `below` go to `target`; quarantine stays."""
        return change.plus(
            updates=[
                Update(item.id, {"tier": target}, f"retention {left:.3f} is below {self.below:g}", stage)
                for item, left in self.left(ctx, source)
                if left < self.below and not item.data.get("quarantine")
            ]
        )


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
