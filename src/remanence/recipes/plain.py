"""Words and vectors, half and half: the simplest memory that works, and the one to beat."""

from __future__ import annotations

from remanence.compose.listing import listing
from remanence.recall import find
from remanence.recipes import recipe
from remanence.stage import Recipe


@recipe("plain")
def plain(*, k: int = 100, words: float = 0.5) -> Recipe:
    """Keep every turn as it is; recall by a blend of BM25 and cosine.

    Family: flat. Form: flat. Function: factual. Dynamics: verbatim. Control: rule.
    Memory: explicit, text. Octant: personal, non-parametric, long.
    """
    return Recipe(recall=find.vectors(k=k) * (1 - words) + find.words(k=k) * words, compose=listing())
