"""What `Memory` uses: verbatim turns, every channel at once, weighed by what the store and the cue are like."""

from __future__ import annotations

from remanence.compose.pack import snippets
from remanence.recall import expand, find, gate, score
from remanence.recipes import recipe
from remanence.stage import Recipe


@recipe(
    "default",
    family="flat",
    form="flat",
    function="factual",
    dynamics="verbatim",
    control="rule",
)
def default(*, k: int = 100) -> Recipe:
    """Keep every turn; recall by meaning, words, time, speaker and the turns around, and say how sure that is."""
    return Recipe(
        recall=(find.vectors(k=k) | find.words(k=k) | find.time(k=k // 2))
        >> expand.sources()
        >> score.evidence()
        >> gate.confidence(),
        compose=snippets(),
    )
