"""What a text shows in any language: its words, what their forms tell, and the small words of some languages."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from remanence.models.packed import Matrix

SMALL_WORDS = Path(__file__).parent / "data" / "small_words.txt"
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963\u0981-\u0983\u09bc-\u09cd\u0a01-\u0a4d\u0b01-\u0b4d"
    "\u0b82-\u0bcd\u0c00-\u0c4d\u0c81-\u0ccd\u0d00-\u0d4d\u200c\u200d"
)
_WORD = re.compile(
    r"\d+(?:[.,:٫٬]\d+)*"
    r"|[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"  # one sign of a script without spaces
    r"|[\u0e40-\u0e44]?[\u0e01-\u0e2e\u0e30\u0e32\u0e33\u0e45\u0e46\u0e2f][\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]*"
    rf"|(?:(?![\u0e01-\u0e4e\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\d_])\w)"
    rf"(?:(?![\u0e01-\u0e4e\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff])[\w{_MARKS}])*"
    r"|\S"
)
_HARAKAT = re.compile("[\u0640\u064b-\u065f\u0670\u0307]")
_ONE_FORM = str.maketrans("أإآىةı", "ااايهi")
_ARTICLE = re.compile("^(?:وال|بال|فال|كال|ال|لل|و|ب|ل|ف)(?=[\u0621-\u064a]{3,})")
_STOP = frozenset(".!?。！？।؟؛…")
_OPEN, _CLOSE, _QUOTE = frozenset("([{（「『«“„"), frozenset(")]}）」』»”"), frozenset("\"'’‘`´")
_LONGEST_ENTRY = 4
_LOOKED_AT, _HEAD = 4, 300  # passages, and characters of each, that tell the language
_LEAD, _SURE = 4, 2  # small words by which passages must be foreign for an English question, and the other way round
_STEM = 3  # letters that two words of one stem share at least


class Words(NamedTuple):
    """The words and marks of a text: as they stand, folded (without case), and their characters [start, end)."""

    shown: list[str]
    folded: list[str]
    starts: list[int]
    ends: list[int]


def words_of(text: str) -> Words:
    """Cuts text of any script: words, numbers, single signs where a script has no spaces, marks one by one."""
    out = Words([], [], [], [])
    for found in _WORD.finditer(text):
        out.shown.append(found.group())
        out.folded.append(folded(found.group()))
        out.starts.append(found.start())
        out.ends.append(found.end())
    return out


@lru_cache(maxsize=50_000)
def folded(word: str) -> str:
    """Without case, and with one form for letters that Arabic and Turkish write in several."""
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFC", _HARAKAT.sub("", word.casefold()))
    return plain.translate(_ONE_FORM) or word


@lru_cache(maxsize=50_000)
def bare(word: str) -> str:
    """A folded word without accents, and without what Arabic writes onto its front."""
    if word.isascii():
        return word
    plain = unicodedata.normalize("NFD", _ARTICLE.sub("", word))
    if "\u0900" <= plain[:1] <= "\u0e7f":  # here the marks are vowels
        return plain
    return "".join(char for char in plain if unicodedata.category(char) != "Mn") or word


class SmallWords:
    """What the small words of some languages mean: `who`, `when`, `of`, `year`; the table is data/small_words.txt."""

    def __init__(self, path: Path = SMALL_WORDS) -> None:
        tables: dict[str, dict[tuple[str, ...], list[int]]] = {}
        table: dict[tuple[str, ...], list[int]] = {}
        places: dict[str, int] = {}
        for line in path.read_text(encoding="utf-8").splitlines():
            name, _, listed = line.partition(" ")
            if name == "#":
                continue
            if name == "=":
                table = tables.setdefault(listed, {})
                continue
            place = places.setdefault(name, len(places))
            for entry in listed.split("|") if "|" in listed else listed.split():
                table.setdefault(tuple(words_of(entry).folded), []).append(place)
        self.names = tuple(places)
        self.tables: Mapping[str, Mapping[tuple[str, ...], list[int]]] = tables
        self._known: dict[tuple[str, ...], list[str]] = {}
        for language, entries in tables.items():
            for words in entries:
                self._known.setdefault(words, []).append(language)

    def languages(self, question: str, passages: Sequence[str]) -> tuple[str, list[str]]:
        """The language of a question and of each passage by their small words; "" where these do not tell.

        A question is in the language of its passages unless more of its words speak for another one.
        """
        each = [self._counts(words_of(passage[:_HEAD]).folded) for passage in passages]
        told: Counter[str] = sum(each[:_LOOKED_AT], Counter())
        asked = self._counts(words_of(question).folded)
        theirs, ours = _most(told), _most(asked)
        if ours == "en" and told[theirs] < told["en"] + _LEAD:
            theirs = "en"
        lead = _SURE if theirs == "en" and latin(question) else 1
        asks = ours if not theirs or asked[ours] >= asked[theirs] + lead else theirs
        return asks, [_most(one) or theirs or asks for one in each]

    def _counts(self, folded_words: Sequence[str]) -> Counter[str]:
        """How many small words of each language there are; under "" an eighth of all words."""
        counts: Counter[str] = Counter()
        for length in range(1, _LONGEST_ENTRY + 1):
            for entry in zip(*(folded_words[start:] for start in range(length)), strict=False):
                counts.update(self._known.get(entry, ()))
        counts[""] = sum(word[0].isalpha() for word in folded_words) // 8
        return counts

    def meanings(self, folded_words: Sequence[str], language: str) -> list[tuple[int, ...]]:
        """For each word the places in `names` of what it may mean; the longest entry of the table counts."""
        out: list[tuple[int, ...]] = [()] * len(folded_words)
        table = self.tables.get(language)
        if not table:
            return out
        place = 0
        while place < len(folded_words):
            step = 1
            for length in range(min(_LONGEST_ENTRY, len(folded_words) - place), 0, -1):
                found = table.get(tuple(folded_words[place : place + length]))
                if found:
                    out[place : place + length] = [tuple(found)] * length
                    step = length
                    break
            place += step
        return out


def _most(counts: Counter[str]) -> str:
    """The language with the most words; English where it has as many."""
    return max(counts, key=lambda language: (counts[language], language == "en", language), default="")


def latin(text: str) -> bool:
    """Whether at least half of a text's letters are Latin."""
    letters = [char for char in text if char.isalpha()]
    return sum(char < "\u0250" or "\u1e00" <= char <= "\u1eff" for char in letters) * 2 >= len(letters)


