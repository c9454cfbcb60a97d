"""A context of layers: what is known in general first, then what was found, then what was said last."""

from __future__ import annotations

from dataclasses import replace

from remanence.compose.listing import context_of, line_of, room_in
from remanence.errors import BadKnob
from remanence.language.tokens import count_tokens
from remanence.stage import Ctx, composes
from remanence.types import Context, Cue, Hit, Hits, Item, Where


@composes
def layers(
    cue: Cue,
    hits: Hits,
    ctx: Ctx,
    budget_tokens: int,
    *,
    general: tuple[str, ...] = ("summary",),
    of: tuple[str, ...] = (),
    last: int = 2,
) -> Context:
    """The newest item of each `general` kind, the hits best first, the `last` turns: within the budget, always.

    of: only general items whose `data["of"]` is one of these. What does not fit is left out from the hits' end; the
    general layer and the last turns come first in the claim on room (HEMA: gist, chunks, the last two turns).
    """
    if last < 0:
        raise BadKnob(f"the number of last turns is at least 0, not {last}")
    above = [Hit(item, 1.0) for item in _general(cue, ctx, general, of)]
    turns = ctx.store.rows(replace(cue.where, kinds=("turn",)))
    recent = [Hit(item, 0.0) for item in ctx.store.items(turns[len(turns) - min(last, len(turns)) :])]
    fixed = {hit.id for hit in (*above, *recent)}
    room = room_in(budget_tokens)
    kept: dict[str, Hit] = {}
    left_out = False
    for hit in (*above, *reversed(recent), *(hit for hit in hits.top(len(hits)) if hit.id not in fixed)):
        price = count_tokens(line_of(len(kept) + 1, hit)) + 1
        if price > room:
            left_out = True
            continue
        room -= price
        kept[hit.id] = hit
    order = [hit for hit in (*above, *hits.top(len(hits)), *recent) if hit.id in kept]
    unique = list({hit.id: hit for hit in order}.values())
    lines = [line_of(number, hit) for number, hit in enumerate(unique, 1)]
    return context_of(lines, unique, hits, ctx, cut=left_out)


def _general(cue: Cue, ctx: Ctx, kinds: tuple[str, ...], of: tuple[str, ...]) -> list[Item]:
    """The newest item of each kind, or of each `of` where that is given."""
    found: list[Item | None] = []
    for kind in kinds:
        where = Where(kinds=(kind,), known_as_of=cue.where.known_as_of)
        items = ctx.store.items(ctx.store.rows(where))
        if of:
            found += [next((one for one in reversed(items) if one.data.get("of") == name), None) for name in of]
        else:
            found += items[-1:]
    return [one for one in found if one is not None]
