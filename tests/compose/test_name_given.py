"""A name that is asked for is one that was given to that thing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from remanence import Memory
from remanence.compose.name_given import named_otherwise
from remanence.language.question import read

NOW = datetime(2025, 9, 20, tzinfo=UTC)
CAT, BOAT = "What is my cat called?", "What is the boat called?"


@pytest.mark.parametrize(
    ("question", "text", "short", "otherwise"),
    [
        (CAT, "The knob that sets the speed, that's called pacing.", "pacing", True),
        (CAT, "the street is called mill lane", "mill lane", True),
        (CAT, "she's called biscuit", "biscuit", False),
        (CAT, "our kitten is called biscuit", "biscuit", False),
        (CAT, "She's called Biscuit.", "Biscuit", False),
        (CAT, "I have a dog and a horse", "a dog, horse", True),
        (BOAT, "that's called Aurora", "Aurora", True),
        (BOAT, "the new boat is named Aurora", "Aurora", False),
        ("What did we see?", "that's called pacing", "pacing", False),
    ],
)
def test_a_name_is_of_what_it_was_given_to(question, text, short, otherwise):
    assert otherwise is named_otherwise(short, text, read(question, at=NOW))


def test_a_kind_is_no_name():
    """What the horse is called was never said."""
    with Memory(":memory:") as memory:
        memory.remember({"who": "Kit", "text": "I have a dog and a horse", "at": "2025-01-03T10:00Z"})
        memory.sleep()

        assert "not in memory" == memory.ask("What is my horse's name?", now=NOW, asker="Kit").short
