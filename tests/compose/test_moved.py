"""An appointment that was moved under another name for it, and one of somebody else, which stays where it is."""

from __future__ import annotations

import pytest

from remanence import Memory

BOOSTER = "vaccination for Jonas is wednesday 17 december 8:30, booster, he doesn't know yet"


@pytest.mark.parametrize(
    ("first", "later", "question", "short"),
    [
        (BOOSTER, "vaccination got pushed. new: 8 january 8:30", "When is Jonas's booster?", "8 January 2026"),
        (
            "booster for Jonas on 17 December",
            "Jonas: jab moved to 8 january",
            "When is Jonas's booster?",
            "8 January 2026",
        ),
        (
            "booster for Jonas on 17 December",
            "Ida's jab got pushed, new: 8 january",
            "When is Jonas's booster?",
            "17 December 2025",
        ),
        (
            "dental check-up on 3 April 2026",
            "dentist rang, new date 24 April 2026",
            "When is my dental check-up?",
            "24 April 2026",
        ),
        (
            "booster for Jonas on 17 December",
            "Jonas gets another jab for the trip on 8 january",
            "When is Jonas's booster?",
            "17 December 2025",
        ),
        ("my exam is on 15 december", "the test got moved to 18 december", "When is my exam?", "18 December 2025"),
        ("my physio is on 12 december", "the test got moved to 18 december", "When is my physio?", "12 December 2025"),
    ],
)
def test_the_later_day_of_the_same_appointment_is_told(first, later, question, short):
    with Memory(":memory:") as memory:
        memory.remember({"who": "user", "text": first, "at": "2025-12-01T10:00+01:00", "session": "a"})
        memory.remember({"who": "user", "text": later, "at": "2025-12-09T10:00+01:00", "session": "b"})
        memory.sleep()

        assert short == memory.ask(question, now="2025-12-10T10:00+01:00").short
