"""What `ask` answers in languages that the English reader does not read."""

import pytest

from remanence import Memory

TALK = {
    "es": (
        "Hoy ha llovido mucho.",
        "Mi hermana Clara compró un perro negro por 300 euros.",
        "El tren sale hoy.",
    ),
    "vi": ("Hôm nay trời rất đẹp.", "Chị tôi Lan đã mua một con chó đen với giá 300 đô la.", "Tàu chạy lúc tám giờ."),
}


def asked(language: str, question: str) -> tuple[str, bool]:
    """The short answer, and whether it is in memory."""
    with Memory(":memory:") as memory:
        memory.remember([{"who": "Marta", "text": text, "at": "2025-03-01T10:00"} for text in TALK[language]])
        answer = memory.ask(question, now="2025-04-01T10:00")
    return answer.short, answer.in_memory


@pytest.mark.parametrize(
    ("language", "question", "value"),
    [
        ("es", "¿Quién compró un perro negro?", "Clara"),
        ("es", "¿Cuántos euros costó el perro?", "300"),
        ("vi", "Ai đã mua một con chó đen?", "Lan"),
        ("vi", "Con chó giá bao nhiêu?", "300 đô la"),
        ("vi", "Tàu chạy lúc mấy giờ?", "tám"),
    ],
)
def test_a_value_is_told_in_the_language_of_the_talk(language: str, question: str, value: str) -> None:
    """The person or the amount, not a part of another turn."""
    short, known = asked(language, question)

    assert known
    assert value in short
    assert len(short) < 30


@pytest.mark.parametrize(
    ("language", "question"), [("es", "¿Cuál es la contraseña del wifi?"), ("vi", "Mật khẩu wifi là gì?")]
)
def test_what_nobody_said_is_not_in_memory_in_any_language(language: str, question: str) -> None:
    """A question that shares nothing with the talk is refused."""
    assert asked(language, question) == ("not in memory", False)


GERMAN = (
    "Mein Bruder Timo heiratet am 14. Juni in Görlitz.",
    "Kleid gekauft, dunkelgrün, 129 Euro, bei Anna im Laden.",
    "Die Hochzeit ist jetzt am 21. Juni, die Kirche war doppelt belegt.",
    "Mein Meister hat gekündigt, der neue heißt Herr Wolff.",
)


@pytest.mark.parametrize(
    ("question", "not_this"),
    [
        ("Wie heißt meine Schwester?", "Wolff"),
        ("Welche Farbe hat mein Kleid?", "Timo"),
        ("Wo war die Hochzeit?", "jetzt am 21"),
    ],
)
def test_kin_colours_and_places_are_told_in_german_only_where_the_text_has_them(question: str, not_this: str) -> None:
    """Neither the name of somebody else, nor words without a colour, nor a day for a place."""
    with Memory(":memory:") as memory:
        memory.remember([{"who": "user", "text": text, "at": "2025-04-01T10:00"} for text in GERMAN])
        told = memory.ask(question, now="2025-07-01T10:00")
        price = memory.ask("Wie viel hat das Kleid gekostet?", now="2025-07-01T10:00", threshold=0.0)

    assert not (told.in_memory and not_this in told.short)
    assert price.short == "129 Euro"
