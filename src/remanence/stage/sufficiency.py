"""Whether what was found holds what was asked: the bar at which a cascade stops and a text may be cut short."""

from __future__ import annotations

import numpy as np

from remanence.stage.ctx import Ctx
from remanence.stage.question import cue_terms
from remanence.types import Cue, Floats, Hits


def sufficiency(cue: Cue, hits: Hits, ctx: Ctx, *, top: int = 3, together: bool = False) -> float:
    """How far the best `top` hits hold what is asked, in [0, 1]; 0 without hits or where the cue names nothing.

    The share of the cue's telling words, by rarity, that the best single hit holds; together: that they all hold. A
    word that memory has never met counts in full: nobody can have said it.
    """
    terms = cue_terms(cue, ctx)
    if not len(hits) or not terms:
        return 0.0
    best = hits.top(top)
    weights = _weights(terms, ctx, cue)
    held = ctx.store.coverage(terms, best.rows).astype(np.float32)
    if together:
        held = held.max(axis=1, keepdims=True)
    return float((weights @ held).max() / max(float(weights.sum()), 1e-9))


def _weights(terms: tuple[str, ...], ctx: Ctx, cue: Cue) -> Floats:
    idf = ctx.store.idf(terms, cue.where)
    most = float(idf.max(initial=0.0)) or 1.0
    return np.asarray(np.where(idf > 0, idf, most), np.float32)
