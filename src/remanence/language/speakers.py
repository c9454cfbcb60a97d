"""Whom a text speaks of, among the people that are known: "I" is the speaker, "you" the one spoken to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from remanence.language.calendar import DAYS, MONTHS
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.text import HYPHENATED, STOP, words, words_each

USERS = ("user", "human", "me")
"""Names under which chats store the person who asks."""
ASSISTANTS = ("assistant", "ai", "bot", "model")
"""Names under which chats store the one who is asked."""
ROLES = ("user", "customer", "client")
"""Words by which others speak of the one who asks; only the first certainly means them."""
SHORTEST = 3
"""A short form of a first name has at least so many letters ("Mel" for Melanie)."""

_FIRST = lazy_pattern(r"(?<![\w'’])(?:i|me|my|mine|myself|we|us|our|ours|im)(?![\w])", re.I)
_ROLE = lazy_pattern(
    rf"(?<!\w)(?:the|this|our|an?)\s+({'|'.join(ROLES)})(?:['’]s)?(?!\w)"
    r"|(?<!\w)(?:(?:de[rnms]|die|dieser)\s+((?:be)?nutzer(?:in)?s?)|(?:el|la|del|al)\s+(usuari[oa])"
    r"|l['’]\s?(utilisat(?:eur|rice)|utente)|d?[oa]\s+(usuári[oa])|de\s+(gebruiker))(?!\w)",
    re.I,
)
_POSSESSIVE = lazy_pattern(r"['’]s$", re.I)
_SECOND = lazy_pattern(r"(?<![\w'’])(?:you|your|yours|yourself|u|ur)(?![\w])", re.I)


def says_i(text: str) -> bool:
    """Whether whoever says a text speaks of themselves in it: "I", "my", "us"."""
    return _FIRST.search(text) is not None


def match_speakers(text: str, people: Sequence[str], said: Sequence[str] | None = None) -> tuple[str, ...]:
    """The people, sorted, whom the text names: by first name, a capitalised short form of it, or all parts of the name.

    Roles ("user", "assistant") are no names. A first name that is also a small word ("Will") has to be capitalised
    inside a sentence. said: the words of the text, where they are known.
    """
    return _named(text, words(text) if said is None else said, _people(tuple(people)))


def match_speakers_each(texts: Sequence[str], people: Sequence[str]) -> list[tuple[str, ...]]:
    """`match_speakers` of each text."""
    known = _people(tuple(people))
    return [_named(text, said, known) for text, said in zip(texts, words_each(texts), strict=True)]


def _named(text: str, every: Sequence[str], people: Sequence[_Person]) -> tuple[str, ...]:
    said = {_POSSESSIVE.sub("", word) for word in every}
    found = [_POSSESSIVE.sub("", word) for word in HYPHENATED.findall(text)]
    capitals = {word.lower() for word in found if word[0].isupper()} - STOP - set(MONTHS) - set(DAYS)
    inside = {word.lower() for word in found[1:] if word[0].isupper()}
    return tuple(
        sorted(
            one.name
            for one in people
            if (one.first in said and (one.first not in STOP or one.first in inside))
            or not one.short.isdisjoint(capitals)
            or (len(one.parts) > 1 and one.parts <= said)
        )
    )


class _Person:
    """A person with the first word of the name, its beginnings, and all its words, in lower case."""

    __slots__ = ("first", "name", "parts", "short")

    def __init__(self, name: str, parts: list[str]) -> None:
        self.name, self.first, self.parts = name, parts[0], frozenset(parts)
        self.short = frozenset(self.first[:size] for size in range(SHORTEST, len(self.first)))


@lru_cache(maxsize=64)
def _people(people: tuple[str, ...]) -> tuple[_Person, ...]:
    split = ((person, words(person)) for person in people if person.lower() not in USERS + ASSISTANTS)
    return tuple(_Person(person, parts) for person, parts in split if parts)


def strip_speakers(text: str, people: Sequence[str]) -> str:
    """The text without the names of `people`; as it is when nothing but small words is left."""
    names = words_each(people)
    parts = {part for name in names for part in name}
    if not parts:
        return text
    short = {first[:size] for name in names for first in name[:1] for size in range(SHORTEST, len(first))}
    known = sorted(parts | {one.capitalize() for one in short}, key=len, reverse=True)
    bare = re.sub(
        rf"(?<!\w)(?:{'|'.join(re.escape(part) if part[0].isupper() else f'(?i:{re.escape(part)})' for part in known)})"
        r"(?:['’][sS])?(?!\w)",
        " ",
        text,
    )
    return bare if any(word not in STOP for word in words(bare)) else text


def roles_named(text: str) -> tuple[str, ...]:
    """The role words by which the text may speak of the one who asks ("the user", "der Nutzerin"), in lower case."""
    found = (next(filter(None, one.groups())).lower() for one in _ROLE.finditer(text))
    return tuple(dict.fromkeys(found))


def strip_roles(text: str, roles: Sequence[str]) -> str:
    """The text without the role words `roles` and their articles; as it is when nothing but small words is left."""
    if not roles:
        return text
    bare = _ROLE.sub(lambda one: " " if next(filter(None, one.groups())).lower() in roles else one.group(), text)
    return bare if any(word not in STOP for word in words(bare)) else text


def strip_asked(text: str, people: Sequence[str], roles: Sequence[str]) -> str:
    """The text without the names of `people` and without `roles`: what a question is about, not whom."""
    return strip_roles(strip_speakers(text, people), roles)


def resolve_subjects(sentence: str, speaker: str | None, people: Sequence[str]) -> frozenset[str]:
    """Whom the sentence speaks of; nobody but others named means the speaker's own matters.

    The one spoken to is only known where two people talk.
    """
    return resolve_subjects_each([sentence], [speaker], people)[0]


def resolve_subjects_each(
    sentences: Sequence[str], speakers: Sequence[str | None], people: Sequence[str]
) -> list[frozenset[str]]:
    """`resolve_subjects` of each sentence with its speaker."""
    found = [_by_person(*one, people) for one in zip(sentences, speakers, strict=True)]
    unclear = [place for place, subjects in enumerate(found) if not subjects]
    named = match_speakers_each([sentences[place] for place in unclear], people) if unclear else []
    for place, names in zip(unclear, named, strict=True):
        speaker = speakers[place]
        found[place] = set(names) or ({speaker} if speaker is not None else set())
    return [frozenset(subjects) for subjects in found]


def _by_person(sentence: str, speaker: str | None, people: Sequence[str]) -> set[str]:
    """Whom "I" and "you" mean in a sentence."""
    if speaker is None:
        return set()
    found = {speaker} if says_i(sentence) else set()
    others = [person for person in people if person != speaker]
    if len(others) == 1 and _SECOND.search(sentence):
        found.add(others[0])
    return found
