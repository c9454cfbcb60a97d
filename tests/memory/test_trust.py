"""Trust counts in what is recalled: reports are shown as such and never stand before a stronger rival."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from remanence import Memory
from remanence.compose.cited import NOT_IN_MEMORY
from remanence.memory import reading
from remanence.recipes import names
from remanence.store import upkeep
from remanence.testing import HandClock
from remanence.types import Item

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


# --- trust on the way through sleep ----------------------------------------------------------------

SAID = (
    "I live in Rome with my sister Clara.", "I work at Acme.", "My sister Clara plays the cello.",
    "I have a dog called Rex.",
)  # fmt: skip
REPORTED = ("Ada works at Zedikafo.", "Ada's sister Clara lives in Xobudanefi.", "Ada has a dog called Vudobega.")


def derived_of(recipe: str) -> tuple[dict[str, Item], list[str]]:
    """All items, by id, after a person, a report and its echo were slept over; and what the check of the space says."""
    with opened(recipe) as memory:
        memory.remember([{"who": "Ada", "text": text, "session": "s"} for text in SAID])
        memory.sleep()
        memory.remember([{"role": "tool", "text": text, "session": "s"} for text in REPORTED], trust="external")
        memory.sleep()
        for question in ("Where does Ada work?", "What is the dog called?"):
            for hit in list(memory.recall(question))[:3]:
                memory.remember({"role": "assistant", "text": f"I looked it up: {hit.text}", "session": "t"})
        memory.sleep()
        found = {item.id: item for item in memory.list(limit=0, ended=True, tiers=())}
        return found, list(upkeep.doctor(memory.store, deep=True).problems)


@pytest.mark.parametrize("recipe", names())
def test_no_summary_scene_or_portrait_is_trusted_more_than_what_it_was_made_of(recipe: str) -> None:
    """What a report said stays a report in whatever is formed of it, told again, merged or gathered."""
    items, problems = derived_of(recipe)
    reported = [
        item
        for item in items.values()
        if any(word in f"{item.text} {item.data}" for word in ("Zedikafo", "Xobudanefi", "Vudobega"))
    ]

    assert [] == [item for item in reported if item.trust > 0.3]
    assert [] == [
        item
        for item in items.values()
        if item.evidence and item.trust > min(items[one.id].trust for one in item.evidence if one.id in items)
    ]
    assert [] == problems


@pytest.mark.parametrize("recipe", ["default", "mem0", "caim"])
def test_a_report_that_says_the_same_neither_lowers_nor_outlives_a_person(recipe: str) -> None:
    """A person's statement keeps its trust; once it is erased the report stands, as a report."""
    with opened(recipe) as memory:
        mine = memory.remember({"who": "Ada", "text": "My sister Clara plays the cello.", "session": "s"}).ids[0]
        memory.sleep()
        kinds = ("fact", "note")
        before = {(item.text, item.trust) for item in memory.list(kinds=kinds)}
        same = {"who": "Ada", "text": "My sister Clara plays the cello.", "session": "s", "source": "web/1"}
        memory.remember(same, trust="external")
        memory.sleep()
        after = {(item.text, item.trust) for item in memory.list(kinds=kinds) if item.trust == 1}
        memory.erase(mine)
        memory.sleep()

        assert before
        assert before <= after
        assert {0.3} == {item.trust for item in memory.list(kinds=kinds)}
