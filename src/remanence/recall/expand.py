"""From what was found to what belongs to it: neighbours in the talk, linked items, sources, siblings.

Stages here keep every hit that they get and add others, with the path by which they were reached.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from remanence.algo.distinct import without
from remanence.algo.graph import Graph, graph
from remanence.algo.ppr import push
from remanence.algo.spread import Activation, activate
from remanence.recall.find import DERIVED
from remanence.recall.score import context_weight
from remanence.records import dataclass
from remanence.stage import Ctx, normalised, reads, union
from remanence.types import Cue, Hits, Rows

# --- neighbours ----------------------------------------------------------------------------------


@reads
def neighbours(
    cue: Cue, hits: Hits, ctx: Ctx, *, before: int = 1, after: int = 1, share: float = 0.4, top: int = 50
) -> Hits:
    """Let turns next to the best `top` hits in, and neighbours lend each other score.

    A turn gets `share` times its neighbours' mean score on top of its own, times `context_weight`:
    where the turns next to each other are strangers nothing is propagated and nothing let in.
    """
    propagated = share * context_weight(cue, ctx)
    if propagated < 0.01 or not len(hits):
        return hits
    best = hits.top(top)
    ring = ctx.store.around(best.rows, before, after, cue.where)
    new = without(ring[ring >= 0], hits.rows)
    whole = union([hits, Hits(ctx.store, new, np.zeros(len(new), np.float32))]) if len(new) else hits
    order = np.argsort(whole.rows)
    rows, scores = whole.rows[order], whole.scores[order]
    ring = ctx.store.around(rows, before, after, cue.where)
    ring[:, before] = -1
    place = np.searchsorted(rows, ring).clip(0, len(rows) - 1)
    there = (ring >= 0) & (rows[place] == ring)
    received = np.where(there, scores[place], 0).sum(axis=1) / max(before + after, 1)
    lifted = np.clip((scores + np.float32(propagated) * received) / np.float32(1 + propagated), 0, 1)
    back = np.empty_like(order)
    back[order] = np.arange(len(order))
    found = whole.with_(
        scores=lifted[back].astype(np.float32),
        channels={"neighbours": received[back].astype(np.float32)},
        paths={int(row): ("neighbour",) for row in new},
    )
    return found.top(len(found))


# --- links ---------------------------------------------------------------------------------------


def link_graph(rels: tuple[str, ...], cue: Cue, ctx: Ctx) -> Graph | None:
    """The undirected graph of the visible links of these relations, built once; None without any."""

    def build() -> Graph | None:
        edges = ctx.store.edges(rels, cue.where)
        if not len(edges.src):
            return None
        size = int(max(edges.src.max(), edges.dst.max())) + 1
        return graph(edges.src, edges.dst, edges.weight, size=size, undirected=True)

    return ctx.store.cached(("graph", rels), build, cue.where)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread(Activation):
    """Spreading activation from the best hits along links; what it reaches joins with up to `weight` of the best score.

    `rels` chooses relations, `kinds` what may be reached and not only walked through; empty means all.
    Hits keep their own score where it is higher.
    """

    floor: float = 0.02
    rels: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    seeds: int = 10
    weight: float = 0.5

    def __call__(self, cue: Cue, hits: Hits, ctx: Ctx) -> Hits:
        walked = link_graph(self.rels, cue, ctx) if len(hits) else None
        if walked is None:
            return hits
        start = np.zeros(walked.size)
        best = hits.top(self.seeds)
        inside = best.rows < walked.size
        start[best.rows[inside]] = best.scores[inside]
        level = activate(walked, start, self)
        rows = np.flatnonzero(level > 0)
        if self.kinds:
            rows = rows[ctx.store.columns.of_kinds(rows, self.kinds)]
        active = level[rows].astype(np.float32)
        top = float(active.max(initial=0))
        if top <= 0:
            return hits
        reached = Hits(
            ctx.store,
            rows,
            active / np.float32(top) * np.float32(self.weight) * best.scores[0],
            channels={"spread": active},
            paths={int(row): ("spread",) for row in np.setdiff1d(rows, hits.rows)},
        )
        return visible(union([hits, reached]), cue, ctx)


spread = reads(Spread)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pagerank:
    """Personalised Pagerank from the entities and passages among the hits (HippoRAG, HippoRAG 2).

    Seeds are the best `entity_seeds` entity hits, each by its score - divided by its number of links when
    `rarity` (node specificity) - and every other hit by its normalised score times `passage_weight`.
    Without an entity among the hits, or without links, the hits come back as they are: dense retrieval
    is the fall-back. `keep` names the kinds to answer with (empty: all but entities); `dense_share` blends the
    normalised score of the hits back in. `restart` is 1 - damping.
    """

    rels: tuple[str, ...] = ()
    restart: float = 0.5
    entity_seeds: int = 5
    passage_weight: float = 0.05
    rarity: bool = True
    keep: tuple[str, ...] = ()
    epsilon: float = 1e-6
    k: int = 100
    dense_share: float = 0.0

    def __call__(self, cue: Cue, hits: Hits, ctx: Ctx) -> Hits:
        walked = link_graph(self.rels, cue, ctx)
        entity = ctx.store.columns.of_kinds(hits.rows, ("entity",))
        passages = hits.take(~entity)
        named = hits.take(entity).top(self.entity_seeds)
        if walked is None or not len(named):
            return passages
        walked = padded(walked, int(hits.rows.max()) + 1)
        rank, whole = push(walked, self._seeds(walked, named, passages), restart=self.restart, epsilon=self.epsilon)
        if not whole:
            ctx.degraded.append("pagerank stopped at its bound on edges; far neighbours may be missing")
        reached = np.flatnonzero(rank > 0)
        reached = reached[self._answers(reached, ctx)]
        score = normalised(rank[reached].astype(np.float32))
        out = Hits(
            ctx.store,
            reached,
            score,
            channels={"pagerank": score},
            paths={int(row): ("pagerank",) for row in np.setdiff1d(reached, passages.rows)},
        )
        if not self.keep:
            out = union([out, passages.with_(scores=np.zeros(len(passages), np.float32))])
        if self.dense_share:
            out = self._blended(out, passages)
        return visible(out.top(max(self.k, len(passages))), cue, ctx)

    def _seeds(self, walked: Graph, named: Hits, passages: Hits) -> NDArray[np.float64]:
        """Where the walkers start again [n]: at the named entities, and a little at every passage."""
        seeds = np.zeros(walked.size)
        degree = np.maximum(np.diff(walked.start), 1)
        seeds[named.rows] = named.scores / degree[named.rows] if self.rarity else named.scores
        seeds[passages.rows] += normalised(passages.scores) * self.passage_weight
        return seeds

    def _answers(self, reached: Rows, ctx: Ctx) -> NDArray[np.bool_]:
        """Which of the reached rows may be answers, by their kinds."""
        columns = ctx.store.columns
        return columns.of_kinds(reached, self.keep) if self.keep else ~columns.of_kinds(reached, ("entity",))

    def _blended(self, out: Hits, passages: Hits) -> Hits:
        """The score of the dense hits back in, with `dense_share` of the weight."""
        dense = np.zeros(len(out), np.float32)
        place = {int(row): position for position, row in enumerate(out.rows)}
        for row, value in zip(passages.rows.tolist(), normalised(passages.scores).tolist(), strict=True):
            if row in place:
                dense[place[row]] = value
        return out.with_(scores=(1 - self.dense_share) * out.scores + self.dense_share * dense)


pagerank = reads(Pagerank)


def padded(walked: Graph, size: int) -> Graph:
    """The same graph with at least `size` nodes; the further ones have no edges."""
    extra = max(size - walked.size, 0)
    if not extra:
        return walked
    return Graph(
        np.concatenate([walked.start, np.full(extra, walked.start[-1])]),
        walked.to,
        walked.weight,
        np.concatenate([walked.out, np.zeros(extra)]),
    )


def visible(hits: Hits, cue: Cue, ctx: Ctx) -> Hits:
    """Only what the cue's filter lets through; links may lead out of it."""
    where = cue.where
    if not (where.kinds or where.who or where.session or where.since or where.before):
        return hits.top(len(hits))
    allowed = ctx.store.rows(where)
    return hits.take(np.isin(hits.rows, allowed)).top(len(hits))


