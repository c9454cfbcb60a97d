"""Mem0: facts instead of talk, each held against its ten nearest: add, update, delete or nothing."""

from __future__ import annotations

from remanence.compose.listing import listing
from remanence.evolve import reconcile
from remanence.form import extract
from remanence.recall import find
from remanence.recipes import recipe
from remanence.stage import Recipe


@recipe("mem0")
def mem0(*, k: int = 100, neighbours: int = 10, same: float = 0.95) -> Recipe:
    """Facts reconciled with their ten nearest as intervals that close; recall by meaning among what holds."""
    return Recipe(
        form=extract.facts(),
        evolve=reconcile.mem0(k=neighbours, same=same),
        recall=find.vectors(k=k, kinds=("fact",)),
        compose=listing(),
    )
