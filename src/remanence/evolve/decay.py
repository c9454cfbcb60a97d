"""Lets memories fade: what a retention law gives up is demoted, never deleted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from remanence.algo.retention import age, retention
from remanence.blake import blake2b
from remanence.errors import BadKnob
from remanence.records import dataclass
from remanence.stage import Ctx, writes
from remanence.types import Change, Item, StoreView, Update, Where

_BATCH = 2_000
SINCE = ("seen", "at")


def retained(
    view: StoreView,
    items: list[Item],
    now: datetime,
    *,
    law: str = "exponential",
    unit: str = "day",
    since: str = "seen",
) -> NDArray[np.float64]:
    """Retention of each item now, in [0, 1]: its age since it was last used, under a law, by its strength.

    since: where the age of a never used item starts: "seen" (first remembered) or "at" (happened).
    """
    if since not in SINCE:
        raise BadKnob(f"an age starts at {' or '.join(SINCE)}, not {since!r}")
    ages = [age(_last(view, item, since) or now, now, unit) for item in items]
    return retention(ages, [item.strength for item in items], law=law, unit=unit)


def _last(view: StoreView, item: Item, since: str) -> datetime | None:
    if since == "at" and item.at is not None:
        start: datetime | None = item.at
    else:
        start = item.seen if item.version == 1 else view.history(item.id)[0].seen
    return max((one for one in (item.used, start) if one is not None), default=None)


def stored(view: StoreView, kinds: tuple[str, ...], tiers: tuple[str, ...]) -> Iterator[list[Item]]:
    """Every item of some kinds and tiers, in batches, oldest first."""
    rows = view.rows(Where(kinds=kinds, tiers=tiers))
    for start in range(0, len(rows), _BATCH):
        yield view.items(rows[start : start + _BATCH])


def luck(item: Item) -> float:
    """A number in [0, 1) that an item keeps until it is used again."""
    digest = blake2b(f"{item.id} {item.uses}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


@dataclass(frozen=True, slots=True, kw_only=True)
class Fading:
    """What a retention law may give up: of which kinds, sparing what is as salient as `spare`."""

    law: str = "exponential"
    unit: str = "day"
    since: str = "seen"
    kinds: tuple[str, ...] = ("turn", "note", "fact", "episode")
    spare: float = 0.9

    def left(self, ctx: Ctx, tier: str) -> Iterator[tuple[Item, float]]:
        """(item, retention now) of what is in a tier and is not spared."""
        now = ctx.clock()
        for batch in stored(ctx.store, self.kinds, (tier,)):
            left = retained(ctx.store, batch, now, law=self.law, unit=self.unit, since=self.since)
            for item, value in zip(batch, left.tolist(), strict=True):
                if item.salience < self.spare:
                    yield item, value


@dataclass(frozen=True, slots=True, kw_only=True)
class StochasticForgetting(Fading):
    """Keep each item with a chance equal to its retention (MemoryBank); what lapses goes to tier `to`.

    An item draws its luck once between two uses, so however often the store sleeps, the share that is left
    after a time is what the law says. Items whose salience is at least `spare` never lapse.
    Looks at the whole store; meant for `at_sleep`.
    """

    kinds: tuple[str, ...] = ("turn",)
    to: str = "cold"

    def __call__(self, change: Change, ctx: Ctx) -> Change:
        return change.plus(
            updates=[
                Update(item.id, {"tier": self.to}, f"retention {left:.3f}", "decay.stochastic_forgetting")
                for item, left in self.left(ctx, "hot")
                if luck(item) >= left
            ]
        )


stochastic_forgetting = writes(StochasticForgetting)
