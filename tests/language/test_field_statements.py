"""Reading statements of state, and keeping what is still possible."""

from __future__ import annotations

import pytest

from remanence.algo.belief import MOST, Beliefs
from remanence.errors import InvalidInput
from remanence.language.statements.fields import field_statements


@pytest.mark.parametrize(
    ("text", "subject", "slot", "value"),
    [
        ("The sign in the maze points left.", "sign in the maze", "points", "left"),
        ("heads up, the status of ORB-101 is in review now", "ORB-101", "status", "in review"),
        ("ORB-101: assignee set to Nora", "ORB-101", "assigned", "Nora"),
        ("0f3c: ORB-101 handed over, assigned to Nora", "ORB-101", "assigned", "Nora"),
        ("ORB-101 is due on Friday, we agreed", "ORB-101", "due", "Friday"),
        ("0f3c: marks ORB-101 as status done", "ORB-101", "status", "done"),
        ("The red cube is at row 1 column 2 now.", "red cube", "place", "row 1 column 2"),
        ("Ardashir I's child is Shapur I.", "Ardashir I", "child", "Shapur I"),
        ("cricket was created in the country of England.", "cricket", "created in", "England"),
        ("I was wrong earlier, my bus line is line 14.", "", "bus line", "line 14"),
    ],
)
def test_a_statement_gives_subject_slot_and_value(text, subject, slot, value):
    """The same field has the same slot, however a platform words it."""
    (one,) = field_statements(text)

    assert (subject, slot, value) == (one.subject, one.attribute, one.value)


@pytest.mark.parametrize(
    "text", ["Is my dentist here?", "My dentist is not here.", "It is at home.", "We talked at length.", "x" * 5000]
)
def test_what_states_nothing_gives_nothing(text):
    """Questions, denials, pronouns and long sentences."""
    assert [] == field_statements(text)


def test_places_of_many_things_are_listed():
    """Which thing stands where is left open."""
    (one,) = field_statements("Cubes now stand at row 1 column 2, row 3 column 4.")

    assert ("cubes", "places", ("row 1 column 2", "row 3 column 4")) == (one.subject, one.attribute, one.values)


def test_the_span_is_the_sentence():
    """Also in the middle of a text."""
    text = "Good morning. The lamp is on the desk. Bye!"
    (one,) = field_statements(text)

    assert "The lamp is on the desk" == text[one.start : one.end]


def test_too_many_possibilities_are_refused_and_change_nothing():
    """Six things that all moved could stand in 720 ways."""
    beliefs = Beliefs[int]()
    for n in range(6):
        beliefs.sight(f"thing {n}", n)

    with pytest.raises(InvalidInput, match=f"more than {MOST}"):
        beliefs.occupied(range(10, 16))

    assert {0} == beliefs.where("thing 0")


def test_a_thing_that_takes_anothers_place_leaves_that_one_unknown():
    """No two things share a place."""
    beliefs = Beliefs[int]()
    beliefs.sight("red", 1)
    beliefs.sight("blue", 2)

    beliefs.sight("red", 2)

    assert {2} == beliefs.where("red")
    assert set() == beliefs.where("blue")
