"""An answer is never the value that its own sentence turns down, and a quote does not tell both."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from remanence import Memory
from remanence.compose.contrasted import in_contrast
from remanence.language.question import read
from remanence.types import Item

AT = datetime(2025, 6, 20, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "short", "question", "becomes"),
    [
        ("it was 83 not 80 people", "80", "How many people came?", "83"),
        ("it was 83 not 80 people", "it was 83 not 80 people", "How many people came?", "it was 83 people"),
        ("it was 83 not 80 people", "83", "How many people came?", None),
        ("we pay 480 a week instead of 390", "480 a week", "What did we pay before?", "390"),
        ("we pay 480 a week instead of 390", "480 a week", "What do we pay?", None),
        ("signing was 21 July, now 28", "21 July 2025", "When do we sign?", "28 July 2025"),
        ("Rev Macaskill. no, he is ill, so Dr Bose", "Rev Macaskill", "Who is in the chair?", "Dr Bose"),
        ("we had 83 guests", "83", "How many guests?", None),
        ("12.20 > 13.90", "something else", "What do I earn?", None),
    ],
)
def test_what_an_answer_becomes(text: str, short: str, question: str, becomes: str | None) -> None:
    item = Item(id="a", kind="turn", text=text, who="Ada", at=AT)
    assert in_contrast(short, item, read(question, at=AT)) == becomes


@pytest.mark.parametrize(
    ("text", "question", "told"),
    [
        ("studio door is 8-0-8 now btw, not 9-0-9", "What opens the studio?", "8-0-8 now btw"),
        ("signing was 21 july, now 28, lawyer Mrs Ali is ill", "When do we sign?", "28 July 2025"),
    ],
)
def test_ask_tells_what_stands(text: str, question: str, told: str) -> None:
    with Memory(":memory:") as memory:
        memory.remember({"who": "Nomi", "text": "the cake is ordered", "at": "2025-06-01T10:00Z", "session": "1"})
        memory.remember({"who": "Nomi", "text": text, "at": "2025-06-20T10:00Z", "session": "2"})
        memory.sleep()
        assert memory.ask(question, now="2025-07-01T10:00Z").short == told
