"""Attention with one division a place is a softmax."""

from __future__ import annotations

import numpy as np
import pytest

from remanence.models.reader.network import mixed_by, softmax


@pytest.mark.parametrize("shift", [0.0, 200.0, -200.0, 500.0], ids=str)
def test_it_is_a_softmax_however_high_or_low_the_scores(shift: float) -> None:
    """Powers of e of 200 are more than float32 holds, of -200 less."""
    chance = np.random.default_rng(3)
    scores = (chance.standard_normal((3, 5, 5)) * 4 + shift).astype(np.float32)
    v = chance.standard_normal((3, 5, 7)).astype(np.float32)

    assert np.allclose(softmax(scores.copy()) @ v, mixed_by(scores, v), atol=1e-5)
