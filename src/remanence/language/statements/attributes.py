"""The attributes that statements speak of: their names, how many values each holds, and the words that ask for them.

An attribute that is not listed is named by the words of its sentence ("locker code", "founded by") and holds one value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from remanence.language.common_words import FUNCTION_WORDS
from remanence.records import dataclass


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute: its name, whether it holds many values at once, and words that name or ask for it.

    `replaced` marks an attribute of many values of which "now ..." or "instead" ends the old ones ("diet"). `ends_with`
    names an attribute that it is over with: a boss with the employer.
    `never` are the forms of answer (of "person" and "place") that its values cannot be: a salary is nobody and nowhere.
    """

    name: str
    many: bool = False
    words: tuple[str, ...] = ()
    replaced: bool = False
    ends_with: str = ""
    never: tuple[str, ...] = ()


def _one(name: str, words: str = "", ends_with: str = "", never: str = "") -> Attribute:
    return Attribute(name, False, tuple(words.split()), ends_with=ends_with, never=tuple(never.split()))


def _many(name: str, words: str = "", replaced: bool = False, never: str = "") -> Attribute:
    return Attribute(name, True, tuple(words.split()), replaced, never=tuple(never.split()))


ATTRIBUTES: Mapping[str, Attribute] = {
    one.name: one
    for one in (
        _one(
            "home",
            "live lives living lived home reside resides moved move moving address based flat apartment house city "
            "town country place settled relocated room stay stays where "
            "wohne wohnt wohnen wohnst habite habites habitons vis vivo vive vivi vives vivimos abito abita abiti moro "
            "mora moras woon woont wonen 住 住んで",
            never="person",
        ),
        _one("from", "from origin hometown born grew", never="person"),
        _one("birthday", "birthday born", never="person place"),
        _one("birthplace", "birthplace born", never="person"),
        _one(
            "name", "name named called heiße heißt llamo llama appelle appelles chiamo chiama heet chamo", never="place"
        ),
        _one("nickname", "nickname call"),
        _one("age", "age old", never="person place"),
        _one(
            "employer",
            "employer work works working worked company employed firm office employs organisation where "
            "arbeite arbeitet arbeitest trabajo trabaja trabajas travaille travailles lavoro lavora lavori trabalho "
            "trabalha werk werkt",
        ),
        _one(
            "job",
            "job work works occupation profession title role career position living trade do",
            "employer",
            never="person",
        ),
        _one(
            "education", "study studies studying school university college degree attend attends goes", never="person"
        ),
        _one("boss", "boss manager supervisor report reports line under lead", "employer", never="place"),
        _one(
            "salary",
            "salary pay paid pays earn earns earning make makes wage income gross money year",
            "employer",
            never="person place",
        ),
        _one(
            "rent",
            "rent rents pay pays paying flat apartment room month monthly landlord",
            "home",
            never="person place",
        ),
        _one("landlord", "landlord landlady", "home", never="place"),
        _one(
            "partner",
            "partner wife husband spouse boyfriend girlfriend married fiance fiancee seeing dating romantic interest "
            "love together",
            never="place",
        ),
        _one("relationship", "relationship married single divorced engaged", never="person place"),
        _one("car", "car drive drives driving vehicle own", never="person place"),
        _one("phone", "phone number mobile call reach", never="person place"),
        _one("address", "address postal street post", never="person"),
        _one("nationality", "nationality citizen citizenship", never="person"),
        _one("religion", "religion faith", never="person"),
        _many("height", "height tall", never="place"),
        _many("weight", "weight weigh weighs heavy"),
        _many("temperature", "temperature fever"),
        _many("blood pressure", "blood pressure"),
        _one("place", "where place", never="person"),
        _one("status", "status state"),
        _one("assigned", "assigned assignee owner"),
        _one("due", "due deadline"),
        _one("studies", "study studies studying major subject"),
        _one("hair", "hair colour color"),
        _one("vote", "vote votes voted voting choose choice choose want"),
        _one("reviewer", "reviewer reviews review reviewing pull request requests pr prs sign signs approves code"),
        _one("working on", "project working"),
        _many("uses", "use uses using database db tool runs run stack technology"),
        _many("looks", "look looks eyes hair"),
        _many("price", "price cost costs paid pay much"),
        _one("prefers", "prefer prefers preference favourite favorite sit seat rather choose like likes"),
        _many("likes", "like likes love loves enjoy enjoys fan into"),
        _many("dislikes", "dislike dislikes hate hates"),
        _many("hobby", "hobby hobbies pastime sport play plays do free"),
        _many(
            "pets",
            "pet pets dog dogs cat cats animal animals rabbit rabbits horse horses hamster hamsters pony ponies hen "
            "hens goat goats parrot parrots budgie budgies tortoise tortoises name",
            never="place",
        ),
        _many("children", "child children kid kids son sons daughter daughters", never="place"),
        _many("siblings", "sibling siblings brother brothers sister sisters", never="place"),
        _many(
            "relatives",
            "relatives nephew niece cousin uncle aunt grandma grandmother grandpa grandfather grandson granddaughter "
            "mother-in-law father-in-law brother-in-law sister-in-law godmother godfather",
            never="place",
        ),
        _many("parents", "parent parents mother father mum mom dad", never="place"),
        _many("friend", "friend friends", never="place"),
        _many("owns", "own owns have has got possess bought"),
        _many("language", "language languages speak speaks fluent"),
        _many("learning", "learn learns learning class classes course lessons studying language evening"),
        _many("allergy", "allergy allergies allergic intolerant intolerance reaction react nut food avoid safe"),
        _many("diet", "diet eat eats vegetarian vegan drink drinks drinking food meat fish avoid", replaced=True),
        _many("condition", "condition illness disease diagnosed diagnosis asthma health sick suffer suffers wrong"),
        _many("medicine", "medicine medication medicines drug takes take taking tablets tablet pill pills prescribed"),
        _many("plan", "plan plans planning going", replaced=True),
        _many("event", "happened did went event"),
        _many("wants", "want wants wish goal goals dream"),
        _one("died", "died die dies dead death alive passed away", never="place"),
        _many("is", "", replaced=True),
        _many("over"),
        _many("back"),
        _many("corrected"),
        _one("email", "email e-mail mail"),
        _many("lives with", "lives live roommate flatmate housemate", replaced=True, never="place"),
        _many("lived in", "lived before"),
        _many("worked at", "worked before employer"),
        _many("worked as", "worked before job"),
        _many("studied", "studied study"),
        _many("debt", "debt owe owes owed square", never="person place"),
        _many("brings", "bring brings bringing take takes taking", never="person place"),
        _one("team", "team department section", never="person"),
        _one("teacher", "teacher teaches", never="place"),
        _many("member", "member joined club team choir gym group band belong belongs"),
    )
}
"""Every listed attribute by its name."""
CORRECTED, DIED, OVER, BACK = "corrected", "died", "over", "back"
"""Of "7351, not 7315" until what it corrects is found; of "Edith passed away": what was said of Edith, and whose she
was, ends with her; of "I quit the choir": it ends what was said of the choir, whichever attribute that had; of
"Pimenta is back": what a loss of hers ended is so again."""
MEASURES = ("height", "weight", "temperature", "blood pressure")
"""Attributes that are measured again and again: each value is of its day, the last one is what is so now."""
SOMEBODY = ("pets", "children", "siblings", "parents", "relatives", "friend", "partner")
"""Attributes whose values are persons and animals."""


