"""Spellings that are one slip away."""

from __future__ import annotations

import pytest

from remanence.language.spelling import one_slip_away


@pytest.mark.parametrize("slip", ["funraiser", "fundraisser", "fundraisre", "fundraiserr"])
def test_a_letter_left_out_typed_twice_or_swapped_is_one_slip(slip: str) -> None:
    """From the slip the word is reached in one step."""
    assert "fundraiser" in one_slip_away(slip)


@pytest.mark.parametrize("other", ["fundraiser", "gundraiser", "fundraizer", "undraiser", "fudnraisre"])
def test_another_letter_another_beginning_and_two_slips_are_other_words(other: str) -> None:
    """Nor is a word a slip of itself."""
    assert "fundraiser" not in one_slip_away(other)


def test_every_spelling_is_named_once_and_in_order() -> None:
    """Short enough to count by hand: one letter less, a letter more in two places, nothing to swap."""
    told = one_slip_away("ab")

    assert sorted(set(told)) == told
    assert {"a", "abb", "aab", "abz", "azb"} <= set(told)
    assert 1 + 26 + 26 - 1 == len(told)
