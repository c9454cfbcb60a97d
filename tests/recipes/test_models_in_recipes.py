"""What a language model adds to a stage: its words are taken, checked, and done without when it fails."""

from __future__ import annotations

import pytest

from remanence.errors import ModelError
from remanence.evolve import fuse
from remanence.form import gist, points
from remanence.stage import at_sleep
from remanence.testing import Script

SAID = {"who": "Ann", "text": "I moved the boat to Vis and sold the old sail.", "at": "2023-05-01"}


def test_key_points_are_the_models_and_rest_on_the_whole_turn(composed):
    """Two sentences of the model, each with the turn as evidence."""
    memory = composed(form=points.key_points(), llm=Script([{"points": ["Ann's boat is in Vis.", "Ann sold a sail."]}]))
    memory.remember(SAID)
    (turn,) = memory.list(kinds="turn")

    notes = memory.list(kinds="note", limit=0)

    assert ["Ann's boat is in Vis.", "Ann sold a sail."] == [item.text for item in notes]
    assert {(turn.id, 0, len(turn.text))} == {(e.id, e.start, e.end) for item in notes for e in item.evidence}


def test_a_gist_is_the_models_cut_to_its_tokens(composed):
    """However long the reply, and it rests on every turn that was shown."""
    memory = composed(
        form=at_sleep(gist.running(tokens=12)), llm=Script([{"summary": "Ann " + "sailed on and on " * 20}])
    )
    memory.remember([SAID, {**SAID, "text": "It rains."}])
    memory.sleep()

    (told,) = memory.list(kinds="summary", limit=0)

    assert told.text.startswith("Ann sailed")
    assert len(told.text.split()) <= 12
    assert {item.id for item in memory.list(kinds="turn", limit=0)} == {one.id for one in told.evidence}


@pytest.mark.parametrize(("relation", "left"), [("redundant", 1), ("contradictory", 1), ("independent", 2)])
def test_two_memories_are_fused_as_the_model_says(composed, relation, left):
    """Independent ones stay apart."""
    reply = {"relation": relation, "fused": "The museum opens at ten, and at nine in summer."}
    memory = composed(llm=Script([reply]))
    for hour in ("ten", "nine"):
        memory.remember({"text": f"The museum opens at {hour} on weekdays.", "kind": "note"})
    second = memory.list(kinds="note", limit=0)[-1]
    memory.change(fuse.similar(floor=0.6), [second.id])

    notes = [item.text for item in memory.list(kinds="note", limit=0)]

    assert left == len(notes)
    assert (reply["fused"] in notes) == (left == 1)


@pytest.mark.parametrize("name", ["hema", "hymem", "caim", "nemori", "memos", "plugmem", "memgas", "bi_mem"])
def test_a_failing_model_is_said_and_rules_are_used(composed, name):
    """The turn is kept, something is derived, and the receipt says what failed."""
    memory = composed(name, llm=Script([ModelError("no answer")] * 200))
    receipt = memory.remember([SAID, {**SAID, "text": "I live in Oslo and I love chess."}])
    slept = memory.sleep()

    told = (*receipt.degraded, *slept.degraded)

    assert any("no answer" in line for line in told)
    assert 2 == len(memory.list(kinds="turn", limit=0))
    assert len(memory.list(limit=0)) > 2
