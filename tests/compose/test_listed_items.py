"""Points of a numbered list are apart."""

from __future__ import annotations

import pytest

from remanence import Memory
from remanence.compose.listed_items import in_another_point


def told(question: str, *talk: tuple[str, str]) -> str:
    with Memory(":memory:") as memory:
        memory.remember([{"who": "Ana", "text": text, "at": f"2025-{day}T09:00:00Z"} for day, text in talk])
        memory.sleep()
        return memory.ask(question, now="2025-06-25T10:00:00Z", asker="Ana").short


def test_points_of_a_list_are_apart() -> None:
    """Whom one calls in the third does not fix what stands in the second."""
    lines = "new year, new list. 1) finish the thesis by april 2) fix the boiler 3) call Ewa about the deposit"

    assert "Ewa" not in told("Who fixed the boiler?", ("01-05", lines))


@pytest.mark.parametrize(
    ("text", "word", "essence", "apart"),
    [
        ("1) fix the boiler 2) call Ewa", "Ewa", {"boiler"}, True),
        ("1) fix the boiler 2) call Ewa", "Ewa", {"call"}, False),
        ("1) fix the boiler 2) call Ewa", "Ewa", {"garden"}, False),
        ("todo:\n1. fix the boiler\n2. call Ewa", "Ewa", {"boiler"}, True),
        ("fix the boiler, call Ewa", "Ewa", {"boiler"}, False),
        ("at 5) fix the boiler, call Ewa", "Ewa", {"boiler"}, False),
        ("boiler: 1) call Ewa", "Ewa", {"boiler"}, False),
        ("rose by 3. the boiler is 1.5 old. 2. call Ewa", "boiler", {"boiler"}, False),
    ],
)
def test_a_word_stands_in_another_point_only_where_there_are_several(
    text: str, word: str, essence: set[str], apart: bool
) -> None:
    """And where one of the others holds a word of what is asked."""
    assert apart is in_another_point(text, text.find(word), essence)
