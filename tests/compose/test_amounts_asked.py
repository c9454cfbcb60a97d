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
