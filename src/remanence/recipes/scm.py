"""SCM: memory only when it is needed, whole or as a summary, never over the budget."""

from __future__ import annotations

from remanence.compose.ladder import ladder
from remanence.recall import find, gate
from remanence.recipes import recipe
from remanence.stage import Recipe


@recipe("scm")
def scm(*, k: int = 20, top: int = 6) -> Recipe:
    """The archive is read when the cue asks for it; over the budget hits become summaries before anything is cut.

    Paper: Unleashing Infinite-Length Input Capacity for Large-scale Language Models with Self-Controlled Memory System
        (Wang et al. 2023)
    Family: dialogue. Form: flat. Function: factual, working. Dynamics: verbatim, summarise. Control: rule.
    Memory: explicit, text. Octant: personal, non-parametric, long. Ledger: S129.
    Faithful: approximate(no-llm)
    Lost: no model is asked: the gate is a list of small talk, and a text answers by the words of the question that it
        holds
    Reproduced: told in 1,000 tokens, 70 questions of everyday, 56 of LoCoMo = 55.0, 52.0 (plain 75.8, 70.1)
    """
    return Recipe(
        recall=gate.unless_chat(find.vectors(k=k, kinds=("turn",))),
        compose=ladder(top=top),
    )
