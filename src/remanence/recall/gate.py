"""Whether to look into memory at all, and how sure it is that memory holds an answer."""

from __future__ import annotations

import re
from collections.abc import Mapping

from remanence.language.text import content_words
from remanence.recall import known
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


@reads
def confidence(
    cue: Cue, hits: Hits, ctx: Ctx, *, weights: Mapping[str, float] = CONFIDENCE, bias: float = CONFIDENCE_BIAS
) -> Hits:
    """Say how likely memory holds an answer at all, by `known.sure`; hits keep their scores and their order."""
    sure = known.sure(cue, hits, ctx, weights=weights, bias=bias)
    return Hits(hits.view, hits.rows, hits.scores, hits.channels, hits.paths, confidence=sure)
