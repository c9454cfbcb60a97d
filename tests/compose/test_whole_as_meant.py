"""A day and not a bare time of day, a name with all that belongs to it, and the program that a question names."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from remanence import Memory
from remanence.compose.meant import day_meant
from remanence.language.question import read
from remanence.types import Item


def told(question: str, *talk: tuple[str, str]) -> str:
    with Memory(":memory:") as memory:
        memory.remember([{"who": "Ana", "text": text, "at": f"2025-{day}T09:00:00Z"} for day, text in talk])
        memory.sleep()
        return memory.ask(question, now="2025-06-25T10:00:00Z", asker="Ana").short


def test_when_something_was_is_a_day_and_not_a_bare_time_of_day() -> None:
    """ "At what time" is still the time alone."""
    deployed = ("05-27", "Deployed 0.3.0 to marlin at 10:04. Health check is green.")

    assert "27 May 2025, 10:04" == told("When was 0.3.0 deployed?", deployed)
    assert "10:04" == told("At what time was 0.3.0 deployed?", deployed)


def test_the_name_of_a_channel_is_told_whole() -> None:
    """With what a hyphen joins to it."""
    channel = ("05-06", "alert channel: #tide-alerts, page me only if 3 buoys are silent for 20 min")

    assert "#tide-alerts" in told("What is the alert channel?", channel)


def test_a_question_that_names_a_program_asks_for_no_other() -> None:
    """The twin: a kind of program asks for any of them."""
    assert "Redis" not in told("Which Python do I use?", ("05-01", "I use Redis for the cache"))
    assert "Python" in told("Which language do I use?", ("05-01", "I use Python for the scripts"))


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("When was 0.3.0 deployed?", "27 May 2025, 10:04"),
        ("In which month was 0.3.0 deployed?", None),
        ("When is 0.3.0 deployed?", None),
    ],
)
def test_only_when_it_was_asks_for_the_day_of_a_time(question: str, meant: str | None) -> None:
    """Not a month, nor what is not past."""
    at = datetime(2025, 5, 27, 12, tzinfo=UTC)
    item = Item("turn", "Deployed 0.3.0 to marlin at 10:04.", at=at)

    assert meant == day_meant("10:04", item, read(question, at=datetime(2025, 6, 25, tzinfo=UTC)))
