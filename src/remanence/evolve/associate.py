"""Associates by an adaptive cut: a new unit is linked to whatever belongs to the upper mode of its similarities."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from remanence.algo.agglomerate import two_modes
from remanence.records import dataclass
from remanence.stage import Ctx, writes
from remanence.stage.neighbours import neighbours
from remanence.stage.told import order_of_telling, places
from remanence.types import Change, Item, Link, Where, keys_of


@dataclass(frozen=True, slots=True, kw_only=True)
class UpperMode:
    """Link each new item to those of its `k` nearest whose cosines form the higher of two groups (MemGAS).

    Two normal components are fitted to the similarities, so no threshold is set: three links or twenty, as there is a
    gap. Without a gap (one component explains them as well) nothing is linked. The first `first` items link to nothing.
    An item looks at those told before it; one that is looked at again loses the links that it would not get.
    """

    k: int = 30
    first: int = 5
    kinds: tuple[str, ...] = ("episode",)
    rel: str = "associated"

    def __call__(self, change: Change, ctx: Ctx) -> Change:
        fresh = [item for item in change.fresh if item.kind in self.kinds]
        where = Where(kinds=self.kinds, tiers=("hot", "cold"))
        told = order_of_telling(fresh, ctx, places(change.puts))
        again = {item.id for item, row in zip(fresh, ctx.store.rows_of([x.id for x in fresh]), strict=True) if row >= 0}
        old = [item for item in fresh if item.id in again]
        new = sorted((item for item in fresh if item.id not in again), key=lambda item: told[item.id])
        near = neighbours(ctx.store, new, ctx.embed(keys_of(new)), k=self.k, floor=-1.0, where=where)
        links, unlinks = self._links(new, [[(one.item.id, one.cosine) for one in some] for some in near]), list[Link]()
        if old:
            rows = ctx.store.rows(where)  # with what was formed again in the meantime
            old += ctx.store.items(rows[rows > max(ctx.store.rows_of([item.id for item in old]))])
            made = self._links(old, _before(old, where, self.k, ctx))
            ends = {(link.src, link.dst) for link in made}
            stored = ctx.store.links([item.id for item in old], rels=(self.rel,), direction="out")
            unlinks = [link for link in stored if (link.src, link.dst) not in ends]
            links += made
        return change.plus(links=links, unlinks=unlinks)

    def _links(self, items: Sequence[Item], near: Sequence[Sequence[tuple[str, float]]]) -> list[Link]:
        links = []
        for item, others in zip(items, near, strict=True):
            if len(others) < self.first:
                continue
            upper = two_modes(np.array([cosine for _, cosine in others]))
            if upper.all():
                continue
            links += [
                Link(item.id, self.rel, id, weight=round(max(cosine, 0.0), 4))
                for (id, cosine), chosen in zip(others, upper.tolist(), strict=True)
                if chosen
            ]
        return links


def _before(items: Sequence[Item], where: Where, k: int, ctx: Ctx) -> list[list[tuple[str, float]]]:
    """For each stored item the k nearest stored ones of those that were told before it: ids and cosines, best first."""
    every = ctx.store.items(ctx.store.rows(where))
    told = order_of_telling([*every, *items], ctx, {})
    every = sorted(every, key=lambda item: told[item.id])
    stored = ctx.store.vectors(ctx.store.rows_of([item.id for item in every], where))
    place = {item.id: number for number, item in enumerate(every)}
    found: list[list[tuple[str, float]]] = []
    for item, vector in zip(items, ctx.embed(keys_of(items)), strict=True):
        cosines = stored[: place.get(item.id, 0)] @ vector
        best = np.argsort(-np.round(cosines, 5), kind="stable")[:k].tolist()
        found.append([(every[one].id, float(cosines[one])) for one in best])
    return found


upper_mode = writes(UpperMode)
