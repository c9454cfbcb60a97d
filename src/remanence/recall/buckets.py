"""Thoughts in hash buckets: the cue's bucket is looked at and nothing else (Think-in-Memory).

Locality-sensitive hashing by random rotations, cross-polytope form: the bucket is argmax([Rx; -Rx]), so that near
vectors share one (Andoni et al. 2015). More probes look at the next best buckets too.
"""

from __future__ import annotations

import numpy as np

from remanence.errors import BadKnob
from remanence.recall.find import seen_by
from remanence.stage import Ctx, reads
from remanence.stage.question import cue_vector
from remanence.types import Cue, Floats, Hits


def rotation(dim: int, buckets: int) -> Floats:
    """A fixed random projection [dim, buckets / 2]."""
    return np.random.default_rng(20_231).standard_normal((dim, buckets // 2)).astype(np.float32)


def bucket_order(vectors: Floats, buckets: int) -> np.ndarray:
    """Buckets of each unit row, best first, int64 [N, buckets]."""
    turned = vectors @ rotation(vectors.shape[1], buckets)
    return np.argsort(-np.concatenate([turned, -turned], axis=1), axis=1, kind="stable")


@reads
def bucketed(
    cue: Cue,
    hits: Hits,
    ctx: Ctx,
    *,
    k: int = 10,
    buckets: int = 16,
    probes: int = 2,
    kinds: tuple[str, ...] = ("fact",),
) -> Hits:
    """The nearest items in the cue's first `probes` of `buckets` buckets; about probes / buckets of all are looked at.

    Buckets are cut once for each state of the store. The channel `looked at` says what share of all was compared.
    """
    if buckets < 2 or buckets % 2 or not 1 <= probes <= buckets:
        raise BadKnob(f"buckets are an even number from 2 and probes at most as many, not {buckets} and {probes}")
    where = seen_by(cue, kinds)

    def cut() -> dict[int, np.ndarray]:
        rows = ctx.store.rows(where)
        if not len(rows):
            return {}
        first = bucket_order(ctx.store.vectors(rows), buckets)[:, 0]
        return {int(one): rows[first == one] for one in np.unique(first)}

    filed = ctx.store.cached(("buckets", buckets), cut, where)
    vector = cue_vector(cue, ctx)
    wanted = bucket_order(vector[None, :], buckets)[0, :probes]
    some = [filed[int(one)] for one in wanted if int(one) in filed]
    if not some:
        return Hits(ctx.store)
    rows = np.concatenate(some)
    near = np.clip(ctx.store.similarity(vector, rows), 0, 1).astype(np.float32)
    share = np.full(len(rows), len(rows) / sum(map(len, filed.values())), np.float32)
    return Hits(ctx.store, rows, near, channels={"vectors": near, "looked at": share}).top(k)
