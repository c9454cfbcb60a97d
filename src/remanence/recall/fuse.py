"""Joining ranked lists whose scores cannot be compared."""

from __future__ import annotations

import numpy as np

from remanence.algo import rrf as fusion
from remanence.errors import BadKnob
from remanence.stage import Ctx, ReadStage, union, wraps
from remanence.types import Cue, Hits


@wraps
def rrf(cue: Cue, hits: Hits, ctx: Ctx, stages: tuple[ReadStage, ...], *, k: float = 60) -> Hits:
    """Reciprocal rank fusion of stages: `rrf(vectors(), words())`; `vectors() * 2` has two votes.

    Scores are shares of the best possible: 1.0 is first in every list.
    """
    if k <= 0:
        raise BadKnob(f"rrf needs k above 0, not {k!r}")
    inner, votes = zip(*(stage.weighed() for stage in stages), strict=True)
    found = [stage(cue, hits, ctx) for stage in inner]
    alike = [one.with_(scores=np.round(one.scores, 6)) for one in found]  # equal texts, but for the last bit
    rows, scores = fusion.rrf([one.top(len(one)).rows for one in alike], k=k, weights=votes)
    whole = union(found)
    place = np.argsort(whole.rows)
    position = place[np.searchsorted(whole.rows[place], rows)] if len(rows) else np.zeros(0, np.int64)
    return whole.take(position).with_(scores=scores)
