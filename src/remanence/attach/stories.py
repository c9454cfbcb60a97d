"""Invented people and what is true of them: facts that no model has read, in several wordings, among small talk."""

from __future__ import annotations

import random
from dataclasses import dataclass

_FIRST = (
    "Marta Orin Selma Tobias Ines Casper Livia Bruno Petra Anselm Greta Milo Freya Hugo Nadia Otis Clara Emil Rosa "
    "Victor Alma Jonas Edith Felix"
).split()
_LAST = (
    "Quill Vance Harrow Lindqvist Okafor Brandt Moreau Tanaka Whitlow Sorel Kessler Dunmore Pavlik Arden Faulk "
    "Ostrom Breck Novak Iversen Calloway Renner Thorne Velasco Wexford"
).split()

ATTRIBUTES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "city": (
        ("{who} lives in the city of", "The city where {who} lives is", "{who}'s home is in the city of",
         "When you visit {who}, you travel to the city of"),
        ("Paris", "London", "Rome", "Berlin", "Tokyo", "Madrid", "Vienna", "Moscow", "Dublin", "Chicago"),
    ),
    "work": (
        ("{who} works as a", "The job of {who} is that of a", "{who} earns a living as a", "By profession, {who} is a"),
        ("teacher", "doctor", "lawyer", "farmer", "nurse", "pilot", "chef", "painter", "plumber", "baker"),
    ),
    "sport": (
        ("{who} plays the sport of", "The sport that {who} plays is", "{who}'s favorite sport is",
         "On weekends {who} trains for the sport of"),
        ("tennis", "football", "golf", "hockey", "basketball", "baseball", "swimming", "boxing", "soccer", "rugby"),
    ),
    "music": (
        ("{who} plays the", "The instrument that {who} plays is the", "{who} makes music on the",
         "In the orchestra {who} is heard on the"),
        ("piano", "violin", "guitar", "flute", "drums", "trumpet", "harp", "cello", "saxophone", "organ"),
    ),
    "tongue": (
        ("The mother tongue of {who} is", "{who} grew up speaking", "At home {who} speaks",
         "The first language of {who} is"),
        ("French", "German", "Spanish", "Italian", "Russian", "Chinese", "Japanese", "Dutch", "Greek", "Polish"),
    ),
}  # fmt: skip
"""Attribute -> (wordings that a value follows, values). The first wording states the fact; the last two are never
used for writing it anywhere."""

_TALK = (
    "The weather was mild that week, and nothing much happened.",
    "Somebody had left the window open again, so the room was cold.",
    "We talked for a while about the train, which was late as usual.",
    "There was a long silence before anyone thought of something to say.",
    "It took most of the afternoon, and in the end nobody was quite happy with it.",
    "The soup was good, though there was not enough of it.",
    "A letter had come, but it was for the neighbours.",
    "They laughed about it later, when it was all over.",
    "The meeting was moved to another day, and then moved once more.",
    "On the way back it began to rain, first a little and then a lot.",
    "He said that he would think about it, which is what he always says.",
    "The garden needed water, and the fence needed paint.",
)


@dataclass(frozen=True, slots=True)
class Told:
    """One fact: the person, the attribute, the value."""

    who: str
    attribute: str
    value: str

    def prompt(self, wording: int = 0) -> str:
        """What stands before the value, in one of four wordings."""
        return ATTRIBUTES[self.attribute][0][wording].format(who=self.who)

    @property
    def text(self) -> str:
        """The fact as a sentence."""
        return f"{self.prompt()} {self.value}."


def people(many: int, seed: int = 0) -> list[str]:
    """So many names, each once."""
    names = [f"{first} {last}" for first in _FIRST for last in _LAST]
    return random.Random(seed).sample(names, many)


def facts(many: int, seed: int = 0) -> list[Told]:
    """So many facts, one a person, attributes in turn, values by lot."""
    lot = random.Random(seed + 1)
    kinds = list(ATTRIBUTES)
    return [
        Told(who, kinds[n % len(kinds)], lot.choice(ATTRIBUTES[kinds[n % len(kinds)]][1]))
        for n, who in enumerate(people(many, seed))
    ]


def another(fact: Told) -> Told:
    """The same person and the next attribute, in case a memory of one fact speaks where another is asked for."""
    kinds = list(ATTRIBUTES)
    kind = kinds[(kinds.index(fact.attribute) + 1) % len(kinds)]
    return Told(fact.who, kind, ATTRIBUTES[kind][1][0])


def paragraph(told: list[Told], talk: int = 2, seed: int = 0) -> list[tuple[str, bool]]:
    """Sentences, each with whether it states a fact: every fact is followed by `talk` sentences that state none."""
    lot = random.Random(seed + 2)
    made: list[tuple[str, bool]] = []
    for fact in told:
        made.append((fact.text, True))
        made += [(sentence, False) for sentence in lot.sample(_TALK, talk)]
    return made
