"""The nearest of many: a text that says one thing again and again costs in proportion to its length."""

from __future__ import annotations

import numpy as np

from remanence.stage.neighbours import _best


def test_of_a_thousand_equal_ones_only_the_first_are_compared() -> None:
    """Four for each that is wanted, in the order in which they came."""
    scores = np.ones(1_000, np.float32)

    assert list(range(20)) == _best(scores, 0.9, 5)


def test_the_best_are_compared_wherever_they_stand() -> None:
    """Scores below the floor are not, and the order among few is that of the items."""
    scores = np.linspace(0, 1, 101, dtype=np.float32)

    assert list(range(100, 92, -1)) == _best(scores, 0.5, 2)
    assert [95, 96, 97, 98, 99, 100] == _best(scores, 0.945, 2)
