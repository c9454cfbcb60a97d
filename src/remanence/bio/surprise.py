"""Surprise of each vector in a sequence, from any of the memories here: feed it to `boundaries` to cut episodes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from remanence.algo.hopfield import unit
from remanence.bio.hopfield import AssociativeMemory
from remanence.bio.sparsey import Macrocolumn
from remanence.bio.temporal import TemporalMemory
from remanence.errors import InvalidInput

Floats = NDArray[np.float64]
Method = Literal["htm", "sparsey", "hopfield", "distance"]


def surprise_series(vectors: ArrayLike, method: Method = "distance", *, context: int = 4, seed: int = 0) -> Floats:
    """Surprise [T] in [0, 1] of each of T vectors [T, D], given the ones before; the first one gets 0.

    distance: half of 1 - cosine to the mean of the last `context` vectors.
    hopfield: half of 1 - cosine to what an associative memory of the last `context` * 4 vectors makes of it.
    sparsey: 1 - familiarity of its sparse code in a macrocolumn that stores every vector.
    htm: share of its active columns that a temporal memory, taught on the way, did not predict, and that were
    not active within the last `context` steps either.
    """
    rows = np.asarray(vectors, dtype=np.float64)
    if rows.ndim != 2:
        raise InvalidInput(f"vectors must be [T, D], not of shape {rows.shape}")
    if not np.isfinite(rows).all():
        raise InvalidInput("vectors hold a value that is not finite: drop or fill it")
    if context < 1:
        raise InvalidInput(f"context must be at least 1, not {context}")
    if method not in get_args(Method):
        raise InvalidInput(f"no method {method!r}; choose one of {', '.join(get_args(Method))}")
    if not len(rows):
        return np.zeros(0)
    if method == "distance":
        found = _by_distance(rows, context)
    elif method == "hopfield":
        found = _by_association(rows, context)
    elif method == "sparsey":
        found = _by_familiarity(rows, seed)
    else:
        found = _by_prediction(rows, context, seed)
    found[0] = 0.0
    return np.clip(found, 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Surprise:
    """`surprise_series` with its settings, as a knob: `segment.episodes(signal=Surprise("hopfield"))`."""

    method: Method = "distance"
    context: int = 4
    seed: int = 0

    def __call__(self, vectors: ArrayLike) -> Floats:
        return surprise_series(vectors, self.method, context=self.context, seed=self.seed)


def sparse_codes(vectors: Floats, *, size: int, active: int, seed: int = 0) -> NDArray[np.int64]:
    """Random projections of unit vectors [T, D], the `active` largest kept: ascending indices [T, active].

    Similar vectors share indices.
    """
    projection = np.random.default_rng(seed).standard_normal((vectors.shape[1], size))
    raised = unit(vectors) @ projection
    return np.sort(np.argsort(-raised, axis=1, kind="stable")[:, :active], axis=1)


def _by_distance(rows: Floats, context: int) -> Floats:
    keys = unit(rows)
    found = np.zeros(len(rows))
    for i in range(1, len(rows)):
        before = unit(keys[max(0, i - context) : i].mean(axis=0))
        found[i] = (1.0 - keys[i] @ before) / 2.0
    return found


def _by_association(rows: Floats, context: int) -> Floats:
    found = np.zeros(len(rows))
    for i in range(1, len(rows)):
        memory = AssociativeMemory(rows.shape[1])
        for row in unit(rows[max(0, i - 4 * context) : i]):
            memory.learn(row)
        found[i] = memory.surprise(rows[i]) / 2.0
    return found


def _by_familiarity(rows: Floats, seed: int) -> Floats:
    codes = sparse_codes(rows, size=512, active=32, seed=seed)
    memory = Macrocolumn(512, modules=16, units=32, seed=seed)
    return np.array([1.0 - memory.learn(code)[1] for code in codes])


def _by_prediction(rows: Floats, context: int, seed: int) -> Floats:
    # Few, shared columns and low thresholds: sentences hardly ever repeat, their topics do.
    codes = sparse_codes(rows, size=256, active=24, seed=seed)
    memory = TemporalMemory(
        columns=256,
        cells=4,
        activation=4,
        minimum=3,
        grow=16,
        synapses=64,
        initial=0.5,
        increment=0.1,
        decrement=0.02,
        seed=seed,
    )
    found = np.zeros(len(rows))
    for i, code in enumerate(codes):
        expected = np.union1d(memory.predicted_columns(), codes[max(0, i - context) : i])
        found[i] = 1.0 - np.isin(code, expected).mean()
        memory.step(code)
    return found
