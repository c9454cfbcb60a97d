"""In a language of which no vocabulary is known, words that question and text share speak for an answer."""

from __future__ import annotations

import pytest

from remanence import Memory
from remanence.compose.in_its_own_words import shares_a_word

TALKS = {
    "de": (
        "Ich wohne in Kiel.",
        "Mein Hund heißt Bruno.",
        "Meine Chefin ist Frau Albrecht.",
        "Meine Schwester heißt Jule.",
        "Ich bin am 3. März nach Kiel gezogen.",
    ),
    "es": ("Mi perro se llama Curro.", "Trabajo en una imprenta en Avilés.", "Mi hermana se llama Lucía."),
    "fr": ("Mon chien s'appelle Filou.", "Ma voiture est une Clio.", "Ma sœur s'appelle Inès."),
}


def told(language: str, question: str) -> str:
    with Memory(":memory:") as memory:
        texts = enumerate(TALKS[language], 1)
        memory.remember([{"who": "user", "text": text, "at": f"2025-05-{day:02d}T10:00Z"} for day, text in texts])
        memory.sleep()
        return memory.ask(question, now="2025-05-30T10:00Z").short


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("de", "Was ist meine Schuhgröße?"),
        ("de", "Wie heißt mein Bruder?"),
        ("de", "Wie heißt meine Katze?"),
        ("es", "¿Cómo se llama mi hermano?"),
        ("fr", "Comment s'appelle mon chat ?"),
        ("fr", "Quelle est ma pointure ?"),
    ],
)
def test_what_nobody_said_is_not_in_memory(language: str, question: str) -> None:
    """Not the boss for the size of the shoes, and a sister is no brother in any of these languages."""
    assert "not in memory" == told(language, question)


@pytest.mark.parametrize(
    ("language", "question", "answer"),
    [
        ("de", "Wo wohne ich?", "Kiel"),
        ("de", "Wie heißt meine Schwester?", "Jule"),
        ("de", "Wie heißt mein Hund?", "Bruno"),
        ("es", "¿Cómo se llama mi hermana?", "Lucía"),
        ("fr", "Comment s'appelle ma sœur ?", "Inès"),
        ("fr", "Quelle est ma voiture ?", "Clio"),
    ],
)
def test_what_was_said_is_told(language: str, question: str, answer: str) -> None:
    """The twin."""
    assert answer in told(language, question)


@pytest.mark.parametrize(
    ("essence", "text", "held"),
    [
        (("geburtstag",), "Der Geburtstagskuchen ist fertig.", True),
        (("wohnung",), "Ich wohne in Kiel.", False),
        (("schuhgröße",), "Meine Chefin ist Frau Albrecht.", False),
        (("rad",), "Mein Rad ist blau.", True),
        (("rad",), "Der Abbau des Radios", False),
        (("自行车",), "有人偷了我的自行车", True),
        (("自行车",), "我住在柏林", False),
        ((), "Ich wohne in Kiel.", True),
    ],
)
def test_a_word_or_most_of_its_beginning(essence: tuple[str, ...], text: str, held: bool) -> None:
    """Short words whole, scripts without spaces by two letters side by side; a question without words asks for all."""
    assert held is shares_a_word(essence, text)
