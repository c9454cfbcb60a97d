"""The gist of a stream: reads any point of it from a few vectors, at any length and rate."""

from __future__ import annotations

import numpy as np
import pytest

from remanence.algo.gist import Gist
from remanence.errors import InvalidInput


def journey(time: int, width: int = 24) -> np.ndarray:
    """A smooth path of unit vectors."""
    draws = np.random.default_rng(0)
    t = np.linspace(0, 1, time)[:, None]
    path = sum(
        draws.normal(size=width) * np.sin(2 * np.pi * rate * t + draws.uniform(0, 6, width)) for rate in (0.5, 1, 2, 3)
    )
    return path / np.linalg.norm(path, axis=1, keepdims=True)


def test_any_point_of_a_long_stream_can_be_read() -> None:
    """After 600 vectors, 32 remembered ones give those at a tenth to the end back with cosine above .95."""
    path, gist = journey(600), Gist(24)
    for vector in path:
        gist.add(vector)

    for share in (0.1, 0.35, 0.6, 0.85, 0.99):
        found, true = gist.read(share), path[int(share * 600)]
        assert found @ true / np.linalg.norm(found) > 0.95, share


def test_twice_as_many_vectors_of_one_journey_give_one_gist() -> None:
    """The gist has no rate: sampled twice as often, the same path is remembered the same within 3 %."""
    coarse, fine = Gist(24, 16), Gist(24, 16)
    for vector in journey(400):
        coarse.add(vector)
    for vector in journey(800):
        fine.add(vector)

    assert np.linalg.norm(coarse.state - fine.state) < 0.03 * np.linalg.norm(fine.state)


def test_a_vector_of_another_width_is_refused() -> None:
    """The message names the width."""
    with pytest.raises(InvalidInput, match="width 4"):
        Gist(4).add(np.zeros(5))
