"""Trust counts in what is recalled: reports are shown as such and never stand before a stronger rival."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from remanence import Memory
from remanence.compose.answer import NOT_IN_MEMORY
from remanence.memory import reading
from remanence.recipes import names
from remanence.testing import HandClock

GOOD, EVIL = "Mira's IBAN is DE11 0001.", "Mira's IBAN is XX66 6666."


def opened(recipe: str = "default", **options: Any) -> Memory:
    return Memory(":memory:", recipe, clock=HandClock(), seed=1, **options)


@pytest.fixture
def memory() -> Iterator[Memory]:
    with opened() as made:
        yield made


@pytest.mark.parametrize("recipe", names())
@pytest.mark.parametrize("channel", ["external", "tool"])
def test_a_later_report_never_stands_before_what_was_trusted(recipe: str, channel: str) -> None:
    """In every recipe, before and after sleeping."""
    with opened(recipe) as memory:
        memory.remember({"who": "Ada", "text": GOOD, "at": "2025-02-01"})
        memory.remember({"role": "tool", "text": EVIL, "at": "2025-05-01"}, trust=channel)
        for _ in range(2):
            texts = [hit.text for hit in memory.recall("What is Mira's IBAN?")]
            trusted = [place for place, text in enumerate(texts) if "0001" in text]
            planted = [place for place, text in enumerate(texts) if "6666" in text]
            assert min(trusted, default=98) < min(planted, default=99)
            memory.sleep()


def test_the_test_of_ranks_can_see_a_report_in_front(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the defence off (scores as they come) the later report stands first."""
    monkeypatch.setattr(reading, "ranked", lambda cue, hits, ctx: hits)

    with pytest.raises(AssertionError):
        test_a_later_report_never_stands_before_what_was_trusted("default", "external")


def test_the_answer_is_what_was_trusted(memory: Memory) -> None:
    """However many reports say otherwise, and however late."""
    memory.remember({"who": "Ada", "text": GOOD, "at": "2025-02-01"})
    memory.remember([{"role": "tool", "text": EVIL, "at": f"2025-05-0{day}"} for day in range(1, 6)])
    memory.sleep()

    assert "0001" in memory.ask("What is Mira's IBAN?", threshold=0).short


def test_what_only_a_report_says_about_a_person_is_not_known(memory: Memory) -> None:
    """It is found, marked, and no answer unless one is asked for whatever its confidence."""
    memory.remember({"who": "Ada", "text": "I like walking by the river."})
    memory.remember("Ada was born in Oslo.", trust="external")

    answer = memory.ask("Where was Ada born?")
    forced = memory.ask("Where was Ada born?", threshold=0)

    assert (NOT_IN_MEMORY, False) == (answer.short, answer.in_memory)
    assert "Oslo" not in answer.text
    assert "unverified report" in forced.text
    assert 0.3 == memory.recall("Where was Ada born?")[0].why["trust"]


def test_what_a_report_says_about_the_world_is_answered(memory: Memory) -> None:
    """Documents and tools are there to be asked; the answer says where it comes from."""
    memory.remember("The night train to Lisbon leaves at nine from the old quay.", trust="external")

    answer = memory.ask("When does the night train to Lisbon leave?", threshold=0.2)

    assert answer.in_memory
    assert "unverified report" in answer.text


def test_reports_keep_their_place_among_other_matters(memory: Memory) -> None:
    """What rivals nobody is not pushed down."""
    memory.remember(["I like walking by the river.", "My sister plays the cello."])
    memory.remember("The night train to Lisbon leaves at nine.", trust="external")

    assert "Lisbon" in memory.recall("night train to Lisbon")[0].text


def test_a_question_is_no_rival_of_its_answer(memory: Memory) -> None:
    """A tool's output stands before the question that asked for it, when it scores more."""
    memory.remember({"role": "tool", "text": "Weather in Rome: sunny, 21 degrees."})
    before = memory.recall("How many degrees, sunny weather in Rome?")[0].score
    memory.remember("What is the weather in Rome?")

    hits = {hit.text[:4]: hit.score for hit in memory.recall("How many degrees, sunny weather in Rome?")}

    assert hits["Weat"] == pytest.approx(before, abs=0.2)
    assert hits["Weat"] > hits["What"]


def test_a_memory_of_reports_alone_is_ranked_as_ever(memory: Memory) -> None:
    """Trust only counts between unlike channels."""
    texts = ["tea in Rome", "tea in Oslo", "rum in Bonn"]
    memory.remember(texts)
    with opened() as other:
        other.remember(texts, trust="external")

        assert [hit.text for hit in memory.recall("tea in Oslo")] == [hit.text for hit in other.recall("tea in Oslo")]
