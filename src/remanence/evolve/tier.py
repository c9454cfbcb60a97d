"""Moves items between hot, cold and archived, and back: forgetting that can be undone."""

from __future__ import annotations

from remanence.evolve.decay import retained, stored
from remanence.stage import Ctx, writes
from remanence.types import Change, Item, Update


def _lower(
    change: Change,
    ctx: Ctx,
    stage: str,
    source: str,
    target: str,
    below: float,
    kinds: tuple[str, ...],
    spare: float,
    law: str,
    unit: str,
    since: str,
) -> Change:
    now = ctx.clock()
    updates = []
    for batch in stored(ctx.store, kinds, (source,)):
        left = retained(ctx.store, batch, now, law=law, unit=unit, since=since)
        updates += [
            Update(item.id, {"tier": target}, f"retention {value:.3f} is below {below:g}", stage)
            for item, value in zip(batch, left.tolist(), strict=True)
            if value < below and item.salience < spare and not item.data.get("quarantine")
        ]
    return change.plus(updates=updates)


@writes
def demote(
    change: Change,
    ctx: Ctx,
    *,
    below: float = 0.2,
    law: str = "exponential",
    unit: str = "day",
    since: str = "seen",
    kinds: tuple[str, ...] = ("turn", "note", "fact", "episode"),
    spare: float = 0.9,
) -> Change:
    """Hot items whose retention fell below `below` become cold: recalled when asked or when nothing hot answers.

    Items whose salience is at least `spare` stay. Looks at the whole store; meant for `at_sleep`.
    """
    return _lower(change, ctx, "tier.demote", "hot", "cold", below, kinds, spare, law, unit, since)


@writes
def archive(
    change: Change,
    ctx: Ctx,
    *,
    below: float = 0.02,
    law: str = "exponential",
    unit: str = "day",
    since: str = "seen",
    kinds: tuple[str, ...] = ("turn", "note", "fact", "episode"),
    spare: float = 0.9,
) -> Change:
    """Cold items whose retention fell below `below` are archived: reached only by their id. Meant for `at_sleep`."""
    return _lower(change, ctx, "tier.archive", "cold", "archived", below, kinds, spare, law, unit, since)


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
