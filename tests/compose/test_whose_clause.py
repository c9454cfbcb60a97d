"""An answer is of whom and of when its own clause is, and what was given up is no longer done."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from remanence import Memory
from remanence.compose.whose_clause import ONE_SAYING, done_by_the_speaker, is_of_now, said_of_the_speaker
from remanence.language.question import read
from remanence.types import Item

NOW = datetime(2025, 9, 20, tzinfo=UTC)
BIKES = "nine days. anouk rides a gravel bike, I have an old Peugeot from 1986"


@pytest.mark.parametrize(
    ("question", "short", "mine"),
    [
        ("What bike does Anouk have?", "an old Peugeot", True),
        ("What bike does Anouk have?", "a gravel bike", False),
        ("What bike does Nora have?", "an old Peugeot", False),
        ("What bike do I have?", "an old Peugeot", False),
        ("What bike does Bo have?", "an old Peugeot", False),
    ],
)
def test_what_i_have_is_not_what_she_has(question, short, mine):
    """Bo is in no clause of it, and Nora is who says it."""
    said = Item("turn", BIKES, who="Nora")

    assert mine is said_of_the_speaker(short, said, read(question, at=NOW))


@pytest.mark.parametrize(
    ("question", "text", "now"),
    [
        ("Which days was Ruben there before?", "Groningen is now mondays and tuesdays", True),
        ("Which days was Ruben there before?", "Groningen is now mondays, it was fridays", False),
        ("Which days is Ruben there?", "Groningen is now mondays and tuesdays", False),
        ("When was the regatta planned at first?", "regatta got moved to the 18th, swell warnings", True),
        ("When was the regatta planned at first?", "it was pushed back to friday", True),
        ("When was the regatta planned at first?", "regatta was moved from the 11th to the 18th", False),
        ("When was the regatta planned at first?", "the regatta was on the 18th", False),
    ],
)
def test_what_is_so_now_is_not_what_was_before(question, text, now):
    assert now is is_of_now(Item("turn", text, who="Ruben"), read(question, at=NOW))


def memory_of(*talk: tuple[str, str]) -> Memory:
    memory = Memory(":memory:")
    for day, (who, text) in enumerate(talk, 3):
        memory.remember({"who": who, "text": text, "at": f"2025-01-{day:02d}T10:00Z", "session": str(day)})
    memory.sleep()
    return memory


LEARNS = ("Femke", "I'm learning dutch, on mondays, with a teacher called Sjoerd")
QUIT = ("Femke", "I quit dutch, Sjoerd was awful")


@pytest.mark.parametrize(
    ("talk", "question", "short"),
    [
        ((LEARNS, QUIT), "Does Femke still learn dutch?", "no"),
        ((LEARNS, ("Femke", "I quit the choir")), "Does Femke still learn dutch?", "yes"),
        ((LEARNS, QUIT), "Did Femke learn dutch?", "yes"),
    ],
)
def test_what_was_given_up_is_no_longer_done(talk, question, short):
    with memory_of(*talk) as memory:
        found = memory.ask(question, now=NOW)

    assert short == found.short
    assert "{" in str(found)


@pytest.mark.parametrize(
    ("question", "short"), [("What is my vitamin d?", "48"), ("What was my vitamin d at first?", "22")]
)
def test_what_is_up_to_a_value_was_another_before(question, short):
    talk = (("Tam", "gp says my vitamin d is 22, should be over 50"), ("Tam", "vitamin d is up to 48"))
    with memory_of(*talk) as memory:
        assert short == memory.ask(question, now=NOW, asker="Tam").short


def test_what_is_paid_for_one_thing_is_not_told_of_another():
    """ "Pay" is in both, the greenhouse in one."""
    talk = (("Tam", "the greenhouse is free, aunt Maud wants it gone"), ("Tam", "Corin pays 410, I pay 440"))
    with memory_of(*talk) as memory:
        assert "not in memory" == memory.ask("What did I pay for the greenhouse?", now=NOW, asker="Tam").short


def test_asked_what_was_before_the_earlier_turn_is_told():
    """The later one says only what is so now."""
    talk = (
        ("Ruben", "Keno wants me in Groningen two days a week, tuesdays and wednesdays"),
        ("Ruben", "Groningen is now mondays and tuesdays"),
    )
    with memory_of(*talk) as memory:
        assert "wednesdays" in memory.ask("Which days was Ruben in Groningen before?", now=NOW).short


def test_asked_what_was_planned_a_day_that_it_was_moved_to_is_not_told():
    """The day before it is; asked when it is, the later one."""
    talk = (
        ("user", "we have 14 kids this season. the regatta in Viana is on 11 october"),
        ("user", "regatta got moved to the 18th because of the swell warnings"),
    )
    with memory_of(*talk) as memory:
        assert "18th" not in memory.ask("When was the regatta planned at first?", now=NOW).short
        assert "the 18th" == memory.ask("When is the regatta?", now=NOW).short


SHARES = "I'll take influx and grafana, Femi takes the Pi"


@pytest.mark.parametrize(
    ("said", "question", "speaker"),
    [
        (SHARES, "Who takes influx?", True),
        (SHARES, "Who takes the Pi?", False),
        ("I'll own the importer, Femi does the api", "Who owns the importer?", True),
        ("I asked about the importer, Femi owns the importer", "Who owns the importer?", False),
        ("Femi takes the Pi, I'll take influx", "Who takes influx?", False),
        ("Kim asked about the importer, Femi does the api", "Who owns the importer?", False),
        ("I gave the pump away, Femi takes the Pi", "Who did I give the pump to?", False),
    ],
)
def test_what_i_do_is_not_done_by_who_is_named_in_the_next_clause(said, question, speaker):
    """The second clause of the pair names somebody; somebody without a name may be whom the first one tells of."""
    people = ["Odile", "Femi"]
    asked = read(question, at=NOW, people=people)

    assert speaker is done_by_the_speaker("Femi", Item("turn", said, who="Odile"), asked)
    unnamed = Item("turn", said.replace("Femi", "the baker"), who="Odile")
    assert not done_by_the_speaker("the baker", unnamed, asked)


def test_who_says_i_is_told_where_another_one_is_named_beside():
    with memory_of(("Femi", "who takes the servers?"), ("Odile", SHARES)) as memory:
        assert "Odile" == memory.ask("Who takes care of influx now?", now=NOW).short
        assert "Femi" == memory.ask("Who takes the Pi?", now=NOW).short


def test_a_text_is_one_saying_up_to_a_length():
    """A longer one says more than what is so now, so nothing is concluded from its "now"."""
    said = "Groningen is now mondays and tuesdays"
    asked = read("Which days was Ruben there before?", at=NOW)
    whole, long = (said.ljust(size, "!") for size in (ONE_SAYING, ONE_SAYING + 1))

    assert [True, False] == [is_of_now(Item("turn", text, who="Ruben"), asked) for text in (whole, long)]


@pytest.mark.parametrize(
    ("text", "question", "short"),
    [
        ("My daughter's dentist is Dr Moe.", "Who is Ann's dentist?", "not in memory"),
        ("My daughter's dentist is Dr Moe.", "Who is Ann's daughter's dentist?", "Dr Moe"),
        ("My dentist is Dr Lee, my daughter's dentist is Dr Moe.", "Who is Ann's dentist?", "Dr Lee"),
    ],
)
def test_what_is_ones_kins_alone_is_not_ones_own(text, question, short):
    with Memory(":memory:") as memory:
        memory.remember([{"who": "Ann", "text": text, "at": "2025-03-03T10:00"}])
        memory.remember([{"who": "Bo", "text": "nice", "at": "2025-03-03T10:05"}])
        memory.sleep()
        assert memory.ask(question, now="2025-03-10T10:00").short == short
