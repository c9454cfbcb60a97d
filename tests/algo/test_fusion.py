"""Reciprocal rank fusion and maximal marginal relevance by hand."""

from __future__ import annotations

import numpy as np
import pytest

from remanence.algo.mmr import mmr
from remanence.algo.rrf import rrf


def test_a_row_in_both_lists_beats_a_row_that_heads_one():
    """7 is second and first: (1/62 + 1/61) / (2/61) of the best possible."""
    rows, scores = rrf([np.array([5, 7]), np.array([7, 9])], k=60)

    assert [7, 5, 9] == rows.tolist()
    assert pytest.approx([(61 / 62 + 1) / 2, 1 / 2, 61 / 62 / 2]) == scores


def test_a_heavier_vote_counts_for_more():
    """With weights 3 and 1 the first list's head wins."""
    rows, scores = rrf([np.array([1]), np.array([2])], k=0, weights=[3, 1])

    assert [1, 2] == rows.tolist()
    assert pytest.approx([3 / 4, 1 / 4]) == scores


def test_fusing_nothing_finds_nothing():
    """Empty rankings give empty rows."""
    assert [] == rrf([np.zeros(0, np.int64)])[0].tolist()
    assert [] == rrf([])[0].tolist()


def test_what_was_said_is_passed_over_for_what_was_not():
    """The twin of the best comes after the less relevant stranger: 0.45 - 0.5 < 0.4 - 0."""
    vectors = np.array([[1.0, 0], [1, 0], [0, 1]])

    assert [0, 2, 1] == mmr(np.array([1.0, 0.9, 0.8]), vectors, 3, balance=0.5).tolist()


def test_full_weight_on_relevance_changes_nothing():
    """With balance 1 the order is that of the scores."""
    vectors = np.array([[1.0, 0], [1, 0], [0, 1]])

    assert [0, 1] == mmr(np.array([1.0, 0.9, 0.8]), vectors, 2, balance=1).tolist()
