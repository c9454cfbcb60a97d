"""The association dial: at nought nothing changes, the query keeps its length, and hits lie farther as it rises."""

from __future__ import annotations

import numpy as np
import pytest

from remanence.algo.dial import Dial, associate, associative_direction

GRAPH = {n: [m for m in (n - 1, n + 1, (n * 7) % 40) if 0 <= m < 40 and m != n] for n in range(40)}
"""A ring of forty with shortcuts."""


def _distances(start: int) -> np.ndarray:
    told = np.full(40, np.inf)
    told[start], edge = 0, [start]
    while edge:
        node = edge.pop(0)
        for n in GRAPH[node]:
            if np.isinf(told[n]):
                told[n] = told[node] + 1
                edge.append(n)
    return told


def test_at_nought_nothing_changes() -> None:
    """Scores, query and temperature are what they were."""
    scores, query = np.array([0.5, 0.0, 0.25] + [0.0] * 37), np.array([1.0, 2.0])
    dial = Dial(0.0)

    assert np.array_equal(scores, associate(scores, GRAPH, dial))
    assert np.array_equal(query, dial.steer(query, np.array([0.0, 1.0])))
    assert 1.0 == dial.temperature()
    assert [1.0, 0.0, 0.0, 0.0] == dial.hop_weights().tolist()


def test_the_mean_distance_of_hits_rises_with_the_dial() -> None:
    """Monotonically, for every start; the mass stays."""
    for start in (0, 7, 23):
        scores = np.zeros(40)
        scores[start] = 2.0
        far = _distances(start)

        told = [associate(scores, GRAPH, Dial(v)) for v in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)]

        means = [float((s * far).sum() / s.sum()) for s in told]
        assert sorted(means) == means
        assert means[0] == 0.0 < means[1]
        assert all(abs(s.sum() - 2.0) < 1e-9 for s in told)


def test_the_query_turns_and_keeps_its_norm() -> None:
    """More dial, nearer to the direction."""
    query, direction = np.array([3.0, 4.0, 0.0]), np.array([0.0, 0.0, 2.0])

    turned = [Dial(v).steer(query, direction) for v in (0.0, 0.3, 0.9)]

    assert all(abs(np.linalg.norm(q) - 5.0) < 1e-9 for q in turned)
    assert turned[0][2] < turned[1][2] < turned[2][2]


def test_the_direction_leads_from_literal_to_associative() -> None:
    """By hand: (0, 1) from (0, 0) and (0, 0) to (0, 2) and (0, 4)."""
    assert [0.0, 1.0] == associative_direction(np.zeros((2, 2)), np.array([[0.0, 2.0], [0.0, 4.0]])).tolist()


def test_where_the_graph_ends_the_share_goes_to_the_farthest_there_is() -> None:
    """Two nodes, three hops; a dial out of range is refused."""
    told = associate(np.array([1.0, 0.0]), {0: [1], 1: [0]}, Dial(1.0))

    assert [0.0, 1.0] == told.tolist()
    with pytest.raises(ValueError, match="dial"):
        Dial(1.5)


def test_half_a_dial_along_a_chain_by_hand() -> None:
    """Three hops from the first of four: 1/8, 3/8, 3/8, 1/8 of the mass, which never runs back; twice as warm."""
    told = associate(np.array([2.0, 0, 0, 0]), {0: [1], 1: [0, 2], 2: [1, 3], 3: [2]}, Dial(0.5))

    assert np.allclose(np.array([2, 6, 6, 2]) / 8, told)
    assert 4.0 == Dial(0.5).temperature(2.0)
