"""Compares by as many bits as an item is worth, and weighs by how well it is retained (SuperLocalMemory)."""

from __future__ import annotations

import numpy as np

from remanence.stage import Ctx, reads
from remanence.stage.question import cue_vector
from remanence.types import Cue, Floats, Hits

WEIGHTS = {32: 1.0, 8: 0.7, 4: 0.3, 2: 0.15, 0: 0.05}
"""What a hit's score is worth by its bits."""


def quantised(vectors: Floats, bits: int) -> Floats:
    """Unit rows [N, D] rounded to `bits` bits a number, each row over its own range, and made unit again."""
    if bits >= 32 or not len(vectors):
        return vectors
    steps = 2 ** max(bits - 1, 1) - 1 if bits > 1 else 1
    most = np.maximum(np.abs(vectors).max(axis=1, keepdims=True), 1e-12)
    rounded = np.round(vectors / most * steps) / steps
    norm = np.maximum(np.linalg.norm(rounded, axis=1, keepdims=True), 1e-12)
    return np.asarray(rounded / norm, np.float32)


@reads
def by_bits(cue: Cue, hits: Hits, ctx: Ctx, *, top: int = 200) -> Hits:
    """Scores times the weight of each hit's zone, after the vector channel was compared again at its own bits.

    A hit of 4 bits keeps 0.3 of its score, and loses what the rounding of its vector loses of the cosine. The copy
    with more bits stands first among equals. `data["bits"]` is set by `precision.by_retention`; without it, 32.
    """
    best = hits.top(top)
    if not len(best):
        return best
    bits = np.array([int(item.data.get("bits", 32)) for item in best.items])
    if (bits == 32).all():
        return best
    vector = cue_vector(cue, ctx)
    exact = ctx.store.similarity(vector, best.rows)
    coarse = exact.copy()
    stored = ctx.store.vectors(best.rows)
    for width in (8, 4, 2):
        some = bits == width
        coarse[some] = quantised(stored[some], width) @ vector
    kept = np.clip(1 - np.maximum(exact - coarse, 0), 0, 1)
    worth = np.array([WEIGHTS[width] for width in bits.tolist()], np.float32)
    return best.with_(
        scores=np.asarray(best.scores * worth * kept, np.float32), channels={"bits": bits.astype(np.float32)}
    ).top(len(best))
