"""What `Memory` uses: verbatim turns, every channel at once, weighed by what the store and the cue are like."""

from __future__ import annotations

from remanence.compose.pack import snippets
from remanence.evolve import link, merge, reconcile
from remanence.form import extract, segment
from remanence.recall import expand, find, gate, rerank, score
from remanence.recipes import recipe
from remanence.stage import Recipe, at_sleep


@recipe("default")
def default(*, k: int = 100) -> Recipe:
    """Every turn kept; recalled by meaning, words, time, speaker and the talk around; facts and episodes by sleeping.

    Facts and episodes lead to the turns that they came from, and those are what is recalled.

    Family: dialogue. Form: flat, hierarchical. Function: factual. Dynamics: verbatim, structure, update. Control:
        rule, learned, llm.
    Memory: explicit, text. Octant: personal, non-parametric, long.
    Reproduced: told in 1,000 tokens, 70 questions of everyday, 56 of LoCoMo = 83.3, 91.2 (plain 75.8, 70.1)
    Price: 336 turns a second of a busy processor, `plain` 4,207; what costs is reading statements, which a sleep does
    """
    return Recipe(
        form=at_sleep(segment.episodes() >> extract.entities() >> extract.facts()),
        evolve=link.given() >> at_sleep(merge.duplicates() >> reconcile.conflicts() >> link.about()),
        recall=(find.vectors(k=k) | find.words(k=k) | find.time(k=k // 2) | find.stated())
        >> expand.sources()
        >> score.evidence()
        >> rerank.prefer_values()
        >> rerank.prefer_latest()
        >> rerank.prefer_current()
        >> gate.confidence(),
        compose=snippets(),
    )
