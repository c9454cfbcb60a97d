"""Requests that are made to break the server: each is one short problem, and the next request is answered."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("httpx", reason="the server's tests need httpx")
pytest.importorskip("fastapi", reason="the server needs the extra serve")

from asgi_call import JSON, asked, call
from starlette.requests import ClientDisconnect

from remanence.memory import Memory
from remanence.serve.http.app import make
from remanence.serve.http.guard import Bounds, Guard
from remanence.serve.mcp.protocol import Protocol
from remanence.serve.shapes import SAID
from remanence.store.upkeep import export

LONG = "z" * 300_000
PING: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": "ping"}


@pytest.fixture
def app(tmp_path: Path) -> Guard:
    return make(tmp_path, lambda path: Memory(path, embedder="hashing"))


@pytest.fixture(scope="module")
def protocol() -> Protocol:
    memory = Memory(":memory:", embedder="hashing")
    return Protocol(lambda: nullcontext(memory))


def sent(app: Guard, path: str, raw: bytes, *headers: tuple[bytes, bytes]) -> tuple[int, Any]:
    """Status and JSON of the answer to these very bytes."""
    parts = [{"type": "http.request", "body": raw, "more_body": False}]

    async def receive() -> dict[str, Any]:
        return parts.pop() if parts else {"type": "http.disconnect"}

    status, told = asyncio.run(call(app, "POST", path, headers=headers or [JSON], receive=receive))
    return status, json.loads(told)


# --- what is said of a fault is short ------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/memories", {"messages": ["x"], LONG: 1}),
        ("/v1/memories/forget", {"ids": [LONG]}),
        ("/v1/recall", {"cue": "x", "where": {"tiers": [LONG]}}),
        ("/mem0/search", {"query": "x", "filters": {"a": {LONG: 1}}}),
    ],
)
def test_a_problem_repeats_little_of_what_was_sent(app: Guard, path: str, body: dict[str, Any]) -> None:
    """Its beginning, and its end with the cure."""
    sent(app, "/v1/memories", b'{"messages": ["Ada keeps bees."]}')

    status, told = asked(app, "POST", path, body)

    assert status in (404, 422)
    assert len(told["detail"]) <= SAID
    assert "zzz ... " in told["detail"]


@pytest.mark.parametrize(
    "message",
    [
        PING | {"method": LONG},
        PING | {"id": LONG},
        PING | {"method": "tools/call", "params": {"name": LONG}},
        PING | {"method": "tools/call", "params": {"name": "memory_add", "arguments": {LONG: 1}}},
        PING | {"method": "tools/call", "params": {"name": "memory_get", "arguments": {"id": LONG}}},
        PING | {"method": "resources/read", "params": {"uri": LONG}},
    ],
)
def test_an_error_of_the_protocol_repeats_little_of_what_was_sent(protocol: Protocol, message: dict[str, Any]) -> None:
    """Whatever is long in it: a name, an argument, an id."""
    told = protocol.answer(json.dumps(message))

    assert told is not None
    assert len(told) < SAID + 200
    assert {"error", "result"} & set(json.loads(told))


# --- what costs more than its bytes --------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/recall", b'{"cue": "x", "where": {"kinds": [%s]}}' % b",".join([b"1"] * 60_000)),
        ("/v1/memories", b'{"messages": [%s]}' % b",".join([b"[]"] * 30_000)),
        ("/mcp", b"[%s]" % b",".join([b"{}"] * 30_000)),
    ],
)
def test_a_body_of_very_many_values_is_refused_unread(app: Guard, path: str, body: bytes) -> None:
    """Each value would cost a reader a hundred times its bytes; what stands in quotes is no value."""
    status, told = sent(app, path, body)

    assert (413, "too many values") == (status, told["title"])
    assert 201 == sent(app, "/v1/memories", json.dumps({"messages": ["[,{" * 30_000]}).encode())[0]


@pytest.mark.parametrize(
    ("path", "body", "says"),
    [
        ("/v1/recall", {"cue": "x", "where": {"kinds": [1] * 900}}, "body.where.kinds.0"),
        ("/v1/memories", {"messages": [1] * 900}, "body.messages.0"),
        ("/v1/memories/forget", {"ids": [1] * 900}, "body.ids.0"),
        ("/mem0/memories", {"messages": [1] * 900}, "a message is a text or an object"),
        ("/v1/recall", {"cue": "x"} | {str(n): 1 for n in range(900)}, "at most 64 fields"),
    ],
)
def test_of_many_faults_the_first_is_told(app: Guard, path: str, body: dict[str, Any], says: str) -> None:
    """And no other is looked for: each would be kept with all that it says."""
    status, told = asked(app, "POST", path, body)

    assert 422 == status
    assert says in told["detail"]
    assert told["detail"].count(";") < 4


def test_a_batch_of_very_many_messages_is_refused_whole(protocol: Protocol) -> None:
    """One error, and not one for each of them."""
    told = json.loads(protocol.answer(json.dumps([PING] * 101)) or "")
    hundred = json.loads(protocol.answer(json.dumps([PING] * 100)) or "")

    assert (-32600, 100) == (told["error"]["code"], len(hundred))


# --- what can be read in two ways ----------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b'{"messages": ["one"], "messages": ["two"]}',
        b'{"messages": [{"text": "one", "text": "two"}]}',
        b'{"messages": [{"text": "one", "data": {"a": 1, "a": 2}}]}',
        b'{"messages": ["%s"], "messages": ["two"]}' % (b"long " * 20_000),
    ],
)
def test_an_object_that_names_a_thing_twice_is_refused(app: Guard, body: bytes) -> None:
    """Whoever looked at it before may have taken the other one."""
    status, told = sent(app, "/v1/memories", body)

    assert 422 == status
    assert "twice" in told["detail"]
    assert 0 == asked(app, "GET", "/v1/stats")[1]["items"]


def test_a_message_of_the_protocol_that_names_a_thing_twice_is_refused(protocol: Protocol) -> None:
    told = json.loads(protocol.answer('{"jsonrpc": "2.0", "id": 1, "method": "ping", "method": "tools/list"}') or "")

    assert -32700 == told["error"]["code"]
    assert "twice" in told["error"]["message"]


def test_json_is_utf_8(app: Guard) -> None:
    """In UTF-16 half of a character looks like a quote, behind which no bracket would be counted."""
    deep = json.dumps({"messages": ["\u2200"], "x": 0}, ensure_ascii=False).replace("0", "[" * 40 + "]" * 40)

    status, told = sent(app, "/v1/memories", deep.encode("utf-16"))

    assert 422 == status
    assert "UTF-8" in told["detail"]


@pytest.mark.parametrize("origin", [b"http://[", b"http://[::1", b"//", b"http://]"])
def test_an_origin_that_is_none_is_a_foreign_one(app: Guard, origin: bytes) -> None:
    """Refused as any other page's request is."""
    status, _ = sent(app, "/v1/memories", b'{"messages": ["x"]}', JSON, (b"origin", origin))

    assert 403 == status


