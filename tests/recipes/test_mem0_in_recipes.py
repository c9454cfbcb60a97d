"""Mem0: facts that are added, updated, deleted or left as they are."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from asking import found

from remanence import recipes
from remanence.recall import entity_linking
from remanence.stage import nothing


def told(memory):
    return [item.text for item in memory.list(kinds="fact")]


def diet(memory):
    memory.remember({"who": "Ann", "text": "I am vegetarian.", "at": "2023-05-08"})
    memory.remember({"who": "Ann", "text": "I now eat fish.", "at": "2023-09-09"})


def test_vegetarian_then_fish_leaves_only_the_new_fact_and_history_keeps_both(composed):
    """The old fact has ended; asked as of its time it still answers."""
    memory = composed("mem0")
    diet(memory)

    assert ["Ann now eats fish"] == told(memory)
    assert ["Ann now eats fish"] == [hit.text for hit in memory.recall("What does Ann eat?")]
    everything = memory.list(kinds="fact", ended=True)
    assert ["Ann is vegetarian", "Ann now eats fish"] == [item.text for item in everything]
    assert [1, 2] == [item.version for item in memory.history(everything[0].id)]
    assert ["Ann is vegetarian"] == [hit.text for hit in memory.recall("Ann's diet", as_of="2023-06-01")]


def test_without_reconciling_both_diets_hold(composed):
    """The four operations are what makes the difference."""
    memory = composed(replace(recipes.get("mem0"), evolve=nothing()))
    diet(memory)

    assert ["Ann is vegetarian", "Ann now eats fish"] == told(memory)


def test_the_same_fact_twice_is_stored_once(composed):
    """NOOP: the store grows by one fact, which cites both turns."""
    memory = composed("mem0")
    for day in ("2023-05-08", "2023-05-09"):
        memory.remember({"who": "Ann", "text": "I live in Rome.", "at": day})

    assert ["Ann lives in Rome"] == told(memory)
    assert 2 == len(memory.list(kinds="fact")[0].evidence)


def test_the_past_returns_rome(composed):
    """Ann lived in Rome, then moved to Oslo: only Oslo holds now, and the past says Rome."""
    memory = composed("mem0")
    memory.remember({"who": "Bob", "text": "Ann lives in Rome.", "at": "2023-01-01"})
    memory.remember({"who": "Bob", "text": "Ann moved to Oslo.", "at": "2023-08-01"})

    assert ["Ann moved to Oslo"] == [hit.text for hit in memory.recall("Where does Ann live?")]
    assert ["Ann lives in Rome"] == [hit.text for hit in memory.recall("Where does Ann live?", as_of="2023-03-01")]


def test_a_denied_fact_is_deleted_from_what_holds(composed):
    """DELETE ends the fact, and the denial is kept in its place."""
    memory = composed("mem0")
    memory.remember({"who": "Ann", "text": "I love hiking.", "at": "2023-01-01"})
    memory.remember({"who": "Ann", "text": "I don't like hiking anymore.", "at": "2023-08-01"})

    assert ["Ann doesn't like hiking"] == told(memory)


# --- with a graph ---


def test_only_the_current_edge_of_a_name_holds_and_the_past_returns_rome(composed):
    """Ann's home edge moves from Rome to Oslo; as of the past it is Rome."""
    memory = composed("mem0_graph")
    memory.remember({"who": "Bob", "text": "Ann lives in Rome.", "at": "2023-01-01"})
    memory.remember({"who": "Bob", "text": "Ann moved to Oslo.", "at": "2023-08-01"})

    assert ["Ann moved to Oslo"] == [hit.text for hit in memory.recall("Where does Ann live?")]
    assert ["Ann lives in Rome"] == [hit.text for hit in memory.recall("Where does Ann live?", as_of="2023-03-01")]


@pytest.mark.parametrize("cue", ["What about Ann?", "Anything on Annn?"])
def test_a_name_calls_up_its_edges_by_links(composed, cue):
    """The channel by name finds what is about Ann, whatever the words, and however she is spelled."""
    memory = composed("mem0_graph")
    memory.remember({"who": "Bob", "text": "Ann lives in Rome. Carl lives in Kiel."})

    hits = memory.recall(cue)

    assert "Ann lives in Rome" == hits[0].text
    assert hits[0].why["edges"] > 0
    assert "edges" not in hits[1].why


def test_a_name_with_few_edges_says_more(composed):
    """Of two names the one with one edge leads the one with five: 1 against 1 / (1 + ln 5)."""
    memory = composed("mem0_graph")
    memory.remember([{"who": "Bob", "text": f"Ann likes {what}."} for what in ("tea", "chess", "jazz", "rain", "figs")])
    memory.remember({"who": "Bob", "text": "Carl lives in Kiel."})

    score = {hit.text: hit.why["edges"] for hit in found(memory, entity_linking.edges(), "Ann or Carl?")}

    assert score.pop("Carl lives in Kiel") == pytest.approx(1.0)
    assert list(score.values()) == pytest.approx([1 / (1 + math.log(5))] * 5, abs=1e-3)
