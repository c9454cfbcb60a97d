"""The word index's own reading of a text: lower case, accents off, stop words dropped, stems; CJK as pairs.

Question words are on the stop list: they say what kind of answer is wanted, not what it is about.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import snowballstemmer

from remanence.language.common_words import INDEX_STOP
from remanence.language.text import WORD

_CJK = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af\U00020000-\U0002fa1f]+")
_MAX_TERM = 64
_CACHE_BOUND = 200_000

_stemmer = snowballstemmer.stemmer("english")
_stems: dict[str, str] = {}


def terms(text: str) -> list[str]:
    """Index terms of a text, in order, with repeats; works on any Unicode text."""
    if text.isascii():
        folded = text.lower()
    else:
        folded = _fold(text)
    found: list[str] = []
    for word in WORD.findall(folded):
        known = _stems.get(word)
        if known is not None:
            if known:
                found.append(known)
        else:
            found.extend(_learn(word))
    return found


def terms_each(texts: Sequence[str]) -> list[list[str]]:
    """`terms` of each text."""
    return [terms(text) for text in texts]


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.lower().replace("’", "'"))
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if not unicodedata.combining(c)))


def _learn(word: str) -> list[str]:
    """The terms of one word; single ones are remembered ('' for a stop word)."""
    if not word.isascii() and _CJK.search(word):
        return _pairs(word)
    head = word.split("'", 1)[0].split("’", 1)[0]
    stem = "" if word in INDEX_STOP or head in INDEX_STOP else _stemmer.stemWord(head[:_MAX_TERM])
    if len(_stems) >= _CACHE_BOUND:
        _stems.clear()
    _stems[word] = stem
    return [stem] if stem else []


def _pairs(run: str) -> list[str]:
    """Overlapping pairs of each CJK run (a lone sign stands for itself), other parts as words."""
    found: list[str] = []
    place = 0
    for match in _CJK.finditer(run):
        if match.start() > place:
            found.extend(terms(run[place : match.start()]))
        signs = match.group()
        found.extend([signs] if len(signs) == 1 else [signs[i : i + 2] for i in range(len(signs) - 1)])
        place = match.end()
    if place < len(run):
        found.extend(terms(run[place:]))
    return found
