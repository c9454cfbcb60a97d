"""A tree search over memory: from each hit to what it brings to mind, along the branch that pays (CoAT).

Monte-Carlo tree search with upper confidence bounds (Kocsis and Szepesvari 2006). A node is a memory; its children are
what is found by the cue and the node together; its value is how much of the question the path to it holds, and how
well it follows from its parent.
"""

from __future__ import annotations

import math
from dataclasses import field

import numpy as np

from remanence.errors import BadKnob
from remanence.recall.score import verbatim
from remanence.records import dataclass
from remanence.stage import Ctx, ReadStage, union, wraps
from remanence.stage.sufficiency import sufficiency
from remanence.types import Cue, Hits, Where

DEPTH = 3
"""Longest path."""
COHERENCE = 0.3
"""What it is worth that a node follows from its parent, against how much of the question the path holds."""


@dataclass(slots=True)
class _Node:
    row: int
    parent: _Node | None = None
    children: list[_Node] = field(default_factory=list)
    expanded: bool = False
    visits: int = 0
    total: float = 0.0

    def path(self) -> list[int]:
        """Rows from the first hit to here."""
        return [*(self.parent.path() if self.parent and self.parent.row >= 0 else []), self.row]

    def bound(self, explore: float) -> float:
        """Upper confidence bound of its value; what was never visited comes first."""
        if not self.visits or self.parent is None:
            return math.inf
        return self.total / self.visits + explore * math.sqrt(math.log(max(self.parent.visits, 1)) / self.visits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Associated:
    """Search `rounds` times from the stage's best `breadth` hits; each node brings `breadth` associations to mind.

    A node's associations are the memories nearest to what it adds to the cue, and a little to the cue itself, which is
    how a fact is found that the cue alone does not resemble. Value: 0.7 * share of the question that the
    path holds + 0.3 * cosine to the parent. association: without it children are what the cue alone finds next.
    The channel `visits` tells how often a node was on the way; hits come by the value of the best path through them.
    """

    rounds: int = 24
    breadth: int = 4
    explore: float = 0.7
    association: bool = True

    def __call__(self, cue: Cue, hits: Hits, ctx: Ctx, stages: tuple[ReadStage, ...]) -> Hits:
        if self.rounds < 1 or self.breadth < 1 or self.explore < 0:
            given = f"{self.rounds}, {self.breadth}, {self.explore}"
            raise BadKnob(f"a tree search needs rounds, breadth >= 1, explore >= 0, not {given}")
        (stage,) = stages
        found = stage(cue, hits, ctx)
        search = _Search(cue, ctx, verbatim(cue, ctx), self.breadth, self.association)
        root = _Node(-1, expanded=True)
        root.children = [_Node(int(row), root) for row in found.rows[: self.breadth]]
        for _ in range(self.rounds if root.children else 0):
            node = root
            while node.children:
                node = max(node.children, key=lambda one: (one.bound(self.explore), -one.row))
            if node.visits and not node.expanded:
                node.children = search.children(node)
                node.expanded = True
                node = node.children[0] if node.children else node
            value = search.value(node)
            back: _Node | None = node
            while back is not None:
                back.visits += 1
                back.total += value
                back = back.parent
        return union([found.with_(scores=found.scores * np.float32(0.5)), _gathered(root, ctx)])


associated = wraps(Associated)


@dataclass(slots=True)
class _Search:
    cue: Cue
    ctx: Ctx
    where: Where
    breadth: int
    association: bool

    def children(self, node: _Node) -> list[_Node]:
        """What a node brings to mind that is not on its path, nearest first."""
        path = node.path()
        if len(path) >= DEPTH:
            return []
        asked = self.ctx.embedder.embed_query(self.cue.text)
        if self.association:
            own = self.ctx.store.vectors(np.array([node.row]))[0]
            news = own - float(own @ asked) * asked
            asked = 0.3 * asked + 0.7 * news / max(float(np.linalg.norm(news)), 1e-9)
            asked = asked / max(float(np.linalg.norm(asked)), 1e-9)
        rows, _ = self.ctx.store.nearest(asked.astype(np.float32), self.breadth + len(path) + 1, self.where)
        new = [int(row) for row in rows if int(row) not in path][: self.breadth]
        return [_Node(row, node) for row in new]

    def value(self, node: _Node) -> float:
        """How much of the question the path holds, and how well the node follows from its parent."""
        path = node.path()
        rows = np.array(path, np.int64)
        alone = Hits(self.ctx.store, rows, [1.0] * len(rows))
        covered = sufficiency(self.cue, alone, self.ctx, top=len(rows), together=True)
        if len(path) > 1:
            pair = self.ctx.store.vectors(rows[-2:])
            follows = float(np.clip(pair[0] @ pair[1], 0, 1))
        else:
            asked = self.ctx.embedder.embed_query(self.cue.text)
            follows = float(np.clip(self.ctx.store.similarity(asked, rows)[0], 0, 1))
        return (1 - COHERENCE) * covered + COHERENCE * follows


def _gathered(root: _Node, ctx: Ctx) -> Hits:
    """Every node that was visited, by the best value of a path through it."""
    best: dict[int, float] = {}
    visits: dict[int, int] = {}
    paths: dict[int, tuple[str, ...]] = {}
    every = list(root.children)
    for node in every:  # grows while it is walked
        every.extend(node.children)
    for node in (one for one in every if one.visits):
        mean = node.total / node.visits
        for row in node.path():
            best[row] = max(best.get(row, 0.0), mean)
        visits[node.row] = visits.get(node.row, 0) + node.visits
        if len(node.path()) > 1:
            paths.setdefault(node.row, tuple(f"row {row}" for row in node.path()[:-1]))
    rows = np.fromiter(best, np.int64, len(best))
    scores = np.clip(np.fromiter(best.values(), np.float32, len(best)), 0, 1)
    seen = np.array([visits[int(row)] for row in rows], np.float32)
    return Hits.best_first(ctx.store, rows, scores, channels={"visits": seen}, paths=paths)
