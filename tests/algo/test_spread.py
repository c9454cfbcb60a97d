"""Spreading activation by hand."""

from __future__ import annotations

import numpy as np
import pytest

from remanence.algo.graph import graph
from remanence.algo.spread import Activation, activate

STAR = graph(np.zeros(4, np.int64), np.arange(1, 5), size=5)
"""A hub, 0, with four leaves."""


def test_activation_flows_one_link_a_round_and_fades():
    """After one round the seed keeps `retain`, its neighbour has `share`, and the next one nothing."""
    path = graph(np.array([0, 1]), np.array([1, 2]), size=3)

    assert pytest.approx([0.5, 0.8, 0]) == activate(
        path, np.array([1.0, 0, 0]), Activation(rounds=1, share=0.8, retain=0.5)
    )
    second = activate(path, np.array([1.0, 0, 0]), Activation(rounds=2, share=0.8, retain=0.5))
    assert pytest.approx([0.25 + 0.8 * 0.8 / 2, 0.4 + 0.4, 0.8 * 0.8 / 2]) == second


def test_a_hub_divides_what_it_sends_by_its_fan():
    """Each of four leaves gets a quarter; without the fan effect each gets the whole."""
    seed = np.array([1.0, 0, 0, 0, 0])

    assert pytest.approx([0.5, 0.2, 0.2, 0.2, 0.2]) == activate(STAR, seed, Activation(rounds=1))
    assert pytest.approx([0.5, 0.8, 0.8, 0.8, 0.8]) == activate(STAR, seed, Activation(rounds=1, fan=False))


def test_only_the_most_excited_stay_active():
    """Lateral inhibition: with `keep=1` the hub alone survives; a floor silences the faint."""
    seed = np.array([1.0, 0, 0, 0, 0])

    assert [0.5, 0, 0, 0, 0] == activate(STAR, seed, Activation(rounds=1, keep=1)).tolist()
    assert [0.5, 0, 0, 0, 0] == activate(STAR, seed, Activation(rounds=1, floor=0.3)).tolist()


def test_activation_stays_between_nothing_and_full():
    """Two full neighbours that excite each other do not exceed 1."""
    pair = graph(np.array([0]), np.array([1]), size=2)

    assert activate(pair, np.array([1.0, 1.0]), Activation(rounds=9, share=1.0, retain=1.0)).max() <= 1
