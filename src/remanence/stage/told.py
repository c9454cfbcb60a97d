"""The order in which things were told: that of their first sources, also where something was formed again later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from remanence.stage.ctx import Ctx
from remanence.types import Item, Where

Told = tuple[int, int]
"""(0, number of a stored source) or (1, place in a change)."""
_EVERY = Where(tiers=(), ended=True)


def order_of_telling(items: Sequence[Item], ctx: Ctx, place: Mapping[str, int]) -> dict[str, Told]:
    """id -> what sorts items by when their first source was told; place: where what is not yet stored stands."""
    return {id: told[0] for id, told in all_told(items, ctx, place).items()}


def all_told(items: Sequence[Item], ctx: Ctx, place: Mapping[str, int]) -> dict[str, list[Told]]:
    """id -> when each of an item's sources was told, in the order of its evidence."""
    sources = {item.id: [one.id for one in item.evidence] or [item.id] for item in items}
    ids = list(dict.fromkeys(id for some in sources.values() for id in some))
    rows = ctx.store.rows_of(ids, _EVERY)
    numbers = ctx.store.columns.number[rows[rows >= 0]].tolist()
    stored = dict(zip(np.array(ids, object)[rows >= 0].tolist(), numbers, strict=True)) if ids else {}
    return {
        id: [(0, stored[one]) if one in stored else (1, place.get(one, len(place))) for one in some]
        for id, some in sources.items()
    }


def places(items: Sequence[Item]) -> dict[str, int]:
    """id -> place, for `order_of_telling`."""
    return {item.id: number for number, item in enumerate(items)}
