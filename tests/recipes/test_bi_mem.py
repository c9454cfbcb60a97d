"""Bi-Mem: a persona with support throws a contradiction out of its scene; one hit brings its scene."""

from __future__ import annotations

from dataclasses import replace

import pytest

from remanence import recipes
from remanence.form import calibrate, scenes
from remanence.stage import writes
from remanence.types import Evidence, Item

FACTS = ("Ann's home is Rome", "Ann's home is Rome, says Bob", "Ann's home is Rome, says Cid", "Ann's home is Oslo")


@writes
def told(change, ctx):
    """A statement of where Ann's home is for each given turn."""
    puts = []
    for item in change.given:
        value = "Oslo" if "Oslo" in item.text else "Rome"
        data = {"subject": "Ann", "slot": "home", "value": value, "polarity": True}
        puts.append(ctx.put(Item("fact", item.text, who="Ann", evidence=(Evidence(item.id, 0, 5),), data=data)))
    return change.plus(puts=puts)


@pytest.fixture
def memory(composed):
    """Four turns, and a fact for each: three say Rome, one Oslo, all in one scene."""
    memory = composed("bi_mem")
    memory.remember([{"who": "Ann", "text": text} for text in FACTS])
    memory.change(told(), [item.id for item in memory.list(kinds="turn", limit=0)])
    facts = [item.id for item in memory.list(kinds="fact", limit=0) if item.data.get("slot") == "home"]
    memory.change(scenes.by_links(floor=0.3), facts)
    return memory


def members(memory):
    texts = {item.id: item.data["value"] for item in memory.list(kinds="fact", limit=0)}
    return [sorted(texts[one.id] for one in item.evidence) for item in memory.list(kinds="scene", limit=0)]


def test_a_fact_against_three_supports_leaves_its_scene_and_stays(memory):
    """It is told no more in the scene; the fact itself is there as before."""
    assert any("Oslo" in some for some in members(memory))

    memory.change(calibrate.scenes(supports=3))

    assert not any("Oslo" in some for some in members(memory))
    assert "Oslo" in {item.data["value"] for item in memory.list(kinds="fact", limit=0)}


def test_without_enough_support_nothing_is_thrown_out(memory):
    """The twin: nine supports are asked for, and there are three."""
    memory.change(calibrate.scenes(supports=9))

    assert any("Oslo" in some for some in members(memory))


def test_one_hit_brings_the_siblings_of_its_scene(composed):
    """They share no word with the question; without spreading, the twin, they do not come."""
    whole = recipes.get("bi_mem", floor=0.2)
    flat = replace(whole, recall=whole.recall.parts[0])
    found = {}
    for name, recipe in (("on", whole), ("off", replace(flat, recall=flat.recall % 1))):
        memory = composed(recipe)
        memory.remember({"who": "Ann", "text": "I love chess. I like go. I enjoy backgammon."})
        memory.sleep()
        assert memory.list(kinds="scene", limit=0)
        found[name] = " ".join(hit.text for hit in memory.recall("chess", k=10))

    assert "backgammon" in found["on"]
    assert "backgammon" not in found["off"]


def test_facts_scenes_and_persona_are_built_upwards(composed):
    """All three levels, each with the ids of what it was made of."""
    memory = composed("bi_mem")
    memory.remember({"who": "Ann", "text": "I love chess. I like go. I live in Rome. I work as a nurse."})
    memory.sleep()

    kinds = {item.kind for item in memory.list(limit=0)}

    assert {"fact", "scene", "persona"} <= kinds
    assert all(item.evidence for item in memory.list(kinds=("scene", "persona"), limit=0))
