"""Bounds on how much of a kind is at hand: the oldest beyond the bound step back, none is lost (MemOS)."""

from __future__ import annotations

from remanence.errors import BadKnob
from remanence.stage import Ctx, writes
from remanence.stage.change_builder import ChangeBuilder
from remanence.types import TIERS, Change, Where

STEPPED_BACK = "stepped_back"
"""A key of `data`: the tier that an item left to make room for newer ones."""


@writes
def newest(change: Change, ctx: Ctx, *, kind: str = "turn", most: int = 20, to: str = "cold") -> Change:
    """Only the `most` newest hot items of a kind stay hot; older ones go to tier `to`.

    MemOS keeps 20 working, 1,500 long-term and 480 user memories, first in first out.
    """
    if most < 1 or to not in TIERS[1:]:
        raise BadKnob(f"a quota keeps at least one and moves the rest to {' or '.join(TIERS[1:])}, not {most}, {to!r}")
    fresh = [item for item in change.puts if item.kind == kind and item.tier == "hot"]
    stored = ctx.store.rows(Where(kinds=(kind,)))
    over = len(stored) + len(fresh) - most
    if over <= 0:
        return change
    draft = ChangeBuilder(change, "quota.newest")
    oldest = [*ctx.store.items(stored[:over]), *fresh[: max(0, over - len(stored))]]
    for item in oldest:
        draft.rewrite(item, {"tier": to, "data": {STEPPED_BACK: item.tier}}, f"more than {most} of kind {kind}")
    return draft.change()
