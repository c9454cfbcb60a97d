"""When two values mean the same: a shorter telling does, another number does not."""

from __future__ import annotations

import pytest

from remanence.language.statements.values import alike


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("Munch Museum", "the Munch Museum in Oslo", True),
        ("640 a month", "640", True),
        ("640 a month", "725 a month", False),
        ("row 2 seat 2", "row 2 seat 4", False),
        ("row 2 seat 2", "row 2", True),
        ("2 to 2", "2 to 3", False),
    ],
)
def test_a_shorter_telling_is_the_same_and_another_number_is_not(left: str, right: str, same: bool) -> None:
    """Each number counts as often as it is said."""
    assert alike(left, right) is same
    assert alike(right, left) is same
