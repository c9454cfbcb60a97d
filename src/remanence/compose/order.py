"""Where in a context each hit stands: a model reads its two ends best (Jin et al. 2025, Liu et al. 2024)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from remanence.compose.listing import context_of, line_of, room_in
from remanence.errors import BadKnob
from remanence.language.tokens import count_tokens
from remanence.stage import Ctx, composes
from remanence.types import Context, Cue, Hit, Hits

T = TypeVar("T")


def both_ends(ranked: Sequence[T]) -> list[T]:
    """Best first, into the order 1, 3, 5, ..., 6, 4, 2: the strongest stand at both ends."""
    return [*ranked[::2], *reversed(ranked[1::2])]


@composes
def reorder(cue: Cue, hits: Hits, ctx: Ctx, budget_tokens: int, *, least: int = 4) -> Context:
    """One line a hit, whole texts; from `least` lines on, the best stand at both ends of the context.

    Fewer are told best first. What is told is what `listing` would tell; only the order differs.
    """
    if least < 1:
        raise BadKnob(f"reorder begins at a number of lines from 1, not {least}")
    room = room_in(budget_tokens)
    kept: list[Hit] = []
    left_out = False
    for hit in hits.top(len(hits)):
        price = count_tokens(line_of(len(kept) + 1, hit)) + 1
        if price > room:
            left_out = True
            continue
        room -= price
        kept.append(hit)
    if len(kept) >= least:
        kept = both_ends(kept)
    lines = [line_of(number, hit) for number, hit in enumerate(kept, 1)]
    return context_of(lines, kept, hits, ctx, cut=left_out)
