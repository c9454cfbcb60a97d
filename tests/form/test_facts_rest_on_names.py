"""A fact that takes a name from another message rests on that message, too: it goes with it, and is trusted no more."""

from __future__ import annotations

import pytest

from remanence import Memory
from remanence.testing import HandClock

NAMING = "I had lunch with my cousin Wilhelmina today."
TELLING = "She works at Decathlon in Lille."
OTHER = "The weather was fine."


def facts(memory: Memory) -> list[str]:
    return [one.text for one in memory.list(kinds=["fact"], limit=50)]


@pytest.mark.parametrize("verb", ["erase", "forget"])
def test_a_name_goes_with_the_message_that_named_it(verb: str) -> None:
    """At once and after a sleep; the twin, another message, takes nothing along."""
    left = {}
    for gone in (NAMING, OTHER):
        with Memory(":memory:", clock=HandClock()) as memory:
            texts = (NAMING, OTHER, TELLING)
            ids = memory.remember([{"who": "user", "text": text, "session": "s"} for text in texts]).ids
            memory.sleep()
            assert any("Wilhelmina: employer Decathlon" in one for one in facts(memory))
            chosen = ids[texts.index(gone)]
            memory.erase([chosen], force=True) if verb == "erase" else memory.forget(ids=[chosen])
            at_once = facts(memory)
            memory.sleep()
            left[gone] = any("Wilhelmina" in one for one in (*at_once, *facts(memory)))

    assert left == {NAMING: False, OTHER: True}


def test_a_fact_is_trusted_no_more_than_the_message_that_names_whom_it_is_of() -> None:
    with Memory(":memory:", clock=HandClock()) as memory:
        memory.remember({"who": "user", "text": NAMING, "session": "s"}, trust="external")
        memory.remember({"who": "user", "text": TELLING, "session": "s"})
        memory.sleep()
        found = [one for one in memory.list(kinds=["fact"], limit=50) if "Decathlon" in one.text]

    assert found
    assert all(one.trust <= 0.3 for one in found if "Wilhelmina" in one.text)


def test_a_reply_goes_with_the_question_that_it_answers() -> None:
    """The twin, another message, takes nothing along."""
    asked, reply, other = "What's the shed code?", "4471", "Fine weather today."
    left = {}
    for gone in (asked, other):
        with Memory(":memory:", clock=HandClock()) as memory:
            said = [("user", other), ("Ana", asked), ("user", reply)]
            ids = memory.remember([{"who": who, "text": text, "session": "s"} for who, text in said]).ids
            memory.sleep()
            assert "user: shed code 4471" in facts(memory)
            memory.erase([ids[[text for _, text in said].index(gone)]], force=True)
            memory.sleep()
            left[gone] = "user: shed code 4471" in facts(memory)

    assert left == {asked: False, other: True}
