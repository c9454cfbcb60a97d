"""AMA: the router, the judge that asks again and then is silent, and the refresher that corrects on reading."""

from __future__ import annotations

from dataclasses import replace

import pytest
from asking import found

from remanence import recipes
from remanence.recall.route import need
from remanence.stage import nothing

TALK = [
    {"who": "Ann", "text": "I work as a nurse.", "session": "1", "at": "2023-03-02"},
    {"who": "Ann", "text": "My garden has nine apple trees and a pond.", "session": "1", "at": "2023-03-04"},
    {"who": "Bob", "text": "In March we sailed to Vis and back.", "session": "2", "at": "2023-03-20"},
]


@pytest.fixture
def memory(composed):
    memory = composed("ama")
    memory.remember(TALK)
    memory.sleep()
    return memory


@pytest.mark.parametrize(
    ("cue", "route", "kind"),
    [
        ("What were Ann's exact words about the garden?", "route verbatim", "turn"),
        ("What is Ann's job, nurse?", "route fact", "fact"),
        ("Summarise March.", "route gist", "episode"),
    ],
)
def test_exact_words_read_turns_a_job_facts_and_a_month_episodes(memory, cue, route, kind):
    """The first level's hits are of that kind."""
    hits = memory.recall(cue)
    first = [hit.item.kind for hit, level in zip(hits, hits.channels["level"], strict=True) if level == 1]

    assert route in hits.channels
    assert {kind} == set(first)


@pytest.mark.parametrize(
    ("cue", "wanted"),
    [("Quote what she said", "verbatim"), ("Give me an overview", "gist"), ("Where does Ann live?", "fact")],
)
def test_the_router_reads_the_question(cue, wanted):
    """Rules, no model."""
    assert wanted == need(cue)


def test_two_values_of_one_slot_are_settled_by_reading(composed):
    """The older one is over after the recall; without the refresher, the twin, both still hold."""
    for evolve, held in ((recipes.get("ama").evolve, 1), (nothing(), 2)):
        memory = composed(replace(recipes.get("ama"), evolve=evolve))
        memory.remember({"who": "Ann", "text": "I live in Rome.", "at": "2023-01-01"})
        memory.remember({"who": "Ann", "text": "I live in Oslo.", "at": "2023-06-01"})
        memory.sleep()
        memory.recall("Where does Ann live?")

        homes = [item for item in memory.list(kinds="fact", limit=0) if item.data["slot"] == "home"]

        assert held == len(homes)


def test_without_evidence_it_tries_twice_more_and_is_silent(memory):
    """No hit, no confidence; without the floor, the twin, what is least unlike comes, from the fourth try."""
    cue = "Which submarine periscope broke yesteryear?"
    hits = memory.recall(cue)
    unfloored = found(memory, memory.recipe.recall.parts[0], cue)

    assert not hits
    assert hits.confidence < 0.5
    assert len(unfloored)
    assert 4.0 == max(unfloored.channels["tried"])
