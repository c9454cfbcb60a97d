"""Names of things said later, and corrections that say only what is right."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from remanence.language.statements.corrected import corrected
from remanence.language.statements.named import thing_mentioned
from remanence.language.statements.read import read
from remanence.language.statements.statement import Statement

SAID = datetime(2024, 5, 3, 12, tzinfo=UTC)


def names(text: str, thing: str = "") -> list[tuple[str, str]]:
    found = read(text, speaker="Nora", at=SAID, thing=thing)
    return [(one.attribute, one.value) for one in found if one.attribute.endswith(" name")]


@pytest.mark.parametrize(
    ("text", "thing", "expected"),
    [
        ("We got a kitten. She's called Plum, all grey.", "", [("cat name", "Plum")]),
        ("His name is Otto.", "dog", [("dog name", "Otto")]),
        ("His name is Otto.", "", []),
        ("My boat is called Selkie.", "", [("boat name", "Selkie")]),
        ("We named her Juno.", "goat", [("goat name", "Juno")]),
        ("She's called off the party.", "dog", []),
        ("I adopted a greyhound!! He's called Fitz.", "brother", [("dog name", "Fitz")]),
        ("I adopted an axolotl!! He's called Fitz.", "brother", []),
        ("He's called Fitz.", "brother", [("brother name", "Fitz")]),
    ],
)
def test_a_name_goes_to_what_was_spoken_of_last(text: str, thing: str, expected: list[tuple[str, str]]) -> None:
    assert names(text, thing) == expected


def test_young_and_old_are_one_kind() -> None:
    assert (thing_mentioned("we adopted a small puppy"), thing_mentioned("nothing to see")) == ("dog", "")


def date_of(what: str, value: str) -> Statement:
    return Statement("Nora", f"date of {what}", value, at=SAID, modality="planned")


def test_a_bare_date_corrects_the_date_before_it() -> None:
    """Attribute and subject stay; the old value is named as what it replaces."""
    right = corrected("oh wait, the 18th!", date_of("recital", "17th (17 May 2024)"), SAID)

    assert right is not None
    assert (right.attribute, right.value) == ("date of recital", "the 18th (18 May 2024)")
    assert (right.change, right.replaces) == ("corrected", "17th (17 May 2024)")


@pytest.mark.parametrize("text", ["the 18th is fine", "no wait, I forgot my keys", "no, that was lovely"])
def test_what_corrects_nothing_is_left(text: str) -> None:
    assert corrected(text, date_of("recital", "17th (17 May 2024)"), SAID) is None


def test_a_number_corrects_a_number_and_no_date() -> None:
    rent = Statement("Nora", "rent", "780", at=SAID)

    right = corrected("sorry, 790", rent, SAID)

    assert right is not None
    assert right.value == "790"
    assert corrected("sorry, 790", date_of("recital", "17th"), SAID) is None
