"""Recall by association: completes a damaged or partial vector from stored ones (the Hopfield family).

`complete` is the modern form (softmax over stored patterns): large beta recalls one pattern (identity), moderate
beta blends similar ones (gist), small beta gives the mean of all. The classical forms store +-1 patterns in a
weight matrix: `hebb`, `pseudo_inverse`, and `hebb` over diluted patterns (with zeros), which recalls several at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from remanence.errors import InvalidInput

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Completion:
    """A completed vector [D] and how much of each stored pattern is in it, weights [N] summing to 1."""

    vector: Floats
    weights: Floats

    @property
    def best(self) -> int:
        """Number of the pattern with the most weight."""
        return int(self.weights.argmax())


def _matrix(patterns: ArrayLike, name: str = "patterns") -> Floats:
    matrix = np.asarray(patterns, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[0] == 0 or matrix.shape[1] == 0:
        raise InvalidInput(f"{name} must be a non-empty [N, D] array, not of shape {matrix.shape}")
    if not np.isfinite(matrix).all():
        raise InvalidInput(f"{name} holds a value that is not finite: drop or fill it")
    return matrix


def _vector(query: ArrayLike, size: int, name: str = "query") -> Floats:
    vector = np.asarray(query, dtype=np.float64)
    if vector.shape != (size,):
        raise InvalidInput(f"{name} must have shape ({size},), like the patterns, not {vector.shape}")
    if not np.isfinite(vector).all():
        raise InvalidInput(f"{name} holds a value that is not finite: drop or fill it")
    return vector


def unit(vectors: Floats) -> Floats:
    """Scale rows (or one vector) to length 1; a zero row stays zero."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.where(length > 0.0, length, 1.0))


def softmax(scores: Floats) -> Floats:
    """exp(s) / sum exp(s) over the last axis, safe for large s."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))


# -- modern ---------------------------------------------------------------------------------------------


def complete(
    query: ArrayLike,
    patterns: ArrayLike,
    beta: float = 32.0,
    steps: int = 1,
    *,
    visible: ArrayLike | None = None,
    normalise: bool = True,
) -> Completion:
    """Complete `query` [D] from `patterns` [N, D]: xi <- X^T softmax(beta X xi), `steps` times.

    Ramsauer et al., Hopfield Networks is All You Need (2021). Patterns and query are scaled to length 1 first
    (otherwise long patterns win); the answer blends the patterns as given. `visible` [D] marks the dimensions
    that can be trusted: the first step compares on these only, as needed under occlusion.
    """
    stored = _matrix(patterns)
    state = _vector(query, stored.shape[1])
    if not (np.isfinite(beta) and beta >= 0.0):
        raise InvalidInput(f"beta must be a finite number, at least 0, not {beta!r}")
    if steps < 1:
        raise InvalidInput(f"steps must be at least 1, not {steps}")
    keys = unit(stored) if normalise else stored
    seen = _visible(visible, stored.shape[1])
    first = np.where(seen, stored, 0.0)
    first = unit(first) if normalise else first
    state = np.where(seen, state, 0.0)
    weights = softmax(beta * (first @ (unit(state) if normalise else state)))
    for _ in range(steps - 1):
        state = weights @ keys
        weights = softmax(beta * (keys @ (unit(state) if normalise else state)))
    return Completion(weights @ stored, weights)


def _visible(visible: ArrayLike | None, size: int) -> NDArray[np.bool_]:
    if visible is None:
        return np.ones(size, dtype=bool)
    mask = np.asarray(visible, dtype=bool)
    if mask.shape != (size,):
        raise InvalidInput(f"visible must have shape ({size},), not {mask.shape}")
    if not mask.any():
        raise InvalidInput("visible marks no dimension: at least one must be trusted")
    return mask


def energy(query: ArrayLike, patterns: ArrayLike, beta: float = 32.0) -> float:
    """-lse(beta, X xi) + xi.xi / 2, on unit vectors; each step of `complete` lowers it."""
    keys = unit(_matrix(patterns))
    state = _vector(query, keys.shape[1])
    scores = beta * (keys @ state)
    top = float(scores.max())
    return float(-(top + np.log(np.exp(scores - top).sum())) / beta + 0.5 * (state @ state))


def nearest(query: ArrayLike, patterns: ArrayLike, *, visible: ArrayLike | None = None) -> int:
    """Number of the pattern with the largest cosine to the query on the visible dimensions: the control."""
    stored = _matrix(patterns)
    seen = _visible(visible, stored.shape[1])
    state = np.where(seen, _vector(query, stored.shape[1]), 0.0)
    return int((unit(np.where(seen, stored, 0.0)) @ unit(state)).argmax())


# -- classical ------------------------------------------------------------------------------------------


def hebb(patterns: ArrayLike) -> Floats:
    """J = (1/N) sum xi xi^T with a zero diagonal, for patterns [P, N] of -1, +1 and (diluted) 0."""
    stored = _signs(patterns)
    weights = stored.T @ stored / stored.shape[1]
    np.fill_diagonal(weights, 0.0)
    return np.asarray(weights)


def pseudo_inverse(patterns: ArrayLike) -> Floats:
    """Projection onto the span of the patterns: stores up to N correlated patterns exactly (Personnaz 1986)."""
    stored = _signs(patterns)
    return np.asarray(np.linalg.pinv(stored) @ stored)


def _signs(patterns: ArrayLike) -> Floats:
    stored = _matrix(patterns)
    if not np.isin(stored, (-1.0, 0.0, 1.0)).all():
        raise InvalidInput("classical patterns hold -1, 0 and +1 only: threshold the values first")
    return stored


def relax(cue: ArrayLike, weights: Floats, *, sweeps: int = 50, rng: np.random.Generator | None = None) -> Floats:
    """Update the neurons of `cue` [N] by the sign of their field until nothing changes, at most `sweeps` times.

    With an rng one neuron at a time in random order (the energy never rises, for symmetric weights with a
    non-negative diagonal); without one all at once. A neuron without field keeps its state.
    """
    state = _vector(cue, len(weights), "cue").copy()
    for _ in range(sweeps):
        before = state.copy()
        if rng is None:
            field = weights @ state
            state = np.where(field == 0.0, state, np.sign(field))
        else:
            for i in rng.permutation(len(state)).tolist():
                field_i = float(weights[i] @ state)
                if field_i != 0.0:
                    state[i] = 1.0 if field_i > 0.0 else -1.0
        if (state == before).all():
            break
    return state


def overlaps(state: Floats, patterns: ArrayLike) -> Floats:
    """m_k = (1/N) sum_i xi_i^k s_i of a state [N] with each pattern."""
    stored = _matrix(patterns)
    return np.asarray(stored @ state / stored.shape[1])


def diluted_patterns(count: int, size: int, dilution: float, rng: np.random.Generator) -> Floats:
    """Random patterns [count, size]: 0 with probability `dilution`, else -1 or +1."""
    if not 0.0 <= dilution < 1.0:
        raise InvalidInput(f"dilution must lie in [0, 1), not {dilution}")
    signs = rng.choice(np.array([-1.0, 1.0]), size=(count, size))
    return np.asarray(np.where(rng.random((count, size)) < dilution, 0.0, signs))


def multitasking_law(dilution: float, count: int) -> Floats:
    """|m_k| = (1 - d) d^k, k = 0, 1, ..: how much of each pattern one relaxed state holds (Agliari et al.)."""
    return np.asarray((1.0 - dilution) * dilution ** np.arange(count))
