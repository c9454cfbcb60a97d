"""Extractive summaries keep what matters once."""

from __future__ import annotations

import numpy as np
import pytest

from remanence.errors import InvalidInput
from remanence.language.summary import extractive, summarise

TALK = [
    "Hey Mel!",
    "Caroline went to a support group in Boston.",
    "The support group in Boston helped Caroline.",
    "How are you?",
    "She wants to study counseling at the university.",
]


def test_sentences_that_say_something_are_kept_in_order() -> None:
    """Greetings and questions give way to statements."""
    kept = extractive(TALK, k=2)

    assert kept == sorted(kept)
    assert 0 not in kept
    assert 3 not in kept


def test_a_budget_bounds_the_characters() -> None:
    """No sentence is cut, none that does not fit is taken."""
    kept = extractive(TALK, budget=60)

    assert 60 >= sum(len(TALK[i]) for i in kept)
    assert kept
    assert [] == extractive(TALK, budget=3)


def test_vectors_find_the_centre_and_variety() -> None:
    """Of two equal sentences one is kept, and the outlier last."""
    sentences = ["alpha beta gamma delta", "alpha beta gamma delta", "epsilon zeta eta theta"]
    vectors = np.array([[1.0, 0.1], [1.0, 0.1], [0.6, 0.8]])

    assert [0, 2] == extractive(sentences, vectors, 2, diversity=0.7)
    assert [0, 1] == extractive(sentences, vectors, 2, diversity=0.0)


def test_a_summary_is_made_of_the_texts_own_sentences() -> None:
    """Extractive: every word was said."""
    text = summarise(["I moved to Rome. Wow!", "Bob lives in Oslo."], 2)

    assert "I moved to Rome. Bob lives in Oslo." == text
    assert "" == summarise([], 2)


def test_impossible_knobs_are_refused() -> None:
    """The message says what would do."""
    with pytest.raises(InvalidInput, match="one row for each"):
        extractive(TALK, np.zeros((2, 3)))
    with pytest.raises(InvalidInput, match="between 0 and 1"):
        extractive(TALK, diversity=2.0)
