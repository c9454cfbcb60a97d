"""What is linked with what: the neighbourhood of an item, or the items that hold most together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from remanence.records import dataclass
from remanence.types import Item, Link, StoreView, Where

EVERYTHING = Where(tiers=("hot", "cold"), ended=True)
RESTS_ON = "rests_on"
"""The edge from what was derived to what it was derived from."""


@dataclass(frozen=True, slots=True)
class Graph:
    """Items and the edges among them; `more` neighbours did not fit."""

    items: tuple[Item, ...]
    edges: tuple[Link, ...]
    more: int = 0


def graph(view: StoreView, ids: Sequence[str] = (), *, depth: int = 1, most: int = 60) -> Graph:
    """The items that can be reached from `ids` in `depth` steps over links and evidence, nearest first.

    Without ids: the `most` items with the most links. `NotFound` for an id that this scope does not see.
    """
    found = {id: view.get(id) for id in ids} if ids else _hubs(view, most)
    frontier, more = list(found.values()), 0
    for _ in range(depth if ids else 0):
        ends = [end for link in _edges(view, frontier) for end in (link.src, link.dst) if end not in found]
        near = list(dict.fromkeys(ends))
        room = max(0, most - len(found))
        more += len(near[room:])
        fresh = _current(view, near[:room])
        found.update(fresh)
        frontier = list(fresh.values())
    edges = {(one.src, one.rel, one.dst): one for one in _edges(view, list(found.values()))}
    inside = tuple(one for one in edges.values() if one.src in found and one.dst in found)
    return Graph(tuple(found.values()), inside, more)


def _hubs(view: StoreView, most: int) -> dict[str, Item]:
    edges = view.edges(where=EVERYTHING)
    rows, counts = np.unique(np.concatenate([edges.src, edges.dst]), return_counts=True)
    chosen = rows[np.argsort(-counts, kind="stable")][:most]
    return {item.id: item for item in view.items(chosen)}


def _edges(view: StoreView, items: Sequence[Item]) -> list[Link]:
    """Links of these items, what they rest on and what rests on them."""
    ids = [item.id for item in items]
    rests = [Link(item.id, RESTS_ON, one.id) for item in items for one in item.evidence]
    rests += [
        Link(item.id, RESTS_ON, one.id) for item in view.resting_on(ids) for one in item.evidence if one.id in ids
    ]
    return [*view.links(ids), *rests]


def _current(view: StoreView, ids: Iterable[str]) -> dict[str, Item]:
    rows = view.rows_of(list(ids), EVERYTHING)
    return {item.id: item for item in view.items(rows[rows >= 0])}
