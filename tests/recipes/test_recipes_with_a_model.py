"""Each recipe with a language model: its words are what is kept, and nonsense costs no turn and no answer."""

from __future__ import annotations

import json

import pytest

from remanence import recipes
from remanence.errors import ModelError
from remanence.testing import Script

TALK = [
    {"who": "Ann", "text": "I moved to Oslo and I work as a nurse.", "session": "1", "at": "2023-05-01", "source": "a"},
    {"who": "Bob", "text": "I love chess, and my boat Petar lies in Split.", "session": "1", "at": "2023-05-01"},
    {"who": "Ann", "text": "My boat Petar needs a new sail from Split.", "session": "2", "at": "2023-05-02"},
    {"who": "Ann", "text": "I sold the boat Petar and I bought a kayak.", "session": "2", "at": "2023-05-02"},
]
MARK = "zircon"
"""A word that only the model says."""
MODELLED = [name for name in recipes.names() if "llm" in recipes.card(name).control]
"""Recipes whose card says that a model decides."""


def said(messages):
    """A fitting reply to each task, which says the marked word where it may choose its words."""
    task, material = messages[0]["content"], json.loads(messages[-1]["content"])
    if task.startswith("List everything"):
        return {"points": [f"{material['who']} has a {MARK}, {material['text'][:30]}"]}
    if task.startswith("List what the messages state"):
        fact = {"text": f"Ann owns a {MARK}", "subject": "Ann", "slot": "owns", "value": MARK, "true": True}
        return {"facts": [{"message": 1, **fact}]}
    if task.startswith("List the facts"):
        return {"triples": [["Ann", "owns", MARK.title()]]}
    if task.startswith("Describe"):
        return {"keywords": [MARK, "boat", "town"], "tags": [MARK, "life", "sea"], "context": f"About a {MARK}."}
    if task.startswith("Summarise"):
        return {"summary": f"They spoke of a {MARK}."}
    if task.startswith("Two memories"):
        return {"relation": "redundant", "fused": f"One {MARK} for both."}
    if task.startswith("Decide what a new fact"):
        return {"event": "ADD"}
    if task.startswith("A new note"):
        return {"evolve": True, "tags": [MARK], "neighbours": []}
    if task.startswith("Choose the facts"):
        return {"facts": [1]}
    raise AssertionError(f"a task that nobody wrote a reply for: {task}")


def lived(composed, name, llm):
    """A memory after two sessions, each with a sleep and a recall; and what was said to have failed."""
    memory = composed(name, llm=llm)
    told = []
    for part in (TALK[:2], TALK[2:]):
        told += memory.remember(part).degraded
        told += memory.sleep().degraded
        memory.recall("Where is the boat Petar?")
    return memory, told


def derived(memory):
    return [item for item in memory.list(tiers=(), ended=True, limit=0) if item.kind != "turn"]


@pytest.mark.parametrize("name", MODELLED)
def test_what_the_model_says_is_what_is_kept_and_rests_on_what_was_said(composed, name):
    """Its word stands in what is derived, with the turns as evidence; nothing is degraded."""
    memory, told = lived(composed, name, Script(said))

    marked = [item for item in derived(memory) if MARK in f"{item.text} {item.data}".lower()]

    assert not told
    assert marked
    assert all(item.evidence for item in marked)
    assert [row["text"] for row in TALK] == [item.text for item in memory.list(kinds="turn", tiers=(), limit=0)]


@pytest.mark.parametrize(
    "nonsense",
    [
        "I would rather talk about the weather.",
        {"facts": "none", "points": {}, "summary": 7, "triples": [[1]], "event": "DROP", "relation": "?"},
        ModelError("no answer"),
    ],
    ids=["prose", "wrong types", "no answer"],
)
@pytest.mark.parametrize("name", MODELLED)
def test_nonsense_is_refused_and_the_rules_do_what_they_do_without_a_model(composed, name, nonsense):
    """Every turn is there, the same is derived as without a model, and the receipt says what failed."""
    memory, told = lived(composed, name, Script(lambda messages: nonsense))
    plain, _ = lived(composed, name, None)

    assert any("the language model failed" in line for line in told)
    assert [row["text"] for row in TALK] == [item.text for item in memory.list(kinds="turn", tiers=(), limit=0)]
    assert [(item.kind, item.text) for item in derived(plain)] == [(item.kind, item.text) for item in derived(memory)]


@pytest.mark.parametrize("name", MODELLED)
def test_numbers_that_nobody_gave_the_model_touch_nothing(composed, name):
    """A reply that fits but points elsewhere, or holds nothing, loses no turn and invents no source."""
    empty = {
        "points": [], "facts": [], "triples": [], "keywords": [], "tags": [], "context": "", "summary": "  ",
        "relation": "independent", "fused": "", "event": "DELETE", "id": 99, "evolve": True,
        "neighbours": [{"id": 99, "link": True, "context": "x", "tags": []}],
    }  # fmt: skip
    far = empty | {
        "facts": [{"message": 99, "text": "x", "subject": "x", "slot": "x", "value": "x", "true": True}],
    }
    for reply in (empty, far):
        memory, _ = lived(composed, name, Script(lambda messages, reply=reply: reply))

        ids = {item.id for item in memory.list(tiers=(), ended=True, limit=0)}
        assert [row["text"] for row in TALK] == [item.text for item in memory.list(kinds="turn", tiers=(), limit=0)]
        assert all({one.id for one in item.evidence} <= ids for item in derived(memory))
