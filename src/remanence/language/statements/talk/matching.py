"""Which ways of saying match a stretch of talk, and the words of what they state: attribute, values, the old value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Literal

from remanence.language.common_words import FUNCTION_WORDS, listed
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.statements.talk.allergens import in_english, last_allergen
from remanence.language.statements.talk.everyday import EVERYDAY
from remanence.language.statements.talk.food import FOOD
from remanence.language.statements.talk.grammar import Saying
from remanence.language.statements.talk.labels import SAME_NAME, SAME_VALUE
from remanence.language.statements.talk.losses import LOSSES
from remanence.language.statements.talk.places import PLACES
from remanence.language.statements.talk.roles import ROLES
from remanence.language.statements.talk.sayings import SAYINGS
from remanence.language.statements.talk.things import THINGS
from remanence.records import dataclass

Reach = Literal["clause", "whole", "turn"]
ALL: tuple[Saying, ...] = (*SAYINGS, *EVERYDAY, *THINGS, *ROLES, *FOOD, *PLACES, *LOSSES)
"""Every way of saying, in the order in which they are tried."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a turn that patterns are tried on: its text with blanked times, and where it begins.

    held: the words of the clause, "i'm" as one, for the patterns that name theirs. headed: whether a name heads it.
    times: where its times begin in the turn, no value goes on into one. before: the turn up to it.
    """

    reach: Reach
    text: str
    offset: int
    held: frozenset[str] = frozenset()
    headed: bool = False
    times: tuple[int, ...] = ()
    before: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """A way of saying that matches in a stretch, and what it states: values of an attribute, and what it was."""

    saying: Saying
    m: re.Match[str]
    attribute: str
    values: list[str]
    was: str


_DIGIT = lazy_pattern(r"\d")
_CAPITAL = lazy_pattern(r"(?<=[\w,;]\s)(?!I\b)[A-ZÀ-Þ][a-zà-ÿ]")
"""A name with its capital, within a sentence: who writes so gives places theirs."""
_GOES_ON = lazy_pattern(r"[.,]\d|\s\d\d")
"""More of a number: "6" of "6,000" is none, nor is "0441" of "0441 998 12"."""
LETTERS = lazy_pattern(r"[^\W\d_]+")


def matched(stretches: Sequence[Stretch]) -> list[list[Match]]:
    """For each stretch what matches it."""
    return [[told for saying, m in _matches(one) if (told := _worded(one, saying, m)) is not None] for one in stretches]


def _matches(one: Stretch) -> Iterator[tuple[Saying, re.Match[str]]]:
    by_word, always = _table(one.reach)
    tried = set(always).union(*(by_word[word] for word in words_of(one.text) & by_word.keys()))
    if not tried:
        return
    digits, capitals = _DIGIT.search(one.text) is not None, not one.text.islower()
    for place in sorted(tried):
        saying = ALL[place]
        if (
            (saying.digits and not digits)
            or (saying.capitals and not capitals)
            or (saying.headed and not one.headed)
            or (saying.small and _CAPITAL.search(one.before + one.text) is not None)
            or (saying.words and one.reach == "clause" and saying.words.isdisjoint(one.held))
        ):
            continue
        for m in saying.pattern.finditer(one.text):
            yield saying, m


def words_of(text: str) -> frozenset[str]:
    """The runs of letters of a text, in small letters."""
    return frozenset(LETTERS.findall(text.lower()))


@lru_cache(3)
def _table(reach: Reach) -> tuple[dict[str, tuple[int, ...]], tuple[int, ...]]:
    """(word -> the ways of saying that require it or another one, those that require none)."""
    by_word: dict[str, tuple[int, ...]] = {}
    always = []
    for place, saying in enumerate(ALL):
        if reach_of(saying) == reach:
            for word in saying.required:
                by_word[word] = (*by_word.get(word, ()), place)
            if not saying.required:
                always.append(place)
    return by_word, tuple(always)


def reach_of(saying: Saying) -> Reach:
    """What it is tried on."""
    return "turn" if saying.turn else "whole" if saying.whole else "clause"


EDGE_WORDS = listed(
    "the a an my our your his her their its this that these those some any to of in on at for and or so just"
)
SAYS_NOTHING = listed(
    """it this that one them him her us me you everything something nothing anything all there here him stuff things
    thing lot bit day time way work job home bed school now today tomorrow tonight yesterday i we they he she"""
)


def _worded(stretch: Stretch, saying: Saying, m: re.Match[str]) -> Match | None:
    """A match with what it states, as it is stored; None where it says nothing."""
    value, groups = m["v"], m.groupdict()
    if value[-1:].isdigit() and _GOES_ON.match(stretch.text, m.end("v")):
        return None
    for time in stretch.times:
        if stretch.offset + m.start("v") < time < stretch.offset + m.start("v") + len(value):
            value = value[: time - stretch.offset - m.start("v")]
    value = trimmed(value)
    if saying.attribute == "allergy" and value.lower() in _POINTS:
        value = last_allergen(stretch.before + stretch.text[: m.start()])
    value = SAME_VALUE.get(value.lower(), value)
    if not value or value.lower() in SAYS_NOTHING or all(w in FUNCTION_WORDS for w in value.lower().split()):
        return None
    name = _attribute(saying, groups.get("a") or "")
    if name is None:
        return None
    if name == "brings":
        values = [_AND_THE.sub(r"\1 ", value)]
    else:
        values = _listed(value) if saying.many else [_with_more(value, groups)]
    if name == "allergy":
        values = [in_english(one) for one in values]
    return Match(saying, m, name, values, trimmed(groups.get("o") or ""))


_AND_THE = lazy_pattern(r"\b(and|&)\s(?:the|a|an|my|our|some)\s")
_POINTS = listed("it them that those these this one")


def names_something(value: str) -> bool:
    words = value.lower().split()
    return (
        bool(words)
        and len(value) >= 3
        and words[0] not in NOT_FIRST
        and words[-1] not in _POINTS_BACK
        and value.lower() not in SAYS_NOTHING
    )


_POINTS_BACK = listed("it he she they that this we i there what who you anything something everything")
NOT_FIRST = listed("it him her them me us you i we until on in at off up out to if when that what who there here this")


def event_name(words: str) -> str:
    parts = words.split()
    articles = [
        place for place, word in enumerate(parts[:-1]) if word.lower() in ("the", "a", "my", "our", "is", "for")
    ]
    parts = parts[articles[-1] + 1 :] if articles else parts
    if parts[0].lower().endswith(("'ll", "’ll")):
        return ""  # "I'll visit": what somebody does
    while len(parts) > 1 and parts[0].lower() in (
        *EDGE_WORDS,
        "is",
        "was",
        "new",
        "so",
        "but",
        "with",
        "also",
        "said",
        "btw",
    ):
        parts.pop(0)
    return " ".join(parts)


NOT_IN_FRONT = listed("the a an my our just any of to that this so and but also well then wait ok oh")


def trimmed(value: str) -> str:
    words = value.strip(" \t\n'’\"“”`*_-,.:;").split()
    while words and words[0].lower() in NOT_IN_FRONT:
        words.pop(0)
    while words and words[-1].lower() in EDGE_WORDS:
        words.pop()
    return " ".join(words)


def titled(name: str) -> str:
    return (
        ""
        if name.lower() in ("it", "he", "she", "they", "we", "i", "that", "this", "now", "about", "is", "only")
        else name
    )


def _attribute(saying: Saying, words: str) -> str | None:
    if "{a}" not in saying.attribute:
        return saying.attribute
    parts = words.strip(" `").lower().split()
    cuts = [place for place, word in enumerate(parts[:-1]) if word in EDGE_WORDS]
    parts = parts[cuts[-1] + 1 :] if cuts else parts
    while parts and (parts[0] in _VERBISH or parts[0] in FUNCTION_WORDS or (parts[0] in _CLOSES and parts[1:])):
        parts.pop(0)
    if not parts or (len(parts[-1]) < 2 and len(parts) < 2):  # "vitamin d" is one
        return None
    name = " ".join(parts)
    if saying.attribute == "{a} set":  # a name in code: `line-length`
        return " ".join(re.split("[-_]", name))
    return saying.attribute.replace("{a}", SAME_NAME.get(name, name) if saying.attribute == "{a}" else name)


_CLOSES = listed("close closed closing reopened resolved")
_VERBISH = listed(
    """go goes going is was be set change changed changes got get put use used using with new old current now also only
    still from says said like about around actually called tagging need needs make made
    listens"""
)


def _listed(value: str) -> list[str]:
    return [part for part in (trimmed(one) for one in re.split(r",\s|\sand\s|\sor\s|\s&\s", value)) if part]


def _with_more(value: str, groups: Mapping[str, str | None]) -> str:
    """A value with what the sentence adds to it: "green Kangoo", "sign language, Thursdays"."""
    more, colour, to = (trimmed(groups.get(name) or "").lstrip(", ") for name in "wct")
    return f"{colour} {value}".strip() + (f", {more}" if more else f" to {to}" if to else "")
