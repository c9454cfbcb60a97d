"""CoAT: a tree search over memory in which each node brings to mind what comes next."""

from __future__ import annotations

from remanence.compose.listing import listing
from remanence.recall import find, search_tree
from remanence.recipes import recipe
from remanence.stage import Recipe

PASSAGES = ("turn", "chunk")


@recipe("coat")
def coat(*, k: int = 30, rounds: int = 24, breadth: int = 4) -> Recipe:
    """Upper confidence bounds choose the branch; a memory and the question together call up the next one.

    Paper: CoAT: Chain-of-Associated-Thoughts Framework for Enhancing Large Language Models Reasoning (2025)
    Family: graph. Form: flat. Function: working, factual. Dynamics: verbatim. Control: rule.
    Memory: explicit, text. Octant: system, non-parametric, short. Graph: knowledge. Operators: similarity, agent.
        Ledger: S169.
    Faithful: approximate(no-llm)
    Lost: nodes are memories, not generated thoughts: a planner of retrieval, without the reasoner
    Reproduced: told in 1,000 tokens, 70 questions of everyday, 56 of LoCoMo = 73.2, 61.2 (plain 75.8, 70.1)
    """
    return Recipe(
        recall=search_tree.associated(find.vectors(k=k, kinds=PASSAGES), rounds=rounds, breadth=breadth),
        compose=listing(),
    )
