"""Hits are values: a stage makes new ones and never assigns into those that it was given."""

from __future__ import annotations

import numpy as np
import pytest

from remanence.recall import find
from remanence.types import Hits


def test_nothing_is_assigned_into_hits(talk):
    """Neither a field nor a channel; the message names the way."""
    hits = talk.run(find.vectors(), "the kitten")

    with pytest.raises(AttributeError, match="with_"):
        hits.confidence = 0.3
    with pytest.raises(TypeError):
        hits.channels["vectors"] = hits.scores


def test_other_values_give_other_hits_and_keep_the_rest(talk):
    """Scores and channels change; rows, paths and confidence stay, and so do the hits that they came from."""
    hits = talk.run(find.vectors(), "the kitten").with_(confidence=0.4, paths={1: ("here",)})

    other = hits.with_(scores=hits.scores / 2, channels={"half": hits.scores / 2})

    assert 0.4 == other.confidence
    assert {"vectors", "half"} == set(other.channels)
    assert {1: ("here",)} == dict(other.paths)
    assert "half" not in hits.channels
    assert hits.items is not None
    assert [hit.id for hit in hits] == [hit.id for hit in other]


def test_hits_of_other_rows_read_other_items(talk):
    """Items belong to their rows."""
    hits = talk.run(find.vectors(), "the kitten")
    _ = hits.items

    turned = hits.with_(rows=hits.rows[::-1].copy(), scores=hits.scores)

    assert [hit.id for hit in hits][::-1] == [hit.id for hit in turned]


def test_hits_behind_others_keep_their_channels():
    """`then` joins rows, scores, channels and paths in order."""
    head = Hits(None, [4], [0.9], channels={"words": np.array([0.5], np.float32)}, confidence=0.7)
    tail = Hits(None, [2], [0.3], channels={"words": np.array([0.1], np.float32)}, paths={2: ("near",)})

    whole = head.then(tail)

    assert [4, 2] == whole.rows.tolist()
    assert np.allclose([0.5, 0.1], whole.channels["words"])
    assert ({2: ("near",)}, 0.7) == (dict(whole.paths), whole.confidence)
