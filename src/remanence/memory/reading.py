"""From a cue to hits: the cue checked, the recipe's read stages run, damaged rows left out and said so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from remanence import compose
from remanence import memory as verbs
from remanence.errors import IntegrityError, InvalidInput
from remanence.memory.arguments import whole_number, word
from remanence.memory.filters import time_of
from remanence.memory.handle import Handle
from remanence.memory.trust import claims_about_people, ranked, unrivalled
from remanence.recall.answerability import answerability
from remanence.stage import Ctx
from remanence.stage.standing import marked
from remanence.types import FIRM, MAX_CUE, MAX_K, Change, Cue, Hits, Where

T = TypeVar("T")

UNVOUCHED = 0.45
"""Most confidence in what only a tool or somebody outside says about a person."""
MARKED = 40
"""So many of the best hits are marked where what they state is over."""
DAMAGED = 8
"""So many damaged items are left out of one verb before it gives up."""


def cue_of(
    handle: Handle, text: str, where: Where, k: int, now: datetime | str | None, asker: str | None = None
) -> Cue:
    """A cue that can be asked; `InvalidInput` for one that is empty, too long, or wants no hits or too many."""
    if not isinstance(text, str) or not text.strip():
        raise InvalidInput("the cue is empty; ask something")
    if len(text) > MAX_CUE:
        raise InvalidInput(f"the cue has {len(text):,} characters; at most {MAX_CUE:,} are read")
    whole_number("k", k, 1, MAX_K)
    return Cue(
        text.encode("utf-8", "replace").decode(),
        time_of(now) or handle.clock(),
        where,
        k,
        asker and word("asker", asker),
    )


def found(handle: Handle, cue: Cue, ctx: Ctx) -> Hits:
    """What the recipe's read stages find, with a confidence."""
    hits = handle.recipe.recall(cue, Hits(ctx.store), ctx)
    if hits.sure is None:
        hits = hits.with_(confidence=answerability(cue, hits, ctx))
    hits = ranked(cue, hits, ctx)
    return hits.with_(marks=marked(hits.top(MARKED), cue, ctx).marks)


def answered(handle: Handle, cue: Cue, ctx: Ctx, budget_tokens: int, threshold: float | None) -> compose.answer.Answer:
    """The answer: what is trusted is asked first, and a report about a person is not taken for knowledge."""

    def told(asked: Cue, least: float | None) -> compose.answer.Answer:
        hits = found(handle, asked, ctx).top(asked.k)
        packed = handle.recipe.compose(asked, hits, ctx, budget_tokens)
        return compose.answer.answer(asked, unrivalled(asked, hits, ctx), packed, ctx, threshold=least)

    first = told(cue, threshold)
    if not first.in_memory or all(hit.item.trust >= FIRM for hit in first.evidence):
        return first
    firm = told(replace(cue, where=replace(cue.where, min_trust=max(FIRM, cue.where.min_trust))), None)
    if firm.in_memory:
        return replace(firm, context=first.context)
    if not any(hit.item.trust < FIRM and claims_about_people(hit.item, ctx) for hit in first.evidence):
        return first
    sure = min(first.confidence, UNVOUCHED)
    if sure < (compose.answer.THRESHOLD if threshold is None else threshold):
        told_so = f"Not in memory (confidence {sure:.2f}); only a report says so."
        return replace(
            first, text=told_so, short=compose.answer.NOT_IN_MEMORY, confidence=sure, in_memory=False, sources=()
        )
    return replace(first, confidence=sure)


def reading(handle: Handle, read: Callable[[Ctx], T]) -> tuple[T, Ctx]:
    """Read once more without the row when a damaged one is met, and say so in `ctx.degraded`."""
    ctx = handle.ctx(view=handle.told())
    for _ in range(DAMAGED):
        try:
            return read(ctx), ctx
        except IntegrityError as error:
            ctx.degraded.append(f"left out: {error}")
    raise IntegrityError("many damaged items were met; run: remanence doctor --deep")


def used(handle: Handle, asked: str, hits: Hits) -> None:
    """Let the recipe learn from what was recalled."""
    stage = handle.recipe.at.get("on_recall")
    if stage is None or not len(hits):
        return
    given = tuple(hits.items)
    change = Change(given=given, reason="recall", asked=asked)

    def learn(ctx: Ctx) -> verbs.commit.Proposal:
        return verbs.commit.Proposal(stage(change, ctx), empty_too=False)

    verbs.commit.committed(handle, learn)
