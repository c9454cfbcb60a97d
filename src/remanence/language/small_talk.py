"""Greetings, thanks and the like: what neither asks nor tells anything."""

from __future__ import annotations

import re

from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.text import content_words

_CHAT = lazy_pattern(
    r"^\W*(?:(?:hi|hello|hey|yo|good (?:morning|afternoon|evening|night)|bye|goodbye|see you|thanks?|thank you"
    r"|ok(?:ay)?|great|cool|nice|lol|haha+|sure|yes|no|yeah|yep|nope|please|wow|well|how are you(?: doing)?(?: today)?"
    r"|what'?s up|so much|very much|there|again|everyone|all)\b\W*)+$",
    re.I,
)


def small_talk(text: str) -> bool:
    """A greeting, thanks or other small talk that asks nothing of memory and tells it nothing."""
    return _CHAT.match(text) is not None or not content_words(text)
