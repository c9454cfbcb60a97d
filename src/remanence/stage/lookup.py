"""Finds what a store already holds by an exact name: entities by label, facts by subject and slot.

Few names are looked up through the word index, many by reading the kind once; both give the same answer.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

from remanence.types import Item, StoreView, Where

Key = TypeVar("Key", bound=Hashable)

MANY = 24
"""From so many names on, the whole kind is read once instead."""
DEEP = 64
"""So many word-index hits are looked through for one name."""


def exact(
    view: StoreView,
    kind: str,
    wanted: Iterable[tuple[Key, str]],
    key: Callable[[Item], Key | None],
    *,
    many: int = MANY,
    ended: bool = False,
) -> dict[Key, list[Item]]:
    """Items of a kind by key, in the order in which they were remembered.

    wanted: (key, words that every item with this key holds). key: an item's own key, None for none.
    ended: also those whose time is over. A name without a single index term is found by reading the kind.
    """
    pairs = dict(wanted)
    found: dict[Key, list[Item]] = {}
    where = Where(kinds=(kind,), tiers=("hot", "cold"), ended=ended)
    if not pairs:
        return found
    every = view.rows(where)
    if not len(every):
        return found
    terms = dict(zip(pairs, view.terms_each(list(pairs.values())), strict=True))
    if len(pairs) >= many or not all(terms.values()):
        for item in view.items(every):
            name = key(item)
            if name is not None and name in pairs:
                found.setdefault(name, []).append(item)
        return found
    for name, some in terms.items():
        rows, _ = view.matching(some, DEEP, where)
        held = view.coverage(list(dict.fromkeys(some)), rows).all(axis=0)
        order = view.columns.number[rows[held]].argsort(kind="stable")
        same = [item for item in view.items(rows[held][order]) if key(item) == name]
        if same:
            found[name] = same
    return found
