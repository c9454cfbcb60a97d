"""What a glance at a text tells, as bits: it asks, it names a time, it names a number.

The store keeps these beside the words of every row, so that recall need not read the text again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from remanence.language.lazy_pattern import lazy_pattern

ASKS, TIME, NUMBER = 1, 2, 4

_WHEN = lazy_pattern(
    r"\b(?:yesterday|today|tomorrow|tonight|last|next|ago|week(?:end|s)?|months?|years?|morning|recently|since|january"
    r"|february|march|april|may|june|july|august|september|october|november|december|(?:19|20)\d\d)\b",
    re.I,
)
_DIGIT = lazy_pattern(r"\d")
_FAR = 20_000
"""Characters that are looked at; a longer text is judged by its beginning."""


def text_flags(text: str) -> int:
    """The bits `ASKS`, `TIME` and `NUMBER` of a text."""
    found = ASKS if text.rstrip().endswith(("?", "？")) else 0
    seen = text if len(text) <= _FAR else text[:_FAR]
    if _WHEN.search(seen) is not None:
        found |= TIME
    if _DIGIT.search(seen) is not None:
        found |= NUMBER
    return found


def text_flags_each(texts: Iterable[str]) -> list[int]:
    """`text_flags` of each."""
    return [text_flags(text) for text in texts]