def test_metadata_beside_data_that_is_none_is_told(app: Guard) -> None:
    """A mem0 client's message whose data is a text, with metadata to be put into it."""
    message = {"role": "user", "content": "I keep bees.", "data": "text"}

    status, told = asked(app, "POST", "/mem0/memories", {"messages": [message], "metadata": {"a": 1}})

    assert 422 == status
    assert "data" in told["detail"]


@pytest.mark.parametrize("lines", [["x", 1], [1], [1, 2, 3], [True, 2], [1.5, 2]])
def test_a_range_of_lines_that_is_none_is_told(lines: list[Any]) -> None:
    memory = Memory(":memory:", embedder="hashing")
    files = Protocol(lambda: nullcontext(memory), profile="files")
    arguments = {"path": "/memories", "view_range": lines}

    told = files.answer(json.dumps(PING | {"method": "tools/call", "params": {"name": "view", "arguments": arguments}}))

    assert "view_range is two whole numbers" in json.loads(told or "")["result"]["content"][0]["text"]


# --- who is slow, goes away, or comes at the same time -------------------------------------------


def test_an_upload_that_comes_byte_by_byte_ends_with_408(tmp_path: Path) -> None:
    """Each byte comes in time, and all of them would take for ever."""
    bounds = Bounds(body_s=0.3, receive_s=10.0, upload_rate=1000.0)
    app = make(tmp_path, lambda path: Memory(path, embedder="hashing"), bounds=bounds)

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b"x", "more_body": True}

    headers = [(b"content-type", b"application/octet-stream")]
    status, told = asyncio.run(call(app, "POST", "/v1/import", headers=headers, receive=receive))

    assert 408 == status, told


