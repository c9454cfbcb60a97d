"""Entity linking: which entities a cue is about, by the facts that it calls up, and by the names in it (HippoRAG 2).

The hits that come in are the dense ranking; the entities join them as seeds for `expand.pagerank`.
Without a recognised fact or name nothing joins, and the ranking stays dense.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np

from remanence.language import entities as naming
from remanence.recall.find import seen_by
from remanence.stage import Ctx, normalised, reads, union
from remanence.stage.llm_json import WHOLE, array_of, failed, llm_json, object_of, said_nothing
from remanence.stage.question import cue_vector
from remanence.types import Cue, Hits, Item, Where

_FILTER = object_of(facts=array_of(WHOLE))
_TASK = (
    "Choose the facts that help to answer the question, directly or as a step on the way, by their numbers. "
    "Choose none when none helps."
)
_NAMED = ("name", "title", "acronym", "hashtag", "handle")


@reads
def facts(cue: Cue, hits: Hits, ctx: Ctx, *, k: int = 5, top: int = 5) -> Hits:
    """Add the entities of the `k` nearest facts that are recognised, at most `top` of them.

    An entity scores the mean, over the facts that name it, of the fact's score (stretched to [0, 1]), divided
    by the number of passages that mention it. The language model says which facts
    help; without one, a fact is recognised when one of its entities is named in the cue.
    """
    where = replace(cue.where, kinds=("fact",), who=(), session=None)
    rows, scores = ctx.store.nearest(cue_vector(cue, ctx), max(4 * k, 20), where)
    if not len(rows):
        return hits
    scores = normalised(scores)[:k]
    found = ctx.store.items(rows[:k])
    links = ctx.store.links([fact.id for fact in found], rels=("about",), direction="out")
    ends = ctx.store.rows_of([link.dst for link in links], replace(where, kinds=("entity",)))
    named = dict(zip([link.dst for link in links], ends.tolist(), strict=True))
    joined = {
        fact.id: [named[link.dst] for link in links if link.src == fact.id and named[link.dst] >= 0] for fact in found
    }
    kept = _recognised(cue, ctx, found, joined)
    given: dict[int, list[float]] = {}
    for fact, score in zip(found, scores.tolist(), strict=True):
        if fact.id in kept:
            for row in joined[fact.id]:
                given.setdefault(row, []).append(score)
    return _joined(hits, ctx, {row: max(float(np.mean(some)), 1e-3) for row, some in given.items()}, top)


def _recognised(cue: Cue, ctx: Ctx, found: list[Item], joined: dict[str, list[int]]) -> set[str]:
    material = {"question": cue.text, "facts": [{"number": n, "fact": fact.text} for n, fact in enumerate(found, 1)]}
    reply = llm_json(ctx.llm, ctx.degraded, "recognise", _TASK, material, _FILTER)
    if reply is not None:
        chosen = {found[n - 1].id for n in reply["facts"] if 1 <= n <= len(found)}
        if chosen or not reply["facts"]:
            return chosen
        said_nothing(ctx.degraded, "recognise", "chose no fact that it was shown")
    said = f" {naming.norm(cue.text)} "
    rows = sorted({row for some in joined.values() for row in some})
    labels = dict(
        zip(rows, (naming.norm(item.text) for item in ctx.store.items(np.array(rows, np.int64))), strict=True)
    )
    return {id for id, some in joined.items() if any(f" {labels[row]} " in said for row in some)}


@reads
def names(cue: Cue, hits: Hits, ctx: Ctx, *, match: float = 0.5, top: int = 5, unread: bool = False) -> Hits:
    """Add the one entity that is nearest to each name in the cue, from a likeness of `match`; at most `top`.

    A name that is spelled the same is sure (1); otherwise likeness is the cosine of the two names' vectors.
    An entity scores its likeness divided by the number of passages that mention it: a rare name says more.
    unread: only where no language model says which facts help, since there is none or it failed.
    """
    if unread and ctx.llm is not None and not failed(ctx.degraded, "recognise"):
        return hits
    return _joined(hits, ctx, _named(cue, ctx, match), top)


@reads
def edges(
    cue: Cue, hits: Hits, ctx: Ctx, *, match: float = 0.7, rel: str = "about", kinds: tuple[str, ...] = ("fact",)
) -> Hits:
    """The facts that are edges of the names in the cue, whatever their words (Mem0 with a graph).

    A name is the node that is spelled the same, else the nearest one from a likeness of `match`. An edge scores the
    likeness of its node over 1 + ln(edges of the node), the best of its two ends.
    """
    nodes = _named(cue, ctx, match)
    if not nodes:
        return Hits(ctx.store)
    named = ctx.store.items(np.fromiter(nodes, np.int64, len(nodes)))
    sure = dict(zip([item.id for item in named], nodes.values(), strict=True))
    links = ctx.store.links(list(sure), rels=(rel,), direction="in")
    held = Counter(link.dst for link in links)
    best: dict[str, float] = {}
    for link in links:
        score = sure[link.dst] / (1 + float(np.log(held[link.dst])))
        best[link.src] = max(score, best.get(link.src, 0.0))
    rows = ctx.store.rows_of(list(best), seen_by(cue, kinds))
    values = np.fromiter(best.values(), np.float32, len(best))[rows >= 0]
    return Hits.best_first(ctx.store, rows[rows >= 0], values, channels={"edges": values})


def _named(cue: Cue, ctx: Ctx, match: float) -> dict[int, float]:
    """Row and likeness of the one entity that is nearest to each name in the cue."""
    said = list(dict.fromkeys(one.text for one in naming.find(cue.text) if one.label in _NAMED))
    where = replace(cue.where, kinds=("entity",), who=(), session=None)
    if not said or "entity" not in ctx.store.columns.kinds:
        return {}
    found: dict[int, float] = {}
    for text, vector in zip(said, ctx.embed(said), strict=True):
        row, likeness = _spelled(ctx, text, where), 1.0
        if row < 0:
            rows, scores = ctx.store.nearest(vector, 1, where)
            if not len(rows) or float(scores[0]) < match:
                continue
            row, likeness = int(rows[0]), float(scores[0])
        found[row] = max(found.get(row, 0.0), likeness)
    return found


def _spelled(ctx: Ctx, text: str, where: Where) -> int:
    """The row of the entity of just this name, -1 when there is none."""
    terms = ctx.store.terms(text)
    rows, _ = ctx.store.matching(terms, 10, where) if terms else (np.zeros(0, np.int64), None)
    norm = naming.norm(text)
    for row, item in zip(rows.tolist(), ctx.store.items(rows), strict=True):
        if naming.norm(item.text) == norm:
            return int(row)
    return -1


def _joined(hits: Hits, ctx: Ctx, scores: dict[int, float], top: int) -> Hits:
    """The hits and the `top` entities, each by its score over its number of mentions (node specificity)."""
    if not scores:
        return hits
    rows = np.fromiter(scores, np.int64, len(scores))
    ids = [item.id for item in ctx.store.items(rows)]
    held = Counter(link.dst for link in ctx.store.links(ids, rels=("mentions",), direction="in"))
    rare = np.array([s / max(held[id], 1) for s, id in zip(scores.values(), ids, strict=True)], np.float32)
    found = Hits(ctx.store, rows, rare, channels={"linked entity": rare}).top(top)
    return union([hits, found])
