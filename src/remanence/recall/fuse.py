"""Joining ranked lists whose scores cannot be compared."""

from __future__ import annotations

import numpy as np

from remanence.algo.rrf import rrf as fused
from remanence.errors import BadKnob
from remanence.stage import Ctx, ReadStage, union
from remanence.types import Cue, Hits


def rrf(*stages: ReadStage, k: float = 60) -> ReadStage:
    """Reciprocal rank fusion of stages: `rrf(vectors(), words())`; `vectors() * 2` has two votes.

    Scores are shares of the best possible: 1.0 is first in every list.
    """
    if not stages or k <= 0:
        raise BadKnob("rrf needs at least one stage, and k above 0")
    votes = [float(stage.knobs[0][1]) if stage.name == "weigh" else 1.0 for stage in stages]
    inner = [stage.parts[0] if stage.name == "weigh" else stage for stage in stages]

    def run(cue: Cue, hits: Hits, ctx: Ctx) -> Hits:
        found = [stage(cue, hits, ctx) for stage in inner]
        rows, scores = fused([one.top(len(one)).rows for one in found], k=k, weights=votes)
        whole = union(found)
        place = np.argsort(whole.rows)
        position = place[np.searchsorted(whole.rows[place], rows)] if len(rows) else np.zeros(0, np.int64)
        return whole.take(position).scored(scores)

    return ReadStage("fuse.rrf", run, (("k", k), ("stages", tuple(map(repr, stages)))), tuple(stages))
