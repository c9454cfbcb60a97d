"""`ask` for an amount of money tells the one that went the way that is asked for, or none."""

from __future__ import annotations

import pytest

from remanence import Memory


def told(question: str, *talk: str) -> str:
    with Memory(":memory:") as memory:
        for day, text in enumerate(talk, 3):
            memory.remember({"who": "Nora", "text": text, "at": f"2025-01-{day:02d}T10:00Z", "session": str(day)})
        memory.sleep()
        return memory.ask(question, now="2025-09-20T10:00Z", asker="Nora").short


BOUGHT, SOLD = "bought a kayak off Tom for 520 euros", "sold the kayak to a student for 340 euros"


@pytest.mark.parametrize(
    ("question", "talk", "short"),
    [
        ("What did I pay for the kayak?", [SOLD], "not in memory"),
        ("What did I pay for the kayak?", [BOUGHT, SOLD], "520 euros"),
        ("What did I sell the kayak for?", [BOUGHT, SOLD], "340 euros"),
        ("How much is our rent?", ["we paid the deposit for the flat, 1800 euros"], "not in memory"),
        (
            "What is the rent of the flat?",
            ["we paid the deposit for the flat, 1800 euros", "rent is 920 a month, due on the first"],
            "920 a month",
        ),
        ("What did I pay for the flight?", ["the airline refunded 130 euros for the flight"], "not in memory"),
        ("How much do I owe Tom?", ["I lent Tom 80 euros"], "not in memory"),
        ("How much does Tom owe me?", ["I lent Tom 80 euros"], "80 euros"),
    ],
)
def test_an_amount_that_went_the_other_way_is_no_answer(question, talk, short):
    assert short == told(question, *talk)


def test_an_amount_of_another_thing_is_no_answer():
    """What the bike cost is not told for the guitar, of which memory knows only what it was sold for."""
    talk = ["got a bike! second hand, 140 instead of 200, green", "sold my old guitar for 90, don't play anymore"]

    assert ["not in memory", "140"] == [told(f"What did I pay for the {one}?", *talk) for one in ("guitar", "bike")]


def test_tablets_are_not_counted_by_their_name():
    """ "Iron tablets" are no one tablet."""
    assert "1" != told("How many iron tablets do I take?", "dr Sousa put me on iron tablets, two a day")


def test_what_is_no_more_is_not_what_is_done():
    talk = "no more chess club for me, tuesdays I have the birth course with Selin"

    assert "chess club" not in told("What do I do on Tuesdays?", talk)
