"""The formulas of the arena, computed by hand."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

from remanence.arena.core import metrics

FOUND = ["a", "x", "b", "x", "y", "c"]


def test_the_three_recalls_agree_with_counting_on_fingers():
    """any, all and fraction look at the first k different sources."""
    evidence = ["b", "c", "z"]

    got = [
        (
            metrics.recall_any(FOUND, evidence, k),
            metrics.recall_all(FOUND, evidence, k),
            metrics.fraction(FOUND, evidence, k),
        )
        for k in (2, 3, 5)
    ]

    assert [(0, 0, 0), (1, 0, 1 / 3), (1, 0, 2 / 3)] == got


def test_recall_all_needs_every_piece():
    """One missing piece makes it 0, the last one found makes it 1."""
    assert 0.0 == metrics.recall_all(FOUND, ["a", "c"], 4)
    assert 1.0 == metrics.recall_all(FOUND, ["a", "c"], 5)


def test_a_repeated_source_takes_one_place():
    """The second x does not push c out of the first five."""
    assert 1.0 == metrics.recall_any(FOUND, ["c"], 5)


def test_reciprocal_rank_and_average_precision():
    """b at rank 3 and c at rank 5 of three relevant: RR 1/3, AP (1/3 + 2/5 + 0) / 3."""
    assert Fraction(1, 3) == pytest.approx(metrics.reciprocal_rank(FOUND, ["b", "c", "z"]))
    assert (Fraction(1, 3) + Fraction(2, 5)) / 3 == pytest.approx(metrics.average_precision(FOUND, ["b", "c", "z"]))
    assert 0.0 == metrics.reciprocal_rank(FOUND, ["z"])


def test_the_ideal_of_ndcg_holds_all_evidence_and_not_only_what_was_found():
    """One of two found at rank 1: 1 / (1 + 1/log2 3), not 1."""
    expected = 1 / (1 + 1 / math.log2(3))

    assert expected == pytest.approx(metrics.ndcg(["a", "x"], {"a": 1.0, "b": 1.0}, 10))


def test_graded_gains_weigh_by_their_worth():
    """Gains 3 and 1 in the wrong order: (1 + 3/log2 3) / (3 + 1/log2 3)."""
    expected = (1 + 3 / math.log2(3)) / (3 + 1 / math.log2(3))

    assert expected == pytest.approx(metrics.ndcg(["b", "a"], {"a": 3.0, "b": 1.0}, 10))


def test_precision_counts_empty_places_as_misses():
    """Two of ten places."""
    assert Fraction(1, 5) == pytest.approx(metrics.precision(["a", "b"], ["a", "b"], 10))


def test_token_f1_stems_and_drops_articles():
    """ "the dogs running" against "a dog runs": two of two tokens."""
    assert 1.0 == metrics.token_f1("The dogs, running", "a dog runs")
    assert Fraction(2, 3) == pytest.approx(metrics.token_f1("red car", "red"))
    assert 0.0 == metrics.token_f1("", "red")


def test_a_multi_hop_list_scores_each_golden_part():
    """Two of three listed, each exactly: 2/3."""
    assert Fraction(2, 3) == pytest.approx(
        metrics.locomo_f1("pottery, camping", "camping, pottery, swimming", "multi-hop")
    )


def test_open_domain_takes_the_part_before_the_semicolon():
    """What follows the semicolon is an explanation."""
    assert 1.0 == metrics.locomo_f1("yes", "Yes; because she likes it", "open-domain")


def test_an_adversarial_question_is_right_when_refused():
    """Only a refusal scores."""
    assert 1.0 == metrics.locomo_f1("Not mentioned in the talk", "", "adversarial")
    assert 0.0 == metrics.locomo_f1("A necklace", "", "adversarial")


def test_an_answer_must_stand_as_whole_words():
    """ "Rome" is not in "Romeo"."""
    assert 1.0 == metrics.contains("He was born in Rome.", ["rome"])
    assert 0.0 == metrics.contains("Romeo", ["Rome"])


def test_auroc_counts_pairs_and_halves_ties():
    """Answerable .9 .5, not .5 .1: 3.5 of 4 pairs."""
    assert Fraction(7, 8) == pytest.approx(metrics.auroc([0.9, 0.5, 0.5, 0.1], [True, True, False, False]))
    assert math.isnan(metrics.auroc([0.3], [True]))


def test_calibration_error_weighs_the_bins():
    """Two bins of two: |.95 - .5| and |.15 - 0|, mean .3."""
    assert pytest.approx(0.3) == metrics.calibration_error([0.95, 0.95, 0.15, 0.15], [True, False, False, False])


def test_kendall_tau_is_one_minus_twice_the_swaps():
    """One of three pairs swapped: (2 - 1) / 3."""
    assert Fraction(1, 3) == pytest.approx(metrics.kendall_tau(["a", "c", "b"], ["a", "b", "c"]))
    assert -1.0 == metrics.kendall_tau(["b", "a"], ["a", "b"])
    assert math.isnan(metrics.kendall_tau(["a"], ["a", "b"]))


def test_inventing_an_item_for_an_empty_key_costs():
    """Empty to empty is right; one invented is 0."""
    assert 1.0 == metrics.set_f1([], [])
    assert 0.0 == metrics.set_f1(["x"], [])
    assert Fraction(2, 3) == pytest.approx(metrics.set_f1(["x", "y"], ["X"]))


def test_simple_recall_is_the_mean_of_bin_means():
    """Bins weigh the same however many questions they hold."""
    assert Fraction(3, 4) == pytest.approx(metrics.simple_recall({"0": [1.0], "1": [1.0, 0.0, 0.5, 0.5], "2": []}))
    assert ["0", "1", "2", "3-5", "3-5", "6+"] == [metrics.episode_bin(n) for n in (0, 1, 2, 3, 5, 6)]


def test_a_source_is_told_only_when_its_words_are_there():
    """A listed source whose text is not in the context does not count."""
    record = "I went to the lake with my two dogs yesterday"

    assert metrics.told("[8 May] Ann: went to the lake with my two ...", record)
    assert not metrics.told("[8 May] Ann: something about a lake", record)
    assert metrics.told("Ann: Yes!", "Yes")


def test_hygiene_counts_repeats_junk_and_recalled_text():
    """Counts, not shares: 1 repeat, 1 one-word entry, 1 recalled text kept."""
    got = metrics.hygiene(["A b c", "a, b c!", "ok", "the old fact"], recalled=["The old fact.", "other"])

    assert {"held": 4, "duplicates": 1, "junk": 1, "re_ingested": 1} == got
