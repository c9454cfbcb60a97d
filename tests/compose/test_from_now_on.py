"""What is said to be so from now on counts before what was said of it earlier, and not where it is asked what was."""

from __future__ import annotations

import pytest

from remanence import Memory

TURNS = (
    ("2026-03-11", "Ingrid does code review, Pavel owns the deploys"),
    ("2026-06-15", "Pavel left, Yusuf owns deploys from now on"),
    ("2026-06-20", "Omar owns a boat now"),
)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Who owns the deploys?", "Yusuf"),
        ("Who does code review?", "Ingrid"),
        ("Who owned the deploys before?", "Pavel"),
    ],
)
def test_the_later_one_counts(question: str, told: str) -> None:
    with Memory(":memory:") as memory:
        for day, text in TURNS:
            memory.remember({"who": "user", "text": text, "at": f"{day}T10:00Z", "session": day})
        memory.sleep()
        assert memory.ask(question, now="2026-09-01T10:00Z").short == told


def test_a_new_address_counts_from_its_day_on() -> None:
    """House numbers begin with a figure, and are places all the same."""
    turns = (
        ("2026-03-02", "ok. can i still change the address? to 17 Mill Lane, York"),
        ("2026-06-02", "my new address from 1 july is 4 Castle Row, Durham"),
    )
    with Memory(":memory:") as memory:
        for day, text in turns:
            memory.remember({"who": "user", "text": text, "at": f"{day}T10:00Z", "session": day})
        memory.sleep()
        assert memory.ask("What is my address?", now="2026-09-01T10:00Z").short == "4 Castle Row, Durham"
        assert "Castle" not in memory.ask("What is my address?", now="2026-06-10T10:00Z").short
