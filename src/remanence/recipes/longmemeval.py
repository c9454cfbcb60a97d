"""LongMemEval's own design: exchanges as values, the asker's facts merged into their keys, a filter by named dates."""

from __future__ import annotations

from remanence.compose.pack import snippets
from remanence.form import exchanges
from remanence.recall import dated, find
from remanence.recipes import recipe
from remanence.stage import Recipe, at_sleep


@recipe("longmemeval")
def longmemeval(*, k: int = 50, keys: str = "merged") -> Recipe:
    """Rounds found by their asker's words, the facts in them merged in, among those of the time that is named.

    Paper: LongMemEval: Benchmarking Chat Assistants on Long-Term Interactive Memory (Wu et al. 2025)
    Family: dialogue. Form: flat. Function: factual. Dynamics: verbatim, distil. Control: rule.
    Memory: explicit, text. Octant: personal, non-parametric, long. Ledger: S073.
    Faithful: approximate(no-llm)
    Lost: facts are first-person sentences and what rules read; a time range is one that the date grammar is sure of
    Reported: LongMemEval-M Recall@5, exchanges = value .582, merged facts .644, fused by rank .478
    Reproduced: LongMemEval-S, 20 answerable instances, fraction@10 over turns = value 69.7, merged 69.4, fused by rank
        61.7
    Reproduced: the same, evidence in 1,000 tokens = value 80.2, merged 84.7, fused by rank 77.9
    Reproduced: told in 1,000 tokens, 70 questions of everyday, 56 of LoCoMo = 68.1, 57.6 (plain 75.8, 70.1)
    """
    return Recipe(
        form=at_sleep(exchanges.exchanges(keys=keys)),
        recall=dated.within(find.vectors(k=k, kinds=("chunk",))) >> dated.expand_to_turns(),
        compose=snippets(),
    )
