"""Whether to look into memory at all, and how sure it is that memory holds an answer."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from remanence.algo.text import content_words
from remanence.recall.cue import read
from remanence.recall.find import idf_of
from remanence.recall.weights import CONFIDENCE, CONFIDENCE_BIAS
from remanence.stage import Ctx, ReadStage, reads
from remanence.types import Cue, Hits

_CHAT = re.compile(
    r"^\W*(?:(?:hi|hello|hey|yo|good (?:morning|afternoon|evening|night)|bye|goodbye|see you|thanks?|thank you"
    r"|ok(?:ay)?|great|cool|nice|lol|haha+|sure|yes|no|yeah|yep|nope|please|wow|well|how are you(?: doing)?(?: today)?"
    r"|what'?s up|so much|very much|there|again|everyone|all)\b\W*)+$",
    re.I,
)


def chat(text: str) -> bool:
    """A greeting, thanks or other small talk that asks nothing of memory."""
    return _CHAT.match(text) is not None or not content_words(text)


def unless_chat(stage: ReadStage) -> ReadStage:
    """Run `stage` unless the cue is small talk; then nothing is recalled and confidence is 0."""

    def run(cue: Cue, hits: Hits, ctx: Ctx) -> Hits:
        if chat(cue.text):
            return Hits(ctx.store, confidence=0.0)
        return stage(cue, hits, ctx)

    return ReadStage("gate.unless_chat", run, (("stage", repr(stage)),), (stage,))


def signs(cue: Cue, hits: Hits, ctx: Ctx) -> dict[str, float]:
    """What speaks for and against an answer being there, each about in [-1, 1]; empty without hits.

    best, margin: the first score, and how far it is above the fifth. cosine, share: the first hit's channels.
    covered, shared by another: how much better somebody else's best turn fits than the best of the one speaker
    whom the cue names - a question about the wrong person looks like that. unknown: the share of the cue's words
    that the store has never seen. crowd: the share of ten hits above half the first score. by the named: the share
    of the first three that the named speaker said.
    """
    if not len(hits):
        return {}
    asked = read(cue, ctx)
    best = hits.top(10)
    terms = list(asked.terms)
    idf = idf_of(terms, ctx, cue.where)
    worth = np.where(idf > 0, idf, float(idf.max(initial=1.0)))
    named = ctx.store.code("who", asked.speakers[0]) if len(asked.speakers) == 1 else None
    mine = ctx.store.column("who", hits.rows) == named if named is not None else np.ones(len(hits), bool)
    first = best.take(np.arange(min(3, len(best))))
    return {
        "best": float(best.scores[0]),
        "margin": float(best.scores[0] - best.scores[min(4, len(best) - 1)]),
        "cosine": _first(best, "vectors"),
        "share": _first(best, "words"),
        "covered by another": _ahead(hits, "covered", mine),
        "shared by another": _ahead(hits, "words", mine),
        "unknown": float(worth[idf <= 0].sum() / max(float(worth.sum()), 1e-6)) if terms else 0.0,
        "crowd": float((best.scores > 0.5 * best.scores[0]).mean()),
        "by the named": (float((ctx.store.column("who", first.rows) == named).mean()) if named is not None else 0.5),
    }


def _first(best: Hits, channel: str) -> float:
    column = best.channels.get(channel)
    return 0.0 if column is None else float(np.nan_to_num(column[0]))


def _ahead(hits: Hits, channel: str, mine: NDArray[np.bool_]) -> float:
    """By how much the best of the others beats the best of the named speaker; 0 when the cue names none."""
    if mine.all() or channel not in hits.channels:
        return 0.0
    column = np.nan_to_num(hits.channels[channel])
    return float(column[~mine].max(initial=0) - column[mine].max(initial=0))


@reads
def confidence(
    cue: Cue, hits: Hits, ctx: Ctx, *, weights: Mapping[str, float] = CONFIDENCE, bias: float = CONFIDENCE_BIAS
) -> Hits:
    """Say how likely memory holds an answer at all: a logistic sum over `signs`; hits keep their scores."""
    seen = signs(cue, hits, ctx)
    total = bias + sum(weights.get(name, 0.0) * value for name, value in seen.items())
    sure = 1 / (1 + math.exp(-total)) if seen else 0.0
    return Hits(hits.view, hits.rows, hits.scores, hits.channels, hits.paths, confidence=sure)
