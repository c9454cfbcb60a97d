"""A long talk to recall from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

TALK = (
    "Did you get the tickets for the jazz concert?|Ben",
    "Yes, two in the third row, for Friday.|Ada",
    "Great! What shall we wear?|Ben",
    "My blue dress is at the cleaner's until Thursday.|Ada",
    "Then I will pick it up on the way home.|Ben",
    "You are a treasure. Bring bread and olives too.|Ada",
    "From the bakery in Mill Lane?|Ben",
    "Yes, the sourdough, if they still have it.|Ada",
    "My sister rang about the garden fence again.|Ben",
    "Tell her we can lend the ladder on Sunday.|Ada",
    "She wants cedar boards, and those are dear.|Ben",
    "The timber yard in Ashford sells cedar offcuts.|Ada",
    "How is the kitten, by the way?|Ben",
    "Mittens has her second vaccination on Monday.|Ada",
    "At the vet in Long Street?|Ben",
    "Yes, Dr Olsen is very gentle with her.|Ada",
)
"""A talk in which each turn follows from the one before."""


@pytest.fixture
def talk(space: Callable[..., Any]) -> Any:
    return space(
        *(
            {"text": text, "who": who, "session": "kitchen", "at": f"2024-05-0{1 + number // 8}T10:{number:02d}:00"}
            for number, (text, who) in enumerate(line.split("|") for line in TALK)
        )
    )
