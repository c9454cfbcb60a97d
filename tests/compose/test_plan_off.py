"""A plan that its speaker takes back is told as cancelled, and one of somebody else or of another place is not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from remanence import Memory
from remanence.compose.called_off import of_the_thing_itself
from remanence.language.question import read
from remanence.types import Item

CRETE, LEEDS = "Where are we going in August?", "Where am I moving to?"


def short(turns, question):
    with Memory(":memory:") as memory:
        for number, text in enumerate(turns, 1):
            said = {"text": text, "at": f"2025-03-{number:02d}T10:00Z", "session": str(number)}
            memory.remember({"who": "user", **said})
        memory.sleep()
        return memory.ask(question, now="2025-06-01T10:00Z").short


@pytest.mark.parametrize(
    ("turns", "question"),
    [
        (("we're going to Crete in August", "the tickets were 400", "we're not going to Crete after all"), CRETE),
        (("I'm moving to Leeds in May", "I am not moving to Leeds, that was a rumour"), LEEDS),
        (("I'm getting a Honda next month", "the Honda is off, we're keeping the bus"), "Which car am I getting?"),
    ],
)
def test_what_is_taken_back_is_told_as_cancelled(turns, question):
    assert short(turns, question) == "it was cancelled"
    assert short(turns[:1], question) not in ("it was cancelled", "not in memory")


@pytest.mark.parametrize(
    ("turns", "question", "told"),
    [
        (
            ("I'm moving to Leeds in May", "no way am I not moving", "but I am moving to Leeds after all!"),
            LEEDS,
            "Leeds",
        ),
        (("we're going to Crete in August", "we're not going to Rome"), CRETE, "Crete"),
    ],
)
def test_another_plan_and_one_that_is_made_again_stand(turns, question, told):
    assert told in short(turns, question)


def test_what_somebody_else_does_not_do_calls_nothing_off():
    with Memory(":memory:") as memory:
        for number, (who, text) in enumerate((("Ann", "I'm flying to Oslo"), ("Bo", "I'm not flying to Oslo")), 1):
            memory.remember({"who": who, "text": text, "at": f"2025-03-0{number}T10:00Z", "session": str(number)})
        memory.sleep()

        assert memory.ask("Where is Ann flying?", now="2025-06-01T10:00Z").short == "Oslo"


FLIGHTS = "we're going to Taipei, 4 to 24 August, flights 1,380 for both, I asked for a week off"


@pytest.mark.parametrize(
    ("turns", "question", "told"),
    [
        ((FLIGHTS,), "On what date did we cancel the flights to Taipei?", "not in memory"),
        (
            (FLIGHTS, "cancelled the flights to Taipei today"),
            "When did we cancel the flights to Taipei?",
            "2 March 2025",
        ),
        ((FLIGHTS,), "When are we flying to Taipei?", "4 to 24 August 2025"),
    ],
)
def test_when_something_was_called_off_is_not_when_it_was_to_be(turns, question, told):
    assert short(turns, question) == told


def test_what_was_quit_was_called_off():
    asked = read("When did I cancel the gym?", at=datetime(2025, 6, 1, tzinfo=UTC))

    assert not of_the_thing_itself(Item("turn", "I quit the gym on monday", "a"), asked)
    assert of_the_thing_itself(Item("turn", "the gym is open on monday", "a"), asked)
