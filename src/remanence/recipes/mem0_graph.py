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
    """Facts joined to the names they are about; contradicted edges end; recall by name and by meaning.

    Paper: Mem0: Building Production-Ready AI Agents with Scalable Long-Term Memory (Chhikara et al. 2025)
    Family: graph. Form: planar. Function: factual. Dynamics: distil, structure, update. Control: rule, llm.
    Memory: explicit, text. Octant: personal, non-parametric, long. Graph: temporal. Operators: similarity, rule,
        traversal. Ledger: S113.
    Faithful: approximate(no-llm)
    Lost: without a model relations are the slots that rules read, and an edge ends when its slot gets another value
    Reported: LoCoMo judge, gpt-4o-mini = 68.4
    """
    return Recipe(
        form=extract.facts() >> extract.entities(kinds=("turn", "fact")),
        evolve=link.about() >> reconcile.conflicts(),
        recall=find.entities(k=k, kinds=FACTS) + find.vectors(k=k, kinds=FACTS),
        compose=listing(),
    )
