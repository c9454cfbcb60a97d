"""Which words of a question say what it is about, and how alike two short texts are."""

from __future__ import annotations

import re

STOP: frozenset[str] = frozenset(
    """a about above after again against all also am an and any are aren as at be because been before being
    below between both but by can cannot could couldn did didn do does doesn doing don down during each
    either else ever few for from further had hadn has hasn have haven having he her here hers herself him
    himself his how i if in into is isn it its itself just let may me might more most must my myself neither
    no nor not now of off on once only or other our ours ourselves out over own same shall she should
    shouldn so some such than that the their theirs them themselves then there these they this those through
    to too under until up upon us very was wasn we were weren what when where whether which while who whom
    whose why will with within won would wouldn yes you your yours yourself yourselves
    s t d ll m re ve""".split()
)
"""Function words and question words. A question's "what", "when", "did" name the answer's form, not its subject."""

ASKING: frozenset[str] = frozenset(
    """according ask asked described discuss discussed mention mentioned name please recall remember said say
    talked tell told""".split()
)
"""Words that speak about the conversation itself; they are about nothing when other words are left."""

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def words(text: str) -> list[str]:
    """The words of a text in lower case, in order; "don't" is one word."""
    return _WORD.findall(text.lower())


def content_words(text: str) -> list[str]:
    """The words that say what a question is about; all of its words when it has no others."""
    every = words(text)
    left = [word for word in every if re.split(r"['’]", word)[0] not in STOP]
    told = [word for word in left if word not in ASKING]
    return told or left or every


def jaccard(left: frozenset[str] | set[str], right: frozenset[str] | set[str]) -> float:
    """Shared words over all words, in [0, 1]; two empty sets are equal."""
    either = len(left | right)
    return len(left & right) / either if either else 1.0
