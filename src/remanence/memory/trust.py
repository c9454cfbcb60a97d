"""Lets trust count in what is recalled: a weaker statement never stands before the stronger one that it rivals.

Text that came from a tool or from outside is shown as such, and keeps its place among unlike texts: only where a more
trusted item says nearly the same of the same thing does the weaker one step behind it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from remanence.compose.fence import FIRM
from remanence.language.text import STOP, words
from remanence.stage import Ctx
from remanence.types import Floats, Hits, Item, Rows

GAP = 0.05
"""Trust that differs by less counts as the same."""
COMPARED = 50
"""So many of the best hits are compared with one another."""
NEAR, SAME = 0.5, 0.8
"""Cosines from which a report, and from which a weaker statement of a person or an assistant, rivals a text."""
SHARED = 0.5
"""Share of the telling words of the shorter text that makes it a rival, whatever the cosine."""


def ranked(hits: Hits, ctx: Ctx) -> Hits:
    """The hits with every weaker rival behind its stronger one, and the trust of reports in their `why`."""
    if not len(hits) or ctx.store.least_trust() >= 1 - GAP:
        return hits
    trust = np.asarray(ctx.store.column("trust", hits.rows), np.float32)
    scores = hits.scores.copy()
    order, mine, rivals = _compared(hits, trust, ctx)
    if rivals.any():
        scores[order] = _stepped_back(scores[order], mine, rivals)
    elif float(trust.min()) >= FIRM:
        return hits
    shown = np.where(trust < FIRM, trust, np.float32(np.nan)).astype(np.float32)
    return hits.with_(scores=scores, channels={"trust": shown}).top(len(hits))


def unrivalled(hits: Hits, ctx: Ctx) -> Hits:
    """The hits without those that a more trusted one rivals."""
    if not len(hits) or ctx.store.least_trust() >= 1 - GAP:
        return hits
    order, _, rivals = _compared(hits, np.asarray(ctx.store.column("trust", hits.rows), np.float32), ctx)
    keep = np.ones(len(hits), np.bool_)
    keep[order] = ~rivals.any(axis=0)
    return hits if keep.all() else hits.take(keep)


def claims_about_people(item: Item, ctx: Ctx) -> bool:
    """True for a text about the user, the reader or somebody whom this memory hears."""
    said = set(words(item.text)) | {word for word in item.text.casefold().split() if word in _PERSONS}
    known = {part for name in ctx.store.speakers() if name != item.who for part in words(name)}
    return bool(said & (_PERSONS | known))


_PERSONS = frozenset({"i", "i'm", "my", "me", "mine", "we", "our", "you", "your", "yours", "user", "user's"})


def _compared(hits: Hits, trust: Floats, ctx: Ctx) -> tuple[Rows, Floats, NDArray[np.bool_]]:
    """(positions of the best hits, their trust, who is the stronger rival of whom among them)."""
    order = np.argsort(-hits.scores, kind="stable")[:COMPARED]
    mine = trust[order]
    if float(mine.max() - mine.min()) < GAP:
        return order, mine, np.zeros((len(order), len(order)), np.bool_)
    return order, mine, _rivals(hits.take(order), mine, ctx)


def _stepped_back(scores: Floats, trust: Floats, rivals: NDArray[np.bool_]) -> Floats:
    """Scores where none is above a stronger rival's: [i, j] of `rivals` says that i is the stronger of two."""
    stepped = scores.copy()
    for weak in np.argsort(-trust, kind="stable").tolist():
        stronger = np.flatnonzero(rivals[:, weak])
        if len(stronger):
            stepped[weak] = min(stepped[weak], np.float32(0.999) * stepped[stronger].max())
    return stepped


def _rivals(hits: Hits, trust: Floats, ctx: Ctx) -> NDArray[np.bool_]:
    """bool [N, N]: i is trusted more than j, states something, and j says nearly the same of the same thing."""
    stronger = trust[:, None] > trust[None, :] + GAP
    vectors = ctx.store.vectors(hits.rows)
    cosines = vectors @ vectors.T
    items = hits.items
    bags = [frozenset(words(item.text)) - STOP for item in items]
    rivals = np.zeros(stronger.shape, np.bool_)
    for i, j in zip(*np.nonzero(stronger), strict=True):
        if _asks(items[i]) or not bags[i] or not bags[j]:
            continue
        shared = len(bags[i] & bags[j])
        if trust[j] < FIRM:
            near = cosines[i, j] >= NEAR and shared >= 1
            rivals[i, j] = near or (shared >= 2 and shared >= SHARED * min(len(bags[i]), len(bags[j])))
        else:
            rivals[i, j] = cosines[i, j] >= SAME and shared >= SHARED * min(len(bags[i]), len(bags[j]))
    return rivals


def _asks(item: Item) -> bool:
    return item.text.rstrip().endswith(("?", "？"))
