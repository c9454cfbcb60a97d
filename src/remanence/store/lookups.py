"""What is looked up of stored items: their current versions, as one scope sees them, and why versions were written."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from remanence.store.plan import Known
from remanence.store.view import View, fetch_stored
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
    found = zip(numbers, firsts, *zip(*fetch_stored(store, there), strict=True), strict=True)
    return {item.id: Known(n, first, row, item) for n, first, row, item in found}


def reasons(store: Store, numbers: Collection[int]) -> dict[int, str]:
    """n -> why this version was written, of versions that are not an item's first; reads the whole journal."""
    found: dict[int, str] = {}
    for entry in store.door.journal(0):
        if '"version"' in entry.ops:
            found.update((op[1], op[3]) for op in json.loads(entry.ops) if op[0] == "version" and op[1] in numbers)
    return found
