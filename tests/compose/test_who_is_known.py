"""Whom a profile can be asked of: names, and no shouted words, figures behind a name, or verbs before one."""

from __future__ import annotations

from remanence import Memory
from remanence.compose.profile import names


def known(*texts: str) -> list[str]:
    with Memory(":memory:") as memory:
        for day, text in enumerate(texts, 1):
            memory.remember({"who": "user", "text": text, "at": f"2024-02-0{day}", "session": str(day)})
        memory.sleep()
        return memory.look(names)


def test_people_places_and_things_are_listed():
    """Speakers first, whom facts are about, and who is spoken of by name."""
    found = known("My sister Lena moved to Bonn. The api runs on 8080.", "I met Ben Carter there, he has Windows 11")

    assert ["user", "Lena", "api"] == found[:3]
    assert {"Bonn", "Ben Carter"} <= set(found)


def test_capitals_figures_and_verbs_are_no_names():
    """What is shouted, measured, or told to be used."""
    found = known(
        "Ida 134, Jonas 121. RASH on her arm, the rash is back", "Use Redis. REALLY tired. Paid 45 EUR", "Ida is asleep"
    )

    assert {"Ida", "Redis"} <= set(found)
    assert not {"Ida 134", "RASH", "REALLY", "Use Redis", "Paid 45 EUR"} & set(found)


def test_a_word_that_is_mostly_written_small_is_none():
    """A nurse who is spoken of begins a sentence at times."""
    found = known("the nurse was nice", "Nurse, she said. I asked the nurse again and Berta laughed")

    assert "Nurse" not in found
    assert "Berta" in found
