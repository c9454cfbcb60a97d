"""Cuts a talk at its surprises and moves each cut to where the talk splits best (EM-LLM)."""

from __future__ import annotations

from dataclasses import dataclass

from remanence.algo.boundaries import cuts, distance
from remanence.algo.modularity import refined
from remanence.form.segment import episode_of, runs
from remanence.stage import Ctx, writes
from remanence.types import Change, Item, Link


@dataclass(frozen=True, slots=True, kw_only=True)
class Surprises:
    """An `episode` for each event: cut where the distance to the turn before exceeds mean + gamma * deviation.

    The mean and deviation are of the 64 turns round the place, so the same novelty cuts in a calm talk and not in a
    jumpy one. refine: each cut moves to the split of highest modularity between its neighbours. Events have `least`
    to `most` turns, which link `part_of` them. Without a language model surprise is 1 - cosine. Meant for `at_sleep`.
    """

    gamma: float = 1.0
    refine: bool = True
    least: int = 2
    most: int = 25
    kinds: tuple[str, ...] = ("turn",)

    def __call__(self, change: Change, ctx: Ctx) -> Change:
        puts: list[Item] = []
        links: list[Link] = []
        for turns in runs(item for item in change.fresh if item.kind in self.kinds):
            vectors = ctx.embed([turn.key for turn in turns])
            starts = cuts(
                distance(vectors.astype(float)), threshold=self.gamma, min_steps=self.least, max_steps=self.most
            )
            if self.refine:
                starts = refined(starts, vectors, least=self.least)
            for start, end in zip(starts, [*starts[1:], len(turns)], strict=True):
                for low in range(start, end, self.most):
                    some = turns[low : min(low + self.most, end)]
                    episode = episode_of(ctx, some, 3)
                    puts.append(episode)
                    links += [Link(turn.id, "part_of", episode.id) for turn in some]
        return change.plus(puts=puts, links=links)


surprises = writes(Surprises)
