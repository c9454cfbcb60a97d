"""Links that grow when two items are recalled together and fade otherwise (a named heuristic, "resonance").

    w(i, j) <- (1 - decay) * w(i, j) + gain * r(i) * r(j)        on recall of i and j together

The law is our reading of the abstract of "Exploring Synaptic Resonance in Large Language Models", which gives
no formula and no parameters; `expand.spread(rels=("recalled_with",))` lets activation run along the links.
"""

from __future__ import annotations

import math

import numpy as np

from remanence.records import dataclass
from remanence.stage import Ctx, writes
from remanence.types import Change, Item, Link

REL = "recalled_with"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grow:
    """Tie the best `top` recalled items closer to one another; their other ties loosen. Meant for `on_recall`.

    r falls with the rank: 1 / log2(1 + rank), rank from 1. A tie below `floor` is cut.
    """

    gain: float = 0.2
    decay: float = 0.05
    floor: float = 0.02
    ceiling: float = 1.0
    top: int = 5
    kinds: tuple[str, ...] = ()

    def __call__(self, change: Change, ctx: Ctx) -> Change:
        best = [item for item in change.given if not self.kinds or item.kind in self.kinds][: self.top]
        if len(best) < 2:
            return change
        relevance = {item.id: 1.0 / math.log2(1 + rank) for rank, item in enumerate(best, 1)}
        known = {_pair(link.src, link.dst): link for link in ctx.store.links(list(relevance), rels=(REL,))}
        links: list[Link] = []
        unlinks: list[Link] = []
        together = {_pair(a.id, b.id) for place, a in enumerate(best) for b in best[place + 1 :]}
        for pair in sorted(together | set(known)):
            weight = (1 - self.decay) * (known[pair].weight if pair in known else 0.0)
            if pair in together:
                weight = min(self.ceiling, weight + self.gain * relevance[pair[0]] * relevance[pair[1]])
            if weight >= self.floor:
                links.append(Link(pair[0], REL, pair[1], weight=weight, reason="recalled together"))
            elif pair in known:
                unlinks.append(known[pair])
        return change.plus(links=links, unlinks=unlinks)


grow = writes(Grow)


@writes
def fade(change: Change, ctx: Ctx, *, decay: float = 0.2, floor: float = 0.02) -> Change:
    """All ties of this scope loosen by `decay`; those below `floor` are cut. Meant for `at_sleep`."""
    edges = ctx.store.edges((REL,))
    rows = sorted({int(row) for row in edges.src} | {int(row) for row in edges.dst})
    items: list[Item] = ctx.store.items(np.array(rows, np.int64))
    found = ctx.store.links([item.id for item in items], rels=(REL,))
    links, unlinks = [], []
    for link in found:
        weight = (1 - decay) * link.weight
        if weight >= floor:
            links.append(Link(link.src, REL, link.dst, weight=weight, reason="faded"))
        else:
            unlinks.append(link)
    return change.plus(links=links, unlinks=unlinks)


def _pair(a: str, b: str) -> tuple[str, str]:
    return (a, b) if a < b else (b, a)
