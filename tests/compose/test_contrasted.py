"""An answer is never the value that its own sentence turns down, and a quote does not tell both."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from remanence import Memory
from remanence.compose.contrasted import in_contrast, taken_over
from remanence.language.question import read
from remanence.types import Hit, Item

AT = datetime(2025, 6, 20, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "short", "question", "becomes"),
    [
        ("it was 83 not 80 people", "80", "How many people came?", "83"),
        ("it was 83 not 80 people", "it was 83 not 80 people", "How many people came?", "it was 83 people"),
        ("it was 83 not 80 people", "83", "How many people came?", None),
        ("we pay 480 a week instead of 390", "480 a week", "What did we pay before?", "390"),
        ("we pay 480 a week instead of 390", "480 a week", "What do we pay?", None),
        ("it is 1,350 now, it was 1,200", "it is 1,350 now, it was 1,200", "What was it before Jo?", "1,200"),
        ("signing was 21 July, now 28", "21 July 2025", "When do we sign?", "28 July 2025"),
        ("Rev Macaskill. no, he is ill, so Dr Bose", "Rev Macaskill", "Who is in the chair?", "Dr Bose"),
        ("we had 83 guests", "83", "How many guests?", None),
        ("12.20 > 13.90", "something else", "What do I earn?", None),
        ("got it for 520. He'd said 595.", "520", "What had he asked?", "595"),
        ("got it for 520. He'd said 595.", "595", "What did I pay?", "520"),
        ("28 june, Bari. it was going to be the 21st", "28 June 2025", "When was it planned first?", "21 June 2025"),
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


@pytest.mark.parametrize(
    ("later", "question", "told"),
    [
        ("flour went up again, 0.74 the kilo from 0.66", "What is the price of a kilo of flour?", "0.74"),
        ("flour went up again, 0.74 the kilo from 0.66", "What was the price of flour before?", "0.66"),
        ("the pump costs 0.74 now, it was 0.66", "What is the price of a kilo of flour?", "0.66"),
    ],
)
def test_a_later_turn_that_names_both_takes_over(later: str, question: str, told: str) -> None:
    text = "the mill takes 0.66 for a kilo of flour"
    earlier = Item(id="a", kind="turn", text=text, who="Ada", at=AT.replace(month=1))
    hits = [Hit(Item(id="b", kind="turn", text=later, who="Ada", at=AT), 0.5, {})]
    found = taken_over("0.66", earlier, hits, read(question, at=AT))
    assert (found[0] if found else "0.66") == told


def test_an_earlier_turn_takes_nothing_over() -> None:
    earlier = Item(id="a", kind="turn", text="the kilo of flour is 0.66", who="Ada", at=AT)
    hits = [Hit(replace(earlier, id="b", text="flour is 0.74 now, it was 0.66", at=AT.replace(month=1)), 0.5, {})]
    assert taken_over("0.66", earlier, hits, read("What is the price of flour?", at=AT)) is None


def test_ask_tells_what_took_over() -> None:
    turns = (
        ("10", "rented half a garage off Barn street, 350 a month, electricity on top"),
        ("19", "they put the garage up to 400 from 350, electricity still on top, thieves"),
    )
    with Memory(":memory:") as memory:
        for day, text in turns:
            memory.remember({"who": "Nomi", "text": text, "at": f"2025-06-{day}T10:00Z", "session": day})
        memory.sleep()
        told = memory.ask("What do I pay each month for the garage?", asker="Nomi", now="2025-07-01T10:00Z")
        assert told.short == "400"
