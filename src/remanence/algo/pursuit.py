"""Matching pursuit: a vector as few atoms of a dictionary, coarse ones first; what is left over is news.

    r = x; repeat: j = argmax relu(w_j . r), z_j += relu(w_j . r), r -= relu(w_j . r) w_j

Mallat and Zhang 1993; unrolled as an encoder by Costa et al. 2025 (MP-SAE). With unit atoms
|x|^2 = sum_t c_t^2 + |r|^2 holds exactly, so the residual never grows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Code:
    """Atoms in the order in which they were taken, the coefficient of each step, and what is left."""

    atoms: tuple[int, ...]
    steps: tuple[float, ...]
    residual: Array

    def novelty(self, vector: NDArray[np.floating]) -> float:
        """Share of the vector that no atom explains, in [0, 1]."""
        whole = float(np.linalg.norm(vector))
        return float(np.linalg.norm(self.residual)) / whole if whole else 0.0

    def dense(self, size: int) -> Array:
        """Coefficients [size]; an atom taken twice has the sum."""
        made = np.zeros(size)
        np.add.at(made, np.array(self.atoms, np.int64), np.array(self.steps))
        return made


def pursue(
    vector: NDArray[np.floating], dictionary: NDArray[np.floating], *, most: int = 16, enough: float = 1e-6
) -> Code:
    """The code of a vector [D] over unit rows [N, D]: at most `most` steps, or until |r| <= enough |x|."""
    left = np.asarray(vector, np.float64).copy()
    rows = np.asarray(dictionary, np.float64)
    bound = enough * float(np.linalg.norm(left))
    atoms, steps = list[int](), list[float]()
    while len(atoms) < most and float(np.linalg.norm(left)) > bound:
        fit = rows @ left
        best = int(np.argmax(fit))
        if fit[best] <= 0:
            break
        atoms.append(best)
        steps.append(float(fit[best]))
        left = left - fit[best] * rows[best]
    return Code(tuple(atoms), tuple(steps), left)


def learn(vectors: NDArray[np.floating], size: int, *, most: int = 4, rounds: int = 10, seed: int = 0) -> Array:
    """A dictionary of `size` unit rows by rounds of pursuit and rank-one update (K-SVD, Aharon et al. 2006)."""
    data = np.asarray(vectors, np.float64)
    rng = np.random.default_rng(seed)
    rows = _unit(
        data[rng.choice(len(data), size, replace=len(data) < size)] + 1e-9 * rng.standard_normal((size, data.shape[1]))
    )
    for _ in range(rounds):
        codes = np.stack([pursue(x, rows, most=most).dense(size) for x in data])
        for atom in range(size):
            users = np.flatnonzero(codes[:, atom])
            if not len(users):
                worst = int(np.argmax(((data - codes @ rows) ** 2).sum(1)))
                rows[atom] = _unit(data[worst][None])[0]
                continue
            left = data[users] - codes[users] @ rows + np.outer(codes[users, atom], rows[atom])
            turned = left.T @ codes[users, atom]
            if float(np.linalg.norm(turned)) > 0:
                rows[atom] = turned / np.linalg.norm(turned)
                codes[users, atom] = np.maximum(left @ rows[atom], 0.0)
    return rows


def _unit(rows: Array) -> Array:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12), np.float64)
