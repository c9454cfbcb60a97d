"""Putting hits in another order: less of the same, near-duplicates behind one."""

from __future__ import annotations

import numpy as np

from remanence.algo.mmr import mmr
from remanence.algo.text import jaccard, words
from remanence.stage import Ctx, normalised, reads
from remanence.types import Cue, Hits


@reads
def diverse(cue: Cue, hits: Hits, ctx: Ctx, *, balance: float = 0.7, top: int = 50) -> Hits:
    """Reorder the best `top` by maximal marginal relevance; 1 changes nothing, 0 only avoids likeness.

    Scores keep their values and are handed out again in the new order; the rest follow as they were.
    """
    ordered = hits.top(len(hits))
    head, tail = ordered.take(np.arange(min(top, len(hits)))), ordered.take(np.arange(min(top, len(hits)), len(hits)))
    order = mmr(normalised(head.scores), ctx.store.vectors(head.rows), len(head), balance=balance)
    moved = head.take(order)
    return _joined(moved.scored(np.sort(head.scores)[::-1].copy()), tail)


@reads
def fold(cue: Cue, hits: Hits, ctx: Ctx, *, likeness: float = 0.9, top: int = 50) -> Hits:
    """Leave out hits that say word for word nearly what a better hit says (Jaccard over words).

    Only the best `top` are looked at; what is left out is named in the better hit's path.
    """
    ordered = hits.top(len(hits))
    texts = [frozenset(words(item.text)) for item in ordered.take(np.arange(min(top, len(hits)))).items]
    kept: list[int] = []
    paths = dict(ordered.paths)
    for position, said in enumerate(texts):
        twin = next((other for other in kept if jaccard(said, texts[other]) >= likeness), None)
        if twin is None:
            kept.append(position)
        else:
            row = int(ordered.rows[twin])
            paths[row] = (*paths.get(row, ()), f"folded row {int(ordered.rows[position])}")
    order = np.array(kept + list(range(len(texts), len(ordered))), np.int64)
    left = ordered.take(order)
    left.paths = {row: path for row, path in paths.items() if row in set(left.rows.tolist())}
    return left


def _joined(head: Hits, tail: Hits) -> Hits:
    if not len(tail):
        return head
    return Hits(
        head.view,
        np.concatenate([head.rows, tail.rows]),
        np.concatenate([head.scores, tail.scores]),
        {name: np.concatenate([column, tail.channels[name]]) for name, column in head.channels.items()},
        {**head.paths, **tail.paths},
        head.confidence,
    )
