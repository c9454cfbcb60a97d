"""Associates by an adaptive cut: a new unit is linked to whatever belongs to the upper mode of its similarities."""

from __future__ import annotations

import numpy as np

from remanence.algo.agglomerate import two_modes
from remanence.records import dataclass
from remanence.stage import Ctx, writes
from remanence.stage.neighbours import neighbours
from remanence.types import Change, Link, Where


@dataclass(frozen=True, slots=True, kw_only=True)
class UpperMode:
    """Link each new item to those of its `k` nearest whose cosines form the higher of two groups (MemGAS).

    Two normal components are fitted to the similarities, so no threshold is set: three links or twenty, as there is a
    gap. Without a gap (one component explains them as well) nothing is linked. The first `first` items link to nothing.
    """

    k: int = 30
    first: int = 5
    kinds: tuple[str, ...] = ("episode",)
    rel: str = "associated"

    def __call__(self, change: Change, ctx: Ctx) -> Change:
        fresh = [item for item in change.fresh if item.kind in self.kinds]
        where = Where(kinds=self.kinds, tiers=("hot", "cold"))
        near = neighbours(ctx.store, fresh, ctx.embed([item.key for item in fresh]), k=self.k, floor=-1.0, where=where)
        links = []
        for item, others in zip(fresh, near, strict=True):
            if len(others) < self.first:
                continue
            upper = two_modes(np.array([one.cosine for one in others]))
            if upper.all():
                continue
            links += [
                Link(item.id, self.rel, one.item.id, weight=round(max(one.cosine, 0.0), 4))
                for one, chosen in zip(others, upper.tolist(), strict=True)
                if chosen
            ]
        return change.plus(links=links)


upper_mode = writes(UpperMode)
