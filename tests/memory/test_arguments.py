"""Wrong arguments: every verb answers with one of our errors, and writes nothing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from remanence import Memory
from remanence.errors import InvalidInput, RemanenceError
from remanence.store.peek import DAMAGED
from remanence.testing import HandClock, HashingEmbedder

ODD: list[Any] = [
    "\ud800", "a\x00b", "x" * 5_000, "", " ", "*", 0, -1, 3, 2.5, float("nan"), float("inf"), 10**30, True, None,
    b"bytes", ["\ud800"], [3], [], {}, {"\ud800": "\ud800"}, {"x": object()}, {3: 4}, object(), ("a",), {"a"},
]  # fmt: skip

VERBS: dict[str, Callable[[Memory, str, Any], Any]] = {
    "remember": lambda m, id, odd: m.remember(odd),
    "remember text": lambda m, id, odd: m.remember({"text": odd}),
    "remember who": lambda m, id, odd: m.remember({"text": "tea", "who": odd}),
    "remember role": lambda m, id, odd: m.remember({"text": "tea", "role": odd}),
    "remember at": lambda m, id, odd: m.remember({"text": "tea", "at": odd}),
    "remember session": lambda m, id, odd: m.remember({"text": "tea", "session": odd}),
    "remember source": lambda m, id, odd: m.remember({"text": "tea", "source": odd}),
    "remember data": lambda m, id, odd: m.remember({"text": "tea", "data": odd}),
    "remember kind": lambda m, id, odd: m.remember({"text": "tea", "kind": odd}),
    "remember trust": lambda m, id, odd: m.remember("tea", trust=odd),
    "remember key": lambda m, id, odd: m.remember("tea", key=odd),
    "recall": lambda m, id, odd: m.recall(odd),
    "recall k": lambda m, id, odd: m.recall("tea", odd),
    "recall now": lambda m, id, odd: m.recall("tea", now=odd),
    "recall where": lambda m, id, odd: m.recall("tea", where=odd),
    "context": lambda m, id, odd: m.context(odd),
    "context budget": lambda m, id, odd: m.context("tea", odd),
    "context k": lambda m, id, odd: m.context("tea", k=odd),
    "ask": lambda m, id, odd: m.ask(odd),
    "ask threshold": lambda m, id, odd: m.ask("Who has tea?", threshold=odd),
    "ask budget": lambda m, id, odd: m.ask("Who has tea?", budget_tokens=odd),
    "get": lambda m, id, odd: m.get(odd),
    "get known_as_of": lambda m, id, odd: m.get(id, known_as_of=odd),
    "list limit": lambda m, id, odd: m.list(limit=odd),
    "list offset": lambda m, id, odd: m.list(offset=odd),
    "count": lambda m, id, odd: m.count(where={"data.x": odd}),
    "history": lambda m, id, odd: m.history(odd),
    "update": lambda m, id, odd: m.update(odd, "rum"),
    "update text": lambda m, id, odd: m.update(id, text=odd),
    "update if_version": lambda m, id, odd: m.update(id, "rum", if_version=odd),
    "update field": lambda m, id, odd: m.update(id, **{str(odd)[:20]: 1}),
    **{
        f"update {name}": lambda m, id, odd, name=name: m.update(id, **{name: odd})
        for name in ("who", "at", "until", "source", "session", "data", "salience", "tier", "trust", "kind")
    },
    "forget": lambda m, id, odd: m.forget(odd),
    "restore": lambda m, id, odd: m.restore(odd),
    "erase": lambda m, id, odd: m.erase(odd),
    "erase if_version": lambda m, id, odd: m.erase(id, if_version=odd),
    "sleep": lambda m, id, odd: m.sleep(most=odd),
    **{
        f"filter {name}": lambda m, id, odd, name=name: m.recall("tea", **{name: odd})
        for name in ("kinds", "who", "session", "source", "since", "before", "until", "as_of", "known_as_of", "tiers",
                     "ended", "data", "min_trust", "max_trust")
    },
}  # fmt: skip


@pytest.mark.parametrize("verb", VERBS)
def test_whatever_is_given_the_answer_is_an_answer_or_one_of_our_errors(verb: str) -> None:
    """And afterwards the memory works as before."""
    memory = Memory(":memory:", "plain", HashingEmbedder(64), clock=HandClock(), seed=1)
    id = memory.remember("tea with Ada").ids[0]

    for odd in ODD:
        with suppress(RemanenceError):
            VERBS[verb](memory, id, odd)

    assert memory.remember("rum with Bo").ids
    assert len(memory.recall("rum"))


@pytest.mark.parametrize(
    "odd", [*ODD, "a\x00.db", "x" * 5_000, "x" * 252, "\ud800" + "x"], ids=lambda odd: ascii(odd)[:20]
)
@pytest.mark.parametrize("setting", ["path", "recipe", "embedder", "user", "agent", "session", "app", "trust_floor",
                                     "durability", "timeout", "seed", "clock"])  # fmt: skip
def test_a_memory_opens_or_says_why_not(
    setting: str, odd: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A path, a scope, a setting that cannot be used is refused in our words, and no file is left behind."""
    monkeypatch.chdir(tmp_path)
    given: dict[str, Any] = {"path": ":memory:", "recipe": "plain", "embedder": HashingEmbedder(64)} | {setting: odd}

    try:
        with Memory(**given) as memory:
            memory.remember("tea")
    except RemanenceError:
        assert [] == list(tmp_path.iterdir())


def test_a_setting_that_there_is_not_is_named() -> None:
    """As Python does."""
    with pytest.raises(TypeError, match="no setting 'sesion'"):
        Memory(":memory:", sesion="x")  # type: ignore[call-arg]


@pytest.mark.parametrize("limit", [-1, "x", 1.0, True])
def test_a_limit_that_is_none_drops_nothing_in_silence(limit: Any) -> None:
    """A negative limit once left out the last item."""
    with pytest.raises(InvalidInput):
        Memory(":memory:", "plain", HashingEmbedder(64)).list(limit=limit)


@pytest.mark.parametrize("verb", ["recall", "context", "ask"])
def test_the_longest_question_is_read_and_a_longer_one_is_refused(verb: str) -> None:
    """8,192 characters, as the refusal says."""
    memory = Memory(":memory:", "plain", HashingEmbedder(64))
    memory.remember("tea with Ada")
    longest = "tea " * 2_048

    getattr(memory, verb)(longest)

    with pytest.raises(InvalidInput, match="8,193 characters; at most 8,192"):
        getattr(memory, verb)(longest + "?")


def test_a_name_leaves_room_for_what_comes_to_lie_beside_it(tmp_path: Path) -> None:
    """SQLite's journal, the lock, the copy of a damaged log have longer names, and no name has more than 255 bytes."""
    longest = tmp_path / ("x" * 234)
    with Memory(longest, "plain", HashingEmbedder(64)) as memory:
        memory.remember("tea")
    Path(f"{longest}-wal{DAMAGED}00000000").touch()
    for path in (tmp_path / ("y" * 235), tmp_path / ("g" * 256) / "a.db"):
        with pytest.raises(InvalidInput, match="longer"):
            Memory(path, "plain", HashingEmbedder(64))
