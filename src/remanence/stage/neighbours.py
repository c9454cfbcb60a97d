"""The nearest items to some items: among those stored, and among those that came before in the same change."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from remanence.algo.unit_rows import eight_bits
from remanence.records import dataclass
from remanence.types import Floats, Item, StoreView, Where

_BLOCK = 512


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An item and its cosine."""

    item: Item
    cosine: float


def neighbours(
    view: StoreView,
    items: Sequence[Item],
    vectors: Floats,
    *,
    k: int,
    floor: float,
    where: Where,
) -> list[list[Neighbour]]:
    """For each item its k nearest others with cosine >= floor, best first. vectors: unit rows [N, D] of `items`.

    An item looks at what is stored and at the items before it, so that in a row of items each pair is met once.
    """
    if not items:
        return []
    fresh = {item.id: place for place, item in enumerate(items)}
    stored = [view.nearest(vector, k + 1 + _crowd(fresh, k), where) for vector in vectors]
    rows = np.unique(np.concatenate([near[scores >= floor] for near, scores in stored]))
    loaded = dict(zip(rows.tolist(), view.items(rows), strict=True))
    codes, scales = eight_bits(vectors)
    kept = codes.astype(np.float32) * scales[:, None]  # as a store holds them
    found: list[list[Neighbour]] = []
    for start in range(0, len(items), _BLOCK):
        block = vectors[start : start + _BLOCK] @ kept[: start + _BLOCK].T
        for offset, item in enumerate(items[start : start + _BLOCK]):
            place = start + offset
            near: dict[str, Neighbour] = {}
            old_rows, old_scores = stored[place]
            for row, cosine in zip(old_rows.tolist(), old_scores.tolist(), strict=True):
                other = loaded.get(row)
                if other is not None and cosine >= floor and fresh.get(other.id, -1) < place and other.id != item.id:
                    near[other.id] = Neighbour(other, float(cosine))
            before = block[offset, :place]
            for position in _best(before, floor, k):
                other = items[position]
                if not where.kinds or other.kind in where.kinds:
                    near[other.id] = Neighbour(other, float(before[position]))
            best = sorted(near.values(), key=lambda one: (-one.cosine, one.item.id))[:k]
            found.append(best)
    return found


def _best(scores: Floats, floor: float, k: int) -> list[int]:
    """Places of the k best scores from `floor`; where a text says one thing a thousand times, the first ones."""
    places = np.flatnonzero(scores >= floor)
    if len(places) > 4 * k:
        places = places[np.argsort(-scores[places], kind="stable")[: 4 * k]]
    return [int(place) for place in places]


def _crowd(fresh: dict[str, int], k: int) -> int:
    """How many more to ask the store for, since some of its answers are later items of the same batch."""
    return min(len(fresh), 4 * k)
