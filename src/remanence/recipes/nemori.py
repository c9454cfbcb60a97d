"""Nemori: episodes cut where the talk turns, and statements only where memory could not have told them."""

from __future__ import annotations

from remanence.compose.listing import listing
from remanence.evolve import fuse
from remanence.form import points, segment
from remanence.recall import find, walk
from remanence.recall import fuse as ranks
from remanence.recipes import recipe
from remanence.stage import Recipe, at_sleep


@recipe("nemori")
def nemori(*, k: int = 10, known: float = 0.85, same: float = 0.85) -> Recipe:
    """Ten episodes, twenty statements, and the very words of the two best episodes.

    Paper: Nemori: Self-Organizing Agent Memory Inspired by Cognitive Science (Nan et al. 2025)
    Family: dialogue. Form: flat. Function: factual. Dynamics: verbatim, distil, consolidate. Control: rule, llm.
    Memory: explicit, text. Octant: personal, non-parametric, long. Ledger: S015.
    Faithful: approximate(no-llm)
    Lost: without a model an episode quotes its turns; with one too what is near to a known statement counts as
        predicted
    Reported: LoCoMo judge, gpt-4o-mini = .744; without episodes .615, without statements .705
    Reproduced: told in 1,000 tokens, 70 questions of everyday, 56 of LoCoMo = 65.0, 64.8 (plain 75.8, 70.1)
    """
    return Recipe(
        form=at_sleep(
            segment.episodes(max_turns=25, gap_hours=0.5) >> points.key_points() >> points.only_news(floor=known)
        ),
        evolve=at_sleep(fuse.similar(floor=same, hours=1.0, kinds=("episode",))),
        recall=(
            ranks.rrf(find.vectors(k=2 * k, kinds=("episode",)), find.words(k=2 * k, kinds=("episode",))) % k
            | ranks.rrf(find.vectors(k=4 * k, kinds=("note",)), find.words(k=4 * k, kinds=("note",))) % (2 * k)
        )
        >> walk.attached(top=2),
        compose=listing(),
    )
