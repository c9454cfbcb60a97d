"""Chains of plain statements: the newest one counts, and each step is named by the question."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from remanence.memory.memory import Memory

FACTS = [
    "The author of Emma is Jane Austen.",
    "Jane Austen is a citizen of France.",
    "The capital of France is Paris.",
    "The capital of Norway is Oslo.",
    "Oslo is located in the continent of Europe.",
    "Jane Austen is a citizen of Norway.",
    "Emma was written in the language of English.",
    "chess was created in the country of India.",
]

Ask = Callable[[str], tuple[str, tuple[str, ...]]]


@pytest.fixture
def ask() -> Iterator[Ask]:
    with Memory(":memory:") as memory:
        memory.remember(
            [{"text": text, "source": f"f{n}", "at": f"2024-01-01T00:{n:02d}:00"} for n, text in enumerate(FACTS)]
        )

        def told(question: str) -> tuple[str, tuple[str, ...]]:
            answer = memory.ask(question)
            return answer.short, answer.sources

        yield told


def test_a_statement_answers_its_question(ask: Ask) -> None:
    """Subject and slot are in the question, the value is the answer."""
    assert ("Jane Austen", ("f0",)) == ask("Who is the author of Emma?")


def test_the_newest_statement_wins(ask: Ask) -> None:
    """A later value of a slot that holds one replaces the earlier."""
    assert ("Norway", ("f5",)) == ask("What is the country of citizenship of Jane Austen?")


def test_statements_are_chained_through_their_values(ask: Ask) -> None:
    """Every step is cited, in order."""
    assert ("Oslo", ("f0", "f5", "f3")) == ask(
        "What is the capital of the country of which the author of Emma is a citizen?"
    )


def test_other_words_for_a_relation_are_understood(ask: Ask) -> None:
    """Questions do not repeat statements word for word."""
    assert "Jane Austen" == ask("Who wrote Emma?")[0]
    assert "India" == ask("In which country did chess originate?")[0]


def test_a_relation_that_is_not_stated_is_not_made_up(ask: Ask) -> None:
    """The subject alone is no answer."""
    assert ("not in memory", ()) == ask("Who is the spouse of Jane Austen?")
