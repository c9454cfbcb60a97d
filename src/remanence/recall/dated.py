"""Lets only in what belongs to the time that a cue names, where it names one for certain."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import numpy as np

from remanence.stage import Ctx, ReadStage, reads, union, wraps
from remanence.stage.question import question
from remanence.types import Cue, Hits, Item, Where


@wraps
def within(cue: Cue, hits: Hits, ctx: Ctx, stages: tuple[ReadStage, ...], *, top: int = 100) -> Hits:
    """Narrow a stage to the time that the cue certainly names: told then, or about then (`data["dates"]`).

    A cue without a certain time ("how many bikes do I own?") is answered by the stage as it is, and so is one for
    whose time nothing is found. What was told at another time about then is looked for among the best `top`.
    """
    (stage,) = stages
    interval = question(cue, ctx).interval
    if interval is None:
        return stage(cue, hits, ctx)
    narrowed = narrow(cue.where, interval)
    told = stage(replace(cue, where=narrowed), hits, ctx) if narrowed is not None else Hits(ctx.store)
    whole = stage(cue, hits, ctx)
    best = whole.top(top)
    about = best.take(np.array([_about(item, *interval) for item in best.items], bool))
    found = union([told, about])
    return found if len(found) else whole


def narrow(where: Where, interval: tuple[datetime, datetime]) -> Where | None:
    """The filter, narrowed to an interval [since, before); None when they do not meet."""
    since = interval[0] if where.since is None else max(interval[0], where.since)
    before = interval[1] if where.before is None else min(interval[1], where.before)
    return replace(where, since=since, before=before) if since < before else None


def _about(item: Item, since: datetime, before: datetime) -> bool:
    """Whether a text names a time that meets the interval."""
    for pair in item.data.get("dates") or ():
        start, end = (pair.get("at"), pair.get("until")) if isinstance(pair, dict) else pair
        if start and datetime.fromisoformat(start) < before and (not end or datetime.fromisoformat(end) > since):
            return True
    return False


@reads
def expand_to_turns(cue: Cue, hits: Hits, ctx: Ctx, *, kinds: tuple[str, ...] = ("chunk",), top: int = 100) -> Hits:
    """Let exchanges and passages stand for the whole turns that they are made of, in order; other hits stay.

    Each turn gets its exchange's score, a hair less for each later one. Of the hits beyond `top` nothing is expanded.
    """
    scores: dict[int, float] = {}
    paths: dict[int, tuple[str, ...]] = {}
    best = hits.top(top)
    for row, score, item in zip(best.rows.tolist(), best.scores.tolist(), best.items, strict=True):
        inner = ctx.store.rows_of([part.id for part in item.evidence], replace(cue.where, since=None, before=None))
        inner = inner[inner >= 0] if item.kind in kinds else inner[:0]
        for place, turn in enumerate(inner.tolist() or [row]):
            value = score * (1 - 1e-4 * place)
            if value > scores.get(turn, -1.0):
                scores[turn] = value
                paths[turn] = (f"part of {item.id}",) if len(inner) else ()
    rows = np.fromiter(scores, np.int64, len(scores))
    values = np.fromiter(scores.values(), np.float32, len(scores))
    told = {row: path for row, path in paths.items() if path}
    return Hits(ctx.store, rows, values, paths=told, confidence=hits.sure).top(len(rows))
