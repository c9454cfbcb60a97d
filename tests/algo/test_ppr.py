"""Personalised PageRank against numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from remanence.algo.graph import graph
from remanence.algo.ppr import power, push


def line(*weights: float):
    """The path 0 - 1 - 2 ... with these weights."""
    steps = np.arange(len(weights))
    return graph(steps, steps + 1, np.array(weights), size=len(weights) + 1)


@pytest.mark.parametrize("walk", [power, lambda *args, **knobs: push(*args, epsilon=1e-9, **knobs)[0]])
def test_a_walk_on_a_path_stands_where_the_equations_say(walk):
    """On 0 - 1 - 2 from 0 with restart 1/2 the shares are 7/12, 4/12 and 1/12."""
    rank = walk(line(1, 1), np.array([1.0, 0, 0]), restart=0.5)

    assert pytest.approx([7 / 12, 4 / 12, 1 / 12], abs=1e-6) == rank


def test_weights_divide_the_walkers():
    """From 1, which leads to 0 with weight 3 and to 2 with weight 1, three of four go to 0."""
    rank = power(line(3, 1), np.array([0, 1.0, 0]), restart=0.5)

    assert pytest.approx([1 / 3 * 3 / 4, 2 / 3, 1 / 3 * 1 / 4], abs=1e-6) == rank


def test_a_node_without_edges_sends_its_walkers_home():
    """A lone seed keeps all of the mass."""
    lone = graph(np.array([1]), np.array([2]), size=3)

    assert pytest.approx([1, 0, 0]) == power(lone, np.array([2.0, 0, 0]))
    assert pytest.approx([1, 0, 0], abs=1e-3) == push(lone, np.array([2.0, 0, 0]))[0]


def test_push_agrees_with_power_on_a_random_graph():
    """Every entry is short by at most epsilon times the node's edges."""
    rng = np.random.default_rng(3)
    walked = graph(rng.integers(0, 300, 1500), rng.integers(0, 300, 1500), rng.random(1500), size=300)
    seeds = np.zeros(300)
    seeds[[5, 77, 190]] = [1, 2, 3]

    exact = power(walked, seeds, restart=0.3)
    near, whole = push(walked, seeds, restart=0.3, epsilon=1e-5)

    assert whole
    assert (exact - near >= -1e-9).all()
    assert (exact - near <= 1e-5 * np.maximum(np.diff(walked.start), 1) + 1e-9).all()


def test_push_says_when_it_stopped_at_its_bound():
    """With no edges to spend the answer is marked as not whole."""
    rank, whole = push(line(1, 1, 1), np.array([1.0, 0, 0, 0]), max_edges=0)

    assert not whole
    assert pytest.approx([0.5, 0, 0, 0]) == rank


def test_no_seed_gives_no_rank():
    """Nothing is visited when nobody sets out."""
    assert [0, 0, 0] == power(line(1, 1), np.zeros(3)).tolist()
    assert [0, 0, 0] == push(line(1, 1), np.zeros(3))[0].tolist()
