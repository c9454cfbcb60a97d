"""MemoryBank: dated summaries, a portrait, and forgetting that recall restarts."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from remanence import recipes
from remanence.evolve import strengthen
from remanence.stage import nothing
from remanence.types import Change


def test_last_week_surfaces_a_day_summary(composed, clock):
    """A question about a time is answered by the summaries of its days, however well another day fits the words."""
    memory = composed("memorybank")
    memory.remember(
        [
            {"who": "Ann", "text": "We went to the lake and rented a boat.", "at": "2023-12-28", "session": "1"},
            {"who": "Bob", "text": "The boat on the lake was slow.", "at": "2023-12-28", "session": "1"},
            {"who": "Ann", "text": "The tax form is due.", "at": "2023-12-30", "session": "2"},
            {"who": "Bob", "text": "What happened last week was fun.", "at": "2023-11-02", "session": "0"},
        ]
    )
    memory.sleep()

    found = [hit.item.data.get("of") for hit in memory.recall("What happened last week?", now="2024-01-03", k=4)]

    assert {"2023-12-28", "2023-12-30"} <= set(found)


def test_asking_about_a_person_surfaces_the_portrait(composed):
    """The persona is in the recall of what someone is like."""
    memory = composed("memorybank")
    memory.remember({"who": "Ann", "text": "I live in Rome. I love chess. I am a nurse.", "at": "2023-12-28"})
    memory.remember({"who": "Bob", "text": "The tax form is due.", "at": "2023-12-28"})
    memory.sleep()

    assert "persona" in [hit.item.kind for hit in memory.recall("What is Ann like: home, likes, job?")]


@pytest.mark.parametrize("recalls", [0, 3])
def test_a_recalled_item_outlives_its_twin(composed, clock, recalls):
    """Over 1,000 items, after three days exp(-3/1) are left of those never recalled, exp(-3/4) after three uses."""
    memory = composed("memorybank")
    memory.remember([f"turn number {n}" for n in range(1000)])
    for _ in range(recalls):
        memory.change(strengthen.on_use(kinds=("turn",)), [item.id for item in memory.list(kinds="turn", limit=0)])
    clock.tick(days=3)
    memory.sleep()

    left = len(memory.list(kinds="turn", limit=0)) / 1000

    assert left == pytest.approx(math.exp(-3 / (1 + recalls)), abs=0.05)
    assert 1000 == len(memory.list(kinds="turn", limit=0, tiers=("hot", "cold")))


def test_recall_adds_one_to_the_strength_and_restarts_the_clock(composed, clock):
    """S + 1 and t = 0 on the day of the recall."""
    memory = composed("memorybank")
    memory.remember("The boat on the lake was slow.")
    clock.tick(days=1)
    memory.recall("boat")

    item = memory.list(kinds="turn")[0]

    assert (2.0, clock.now) == (item.strength, item.used)


def test_without_the_forgetting_stage_nothing_fades(composed, clock):
    """The law is what hides."""
    memory = composed(replace(recipes.get("memorybank"), evolve=nothing()))
    memory.remember([f"turn number {n}" for n in range(50)])
    clock.tick(days=30)
    memory.sleep()

    assert 50 == len(memory.list(kinds="turn", limit=0))
    assert memory.recipe.evolve(Change(), memory._ctx()).empty
