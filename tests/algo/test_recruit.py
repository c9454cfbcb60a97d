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


def test_the_code_length_of_two_clusters_by_hand() -> None:
    """Two points around 0 and two around 10, variance 1 each: 2 log(2 pi e) + 4 log 2 (whose is each) + 2 log 4."""
    points = np.array([[-1.0], [1.0], [9.0], [11.0]])

    told = code_length(points, np.array([0, 0, 1, 1]))

    assert abs(told - (2 * np.log(2 * np.pi * np.e) + 4 * np.log(2) + 2 * np.log(4))) < 1e-12


@pytest.mark.parametrize("seed", range(3))
def test_no_more_are_recruited_than_may_be_and_every_point_chose_its_nearest(seed: int) -> None:
    """Nine topics in three places; and of nine found, choosing once more shortens nothing."""
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((9, 3)) * 4
    points = centres[rng.integers(9, size=300)] + rng.standard_normal((300, 3))

    labels = recruit(points, seed=seed)

    means = np.stack([points[labels == kind].mean(0) for kind in np.unique(labels)])
    nearest = ((points[:, None] - means[None]) ** 2).sum(-1).argmin(1)
    assert code_length(points, labels) <= code_length(points, nearest) + 1e-6
    assert 3 >= len(set(recruit(points, most=3, seed=seed).tolist()))


@pytest.mark.parametrize("seed", range(3))
def test_the_locality_dial_by_hand(seed: int) -> None:
    """At 2 it is the softmax of three times the scores; the entropy falls with every turn."""
    scores = np.random.default_rng(seed).standard_normal(10)

    told = [localise(scores, dial) for dial in (0.0, 0.5, 2.0)]

    assert np.allclose(np.exp(3 * scores) / np.exp(3 * scores).sum(), told[2])
    entropies = [float(-(p * np.log(p)).sum()) for p in told]
    assert entropies[0] > entropies[1] > entropies[2]
