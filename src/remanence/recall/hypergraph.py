"""A hypergraph that grows while one question is looked into, and is gone when it is answered (HGMem).

Its edges are points: what some passages say together, over all the names in them. Points that share a name become one;
the next search digs round a point, or explores elsewhere when that point has nothing left to give.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from remanence.errors import BadKnob
from remanence.records import dataclass
from remanence.stage import Ctx, ReadStage, union, wraps
from remanence.stage.sufficiency import sufficiency
from remanence.types import Cue, Hits, Where

RELS = ("mentions", "about")


@dataclass(frozen=True, slots=True)
class Point:
    """One hyperedge: the names it joins, and the rows of the passages that say so."""

    names: frozenset[str]
    rows: frozenset[int]

    def with_(self, other: Point) -> Point:
        """The union of both."""
        return Point(self.names | other.names, self.rows | other.rows)


def merged(points: Iterable[Point]) -> list[Point]:
    """Points until no two share a name; what was merged is gone, its names and rows are not."""
    found: list[Point] = []
    for point in points:
        while True:
            same = next((one for one in found if one.names & point.names), None)
            if same is None:
                break
            found.remove(same)
            point = point.with_(same)
        found.append(point)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class DigOrExplore:
    """Search, make points of what was found, judge, and search again: at most `turns` times more, `first` hits each.

    The best point is the one whose passages hold most of what is asked; `enough` of it ends the search. Else, while
    passages within `hops` links of its names are unread, the stage searches among those alone (dig), with the point's
    own words added to the cue; when there are none it searches everywhere for what the point lacks (explore).
    Only what was read is told; the channel `point` says to which point a hit belongs, `turn` when it was read.
    """

    turns: int = 3
    first: int = 5
    hops: int = 2
    enough: float = 0.8

    def __call__(self, cue: Cue, hits: Hits, ctx: Ctx, stages: tuple[ReadStage, ...]) -> Hits:
        if self.turns < 0 or self.first < 1 or self.hops < 1:
            given = f"{self.turns}, {self.first}, {self.hops}"
            raise BadKnob(f"dig_or_explore needs turns >= 0, first >= 1, hops >= 1, not {given}")
        (stage,) = stages
        read = [_told(stage(cue, hits, ctx).top(self.first), 0)]
        points = merged(_points(read[0], ctx))
        for turn in range(1, self.turns + 1):
            known = {int(row) for one in read for row in one.rows}
            best = max(points, key=lambda point: (_holds(point, cue, ctx), len(point.rows)), default=None)
            if best is None or _holds(best, cue, ctx) >= self.enough:
                break
            near = _within(best, ctx, cue, self.hops) - known
            asked = replace(cue, text=_widened(cue, best, ctx))
            found = stage(asked, hits, ctx)
            if near:
                found = _among(asked, near, ctx)
            found = found.take(np.array([int(row) not in known for row in found.rows], bool)).top(self.first)
            if not len(found):
                break
            read.append(_told(found, turn))
            points = merged([*points, *_points(found, ctx)])
        return _labelled(union(read), points)


dig_or_explore = wraps(DigOrExplore)


def _told(hits: Hits, turn: int) -> Hits:
    return hits.with_(channels={"turn": np.full(len(hits), turn, np.float32)})


def _points(hits: Hits, ctx: Ctx) -> list[Point]:
    """A point for each passage: it, and the names that it links to."""
    items = hits.items
    names: dict[str, set[str]] = {item.id: set() for item in items}
    for link in ctx.store.links(list(names), rels=RELS, direction="out"):
        names[link.src].add(link.dst)
    return [Point(frozenset(names[x.id]), frozenset({int(row)})) for x, row in zip(items, hits.rows, strict=True)]


def _holds(point: Point, cue: Cue, ctx: Ctx) -> float:
    """The share of what is asked that the point's passages hold together."""
    rows = sorted(point.rows)
    return sufficiency(cue, Hits(ctx.store, rows, [1.0] * len(rows)), ctx, top=len(rows), together=True)


def _within(point: Point, ctx: Ctx, cue: Cue, hops: int) -> set[int]:
    """Rows of the passages that are at most `hops` links away from the point's names."""
    names = set(point.names)
    passages: set[str] = set()
    for _ in range(max(1, hops // 2)):
        passages |= {link.src for link in ctx.store.links(sorted(names), rels=RELS, direction="in")}
        names |= {link.dst for link in ctx.store.links(sorted(passages), rels=RELS, direction="out")}
    rows = ctx.store.rows_of(sorted(passages), replace(cue.where, kinds=()))
    rows = rows[rows >= 0]
    return set(rows[~ctx.store.columns.of_kinds(rows, ("entity", "fact"))].tolist())


def _among(cue: Cue, rows: set[int], ctx: Ctx) -> Hits:
    """Passages by their nearness to the cue."""
    some = np.array(sorted(rows), np.int64)
    near = np.clip(ctx.store.similarity(ctx.embedder.embed_query(cue.text), some), 0, 1).astype(np.float32)
    return Hits.best_first(ctx.store, some, near, channels={"dug": near})


def _widened(cue: Cue, point: Point, ctx: Ctx) -> str:
    """The cue and the names of a point, by which the next passage is found."""
    rows = ctx.store.rows_of(sorted(point.names), Where(kinds=("entity",)))
    return " ".join([cue.text, *(item.text for item in ctx.store.items(rows[rows >= 0]))])[:2_000]


def _labelled(hits: Hits, points: list[Point]) -> Hits:
    of = {row: number for number, point in enumerate(points, 1) for row in point.rows}
    return hits.with_(channels={"point": np.array([of.get(int(row), 0) for row in hits.rows], np.float32)})
