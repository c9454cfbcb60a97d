"""The mem0 drop-in: old and new forms of call, the shapes that come back, and whose memory is whose."""

from __future__ import annotations

import asyncio
import inspect
from pathlib import Path

import pytest

from remanence.adapters.mem0 import AsyncMemory, Memory
from remanence.errors import InvalidInput


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(path=tmp_path / "m.db", embedder="hashing")


def test_both_forms_of_call_find_the_same(memory: Memory) -> None:
    """Ids as arguments and `limit`, or in filters and `top_k`."""
    memory.add([{"role": "user", "content": "I love hiking in the Alps"}], user_id="ada", metadata={"tag": "hobby"})

    old = memory.search("hiking", user_id="ada", limit=3)
    new = memory.search("hiking", filters={"user_id": "ada"}, top_k=3)

    assert old == new
    [found] = new["results"]
    assert found["memory"] == "I love hiking in the Alps"
    assert (found["user_id"], found["metadata"]["tag"]) == ("ada", "hobby")
    assert 0 <= found["score"] <= 1
    assert set(found) >= {"id", "memory", "hash", "metadata", "score", "created_at", "updated_at", "user_id"}


def test_users_see_their_own_and_an_id_is_needed(memory: Memory) -> None:
    """No call reaches everybody's memories by leaving the id out."""
    memory.add("my locker code is 4711", user_id="ada")

    assert memory.search("locker code", user_id="bob")["results"] == []
    assert memory.get_all(user_id="bob")["results"] == []
    for call in (
        lambda: memory.search("locker"),
        lambda: memory.get_all(),
        lambda: memory.delete_all(),
        lambda: memory.add("x"),
    ):
        with pytest.raises(InvalidInput, match="user_id"):
            call()


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"tag": "a"}, 1),
        ({"tag": {"ne": "a"}}, 1),
        ({"n": {"gte": 2}}, 1),
        ({"tag": {"in": ["a", "b"]}}, 2),
        ({"tag": "*"}, 2),
        ({"OR": [{"n": 1}, {"n": 2}]}, 2),
        ({"NOT": [{"tag": "a"}]}, 1),
        ({"AND": [{"tag": "a"}, {"n": 2}]}, 0),
    ],
)
def test_filters_with_operators(memory: Memory, filters: dict[str, object], found: int) -> None:
    """Each operator keeps what it says."""
    memory.add("first note on bees", user_id="ada", metadata={"tag": "a", "n": 1})
    memory.add("second note on bees", user_id="ada", metadata={"tag": "b", "n": 2})

    assert len(memory.search("note on bees", filters={"user_id": "ada", **filters})["results"]) == found
    assert len(memory.get_all(filters={"user_id": "ada", **filters})["results"]) == found


def test_ids_count_wherever_filters_name_them(memory: Memory) -> None:
    """Within AND they are the scope; where they would name several, they are refused and not passed over."""
    memory.add("I keep bees.", user_id="ada")
    memory.add("I keep goats.", user_id="bob")

    for filters in ({"AND": [{"user_id": "ada"}]}, {"AND": [{"AND": [{"user_id": "ada"}]}, {"user_id": "ada"}]}):
        assert ["I keep bees."] == [one["memory"] for one in memory.get_all(filters=filters)["results"]]
    for filters in (
        {"OR": [{"user_id": "ada"}, {"user_id": "bob"}]},
        {"user_id": "ada", "NOT": {"user_id": "bob"}},
        {"AND": [{"user_id": "ada"}, {"user_id": "bob"}]},
        {"AND": ["ada"]},
    ):
        with pytest.raises(InvalidInput):
            memory.get_all(filters=filters)


def test_update_history_and_deletion(memory: Memory) -> None:
    """A change keeps what was; a deletion leaves nothing."""
    id = memory.add("I live in Rome", user_id="default")["results"][0]["id"]

    memory.update(id, "I live in Oslo")

    assert memory.get(id)["memory"] == "I live in Oslo"
    assert [(row["event"], row["old_memory"], row["new_memory"]) for row in memory.history(id)] == [
        ("ADD", None, "I live in Rome"),
        ("UPDATE", "I live in Rome", "I live in Oslo"),
    ]
    memory.delete_all(user_id="default")
    assert memory.get_all(user_id="default")["results"] == []


def test_a_message_that_is_said_anew_keeps_what_it_said(memory: Memory) -> None:
    """Two messages of one id in one call are two versions of one memory."""
    told = [{"role": "user", "content": f"I live in {city}", "id": "m1"} for city in ("Rome", "Oslo")]

    (added,) = memory.add(told, user_id="default")["results"]

    assert [("ADD", "I live in Rome"), ("UPDATE", "I live in Oslo")] == [
        (row["event"], row["new_memory"]) for row in memory.history(added["id"])
    ]


def test_the_async_class_has_the_same_verbs(tmp_path: Path) -> None:
    """What is awaited gives what is called."""

    async def talk() -> list[str]:
        async with AsyncMemory(path=tmp_path / "a.db", embedder="hashing") as memory:
            await memory.add("I keep bees", user_id="ada")
            return [one["memory"] for one in (await memory.search("bees", user_id="ada"))["results"]]

    assert asyncio.run(talk()) == ["I keep bees"]
    verbs = {name for name, _ in inspect.getmembers(Memory, inspect.isfunction) if not name.startswith("_")}
    assert verbs <= {name for name in dir(AsyncMemory) if not name.startswith("_")}


def test_every_argument_of_the_real_package_is_taken(
    memory: Memory, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The signatures of the installed mem0 are accepted, name by name; it reports nothing and writes in no home."""
    monkeypatch.setenv("MEM0_TELEMETRY", "False")
    monkeypatch.setenv("MEM0_DIR", str(tmp_path / "mem0"))
    real = pytest.importorskip("mem0", reason="the real package is not installed").Memory
    given = {"messages": "I keep bees", "query": "bees", "user_id": "ada", "filters": {"user_id": "ada"}}

    for verb in ("add", "search", "get_all"):
        names = [name for name in inspect.signature(getattr(real, verb)).parameters if name not in ("self", "kwargs")]
        ours = inspect.signature(getattr(memory, verb)).parameters
        assert all(name in ours or "rest" in ours for name in names), (verb, names)
        call = {name: given[name] for name in names if name in given}
        getattr(memory, verb)(**call)
