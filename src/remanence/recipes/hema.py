"""HEMA: a running gist beside verbatim chunks, salience that prunes, a prompt of fixed size."""

from __future__ import annotations

from remanence.compose.layers import layers
from remanence.evolve import salience, strengthen
from remanence.form import gist
from remanence.recall import find
from remanence.recipes import recipe
from remanence.stage import Recipe, at_sleep, every, on_recall


@recipe("hema")
def hema(*, k: int = 5, tokens: int = 60, period: int = 100, share: float = 0.005) -> Recipe:
    """A gist of 60 tokens, a gist of gists over each hundred turns, five chunks, the last two turns.

    Paper: HEMA: A Hippocampus-Inspired Extended Memory Architecture for Long-Context AI Conversations (2025)
    Family: dialogue. Form: hierarchical. Function: factual, working. Dynamics: verbatim, summarise, forget.
        Control: rule, llm.
    Memory: explicit, text. Octant: personal, non-parametric, long. Ledger: S014.
    Faithful: approximate(no-llm)
    Lost: the gist is made at sleep, from the turns that are there, not folded turn by turn; without a model it quotes
        the sentences nearest to their centre, the gist of gists one of each hundred turns first; its bonus goes to
        what was recalled, as the text says and the formula does not
    Reported: long-form questions of its own = .87 (raw turns .41)
    Reproduced: told in 1,000 tokens, 70 questions of everyday, 56 of LoCoMo = 54.5, 46.6 (plain 75.8, 70.1)
    Reproduced: PrefEval, 8 talks, fraction@10 = 0.0 (without pruning 75.0: of equally salient turns the oldest goes,
        and it told the preference)
    """
    return Recipe(
        form=at_sleep(gist.running(tokens=tokens) >> gist.overall(tokens=tokens, block=period)),
        evolve=every(period, salience.prune(share=share)) >> on_recall(strengthen.on_use(by=0.0)),
        recall=find.vectors(k=k, kinds=("turn",)),
        compose=layers(of=("gist of gists", "gist"), last=2),
    )
