"""Finders: the ways in which a cue calls up candidates, each with scores in [0, 1].

A finder starts afresh and drops what a chain before it found; join several with `|` or `+`.
`kinds` is what it looks for when the cue's own filter names no kind; empty means every kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from remanence.algo.distinct import distinct
from remanence.recall.dated import narrow
from remanence.stage import Ctx, reads
from remanence.stage.question import cue_terms, cue_vector, question
from remanence.types import KINDS, Cue, Hits, Item, Rows, Where

DERIVED = ("episode", "fact", "summary", "entity", "scene", "persona")
"""Kinds that are made from others and speak for them."""
VERBATIM: tuple[str, ...] = tuple(kind for kind in KINDS if kind not in DERIVED)
"""Kinds that stand for themselves."""

_MANY = 3
"""So many times more facts are looked up than count, to see whether an attribute has more."""


def seen_by(cue: Cue, kinds: Sequence[str]) -> Where:
    """The cue's filter, narrowed to `kinds` when it names none."""
    return replace(cue.where, kinds=tuple(kinds)) if kinds and not cue.where.kinds else cue.where


@reads
def vectors(cue: Cue, hits: Hits, ctx: Ctx, *, k: int = 100, kinds: tuple[str, ...] = ()) -> Hits:
    """Items whose meaning is near the cue's: cosine of the vectors."""
    rows, scores = ctx.store.nearest(cue_vector(cue, ctx), k, seen_by(cue, kinds))
    return Hits(ctx.store, rows, scores, channels={"vectors": scores})


@reads
def words(cue: Cue, hits: Hits, ctx: Ctx, *, k: int = 100, kinds: tuple[str, ...] = ()) -> Hits:
    """Items that share the cue's telling words: BM25 as a share of the best possible score."""
    terms = cue_terms(cue, ctx)
    where = seen_by(cue, kinds)
    if not terms:
        return Hits(ctx.store)
    rows, scores = ctx.store.word_shares(terms, k, where)
    return Hits(ctx.store, rows, scores, channels={"words": scores})


@reads
def time(cue: Cue, hits: Hits, ctx: Ctx, *, k: int = 50, kinds: tuple[str, ...] = ()) -> Hits:
    """Items from the time that the cue certainly names, nearest in meaning first; nothing when it names none."""
    interval = question(cue, ctx).interval
    where = narrow(seen_by(cue, kinds), interval) if interval is not None else None
    if where is None:
        return Hits(ctx.store)
    rows, near = ctx.store.nearest(cue_vector(cue, ctx), k, where)
    scores = (0.5 + 0.5 * near).astype(np.float32)
    return Hits(ctx.store, rows, scores, channels={"time": np.ones(len(rows), np.float32)})


@reads
def dated(cue: Cue, hits: Hits, ctx: Ctx, *, k: int = 50, pool: int = 100, kinds: tuple[str, ...] = ()) -> Hits:
    """Of the `pool` items nearest in meaning those that certainly name a time (`data["dates"]`), nearest first."""
    rows, scores = ctx.store.nearest(cue_vector(cue, ctx), pool, seen_by(cue, kinds))
    told = [item.data.get("dates") or () for item in ctx.store.items(rows)]
    named = [any(not isinstance(one, dict) or one.get("certain") for one in some) for some in told]
    found = np.flatnonzero(np.array(named, bool))[:k]
    return Hits(ctx.store, rows[found], scores[found], channels={"dated": scores[found]})


@reads
def stated(cue: Cue, hits: Hits, ctx: Ctx, *, k: int = 8, attributes: int = 3) -> Hits:
    """Items that state what the cue asks for, by the facts that rest on them: of its subject, of an attribute it names.

    Looks for `k` facts of each of the likeliest `attributes`, ended ones too, since a cue may ask for the past.
    An attribute of many values counts where a key word names it ("children", and not "has") and all that is stated of
    it are `k` turns at most: much is liked, owned and done, and little of it is what is asked.
    Scores 1 for the likeliest attribute and 1/2 for the others. Nothing before a sleep has made facts.
    """
    asked = question(cue, ctx)
    names = [name for name in asked.attributes[:attributes] if name in asked.single or name in asked.named]
    if not names or "fact" not in ctx.store.columns.kinds:
        return Hits(ctx.store)
    where = replace(cue.where, kinds=("fact",), who=(), ended=True, as_of=None, since=None, before=None)
    subjects = asked.subjects or ((asked.asker,) if asked.asker else ())
    wanted = ctx.store.terms_each([" ".join((*subjects, name)) for name in names])
    found = ctx.store.matching_each([(terms, _MANY * k) for terms in wanted], where)
    rows = distinct(np.concatenate([rows for rows, _ in found]))
    facts = ctx.store.read_each("stated by facts", rows, _states, where)
    known = {subject.casefold() for subject in subjects}
    turns: dict[str, list[str]] = {name: [] for name in names}
    for slot, subject, source in facts:
        if slot in turns and source and (not known or subject in known):
            turns[slot].append(source)
    best: dict[str, float] = {}
    for name in names:
        if name in asked.single or len(set(turns[name])) <= k:
            for source in turns[name][:k]:
                best[source] = max(best.get(source, 0.0), 1.0 if name == asked.attributes[0] else 0.5)
    rows = ctx.store.rows_of(list(best), cue.where) if best else np.zeros(0, np.int64)
    scores = np.fromiter(best.values(), np.float32, len(best))[rows >= 0]
    return Hits(ctx.store, rows[rows >= 0], scores, channels={"stated": scores}) if len(scores) else Hits(ctx.store)


