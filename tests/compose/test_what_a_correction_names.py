"""A correction that names the wrong value takes back that value, and no other one."""

from __future__ import annotations

import pytest

from remanence import Memory

TURNS = (
    ("2026-01-10", "our rent is 1150 a month"),
    ("2026-04-02", "found a house! in Ilkley, 1320 a month, we move on the 13th of june"),
    ("2026-05-20", "sorry i mean 1280 for the house not 1320, i got them to knock 40 off"),
)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("What was my rent in January?", "1150"),
        ("When do we move to Ilkley?", "13 June 2026"),
        ("How much is the house in Ilkley a month?", "1280"),
    ],
)
def test_what_it_does_not_name_stands(question: str, told: str) -> None:
    with Memory(":memory:") as memory:
        for day, text in TURNS:
            memory.remember({"who": "user", "text": text, "at": f"{day}T10:00Z", "session": day})
        memory.sleep()
        assert told in memory.ask(question, now="2026-06-01T10:00Z").short
