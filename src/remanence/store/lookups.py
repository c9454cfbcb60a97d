"""What a plan may ask of a store: the current versions that one scope sees, and the next numbers and ids."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from remanence.store.plan import Known
from remanence.store.view import View
from remanence.types import Scope, Where

if TYPE_CHECKING:
    from remanence.store.store import Store

_EVERYTHING = Where(tiers=(), ended=True)


class Asked:
    """`plan.Lookups` over a store that is caught up and whose writer lock is held."""

    def __init__(self, store: Store, scope: Scope) -> None:
        self._store, self._scope = store, scope
        self.at, self.next_row, self.new_ids = store.now(), store.next_row, store.new_ids
        self.taken, self.same_links = store.door.first_of, store.door.same_links

    def current(self, ids: Sequence[str]) -> dict[str, Known]:
        if not ids:
            return {}
        index, rows = self._store.index, View(self._store, self._scope).rows_of(ids, _EVERYTHING)
        there = rows[rows >= 0]
        numbers, firsts = index.n.now[there].tolist(), index.n.now[index.first.now[there]].tolist()
        found = zip(numbers, firsts, *zip(*self._store.fetch_stored(there), strict=True), strict=True)
        return {item.id: Known(n, first, row, item) for n, first, row, item in found} if numbers else {}
