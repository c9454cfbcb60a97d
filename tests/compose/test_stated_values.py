"""What stored statements may answer: a person is no city, and "every ... so far" asks for what is over, too."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from remanence.memory import Memory

NOW = "2026-06-01"


@pytest.fixture(scope="module")
def memory() -> Iterator[Memory]:
    with Memory(":memory:") as made:
        made.remember(
            [
                {"who": "Vera", "text": "I moved to Ghent.", "at": "2025-01-10", "session": "a"},
                {"who": "Vera", "text": "My boss is Anton.", "at": "2025-02-10", "session": "b"},
                {"who": "Vera", "text": "Anton left, my new boss is Carla.", "at": "2025-09-10", "session": "c"},
                {"who": "Vera", "text": "It rains a lot today.", "at": "2026-02-01", "session": "d"},
            ]
        )
        made.sleep()
        yield made


def test_a_city_is_nobody(memory: Memory) -> None:
    """A question for a person is not answered with a place, however near the words are."""
    told = memory.ask("Who does Vera live with?", now=NOW)

    assert "Ghent" not in told.short
    assert memory.ask("Where does Vera live?", now=NOW).short == "Ghent"


def test_every_value_so_far_is_told_in_order_and_the_last_one_alone_holds(memory: Memory) -> None:
    """A list over time holds what is over; a question about now does not."""
    every = memory.ask("Name every boss Vera has had, in order.", now=NOW)
    current = memory.ask("Who is Vera's boss?", now=NOW)

    assert every.short == "Anton, Carla"
    assert current.short == "Carla"
