"""LongMemEval's own design: rounds as values, the asker's facts merged into their keys, a filter by named dates."""

from __future__ import annotations

from remanence.compose.pack import snippets
from remanence.form import rounds
from remanence.recall import dated, find
from remanence.recipes import recipe
from remanence.stage import Recipe, at_sleep


@recipe("longmemeval")
def longmemeval(*, k: int = 50, keys: str = "merged") -> Recipe:
    """Rounds found by their asker's words with the facts in them merged in, among those of the time that is named."""
    return Recipe(
        form=at_sleep(rounds.rounds(keys=keys)),
        recall=dated.within(find.vectors(k=k, kinds=("chunk",))) >> dated.expand_to_turns(),
        compose=snippets(),
    )
