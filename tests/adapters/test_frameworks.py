"""Adapters with the real packages; each is skipped where its package is not installed."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from remanence.memory import Memory


@pytest.fixture
def memory() -> Memory:
    return Memory(":memory:", embedder="hashing")


# --- LangGraph ---


@pytest.fixture
def store(memory: Memory) -> Any:
    pytest.importorskip("langgraph.store.base", reason="langgraph-checkpoint is not installed")
    from remanence.adapters.langgraph import RemanenceStore

    return RemanenceStore(memory)


def test_langgraph_puts_gets_versions_and_deletes(store: Any) -> None:
    """A value comes back as it was; another one replaces it; None deletes it."""
    store.put(("users", "ada"), "home", {"text": "Ada lives in Rome.", "n": 1})
    store.put(("users", "ada"), "home", {"text": "Ada lives in Oslo.", "n": 2})

    held = store.get(("users", "ada"), "home")

    assert held.value == {"text": "Ada lives in Oslo.", "n": 2}
    assert held.updated_at >= held.created_at
    assert store.get(("users",), "home") is None
    store.delete(("users", "ada"), "home")
    assert store.get(("users", "ada"), "home") is None


def test_langgraph_searches_by_words_prefix_and_filter(store: Any) -> None:
    """A prefix holds what is under it and nothing beside it."""
    store.put(("users", "ada"), "a", {"text": "Ada keeps bees in the garden.", "kind": "hobby"})
    store.put(("users", "bob"), "b", {"text": "Bob keeps bees on the roof.", "kind": "work"})
    store.put(("users", "ada"), "secret", {"text": "bees bees bees"}, index=False)

    found = store.search(("users", "ada"), query="who keeps bees")
    by_kind = store.search(("users",), query="bees", filter={"kind": {"$eq": "work"}})

    assert [one.key for one in found] == ["a"]
    assert found[0].score is not None
    assert [one.namespace for one in by_kind] == [("users", "bob")]
    assert len(store.search(("users", "ada"))) == 2
    assert store.search(("user",)) == []


def test_langgraph_lists_namespaces(store: Any) -> None:
    """Prefix, suffix, wild parts and depth."""
    for namespace in (("a", "x", "1"), ("a", "y", "1"), ("b", "x", "2")):
        store.put(namespace, "k", {"v": 1})

    assert store.list_namespaces(prefix=("a",)) == [("a", "x", "1"), ("a", "y", "1")]
    assert store.list_namespaces(suffix=("x", "*")) == [("a", "x", "1"), ("b", "x", "2")]
    assert store.list_namespaces(max_depth=1) == [("a",), ("b",)]


def test_langgraph_forgets_what_has_expired(store: Any) -> None:
    """A value with a time to live is gone after it."""
    store.put(("t",), "soon", {"text": "gone soon"}, ttl=-1)
    store.put(("t",), "later", {"text": "stays"}, ttl=60)

    assert [one.key for one in store.search(("t",), refresh_ttl=False)] == ["later"]


@pytest.mark.parametrize(
    "wanted",
    [
        {"n": 3}, {"n": {"$eq": 3}}, {"tag": {"$ne": "odd"}}, {"n": {"$gt": 7}}, {"n": {"$gte": 3, "$lt": 6}},
        {"n": {"$lte": 2}}, {"deep": {"v": 2}}, {"deep": {"v": {"$gt": 2}}}, {"none": 1}, {"opt": None},
        {"none": {"$ne": 1}}, {"tag": "even", "n": {"$gt": 4}}, {"n": {"$gt": "5"}}, {"list": [1, {"$gt": 3}]},
        {"list": [1]}, {"tag": ["odd"]}, {"deep": 2},
    ],
)  # fmt: skip
def test_langgraph_filters_as_its_own_store(store: Any, wanted: dict[str, Any]) -> None:
    """Operators at any depth, what is missing, and values of another type."""
    memory = pytest.importorskip("langgraph.store.memory", reason="langgraph-checkpoint is not installed")
    theirs = memory.InMemoryStore()
    for each in (store, theirs):
        for n in range(12):
            value = {"n": n, "tag": ("even", "odd")[n % 2], "opt": None if n == 3 else n, "deep": {"v": n % 4}}
            each.put(("docs", f"u{n % 3}"), f"k{n}", {**value, "list": [1, n]})

    found, expected = (
        {(one.namespace, one.key) for one in each.search(("docs",), filter=wanted, limit=50)}
        for each in (store, theirs)
    )

    assert expected == found


def test_langgraph_values_of_any_size_and_depth_come_back(store: Any) -> None:
    """Also characters that no text keeps; an operator and a key that cannot be are refused."""
    deep: dict[str, Any] = {"end": 1}
    for _ in range(40):
        deep = {"in": deep}
    for value in ({"text": "long " * 40_000}, deep, {"nul": "a\x00b", "half": "\ud800"}, {"x": 1}):
        store.put(("a",), "k", value)
        assert value == store.get(("a",), "k").value
        assert [value] == [one.value for one in store.search(("a",))]
    for bad in (lambda: store.search(("a",), filter={"x": {"$near": 1}}), lambda: store.put(("a",), "k\x00", {"x": 1})):
        with pytest.raises(ValueError):
            bad()
    deepest = tuple(f"n{n}" for n in range(40))
    store.put(deepest, "k", {"x": 2})
    assert {"x": 2} == store.get(deepest, "k").value


@pytest.mark.parametrize("filler", ["long words ", " ", "\n", 'é"\\'])
def test_langgraph_values_over_a_megabyte_come_back_whole(store: Any, memory: Memory, filler: str) -> None:
    """In parts that nobody else sees: found, filtered, written again longer and shorter, listed once, and erased."""
    long = {"text": filler * (2_400_000 // len(filler)), "tag": "big"}
    short = {"text": "small", "tag": "big"}
    store.put(("docs",), "other", {"text": "another"})

    for value in (long, short, {**long, "more": 1}):
        store.put(("docs",), "k", value)
        assert value == store.get(("docs",), "k").value
        assert [value] == [one.value for one in store.search(("docs",), filter={"tag": "big"})]
        assert {"k", "other"} == {one.key for one in store.search(("docs",))}
        assert [("docs",)] == store.list_namespaces()
    store.delete(("docs",), "k")

    assert store.get(("docs",), "k") is None
    assert 1 == memory.count(tiers=(), ended=True)


def test_langgraph_forgets_all_parts_of_what_has_expired(store: Any, memory: Memory) -> None:
    """The parts end with the first one, and live on with it when it is read."""
    store.put(("docs",), "k", {"text": "word " * 500_000}, ttl=10)
    parts = memory.list(limit=0, kinds=("note", "chunk"))

    store.get(("docs",), "k", refresh_ttl=True)
    again = memory.list(limit=0, kinds=("note", "chunk"))

    assert len(parts) == len(again) == 3
    assert all(one.until is not None for one in parts)
    assert all(new.until > old.until for new, old in zip(again, parts, strict=True))


def test_langgraph_is_awaited_too(store: Any) -> None:
    """The asynchronous side."""

    async def talk() -> Any:
        await store.aput(("n",), "k", {"text": "hello"})
        return await store.aget(("n",), "k")

    assert asyncio.run(talk()).value == {"text": "hello"}


# --- OpenAI Agents ---


def test_an_agents_session_keeps_items_in_order(memory: Memory) -> None:
    """Added, limited, popped, cleared; each session is its own."""
    agents = pytest.importorskip("agents", reason="openai-agents is not installed")
    from remanence.adapters.openai_agents import RemanenceSession

    session, other = RemanenceSession("one", memory), RemanenceSession("two", memory)
    assert isinstance(session, agents.memory.Session)
    items = [
        {"role": "user", "content": "Where did I park?"},
        {"type": "function_call", "call_id": "c1", "name": "find", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c1", "output": "level 3"},
        {"role": "assistant", "content": [{"type": "output_text", "text": "On level 3."}]},
    ]

    async def talk() -> tuple[Any, ...]:
        await session.add_items(items)
        await other.add_items([{"role": "user", "content": "hi"}])
        whole, last = await session.get_items(), await session.get_items(limit=2)
        popped = await session.pop_item()
        left = await session.get_items()
        await session.clear_session()
        return whole, last, popped, left, await session.get_items(), await other.get_items(), await session.pop_item()

    whole, last, popped, left, cleared, others, nothing = asyncio.run(talk())

    assert whole == items
    assert last == items[2:]
    assert popped == items[3]
    assert left == items[:3]
    assert cleared == []
    assert others == [{"role": "user", "content": "hi"}]
    assert nothing is None


def test_the_same_words_twice_are_two_items_of_a_session(memory: Memory) -> None:
    """A conversation repeats itself, and its history says so."""
    pytest.importorskip("agents", reason="openai-agents is not installed")
    from remanence.adapters.openai_agents import RemanenceSession

    session = RemanenceSession("one", memory)

    async def talk() -> Any:
        for _ in range(2):
            await session.add_items([{"role": "user", "content": "yes"}, {"role": "assistant", "content": "yes"}])
        return await session.get_items()

    assert [one["role"] for one in asyncio.run(talk())] == ["user", "assistant", "user", "assistant"]


# --- Anthropic ---


def test_an_agents_session_keeps_outputs_of_any_size(memory: Memory) -> None:
    """A tool that tells a whole file, a picture as letters, and characters that no text keeps."""
    pytest.importorskip("agents", reason="openai-agents is not installed")
    from remanence.adapters.openai_agents import RemanenceSession

    session = RemanenceSession("s", memory)
    items: list[Any] = [
        {"role": "user", "content": "Read the log."},
        {"type": "function_call_output", "call_id": "c1", "output": "line\n" * 50_000},
        {"role": "user", "content": [{"type": "input_image", "image_url": "data:image/png;base64," + "A" * 200_000}]},
        {"type": "function_call_output", "call_id": "c2", "output": "NUL \x00 and half \udc80"},
        {"type": "function_call_output", "call_id": "c3", "output": "a line\n" * 300_000},
    ]

    asyncio.run(session.add_items(items))

    assert items == asyncio.run(session.get_items())
    assert items[-2:] == asyncio.run(session.get_items(2))
    assert [] == asyncio.run(session.get_items(0))
    assert items == asyncio.run(session.get_items(99))
    assert items[-1] == asyncio.run(session.pop_item())
    asyncio.run(session.clear_session())
    assert (None, []) == (asyncio.run(session.pop_item()), asyncio.run(session.get_items()))
    asyncio.run(session.clear_session())


def test_the_anthropic_tool_answers_its_commands(memory: Memory) -> None:
    """Called as the SDK calls it, with the model's input."""
    pytest.importorskip("anthropic.lib.tools", reason="anthropic is not installed")
    from anthropic.lib.tools import ToolError

    from remanence.adapters.anthropic_memory import MemoryTool

    tool = MemoryTool(memory)
    assert tool.to_dict() == {"type": "memory_20250818", "name": "memory"}

    made = tool.call({"command": "create", "path": "/memories/a.md", "file_text": "tea: black"})
    edited = tool.call({"command": "str_replace", "path": "/memories/a.md", "old_str": "black", "new_str": "green"})
    seen = tool.call({"command": "view", "path": "/memories/a.md"})

    assert "successfully" in made
    assert edited.endswith("(with line numbers):\n     1\ttea: green")
    assert seen == "Here's the content of /memories/a.md with line numbers:\n     1\ttea: green"
    with pytest.raises(ToolError, match="would escape /memories"):
        tool.call({"command": "view", "path": "/memories/../etc/passwd"})
    assert [hit.text for hit in memory.recall("green tea", kinds="file")] == ["tea: green"]
