"""What is said to be so from now on counts before what was said of it earlier, and not where it is asked what was."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from remanence import Memory
from remanence.compose.from_now_on import as_of_now
from remanence.compose.reading import Read
from remanence.language.question import read
from remanence.types import Hit, Item

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


def reading(day: int, text: str, said: str, weight: float, likely: float = 0.8, found: float = 0.1) -> Read:
    """What a reader finds in a turn of that day of May."""
    item = Item("turn", text, f"i{day}", who="Ida", at=datetime(2026, 5, day, tzinfo=UTC))
    start = text.index(said) if said else 0
    return Read(day, Hit(item, 0.5), start, start + len(said), said, likely, 0.0, 0.0, weight, False, found=found)


OWNED = reading(1, "Pavel owns the deploys", "Pavel", 0.9)
BOAT = reading(2, "Omar owns a boat", "Omar", 0.5)
OWNS = reading(3, "Yusuf owns deploys now", "Yusuf", 0.4, likely=0.5, found=0.6)


def ranked(later: Read, question: str = "Who owns the deploys?") -> list[tuple[str, float]]:
    asked = read(question, at=datetime(2026, 9, 1, tzinfo=UTC))
    return [(one.said, round(one.weight, 3)) for one in as_of_now([OWNED, BOAT, later], asked)]


def test_the_later_one_takes_the_place_of_the_best_and_of_no_other() -> None:
    """It counts what the best counted, as sure as the surer of them; three tenths are left of that, all of a third."""
    asked = read("Who owns the deploys?", at=datetime(2026, 9, 1, tzinfo=UTC))
    first = as_of_now([OWNED, BOAT, OWNS], asked)[0]

    assert [("Yusuf", 0.9), ("Pavel", 0.27), ("Omar", 0.5)] == ranked(OWNS)
    assert (0.8, 0.6) == (first.answerable, first.found)


@pytest.mark.parametrize(("likely", "counts"), [(0.3, True), (0.29, False)])
def test_its_words_count_from_three_tenths_on(likely: float, counts: bool) -> None:
    assert counts == (ranked(replace(OWNS, answerable=likely))[0][0] == "Yusuf")


@pytest.mark.parametrize(
    "later",
    [
        reading(3, "Yusuf owns deploys", "Yusuf", 0.4),
        reading(3, "Yusuf owns the servers now", "Yusuf", 0.4),
        reading(3, "Yusuf owns deploys. Soup now.", "Yusuf", 0.4),
        reading(3, "pavel owns deploys now", "pavel", 0.4),
        reading(3, "Somebody owns deploys now", "", 0.4),
        replace(OWNS, hit=OWNED.hit, start=0),
    ],
    ids=["no word of now", "of something else", "now of soup", "the same", "no words", "as early"],
)
def test_what_is_not_plainly_so_now_of_the_same_changes_nothing(later: Read) -> None:
    assert [("Pavel", 0.9), ("Omar", 0.5), (later.said, 0.4)] == ranked(later)


@pytest.mark.parametrize(
    "question",
    [
        "Who owned the deploys before?",
        "Did Pavel own the deploys?",
        "Which people own the deploys?",
        "Who owned the deploys in May 2026?",
        "What is the weather like?",
    ],
)
def test_it_counts_for_one_value_of_today_alone(question: str) -> None:
    """Nor where the best one holds no word of the question."""
    assert "Pavel" == ranked(OWNS, question)[0][0]


def test_of_two_that_say_now_the_last_counts() -> None:
    last = reading(4, "Vera owns deploys now", "Vera", 0.2)
    asked = read("Who owns the deploys?", at=datetime(2026, 9, 1, tzinfo=UTC))

    assert ["Vera", "Pavel", "Yusuf"] == [one.said for one in as_of_now([OWNED, OWNS, last], asked)]
    assert [] == as_of_now([], asked)
