"""Whether to look into memory at all, and how sure it is that memory holds an answer."""

from __future__ import annotations

from remanence.language.small_talk import small_talk
from remanence.recall.answerability import answerability
from remanence.stage import Ctx, ReadStage, reads, wraps
from remanence.types import Cue, Hits


@wraps
def unless_chat(cue: Cue, hits: Hits, ctx: Ctx, stages: tuple[ReadStage, ...]) -> Hits:
    """Run the stage unless the cue is small talk; then nothing is recalled and confidence is 0."""
    (stage,) = stages
    return Hits(ctx.store, confidence=0.0) if small_talk(cue.text) else stage(cue, hits, ctx)


@reads
def confidence(cue: Cue, hits: Hits, ctx: Ctx) -> Hits:
    """Say how likely memory holds an answer at all; hits keep their scores and their order."""
    return hits.with_(confidence=answerability(cue, hits, ctx))
