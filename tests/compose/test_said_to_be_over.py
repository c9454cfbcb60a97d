"""What is over, handed on or thought better of by what was said later, in `default` after a sleep."""

from __future__ import annotations

import pytest

from remanence import Memory

NOW = "2025-06-25T10:00:00Z"


def told(question: str, *talk: tuple[str, str], now: str = NOW, others: tuple[str, str] | None = None) -> str:
    """others: a day and what somebody else said on it."""
    with Memory(":memory:") as memory:
        memory.remember([{"who": "Ana", "text": text, "at": f"2025-{day}T09:00:00Z"} for day, text in talk])
        if others is not None:
            memory.remember({"who": "Bo", "text": others[1], "at": f"2025-{others[0]}T09:00:00Z"})
        memory.sleep()
        return memory.ask(question, now=now, asker="Ana").short


LATHE = (("02-09", "the lathe from Gus came, paid 640 for it"), ("06-20", "lathe's gone. space!!"))
BIKES = ("03-15", "I do not service e-bikes. batteries scare me.")


def test_what_is_gone_is_had_no_more() -> None:
    """And the question whether it is gone is not a no; before it went it is had."""
    assert "no" == told("Do I still have the lathe?", *LATHE)
    assert "no" != told("Is the lathe gone?", *LATHE)
    assert "no" != told("Do I still have the lathe?", *LATHE[:1])


@pytest.mark.parametrize(
    ("later", "verdict"),
    [
        ("changed my mind about e-bikes, Dunja knows them, so yes from may", "yes"),
        ("changed my mind about e-bikes, but no Bosch motors, yes to the rest", "no"),
        ("changed my mind about e-bikes, Dunja knows them", "yes"),
        ("changed my mind about the coffee corner, so yes", "no"),
        ("we talked about e-bikes again, so yes, long day", "no"),
    ],
)
def test_a_mind_that_was_changed_changes_the_verdict(later: str, verdict: str) -> None:
    """By what is said first behind it; only of what is asked, and only where somebody says so."""
    assert verdict == told("Do I service e-bikes?", BIKES, ("04-11", later))


def test_what_was_given_away_is_had_no_more() -> None:
    """Also where that is all that was said of it."""
    assert "no" == told("Do I still have the piano?", ("06-20", "we gave the piano away, space!!"))


def test_only_who_said_it_changes_their_mind() -> None:
    """Somebody else's is another one."""
    other = ("04-11", "changed my mind about e-bikes, so yes")
    assert "no" == told("Do I service e-bikes?", BIKES, others=other)


def test_a_no_that_rests_on_no_denial_stands() -> None:
    """Who moved away lives there no more, and who is named is no thing that is denied."""
    rome = (("03-01", "I live in Rome"), ("05-01", "I moved to Oslo"))
    assert "no" == told("Do I still live in Rome?", *rome)
    assert "no" == told("Does Ana eat fish?", ("05-01", "I don't eat fish"))


def test_when_something_opens_is_a_time_of_day() -> None:
    """Only what is past has a day."""
    assert "7:30" == told("When does the bakery open?", ("05-27", "the bakery opens at 7:30 on weekdays"))


def test_a_medicine_that_was_stopped_is_taken_no_more() -> None:
    """The twin: while it is taken, it is."""
    start = ("09-01", "dad is on bisoprolol 2.5 mg in the morning now")
    assert "no" == told("Does dad still take bisoprolol?", start, ("11-05", "bisoprolol stopped, pulse was 48"))
    assert "no" != told("Does dad still take bisoprolol?", start, ("11-05", "the rain stopped, pulse was 48"))


SATURDAYS = (
    ("02-05", "hired Lior for saturdays, 15 an hour"),
    ("03-09", "Lior can't do saturdays from april, exams. Dunja takes over, wants 18"),
)


def test_who_takes_over_is_there_from_then_on() -> None:
    """Not before the day that is named, and not where nobody takes over."""
    assert "Dunja" == told("Who works on Saturdays now?", *SATURDAYS)
    assert "Lior" == told("Who works on Saturdays now?", *SATURDAYS, now="2025-03-20T10:00:00Z")
    alone = (SATURDAYS[0], ("03-09", "Lior can't do saturdays from april, exams. Dunja wants 18"))
    assert "Dunja" != told("Who works on Saturdays now?", *alone)


INSURANCE = ("02-12", "reminder to self: insurance with Halden runs out end of may, policy HB-7718-C")


def test_whom_one_said_bye_to_is_not_told_as_so() -> None:
    """Without it, and asked who it was, it is."""
    late = ("05-29", "went with Brandt for the insurance in the end, starts 1 june. bye Halden")
    other = ("05-29", "went for a walk with Brandt in the end. bye rain")

    assert "Halden" not in told("Who is my insurance with?", INSURANCE, late)
    assert "Halden" == told("Who is my insurance with?", INSURANCE, other)


def test_who_was_there_before_the_goodbye_did_what_they_did() -> None:
    """And who is there again after it is told."""
    horn = (("03-01", "Matías recorded the foghorn for the game"), ("05-01", "last day of the sprint. bye Matías"))
    again = (("03-01", "new broker. bye Halden"), ("05-01", "insurance is with Halden again, 31 a month"))

    assert "Matías" == told("Who recorded the foghorn?", *horn)
    assert "Halden" == told("Who is my insurance with?", *again)


def test_what_is_so_long_today_began_then() -> None:
    """A dinner on that day is that day's."""
    three = ("02-14", "dinner with Priya tonight, 3 yrs together today!! booked the Turkish place, Sofra")
    without = ("02-14", "dinner with Priya tonight, together today!! booked the Turkish place, Sofra")

    assert "14 February 2022" == told("When did Priya and I get together?", three)
    assert "14 February 2022" != told("When did Priya and I get together?", without)
    assert "14 February 2022" != told("When did I have dinner with Priya?", three)


def test_a_flat_there_is_nobodys_rent() -> None:
    """The twin: "flat is" is the speaker's."""
    there = ("06-10", "Priya starts in Utrecht on 15 september. flat there is 1,150, robbery")
    here = ("06-10", "Priya starts in Utrecht on 15 september. flat is 1,150, robbery")

    with Memory(":memory:") as memory:
        memory.remember({"who": "Ana", "text": there[1], "at": "2025-06-10T09:00:00Z"})
        memory.sleep()
        assert "rent" not in {one.data["slot"] for one in memory.list(kinds=["fact"])}
    with Memory(":memory:") as memory:
        memory.remember({"who": "Ana", "text": here[1], "at": "2025-06-10T09:00:00Z"})
        memory.sleep()
        assert "rent" in {one.data["slot"] for one in memory.list(kinds=["fact"])}


def test_a_place_where_it_is_no_more_is_not_told_as_so() -> None:
    """Asked where it was going to be, and while it is still there, it is."""
    first = ("01-12", "Kacper got engaged to Ines. wedding in june next year in Lisbon")
    later = ("05-03", "wedding isn't in Lisbon any more, Ines' gran can't fly")

    assert "Lisbon" not in told("Where is the wedding?", first, later)
    assert "Lisbon" in told("Where was the wedding going to be at first?", first, later)
    assert "Lisbon" in told("Where is the wedding?", first, ("05-03", "wedding is in Lisbon, Ines' gran can fly"))
