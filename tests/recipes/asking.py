"""Runs one read stage against a memory, as a recipe would."""

from __future__ import annotations

from datetime import UTC, datetime

from remanence.memory.memory import Memory
from remanence.stage import ReadStage
from remanence.types import Cue, Hits, Where

NOW = datetime(2024, 6, 1, tzinfo=UTC)


def found(memory: Memory, stage: ReadStage, text: str) -> Hits:
    """What the stage finds."""
    ctx = memory._ctx()
    return stage(Cue(text, NOW, Where()), Hits(ctx.store), ctx)
