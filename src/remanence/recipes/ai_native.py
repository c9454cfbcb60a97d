"""AI-native memory: raw texts, conclusions drawn from several of them, and what can be trained into a model."""

from __future__ import annotations

from remanence.compose.listing import listing
from remanence.form import distil, extract, points, scenes
from remanence.recall import cascade, find
from remanence.recipes import recipe
from remanence.stage import Recipe, at_sleep


@recipe("ai_native")
def ai_native(*, k: int = 10, cut: float = 1.0, enough: float = 0.7) -> Recipe:
    """Conclusions over several notes answer first; the raw turns are read when they do not suffice.

    Paper: AI-native Memory: A Pathway from LLMs Towards AGI (Shang et al. 2024)
    Family: dialogue. Form: hierarchical. Function: factual. Dynamics: verbatim, summarise, consolidate. Control:
        rule, llm.
    Memory: explicit, text. Octant: personal, non-parametric, long. Ledger: S132.
    Faithful: approximate(no-llm)
    Lost: without a model a conclusion puts the sentences of one theme together; the third level is an export of
        training pairs (compose.pairs), not a trained model
    Reproduced: told in 1,000 tokens, 70 questions of everyday, 56 of LoCoMo = 76.3, 57.9 (plain 75.8, 70.1)
    Price: 245 turns a second of a busy processor, `plain` 4,207; what costs is statements, key points and conclusions
    """
    return Recipe(
        form=at_sleep(
            points.key_points()
            >> extract.facts()
            >> scenes.by_distance(join=0.5, cut=cut, kinds=("note",))
            >> distil.portrait()
        ),
        recall=cascade.until_enough(
            find.vectors(k=k, kinds=("scene", "persona")), find.vectors(k=k, kinds=("turn",)), enough=enough
        ),
        compose=listing(),
    )
