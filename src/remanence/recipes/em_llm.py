"""EM-LLM's memory of events as a text recipe: cut at surprise, refined, recalled with what stood next to it."""

from __future__ import annotations

from remanence.compose.pack import snippets
from remanence.form import events
from remanence.recall import dated, find, walk
from remanence.recipes import recipe
from remanence.stage import Recipe, at_sleep


@recipe("em_llm")
def em_llm(*, k: int = 10, gamma: float = 1.0, most: int = 16, share: float = 0.3) -> Recipe:
    """Events between surprises, moved to where the talk splits best; each hit brings its neighbours, 30 % of all.

    Paper: Human-like Episodic Memory for Infinite Context LLMs (Fountas et al. 2025)
    Family: dialogue. Form: flat. Function: factual. Dynamics: verbatim, structure. Control: rule, llm.
    Memory: explicit, text. Octant: personal, non-parametric, long. Ledger: S143.
    Faithful: approximate(no-llm)
    Lost: surprise is the distance of a turn from the one before, not a language model's; the layer of the same name has
        the real one; an event is found by sentences that it quotes, or by a model's summary of it
    Reported: LongBench against InfLLM = +4.3 %
    Reproduced: told in 1,000 tokens, 70 questions of everyday, 56 of LoCoMo = 73.6, 35.0 (plain 75.8, 70.1)
    """
    return Recipe(
        form=at_sleep(events.surprises(gamma=gamma, most=most)),
        recall=find.vectors(k=k, kinds=("episode",))
        >> walk.contiguous(share=share)
        >> dated.expand_to_turns(kinds=("episode",)),
        compose=snippets(),
    )