def test_who_breaks_off_an_upload_is_no_fault_of_the_server(app: Guard) -> None:
    """No trace in the log, and no file that stays."""

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    headers = [(b"content-type", b"application/octet-stream")]
    try:
        status, _ = asyncio.run(call(app, "POST", "/v1/import", headers=headers, receive=receive))
    except ClientDisconnect:
        status = 500

    assert 400 == status


def test_who_breaks_off_an_export_leaves_no_file_open(app: Guard) -> None:
    """Without waiting for the collector of garbage."""
    sent(app, "/v1/memories", json.dumps({"messages": [f"{n} " * 5_000 for n in range(20)]}).encode())
    gc.collect()
    gc.disable()
    try:
        first, *_, last = asyncio.run(_open_after(app, "/v1/export", 5))
    finally:
        gc.enable()

    assert first == last


async def _open_after(app: Guard, path: str, times: int) -> list[int]:
    """How many files are open after each request that is broken off, in one loop as a server has it."""
    found = []
    for _ in range(times):
        await _broken_off(app, path)
        found.append(len(os.listdir("/dev/fd")))
    return found


async def _broken_off(app: Guard, path: str) -> None:
    begun = asyncio.Event()

    async def on_sent(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.body":
            begun.set()
            await asyncio.sleep(0.05)

    async def receive() -> dict[str, Any]:
        await begun.wait()
        return {"type": "http.disconnect"}

    await call(app, "GET", path, receive=receive, on_sent=on_sent)


def test_a_few_exports_of_a_space_run_at_once(app: Guard) -> None:
    """Whoever asks for one more is told to come again, also when clients that began one have gone."""
    sent(app, "/v1/memories", b'{"messages": ["Ada keeps bees."]}')

    async def run() -> list[int]:
        found = await asyncio.gather(*(call(app, "GET", "/v1/export") for _ in range(5)))
        return [status for status, _ in (*found, await call(app, "GET", "/v1/export"))]

    assert [200, 200, 429, 429, 429, 200] == asyncio.run(run())


def test_exports_run_beside_one_another_and_beside_writers(tmp_path: Path) -> None:
    """Each is of one commit, none fails, and no write fails because of them."""
    with Memory(tmp_path / "a.db", embedder="hashing") as memory:
        memory.remember([f"line {n}" for n in range(300)])
        stop = threading.Event()

        def write() -> int:
            wrote = 0
            while not stop.is_set():
                wrote += memory.remember([f"written {wrote}", f"written too {wrote}"]).put
            return wrote

        def read(n: int) -> int:
            with (tmp_path / f"{n}.jsonl").open("w", encoding="utf-8") as out:
                return export(memory.store, out, scope=memory.scope)["items"]

        with ThreadPoolExecutor(5) as pool:
            writing = pool.submit(write)
            try:
                counts = list(pool.map(read, range(24)))
            finally:
                stop.set()
            wrote = writing.result()

        assert {0} == {(count - 300) % 2 for count in counts}
        assert 300 + wrote == memory.count()
