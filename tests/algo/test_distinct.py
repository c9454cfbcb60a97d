"""Distinct numbers are those that numpy finds."""

from __future__ import annotations

import numpy as np
import pytest

from remanence.algo.distinct import distinct, distinct_places, without


@pytest.mark.parametrize("values", [[], [3], [2, 1, 2, 2, -5, 1], [[4, 4], [0, 9]]])
def test_the_same_as_numpy(values: list[int]) -> None:
    """With the places of each."""
    given = np.array(values, np.int64)
    expected, inverse = np.unique(given, return_inverse=True)

    found, places = distinct_places(given)

    assert expected.tolist() == found.tolist() == distinct(given).tolist()
    assert inverse.reshape(-1).tolist() == places.tolist()


@pytest.mark.parametrize("others", [[], [2], [9, 1, 1], [-5, 1, 2, 3]])
def test_a_difference_as_numpys(others: list[int]) -> None:
    """Sorted, without repeats."""
    given = np.array([2, 1, 2, 2, -5, 1], np.int64)

    assert np.setdiff1d(given, others).tolist() == without(given, np.array(others, np.int64)).tolist()
