"""A plan that its speaker takes back is told as cancelled, and one of somebody else or of another place is not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from remanence import Memory
from remanence.compose.called_off import called_off, of_the_thing_itself
from remanence.language.question import read
from remanence.types import Hit, Item

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


def hit(day: int, text: str, who: str = "user") -> Hit:
    return Hit(Item("turn", text, f"i{day}", who=who, at=datetime(2025, 3, day, tzinfo=UTC)), 0.5)


GOING, NOT_GOING = hit(3, "we're going to Crete in August"), hit(5, "we're not going to Crete after all")


@pytest.mark.parametrize(
    ("cited", "others", "value", "off"),
    [
        (GOING, (NOT_GOING,), "Crete", 5),
        (GOING, (hit(1, "we're not going to Crete"),), "Crete", None),
        (GOING, (NOT_GOING, hit(6, "Crete again: we're going!")), "Crete", None),
        (GOING, (NOT_GOING, hit(6, "are we going to Crete?")), "Crete", 5),
        (GOING, (NOT_GOING, hit(6, "sorry, we are not going to Crete")), "Crete", 6),
        (GOING, (hit(5, "we're not going to Crete", who="Bo"),), "Crete", None),
        (GOING, (NOT_GOING,), "it", None),
        (hit(3, "Crete was hot in August"), (NOT_GOING,), "Crete", None),
        (GOING, (hit(5, "Crete is lovely, never cold"),), "Crete", None),
    ],
)
def test_a_plan_is_off_by_what_its_speaker_says_later_of_it(
    cited: Hit, others: tuple[Hit, ...], value: str, off: int | None
) -> None:
    """And only what was a plan; the last that takes it back is told."""
    asked = read(CRETE, at=datetime(2025, 6, 1, tzinfo=UTC))

    found = called_off([cited, *others], cited, asked, value)

    assert (None if off is None else f"i{off}") == (None if found is None else found[0].id)


STAY, OFF = hit(3, "we booked Lisbon for four days"), hit(5, "Lisbon is off, Nils is ill")


@pytest.mark.parametrize(
    ("others", "question", "off"),
    [
        ((OFF,), "How many days did we spend in Lisbon?", True),
        ((OFF,), "Did we spend four days in Lisbon?", False),
        ((OFF,), "How much did we pay when we went to Lisbon?", False),
        ((OFF,), "How many days are in a week?", False),
        ((OFF, hit(8, "we spent four days in Lisbon after all")), "How many days did we spend in Lisbon?", False),
        ((OFF, hit(8, "is Lisbon off?")), "How many days did we spend in Lisbon?", True),
        ((hit(5, "Porto is off, Nils is ill"),), "How many days did we spend in Lisbon?", False),
    ],
)
def test_what_was_called_off_was_not_spent(others: tuple[Hit, ...], question: str, off: bool) -> None:
    """It is told where it is asked of being there, not of the price; what came about in the end was not off."""
    asked = read(question, at=datetime(2025, 6, 1, tzinfo=UTC))

    assert off == (called_off([STAY, *others], STAY, asked, "four days") is not None)


def test_a_later_stay_elsewhere_says_nothing_of_the_one_that_was_called_off() -> None:
    """One that names the place does."""
    asked = read("How many days did we spend in Lisbon?", at=datetime(2025, 6, 1, tzinfo=UTC))
    lund, lisbon = hit(8, "we spent two days in Lund"), hit(8, "two days Lisbon, it rained")

    assert called_off([STAY, OFF, lund], lund, asked, "two days") is not None
    assert called_off([STAY, OFF, lisbon], lisbon, asked, "two days") is None
