"""Intervals and tests of the arena, checked by hand where there is a closed form."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
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


def luck(rng, talks, each=60, gain=0.0, rows=2):
    """Right or wrong of some systems; a whole conversation suits one of them better than another."""
    clusters = [talk for talk in range(talks) for _ in range(each)]
    columns = {}
    for row in range(rows):
        own = rng.normal(0, 0.15, talks)
        chance = [0.55 + own[talk] + (gain if row == 0 else 0.0) for talk in clusters]
        columns[f"s{row}"] = [float(rng.random() < one) for one in chance]
    return columns, clusters


def test_luck_of_a_conversation_is_not_called_a_difference():
    """Five conversations, no true difference: letters in about 5 % of draws; by single questions in a third of them."""
    rng = np.random.default_rng(3)
    drawn = [luck(rng, 5) for _ in range(120)]

    by_talk = sum(any(stats.letters(columns, clusters=clusters).values()) for columns, clusters in drawn)
    by_question = sum(stats.permutation_test(*columns.values(), rounds=500) < 0.05 for columns, _ in drawn)

    assert by_talk <= 12
    assert by_question >= 30


def test_letters_can_appear_with_many_rows():
    """Sixteen rows, 120 pairs: a row that is right everywhere beats fifteen that guess."""
    rng = np.random.default_rng(5)
    columns, clusters = luck(rng, 24, each=10, rows=16)
    columns["s0"] = [1.0] * len(clusters)

    assert 15 == len(stats.letters(columns, clusters=clusters)["s0"])


def test_testing_against_one_row_leaves_the_others_alone():
    """Only pairs with that row are tested and corrected for."""
    columns = {"a": [0.0] * 30, "b": [1.0] * 30, "c": [0.5] * 30}

    assert {("a", "b"), ("b", "c")} == set(stats.pairwise(columns, against="b"))
    assert {"a": "", "b": "ac", "c": ""} == stats.letters(columns, against="b")


def test_a_conversation_is_flipped_as_a_whole():
    """Four questions of two talks: the sums are 2 and 2, so two of four flips are as extreme."""
    assert Fraction(1, 2) == pytest.approx(
        stats.permutation_test([1, 1, 1, 1], [0, 0, 0, 0], clusters=["x", "x", "y", "y"])
    )
    assert Fraction(1, 8) == pytest.approx(stats.permutation_test([1, 1, 1, 1], [0, 0, 0, 0]))


def test_students_tails_are_those_of_the_tables():
    """t = 2.776 with 4 and 12.706 with 1 degrees of freedom leave 5 %."""
    for t, count in ((2.776, 5), (12.706, 2)):
        spread = np.asarray([-1.0, 1.0] if count == 2 else [-1.0, -0.5, 0.0, 0.5, 1.0])
        sums = spread + t * spread.std(ddof=1) / count**0.5

        assert 0.05 == pytest.approx(stats.student_test(sums[:, None])[0], abs=1e-4)
