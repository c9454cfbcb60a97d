"""What was made of what was said: derived items by the commit that formed or changed them, newest first."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from remanence.records import dataclass
from remanence.types import EVERYTHING, Item, StoreView, moment

VERBATIM = ("turn", "chunk", "file")
"""Kinds that are kept as they came."""


@dataclass(frozen=True, slots=True)
class Derivation:
    """What one moment's work formed, and what it changed or ended; `total` counts both, shown or not."""

    at: datetime
    formed: tuple[Item, ...]
    changed: tuple[Item, ...]
    total: int


def derivations(view: StoreView, *, most: int = 20, items: int = 50) -> list[Derivation]:
    """The last `most` moments at which something was derived, with up to `items` of each."""
    rows = view.rows(EVERYTHING)
    rows = rows[~view.columns.of_kinds(rows, VERBATIM)]
    seen = view.columns.seen[rows]
    told = []
    for when in np.unique(seen)[::-1][:most]:
        these = rows[seen == when]
        shown = view.items(these[:items])
        at = moment(int(when))
        assert at is not None
        formed = tuple(item for item in shown if item.version == 1)
        changed = tuple(item for item in shown if item.version > 1)
        told.append(Derivation(at, formed, changed, len(these)))
    return told
