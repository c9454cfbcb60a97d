"""Stored statements come first: what is so opens a context, answers a question, and says what it took the place of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from remanence.compose import stated
from remanence.compose.statement_answer import lasted
from remanence.memory.memory import Memory
from remanence.testing import HandClock

TALK = (
    {"who": "Ann", "text": "I live in Rome.", "at": "2024-02-01", "source": "rome"},
    {"who": "Bob", "text": "Nice city. I live in Lima.", "at": "2024-02-01", "source": "lima"},
    {"who": "Ann", "text": "I moved to Oslo.", "at": "2024-04-02", "source": "oslo"},
    {"who": "Ann", "text": "I have a dog called Rex.", "at": "2024-04-02", "source": "rex"},
    {"who": "Ann", "text": "I have a cat called Tom.", "at": "2024-04-05", "source": "tom"},
    {"who": "Bob", "text": "The weather is awful again.", "at": "2024-04-06", "source": "rain"},
)


@pytest.fixture
def memory() -> Any:
    with Memory(":memory:", clock=HandClock()) as held:
        held.remember(list(TALK))
        held.sleep()
        yield held


@pytest.mark.parametrize(
    ("question", "short", "sources"),
    [
        ("Where does Ann live?", "Oslo", {"oslo"}),
        ("Where does Bob live?", "Lima", {"lima"}),
        ("Where did Ann live before Oslo?", "Rome", {"rome"}),
        ("Where did Ann live in March 2024?", "Rome", {"rome"}),
        ("Does Ann live in Rome?", "no", {"rome", "oslo"}),
        ("Does Ann live in Oslo?", "yes", {"oslo"}),
        ("How many pets does Ann have?", "2", {"rex", "tom"}),
        ("How long did Ann live in Rome?", "2 months", {"rome"}),
    ],
)
def test_a_stored_statement_answers(memory: Memory, question: str, short: str, sources: set[str]) -> None:
    """What holds now, before, at a named time; yes and no; how many; for how long - each with its sentence."""
    told = memory.ask(question)

    assert short == told.short
    assert sources == set(told.sources)
    assert told.in_memory


def test_an_answer_of_the_past_says_until_when(memory: Memory) -> None:
    """Rome is quoted with what took its place."""
    assert "(until 2 Apr 2024, now Oslo)" in memory.ask("Where did Ann live before Oslo?").text


def test_what_is_known_of_somebody_else_is_no_answer(memory: Memory) -> None:
    """Ann's pets are not Bob's."""
    assert not memory.ask("What is Bob's dog called?").in_memory


def test_a_context_opens_with_what_is_so(memory: Memory) -> None:
    """One line, dated and cited, before the evidence; and the old turn says that it is over."""
    context = memory.context("Where does Ann live?", 300)

    lines = str(context).splitlines()
    assert "Now: Ann: home: Oslo (since 2 Apr 2024; until then Rome) {oslo}" == lines[1]
    assert "Ann: I live in Rome. (until 2 Apr 2024, now Oslo) {rome}" in lines
    assert context.tokens <= 300
    assert "oslo" == context.sources[0]


def test_a_context_about_nothing_that_is_stated_has_no_opening(memory: Memory) -> None:
    """Only what the cue asks for is told first."""
    assert "Now:" not in str(memory.context("How is the weather?", 300))


def test_with_the_lookup_off_the_answer_is_read_from_sentences(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the stored statements are worth: without them nobody counts Ann's pets or knows until when she stayed."""
    monkeypatch.setattr("remanence.compose.answer.stated", lambda cue, hits, ctx: [])

    assert "2" != memory.ask("How many pets does Ann have?").short
    assert "until" not in memory.ask("Where did Ann live before Oslo?").text


def test_before_a_sleep_nothing_is_stated(space: Callable[..., Any]) -> None:
    """Then sentences are read, as they are."""
    held = space(*TALK, recipe="default")
    ctx = held.ctx()

    hits = held.memory.recall("Where does Ann live?")

    assert [] == stated.stated(held.cue("Where does Ann live?"), hits, ctx)


@pytest.mark.parametrize(("days", "told"), [(1, "1 day"), (20, "3 weeks"), (61, "2 months"), (800, "2 years")])
def test_a_span_of_time_is_told_in_one_unit(days: int, told: str) -> None:
    """Days, weeks, months and years, rounded."""
    clock = HandClock()
    begins = clock()

    assert told == lasted(begins, clock.tick(days=days))


def test_a_statement_that_only_repeats_the_question_answers_nothing() -> None:
    """ "car" for "which car"; the twin: the same statements tell that there is one."""
    said = (
        ("2025-02-01", "shin is good now, I did 8 with no pain. But my car broke, gearbox"),
        ("2025-03-01", "I bought a new car, Mazda Demio, 2015. sold the old one as scrap for 70"),
    )
    with Memory(":memory:") as memory:
        for at, text in said:
            memory.remember({"who": "user", "text": text, "at": at})
        memory.sleep()
        assert "Mazda" in memory.ask("which car have I got now?", now="2025-04-01").short
        assert "yes" == memory.ask("Do I own a car?", now="2025-04-01").short


@pytest.mark.parametrize("other", [{"who": "Ann", "text": "I use Redis."}, {"who": "Ann", "text": "Lunch was soup."}])
def test_what_somebody_else_uses_is_not_told_of_the_asker(other: dict[str, str]) -> None:
    """The name of a thing in the question makes nobody's statement the asker's."""
    with Memory(":memory:", clock=HandClock()) as memory:
        memory.remember([{"who": "Bob", "text": "I use Python 3.11."}, other])
        memory.sleep()

        assert "3.11" not in memory.ask("Which Python do I use?", asker="Ann").short
        assert "Python 3.11" == memory.ask("Which Python do I use?", asker="Bob").short


@pytest.mark.parametrize(
    ("said", "question", "other"),
    [
        ("I can't eat gluten.", "Does Ann eat gluten?", "Does Ann eat fish?"),
        ("I'm not allergic to cats.", "Is Ann allergic to cats?", "Is Ann allergic to nuts?"),
    ],
)
def test_what_is_denied_of_one_thing_is_no_answer_of_another(said: str, question: str, other: str) -> None:
    with Memory(":memory:", clock=HandClock()) as memory:
        memory.remember([{"who": "Ann", "text": said}, {"who": "Ann", "text": "Lunch was soup."}])
        memory.sleep()

        assert "no" == memory.ask(question).short
        assert "not in memory" == memory.ask(other).short
