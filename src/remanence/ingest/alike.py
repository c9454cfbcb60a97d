"""Which records say what an earlier one says, and which entries are one text that was pasted again and again.

Signs count where they are part of what is said ("C" is not "C++", one smile not another), and so does the order of
words: who prefers tea to coffee does not prefer coffee to tea.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from remanence.ingest.junk import ENTRIES, told
from remanence.ingest.message import Message
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.stem import english_stem
from remanence.language.text import STOP, words

ALIKE = 0.9
"""Least share of the longer of two entries that the shorter says in the same order, for both to be one."""
RESTATED_IN, RESTATED_WORDS = 3, 12
"""A run of so many words that stands in so many entries is a text that was pasted again and again."""
OWN = 3
"""An entry with so many telling words of its own beside pasted text is not only pasted."""
LOOKED = 1_000
"""Tests of likeness between two calls of `on_step`."""

_SAID = lazy_pattern(r"[^\s.,;:!?\"'“”‘’«»()\[\]{}…–—。、！？]+")
_PAUSED = lazy_pattern(r"-+")
_ARTICLES = frozenset(("a", "an", "the"))
_TURNED = frozenset(
    "not no never n't don't doesn't isn't wasn't without stopped nor former formerly once maybe perhaps almost nearly "
    "hardly rarely barely might may could would wants plans hopes if unless except only used until but cannot can't "
    "don doesn isn wasn wouldn couldn supposedly allegedly".split()
)
"""Words that make another statement of one."""
_CAPITAL = lazy_pattern(r"(?<!^)(?<![.!?] )\b[A-Z]\w+")

Step = Callable[[int, int | None], None]


def said_by(text: str) -> tuple[str, ...]:
    """The words and signs of a text, blind to case and to points between them."""
    return tuple(word for word in _SAID.findall(text.casefold()) if _PAUSED.fullmatch(word) is None)


def twins(
    records: Mapping[int, Message], turns: Mapping[int, str] | None = None, on_step: Step | None = None
) -> dict[int, int]:
    """place -> the earlier place that says the same: word for word by the same person, or nearly so among entries.

    Of turns only those are one that stand in one session at one known time, or come with one source. turns: a mark of
    records; those with different marks are never one.
    """
    turns = turns or {}
    found: dict[int, int] = {}
    exact: dict[tuple[object, ...], int] = {}
    by_word: dict[str, list[int]] = defaultdict(list)
    entries: dict[int, _Entry] = {}
    stem = lru_cache(None)(english_stem)
    rarity = Counter(word for one in records.values() for word in set(said_by(one.text)))
    for count, (place, one) in enumerate(records.items(), 1):
        said = said_by(one.text)
        mark = turns.get(place, "")
        earlier = exact.setdefault((mark, *_key(one, said)), place)
        if earlier == place and one.kind in ENTRIES:
            entry = _Entry(one, [stem(word) for word in said if word not in _ARTICLES], said, mark)
            bag = set(said)
            telling = sorted(bag, key=lambda word: (rarity[word], word))[: len(bag) - int(ALIKE * len(bag)) + 1]
            looked = (other for word in telling for other in by_word[word])
            earlier = next((other for other in looked if entry.nearly(entries[other])), place)
            if earlier == place:
                entries[place] = entry
                for word in telling:
                    by_word[word].append(place)
        if earlier != place:
            found[place] = earlier
        if on_step is not None and not count % LOOKED:
            on_step(count, len(records))
    return found


def _key(one: Message, said: tuple[str, ...]) -> tuple[object, ...]:
    key: tuple[object, ...] = (said, one.who)
    if one.kind not in ("turn", "call", "edit", "error"):
        return key
    return (*key, one.session, one.at if one.at is not None else one.source)


class _Entry:
    """What an entry says, ready to be held against another."""

    def __init__(self, message: Message, stems: list[str], said: tuple[str, ...], mark: str) -> None:
        self.whose = (message.who, mark)
        self.said, self.stems = stems, frozenset(stems)
        self.whole = set(said)
        self.names = set(_CAPITAL.findall(message.text))

    def nearly(self, other: _Entry) -> bool:
        """Whether one says all that the other says, in its order, and hardly more: no number, name, no or perhaps."""
        if self.names != other.names or self.whose != other.whose:
            return False
        short, long = (self, other) if len(self.said) <= len(other.said) else (other, self)
        if len(short.said) < ALIKE * len(long.said) or short.stems - long.stems:
            return False
        rest = iter(long.said)
        return all(word in rest for word in short.said) and not any(map(_turns, self.whole ^ other.whole))


def _turns(word: str) -> bool:
    """Whether a word more makes another statement: a number, a letter that names something, a no or perhaps."""
    letter = len(word) == 1 and word not in _ARTICLES
    return letter or word in _TURNED or any(map(str.isdigit, word))


def pasted(records: Mapping[int, Message]) -> set[int]:
    """Places of entries that are a run of words which stands in several others too, and say little besides."""
    said = {place: words(told(one)) for place, one in records.items() if one.kind in ENTRIES}
    where: dict[tuple[str, ...], list[tuple[int, int]]] = defaultdict(list)
    for place, every in said.items():
        for start in range(len(every) - RESTATED_WORDS + 1):
            where[tuple(every[start : start + RESTATED_WORDS])].append((place, start))
    covered: dict[int, set[int]] = defaultdict(set)
    for runs in where.values():
        if len({place for place, _ in runs}) >= RESTATED_IN:
            for place, start in runs:
                covered[place].update(range(start, start + RESTATED_WORDS))
    return {place for place, held in covered.items() if not _own(said[place], held)}


def _own(every: Sequence[str], held: set[int]) -> bool:
    """Whether the words outside of pasted runs say something: a number, or several telling words."""
    left = [word for place, word in enumerate(every) if place not in held]
    return any(word.isdigit() for word in left) or len({word for word in left if word not in STOP}) >= OWN
