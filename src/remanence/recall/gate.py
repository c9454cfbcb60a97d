"""Whether to look into memory at all, and how sure it is that memory holds an answer."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from remanence.algo.text import content_words
from remanence.recall.cue import read
from remanence.recall.weights import CONFIDENCE, CONFIDENCE_BIAS
from remanence.stage import Ctx, ReadStage, reads
from remanence.types import Cue, Hits

_CHAT = re.compile(
    r"^\W*(?:(?:hi|hello|hey|yo|good (?:morning|afternoon|evening|night)|bye|goodbye|see you|thanks?|thank you|ok(?:ay)?"
    r"|great|cool|nice|lol|haha+|sure|yes|no|yeah|yep|nope|please|wow|well|how are you(?: doing)?(?: today)?"
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
    """What speaks for an answer being there, each about in [0, 1]; empty without hits."""
    if not len(hits):
        return {}
    asked = read(cue, ctx)
    best = hits.top(10)
    scores = best.scores
    terms = list(asked.terms)
    idf = ctx.store.idf(terms, cue.where) if terms else np.zeros(0, np.float32)
    worth = np.where(idf > 0, idf, float(idf.max(initial=1.0)))
    worth = worth / max(float(worth.sum()), 1e-6)
    held = ctx.store.coverage(terms, best.rows) if terms else np.zeros((0, len(best)), bool)
    single = worth @ held if terms else np.zeros(len(best))
    vectors = np.nan_to_num(best.channels.get("vectors", np.zeros(len(best), np.float32)))
    shares = np.nan_to_num(best.channels.get("words", np.zeros(len(best), np.float32)))
    who = ctx.store.column("who", best.rows)
    named = [ctx.store.code("who", name) for name in asked.speakers]
    rare = int(np.argmax(worth)) if terms else 0
    return {
        "best": float(scores[0]),
        "margin": float(scores[0] - scores[min(4, len(scores) - 1)]),
        "lead": float(scores[0] - scores[min(1, len(scores) - 1)]),
        "cosine": float(vectors[0]),
        "best cosine": float(vectors.max()),
        "share": float(shares[0]),
        "best share": float(shares.max()),
        "covered": float(single[0]),
        "best covered": float(single.max()),
        "covered together": float(worth @ held[:, :3].any(axis=1)) if terms else 0.0,
        "rarest there": float(held[rare, :3].any()) if terms else 0.0,
        "unknown": float(worth[idf <= 0].sum()) if terms else 0.0,
        "agreement": float(int(np.argmax(vectors)) == int(np.argmax(shares))),
        "by the named": float(np.isin(who[:3], named).mean()) if len(named) == 1 else 0.5,
        "length": min(len(terms), 8) / 8,
        "when": float(asked.asks in ("when", "how long")),
        "whether": float(asked.asks == "whether"),
    }


@reads
def confidence(
    cue: Cue, hits: Hits, ctx: Ctx, *, weights: Mapping[str, float] = CONFIDENCE, bias: float = CONFIDENCE_BIAS
) -> Hits:
    """Say how likely memory holds an answer at all: a logistic sum over `signs`; hits keep their scores."""
    seen = signs(cue, hits, ctx)
    sure = 1 / (1 + np.exp(-(bias + sum(weights.get(name, 0.0) * value for name, value in seen.items()))))
    return Hits(
        hits.view, hits.rows, hits.scores, hits.channels, hits.paths, confidence=float(sure) if seen else 0.0
    )