def _states(facts: Sequence[Item]) -> list[tuple[str, str, str]]:
    """(attribute, subject, id of its source or nothing) of each fact."""
    told = [[str(fact.data.get(part) or "").casefold() for part in ("slot", "subject")] for fact in facts]
    sources = [fact.evidence[0].id if fact.evidence else "" for fact in facts]
    return [(slot, subject, source) for (slot, subject), source in zip(told, sources, strict=True)]


@reads
def entities(cue: Cue, hits: Hits, ctx: Ctx, *, k: int = 50, kinds: tuple[str, ...] = ()) -> Hits:
    """Items that mention what the cue names: through entity links where there are any, by the name's words otherwise.

    A name that few items mention counts for more: 1 / (1 + ln(items)).
    """
    named = question(cue, ctx).names
    if not named:
        return Hits(ctx.store)
    where = seen_by(cue, kinds)
    best: dict[int, float] = {}
    for name in named:
        rows = _mentions(name, ctx, where)
        if not len(rows):
            terms = ctx.store.terms(name)
            rows = ctx.store.matching(terms, k, where)[0] if terms else rows
            rows = rows[ctx.store.coverage(terms, rows).all(axis=0)] if len(rows) else rows
        weight = 1 / (1 + np.log(max(len(rows), 1)))
        for row in rows.tolist():
            best[row] = best.get(row, 0.0) + weight
    if not best:
        return Hits(ctx.store)
    found = np.fromiter(best, np.int64, len(best))
    scores = np.fromiter(best.values(), np.float32, len(best)) / np.float32(len(named))
    return Hits(ctx.store, found, scores, channels={"entities": scores}).top(k)


def _mentions(name: str, ctx: Ctx, where: Where) -> Rows:
    """Rows that link to an entity of this name (or alias)."""
    none = np.zeros(0, np.int64)
    terms = ctx.store.terms(name)
    if not terms or "entity" not in ctx.store.columns.kinds:
        return none
    rows, _ = ctx.store.matching(terms, 20, replace(where, kinds=("entity",)))
    low = name.lower()
    ids = [
        item.id
        for item in ctx.store.items(rows)
        if low in (item.text.lower(), *(str(alias).lower() for alias in item.data.get("aliases") or ()))
    ]
    if not ids:
        return none
    links = ctx.store.links(ids, rels=("mentions", "about"), direction="in")
    found = ctx.store.rows_of(sorted({link.src for link in links}), where)
    return found[found >= 0]


@reads
def recent(cue: Cue, hits: Hits, ctx: Ctx, *, k: int = 20, kinds: tuple[str, ...] = ()) -> Hits:
    """The k items that were remembered last; the newest scores 1, the others fall off evenly."""
    rows = ctx.store.rows(seen_by(cue, kinds))[-k:][::-1].copy()
    scores = np.linspace(1, 1 / max(len(rows), 1), len(rows), dtype=np.float32)
    return Hits(ctx.store, rows, scores, channels={"recent": scores})


@reads
def spoken_by(cue: Cue, hits: Hits, ctx: Ctx, *, k: int = 50, kinds: tuple[str, ...] = ()) -> Hits:
    """What the speakers said whom the cue names, nearest in meaning first; nothing when it names none."""
    who = question(cue, ctx).people
    where = seen_by(cue, kinds)
    if not who or where.who:
        return Hits(ctx.store)
    rows, scores = ctx.store.nearest(cue_vector(cue, ctx), k, replace(where, who=who))
    return Hits(ctx.store, rows, scores, channels={"spoken_by": scores})


@reads
def nothing(cue: Cue, hits: Hits, ctx: Ctx) -> Hits:
    """Passes on what it gets: the identity of `>>` for read stages."""
    return hits
