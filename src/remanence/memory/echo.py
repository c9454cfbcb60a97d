"""Knows memory's own words when they come back: lines of a block that was changed, and quotes without any fence.

What an agent recalled and says again is no news. A line of our own rendering that memory holds is dropped; a text
that repeats a stored one is kept, but never with more trust than what it repeats.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import cache, partial
from html import unescape
from itertools import pairwise

import numpy as np

from remanence.compose.fence import escape
from remanence.language.common_words import QUESTION_STOP, STOP, VERBS, listed
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.secrets import mask
from remanence.language.sentences import split
from remanence.models.static import StaticEmbedder
from remanence.types import EVERYTHING, FIRM, Item, StoreView

LEAST_WORDS = 4
"""So many words in a row, if they are all of a stored text or sentence, are a quote of it."""
FEWEST = 2
"""So many words, if they are all of a text that was recalled lately, are a quote of it for whoever is no person."""
LONG_RUN = 8
"""So many words in a row are a quote, wherever they stand in a stored text."""
TELLING = 12
"""So many of its rarest words are looked up."""
NEAREST = 8
"""So many stored texts are compared with a new one."""
LAST = 16
"""So many of the last stored items are always compared."""
LONGEST, LAP = 20_000, 1_000
"""Characters of a text that are compared at once, and of them that are compared twice where it is longer."""
LONGEST_STORED = 100_000
"""Characters of a stored text that are compared."""
TELL = 2
"""So many telling words make a quote."""
RETOLD, UNNAMED = 3, 5
"""So many telling words that are all of a sentence are that sentence in another order; without a name or a number."""
RUN_TOGETHER, LEAST_LETTERS = 24, 16
"""A longer word may be several without what stood between them; a quote in it has so many letters at least."""

_CHARACTERS = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD = lazy_pattern(rf"[{_CHARACTERS}]|[^\W_{_CHARACTERS}]+")
_SAID = lazy_pattern(r"[^\W_]+")
_FIGURE, _BEHIND = lazy_pattern(r"\d"), lazy_pattern(r"[^.!?:\s] ")
_JOINED = lazy_pattern(r"(?<![^\W_])[^\W_]{1,64}(?:[-_./@][^\W_]{1,64}){1,16}|\d{6,}")
_DATED = lazy_pattern(r"(?:\d{4}[-/.])?\d{1,2}[-/.]\d{1,2}(?:[-/.]\d{2,4})?|(?:1[89]|20)\d\d[-/.](?:1[89]|20)?\d\d")
_UNSEEN = lazy_pattern("[\u0300-\u036f\u00ad\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff]")
_DAYS = listed(
    """january february march april may june july august september october november december monday tuesday wednesday
    thursday friday saturday sunday"""
)
_EVERYBODYS = QUESTION_STOP | STOP | VERBS
_STATING = VERBS | listed(
    """i you he she it we they am is are was were be been has have had will would can could shall should must may might
    do does did"""
)
_TAG = lazy_pattern(r"</?[A-Za-z][^<>]{0,200}>")
_ENDS = lazy_pattern(r"\n|(?<=[.!?]) ")
_HEADING = lazy_pattern(r"(?:\[\d{1,2} \w{3,9} \d{4}\])?(?P<common>.*)")
_LINE = lazy_pattern(
    r"(?:\d+\. )?(?:\[\d{4}-\d\d-\d\d \d\d:\d\d\] )?(?P<said>.*?)(?: \{(?P<source>[^{}\n]*)\})?\s*", re.S
)
_REPORT = lazy_pattern(r'\((?:unverified report|tool output)\) "(?P<said>.*)"', re.S)
_SHOWS = lazy_pattern(r" ?\[shows (?P<caption>[^\n]*)\]$")


def words_of(text: str, longest: int = LONGEST) -> list[str]:
    """The words of a text, folded, in order (each character of Chinese, Japanese and Korean), without mark-up.

    Accents and what is not seen are left out.
    """
    text = text[:longest]
    if "<" in text or "&" in text:
        text = _TAG.sub(" ", unescape(text))
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _UNSEEN.sub("", unicodedata.normalize("NFD", text)))[:longest]
    return _WORD.findall(text.casefold())


# --- lines of a block that was changed -----------------------------------------------------------


def held(view: StoreView, lines: Sequence[str]) -> list[bool]:
    """Which lines of a block say what memory holds, as our own composers write them."""
    found = [_stored(line, view) for line in lines]
    sources = {item.source or "" for items in found for item in items}
    return [bool(items) or _is_heading(line, sources) for line, items in zip(lines, found, strict=True)]


def _is_heading(line: str, sources: Iterable[str]) -> bool:
    """True for a blank line and for a date with what the sources of the lines have in common."""
    match = _HEADING.fullmatch(line.strip())
    common = match["common"].strip() if match is not None else line
    return not common or any(escape(source).startswith(f"{common}/") for source in sources)


def _stored(line: str, view: StoreView) -> list[Item]:
    """Stored items that hold every piece of what a line says."""
    match = _LINE.fullmatch(line)
    if match is None or not words_of(match["said"]):
        return []
    said = match["said"]
    candidates = _like(said, view)
    bodies = [said, *(said[found.end() :] for found in list(re.finditer(": ", said))[:3])]
    return [item for item in candidates if any(_says(item, body) for body in bodies)]


def _says(item: Item, body: str) -> bool:
    report = _REPORT.fullmatch(body)
    if report is not None:
        body = report["said"]
    texts = [" ".join(escape(mask(text)).split()) for text in (item.text, str(item.data.get("caption") or ""))]
    shows = _SHOWS.search(body)
    if shows is not None and shows["caption"] in texts[1]:
        body = body[: shows.start()]
    pieces = [" ".join(piece.split()) for piece in body.split("...")]
    return all(piece in texts[0] for piece in pieces) and any(pieces)


def told_by(item: Item) -> list[str]:
    """The words of an item, and those under its picture."""
    return [item.text, *filter(None, [str(item.data.get("caption") or "")])]


def _like(text: str, view: StoreView, **narrower: float) -> list[Item]:
    """Stored items that share the telling words of a text, and at least two of its words."""
    where = replace(EVERYTHING, **narrower)  # type: ignore[arg-type]
    terms = list(dict.fromkeys(view.terms(text[:LONGEST])))
    rarity = view.idf(terms, where)
    rare = [terms[i] for i in np.argsort(-rarity, kind="stable")[:TELLING] if rarity[i] > 0]
    if len(rare) < min(2, len(terms)):
        return []
    rows, _ = view.matching(rare, NEAREST, where)
    rows = rows[view.coverage(rare, rows).sum(axis=0) >= min(2, len(rare))]
    return view.items(rows) if len(rows) else []


# --- quotes without a fence ----------------------------------------------------------------------


def quoted(text: str, stored: str, least: int = LEAST_WORDS, *, pieces: bool = False) -> list[str] | None:
    """The words that `text` repeats of a stored one; None when it does not.

    A quote is the whole stored text or a whole sentence of it, of `least` words or more; the whole new text, likewise;
    or eight words in a row from anywhere with a name or a number among them. Words that tell nothing are none ("I hope
    this helps"). Two names or numbers in a row are enough where they are all of the new text. pieces: any line or
    sentence of it counts as the whole, and one name is enough there.
    """
    said, known = words_of(text), words_of(stored, LONGEST_STORED)
    all_said, all_known, names = _in_a_row(said), _in_a_row(known), cache(partial(_named, stored))
    run_together = "".join(said) if any(len(word) > RUN_TOGETHER for word in said) else ""
    for part in (known, *(words_of(stored[span.start : span.end]) for span in split(stored[:LONGEST]))):
        there = len(part) >= least and (_in_a_row(part) in all_said or _runs_in(part, run_together))
        if there and _tells(part, names):
            return part
    ends: list[str] = _ENDS.split(text) if pieces else []
    fewest = 1 if pieces else FEWEST
    for part in (said, *map(words_of, ends)):
        if len(part) < fewest or _in_a_row(part) not in all_known:
            continue
        if _tells(part, names) if len(part) >= least else _is_value(part, names()):
            return part
    runs = {tuple(known[i : i + LONG_RUN]) for i in range(len(known) - LONG_RUN + 1)}
    met = [run for i in range(len(said) - LONG_RUN + 1) if (run := tuple(said[i : i + LONG_RUN])) in runs]
    for run in met:
        if not names().isdisjoint(run) and len(_telling(run)) >= RETOLD:
            return list(run)
    return None


def retold(text: str, stored: str, *, pieces: bool = False) -> set[str] | None:
    """The telling words of a stored sentence that are all in `text`, in whatever order; None if one of them is not.

    Three with a name or a number among them, or five: "Zedikafo is Mira's account" retells "Mira's account is
    Zedikafo". Of the new text nothing else may tell anything but one word; pieces: any line of it may, half of it.
    """
    lines = {frozenset(_telling(words_of(line))) for line in (text, *(text.split("\n") if pieces else ()))}
    lines = {said for said in lines if len(said) >= RETOLD}
    named = _named(stored) if lines else set()
    for span in split(stored[:LONGEST]) if lines else ():
        told = _telling(words_of(stored[span.start : span.end]))
        if len(told) < RETOLD or (named.isdisjoint(told) and len(told) < UNNAMED):
            continue
        more = len(told) if pieces else 1
        if any(told <= said and len(said) - len(told) <= more for said in lines):
            return told
    return None


def _telling(words: Iterable[str]) -> set[str]:
    """The words that are not of everybody's talk."""
    return {word for word in words if word not in _EVERYBODYS and (len(word) > 1 or word >= "\u3040")}


def value_in(text: str, stored: str) -> list[str] | None:
    """A code of a stored text, or two of its names in a row, that stand so in `text` among other words, or nothing."""
    said, known = words_of(text), words_of(stored, LONGEST_STORED)
    for code in _codes(stored):
        if _within(code, said):
            return code
    large = {
        word
        for found in _SAID.finditer(text)
        if _is_large(found[0]) or _FIGURE.search(found[0])
        for word in words_of(found[0])
    }
    names = (_named(stored) - _DAYS) & large
    if len(names) < FEWEST:
        return None
    pairs = {pair for pair in pairwise(known) if names.issuperset(pair) and _is_unusual(pair)}
    return next((list(pair) for pair in pairwise(said) if pair in pairs), None)


def _is_named(words: Iterable[str]) -> bool:
    """No number of one or two figures, as days and amounts are."""
    return all(len(word) > 2 or not word.isdigit() for word in words)


def _is_value(part: Sequence[str], names: AbstractSet[str]) -> bool:
    """Whether words are nothing but names, numbers, and what is no common word beside another; no day or month."""
    if set(part) <= _DAYS:
        return False
    return set(part) <= names or (len(part) > 1 and all(_is_unusual([word]) for word in set(part) - names))


def _is_unusual(words: Sequence[str]) -> bool:
    """Not all of everybody's words ("World War", "machine learning"), and no day or amount among them."""
    pieces = StaticEmbedder.bundled().pieces
    return _is_named(words) and any(pieces.id(word) == pieces.unknown for word in words)


def _codes(text: str) -> Iterator[list[str]]:
    """The words of passwords, numbers and addresses: figures that stand joined to letters or to other figures."""
    for found in _JOINED.finditer(text[:LONGEST_STORED]):
        code = found[0]
        if len(code) >= 6 and any(one.isdigit() for one in code) and not _DATED.fullmatch(code):
            yield words_of(code)


def _is_large(word: str) -> bool:
    """Whether a word begins with a letter that is none of a to z."""
    return not "a" <= word[0] <= "z" and not word[0].isdecimal()


def _named(text: str) -> set[str]:
    """The names and numbers of a text, folded: words that have two figures, begin large within a sentence or are of a
    code."""
    text = text[:LONGEST_STORED]
    names: set[str] = set()
    for found in _SAID.finditer(text):
        said, start = found[0], found.start()
        has_figure = len(said) > 1 and _FIGURE.search(said) is not None
        if has_figure or (_is_large(said) and start > 1 and _BEHIND.match(text, start - 2, start) is not None):
            names.update(words_of(said))
    names -= _EVERYBODYS
    return names.union(*_codes(text))


def _tells(part: Sequence[str], names: Callable[[], AbstractSet[str]]) -> bool:
    """Whether words say something by themselves: two that are not of everybody's talk, or a name or a number.

    So much of something ("2 cups of water") is no statement.
    """
    telling = {word for word in part if word not in _EVERYBODYS}
    if not _is_named(part[:1]) and _STATING.isdisjoint(part):
        return not names().isdisjoint(word for word in telling if not word.isdigit())
    return (
        sum(len(word) > 1 for word in telling) >= TELL
        or any(word >= "\u3040" for word in telling)
        or (bool(telling) and not telling.isdisjoint(names()))
    )


def _runs_in(part: Sequence[str], letters: str) -> bool:
    whole = "".join(part) if letters else ""
    return len(whole) >= LEAST_LETTERS and whole in letters


def _within(part: Sequence[str], whole: Sequence[str]) -> bool:
    return _in_a_row(part) in _in_a_row(whole)


def _in_a_row(words: Sequence[str]) -> str:
    """Words as one text, so that what stands in a row in them is a part of it."""
    return f" {' '.join(words)} "


class Echoes:
    """How far new texts may be trusted, given what is stored and what was said just before them.

    What a tool or somebody outside said is looked for in all that is stored; what an assistant said, among the last
    items, what was recalled lately (`recalled`: texts and their trust), and the same batch. Where nothing stored is
    trusted less than the new texts (`least`: the least trust of it), nor anything of the batch, nothing lowers them.
    """

    def __init__(self, view: StoreView, least: float, recalled: Iterable[tuple[str, float]]) -> None:
        self._view, self._least = view, least
        self._recalled = recalled
        self._brief: list[tuple[str, float]] | None = None
        self._texts: list[tuple[str, float]] = []
        """What was said or recalled lately."""
        self._runs: dict[tuple[str, ...], list[tuple[str, float]]] | None = None

    def ceiling(self, text: str, trust: float, least: int = LEAST_WORDS) -> float:
        """The least of `trust` and the trust of what `text` repeats, unless something as trusted says it too.

        least: so many words that are all of it are a quote.
        """
        for start in range(0, max(1, len(text) - LAP), LONGEST - LAP):
            piece = text[start : start + LONGEST]
            for stored, less in self._weaker(piece, trust):
                fewest = FEWEST if (stored, less) in self._short(trust) else least
                part = quoted(piece, stored, fewest, pieces=trust < 1)
                known = self._said_by_stronger(part, trust) if part is not None else self._own(piece, stored, trust)
                trust = trust if known else min(trust, less)
        return trust

    def add(self, text: str, trust: float) -> None:
        """A text that later ones of this batch may repeat."""
        runs = self._lately()
        self._texts.append((text, trust))
        words = words_of(text)
        for run in {tuple(words[i : i + LEAST_WORDS]) for i in range(len(words) - LEAST_WORDS + 1)}:
            runs.setdefault(run, []).append((text, trust))

    def _lately(self) -> dict[tuple[str, ...], list[tuple[str, float]]]:
        if self._runs is None:
            self._runs = {}
            if self._least < 1:
                rows = self._view.rows(EVERYTHING)[-LAST:]
                for item in self._view.items(rows):
                    for said in told_by(item):
                        self.add(said, item.trust)
                for text, trust in self._recalled:
                    self.add(text, trust)
        return self._runs

    def _short(self, trust: float) -> list[tuple[str, float]]:
        """What was recalled lately in so few words that only an assistant is taken to repeat it."""
        if trust >= 1:
            return []
        if self._brief is None:
            self._brief = [one for one in self._recalled if FEWEST <= len(words_of(one[0])) < LEAST_WORDS]
        return self._brief

    def _weaker(self, text: str, trust: float) -> list[tuple[str, float]]:
        near: dict[tuple[str, float], None] = {}
        if self._least < min(trust, FIRM):
            where = {"max_trust": min(trust - 1e-3, FIRM)}
            like = _like(text, self._view, **where)
            near.update(((said, item.trust), None) for item in like for said in told_by(item))
        if self._runs or self._least < trust:
            runs, words = self._lately(), words_of(text)
            for i in range(len(words) - LEAST_WORDS + 1):
                for stored, less in runs.get(tuple(words[i : i + LEAST_WORDS]), ()):
                    if less < trust and len(near) < 2 * NEAREST:
                        near[stored, less] = None
            short = self._short(trust)
            near.update((one, None) for one in short if one[1] < trust and _within(words_of(one[0]), words))
            if any(len(word) > RUN_TOGETHER for word in words):
                near.update((one, None) for one in self._texts if one[1] < trust)
        return list(near)

    def _own(self, text: str, stored: str, trust: float) -> bool:
        """Whether a text that quotes nothing of a weaker one also tells nothing that stands in that one alone."""
        same = retold(text, stored, pieces=trust < 1)
        if same is not None and not self._told_by_stronger(same, trust):
            return False
        value = value_in(text, stored) if trust < 1 else None
        return value is None or self._said_by_stronger(value, trust)

    def _told_by_stronger(self, told: AbstractSet[str], trust: float) -> bool:
        """Whether a text that is trusted so far has all these words."""
        known = [item.text for item in _like(" ".join(sorted(told)), self._view, min_trust=trust)]
        known += [text for text, more in self._texts if more >= trust]
        return any(told <= set(words_of(text)) for text in known)

    def _said_by_stronger(self, part: Sequence[str], trust: float) -> bool:
        known = _like(" ".join(part), self._view, min_trust=trust)
        said = [item.text for item in known]
        said += [text for text, more in self._lately().get(tuple(part[:LEAST_WORDS]), ()) if more >= trust]
        return any(_within(part, words_of(text)) for text in said)
