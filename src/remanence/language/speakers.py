"""Whom a text speaks of, among the people that are known: "I" is the speaker, "you" the one spoken to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from remanence.language.text import STOP, words

USERS = ("user", "human", "me")
"""Names under which chats store the person who asks."""
ASSISTANTS = ("assistant", "ai", "bot", "model")
"""Names under which chats store the one who is asked."""

_FIRST = re.compile(r"(?<![\w'’])(?:i|me|my|mine|myself|we|us|our|ours|im)(?![\w])", re.I)
_SECOND = re.compile(r"(?<![\w'’])(?:you|your|yours|yourself|u|ur)(?![\w])", re.I)
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def called(text: str, people: Sequence[str]) -> tuple[str, ...]:
    """The people, sorted, whom the text calls by first name or by all parts of their name; roles are no names."""
    said = {re.sub(r"['’]s$", "", word) for word in words(text)}
    return tuple(sorted(person for person, first, parts in _parts(tuple(people)) if first in said or parts <= said))


@lru_cache(maxsize=64)
def _parts(people: tuple[str, ...]) -> tuple[tuple[str, str, frozenset[str]], ...]:
    """Each person who has a name, with its first word and all of its words."""
    split = ((person, words(person)) for person in people if person.lower() not in USERS + ASSISTANTS)
    return tuple((person, parts[0], frozenset(parts)) for person, parts in split if parts)


def without(text: str, people: Sequence[str]) -> str:
    """The text without the names of `people`; as it is when nothing but small words is left."""
    parts = sorted({part for person in people for part in words(person)}, key=len, reverse=True)
    if not parts:
        return text
    bare = re.sub(rf"(?<!\w)(?:{'|'.join(map(re.escape, parts))})(?:['’]s)?(?!\w)", " ", text, flags=re.I)
    return bare if any(word not in STOP for word in words(bare)) else text


def named(text: str, people: Sequence[str]) -> tuple[str, ...]:
    """The people whose name stands in the text, by full name, first name or a short form of it, in the given order."""
    words = {word.lower() for word in _WORD.findall(text)}
    return tuple(
        person
        for person, calls, parts in _known(tuple(people))
        if not calls.isdisjoint(words) or (parts and parts <= words)
    )


@lru_cache(maxsize=64)
def _known(people: tuple[str, ...]) -> tuple[tuple[str, frozenset[str], frozenset[str]], ...]:
    """Each person with what they may be called - the first name and its beginnings of three letters - and all parts."""
    found = []
    for person in people:
        parts = [word.lower() for word in _WORD.findall(person)]
        first = parts[0] if parts else ""
        calls = frozenset(first[:size] for size in (*range(3, len(first)), len(first)) if size)
        found.append((person, calls, frozenset(parts)))
    return tuple(found)


def subjects(sentence: str, speaker: str | None, people: Sequence[str]) -> frozenset[str]:
    """Whom the sentence speaks of; nobody but others named means the speaker's own matters.

    The one spoken to is only known where two people talk.
    """
    if speaker is None:
        return frozenset(named(sentence, people))
    others = [person for person in people if person != speaker]
    found: set[str] = set()
    if _FIRST.search(sentence):
        found.add(speaker)
    if len(others) == 1 and _SECOND.search(sentence):
        found.add(others[0])
    if not found:
        found.update(named(sentence, people))
    return frozenset(found or {speaker})
