"""What is said of somebody else is not taken for the speaker, and what points at nothing is no value."""

from __future__ import annotations

import pytest

from remanence.language.statements.read import read


def stated(text: str) -> set[tuple[str, str, str]]:
    return {(one.subject, one.attribute, one.value) for one in read(text, speaker="Ann")}


@pytest.mark.parametrize(
    "text",
    ["Bo lives in Oslo", "My dog lives in Oslo", "He lives in Oslo", "And Jo Lee lives in Oslo", "She works at Ikea"],
)
def test_a_verb_of_somebody_else_tells_nothing_of_the_speaker(text):
    """A short name, an animal, a pronoun that nobody stands behind."""
    assert not {("Ann", "home", "Oslo"), ("Ann", "employer", "Ikea")} & stated(text)


@pytest.mark.parametrize("text", ["lives in Oslo", "still lives in Oslo", "I live in Oslo", "just moved to Oslo"])
def test_without_anybody_in_front_it_is_the_speaker(text):
    """The twin: notes leave the "I" out."""
    assert ("Ann", "home", "Oslo") in stated(text)


@pytest.mark.parametrize("text", ["We've got a pup. That's the dog.", "Is vegetarian", "I'm Ann, hello"])
def test_what_points_at_nothing_is_no_value_and_a_verb_no_subject(text):
    """No pet called "That's", nobody called "Is", and nobody who is themselves."""
    found = stated(text)

    assert not [one for one in found if one[0] == "Is" or one[2] == "That's" or one[0] == one[2]]


def test_an_apostrophe_that_is_left_out_does_not_make_it_the_speaker():
    """ "hes starting at" is his new place of work."""
    assert not [
        one for one in stated("milan quit at the bank, hes starting at the solar firm in may") if one[0] == "Ann"
    ]


def test_no_more_of_an_allergy_is_none():
    """ "no more egg allergy" states no allergy to more egg."""
    from_text = read("no more egg allergy", speaker="Ann")

    assert [(one.value, one.polarity) for one in from_text if one.attribute == "allergy"] == [("egg", -1)]


def test_an_address_from_a_day_on_is_the_address():
    assert ("Ann", "address", "4 Castle Row, Durham") in stated("my new address from 1 july is 4 Castle Row, Durham")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("I've always had a love for horses", False),
        ("I have a fear of dogs", False),
        ("We have a passion for cats", False),
        ("I have a couple of cats", True),
        ("I have a big fluffy cat", True),
    ],
)
def test_a_love_for_horses_is_no_pet(text, kept):
    """The twin: a couple of cats are."""
    assert kept is ("pets" in {attribute for _, attribute, _ in stated(text)})
