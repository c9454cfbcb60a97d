"""What rests on a source follows the source, and afterwards memory answers as if the source had never been."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import test_as_if_never_said as longer

from remanence import Memory
from remanence.memory import follow
from remanence.memory.follow import Following
from remanence.recipes import names
from remanence.testing import HandClock, HashingEmbedder
from remanence.types import Change, Evidence, Item, Retire, Update

NOW = datetime(2025, 6, 1, tzinfo=UTC)
BEFORE = [
    {"who": "Ada", "text": "I live in Rome.", "at": "2025-01-01", "session": "s"},
    {"who": "Ada", "text": "My sister Clara plays the cello.", "at": "2025-01-01", "session": "s"},
]
X = {
    "who": "Ada",
    "text": "I moved to Oslo and I work at Acme now. My sister Clara plays the cello.",
    "at": "2025-02-01",
    "session": "s",
}
AFTER = [
    {"who": "Ada", "text": "I have a dog called Rex.", "at": "2025-02-02", "session": "s"},
    {"who": "Bo", "text": "Rome is warm in May.", "at": "2025-02-03", "session": "t"},
]
QUESTIONS = ["Where does Ada live?", "Where does Ada work?", "What does Clara play?", "What is the dog called?"]


def opened(recipe: str = "default", path: Any = ":memory:") -> Memory:
    return Memory(path, recipe, HashingEmbedder(64), clock=HandClock(NOW), seed=1)


def shown(memory: Memory, **where: Any) -> list[tuple[str, str, str]]:
    return sorted((i.kind, i.text, str(i.until)) for i in memory.list(limit=0, ended=True, **where))


def answers(memory: Memory) -> list[str]:
    return [memory.ask(question, threshold=0).short for question in QUESTIONS]


def talk(recipe: str, x: dict[str, str] | None, *, slept: bool = True) -> tuple[Memory, str]:
    """A memory of the whole talk, with or without X in its middle, slept over; and X's id."""
    memory = opened(recipe)
    memory.remember(BEFORE)
    memory.sleep()
    id = memory.remember(x).ids[0] if x else ""
    if slept:
        memory.sleep()
    memory.remember(AFTER)
    memory.sleep()
    return memory, id


@pytest.mark.parametrize("slept", [True, False], ids=["formed alone", "formed with others"])
@pytest.mark.parametrize("recipe", names())
@pytest.mark.parametrize("verb", ["erase", "forget"])
def test_after_a_verb_and_a_sleep_it_is_as_if_the_message_had_never_been(verb: str, recipe: str, slept: bool) -> None:
    """The same items are shown, with the same ends, and every question is answered alike."""
    never, _ = talk(recipe, None)
    memory, x = talk(recipe, X, slept=slept)

    getattr(memory, verb)(x)
    memory.sleep()

    assert shown(never) == shown(memory)
    assert answers(never) == answers(memory)


@pytest.mark.parametrize("recipe", names())
@pytest.mark.parametrize("verb", ["erase", "forget", "update"])
def test_what_is_shown_follows_at_once(verb: str, recipe: str) -> None:
    """Before any sleep nothing that is recalled or packed speaks of it."""
    memory, x = talk(recipe, X)

    memory.update(x, "My dog sleeps.") if verb == "update" else getattr(memory, verb)(x)

    texts = [hit.text for q in QUESTIONS for hit in memory.recall(q, 20)] + [str(memory.context(q)) for q in QUESTIONS]
    assert not [text for text in texts if "Oslo" in text or "Acme" in text]


@pytest.mark.parametrize("recipe", names())
def test_a_corrected_message_is_formed_as_if_it_had_always_said_so(recipe: str) -> None:
    """Facts of the old words are taken back, those of the new ones are made, and what ended opens or ends anew."""
    always, _ = talk(recipe, {**X, "text": "I moved to Bonn."})
    memory, x = talk(recipe, X)

    memory.update(x, "I moved to Bonn.")
    memory.sleep()

    told = {text for _, text, _ in shown(memory)}
    assert not [text for text in told if "Oslo" in text or "Acme" in text]
    assert answers(always)[0] == answers(memory)[0]


def test_a_source_that_says_otherwise_now_is_followed_too() -> None:
    """An edited message that is remembered again under its source."""
    memory = opened()
    memory.remember({"who": "Ada", "text": "I live in Rome.", "source": "m/1"})
    memory.sleep()

    receipt = memory.remember({"who": "Ada", "text": "I live in Oslo.", "source": "m/1"})
    at_once = shown(memory)
    memory.sleep()

    assert receipt.followed
    assert not [text for _, text, _ in at_once if "Rome" in text]
    assert ("fact", "Ada lives in Oslo", "None") in shown(memory)


def test_what_was_forgotten_comes_back_with_all_that_was_hidden() -> None:
    """Forgetting and restoring is as if nothing had been done, once it is slept over."""
    memory, x = talk("default", X)
    before, said = shown(memory), answers(memory)

    memory.forget(x)
    memory.sleep()
    assert before != shown(memory)
    memory.restore(x)
    memory.sleep()

    assert set(before) == set(shown(memory))
    assert said == answers(memory)


