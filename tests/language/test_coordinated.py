"""A list states each of its things: whoever is allergic to nuts and eggs is allergic to eggs."""

from __future__ import annotations

import pytest

from remanence import Memory
from remanence.language.statements.read import candidates

LISTS = [
    ("I'm allergic to penicillin, nuts, and latex.", "allergy", ["latex", "nuts", "penicillin"]),
    ("my sister plays the cello and the viola", "hobby", ["cello", "viola"]),
    ("I take ramipril and aspirin every morning", "medicine", ["aspirin", "ramipril"]),
    ("We use Postgres, Redis, and Kafka in production", "uses", ["Kafka", "Postgres", "Redis"]),
    ("We have a cat and a dog", "pets", ["a cat", "dog"]),
    ("I can't eat gluten or dairy", "diet", ["eats dairy", "eats gluten"]),
    ("two kids, Mira (6) and Jonas (3)", "children", ["Jonas", "Mira"]),
    ("Ben collects stamps and coins", "collects", ["stamps and coins"]),
]
ALONE = [
    ("I speak Dutch and I like it", "language", ["Dutch"]),
    ("I have a cat and work from home", "pets", ["a cat"]),
    ("I use Python and Ana uses Go", "uses", ["Python"]),
    ("I'm allergic to cats and dust makes me sneeze", "allergy", ["cats"]),
    ("My friend Bo and his wife came", "friend", ["Bo"]),
]


@pytest.mark.parametrize(("text", "attribute", "values"), [*LISTS, *ALONE])
def test_each_thing_of_a_list_is_stated_and_what_begins_a_clause_is_none(text, attribute, values):
    found, _ = candidates(text, speaker="user")

    assert sorted(one.value for one in found if one.attribute == attribute) == values


def test_what_one_sentence_states_of_several_things_is_kept_and_told_of_each():
    with Memory(":memory:") as memory:
        memory.remember({"who": "user", "text": "I'm allergic to nuts and eggs", "at": "2025-03-04T10:00Z"})
        memory.remember({"who": "Bo", "text": "I can't eat gluten or dairy", "at": "2025-03-05T10:00Z"})
        memory.sleep()
        texts = {item.text for item in memory.list(kinds="fact")}

        assert {"user: allergy nuts", "user: allergy eggs"} <= texts
        assert memory.ask("What am I allergic to?", now="2025-06-01T10:00Z").short == "nuts, eggs"
        assert memory.ask("What can't Bo eat?", now="2025-06-01T10:00Z").short == "gluten, dairy"
        assert memory.ask("Can Bo eat dairy?", now="2025-06-01T10:00Z").short == "no"