@lru_cache(4096)
def canonical(name: str) -> str:
    """An attribute's name as it is compared: lower case, spaces for underscores."""
    return " ".join(name.replace("_", " ").lower().split())


def canonical_each(names: Iterable[str]) -> list[str]:
    """`canonical` of each."""
    return [canonical(name) for name in names]


def single_valued(name: str) -> bool:
    """Whether a newer value replaces the older one (home, job, age, "capital") or stands beside it (pets, likes)."""
    known = ATTRIBUTES.get(canonical(name))
    return known is None or not known.many


def one_at_a_time(name: str) -> bool:
    """Whether one value is so now, and earlier ones were: of what holds a single value, and of what is measured."""
    return single_valued(name) or canonical(name) in MEASURES


def attributes_asked(
    words: tuple[str, ...], keywords: tuple[str, ...]
) -> tuple[tuple[str, ...], frozenset[str], frozenset[str]]:
    """`attributes_named` of the words of a question, and which of them hold one value, or are named by a key word."""
    names, told = attributes_named(words), set(attributes_named(keywords))
    return names, frozenset(filter(single_valued, names)), frozenset(name for name in names if name in told)


def replaceable(name: str) -> bool:
    """Whether a word of change ("now", "instead") ends older values, though several may be held."""
    known = ATTRIBUTES.get(canonical(name))
    return known is None or not known.many or known.replaced


def says_nothing_alone(data: Mapping[str, Any]) -> bool:
    """Of the data of a statement: a correction, a cancellation and a payment mean what they correct, cancel and pay."""
    slot = canonical(str(data.get("attribute") or data.get("slot") or ""))
    cancelled = slot == OVER and data.get("modality") == "cancelled"
    return slot == CORRECTED or cancelled or (slot == "debt" and data.get("polarity") is False)


def dependents(name: str) -> tuple[str, ...]:
    """The attributes that are over when this one changes."""
    return tuple(one.name for one in ATTRIBUTES.values() if one.ends_with == canonical(name))


@lru_cache(maxsize=1)
def _by_word() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for one in ATTRIBUTES.values():
        for word in (*(w for w in re.findall(r"\w+", one.name) if w not in FUNCTION_WORDS), *one.words):
            names = found.setdefault(word, [])
            if one.name not in names:
                names.append(one.name)
    return {word: tuple(names) for word, names in found.items()}


def attributes_named(words: tuple[str, ...]) -> tuple[str, ...]:
    """The listed attributes that the words name or ask for, likeliest first; a word of few attributes says more."""
    votes: dict[str, float] = {}
    for word in words:
        names = _by_word().get(word.removesuffix("'s").removesuffix("’s"), ())
        for name in names:
            votes[name] = votes.get(name, 0.0) + 1 / len(names)
    return tuple(sorted(votes, key=lambda name: -votes[name]))
