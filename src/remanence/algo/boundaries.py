"""Where one thing ends and the next begins in a row of steps: novelty, an adaptive threshold, gaps and bounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from remanence.errors import BadKnob, InvalidInput

Array = NDArray[np.float64]
Signal = Callable[[Array], Array]
"""Unit rows [N, D] -> novelty [N], higher = less expected; the first step's value is not used."""


def distance(vectors: Array) -> Array:
    """1 - cosine to the step before."""
    out = np.zeros(len(vectors))
    if len(vectors) > 1:
        out[1:] = 1.0 - np.einsum("ij,ij->i", vectors[1:], vectors[:-1])
    return out


def contrast(vectors: Array, *, width: int = 3) -> Array:
    """1 - cosine of the means of the `width` steps before and from here on (TextTiling, Hearst 1997)."""
    total = np.concatenate([np.zeros((1, vectors.shape[1])), np.cumsum(vectors, axis=0)])
    here = np.arange(len(vectors))
    left = total[here] - total[np.maximum(here - width, 0)]
    right = total[np.minimum(here + width, len(vectors))] - total[here]
    norm = np.linalg.norm(left, axis=1) * np.linalg.norm(right, axis=1)
    cosine = np.einsum("ij,ij->i", left, right) / np.where(norm > 0, norm, 1.0)
    out = 1.0 - np.where(norm > 0, cosine, 1.0)
    out[:1] = 0.0
    return np.asarray(out)


def novelty(vectors: Array, *, width: int = 12) -> Array:
    """1 - the best cosine with any of the `width` steps before: low when a topic comes back."""
    out = np.zeros(len(vectors))
    for step in range(1, len(vectors)):
        out[step] = 1.0 - float((vectors[max(0, step - width) : step] @ vectors[step]).max())
    return out


SIGNALS: dict[str, Signal] = {"distance": distance, "contrast": contrast, "novelty": novelty}


def signal(name: str | Signal, vectors: ArrayLike) -> Array:
    """The novelty series of a signal by name, or of a function of the vectors."""
    rows = np.asarray(vectors, np.float64)
    if callable(name):
        series = np.asarray(name(rows), np.float64)
        if series.shape != (len(rows),):
            raise InvalidInput(f"the signal gave shape {series.shape} for {len(rows)} steps; give one number a step")
        return series
    if name not in SIGNALS:
        raise BadKnob(f"no signal {name!r}; there are: {', '.join(SIGNALS)}, or give a function of the vectors")
    return SIGNALS[name](rows)


def cuts(
    series: ArrayLike,
    *,
    gaps: Sequence[bool] = (),
    threshold: float = 1.0,
    window: int = 64,
    min_steps: int = 2,
    max_steps: int = 25,
) -> list[int]:
    """Positions where a new stretch begins, the first one (0) included.

    A step opens a stretch when its novelty exceeds mean + threshold * deviation of the `window` steps around it
    (EM-LLM, Fountas et al. 2025) and the running stretch has `min_steps`; `gaps` cut always; after `max_steps`
    a cut is forced. A stretch that would end shorter than `min_steps` joins the one before it.
    """
    values = np.asarray(series, np.float64)
    count = len(values)
    if not count:
        return []
    if min_steps < 1 or max_steps < min_steps:
        raise BadKnob(f"need 1 <= min <= max steps in a stretch, not {min_steps} and {max_steps}")
    found = [0]
    for step in range(1, count):
        size = step - found[-1]
        if gaps and gaps[step]:
            found.append(step)
            continue
        if size >= max_steps:
            found.append(step)
            continue
        low = max(1, step - window // 2)
        near = values[low : low + window]
        limit = near.mean() + threshold * near.std()
        if size >= min_steps and count - step >= min_steps and values[step] > limit and near.std() > 1e-9:
            found.append(step)
    return found