# --- sources -------------------------------------------------------------------------------------


@reads
def sources(cue: Cue, hits: Hits, ctx: Ctx, *, share: float = 0.9, drop: bool = True, top: int = 60) -> Hits:
    """Let facts, episodes and summaries stand for the verbatim items that they came from.

    Each of the best `top` derived hits gives `share` of its score to its evidence - an episode's many turns
    get less each, by the square root of their number; with `drop` it leaves the hits.
    A derived hit whose evidence is not visible stays as it is, and so does a kind that the cue's filter asks for.
    """
    kinds = [kind for kind in DERIVED if kind not in cue.where.kinds]
    derived = ctx.store.columns.of_kinds(hits.rows, kinds)
    if not derived.any():
        return hits
    order = hits.order(len(hits.rows))
    made = order[derived[order]][:top]
    given: dict[int, float] = {}
    paths: dict[int, tuple[str, ...]] = {}
    lone: list[int] = []
    where = replace(cue.where, kinds=())
    for row, score, (name, own) in zip(
        hits.rows[made].tolist(), hits.scores[made].tolist(), ctx.store.grounds(hits.rows[made], where), strict=True
    ):
        if not len(own):
            lone.append(row)
            continue
        propagated = share * score / float(np.sqrt(len(own)))
        for source in own.tolist():
            if propagated > given.get(source, 0.0):
                given[source] = propagated
                paths[source] = (f"from {name}",)
    keep = hits.take(~derived | np.isin(hits.rows, lone)) if drop else hits
    if not given:
        return keep
    rows = np.fromiter(given, np.int64, len(given))
    scores = np.fromiter(given.values(), np.float32, len(given))
    return union([keep, Hits(ctx.store, rows, scores, channels={"sources": scores}, paths=paths)])


