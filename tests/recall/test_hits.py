"""Hits are values: a stage makes new ones and never assigns into those that it was given."""

from __future__ import annotations

import numpy as np
import pytest

from remanence.memory.memory import Memory
from remanence.recall import find
from remanence.testing import HandClock
from remanence.types import Hits, Later


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


def test_hits_that_are_made_in_order_are_those_that_are_put_in_order(talk):
    """Scores, channels and paths go with their rows; of equals what was said earlier comes first."""
    hits = talk.run(find.vectors(k=6), "the kitten")
    view, rows = hits.view, hits.rows
    scores = np.array([0.2, 0.5, 0.5, 0.9, 0.2, 0.2], np.float32)
    channels, paths = {"words": np.arange(6, dtype=np.float32)}, {int(rows[3]): ("here",), -1: ("nowhere",)}

    made = Hits.best_first(view, rows, scores, channels=channels, paths=paths, confidence=0.5)

    put = Hits(view, rows, scores, channels=channels, paths=paths, confidence=0.5).top(6)
    assert made.rows.tolist() == put.rows.tolist()
    assert [3.0] == made.channels["words"][:1].tolist()
    assert made.channels["words"].tolist() == put.channels["words"].tolist()
    assert {int(rows[3]): ("here",)} == dict(made.paths) == dict(put.paths)
    assert 0.5 == made.confidence
    at = view.columns.at[made.rows].tolist()
    assert at[1:3] == sorted(at[1:3])
    assert at[3:] == sorted(at[3:])


def test_hits_behind_others_keep_their_channels():
    """`then` joins rows, scores, channels and paths in order."""
    head = Hits(None, [4], [0.9], channels={"words": np.array([0.5], np.float32)}, confidence=0.7)
    tail = Hits(None, [2], [0.3], channels={"words": np.array([0.1], np.float32)}, paths={2: ("near",)})

    whole = head.then(tail)

    assert [4, 2] == whole.rows.tolist()
    assert np.allclose([0.5, 0.1], whole.channels["words"])
    assert ({2: ("near",)}, 0.7) == (dict(whole.paths), whole.confidence)


def test_a_confidence_for_later_is_worked_out_once_when_it_is_looked_at():
    """Hits that come from one another share it."""
    asked = []
    hits = Hits(None, [4, 2], [0.9, 0.3], confidence=Later(lambda: asked.append(1) or 0.25))

    few = hits.top(1).with_(scores=np.array([0.5], np.float32))

    assert [] == asked
    assert (0.25, 0.25) == (few.confidence, hits.confidence)
    assert [1] == asked


def test_a_confidence_can_be_looked_at_when_the_memory_is_closed():
    """What it needs was kept when it was recalled; `ask` tells nothing surer."""
    with Memory(":memory:", clock=HandClock()) as memory:
        memory.remember([{"who": "Ann", "text": "I moved to Oslo."}, {"who": "Bob", "text": "I like tea."}])
        hits, context = memory.recall("Where does Ann live?"), memory.context("Where does Ann live?")
        told = memory.ask("Where does Ann live?", threshold=0.0)

    assert hits.confidence == context.confidence
    assert 0.9 * hits.confidence < told.confidence <= hits.confidence
