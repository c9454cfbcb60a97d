"""Distinct numbers, sorted: what `numpy.unique` gives for plain arrays, without its import of masked arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


def distinct(values: ArrayLike) -> NDArray[Any]:
    """The different values of an array [N], ascending."""
    ordered = np.sort(np.asarray(values), axis=None)
    return ordered[_firsts(ordered)]


def distinct_places(values: ArrayLike) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """(different values [D] ascending, for each value [N] its place among them)."""
    given = np.asarray(values).reshape(-1)
    order = np.argsort(given, kind="stable")
    ordered = given[order]
    first = _firsts(ordered)
    places = np.empty(len(given), np.int64)
    places[order] = np.cumsum(first) - 1
    return ordered[first], places


def without(values: ArrayLike, others: ArrayLike) -> NDArray[Any]:
    """The different values [D] that are not among `others`, ascending."""
    mine, theirs = distinct(values), distinct(others)
    if not len(theirs):
        return mine
    place = np.minimum(np.searchsorted(theirs, mine), len(theirs) - 1)
    left: NDArray[Any] = mine[theirs[place] != mine]
    return left


def _firsts(ordered: NDArray[Any]) -> NDArray[np.bool_]:
    first = np.ones(len(ordered), np.bool_)
    first[1:] = ordered[1:] != ordered[:-1]
    return first
