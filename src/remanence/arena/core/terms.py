"""Stemmed content words, for the baselines and for measures that compare texts by their words."""

from __future__ import annotations

import re
from functools import lru_cache

import snowballstemmer

STOP_WORDS = frozenset(
    """i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her hers
    herself it its itself they them their theirs themselves what which who whom this that these those am is are
    was were be been being have has had having do does did doing a an the and but if or because as until while
    of at by for with about against between into through during before after above below to from up down in out
    on off over under again further then once here there when where why how all any both each few more most
    other some such no nor not only own same so than too very s t can will just don should now""".split()
)
WORD = re.compile(r"\w+")
_ENGLISH = snowballstemmer.stemmer("english")


@lru_cache(maxsize=1 << 17)
def _stem(word: str) -> str:
    return str(_ENGLISH.stemWord(word))


def terms(text: str) -> list[str]:
    """Stemmed words without stop words."""
    return [_stem(word) for word in WORD.findall(text.lower()) if word not in STOP_WORDS]
