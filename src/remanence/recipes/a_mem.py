"""A-MEM: notes with key words and tags that link to their neighbours and rewrite them."""

from __future__ import annotations

from remanence.compose.listing import listing
from remanence.evolve import rewrite
from remanence.form import extract
from remanence.recall import expand, find
from remanence.recipes import recipe
from remanence.stage import Recipe


@recipe("a_mem")
def a_mem(*, k: int = 10, links: int = 5, floor: float = 0.5, keywords: int = 5) -> Recipe:
    """Notes linked to their nearest, whose key words and tags each newcomer rewrites; one-hop recall.

    Paper: A-MEM: Agentic Memory for LLM Agents (Xu et al. 2025)
    Family: dialogue. Form: planar. Function: factual. Dynamics: distil, structure, update. Control: rule, llm.
    Memory: explicit, text. Octant: personal, non-parametric, long. Graph: knowledge. Operators: similarity,
        traversal. Ledger: S066.
    Faithful: approximate(no-llm)
    Lost: without a model a note has no sentence of context, and neighbours get the newcomer's key words and tags
    Reported: tokens an operation = 1,200 to 2,500 (whole history 16,900)
    Reproduced: told in 1,000 tokens, 70 questions of everyday, 56 of LoCoMo = 70.2, 59.4 (plain 75.8, 70.1)
    """
    return Recipe(
        form=extract.notes(k=keywords),
        evolve=rewrite.neighbours(k=links, floor=floor),
        recall=find.vectors(k=k, kinds=("note",)) >> expand.linked(rels=("related",), top=k),
        compose=listing(),
    )
