"""MCP over HTTP with the reference client, and messages that no client should send."""

from __future__ import annotations

import asyncio
import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("httpx", reason="the server's tests need httpx")
pytest.importorskip("fastapi", reason="the server needs the extra serve")

from asgi_call import asked
from running import Server

from remanence.memory import Memory
from remanence.serve.http.app import make
from remanence.serve.keys import Keys
from remanence.serve.mcp.protocol import Protocol

PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}


@pytest.fixture(scope="module")
def protocol() -> Protocol:
    memory = Memory(":memory:", embedder="hashing")
    return Protocol(lambda: nullcontext(memory))


def answer(protocol: Protocol, message: Any) -> Any:
    """What comes back for one message; None where nothing does."""
    told = protocol.answer(json.dumps(message))
    return None if told is None else json.loads(told)


def test_a_real_client_keeps_and_finds_over_http_with_its_key(tmp_path: Path) -> None:
    """The reference client: tools, structured answers, resources; another key sees none of it."""
    mcp = pytest.importorskip("mcp", reason="the reference client is not installed")
    from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client

    keys = [Keys(tmp_path).make("team", user=user)[0] for user in ("ada", "bob")]
    server = Server(tmp_path)

    async def talk(key: str, *calls: tuple[str, dict[str, Any]]) -> tuple[list[Any], Any]:
        async with (
            create_mcp_http_client(headers={"Authorization": f"Bearer {key}"}) as http,
            mcp.Client(streamable_http_client(f"{server.client.base_url}/mcp", http_client=http)) as client,
        ):
            told = [(await client.call_tool(name, given)).structured_content for name, given in calls]
            return told, await client.list_resources()

    ask = ("memory_search", {"q": "where is the spare key"})
    (_, ada), resources = asyncio.run(talk(keys[0], ("memory_add", {"content": "The spare key is in the pot."}), ask))
    [bob], _ = asyncio.run(talk(keys[1], ask))
    server.stop()

    assert "The spare key is in the pot." == ada["hits"][0]["text"]
    assert [] == bob["hits"]
    assert {"memory://status"} < {str(one.uri) for one in resources.resources}


@pytest.mark.parametrize(
    ("version", "status"), [(b"2025-11-25", 200), (b"2024-11-05", 200), (b"1999-01-01", 400), (b"x", 400)]
)
def test_a_version_of_the_protocol_that_is_not_spoken_is_refused(tmp_path: Path, version: bytes, status: int) -> None:
    """By the header that clients send after the handshake; without one the message is answered."""
    app = make(tmp_path)

    told, _ = asked(app, "POST", "/mcp", PING, headers=[(b"mcp-protocol-version", version)])

    assert (status, 200) == (told, asked(app, "POST", "/mcp", PING)[0])


@pytest.mark.parametrize(
    "message",
    [
        {"id": 1, "method": "ping"},
        {"jsonrpc": "1.0", "id": 1, "method": "ping"},
        {"jsonrpc": "2.0", "id": {"a": 1}, "method": "ping"},
        {"jsonrpc": "2.0", "id": None, "method": "ping"},
        {"jsonrpc": "2.0", "id": True, "method": "ping"},
        {"jsonrpc": "2.0", "id": 1, "method": 7},
        {"jsonrpc": "2.0", "id": 1},
        "ping",
        7,
        [],
        [7],
    ],
)
def test_what_is_no_request_is_told_so(protocol: Protocol, message: Any) -> None:
    """One error of the protocol, and the next message is answered."""
    told = answer(protocol, message)

    assert -32600 == (told[0] if isinstance(told, list) else told)["error"]["code"]
    assert {} == answer(protocol, PING)["result"]


@pytest.mark.parametrize(
    "message",
    [
        {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1, "reason": "enough"}},
        {"jsonrpc": "2.0", "method": "notifications/no-such-thing"},
        {"jsonrpc": "2.0", "id": 3, "result": {}},
        {"jsonrpc": "2.0", "id": 3, "error": {"code": 1, "message": "no"}},
        [{"jsonrpc": "2.0", "method": "notifications/initialized"}],
    ],
)
def test_what_asks_for_nothing_gets_nothing(protocol: Protocol, message: Any) -> None:
    """Notifications, known or not, and answers to what was never asked."""
    assert answer(protocol, message) is None


def test_a_batch_of_an_older_client_is_answered_in_order(protocol: Protocol) -> None:
    """Requests among notifications, each with its own id, and an error of one is not that of the others."""
    told = answer(protocol, [PING, {"jsonrpc": "2.0", "method": "x"}, PING | {"id": "b", "method": "no"}, PING])

    assert [1, "b", 1] == [one["id"] for one in told]
    assert [False, True, False] == ["error" in one for one in told]


def test_a_large_memory_is_read_whole(protocol: Protocol) -> None:
    """As a resource and through the tool, to the last letter."""
    text = "é\n" * 90_000
    call = {"name": "memory_add", "arguments": {"text": text}}
    added = answer(protocol, PING | {"method": "tools/call", "params": call})
    id = added["result"]["structuredContent"]["ids"][0]

    read = answer(protocol, PING | {"method": "resources/read", "params": {"uri": f"memory://item/{id}"}})

    assert text.strip() == json.loads(read["result"]["contents"][0]["text"])["text"].strip()
