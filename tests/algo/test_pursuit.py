"""Matching pursuit: the residual falls, energy is kept, parents come before children, news is what is left."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from remanence.algo.pursuit import learn, pursue


def _two_levels() -> tuple[np.ndarray, np.ndarray, list[tuple[int, int]]]:
    """Four parents, three children each: orthonormal atoms; a sample is 3 parent + 1 child."""
    basis = np.linalg.qr(np.random.default_rng(0).standard_normal((24, 24)))[0]
    atoms = basis[:16]
    pairs = [(p, 4 + 3 * p + c) for p in range(4) for c in range(3)]
    rng = np.random.default_rng(1)
    chosen = [pairs[n] for n in rng.integers(len(pairs), size=120)]
    data = np.stack([3 * atoms[p] + 1 * atoms[c] + 0.01 * rng.standard_normal(24) for p, c in chosen])
    return atoms, data, chosen


def test_the_residual_falls_at_each_step_and_energy_is_kept() -> None:
    """|x|^2 = sum c^2 + |r|^2 to 1e-9, for random overcomplete dictionaries."""
    rng = np.random.default_rng(2)
    rows = rng.standard_normal((64, 16))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    for _ in range(20):
        x = rng.standard_normal(16)
        norms = [float(np.linalg.norm(pursue(x, rows, most=n).residual)) for n in range(12)]

        code = pursue(x, rows, most=12)

        assert all(a > b for a, b in pairwise(norms))
        assert abs(x @ x - sum(c * c for c in code.steps) - code.residual @ code.residual) < 1e-9
        assert np.allclose(x - code.dense(64) @ rows, code.residual)


def test_the_parent_is_taken_before_the_child() -> None:
    """On a dictionary of two levels, for every sample."""
    atoms, data, chosen = _two_levels()

    assert [list(pair) for pair in chosen] == [list(pursue(x, atoms, most=2).atoms) for x in data]


def test_what_no_atom_explains_is_novel() -> None:
    """Near 0 for what the dictionary was made for, 1 for what is orthogonal to it."""
    basis = np.linalg.qr(np.random.default_rng(0).standard_normal((24, 24)))[0]
    atoms, data, _ = _two_levels()

    assert pursue(data[0], atoms, most=2).novelty(data[0]) < 0.05
    assert pursue(basis[20], atoms).novelty(basis[20]) > 0.999
    assert 0.0 == pursue(np.zeros(24), atoms).novelty(np.zeros(24))


def test_a_learnt_dictionary_leaves_less_than_a_random_one() -> None:
    """Twelve rows for samples of twelve kinds."""
    _, data, _ = _two_levels()
    rng = np.random.default_rng(3)
    random = rng.standard_normal((12, 24))
    random /= np.linalg.norm(random, axis=1, keepdims=True)

    def left(rows: np.ndarray) -> float:
        return float(np.mean([np.linalg.norm(pursue(x, rows, most=2).residual) for x in data]))

    rows = learn(data, 12, most=2)

    assert np.allclose(np.linalg.norm(rows, axis=1), 1.0)
    assert left(rows) < 0.3 * left(random)


def test_pursuit_ends_where_nothing_is_left_or_nothing_fits() -> None:
    """Three times an atom is one step; the opposite of all atoms none, and it is news; of 3 a + b one step leaves a
    third, which is enough where half is."""
    atoms = np.linalg.qr(np.random.default_rng(0).standard_normal((24, 24)))[0][:16]

    one, opposite = pursue(3 * atoms[5], atoms), pursue(-atoms.sum(0), atoms)

    assert ((5,), True) == (one.atoms, abs(one.steps[0] - 3) < 1e-12)
    assert () == opposite.atoms
    assert (0,) == pursue(3 * atoms[0] + atoms[1], atoms, enough=0.5).atoms
    assert abs(opposite.novelty(-atoms.sum(0)) - 1) < 1e-12


@pytest.mark.parametrize("seed", [12, 20, 25])
def test_a_row_that_nobody_uses_becomes_what_is_explained_worst(seed: int) -> None:
    """Two hundred copies of one direction, one of another to which no row leans: it gets a row of its own."""
    basis = np.linalg.qr(np.random.default_rng(seed).standard_normal((12, 12)))[0]
    data = np.stack([basis[0]] * 200 + [basis[1]])

    rows = learn(data, 3, most=1, seed=seed)

    assert max(pursue(x, rows, most=1).novelty(x) for x in data) < 0.1


@pytest.mark.parametrize("seed", range(3))
def test_a_learnt_row_becomes_the_main_direction_of_what_uses_it(seed: int) -> None:
    """One row for noisy samples of one direction: the first singular vector, where a sample itself is far from it."""
    rng = np.random.default_rng(seed)
    data = np.outer(rng.uniform(1, 2, 60), np.eye(8)[0]) + 0.3 * rng.standard_normal((60, 8))

    rows = learn(data, 1, most=1, rounds=20, seed=seed)

    main = np.linalg.svd(data)[2][0]
    assert abs(rows[0] @ main) > 0.9999
    assert abs(learn(data, 1, most=1, rounds=0, seed=seed)[0] @ main) < 0.999
