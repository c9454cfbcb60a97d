"""Intervals and tests of the arena, checked by hand where there is a closed form."""

from __future__ import annotations

from fractions import Fraction

import pytest

from remanence.arena.core import stats


def test_the_sign_test_is_the_binomial_tail():
    """Four wins and no loss: 2 / 2^4; ties do not count."""
    assert Fraction(1, 8) == pytest.approx(stats.sign_test([1, 1, 1, 1, 0], [0, 0, 0, 0, 0]))
    assert 1.0 == stats.sign_test([1, 0], [0, 1])


def test_the_exact_permutation_test_counts_all_flips():
    """Three equal gaps: only +++ and --- of 8 flips are as extreme."""
    assert Fraction(1, 4) == pytest.approx(stats.permutation_test([1, 1, 1], [0, 0, 0]))
    assert 1.0 == stats.permutation_test([1, 2], [1, 2])


def test_holm_multiplies_by_the_tests_left_and_never_falls():
    """.01, .04, .03 of three: .03, .06, .06."""
    assert [0.03, 0.06, 0.06] == pytest.approx(stats.holm([0.01, 0.04, 0.03]))


def test_win_tie_loss_counts_questions():
    """One each."""
    assert (1, 1, 1) == stats.win_tie_loss([1, 0, 0], [0, 0, 1])


def test_letters_name_the_rows_that_are_beaten():
    """The better row carries the letter of the worse one, and a tie carries none."""
    strong, weak = [1.0] * 30, [0.0] * 30

    got = stats.letters({"weak": weak, "strong": strong, "same": strong})

    assert {"weak": "", "strong": "a", "same": "a"} == got


def test_intervals_hold_the_mean_and_repeat():
    """Seeded: twice the same; a constant has no width."""
    values = [0.0, 1.0] * 50

    low, high = stats.bootstrap(values)

    assert low < 0.5 < high
    assert (low, high) == stats.bootstrap(values)
    assert (1.0, 1.0) == stats.bootstrap([1.0] * 5)


def test_drawing_whole_talks_widens_the_interval():
    """Questions of one talk that agree with each other carry less information."""
    talks = [[1.0] * 20, [0.0] * 20, [1.0] * 20, [0.0] * 20]

    low, high = stats.clustered(talks)
    single = stats.bootstrap([value for talk in talks for value in talk])

    assert high - low > single[1] - single[0]


def test_wilson_stays_inside_the_unit_interval():
    """0 of 10: the published interval is 0 to .278."""
    low, high = stats.wilson(0, 10)

    assert (0.0, 0.2775) == pytest.approx((low, high), abs=1e-3)


def test_rows_beyond_z_get_two_letters():
    """27th row: aa."""
    assert ["a", "z", "aa", "ab"] == [stats.letter(n) for n in (0, 25, 26, 27)]
