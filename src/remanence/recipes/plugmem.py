"""PlugMem: facts under tags, skills under sub-goals, both grounded in chats that three votes bring back whole."""

from __future__ import annotations

from remanence.compose.listing import listing
from remanence.evolve import fuse
from remanence.form import points, segment, skills
from remanence.recall import find, tags, walk
from remanence.recipes import recipe
from remanence.stage import Recipe, at_sleep


@recipe("plugmem")
def plugmem(*, k: int = 30, near: float = 0.9, votes: int = 3) -> Recipe:
    """Thirty facts vote for their chats; what shares only a tag is a candidate; skills are found by their sub-goal.

    Paper: PlugMem: A Task-Agnostic Plugin Memory Module for LLM Agents (2026)
    Family: dialogue. Form: planar. Function: factual, experiential. Dynamics: distil, structure, consolidate.
        Control: rule, llm.
    Memory: explicit, text. Octant: personal, non-parametric, long. Graph: hybrid. Operators: similarity, traversal.
        Ledger: S103.
    Faithful: approximate(no-llm)
    Lost: without a model facts are what turns state; with one too tags are their noun phrases, and sub-goals must be
        given with the steps
    Reported: LongMemEval, with light adaptation = 90.2
    Reproduced: told in 1,000 tokens, 70 questions of everyday, 56 of LoCoMo = 68.7, 49.3 (plain 75.8, 70.1)
    Price: 495 turns a second of a busy processor, `plain` 4,207; what costs is facts, tags and fusing
    """
    return Recipe(
        form=at_sleep(
            segment.episodes(by="time", max_turns=400) >> points.key_points(tags="phrases") >> skills.under_subgoals()
        ),
        evolve=at_sleep(fuse.similar(floor=near, across=True)),
        recall=(find.vectors(k=k, kinds=("note",)) | tags.under(k=k) * 0.8 | find.vectors(k=3, kinds=("skill",)))
        >> walk.votes(least=votes),
        compose=listing(),
    )