FORMS = (
    "capital", "capitals", "digit", "number", "year", "short", "middle", "long", "latin", "opens", "mark", "stop",
    "comma", "open", "close", "quote", "dash", "percent", "other mark", "repeated", "often", "begins",
)  # fmt: skip
"""What the form of a word tells, in the order of the columns that `forms` gives."""
_PLACE = {name: place for place, name in enumerate(FORMS)}


def forms(words: Words) -> Matrix:
    """[N, len(FORMS)] of 0 and 1: capitals, digits, marks, length, alphabet, how often a word is in the text."""
    out = np.zeros((len(words.shown), len(FORMS)), np.float32)
    counts = Counter(words.folded)
    begins = True
    for row, (shown, plain) in enumerate(zip(words.shown, words.folded, strict=True)):
        told = _mark(shown) if not shown[0].isalnum() else _word(shown, begins)
        told.append(
            "often" if counts[plain] > 2 else "repeated" if counts[plain] > 1 else "mark" if not told else told[0]
        )
        out[row, [_PLACE[name] for name in told]] = 1
        begins = shown in _STOP or (begins and not shown[0].isalnum())
    return out


def _mark(shown: str) -> list[str]:
    kinds = (
        ("stop", _STOP),
        ("comma", ",،、;:"),
        ("open", _OPEN),
        ("close", _CLOSE),
        ("quote", _QUOTE),
        ("dash", "-–—/"),
    )
    kind = next((name for name, signs in kinds if shown in signs), "percent" if shown in "%$€£¥₺₹°" else "other mark")
    return ["mark", kind]


def _word(shown: str, begins: bool) -> list[str]:
    length = len(shown)
    told = ["short" if length < 4 else "middle" if length < 8 else "long"]
    if begins:
        told.append("begins")
    if shown[0].isdigit():
        told += ["digit", "year" if length == 4 and shown.isdigit() and "1000" <= shown < "2100" else "number"]
    elif shown[0].isupper():
        told.append("capitals" if length > 1 and shown.isupper() else "capital")
    if shown[0].isascii():
        told.append("latin")
    return told


def alike(left: Sequence[str], right: Sequence[str]) -> tuple[Matrix, Matrix]:
    """[N, M] each: whether two folded words are the same, and how much of them is (accents off, endings apart)."""
    kinds = {word: place for place, word in enumerate(dict.fromkeys([*left, *right]))}
    soft = np.eye(len(kinds), dtype=np.float32)
    stems: dict[str, list[tuple[int, str]]] = {}
    for word, place in kinds.items():
        plain = bare(word)
        if len(plain) >= _STEM:
            stems.setdefault(plain[:_STEM], []).append((place, plain))
    for group in stems.values():
        for number, (a, one) in enumerate(group):
            for b, other in group[:number]:
                soft[a, b] = soft[b, a] = _share(one, other)
    rows, columns = (np.array([kinds[word] for word in side], dtype=np.intp) for side in (left, right))
    return (rows[:, None] == columns[None, :]).astype(np.float32), soft[rows[:, None], columns[None, :]]


def _share(one: str, other: str) -> float:
    """The common beginning of two words against their mean length, from a half on."""
    least = min(len(one), len(other))
    same = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), least)
    share = 2 * same / (len(one) + len(other))
    return share if share >= 0.5 else 0.0
