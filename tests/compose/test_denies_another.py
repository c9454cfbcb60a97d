"""What is denied of one thing is no answer about another, and "days a week" are no span of time."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from remanence import Memory
from remanence.compose.meant import denies_another
from remanence.language.question import read

NOW = datetime(2025, 5, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "question", "another"),
    [
        ("I also stopped eating meat. fish is fine", "Does Nadia eat fish?", True),
        ("I also stopped eating meat. fish is fine", "Does Nadia eat meat?", False),
        ("we have no dog, the cat would object", "Does Otis have a dog?", False),
        ("she quit the choir", "Is she still in the choir?", False),
        ("I don't speak Swedish", "Does she speak Finnish?", True),
        ("I don't speak Swedish", "Does she speak Swedish?", False),
        ("I moved to Oslo", "Does she live in Rome?", False),
    ],
)
def test_a_text_that_denies_something_else(text, question, another):
    """Or of another name; where it denies nothing, it denies nothing else."""
    assert denies_another(text, read(question, at=NOW)) is another


def test_no_is_not_told_of_what_the_same_text_affirms():
    with Memory(":memory:") as memory:
        memory.remember({"who": "Nadia", "text": "I also stopped eating meat. fish is fine", "at": "2025-04-22T18:30Z"})
        memory.sleep()

        assert memory.ask("Does Nadia eat fish?", now=NOW).short != "no"
        assert memory.ask("Does Nadia eat meat?", now=NOW).short == "no"


def test_how_many_days_a_week_is_a_number_and_for_how_many_days_a_span_of_time():
    forms = [
        read(text, at=NOW).expected.form for text in ("How many days a week is he in?", "How many days was he in?")
    ]

    assert forms == ["number", "duration"]


def said(question: str, text: str) -> str:
    with Memory(":memory:") as memory:
        memory.remember({"who": "Ana", "text": text, "at": "2025-05-01T09:00Z"})
        memory.sleep()
        return memory.ask(question, now=NOW).short


@pytest.mark.parametrize(
    ("text", "other", "same"),
    [
        ("I don't speak Swedish", "Does Ana speak Finnish?", "Does Ana speak Swedish?"),
        ("I don't drive a Skoda", "Does Ana drive a Volvo?", "Does Ana drive a Skoda?"),
    ],
)
def test_what_is_denied_of_one_name_is_not_denied_of_another(text: str, other: str, same: str) -> None:
    """Of the name itself it is."""
    assert "not in memory" == said(other, text)
    assert "no" == said(same, text)
