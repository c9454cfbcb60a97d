"""Mem0 with a graph: facts are edges between names, and an edge that is contradicted ends."""

from __future__ import annotations

from remanence.compose.listing import listing
from remanence.evolve import link, reconcile
from remanence.form import extract
from remanence.recall import find
from remanence.recipes import recipe
from remanence.stage import Recipe

FACTS = ("fact",)


@recipe("mem0_graph")
def mem0_graph(*, k: int = 100) -> Recipe:
    """Facts joined to the names they are about; contradicted edges end; recall by name and by meaning."""
    return Recipe(
        form=extract.facts() >> extract.entities(kinds=("turn", "fact")),
        evolve=link.about() >> reconcile.conflicts(),
        recall=find.entities(k=k, kinds=FACTS) + find.vectors(k=k, kinds=FACTS),
        compose=listing(),
    )
