"""Cuts a talk at its surprises and moves each cut to where the talk splits best (EM-LLM)."""

from __future__ import annotations

from remanence.algo.boundaries import cuts, distance
from remanence.algo.modularity import refined
from remanence.form.segment import episode_of, runs
from remanence.stage import Ctx, writes
from remanence.types import Change, Item, Link


@writes
def surprises(
    change: Change,
    ctx: Ctx,
    *,
    gamma: float = 1.0,
    refine: bool = True,
    least: int = 2,
    most: int = 25,
    kinds: tuple[str, ...] = ("turn",),
) -> Change:
    """An `episode` for each event: cut where the distance to the turn before exceeds mean + gamma * deviation.

    The mean and deviation are of the 64 turns round the place, so the same novelty cuts in a calm talk and not in a
    jumpy one. refine: each cut moves to the split of highest modularity between its neighbours. Events have `least`
    to `most` turns, which link `part_of` them. Without a language model surprise is 1 - cosine. Meant for `at_sleep`.
    """
    puts: list[Item] = []
    links: list[Link] = []
    for turns in runs(item for item in change.fresh if item.kind in kinds):
        vectors = ctx.embed([turn.key for turn in turns])
        starts = cuts(distance(vectors.astype(float)), threshold=gamma, min_steps=least, max_steps=most)
        if refine:
            starts = refined(starts, vectors, least=least)
        for start, end in zip(starts, [*starts[1:], len(turns)], strict=True):
            for low in range(start, end, most):
                some = turns[low : min(low + most, end)]
                episode = episode_of(ctx, some, 3)
                puts.append(episode)
                links += [Link(turn.id, "part_of", episode.id) for turn in some]
    return change.plus(puts=puts, links=links)
