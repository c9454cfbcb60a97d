"""CAIM: a gate, tags that hits share with the cue, and one thought for what was said twice."""

from __future__ import annotations

from dataclasses import replace

import pytest
from asking import found

from remanence import recipes
from remanence.recall import find
from remanence.stage import nothing
from remanence.stage.tags import ONTOLOGY, tags_of

SAID = (
    "My boss gave me a new project at the office.",
    "The vet says our puppy needs a vaccination.",
    "I booked a flight to Lisbon for the holiday.",
    "My salary went up after the meeting with my boss.",
)


@pytest.fixture
def memory(composed):
    memory = composed("caim")
    memory.remember(
        [{"who": "Ann", "text": text, "at": f"2024-01-0{n + 1}", "session": str(n)} for n, text in enumerate(SAID)]
    )
    memory.sleep()
    return memory


@pytest.mark.parametrize("small", ["Thanks!", "Good morning!", "ok, cool"])
def test_small_talk_reads_no_long_term_memory(memory, small):
    """Nothing is recalled."""
    assert not memory.recall(small)


def test_every_result_shares_a_tag_with_the_question(memory):
    """And the path of a hit names it; without the filter, the twin, other tags come in."""
    cue = "What did my boss say about my job?"
    wanted = set(tags_of([cue], memory._ctx(), most=3)[0])

    hits = memory.recall(cue)
    unfiltered = found(memory, find.vectors(kinds=("note",)), cue)

    assert hits
    assert all(wanted & set(hit.item.data["tags"]) for hit in hits)
    assert all("tag" in str(hit.why) for hit in hits)
    assert not all(wanted & set(hit.item.data["tags"]) for hit in unfiltered)


def test_the_same_thought_in_two_chats_is_one_with_two_times(composed):
    """The review merges them; without it, the twin, there are two."""
    for evolve, count in ((recipes.get("caim").evolve, 1), (nothing(), 2)):
        memory = composed(replace(recipes.get("caim"), evolve=evolve))
        for day in ("2024-01-01", "2024-02-01"):
            memory.remember(
                {"who": "Ann", "text": "The vet says our puppy needs a vaccination.", "at": day, "session": day}
            )
            memory.sleep()

        notes = memory.list(kinds="note", limit=0)

        assert count == len(notes)
        if count == 1:
            assert 2 == len(notes[0].data["times"])
            assert 2 == len(notes[0].evidence)


def test_tags_are_of_the_ontology(memory):
    """Each thought has at least one."""
    assert all(
        set(item.data["tags"]) <= set(ONTOLOGY) and item.data["tags"] for item in memory.list(kinds="note", limit=0)
    )
