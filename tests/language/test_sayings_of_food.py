"""Allergies and diets: with a pronoun, behind a test, added to another's, given up, in several languages."""

from __future__ import annotations

import pytest
from stating import SAID, told

from remanence.language.statements.added import added
from remanence.language.statements.statement import Statement

RIGHT = [
    ("recovering from knee surgery", ("Mo", "condition", "knee surgery", 1)),
    ("I've developed an allergy to kiwi", ("Mo", "allergy", "kiwi", 1)),
    ("kiwi makes my throat itch", ("Mo", "allergy", "kiwi", 1)),
    ("Ravi reacts to penicillin", ("Ravi", "allergy", "penicillin", 1)),
    ("I'm on metformin now, 500 mg twice a day", ("Mo", "metformin", "500 mg twice a day", 1)),
    ("wir haben jetzt einen Hund, er heißt Bruno", ("Mo", "pets", "Bruno", 1)),
    ("my niece is lactose intolerant", ("Mo's niece", "allergy", "lactose", 1)),
    ("I've cut out sugar", ("Mo", "diet", "sugar", -1)),
    ("Otto drinks coffee again", ("Otto", "diet", "coffee", 1)),
    ("soy intolerante a la lactosa", ("Mo", "allergy", "lactosa (lactose)", 1)),
    ("ich vertrage keine Laktose", ("Mo", "allergy", "Laktose (lactose)", 1)),
    ("je suis devenue végétarienne", ("Mo", "diet", "vegetarian", 1)),
    ("doctor put me on 20 mg citalopram", ("Mo", "medicine", "20 mg citalopram", 1)),
    ("off the antibiotics since Tuesday", ("Mo", "over", "antibiotics", -1)),
    ("no aspirin for my brother Otto, he's the one who's allergic to it", ("Otto", "allergy", "aspirin", 1)),
    ("results are in!! it's sesame. only sesame", ("Mo", "allergy", "sesame", 1)),
    ("I'm allergic to cats and Tess to walnuts", ("Tess", "allergy", "walnuts", 1)),
    ("I'm allergic to cats and Tess to walnuts", ("Mo", "allergy", "cats", 1)),
    ("ich bin allergisch gegen Haselnüsse", ("Mo", "allergy", "Haselnüsse (hazelnut)", 1)),
    ("soy alérgico al marisco", ("Mo", "allergy", "marisco (shellfish)", 1)),
    ("je suis allergique aux arachides", ("Mo", "allergy", "arachides (peanut)", 1)),
    ("sono allergica alle noci", ("Mo", "allergy", "noci (walnut)", 1)),
    ("sou alérgica ao leite", ("Mo", "allergy", "leite (milk)", 1)),
    ("ik ben allergisch voor pinda's", ("Mo", "allergy", "pinda's (peanut)", 1)),
    ("we've gone veggie", ("Mo", "diet", "vegetarian", 1)),
    ("can't eat shrimp anymore, my lips swelled up", ("Mo", "allergy", "shrimp", 1)),
    ("can't do mussels anymore, had them sunday and my throat closed up", ("Mo", "allergy", "mussels", 1)),
    ("I ate walnuts on sunday and got hives", ("Mo", "allergy", "walnuts", 1)),
    ("I'm off the veggie wagon, fish only", ("Mo", "diet", "vegetarian", -1)),
    ("I'm off the veggie wagon, fish only", ("Mo", "diet", "fish only", 1)),
    ("I'm no longer vegan", ("Mo", "diet", "vegan", -1)),
    ("ich bin jetzt Vegetarierin", ("Mo", "diet", "vegetarian", 1)),
    ("seit neuestem kein Kaffee mehr", ("Mo", "diet", "Kaffee", -1)),
    ("ya no como carne", ("Mo", "diet", "carne", -1)),
    ("je ne bois plus de café", ("Mo", "diet", "café", -1)),
    ("non mangio più carne", ("Mo", "diet", "carne", -1)),
    ("não como mais carne", ("Mo", "diet", "carne", -1)),
    ("ik eet geen vlees meer", ("Mo", "diet", "vlees", -1)),
]
SILENT = [
    ("it's dairy-free and so easy", "diet"),
    ("a treat for people who can't have lactose", "diet"),
    ("I'm recovering from my flight", "condition"),
    ("they're bringing me down with their moods", "condition"),
    ("he reacts to everything I say", "allergy"),
    ("the film makes my skin crawl", "allergy"),
    ("a good option for those who are gluten-intolerant", "allergy"),
    ("off the top of my head", "over"),
    ("they cut out the middle man", "diet"),
    ("he's the one who's allergic to it", "allergy"),
    ("results are in!! it's a girl", "allergy"),
    ("results are in. it's raining cats and dogs", "allergy"),
    ("the dog fell off the wagon", "diet"),
    ("cash only", "diet"),
    ("wir haben kein Brot mehr", "diet"),
    ("is he allergic to nuts?", "allergy"),
]


@pytest.mark.parametrize(("text", "expected"), RIGHT)
def test_it_is_stated(text: str, expected: tuple[str, str, str, int]) -> None:
    """With its English name where it is told in another language."""
    assert expected in told(text)


@pytest.mark.parametrize(("text", "attribute"), SILENT)
def test_what_only_looks_like_it_says_nothing(text: str, attribute: str) -> None:
    """Nothing that "it" could be, nothing that one reacts to, a question."""
    assert attribute not in [one[1] for one in told(text)]


@pytest.mark.parametrize(
    ("text", "who", "value"),
    [
        ("and Tess to prawns", "Tess", "prawns"),
        ("y Inés a las gambas. cuidado", "Inés", "gambas (shrimp)"),
        ("und Jörg gegen Äpfel", "Jörg", "Äpfel"),
    ],
)
def test_an_allergy_without_its_verb_is_added_to_the_one_before(text: str, who: str, value: str) -> None:
    """After an allergy; after anything else the same words say nothing of the kind."""
    allergy, home = Statement("Mo", "allergy", "nuts"), Statement("Mo", "home", "Rome")

    (found,) = added(text, allergy, SAID)

    assert (who, "allergy", value, "added") == (found.subject, found.attribute, found.value, found.change)
    assert [] == added(text, home, SAID)
    assert [] == added("and then to bed", allergy, SAID)
