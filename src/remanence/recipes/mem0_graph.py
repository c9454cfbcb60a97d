"""Mem0 with a graph: facts are edges between names, and an edge that is contradicted ends."""

from __future__ import annotations

from remanence.compose.listing import listing
from remanence.evolve import link, reconcile
from remanence.form import extract
from remanence.recall import find
from remanence.recipes import recipe
from remanence.stage import Recipe

FACTS = ("fact",)


@recipe(
    "mem0_graph",
    paper="Mem0: Building Production-Ready AI Agents with Scalable Long-Term Memory (Chhikara et al. 2025)",
    ledger="S113",
    family="graph",
    form="planar",
    function="factual",
    dynamics="distil, structure, update",
    control="rule, llm",
    faithful="approximate(no-llm)",
    lost="without a model relations are the slots that rules read, and an edge ends when its slot gets another value",
    reported={"LoCoMo judge, gpt-4o-mini": "68.4"},
)
def mem0_graph(*, k: int = 100) -> Recipe:
    """Facts joined to the names they are about; contradicted edges end; recall by name and by meaning."""
    return Recipe(
        form=extract.facts() >> extract.entities(kinds=("turn", "fact")),
        evolve=link.about() >> reconcile.conflicts(),
        recall=find.entities(k=k, kinds=FACTS) + find.vectors(k=k, kinds=FACTS),
        compose=listing(),
    )
