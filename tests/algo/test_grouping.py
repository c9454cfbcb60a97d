"""Components, communities and k-means on graphs and points small enough to see."""

from __future__ import annotations

import numpy as np

from remanence.algo.communities import communities
from remanence.algo.components import components
from remanence.algo.graph import graph
from remanence.algo.kmeans import kmeans

TRIANGLES = (np.array([0, 1, 2, 3, 4, 5, 2]), np.array([1, 2, 0, 4, 5, 3, 3]))
"""Two triangles, 0-1-2 and 3-4-5, and a bridge from 2 to 3."""


def test_components_are_named_by_their_smallest_node():
    """A chain in any order is one component; a node without edges is its own."""
    assert [0, 0, 2, 0, 4, 4] == components(np.array([3, 1, 5]), np.array([1, 0, 4]), size=6).tolist()


def test_a_long_chain_is_one_component():
    """However long the way, the label arrives."""
    order = np.random.default_rng(0).permutation(1000)

    assert {0} == set(components(order[:-1], order[1:], size=1000).tolist())


def test_two_triangles_with_a_bridge_are_two_communities():
    """The bridge is one of three links of its ends, so each end stays with its own."""
    for seed in range(5):
        label = communities(graph(*TRIANGLES, size=6), np.random.default_rng(seed))
        assert [0, 0, 0, 1, 1, 1] == label.tolist()


def test_kmeans_separates_two_directions():
    """Points along two axes fall into two groups with unit centres."""
    angles = np.array([0.0, 0.1, -0.1, 1.5, 1.6, 1.4])
    points = np.stack([np.cos(angles), np.sin(angles)], axis=1)

    label, centres = kmeans(points, 2, np.random.default_rng(1))

    assert len(set(label[:3])) == len(set(label[3:])) == 1
    assert label[0] != label[3]
    assert np.allclose(np.linalg.norm(centres, axis=1), 1)


def test_kmeans_makes_no_more_groups_than_there_are_points():
    """Three copies of one point are one group, whatever k says."""
    label, centres = kmeans(np.array([[1.0, 0]] * 3), 3, np.random.default_rng(1))

    assert [0, 0, 0] == label.tolist()
    assert 1 == len(centres)
