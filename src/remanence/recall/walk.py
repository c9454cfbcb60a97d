"""Ways from hits to what hangs on them: contiguous episodes, votes for the whole, bounded hops, two levels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from remanence.algo.distinct import without
from remanence.algo.ppr import push
from remanence.errors import BadKnob
from remanence.recall.expand import link_graph, padded, visible
from remanence.recall.find import seen_by
from remanence.records import dataclass
from remanence.stage import Ctx, reads, union
from remanence.stage.question import cue_vector
from remanence.types import Cue, Hits


@reads
def contiguous(cue: Cue, hits: Hits, ctx: Ctx, *, share: float = 0.3, before: int = 1, after: int = 1) -> Hits:
    """Let the items next to the best hits in, behind them, until they are `share` of all (EM-LLM's contiguity buffer).

    Neighbours are of the same session and kind, in time. Each scores just below the hit that it stands next to.
    """
    if not 0 <= share < 1:
        raise BadKnob(f"a share of neighbours is in [0, 1), not {share}")
    room = int(len(hits) * share / (1 - share) + 1e-9)
    if not room:
        return hits
    best = hits.top(len(hits))
    ring = ctx.store.around(best.rows, before, after, cue.where)
    scores: dict[int, float] = {}
    for place, score in enumerate(best.scores.tolist()):
        new = without(ring[place][ring[place] >= 0], hits.rows)
        for row in new.tolist():
            if row not in scores and len(scores) < room:
                scores[row] = score * (1 - 1e-4)
    rows = np.fromiter(scores, np.int64, len(scores))
    values = np.fromiter(scores.values(), np.float32, len(scores))
    paths = dict.fromkeys(scores, ("contiguous",))
    return union([hits, Hits(ctx.store, rows, values, channels={"contiguous": values}, paths=paths)])


@reads
def votes(cue: Cue, hits: Hits, ctx: Ctx, *, rel: str = "part_of", least: int = 3, top: int = 30) -> Hits:
    """Let a whole in when at least `least` of the best `top` hits come from it, with all that it is made of.

    A hit votes for what it is part of, and for what its sources are part of. A verbatim part of the whole scores as its
    best voter times its own nearness to the cue, so that a long whole does not crowd out what was found; a whole with
    fewer votes is told by its hits alone (PlugMem's sessions, three votes).
    """
    best = hits.top(top)
    of: dict[str, list[str]] = {}
    for item in best.items:
        for source in (item.id, *(one.id for one in item.evidence)):
            of.setdefault(source, []).append(item.id)
    score = {item.id: float(value) for item, value in zip(best.items, best.scores, strict=True)}
    voters: dict[str, set[str]] = {}
    for link in ctx.store.links(list(of), rels=(rel,), direction="out"):
        voters.setdefault(link.dst, set()).update(of[link.src])
    chosen = {whole: max(score[id] for id in some) for whole, some in voters.items() if len(some) >= least}
    if not chosen:
        return hits
    parts = ctx.store.links(list(chosen), rels=(rel,), direction="in")
    worth = {link.src: chosen[link.dst] for link in parts}
    whole = {link.src: link.dst for link in parts}
    rows = ctx.store.rows_of(list(worth), cue.where)
    there = rows >= 0
    near = np.clip(np.nan_to_num(ctx.store.similarity(cue_vector(cue, ctx), rows[there])), 0, 1)
    values = np.fromiter(worth.values(), np.float32, len(worth))[there] * near.astype(np.float32)
    paths = {int(row): (f"part of {whole[id]}",) for row, id in zip(rows, worth, strict=True) if row >= 0}
    return union([hits, Hits(ctx.store, rows[there], values, channels={"votes": values}, paths=paths)])


EDGES: Mapping[str, float] = {
    "next": 0.5,
    "mentions": 0.7,
    "about": 0.7,
    "supports": 0.8,
    "part_of": 0.6,
    "similar": 0.6,
}
"""What an edge lets through by its relation, before the decay of each hop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hops:
    """From the best `seeds` hits along links, at most `most` hops: s' = s * edge * decay, each with its path.

    AdaMem's bounded expansion over typed edges; `EDGES` has what a relation lets through, 0.5 for any other. A row
    keeps the best score by which it was reached, and its path names every step. kinds: what may be reached, and not
    only walked through; empty means all.
    """

    most: int = 2
    seeds: int = 5
    decay: float = 0.7
    rels: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()

    def __call__(self, cue: Cue, hits: Hits, ctx: Ctx) -> Hits:
        best = hits.top(self.seeds)
        known: dict[str, _Reached] = {
            item.id: (float(score), ()) for item, score in zip(best.items, best.scores, strict=True)
        }
        reached, frontier = dict(known), dict(known)
        for _ in range(self.most):
            frontier = self._step(frontier, reached, ctx)
            reached.update(frontier)
        new = {id: told for id, told in reached.items() if id not in known}
        rows = ctx.store.rows_of(list(new), seen_by(cue, self.kinds))
        there = rows >= 0
        values = np.array([score for score, _ in new.values()], np.float32)[there]
        paths = {int(row): path for row, (_, path) in zip(rows, new.values(), strict=True) if row >= 0}
        return union([hits, Hits(ctx.store, rows[there], values, channels={"hops": values}, paths=paths)])

    def _step(self, frontier: Mapping[str, _Reached], reached: Mapping[str, _Reached], ctx: Ctx) -> dict[str, _Reached]:
        """What one more hop reaches with a better score than before."""
        step: dict[str, _Reached] = {}
        for link in ctx.store.links(list(frontier), rels=self.rels):
            for near, far in ((link.src, link.dst), (link.dst, link.src)):
                if near in frontier:
                    score = frontier[near][0] * EDGES.get(link.rel, 0.5) * self.decay * min(link.weight, 1.0)
                    if score > max(step.get(far, _NOWHERE)[0], reached.get(far, _NOWHERE)[0]):
                        step[far] = (score, (*frontier[near][1], f"{link.rel} {near}"))
        return step


_Reached = tuple[float, tuple[str, ...]]
"""By which score an item was reached, and on which path."""
_NOWHERE: _Reached = (0.0, ())
hops = reads(Hops)


@reads
def up_and_down(cue: Cue, hits: Hits, ctx: Ctx, *, rel: str = "part_of", share: float = 0.5, most: int = 5) -> Hits:
    """Hits activate the wholes they are part of, and wholes their most salient parts, one round (Bi-Mem).

    A whole gets the best of its own score and its parts'; each of its `most` most salient parts, the first told of
    equal ones, gets `share` of that.
    """
    best = hits.top(len(hits))
    scores = {item.id: float(score) for item, score in zip(best.items, best.scores, strict=True)}
    wholes = dict(scores)
    for link in ctx.store.links(list(scores), rels=(rel,), direction="out"):
        wholes[link.dst] = max(wholes.get(link.dst, 0.0), scores[link.src])
    parts: dict[str, list[str]] = {}
    for link in ctx.store.links(list(wholes), rels=(rel,), direction="in"):
        parts.setdefault(link.dst, []).append(link.src)
    if not parts:
        return hits
    ids = [id for some in parts.values() for id in some]
    rows = ctx.store.rows_of(ids, cue.where)
    row_of = {id: int(row) for id, row in zip(ids, rows, strict=True) if row >= 0}
    loaded = dict(zip(row_of, ctx.store.items(np.array(list(row_of.values()), np.int64)), strict=True))
    given: dict[int, tuple[float, str]] = {}
    for whole, some in parts.items():
        salient = sorted((id for id in some if id in loaded), key=lambda id: (-loaded[id].salience, row_of[id]))[:most]
        for id in salient:
            if share * wholes[whole] > given.get(row_of[id], (0.0,))[0]:
                given[row_of[id]] = (share * wholes[whole], f"sibling in {whole}")
    found = np.fromiter(given, np.int64, len(given))
    values = np.array([score for score, _ in given.values()], np.float32)
    paths = {row: (path,) for row, (_, path) in given.items() if row not in set(hits.rows.tolist())}
    return union([hits, Hits(ctx.store, found, values, channels={"siblings": values}, paths=paths)])


@reads
def ranked(
    cue: Cue, hits: Hits, ctx: Ctx, *, rels: tuple[str, ...] = (), restart: float = 0.9, seeds: int = 15
) -> Hits:
    """Personalised PageRank from the best `seeds` hits over links of any kind of item; the walk replaces the scores.

    restart: the chance to go back to a seed, 1 - damping (MemGAS walks with 0.9). Scores are shares of the best one.
    """
    walked = link_graph(rels, cue, ctx)
    best = hits.top(seeds)
    if walked is None or not len(best):
        return hits
    size = max(walked.size, int(hits.rows.max()) + 1)
    start = np.zeros(size)
    start[best.rows] = best.scores
    if start.sum() <= 0:
        return hits
    rank, _ = push(padded(walked, size), start, restart=restart, epsilon=1e-6)
    rows = np.flatnonzero(rank > 0)
    scores = np.asarray(rank[rows] / rank[rows].max(), np.float32)
    paths = {int(row): ("associated",) for row in without(rows, hits.rows)}
    return visible(Hits(ctx.store, rows, scores, channels={"walk": scores}, paths=paths), cue, ctx).top(len(rows))


@reads
def attached(cue: Cue, hits: Hits, ctx: Ctx, *, kinds: tuple[str, ...] = ("episode",), top: int = 2) -> Hits:
    """The verbatim parts of the best `top` hits of some kinds come along, just behind the hit that they belong to."""
    best = hits.take(ctx.store.columns.of_kinds(hits.rows, kinds)).top(top)
    given: dict[str, float] = {}
    for item, score in zip(best.items, best.scores.tolist(), strict=True):
        given.update({one.id: max(score * (1 - 1e-4), given.get(one.id, 0.0)) for one in item.evidence})
    if not given:
        return hits
    rows = ctx.store.rows_of(list(given), replace(cue.where, kinds=()))
    there = rows >= 0
    values = np.fromiter(given.values(), np.float32, len(given))[there]
    paths = {int(row): ("its words",) for row in rows[there]}
    return union([hits, Hits(ctx.store, rows[there], values, channels={"attached": values}, paths=paths)])
