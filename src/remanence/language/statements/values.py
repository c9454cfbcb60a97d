"""When two values are the same: in the same words, or the shorter one inside the longer."""

from __future__ import annotations

from collections import Counter

from remanence.language.common_words import FUNCTION_WORDS
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.text import WORD

_NUMBER = lazy_pattern(r"\d+(?:[.,]\d+)*")


def value_words(value: str) -> frozenset[str]:
    """The words of a value that say something, in lower case, without a possessive or plural s."""
    found = (word.removesuffix("'s").removesuffix("’s") for word in WORD.findall(value.lower()))
    kept = frozenset(_singular(word) for word in found if word not in FUNCTION_WORDS)
    return kept or frozenset(WORD.findall(value.lower()))


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def alike(left: str, right: str) -> bool:
    """Whether two values mean the same: all words of the shorter one are in the longer, and their numbers agree."""
    mine, theirs = value_words(left), value_words(right)
    if not mine or not theirs:
        return left.strip().lower() == right.strip().lower()
    ours, other = Counter(_NUMBER.findall(left)), Counter(_NUMBER.findall(right))
    if ours and other and not (ours <= other or other <= ours):  # counted: "row 2 seat 2" is not "row 2 seat 4"
        return False
    return mine <= theirs or theirs <= mine
