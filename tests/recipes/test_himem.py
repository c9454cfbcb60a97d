"""HiMem: notes first, episodes on a miss, and the missing note made from the episode."""

from __future__ import annotations

from dataclasses import replace

import pytest

from remanence import recipes
from remanence.stage import nothing

TALK = (
    ("Ann", "I work as a nurse. The blue kayak in the shed leaks near the stern."),
    ("Bob", "I live in Oslo. Grandmother's quilt has forty-two squares of linen."),
    ("Ann", "I love chess."),
)
DETAIL = "Where does the blue kayak leak?"


@pytest.fixture
def filled(composed):
    def make(**slots):
        memory = composed(replace(recipes.get("himem"), **slots))
        memory.remember([{"who": who, "text": text, "session": "1", "at": "2023-05-01"} for who, text in TALK])
        memory.sleep()
        return memory

    return make


def levels(hits):
    return {int(level) for level in hits.channels["level"].tolist()}


def test_asked_twice_the_second_answer_comes_from_notes_alone(filled):
    """The first call reads turns; what it found is noted; no turn changes by a byte."""
    memory = filled()
    before = [(item.id, item.text, item.version) for item in memory.list(kinds="turn", limit=0)]

    first, second = memory.recall(DETAIL), memory.recall(DETAIL)

    assert 2 in levels(first)
    assert {1} == levels(second)
    assert "stern" in second[0].text
    assert "turn" not in {hit.item.kind for hit in second}
    assert before == [(item.id, item.text, item.version) for item in memory.list(kinds="turn", limit=0)]


def test_without_reconsolidation_the_second_call_reads_turns_again(filled):
    """The twin."""
    memory = filled(evolve=nothing())

    memory.recall(DETAIL)

    assert 2 in levels(memory.recall(DETAIL))


def test_an_easy_question_reads_no_episode(filled):
    """What a note holds is answered there."""
    hits = filled().recall("Where does Bob live?")

    assert {1} == levels(hits)
    assert {"fact"} == {hit.item.kind for hit in hits}


def test_nothing_is_noted_when_nothing_suffices(filled):
    """A question that memory cannot answer makes no note, and confidence stays below the bar."""
    memory = filled()

    hits = memory.recall("Which colour was the professor's helicopter?")

    assert not memory.list(kinds="note", limit=0)
    assert hits.confidence < 0.6
