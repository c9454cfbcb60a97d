"""Second Me: raw texts, themes that grow and a biography; what holds is exported as training pairs."""

from __future__ import annotations

from remanence.compose.listing import listing
from remanence.form import distil, extract, scenes
from remanence.recall import find, walk
from remanence.recipes import recipe
from remanence.stage import Recipe, at_sleep


@recipe("second_me")
def second_me(*, k: int = 30, join: float = 0.5, cut: float = 1.0) -> Recipe:
    """Raw turns, the themes they fall into, a portrait; a new text within reach of a theme changes that one alone.

    Paper: AI-native Memory 2.0: Second Me (Wei et al. 2025)
    Family: dialogue. Form: hierarchical. Function: factual. Dynamics: verbatim, structure, summarise. Control:
        rule, llm.
    Memory: explicit, text. Octant: personal, non-parametric, long. Ledger: S128.
    Faithful: approximate(no-llm)
    Lost: without a model themes quote their texts; with one too the biography lists facts; the personal model is an
        export of pairs for training (compose.pairs)
    Reproduced: told in 1,000 tokens, 70 questions of everyday, 56 of LoCoMo = 73.9, 64.2 (plain 75.8, 70.1)
    Reproduced: the same without what themes bring along, which stands behind the turns that were found = 75.4, 64.2
    Price: 491 turns a second of a busy processor, `plain` 4,207; what costs is statements and themes
    """
    return Recipe(
        form=at_sleep(scenes.by_distance(join=join, cut=cut) >> extract.facts() >> distil.portrait()),
        recall=(find.vectors(k=k, kinds=("turn",)) | find.vectors(k=3, kinds=("scene", "persona")))
        >> walk.up_and_down(),
        compose=listing(),
    )
