"""The one confidence: how likely memory holds an answer, from what the best hits say, in which sentence, and of whom.

A question about the wrong person finds the right sentence in the wrong mouth; a question about something that was
never said finds sentences that share its topic and not its point.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from remanence.algo.distinct import distinct
from remanence.algo.rarity import idf_weights
from remanence.errors import ModelError
from remanence.recall import score
from remanence.stage import Ctx
from remanence.stage.question import cue_terms, cue_vector, question
from remanence.stage.sentences import sentences
from remanence.types import Cue, Hits
from remanence.weights import Table, table

FITTED = table("answerability", "answerability")

BEST, CLOSEST = 3, 3
"""Hits whose sentences are read: so many by score, and so many that share most with the cue, whoever said it."""
LONGEST = 2_000
"""Sentences that start later in a hit are not read."""
MOST = 100
"""Best hits of another recipe that are weighed."""
A_QUESTION = 0.7
"""What a sentence that asks counts, against one that tells."""


def answerability(cue: Cue, hits: Hits, ctx: Ctx, *, fitted: Table = FITTED) -> float:
    """How likely memory holds an answer, in [0, 1]: a logistic sum over `features`; 0 without hits."""
    seen = features(cue, hits, ctx)
    return 1 / (1 + math.exp(-fitted.total(seen))) if seen else 0.0


def features(cue: Cue, hits: Hits, ctx: Ctx) -> dict[str, float]:
    """What speaks for and against an answer being there, each about in [-1, 1]; empty without hits.

    best: the highest `score.evidence`, whatever the hits were ranked by. in one turn: the share of the question's
    words, by rarity, that one hit says about the person that the question names (about anybody when it names none).
    near: the cosine of the closest such sentence. together of another: by how much a sentence about somebody else
    does better in words and cosine at once.
    """
    if not len(hits.rows):
        return {}
    if "evidence" not in hits.channels:
        hits = _weighed(cue, hits, ctx)
    read = _worth_reading(hits)
    best = float(np.nanmax(hits.channels["evidence"], initial=0.0))
    found = {"best": best, "in one turn": 0.0, "near": 0.0, "together of another": 0.0}
    terms, about = cue_terms(cue, ctx), frozenset(question(cue, ctx).people)
    spoken = [(n, one) for n, each in enumerate(sentences(read, ctx)) for one in each if one.start < LONGEST]
    if not terms or not spoken:
        return found
    weight = idf_weights(ctx.store.idf(terms, cue.where)).astype(np.float64)
    hit = np.array([number for number, _ in spoken])
    mine = np.array([not about or bool(about & one.subjects) for _, one in spoken])
    held = np.array([[term in one.terms for term in terms] for _, one in spoken], np.float64)
    near = _nearness([one.text for _, one in spoken], cue, ctx)
    telling = np.where([one.asks for _, one in spoken], A_QUESTION, 1.0)
    together = (held @ weight + near) / 2 * telling
    whole = [held[(hit == number) & mine].any(axis=0) @ weight for number in range(len(read.rows))]
    return found | {
        "in one turn": float(max(whole)),
        "near": _most(near, mine),
        "together of another": 0.0 if mine.all() else max(2 * (_most(together, ~mine) - _most(together, mine)), -0.5),
    }


def _nearness(texts: Sequence[str], cue: Cue, ctx: Ctx) -> NDArray[np.float64]:
    """Cosine of each text with the cue, in [0, 1]; zeros, and a word about it, where the embedder fails."""
    try:
        cosine: NDArray[np.float64] = np.clip(ctx.embed(texts) @ cue_vector(cue, ctx), 0, 1).astype(np.float64)
        return cosine
    except ModelError as error:
        ctx.degraded.append(f"confidence without meaning: {error}")
        return np.zeros(len(texts), np.float64)


def _weighed(cue: Cue, hits: Hits, ctx: Ctx) -> Hits:
    """The hits of a recipe that scores in its own way, weighed as `default` weighs them; their scores stay."""
    best = hits.top(MOST)
    weighed = score.evidence(let_in=0)(cue, best, ctx)
    return weighed.take(np.argsort(weighed.rows)).with_(scores=best.take(np.argsort(best.rows)).scores)


def _worth_reading(hits: Hits) -> Hits:
    """The hits that are read for how sure one can be."""
    shared = sum(np.nan_to_num(hits.channels[name]) for name in ("coverage", "vectors") if name in hits.channels)
    first = np.argsort(-hits.scores, kind="stable")[:BEST]
    close = np.argsort(-shared, kind="stable")[:CLOSEST] if np.ndim(shared) else first
    return hits.take(distinct(np.concatenate([first, close])))


def _most(values: NDArray[np.float64], mask: NDArray[np.bool_]) -> float:
    return float(values[mask].max()) if mask.any() else 0.0
