"""How much one scope sees: items by kind and tier, links, work that waits, and the size of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from remanence.types import EVERYTHING, Scope

if TYPE_CHECKING:
    from remanence.store.store import Store


def counted(store: Store, scope: Scope) -> dict[str, Any]:
    """`Store.stats`."""
    view = store.view(scope)
    rows, index = view.rows(EVERYTHING), store.index

    def by_name(column: NDArray[Any], names: list[str]) -> dict[str, int]:
        codes, counts = np.unique(column[rows], return_counts=True)
        return {names[c]: int(n) for c, n in zip(codes.tolist(), counts.tolist(), strict=True) if c >= 0}

    return {
        "items": len(rows),
        "kinds": by_name(index.kind.now, index.kinds.names),
        "tiers": by_name(index.tier.now, index.tiers.names),
        "sessions": len(np.unique(index.session.now[rows])),
        "links": len(view.edges().src),
        "commit": store.commit,
        "waiting": store.waiting(scope),
        "failed": len(store.jobs(state="failed", scope=scope)),
        "bytes": store.door.size(),
        "damaged": len(store.damaged),
    }
