"""Hopfield retrieval: the cue's vector is completed from the memories that it calls up, and asked again.

Measured (`python experiments/bio_engine.py`), it does not help `default`; a recipe may blend it.
"""

from __future__ import annotations

import numpy as np

from remanence.algo.hopfield import complete, unit
from remanence.recall.find import seen_by
from remanence.records import dataclass
from remanence.stage import Ctx, reads
from remanence.stage.question import cue_vector
from remanence.types import Cue, Hits


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieval:
    """Items near what the cue brings to mind: modern Hopfield retrieval over the `pool` nearest vectors.

    The cue is replaced by (1 - share) * cue + share * X^T softmax(beta X xi), `steps` times over the patterns X
    (Ramsauer et al., 2021). Large `beta` recalls the nearest memory alone, small `beta` the middle of the pool.
    A finder: it starts afresh; join it with `|` or `+`.
    """

    k: int = 100
    pool: int = 200
    beta: float = 16.0
    steps: int = 1
    share: float = 0.5

    def __call__(self, cue: Cue, hits: Hits, ctx: Ctx) -> Hits:
        where = seen_by(cue, ())
        asked = cue_vector(cue, ctx)
        rows, _ = ctx.store.nearest(asked, self.pool, where)
        if not len(rows):
            return Hits(ctx.store)
        found = complete(asked, ctx.store.vectors(rows), self.beta, self.steps)
        mixed = (1 - self.share) * asked + self.share * unit(found.vector)
        rows, scores = ctx.store.nearest(unit(mixed).astype(np.float32), self.k, where)
        return Hits(ctx.store, rows, scores, channels={"hopfield": scores})


retrieval = reads(Retrieval)
