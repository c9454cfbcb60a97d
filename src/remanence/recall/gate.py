"""Whether to look into memory at all, and how sure it is that memory holds an answer."""

from __future__ import annotations

import re

from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.text import content_words
from remanence.recall.answerability import answerability
from remanence.stage import Ctx, ReadStage, reads, wraps
from remanence.types import Cue, Hits

_CHAT = lazy_pattern(
    r"^\W*(?:(?:hi|hello|hey|yo|good (?:morning|afternoon|evening|night)|bye|goodbye|see you|thanks?|thank you"
    r"|ok(?:ay)?|great|cool|nice|lol|haha+|sure|yes|no|yeah|yep|nope|please|wow|well|how are you(?: doing)?(?: today)?"
    r"|what'?s up|so much|very much|there|again|everyone|all)\b\W*)+$",
    re.I,
)


def chat(text: str) -> bool:
    """A greeting, thanks or other small talk that asks nothing of memory."""
    return _CHAT.match(text) is not None or not content_words(text)


@wraps
def unless_chat(cue: Cue, hits: Hits, ctx: Ctx, stages: tuple[ReadStage, ...]) -> Hits:
    """Run the stage unless the cue is small talk; then nothing is recalled and confidence is 0."""
    (stage,) = stages
    return Hits(ctx.store, confidence=0.0) if chat(cue.text) else stage(cue, hits, ctx)


@reads
def confidence(cue: Cue, hits: Hits, ctx: Ctx) -> Hits:
    """Say how likely memory holds an answer at all; hits keep their scores and their order."""
    return hits.with_(confidence=answerability(cue, hits, ctx))
