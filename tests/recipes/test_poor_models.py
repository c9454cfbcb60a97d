"""Every recipe with a model that is of no use: nothing breaks, nothing is lost, and what was skipped is said."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from remanence import recipes
from remanence.testing import Script

TALK = [
    {"who": "Ann", "text": "I moved to Oslo and I work as a nurse.", "session": "1", "at": "2023-05-01T10:00"},
    {"who": "Bob", "text": "I love chess, and my boat Petar lies in Split.", "session": "1", "at": "2023-05-01T10:01"},
    {"who": "Ann", "text": "Thanks!", "session": "1", "at": "2023-05-01T10:02"},
    {"who": "Ann", "text": "My boat Petar needs a new sail from Split.", "session": "2", "at": "2023-05-02T10:00"},
    {"who": "Bob", "text": "My boat Petar needs a new sail from Split soon.", "session": "2", "at": "2023-05-02T10:01"},
    {"who": "Ann", "text": "I moved from Oslo to Bergen.", "session": "2", "at": "2023-05-02T10:02"},
]
ASKED = "Where is the boat Petar?"
EMPTY = {
    "points": [], "facts": [], "triples": [], "keywords": [], "tags": [], "context": "", "summary": " \n", "fused": "",
    "relation": "redundant", "event": "UPDATE", "id": None, "evolve": True, "neighbours": [],
}  # fmt: skip
FAR = EMPTY | {
    "facts": [{"message": 99, "text": "x", "subject": "x", "slot": "x", "value": "x", "true": True}],
    "points": [" ", "\t"], "triples": [["", " ", "?"]], "keywords": [" "], "id": 99,
    "neighbours": [{"id": 0, "link": True, "context": "x", "tags": ["x"]}],
}  # fmt: skip
WRONG = {"points": "none", "facts": {}, "triples": [[1]], "keywords": 3, "summary": None, "fused": [], "event": "DROP"}
LONG = "Ann said and said again that the boat Petar of Bob is in Split. " * 100
MANY = [f"{n} {LONG[:700]}" for n in range(50)]
"""More than anybody can want of one text."""
ROW = {"message": 1.0, "text": LONG, "subject": LONG, "slot": LONG, "value": LONG, "true": True}
ENDLESS = {
    "points": [LONG, *MANY], "facts": [{**ROW, "text": text} for text in [LONG, *MANY]],
    "triples": [[LONG, "is", LONG], *([text, "is", text] for text in MANY)], "keywords": [LONG, *MANY],
    "tags": [LONG, *MANY], "context": LONG, "summary": LONG, "fused": LONG, "relation": "redundant",
    "event": "UPDATE", "id": 1.0, "text": LONG, "evolve": True,
    "neighbours": [{"id": 1.0, "link": True, "context": LONG, "tags": MANY}] * 20,
}  # fmt: skip
USELESS = {
    "empty lists": Script(lambda messages: EMPTY),
    "numbers nobody gave": Script(lambda messages: FAR),
    "empty text": Script(lambda messages: ""),
    "empty object": Script(lambda messages: "{}"),
    "garbage": Script(lambda messages: "\x00}{ %PDF-1.4 \ufffd\u202e ]["),
    "half-cut JSON": Script(lambda messages: json.dumps(ENDLESS)[:5_000]),
    "wrong types": Script(lambda messages: WRONG),
    "wrong types, unchecked": Script(lambda messages: WRONG, checked=False),
    "a list, unchecked": Script(lambda messages: "[]", checked=False),
}
"""Models of which no reply holds anything to go by."""


def lived(composed, name, llm):
    """A memory after two sessions told turn by turn and all at once, each with a sleep, and what was said of it."""
    memory = composed(name, llm=llm)
    told = []
    for turn in TALK[:3]:
        told += memory.remember(turn).degraded
    told += memory.sleep().degraded
    told += memory.remember(TALK[3:]).degraded
    told += memory.sleep().degraded
    told += memory.context(ASKED, 500).degraded
    return memory, told


def held(memory):
    return [item for item in memory.list(tiers=(), ended=True, limit=0) if item.kind != "turn"]


def found(memory):
    return {(hit.item.kind, hit.text) for hit in memory.recall(ASKED, 50)}


@pytest.fixture(scope="module")
def alone():
    """What each recipe holds and finds without a model, made once."""
    return {}


@pytest.mark.parametrize("reply", USELESS)
@pytest.mark.parametrize("name", recipes.names())
def test_a_useless_model_costs_nothing_that_is_there_without_one(composed, alone, name, reply):
    """The same items as by the rules, no hit less, and a report that says so wherever the model was asked."""
    if name not in alone:
        plain, _ = lived(composed, name, None)
        alone[name] = [(item.kind, item.text) for item in held(plain)], found(plain)
    llm = USELESS[reply]
    before = len(llm.prompts)

    memory, told = lived(composed, name, llm)

    assert [row["text"] for row in TALK] == [item.text for item in memory.list(kinds="turn", tiers=(), limit=0)]
    items, hits = alone[name]
    assert items == [(item.kind, item.text) for item in held(memory)]
    assert hits <= found(memory)
    assert bool(told) == (len(llm.prompts) > before)
    assert all("the language model" in line and "rules were used" in line for line in told)


@pytest.mark.parametrize("name", recipes.names())
def test_a_reply_without_end_is_kept_in_bounds(composed, name):
    """No text of a page, no thousand items; each rests on what was said, and the hits are there."""
    memory, _ = lived(composed, name, Script(lambda messages: ENDLESS))
    plain, _ = lived(composed, name, None)

    ids = {item.id for item in memory.list(tiers=(), ended=True, limit=0)}
    items = held(memory)
    assert [row["text"] for row in TALK] == [item.text for item in memory.list(kinds="turn", tiers=(), limit=0)]
    assert all(len(item.text) <= 2_500 and len(json.dumps(dict(item.data), default=str)) <= 25_000 for item in items)
    assert all({one.id for one in item.evidence} <= ids for item in items)
    assert len(items) <= 1_500
    assert not Counter(item.kind for item in held(plain)).keys() - Counter(item.kind for item in items).keys()
    assert found(memory)


@pytest.mark.parametrize("name", recipes.names())
def test_a_card_says_that_a_model_decides_where_one_is_asked(composed, name):
    """And only there."""
    llm = Script(lambda messages: EMPTY)

    lived(composed, name, llm)

    assert bool(llm.prompts) == ("llm" in recipes.card(name).control)
