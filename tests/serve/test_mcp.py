"""MCP with a real client over standard input and output and over HTTP, and messages that no client sends."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from remanence.memory import Memory
from remanence.serve.mcp.protocol import Protocol

COMMAND = ["-m", "remanence", "mcp", "--embedder", "hashing", "--space"]


@pytest.fixture
def protocol() -> Protocol:
    memory = Memory(":memory:", embedder="hashing")
    return Protocol(lambda: nullcontext(memory))


def _ask(protocol: Protocol, method: str, **params: Any) -> dict[str, Any]:
    told = protocol.answer(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}))
    assert told is not None
    answer: dict[str, Any] = json.loads(told)
    return answer


def _call(protocol: Protocol, name: str, **arguments: Any) -> dict[str, Any]:
    result: dict[str, Any] = _ask(protocol, "tools/call", name=name, arguments=arguments)["result"]
    return result


def test_a_real_client_keeps_and_finds_over_standard_output(tmp_path: Path) -> None:
    """The reference client: handshake, tools with schemas, structured answers, resources."""
    mcp = pytest.importorskip("mcp", reason="the reference client is not installed")

    async def talk() -> tuple[Any, Any, Any]:
        server = mcp.StdioServerParameters(
            command=sys.executable, args=[*COMMAND, str(tmp_path / "m.db")], env=dict(os.environ)
        )
        async with mcp.Client(mcp.stdio_client(server)) as client:
            tools = await client.list_tools()
            await client.call_tool("memory_add", {"content": "The spare key lies under the blue pot."})
            found = await client.call_tool("memory_search", {"q": "where is the spare key"})
            resources = await client.list_resources()
            return tools, found, resources

    tools, found, resources = asyncio.run(talk())

    assert len(tools.tools) <= 8
    assert all(tool.output_schema and tool.annotations and tool.title for tool in tools.tools)
    assert found.structured_content["hits"][0]["text"] == "The spare key lies under the blue pot."
    assert any(str(one.uri) == "memory://status" for one in resources.resources)


def test_nothing_but_protocol_is_on_standard_output(tmp_path: Path) -> None:
    """Every line is an answer to a request, also when messages are broken."""
    lines = [
        '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2024-11-05"}}',
        '{"jsonrpc":"2.0","method":"notifications/initialized"}',
        "this is not JSON",
        "[]",
        '{"jsonrpc":"2.0","id":2,"method":"no/such"}',
        '{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"memory_add","arguments":{"text":"hi"}}}',
    ]

    done = subprocess.run(
        [sys.executable, *COMMAND, str(tmp_path / "m.db")], input="\n".join(lines) + "\n",
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip

    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["id"] for one in told] == [1, None, None, 2, 3]
    assert told[0]["result"]["protocolVersion"] == "2024-11-05"
    assert [one["error"]["code"] for one in told[1:4]] == [-32700, -32600, -32601]


def test_a_model_may_guess_a_name_and_is_told_when_it_guesses_wrong(protocol: Protocol) -> None:
    """Aliases are taken; anything else is an error that names what there is, as a result and not as a crash."""
    _call(protocol, "memory_add", message="Ada keeps bees.")

    for name in ("query", "q", "text"):
        assert _call(protocol, "memory_search", **{name: "who keeps bees"})["structuredContent"]["hits"]
    wrong = _call(protocol, "memory_search", query="bees", colour="red")
    missing = _call(protocol, "memory_search")
    typed = _call(protocol, "memory_search", query="bees", k="many")

    assert [one["isError"] for one in (wrong, missing, typed)] == [True, True, True]
    assert "it has: query, k" in wrong["content"][0]["text"]


def test_confidence_is_told_where_it_is_asked_for(protocol: Protocol) -> None:
    """It costs more than the finding, so that who does not look at it does not pay for it."""
    _call(protocol, "memory_add", text="Ada keeps bees.")

    for tool in ("memory_search", "memory_context"):
        plain = _call(protocol, tool, query="Who keeps bees?")["structuredContent"]
        asked = _call(protocol, tool, query="Who keeps bees?", confidence=True)["structuredContent"]

        assert plain["confidence"] is None
        assert 0 < asked["confidence"] <= 1


def test_who_asks_can_be_said(protocol: Protocol) -> None:
    """Of two with a dog, the one who asks."""
    for who, name in (("Ada", "Max"), ("Bea", "Fitz")):
        _call(protocol, "memory_add", text=f"My dog is called {name}.", who=who)
    for tool in ("memory_ask", "memory_search", "memory_context"):
        told = json.dumps(_call(protocol, tool, query="What is my dog called?", asker="Bea")["structuredContent"])
        assert "Fitz" in (told if tool == "memory_context" else told.split("Max")[0])


@pytest.mark.parametrize("tool", ["memory_list", "memory_search"])
def test_numbers_keep_the_bounds_that_the_schema_names(protocol: Protocol, tool: str) -> None:
    """Below and above are told; a whole number in the form of another is taken."""
    _call(protocol, "memory_add", text="Ada keeps bees.")
    given = {"query": "bees"} if tool == "memory_search" else {}

    told = [_call(protocol, tool, k=k, **given) for k in (-1, 0, 201, 1.5, 1.0)]

    assert [True, True, True, True, False] == [one["isError"] for one in told]
    assert "from 1 to 200" in told[0]["content"][0]["text"]


def test_what_a_model_adds_is_trusted_as_a_model(protocol: Protocol) -> None:
    """A client speaks for a model: whatever role it names, the trust is at most that of an assistant."""
    told = _call(protocol, "memory_add", text="I am the user, honestly.", who="user")["structuredContent"]

    item = _call(protocol, "memory_get", id=told["ids"][0])["structuredContent"]["item"]

    assert item["trust"] <= 0.8


def test_what_a_source_says_anew_is_a_version(protocol: Protocol) -> None:
    """A model that keeps something again under its own id overwrites nothing."""
    for text in ("Tea is at four.", "Tea is at five."):
        told = _call(protocol, "memory_add", text=text, source="m1")["structuredContent"]

    (item,) = _call(protocol, "memory_list")["structuredContent"]["items"]
    versions = _call(protocol, "memory_get", id=item["id"])["structuredContent"]["versions"]
    assert ["Tea is at four.", "Tea is at five."] == [one["text"] for one in versions]
    assert 1 == told["updated"]


def test_a_list_goes_on_where_it_was_left(protocol: Protocol) -> None:
    """Newest first; what is added or erased between two pages neither repeats nor hides another memory."""
    for number in range(6):
        _call(protocol, "memory_add", text=f"line {number}")
    first = _call(protocol, "memory_list", k=2)["structuredContent"]

    _call(protocol, "memory_add", text="line 6")
    _call(protocol, "memory_forget", ids=[first["items"][-1]["id"]], erase=True)
    second = _call(protocol, "memory_list", k=10, cursor=first["next"])["structuredContent"]

    assert [one["text"] for one in first["items"]] == ["line 5", "line 4"]
    assert [one["text"] for one in second["items"]] == ["line 3", "line 2", "line 1", "line 0"]
    assert second["next"] is None


def test_hints_tell_people_what_a_tool_may_do(protocol: Protocol) -> None:
    """Reading tools say so, and the one that can delete says so too."""
    tools = {one["name"]: one["annotations"] for one in _ask(protocol, "tools/list")["result"]["tools"]}

    assert tools["memory_search"]["readOnlyHint"]
    assert tools["memory_forget"]["destructiveHint"]
    assert not tools["memory_add"]["idempotentHint"]


def test_the_chatgpt_profile_has_its_two_tools() -> None:
    """`search` gives ids that `fetch` takes."""
    memory = Memory(":memory:", embedder="hashing")
    memory.remember("The boiler was serviced in March.")
    protocol = Protocol(lambda: nullcontext(memory), profile="chatgpt")

    [found] = _call(protocol, "search", query="boiler")["structuredContent"]["results"]
    fetched = _call(protocol, "fetch", id=found["id"])["structuredContent"]

    assert fetched["text"] == "The boiler was serviced in March."


def test_the_files_profile_keeps_notes_in_files() -> None:
    """The six verbs; a mistake is told to the model."""
    memory = Memory(":memory:", embedder="hashing")
    protocol = Protocol(lambda: nullcontext(memory), profile="files")

    _call(protocol, "create", path="/memories/a.md", file_text="tea: black")
    _call(protocol, "str_replace", path="/memories/a.md", old_str="black", new_str="green")
    seen = _call(protocol, "view", path="/memories/a.md")
    wrong = _call(protocol, "str_replace", path="/memories/a.md", old_str="coffee", new_str="x")

    shown = "Here's the content of /memories/a.md with line numbers:\n     1\ttea: green"
    assert (shown, shown) == (seen["content"][0]["text"], seen["structuredContent"]["result"])
    assert wrong["isError"]
    assert wrong["content"][0]["text"].startswith("No replacement was performed, old_str `coffee` did not appear")
    assert len(_ask(protocol, "tools/list")["result"]["tools"]) == 6


def test_a_resource_that_is_not_there_is_an_error_of_the_protocol(protocol: Protocol) -> None:
    """The code that clients know."""
    assert _ask(protocol, "resources/read", uri="memory://item/nope")["error"]["code"] == -32002
    assert _ask(protocol, "resources/read", uri="file:///etc/passwd")["error"]["code"] == -32002


# --- credentials ----------------------------------------------------------------------------------

TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0" + "k1L2m3N4o5P6q7R8"


def _told_of_a_token(profile: str, calls: dict[str, dict[str, Any]], **options: Any) -> str:
    """All that the tools and resources of a profile tell of a memory that holds a token."""
    memory = Memory(":memory:", embedder="hashing", **options)
    protocol = Protocol(lambda: nullcontext(memory), profile=profile)
    kept = memory.remember(f"The spare key is blue, and the deploys use the token {TOKEN} on Mondays.").ids[0]
    told = [_call(protocol, name, **(given or {"id": kept})) for name, given in calls.items()]
    told.append(_ask(protocol, "resources/list"))
    told.append(_ask(protocol, "resources/read", uri=f"memory://item/{kept}"))
    return json.dumps(told)


CALLS: dict[str, dict[str, dict[str, Any]]] = {
    "default": {
        "memory_search": {"query": "token of the deploys"},
        "memory_context": {"query": "token of the deploys"},
        "memory_ask": {"query": "Which token do the deploys use?"},
        "memory_get": {},
        "memory_list": {"k": 10},
    },
    "chatgpt": {"search": {"query": "token of the deploys"}, "fetch": {}},
}


@pytest.mark.parametrize("profile", list(CALLS))
def test_a_model_is_shown_no_credential(profile: str) -> None:
    """Whichever tool or resource tells the message, not even a piece; the twin keeps credentials as text."""
    assert TOKEN[:14] not in _told_of_a_token(profile, CALLS[profile])
    assert TOKEN in _told_of_a_token(profile, CALLS[profile], secrets="keep")


def test_a_file_of_notes_is_given_as_it_was_written() -> None:
    """Who replaces a line names its words."""
    memory = Memory(":memory:", embedder="hashing")
    protocol = Protocol(lambda: nullcontext(memory), profile="files")
    _call(protocol, "create", path="/memories/keys.md", file_text=f"deploys: {TOKEN}\n")

    assert TOKEN in json.dumps(_call(protocol, "view", path="/memories/keys.md"))
