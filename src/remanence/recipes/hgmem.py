"""HGMem: a hypergraph of points that grows while one question is looked into, and is gone after the answer."""

from __future__ import annotations

from remanence.compose.listing import listing
from remanence.form import extract
from remanence.recall import find, hypergraph
from remanence.recipes import recipe
from remanence.stage import Recipe

PASSAGES = ("turn", "chunk")


@recipe("hgmem")
def hgmem(*, k: int = 50, turns: int = 3, first: int = 5) -> Recipe:
    """Search, points of what was found, merged where they share a name; then dig round the best or explore.

    Paper: Improving Multi-step RAG with Hypergraph-based Memory for Long-Context Complex Relational Modeling (HGMem,
        2025)
    Family: graph. Form: planar. Function: working, factual. Dynamics: structure. Control: rule.
    Memory: explicit, text. Octant: system, non-parametric, short. Graph: hyper. Operators: similarity, agent.
        Ledger: S023.
    Faithful: approximate(no-llm)
    Lost: a point is its passages and names, without a written description; enough is judged by the words of the
        question that a point holds
    Reproduced: told in 1,000 tokens, 70 questions of everyday, 56 of LoCoMo = 75.4, 66.8 (plain 75.8, 70.1)
    """
    return Recipe(
        form=extract.entities(),
        recall=hypergraph.dig_or_explore(
            find.vectors(k=k, kinds=PASSAGES) + find.words(k=k, kinds=PASSAGES), turns=turns, first=first
        ),
        compose=listing(),
    )