def test_nothing_is_formed_of_what_is_hidden() -> None:
    """A message that is forgotten before it was ever slept over leaves no fact behind."""
    memory = opened()
    x = memory.remember(X).ids[0]
    memory.forget(x)

    memory.sleep()

    assert [] == shown(memory)


def test_the_receipt_says_what_was_touched() -> None:
    """Counts in words, and the ids of what followed."""
    memory, x = talk("default", X)
    derived = {item.id for item in follow.resting_on(memory._view(), [x])}
    rome = next(i.id for i in memory.list(limit=0, ended=True) if i.text == "Ada lives in Rome")

    receipt = memory.forget(x)

    assert derived | {rome} == set(receipt.followed)
    assert "1 that rest on it: true again" in receipt.notes


def test_trust_and_the_end_of_a_source_reach_what_rests_on_it() -> None:
    """A source that is trusted less, or is over, makes its facts so."""
    memory = opened()
    x = memory.remember({"who": "Ada", "text": "I live in Rome.", "at": "2025-01-01"}).ids[0]
    memory.sleep()

    memory.update(x, trust=0.3)
    memory.update(x, until="2025-05-01")

    facts = [(i.trust, str(i.until)[:10]) for i in memory.list(ended=True, kinds="fact")]
    assert [(0.3, "2025-05-01")] == facts


def test_a_message_that_moves_to_another_chat_takes_its_facts_along() -> None:
    """An update of `session` is a change of what rests on it."""
    memory = opened()
    x = memory.remember({"who": "Ada", "text": "I live in Rome.", "session": "a"}).ids[0]
    memory.sleep()

    memory.update(x, session="b")
    memory.sleep()

    assert "b" == memory.get(x).session
    assert [] == memory.list(session="a")
    assert {"turn", "fact"} <= {item.kind for item in memory.list(limit=0)}


def test_erased_words_and_dates_leave_the_histories_of_what_stays(tmp_path: Any) -> None:
    """No version of another item keeps what the erased one had made of it."""
    memory = opened(path=tmp_path / "a.db")
    memory.remember(BEFORE)
    memory.sleep()
    x = memory.remember({"who": "Ada", "text": "I moved to Xobudanefi.", "at": "2025-02-01"}).ids[0]
    memory.sleep()

    memory.erase(x)

    versions = [v for item in memory.list(limit=0, ended=True, tiers=()) for v in memory.history(item.id)]
    assert {None} == {version.until for version in versions}
    memory.close()
    assert b"xobudanefi" not in (tmp_path / "a.db").read_bytes().lower()


def test_what_began_with_something_that_was_given_up_goes_with_its_source(tmp_path: Any) -> None:
    """A summary was made of a fact that is no longer believed: its first version says what the erased message said."""
    memory = opened("plain", tmp_path / "a.db")
    id, other = memory.remember([{"who": "Ada", "text": "I moved to Xobudanefi."}, "Ada is away."]).ids
    fact = Item("fact", "Ada lives in Xobudanefi", "f1", evidence=(Evidence(id),))
    told = Item("summary", "Ada left for Xobudanefi", "s1", evidence=(Evidence("f1"),))
    away = Update("s1", {"text": "Ada is away", "evidence": (Evidence(other),)})
    for change in (Change(puts=(fact, told)), Change(updates=(away,)), Change(retires=(Retire("f1"),))):
        memory.store.apply(change, scope=memory.scope, embed=memory.embedder.embed)

    memory.erase(id)

    assert [other] == [item.id for item in memory.list(tiers=(), ended=True)]
    memory.close()
    assert b"xobudanefi" not in (tmp_path / "a.db").read_bytes().lower()


NOTHING = {name: lambda view, ids: Following() for name in ("hidden", "changed", "erased")}
GAPS = {"_close_up": lambda view, ids, following: None}
PIECES = {"_cut_along": lambda view, gone, later: []}
CHECKS: list[tuple[dict[str, Any], Callable[[], None]]] = [
    (NOTHING, lambda: test_after_a_verb_and_a_sleep_it_is_as_if_the_message_had_never_been("erase", "default", True)),
    (NOTHING, lambda: test_after_a_verb_and_a_sleep_it_is_as_if_the_message_had_never_been("forget", "default", True)),
    (NOTHING, lambda: test_a_corrected_message_is_formed_as_if_it_had_always_said_so("default")),
    (NOTHING, lambda: test_what_is_shown_follows_at_once("forget", "default")),
    (GAPS, longer.test_the_next_turn_follows_the_one_before_the_gap),
    (PIECES, lambda: longer.test_after_an_erase_the_answers_are_those_of_a_memory_that_never_heard_it("longmemeval")),
]


@pytest.mark.parametrize(("off", "check"), CHECKS)
def test_the_tests_can_see_what_does_not_follow(
    off: dict[str, Any], check: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a defence off (nothing follows, gaps stay, the rest of a session stays as it was cut) they fail."""
    for name, stand_in in off.items():
        monkeypatch.setattr(follow, name, stand_in)

    with pytest.raises(AssertionError):
        check()
