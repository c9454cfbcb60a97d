"""Which words of a question say what it is about, and how alike two short texts are."""

from __future__ import annotations

import re
from collections.abc import Iterable

from remanence.language.common_words import QUESTION_STOP
from remanence.language.lazy_pattern import lazy_pattern

STOP = QUESTION_STOP
"""Function words and question words. A question's "what", "when", "did" name the answer's form, not its subject."""

ASKING: frozenset[str] = frozenset(
    """according ask asked described discuss discussed mention mentioned name please recall remember said say
    talked tell told""".split()
)
"""Words that speak about the conversation itself; they are about nothing when other words are left."""

WORD = lazy_pattern(r"[^\W_]+(?:['’][^\W_]+)*")
"""A word: letters and digits, with apostrophes inside ("don't"). The word index and every comparison use this one."""
HYPHENATED = lazy_pattern(r"[^\W_]+(?:['’-][^\W_]+)*")
"""A word that may hold hyphens too ("co-worker"), for names and phrases."""


def words(text: str) -> list[str]:
    """The words of a text in lower case, in order; "don't" is one word."""
    return WORD.findall(text.lower())


def words_each(texts: Iterable[str]) -> list[list[str]]:
    """`words` of each text."""
    return [words(text) for text in texts]


def content_words(text: str) -> list[str]:
    """The words that say what a question is about; all of its words when it has no others."""
    return content_of(words(text))


def content_of(every: list[str]) -> list[str]:
    """`content_words` of a text that has these words."""
    left = [word for word in every if re.split(r"['’]", word)[0] not in STOP]
    told = [word for word in left if word not in ASKING]
    return told or left or every


def content_words_each(texts: Iterable[str]) -> list[list[str]]:
    """`content_words` of each text."""
    return [content_words(text) for text in texts]


def jaccard(left: frozenset[str] | set[str], right: frozenset[str] | set[str]) -> float:
    """Shared words over all words, in [0, 1]; two empty sets are equal."""
    shared = len(left & right)
    either = len(left) + len(right) - shared
    return shared / either if either else 1.0
