"""The word index's own reading of a text: lower case, accents off, stop words dropped, stems.

Question words are on the stop list: they say what kind of answer is wanted, not what it is about. Scripts that put
no space between words are indexed by overlapping pairs of signs, a sign with its marks (Thai and Lao tones tell
words apart). Hebrew and Arabic words also stand without the particles that are written onto them. Names of code stand
whole and in parts: `getUserByEmail` and `get_user_by_email` share their terms; `C#`, `C++` and `1.10` are terms.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from remanence.language.common_words import INDEX_STOP
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.stem import english_stem
from remanence.language.text import WORD
from remanence.language.text_flags import text_flags_each
from remanence.records import dataclass
from remanence.store.door import WordRow
from remanence.types import Item, keys_of

_CJK = lazy_pattern("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af\U00020000-\U0002fa1f]+")
_MARKED = lazy_pattern("[\u0e01-\u0e4e\u0e81-\u0ece\u1000-\u109f\u1780-\u17d3]+")
"""Runs of Thai, Lao, Burmese and Khmer: no spaces between words, and marks that tell words apart."""
_CODE = lazy_pattern(
    r"(?<![\w.])(?:"
    r"(?P<version>[vV]?\d{1,6}(?:\.\d{1,6}){1,4}(?![\w]))"
    r"|(?P<sharp>[A-Za-z]\w{0,15}(?:\+\+|#)(?![\w#+]))"
    r"|(?P<snake>[A-Za-z0-9]{1,40}(?:_[A-Za-z0-9]{1,40}){1,12}(?![\w]))"
    r"|(?P<camel>(?:[a-z]{1,40}|[A-Z][a-z0-9]{1,40}[A-Z][a-z0-9]{1,40})(?:[A-Z][a-z0-9]{1,40}){1,12}(?![\w]))"
    r")"
)
_HUMP = lazy_pattern(r"[A-Z]?[a-z0-9]+")
_HEBREW = lazy_pattern("[ובהלמשכ][\u05d0-\u05ea]{3,}")
_ARABIC = lazy_pattern("(?:وال|بال|فال|كال|ال|لل|[وبلف])([\u0621-\u064a]{3,})")
_MAX_TERM = 64
_CACHE_BOUND = 200_000

_stems: dict[str, str] = {}


def terms(text: str) -> list[str]:
    """Index terms of a text, in order, with repeats; works on any Unicode text."""
    if text.isascii():
        found = _plain(text.lower())
    else:
        found = []
        place = 0
        for match in _MARKED.finditer(text):
            found.extend(_plain(_fold(text[place : match.start()])))
            found.extend(_overlapping(_signs(match.group())))
            place = match.end()
        found.extend(_plain(_fold(text[place:])))
    found.extend(_code(text))
    return found


def terms_each(texts: Sequence[str]) -> list[list[str]]:
    """`terms` of each text."""
    return [terms(text) for text in texts]


def _plain(folded: str) -> list[str]:
    """The terms of text in lower case without accents."""
    found: list[str] = []
    for word in WORD.findall(folded):
        known = _stems.get(word)
        if known is not None:
            if known:
                found.append(known)
        else:
            found.extend(_learn(word))
    return found


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.lower().replace("’", "'"))
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if not unicodedata.combining(c)))


def _learn(word: str) -> list[str]:
    """The terms of one word; single ones are remembered ('' for a stop word)."""
    if not word.isascii():
        if _CJK.search(word):
            return _pairs(word)
        if (bare := _without_particle(word)) is not None:
            return [word[:_MAX_TERM], bare[:_MAX_TERM]]
    head = word.split("'", 1)[0].split("’", 1)[0]
    stem = "" if word in INDEX_STOP or head in INDEX_STOP else english_stem(head[:_MAX_TERM])
    if len(_stems) >= _CACHE_BOUND:
        _stems.clear()
    _stems[word] = stem
    return [stem] if stem else []


def _without_particle(word: str) -> str | None:
    """A Hebrew or Arabic word without "and", "in", "to", "the" in front, when enough of it is left."""
    if _HEBREW.fullmatch(word):
        return word[1:]
    found = _ARABIC.fullmatch(word)
    return found[1] if found else None


def _code(text: str) -> Iterator[str]:
    """What the names of code in a text add to its words: the whole of a broken one, the parts of a joined one."""
    for match in _CODE.finditer(text):
        name = match.group()
        if match["version"]:
            yield name.lower().removeprefix("v")
        elif match["sharp"]:
            yield name.lower()
        elif match["snake"]:
            yield from _plain(name.replace("_", "").lower())
        else:
            for part in _HUMP.findall(name):
                yield from _plain(part.lower())


def _signs(run: str) -> list[str]:
    """The signs of a run, each with the marks that belong to it."""
    signs: list[str] = []
    for character in run:
        if signs and unicodedata.category(character) in ("Mn", "Mc"):
            signs[-1] += character
        else:
            signs.append(character)
    return signs


def _overlapping(signs: Sequence[str]) -> list[str]:
    """Overlapping pairs; a lone sign stands for itself."""
    if len(signs) < 2:
        return list(signs)
    return [(signs[i] + signs[i + 1])[:_MAX_TERM] for i in range(len(signs) - 1)]


def _pairs(run: str) -> list[str]:
    """Overlapping pairs of each CJK run (a lone sign stands for itself), other parts as words."""
    found: list[str] = []
    place = 0
    for match in _CJK.finditer(run):
        if match.start() > place:
            found.extend(_plain(run[place : match.start()]))
        found.extend(_overlapping(match.group()))
        place = match.end()
    if place < len(run):
        found.extend(_plain(run[place:]))
    return found


# --- the words of rows -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Words:
    """The words of some rows: as they are stored, and as the index takes them."""

    rows: list[WordRow]
    new_terms: dict[str, int]
    codes: NDArray[np.uint32]
    """Codes of all rows, one after another."""
    tf: NDArray[np.uint8]
    counts: NDArray[np.int64]
    """How many codes each row has."""
    flags: list[int]


def worded(
    rows: Sequence[tuple[int, Item]], known: Mapping[str, int], next_code: int, keys: Sequence[str] | None = None
) -> Words:
    """The words of (n, item) rows; terms that are new get the next codes. keys: `keys_of` the items, if it is known."""
    new: dict[str, int] = {}
    stored: list[WordRow] = []
    codes_of, tf_of = [np.zeros(0, np.uint32)], [np.zeros(0, np.uint8)]
    items = [item for _, item in rows]
    found = terms_each(keys_of(items) if keys is None else keys)
    flags = text_flags_each([item.text for item in items])
    for (n, _), some, flag in zip(rows, found, flags, strict=True):
        counted: dict[int, int] = {}
        for term in some:
            code = known.get(term)
            if code is None:
                code = new.setdefault(term, next_code + len(new))
            counted[code] = counted.get(code, 0) + 1
        codes = np.fromiter(counted, np.uint32, len(counted))
        tf = np.minimum(np.fromiter(counted.values(), np.int64, len(counted)), 255).astype(np.uint8)
        stored.append((n, codes.tobytes() + tf.tobytes(), flag))
        codes_of.append(codes)
        tf_of.append(tf)
    return Words(
        stored,
        new,
        np.concatenate(codes_of),
        np.concatenate(tf_of),
        np.array([len(codes) for codes in codes_of[1:]], np.int64),
        flags,
    )
