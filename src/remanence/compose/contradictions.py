"""Pairs of memories that do not agree and that nobody has settled yet."""

from __future__ import annotations

from datetime import datetime

from remanence.records import dataclass
from remanence.types import Item, StoreView, Where

HELD = Where(tiers=("hot", "cold"))
"""What is believed and has not ended; only that can be disputed."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """`new` was linked to `old` as contradicting it, for a reason, at a time."""

    new: Item
    old: Item
    reason: str
    noticed: datetime | None


def contradictions(view: StoreView, *, most: int = 100) -> list[Contradiction]:
    """What stands side by side, linked `contradicts`, newest first."""
    edges = view.edges(("contradicts",), HELD)
    items = {item.id: item for item in view.items(edges.src)} | {item.id: item for item in view.items(edges.dst)}
    pairs = [
        Contradiction(items[link.src], items[link.dst], link.reason, link.seen)
        for link in view.links(list(items), rels=("contradicts",), direction="out")
        if link.src in items and link.dst in items
    ]
    return sorted(pairs, key=lambda one: one.noticed.timestamp() if one.noticed else 0.0, reverse=True)[:most]
