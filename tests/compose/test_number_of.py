"""The number of one parcel answers for that one alone."""

from __future__ import annotations

import pytest

from remanence import Memory

TALK = (
    "the lamp from Ikea: tracking number LX123456789DE",
    "the shoes are on their way, tracking is 00340434161094",
    "hotel in Porto booked, booking number HX4471",
    "train tickets: order number 88213377",
)
REFUSED = "not in memory"


@pytest.fixture(scope="module")
def memory():
    with Memory(":memory:") as found:
        for day, text in enumerate(TALK, 10):
            found.remember({"who": "user", "text": text, "at": f"2025-01-{day}", "session": str(day)})
        found.sleep()
        yield found


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("What is the tracking number of the lamp?", "LX123456789DE"),
        ("What is the tracking number for the shoes?", "00340434161094"),
        ("What is the booking number of the hotel?", "HX4471"),
        ("What is the order number for the train tickets?", "88213377"),
        ("What is the tracking number of the book?", REFUSED),
        ("What is my book's tracking number?", REFUSED),
        ("What is the booking number of the flight?", REFUSED),
        ("What is the order number of the concert tickets?", REFUSED),
    ],
)
def test_a_number_is_told_of_its_own_thing(memory, question, short):
    assert short == memory.ask(question, now="2025-02-01").short


def test_the_turn_beside_it_says_what_a_number_is_of():
    with Memory(":memory:") as memory:
        for minute, text in enumerate(("the garden chairs ship today", "tracking number QK55021", "more rain here")):
            memory.remember({"who": "user", "text": text, "at": f"2025-01-10T10:0{minute}Z", "session": "a"})
        memory.sleep()

        asked = "What is the tracking number of the {}?"
        mine, other = (memory.ask(asked.format(thing), now="2025-02-01") for thing in ("garden chairs", "sofa bed"))
    assert mine.confidence > 2 * other.confidence