@reads
def siblings(cue: Cue, hits: Hits, ctx: Ctx, *, rel: str = "part_of", share: float = 0.5, top: int = 10) -> Hits:
    """Items that are part of the same whole as the best hits (the same episode, scene or document)."""
    best = hits.top(top)
    scores = {item.id: float(score) for item, score in zip(best.items, best.scores, strict=True)}
    up = ctx.store.links(list(scores), rels=(rel,), direction="out")
    wholes: dict[str, float] = {}
    for link in up:
        wholes[link.dst] = max(wholes.get(link.dst, 0.0), scores.get(link.src, 0.0))
    down = ctx.store.links(list(wholes), rels=(rel,), direction="in")
    if not down:
        return hits
    parent: dict[str, str] = {}
    for link in down:  # the best of several wholes
        if link.src not in parent or wholes[link.dst] > wholes[parent[link.src]]:
            parent[link.src] = link.dst
    rows = ctx.store.rows_of(list(parent), cue.where)
    value = np.array([share * wholes[whole] for whole in parent.values()], np.float32)
    paths = {
        int(row): (f"sibling in {whole}",)
        for row, (id, whole) in zip(rows, parent.items(), strict=True)
        if row >= 0 and id not in scores
    }
    there = rows >= 0
    return union([hits, Hits(ctx.store, rows[there], value[there], channels={"siblings": value[there]}, paths=paths)])


@reads
def linked(
    cue: Cue,
    hits: Hits,
    ctx: Ctx,
    *,
    rels: tuple[str, ...] = (),
    direction: Literal["out", "in", "both"] = "both",
    share: float = 0.5,
    top: int = 10,
) -> Hits:
    """Items one link away from the best hits, each with `share` times the link's weight times the hit's score."""
    best = hits.top(top)
    scores = {item.id: float(score) for item, score in zip(best.items, best.scores, strict=True)}
    given: dict[str, tuple[float, str]] = {}
    for link in ctx.store.links(list(scores), rels=rels, direction=direction):
        for near, far in ((link.src, link.dst), (link.dst, link.src)):
            if near in scores and far not in scores:
                propagated = share * min(link.weight, 1.0) * scores[near]
                if propagated > given.get(far, (0.0, ""))[0]:
                    given[far] = (propagated, f"{link.rel} {near}")
    if not given:
        return hits
    rows = ctx.store.rows_of(list(given), cue.where)
    value = np.array([score for score, _ in given.values()], np.float32)
    there = rows >= 0
    paths = {int(row): (path,) for row, (_, path) in zip(rows, given.values(), strict=True) if row >= 0}
    return union([hits, Hits(ctx.store, rows[there], value[there], channels={"linked": value[there]}, paths=paths)])
