"""What several turns of a chat leave as facts: of whom they are, what replaces what, what is over."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from remanence import Memory


def facts_of(*turns: tuple[str, str, str]) -> Sequence[tuple[str, str, str]]:
    """(subject, attribute, value) of what is so after turns of (who, when, text)."""
    with Memory(":memory:") as memory:
        memory.remember([{"who": who, "at": f"2025-{day}T10:00:00Z", "text": text} for who, day, text in turns])
        memory.sleep()
        found = memory.list(kinds=["fact"], limit=1000)
    rows = [item.data for item in found if item.data.get("polarity") is not False]
    return [(row["subject"], row["slot"], row["value"]) for row in rows]


def test_a_pronoun_means_the_one_named_in_the_turn_before_also_in_small_letters() -> None:
    """Someone spoken of earlier is known again; a word that never was a name is nobody."""
    known = ("Ana", "03-01", "Otto is 9 now.")
    pronoun = ("Ben", "03-04", "back from the doctor, he's allergic to latex")

    with_name = facts_of(known, ("Ana", "03-03", "RASH. otto, tummy and back"), pronoun)
    without = facts_of(known, ("Ana", "03-03", "RASH. wheels and all"), ("Ben", "03-04", "they're allergic to rules"))

    assert ("Otto", "allergy", "latex") in with_name
    assert [] == [row for row in without if row[0] == "Otto" and row[1] == "allergy" and "latex" in row[2]]


@pytest.mark.parametrize(
    "text",
    [
        "Mei news: she works at a practice in Kiel now",
        "news from Mei: she works at a practice in Kiel now",
        "update on Mei, she works at a practice in Kiel now",
        "coffee with Mei yesterday, she works at a practice in Kiel now",
        "I ran into Mei, she works at a practice in Kiel now",
        "Mei news: ab 1. Oktober arbeitet sie in einer Praxis",
    ],
)
def test_who_is_named_beside_the_pronoun_is_meant_and_not_who_was_named_before(text: str) -> None:
    """Also where nobody else says "she" of them; without the name it is who was named last."""
    before = ("Ana", "03-01", "Tomás was here for a week.")
    told = facts_of(before, ("Ana", "03-04", text))
    other = facts_of(before, ("Ana", "03-04", "news: he works at a practice in Kiel now"))

    assert {"Mei"} == {row[0] for row in told if row[1] == "employer"}
    assert {"Tomás"} == {row[0] for row in other if row[1] == "employer"}


def test_an_allergy_is_added_to_anothers_in_the_turn_after() -> None:
    """Only where the speaker told of one."""
    told = facts_of(("Ana", "03-01", "I'm allergic to celery"), ("Ana", "03-01", "and Inés to prawns"))
    other = facts_of(("Ana", "03-01", "I live in Rome"), ("Ana", "03-01", "and Inés to prawns"))

    assert ("Inés", "allergy", "prawns") in told
    assert "allergy" not in [row[1] for row in other]


def test_a_corrected_amount_keeps_what_stood_beside_it() -> None:
    """ "156, not 165" of "165 a month" is 156 a month."""
    told = facts_of(
        ("Ana", "03-01", "I rent a desk in a loft now, 165 a month"),
        ("Ana", "03-02", "wait, it's 156 a month, not 165"),
    )

    assert [("Ana", "price of desk", "156 a month")] == [row for row in told if row[1] == "price of desk"]


def test_a_closed_case_is_over_for_all_who_spoke_of_it() -> None:
    """Its number is one and the same; another number stays."""
    told = facts_of(
        ("Priya", "03-01", "Case number is 71-2209."),
        ("Priya", "03-01", "Return number R-5533."),
        ("Hugo", "03-09", "Wonderful. I'll close case 71-2209."),
    )

    assert "71-2209" not in [row[2] for row in told]
    assert "R-5533" in [row[2] for row in told]


def test_a_port_that_is_taken_is_left() -> None:
    """And one that only collides is not stored as the port."""
    told = facts_of(("Ana", "03-01", "the port is 8080"), ("Ana", "03-02", "port 8080 collides with the wiki. go 8090"))

    assert ["8090"] == [row[2] for row in told if row[1] == "port"]


def test_a_membership_says_what_it_is() -> None:
    """The text of a fact is read by people."""
    with Memory(":memory:") as memory:
        memory.remember([{"who": "Ana", "text": "I did join the climbing place btw"}])
        memory.sleep()
        texts = [item.text for item in memory.list(kinds=["fact"])]

    assert ["Ana: belongs to climbing place"] == texts


def test_a_denial_is_told_as_one() -> None:
    """ "I don't drive a Skoda" is no fact "drive a Skoda"."""
    with Memory(":memory:") as memory:
        memory.remember({"who": "Ana", "text": "I don't drive a Skoda", "at": "2025-05-01T09:00:00Z"})
        memory.sleep()
        assert ["Ana: not car Skoda"] == [one.text for one in memory.list(kinds=["fact"])]
