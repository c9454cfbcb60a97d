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
from remanence.stage import Ctx, WriteStage
from remanence.stage.standing import marked
from remanence.store.view import View
from remanence.types import FIRM, MAX_CUE, MAX_K, Change, Context, Cue, Hits, Item, Where

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
    at = None if now is None else time_of(now)
    by = asker and word("asker", asker)
    return Cue(text.encode("utf-8", "replace").decode(), at or handle.clock(), where, k, by)


def recalled(handle: Handle, cue: Cue) -> Hits:
    """The best `cue.k` hits, their items as they are kept; the recipe learns from them."""

    def read(ctx: Ctx) -> tuple[Hits, list[Item]]:
        hits = found(handle, cue, ctx).top(cue.k)
        if isinstance(hits.view, View) and hits.view.hide is not None:
            hits = hits.of(hits.view.plain)
        return hits, hits.items

    (hits, items), _ = reading(handle, read)
    stage = handle.recipe.at.get("on_recall")
    if stage is not None and items:
        learn(handle, stage, Change(given=tuple(items), reason="recall", asked=cue.text))
    handle.show(items)
    return hits


def composed(handle: Handle, cue: Cue, budget_tokens: int) -> Context:
    """The best `cue.k` hits as the recipe's text for a model."""

    def read(ctx: Ctx) -> Context:
        return handle.recipe.compose(cue, found(handle, cue, ctx).top(cue.k), ctx, budget_tokens)

    context, ctx = reading(handle, read)
    handle.show([hit.item for hit in context.hits])
    if ctx.degraded:
        return replace(context, degraded=tuple(dict.fromkeys((*context.degraded, *ctx.degraded))))
    return context


def asked(handle: Handle, cue: Cue, budget_tokens: int, threshold: float | None) -> compose.cited.Answer:
    """The answer to a question."""
    answer, _ = reading(handle, lambda ctx: answered(handle, cue, ctx, budget_tokens, threshold))
    handle.show([hit.item for hit in answer.evidence])
    return answer


def found(handle: Handle, cue: Cue, ctx: Ctx) -> Hits:
    """What the recipe's read stages find, with a confidence."""
    hits = handle.recipe.recall(cue, Hits(ctx.store), ctx)
    if hits.sure is None:
        hits = hits.with_(confidence=answerability(cue, hits, ctx))
    hits = ranked(cue, hits, ctx)
    return marked(hits, cue, ctx, MARKED, cue.k)


def answered(handle: Handle, cue: Cue, ctx: Ctx, budget_tokens: int, threshold: float | None) -> compose.cited.Answer:
    """The answer: a report silences nothing that is trusted, and what it says about a person is not knowledge."""

    def told(asked: Cue, least: float | None) -> compose.cited.Answer:
        hits = found(handle, asked, ctx).top(asked.k)
        packed = handle.recipe.compose(asked, hits, ctx, budget_tokens) if ctx.llm is not None else None
        return compose.answer.answer(asked, unrivalled(asked, hits, ctx), packed, ctx, threshold=least)

    first = told(cue, threshold)
    if first.in_memory and all(hit.item.trust >= FIRM for hit in first.evidence):
        return first
    if not first.in_memory and ctx.store.least_trust() >= FIRM:
        return first  # no report is there that could have hidden the answer
    trusted = replace(cue, where=replace(cue.where, min_trust=max(FIRM, cue.where.min_trust)))
    firm = told(trusted, None if first.in_memory else threshold)
    if firm.in_memory:
        return replace(firm, context=first.context)
    if not first.in_memory or not any(
        hit.item.trust < FIRM and claims_about_people(hit.item, ctx) for hit in first.evidence
    ):
        return first
    sure = min(first.confidence, UNVOUCHED)
    if sure < (compose.bands.THRESHOLD if threshold is None else threshold):
        told_so = f"Not in memory (confidence {sure:.2f}); only a report says so."
        return replace(
            first, text=told_so, short=compose.cited.NOT_IN_MEMORY, confidence=sure, in_memory=False, sources=()
        )
    return replace(first, confidence=sure)


def reading(handle: Handle, read: Callable[[Ctx], T]) -> tuple[T, Ctx]:
    """Read once more without the row when a damaged one is met, and say so in `ctx.degraded`."""
    ctx = handle.ctx(hidden=True)
    for _ in range(DAMAGED):
        try:
            return read(ctx), ctx
        except IntegrityError as error:
            ctx.degraded.append(f"left out: {error}")
    raise IntegrityError("many damaged items were met; run: remanence doctor --deep")


def learn(handle: Handle, stage: WriteStage, recalled: Change) -> None:
    """Let the recipe learn from what was recalled."""

    def make(ctx: Ctx) -> verbs.commit.Proposal:
        return verbs.commit.Proposal(stage(recalled, ctx), empty_too=False)

    verbs.commit.committed(handle, make)
