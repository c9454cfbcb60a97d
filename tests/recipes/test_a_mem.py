"""A-MEM: a newcomer rewrites its neighbours."""

from __future__ import annotations

from dataclasses import replace

from remanence import recipes
from remanence.models.scripted import Script
from remanence.recall import find
from remanence.stage import nothing

OLD = "The piano concert in the city hall was wonderful."
NEW = "After the piano concert in the city hall we met the pianist Yundi."
OTHER = "The dentist appointment is on Tuesday morning."


def notes(memory):
    return {item.text: item for item in memory.list(kinds="note")}


def test_a_related_newcomer_changes_the_old_notes_tags(composed):
    """Key words and tags of the old note grow; its text and the stranger stay."""
    memory = composed("a_mem")
    memory.remember([OLD, OTHER])
    before = notes(memory)
    memory.remember(NEW)
    after = notes(memory)

    assert "yundi" in str(after[OLD].data["tags"]).lower()
    assert before[OLD].data != after[OLD].data
    assert before[OTHER].data == after[OTHER].data
    assert 2 == after[OLD].version


def test_the_old_note_is_found_by_a_word_that_only_the_newcomer_has(composed):
    """The word index knows the old note by the new name, and not without the rewriting."""
    for evolve, found in ((recipes.get("a_mem").evolve, {OLD, NEW}), (nothing(), {NEW})):
        memory = composed(replace(recipes.get("a_mem"), evolve=evolve, recall=find.words(kinds=("note",))))
        memory.remember(OLD)
        memory.remember(NEW)

        assert found == {hit.text for hit in memory.recall("Yundi")}


def test_a_linked_neighbour_comes_along_and_is_flagged(composed):
    """A cue that calls up one note brings the other by their link; without links it stays away."""
    whole = recipes.get("a_mem", k=1)
    for evolve, found in ((whole.evolve, 2), (nothing(), 1)):
        memory = composed(replace(whole, evolve=evolve))
        memory.remember([OLD, OTHER, NEW])
        hits = memory.recall("Whom did we meet, the pianist?")

        assert found == len(hits)
        assert NEW == hits[0].text
        if found == 2:
            assert OLD == hits[1].text
            assert hits[1].why["path"][0].startswith("related")


def test_the_model_rewrites_as_it_says(composed):
    """Context and tags of the neighbour are the model's; ids it was not shown are ignored."""
    note = {"keywords": ["concert"], "tags": ["music"], "context": "A concert."}
    change = {"id": 1, "link": True, "context": "The evening with Yundi.", "tags": ["music", "yundi"]}
    reply = {"evolve": True, "tags": ["people"], "neighbours": [change, {**change, "id": 40}]}
    memory = composed("a_mem", llm=Script([note, note, reply]))
    memory.remember(OLD)
    memory.remember(NEW)

    found = notes(memory)
    assert "The evening with Yundi." == found[OLD].data["context"]
    assert ["music", "yundi"] == found[OLD].data["tags"]
    assert ["people"] == found[NEW].data["tags"]
