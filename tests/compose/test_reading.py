"""A learned reader takes part in an answer: its span where it is confident, its verdict, its doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from remanence.memory.memory import Memory
from remanence.testing import HandClock


@dataclass(frozen=True)
class Span:
    """What a scripted reader says of one passage."""

    start: int = 0
    end: int = 0
    score: float = 0.0
    null: float = 0.0
    answerable: float = 0.05
    yes: float = 0.0
    no: float = 0.0


class Finds:
    """A reader that knows one answer: where a passage holds the words, it is this sure of them."""

    def __init__(self, words: str, sure: float, *, yes: float = 0.0, no: float = 0.0) -> None:
        self.words, self.sure, self.yes, self.no = words, sure, yes, no
        self.asked: list[str] = []

    def read(self, question: str, passages: Sequence[str]) -> list[Span]:
        self.asked.append(question)
        return [self._span(passage) for passage in passages]

    def _span(self, passage: str) -> Span:
        place = passage.find(self.words)
        if place < 0:
            return Span()
        return Span(place, place + len(self.words), answerable=self.sure, yes=self.yes, no=self.no)


TALK = (
    {"who": "user", "text": "the new one at work is brisk, Ingrid her name is, I answer to her since monday"},
    {"who": "user", "text": "nothing but rain all week and the bus was late twice"},
    {"who": "user", "text": "my bike got a new chain and it was not cheap"},
)


def told(reader: Finds | None, question: str, threshold: float = 0.0):
    with Memory(":memory:", clock=HandClock(), reader=reader) as memory:
        memory.remember(list(TALK))
        return memory.ask(question, threshold=threshold)


def test_a_confident_span_is_the_answer_and_its_sentence_is_quoted() -> None:
    """The words of the reader, the text round them, and one source."""
    answer = told(Finds("Ingrid", 0.9), "Who do I answer to at work?")

    assert "Ingrid" == answer.short
    assert "I answer to her" in answer.text
    assert 1 == len(answer.sources)


def test_without_a_confident_span_nothing_shorter_than_a_sentence_is_told() -> None:
    """Two sentences are quoted, the likelier first."""
    answer = told(Finds("Ingrid", 0.2), "Who do I answer to at work?")

    assert "I answer to her since monday" in answer.short
    assert 2 == len(answer.sources)


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

    assert ["user: Who do I answer to at work?"] == reader.asked


def test_without_a_reader_rules_answer() -> None:
    """Nothing is read, and there is an answer all the same."""
    assert told(None, "Who do I answer to at work?").sources
