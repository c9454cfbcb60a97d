"""Edges of answers and contexts: certainty in numbers, two times in one span, the last turn alone, exact budgets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from remanence import Memory
from remanence.compose.as_meant import DOUBT, _verdict_as_meant
from remanence.compose.cited import answer_of, put_instead
from remanence.compose.ladder import ladder
from remanence.compose.meant import Bearing, bearings, day_meant, unlike
from remanence.compose.stated import _fact_rows
from remanence.compose.statement_answer import relation
from remanence.compose.structured import structured
from remanence.language.question import Question, read
from remanence.recall import find
from remanence.testing import HandClock, HashingEmbedder
from remanence.types import Cue, Hit, Item

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)


def asks(text: str) -> Question:
    return read(text, at=NOW, people=("Nora",))


def turn(text: str) -> Item:
    return Item("turn", text, "t1", who="Nora", at=datetime(2024, 5, 1, 12, tzinfo=UTC))


@pytest.fixture
def memory() -> Iterator[Memory]:
    with Memory(":memory:", clock=HandClock(NOW)) as held:
        yield held


def test_an_answer_that_holds_its_time_is_not_dated_by_the_time_before_it() -> None:
    """Of two times in a sentence the one within the words counts, however near the other stands."""
    item = turn("From Monday I leave for Rome on 9 May 2024.")

    assert "9 May 2024" == day_meant("I leave for Rome on 9 May 2024", item, asks("When does she leave?"))


def test_a_plan_that_the_next_sentence_calls_off_is_off() -> None:
    """The twin: alone it is a plan, and a second sentence about something else calls nothing off."""
    asked = asks("Did Nora climb the tower?")

    def how(text: str) -> list[str | None]:
        with Memory(":memory:", "plain", HashingEmbedder(64), clock=HandClock(NOW)) as memory:
            memory.remember({"who": "Nora", "text": text})
            return [one.how for one in bearings(memory.recall("tower"), asked)]

    plan = "We plan to climb the tower."
    assert [["planned"], ["cancelled"], ["planned"]] == [
        how(text) for text in (plan, f"{plan} But no, it is cancelled.", f"{plan} The soup is hot.")
    ]


@pytest.mark.parametrize(
    ("said", "no_answer"), [("12 Elm Road", False), ("12", True), ("12 or 13", True), ("the barn", False)]
)
def test_a_place_may_have_a_number_and_is_none(said: str, no_answer: bool) -> None:
    """An address has a name in it."""
    assert no_answer is unlike(said, asks("Where does Nora live?"))


def test_what_was_told_on_the_day_is_sure_as_such(memory: Memory) -> None:
    """Any turn of the day answers; that is less than certain."""
    memory.remember({"who": "Nora", "text": "I mended the fence.", "at": "2024-05-09"})

    told = memory.ask("What did Nora do on 9 May 2024?")

    assert (0.85, True) == (told.confidence, told.in_memory)


def test_an_ended_fact_is_looked_up_too(memory: Memory) -> None:
    """Where somebody lived is found where they live."""
    memory.remember([{"who": "Nora", "text": text, "at": at} for text, at in
                     (("I live in Rome.", "2024-02-01"), ("I moved to Oslo.", "2024-04-02"))])  # fmt: skip
    memory.sleep()
    ctx = memory._ctx()
    cue = Cue("Where does Nora live?", NOW)

    found = ctx.store.items(_fact_rows(cue, asks(cue.text), ctx))

    assert {"Nora lives in Rome", "Nora moved to Oslo"} <= {one.text for one in found}


def test_a_relation_is_as_sure_as_its_statement(memory: Memory) -> None:
    """Half, and nine twentieths of its certainty."""
    memory.remember({"who": "Nora", "text": "My brother is called Arjun.", "at": "2024-05-01"})
    memory.sleep()
    ctx = memory._ctx()

    told = relation(asks("Who is Arjun?"), Cue("Who is Arjun?", NOW), ctx)

    assert told is not None
    (one,) = told.rests_on
    assert 0 < one.says.certainty < 1
    assert pytest.approx(0.5 + 0.45 * one.says.certainty) == told.confidence


def test_a_ladder_takes_the_last_turn_along_and_no_other(composed: Any) -> None:
    """Two hits, and what was said last."""
    memory = composed(recall=find.vectors(), compose=ladder(top=1))
    memory.remember(["Boats have sails.", "Soup is hot.", "Bread is brown.", "Good night."])

    told = memory.context("boats with sails", budget_tokens=400)

    assert ["Boats have sails.", "Good night."] == [hit.text for hit in told.hits]


def test_an_outline_fits_every_budget_exactly(composed: Any) -> None:
    """Each line with its end counts, in the lines before it too."""
    memory = composed(recall=find.vectors(), compose=structured(cut=0.2))
    memory.remember([f"The {word} stands in the garden." for word in ("heron", "swan", "goose", "duck", "crane")])

    sizes = {budget: memory.context("heron", budget_tokens=budget).tokens for budget in range(30, 220, 3)}

    assert {} == {budget: size for budget, size in sizes.items() if size > budget}
    assert len(set(sizes.values())) > 4


def test_a_yes_or_no_rests_on_turns_of_whom_it_asks_about() -> None:
    """Said by her or of her; what is no turn is nobody's word."""
    with Memory(":memory:", "plain", HashingEmbedder(64), clock=HandClock(NOW)) as memory:
        memory.remember(
            [
                {"who": "Nora", "text": "I climbed the tower."},
                {"who": "Ola", "text": "Nora climbed the tower."},
                {"who": "Ola", "text": "I climbed the tower."},
                {"kind": "note", "text": "Nora climbed the tower once."},
            ]
        )
        every = bearings(memory.recall("climbed the tower"), asks("Did Nora climb the tower?"))

    assert {"I climbed the tower.", "Nora climbed the tower."} == {one.sentence for one in every}
    assert 2 == len(every)
    assert {"Nora", "Ola"} == {one.hit.item.who for one in every}


def test_what_is_put_in_the_place_of_an_answer_cites_both_and_no_more() -> None:
    """Of an answer of several sentences the first."""
    first, second, later = (Item("turn", text, text, source=text) for text in ("one", "two", "three"))
    found = answer_of("one\n  two", "one", 0.5, [Hit(first, 0.9), Hit(second, 0.8)])

    told = put_instead("three", later, found)

    assert ("three", ("three", "one"), 0.5) == (told.short, told.sources, told.confidence)
    assert 'three: "three"\n  "one"' == told.text


@pytest.mark.parametrize(
    ("short", "text", "doubted"),
    [
        ("yes", "The soup was hot.", True),
        ("no", "The soup was hot.", True),
        ("The soup was hot.", "The soup was hot.", False),
        ("yes", "We came near the tower.", False),
    ],
)
def test_a_yes_or_no_from_a_text_without_a_word_of_the_question_is_doubted(
    short: str, text: str, doubted: bool
) -> None:
    """A quote says itself what it is of."""
    hit = Hit(turn(text), 0.9)
    bearing = Bearing(hit, text, 0.5 if "tower" in text else 0.0, "asked")

    told = _verdict_as_meant(
        answer_of(text, short, 0.9, [hit]), [bearing], asks("Did Nora climb the tower?"), looked_up=False
    )

    assert (0.9 * DOUBT if doubted else 0.9) == told.confidence
