"""What a plan may ask of a store: the current versions that one scope sees, and the next numbers and ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from remanence.errors import NotFound
from remanence.store.plan import Known
from remanence.store.view import View
from remanence.types import Scope, Where

if TYPE_CHECKING:
    from remanence.store.store import Store

_EVERYTHING = Where(tiers=(), ended=True)


class Asked:
    """`plan.Lookups` over a store that is caught up and whose writer lock is held."""

    def __init__(self, store: Store, scope: Scope) -> None:
        self._store, self._view = store, View(store, scope)
        self.at, self.next_row = store.now(), store.next_row
        self.new_id, self.same_link = store.new_id, store.door.same_link

    def exists(self, id: str) -> bool:
        return bool(self._store.door.first_of([id]))

    def current(self, id: str) -> Known:
        row = int(self._view.rows_of([id], _EVERYTHING)[0])
        if row < 0:
            raise NotFound(f"no item {id!r} in this scope")
        index = self._store.index
        n, first = int(index.n.now[row]), int(index.n.now[index.first.now[row]])
        item = self._store.fetch(np.array([row]))[0]
        return Known(n, first, self._store.door.rows([n])[n][0], item)
