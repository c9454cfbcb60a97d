"""The stored items that a plan asks for: their current versions, as one scope sees them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from remanence.store.plan import Known
from remanence.store.view import View
from remanence.types import EVERYTHING, Scope

if TYPE_CHECKING:
    from remanence.store.store import Store


def current(store: Store, scope: Scope, ids: Sequence[str]) -> dict[str, Known]:
    """id -> its current version, for the ids that this scope sees; the store is caught up and its lock held."""
    index, rows = store.index, View(store, scope).rows_of(ids, EVERYTHING)
    there = rows[rows >= 0]
    if not len(there):
        return {}
    numbers, firsts = index.n.now[there].tolist(), index.n.now[index.first.now[there]].tolist()
    found = zip(numbers, firsts, *zip(*store.fetch_stored(there), strict=True), strict=True)
    return {item.id: Known(n, first, row, item) for n, first, row, item in found}
