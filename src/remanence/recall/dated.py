"""Lets only in what belongs to the time that a cue names, where it names one for certain."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import numpy as np

from remanence.recall.cue import read
from remanence.stage import Ctx, ReadStage, reads, union
from remanence.types import Cue, Hits, Item


def within(stage: ReadStage, *, top: int = 100) -> ReadStage:
    """Narrow a stage to the time that the cue certainly names: told then, or about then (`data["dates"]`).

    A cue without a certain time ("how many bikes do I own?") is answered by the stage as it is, and so is one for
    whose time nothing is found. What was told at another time about then is looked for among the best `top`.
    """

    def run(cue: Cue, hits: Hits, ctx: Ctx) -> Hits:
        interval = read(cue, ctx).interval
        if interval is None:
            return stage(cue, hits, ctx)
        where = cue.where
        since = interval[0] if where.since is None else max(interval[0], where.since)
        before = interval[1] if where.before is None else min(interval[1], where.before)
        told = Hits(ctx.store)
        if since < before:
            told = stage(replace(cue, where=replace(where, since=since, before=before)), hits, ctx)
        whole = stage(cue, hits, ctx)
        best = whole.top(top)
        about = best.take(np.array([_about(item, *interval) for item in best.items], bool))
        found = union([told, about])
        return found if len(found) else whole

    return ReadStage("dated.within", run, (("top", top),), (stage,))


def _about(item: Item, since: datetime, before: datetime) -> bool:
    """Whether a text names a time that meets the interval."""
    for pair in item.data.get("dates") or ():
        start, end = (pair.get("at"), pair.get("until")) if isinstance(pair, dict) else pair
        if start and datetime.fromisoformat(start) < before and (not end or datetime.fromisoformat(end) > since):
            return True
    return False


@reads
def opened(cue: Cue, hits: Hits, ctx: Ctx, *, kinds: tuple[str, ...] = ("chunk",), top: int = 100) -> Hits:
    """Let rounds and passages stand for the whole turns that they are made of, in order; other hits stay.

    Each turn gets its round's score, a hair less for each later one. Of the hits beyond `top` nothing is opened.
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
    return Hits(ctx.store, rows, values, {}, {row: path for row, path in paths.items() if path}, hits.confidence).top(
        len(rows)
    )
