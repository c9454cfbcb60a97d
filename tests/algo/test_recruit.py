"""Recruitment: as many clusters as pay for themselves, none for noise; the dial sharpens attention."""

from __future__ import annotations

import numpy as np
import pytest

from remanence.algo.recruit import code_length, localise, recruit


@pytest.mark.parametrize("topics", [1, 2, 5, 9])
def test_separated_topics_recruit_one_cluster_each_without_being_told_how_many(topics: int) -> None:
    """Within one, for three seeds."""
    for seed in range(3):
        rng = np.random.default_rng(seed)
        centres = rng.standard_normal((topics, 12)) * 6
        points = centres[rng.integers(topics, size=300)] + rng.standard_normal((300, 12))

        found = len(set(recruit(points, seed=seed).tolist()))

        assert abs(found - topics) <= 1


def test_noise_recruits_none_and_without_the_price_of_a_name_it_would() -> None:
    """One cluster for a Gaussian; halving it shortens the points alone, not points and names."""
    points = np.random.default_rng(1).standard_normal((400, 8))
    halves = (points[:, 0] > 0).astype(np.int64)

    labels = recruit(points)

    assert {0} == set(labels.tolist())
    spread = sum((halves == k).sum() * 4 * np.log(points[halves == k].var(0).mean()) for k in (0, 1))
    assert spread < 400 * 4 * np.log(points.var(0).mean())
    assert code_length(points, halves) > code_length(points, labels)


def test_the_code_length_of_two_points_by_hand() -> None:
    """Variance 1 in one dimension: 2 * 1/2 log(2 pi e) + 0 + 1 * log 2."""
    points = np.array([[-1.0], [1.0]])

    told = code_length(points, np.zeros(2, np.int64))

    assert abs(told - (np.log(2 * np.pi * np.e) + np.log(2))) < 1e-12


def test_entropy_falls_as_the_locality_dial_rises() -> None:
    """From the plain softmax on; a floor masks what is far below the best."""
    scores = np.random.default_rng(0).standard_normal(10)

    def entropy(dial: float) -> float:
        p = localise(scores, dial)
        return float(-(p * np.log(p)).sum())

    told = [entropy(dial) for dial in (0.0, 0.5, 1.0, 2.0, 5.0)]
    assert sorted(told, reverse=True) == told
    assert np.allclose(localise(scores, 0.0), np.exp(scores) / np.exp(scores).sum())
    assert 1 == np.count_nonzero(localise(np.array([3.0, 0.0]), 0.0, floor=0.5))
