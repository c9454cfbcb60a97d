"""A learned reader takes part in an answer: its span where it is confident, its verdict, its doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from remanence.compose.as_meant import DOUBT
from remanence.compose.reading import Read, bears_out
from remanence.memory.memory import Memory
from remanence.models.reader.reading import Reading
from remanence.testing import HandClock
from remanence.types import Hit, Item

NOTHING = Reading(0, 0, 0.0, 0.0, 0.0, 0.05, 0.0, 0.0)
"""What a reader says of a passage that does not answer."""


class Finds:
    """A reader that knows one answer: where a passage holds the words, it is this sure of them."""

    def __init__(self, words: str, sure: float, *, yes: float = 0.0, no: float = 0.0) -> None:
        self.words, self.sure, self.yes, self.no = words, sure, yes, no
        self.asked: list[str] = []
        self.passages: list[str] = []

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        self.asked.append(question)
        self.passages += passages
        return [self._span(passage) for passage in passages]

    def _span(self, passage: str) -> Reading:
        place = passage.find(self.words)
        if place < 0:
            return NOTHING
        return replace(
            NOTHING, start=place, end=place + len(self.words), answerable=self.sure, yes=self.yes, no=self.no
        )


class FindsOneOf(Finds):
    """A reader that is as sure of either of two answers."""

    def __init__(self, one: str, other: str, sure: float) -> None:
        super().__init__(one, sure)
        self.other = Finds(other, sure)

    def _span(self, passage: str) -> Reading:
        return self.other._span(passage) if self.other.words in passage else super()._span(passage)


TALK = (
    {"who": "user", "text": "the new one at work is brisk, Ingrid her name is, I answer to her since monday"},
    {"who": "user", "text": "nothing but rain all week and the bus was late twice"},
    {"who": "user", "text": "my bike got a new chain and it was not cheap"},
)


def told(reader: Finds | None, question: str, threshold: float | None = 0.0):
    with Memory(":memory:", clock=HandClock(), reader=reader) as memory:
        memory.remember(list(TALK))
        return memory.ask(question, threshold=threshold)


def test_a_confident_span_is_the_answer_and_its_sentence_is_quoted() -> None:
    """The words of the reader, the text round them, and one source."""
    answer = told(Finds("Ingrid", 0.9), "Who do I answer to at work?")

    assert "Ingrid" == answer.short
    assert "I answer to her" in answer.text
    assert 1 == len(answer.sources)


def test_sentences_that_hardly_hold_the_answer_are_not_told_as_it() -> None:
    """Less than half of the confidence is left; of what a reader is sure of, the chance that it is right."""
    question = "Who do I answer to at work?"
    for sure in (0.0, 0.95):
        with Memory(":memory:", clock=HandClock(), reader=Finds("Ingrid", sure)) as memory:
            memory.remember(list(TALK))
            known = float(memory.recall(question).confidence or 0)
            answer = memory.ask(question, threshold=known * 0.9)

        if sure:
            assert 0.9 * known <= answer.confidence <= known
        else:
            assert answer.confidence == pytest.approx(DOUBT * known)
        assert answer.in_memory == bool(sure)


def test_a_value_is_told_with_the_chance_that_it_is_right_and_not_with_that_of_an_answer() -> None:
    """Two hits that answer differently: memory surely holds an answer, and neither of them is as sure."""
    with Memory(":memory:", clock=HandClock(), reader=Finds("Ingrid", 0.95)) as memory:
        memory.remember(list(TALK))
        alone = memory.ask("Who do I answer to at work?")
    with Memory(":memory:", clock=HandClock(), reader=FindsOneOf("Ingrid", "Signe", 0.95)) as memory:
        memory.remember([*TALK, {"who": "user", "text": "at work it is Signe I answer to, I think"}])
        rivals = memory.ask("Who do I answer to at work?", threshold=0.0)
        known = float(memory.recall("Who do I answer to at work?").confidence or 0)

    assert rivals.confidence < min(alone.confidence, known) - 0.03


def test_who_somebody_is_is_not_whoever_speaks_of_them() -> None:
    """The twin: who said a thing is its speaker."""
    with Memory(":memory:", clock=HandClock(), reader=Finds("Gina", 0.95)) as memory:
        memory.remember({"who": "Gina", "text": "Remember Jon, just do it and dance!"})
        named = memory.ask("Who is Jon?", threshold=0.0)
        said = memory.ask("Who said just do it?", threshold=0.0)

    assert named.short != "Gina"
    assert said.short == "Gina"


def test_between_the_value_and_not_in_memory_lies_the_quote() -> None:
    """With the least confidence that counts as known from 0 to 1: the value, then the sentences, then nothing."""
    with Memory(":memory:", clock=HandClock(), reader=Finds("Ingrid", 0.2)) as memory:
        memory.remember(list(TALK))
        answers = [memory.ask("Who do I answer to at work?", threshold=n / 200) for n in range(101)]
        known = float(memory.recall("Who do I answer to at work?").confidence or 0)

    kinds = ["value" if one.short == "Ingrid" else "quote" if one.in_memory else "nothing" for one in answers]
    quoted = answers[kinds.index("quote")]
    assert ["value", "quote", "nothing"] == list(dict.fromkeys(kinds))
    assert quoted.short == "Ingrid her name is"
    assert "I answer to her since monday" in quoted.text
    assert len(quoted.sources) > 1
    assert 0 < quoted.confidence < known


def test_words_of_the_question_are_no_value() -> None:
    """The sentence is told for them; the twin: other words are a value."""
    said = {"who": "Ada", "text": "my new address is by the lake, far from here"}
    answers = []
    for span in ("my new address", "by the lake"):
        with Memory(":memory:", clock=HandClock(), reader=Finds(span, 0.95)) as memory:
            memory.remember(said)
            answers.append(memory.ask("What is my new address?", threshold=0.0).short)

    assert answers == [said["text"], "by the lake"]


def test_each_passage_is_read_once_for_one_question() -> None:
    """The confidence and the answer share what was read."""
    reader = Finds("Ingrid", 0.9)

    told(reader, "Who do I answer to at work?")

    assert len(reader.passages) == len(set(reader.passages))


def test_a_verdict_of_the_reader_is_told_as_yes_or_no() -> None:
    """With the sentence that it rests on."""
    answer = told(Finds("new chain", 0.9, no=0.95), "Was the chain cheap?")

    assert "no" == answer.short
    assert "not cheap" in answer.text


@pytest.mark.parametrize(("sure", "surer"), [(0.05, 0.95)])
def test_the_reader_moves_the_confidence(sure: float, surer: float) -> None:
    """The same hits: what the reader finds makes memory surer, what it does not find less sure."""
    question = "Who do I answer to at work?"

    assert told(Finds("Ingrid", sure), question).confidence < told(Finds("Ingrid", surer), question).confidence


def test_a_question_in_the_first_person_names_who_asks() -> None:
    """As the reader was taught: "user: who do I ...?"."""
    reader = Finds("Ingrid", 0.9)

    told(reader, "Who do I answer to at work?")

    assert {"user: Who do I answer to at work?"} == set(reader.asked)


def test_without_a_reader_rules_answer() -> None:
    """Nothing is read, and there is an answer all the same."""
    assert told(None, "Who do I answer to at work?").sources


@pytest.mark.parametrize(
    ("read", "borne"),
    [
        ((("a red boat", 0.3),), True),
        ((("a red boat", 0.2), ("a green tower", 0.4)), False),
        ((("a red boat", 0.2), ("a green tower", 0.39)), True),
        ((("", 0.9),), True),
        ((("a green tower", 0.9), ("", 0.9)), False),
        ((("a green tower", 0.9), ("the red boat", 0.3)), True),
        ((), True),
    ],
)
def test_what_is_stated_is_borne_out_unless_a_reading_is_sure_of_other_words(
    read: tuple[tuple[str, float], ...], borne: bool
) -> None:
    """A reading without words says nothing against it, however sure it is that its hit answers."""
    reads = [
        Read(n, Hit(Item("turn", said, f"i{n}"), 0.5), 0, 1, said, likely, 0, 0, likely, False)
        for n, (said, likely) in enumerate(read)
    ]

    assert borne == bears_out("red boat", reads)
