"""The Hopfield family: identity and gist, capacity, several memories at once, and the honest control."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import numpy as np
import pytest

from remanence.algo.hopfield import (
    complete,
    diluted_patterns,
    energy,
    hebb,
    multitasking_law,
    nearest,
    overlaps,
    relax,
    unit,
)
from remanence.bio.hopfield import AssociativeMemory, HopfieldNetwork
from remanence.errors import InvalidInput


def test_large_beta_recalls_the_nearest_pattern() -> None:
    """At beta 1000 the completion is the pattern with the largest cosine, for every query."""
    rng = np.random.default_rng(0)
    patterns = rng.normal(size=(40, 16))

    for query in rng.normal(size=(30, 16)):
        answer = complete(query, patterns, beta=1000.0, steps=3)

        assert nearest(query, patterns) == answer.best
        assert np.allclose(patterns[answer.best], answer.vector, atol=0.1)


def test_beta_runs_from_the_mean_of_all_over_a_cluster_to_one_pattern() -> None:
    """Two clusters of three: beta 0 gives the mean of all, 8 the cluster's gist, 2000 one member."""
    rng = np.random.default_rng(1)
    centres = unit(rng.normal(size=(2, 32)))
    patterns = np.concatenate([centre + 0.05 * rng.normal(size=(3, 32)) for centre in centres])

    everything = complete(patterns[0], patterns, beta=0.0)
    gist = complete(patterns[0], patterns, beta=8.0)
    identity = complete(patterns[0], patterns, beta=2000.0)

    assert np.allclose(patterns.mean(axis=0), everything.vector)
    assert gist.weights[:3].sum() > 0.95
    assert gist.weights[:3].max() < 0.6
    assert identity.weights[0] > 0.999


def test_each_step_lowers_the_energy() -> None:
    """The update of the modern form never raises its energy."""
    rng = np.random.default_rng(2)
    patterns = unit(rng.normal(size=(20, 12)))
    state = unit(rng.normal(size=12))
    levels = [energy(state, patterns, 4.0)]
    for _ in range(6):
        state = complete(state, patterns, beta=4.0, normalise=False).vector
        levels.append(energy(state, patterns, 4.0))

    assert all(after <= before + 1e-12 for before, after in itertools.pairwise(levels))


def test_masking_the_hidden_half_recalls_what_comparing_everything_misses() -> None:
    """Half of each vector is blanked: told what is visible, recall is perfect; untold, it is not."""
    rng = np.random.default_rng(3)
    patterns = rng.random((200, 20)) + np.arange(20) / 4
    visible = np.arange(20) < 10
    told = [complete(np.where(visible, p, 0.0), patterns, 5000.0, visible=visible).best for p in patterns]
    untold = [complete(np.where(visible, p, 0.0), patterns, 5000.0).best for p in patterns]

    assert list(range(200)) == told
    assert np.mean(np.array(untold) == np.arange(200)) < 0.9


@pytest.mark.parametrize("dilution", [0.2, 0.4, 0.6, 0.8])
def test_diluted_patterns_come_back_together_by_the_law(dilution: float) -> None:
    """N = 600, three patterns: |m_k| = (1 - d) d^k within .05."""
    measured = []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        patterns = diluted_patterns(3, 600, dilution, rng)
        state = relax(patterns[0], hebb(patterns), rng=rng)
        measured.append(np.sort(np.abs(overlaps(state, patterns)))[::-1])

    assert np.allclose(multitasking_law(dilution, 3), np.mean(measured, axis=0), atol=0.05)


def test_undiluted_patterns_come_back_one_at_a_time() -> None:
    """The control: without zeros one pattern is recalled whole, the others not."""
    rng = np.random.default_rng(4)
    patterns = diluted_patterns(3, 600, 0.0, rng)

    found = overlaps(relax(patterns[0], hebb(patterns), rng=rng), patterns)

    assert found[0] > 0.99
    assert np.abs(found[1:]).max() < 0.15


def test_memories_on_separate_fields_are_all_recalled_together() -> None:
    """Three memories, each on its own third of the neurons: a cue with half of each brings back all three."""
    rng = np.random.default_rng(5)
    network = HopfieldNetwork(90)
    patterns = np.zeros((3, 90))
    for i in range(3):
        patterns[i, 30 * i : 30 * i + 30] = rng.choice([-1.0, 1.0], 30)
    network.learn(patterns)
    cue = patterns.sum(axis=0) * (rng.random(90) < 0.5)

    assert [0, 1, 2] == network.recall_several(cue, rng=rng)
    assert [1] == network.recall_several(np.where(np.arange(90) // 30 == 1, cue, 0.0), rng=rng)


def test_hebb_forgets_beyond_its_capacity_and_the_pseudo_inverse_later() -> None:
    """N = 100, a tenth of the bits flipped: at 5 patterns both recall, at 30 only the pseudo-inverse."""
    rng = np.random.default_rng(6)

    def recalled(rule: str, count: int) -> float:
        network = HopfieldNetwork(100, rule=rule)  # type: ignore[arg-type]
        patterns = rng.choice([-1.0, 1.0], (count, 100))
        network.learn(patterns)
        cues = np.where(rng.random((count, 100)) < 0.1, -patterns, patterns)
        return float(np.mean([(network.recall(c, rng=rng) == p).all() for c, p in zip(cues, patterns)]))

    assert recalled("hebb", 5) > 0.9
    assert recalled("hebb", 30) < 0.3
    assert recalled("pseudo-inverse", 30) > 0.8


def test_the_empty_memory_is_all_surprise_and_a_known_vector_none() -> None:
    """Surprise 1 before anything is learned, near 0 for what was."""
    rng = np.random.default_rng(7)
    memory = AssociativeMemory(8)
    vector = rng.normal(size=8)

    assert 1.0 == memory.surprise(vector)
    memory.learn(vector)
    assert math.isclose(0.0, memory.surprise(vector), abs_tol=1e-9)


def test_saved_networks_come_back_whole(tmp_path: Path) -> None:
    """Both kinds recall after a load what they recalled before."""
    rng = np.random.default_rng(8)
    network = HopfieldNetwork(60, rule="pseudo-inverse")
    network.learn(rng.choice([-1.0, 1.0], (4, 60)))
    network.save(tmp_path / "net.npz")
    memory = AssociativeMemory(6)
    memory.learn(rng.normal(size=6))
    memory.save(tmp_path / "mem.npz")

    cue = rng.choice([-1.0, 1.0], 60)

    assert (network.recall(cue) == HopfieldNetwork.load(tmp_path / "net.npz").recall(cue)).all()
    assert 1 == len(AssociativeMemory.load(tmp_path / "mem.npz"))


def test_inputs_that_cannot_be_used_are_refused() -> None:
    """Shapes, NaN, foreign values and an empty memory each get a message."""
    with pytest.raises(InvalidInput, match="shape"):
        complete([1.0, 2.0], [[1.0, 2.0, 3.0]])
    with pytest.raises(InvalidInput, match="not finite"):
        complete([math.nan], [[1.0]])
    with pytest.raises(InvalidInput, match="threshold"):
        hebb([[0.5, 1.0]])
    with pytest.raises(InvalidInput, match="visible"):
        complete([1.0], [[1.0]], visible=[False])
    with pytest.raises(InvalidInput, match="learn a vector first"):
        AssociativeMemory(3).gist([1.0, 2.0, 3.0])
