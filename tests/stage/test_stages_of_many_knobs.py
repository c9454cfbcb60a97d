"""A stage of many knobs is a dataclass: it prints, compares and is refused like one that is a function."""

from __future__ import annotations

import pytest

from remanence.errors import BadKnob
from remanence.recall import expand


def test_it_prints_and_compares_by_the_knobs_that_were_changed() -> None:
    """A knob at its default is not told."""
    stage = expand.spread(seeds=3, rounds=3)

    assert "expand.spread(seeds=3)" == repr(stage)
    assert expand.spread(seeds=3) == stage != expand.spread(seeds=4)


def test_an_unknown_knob_is_answered_with_near_ones() -> None:
    """As for any stage, and before it runs."""
    with pytest.raises(BadKnob, match="near: seeds"):
        expand.spread(seed=3)
    with pytest.raises(BadKnob, match="by name"):
        expand.pagerank(("mentions",))
