"""What the server does where something is wrong: too much, too slow, full, damaged, from another version, stopped."""

from __future__ import annotations

import asyncio
import errno
import json
import signal
import sqlite3
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

httpx = pytest.importorskip("httpx", reason="the server's tests need httpx")
pytest.importorskip("fastapi", reason="the server needs the extra serve")

from asgi_call import JSON, asked, call  # noqa: E402
from running import Server  # noqa: E402

from remanence.errors import IntegrityError, StoreFull  # noqa: E402
from remanence.memory import Memory  # noqa: E402
from remanence.serve.http.app import LOCAL, make  # noqa: E402
from remanence.serve.http.guard import Bounds, Guard  # noqa: E402
from remanence.serve.http.operations import Operations  # noqa: E402
from remanence.serve.keys import Keys  # noqa: E402
from remanence.types import Scope  # noqa: E402

OWNER = (LOCAL.space, Scope())
FILE = {"Content-Type": "application/octet-stream"}


def _server(folder: Path, **how: Any) -> Guard:
    return make(folder, lambda path: Memory(path, embedder="hashing"), **how)


def _operations(app: Guard) -> Operations:
    held: Operations = app.app.state.operations  # type: ignore[attr-defined]
    return held


def _imported(server: Server, name: str, content: bytes) -> dict[str, Any]:
    id = server.client.post(f"/v1/import?name={name}", content=content, headers=FILE).json()["id"]
    with server.client.stream("GET", f"/v1/operations/{id}/events") as events:
        last = [line for line in events.iter_lines() if line.startswith("data: ")][-1]
    ended: dict[str, Any] = json.loads(last.removeprefix("data: "))
    return ended


def test_who_follows_an_operation_takes_nobodys_place(tmp_path: Path) -> None:
    """More followers than places and than threads; the next request is answered, and each follower sees the end."""
    app, go = _server(tmp_path, bounds=Bounds(requests=50)), threading.Event()

    def work(progress: Any) -> Mapping[str, Any]:
        go.wait()
        return {}

    followed = _operations(app).start("sleep", OWNER, work)

    async def run() -> tuple[int, list[bytes]]:
        begun = asyncio.Semaphore(0)

        async def on_sent(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                begun.release()

        path = f"/v1/operations/{followed.id}/events"
        following = []
        for _ in range(80):
            following.append(asyncio.create_task(call(app, "GET", path, on_sent=on_sent)))
            await begun.acquire()
        status, _ = await call(app, "GET", "/v1/stats")
        go.set()
        return status, [told for _, told in await asyncio.gather(*following)]

    status, told = asyncio.run(run())

    assert 200 == status
    assert {True} == {b"event: done" in each for each in told}


def test_too_many_requests_are_told_to_come_again(tmp_path: Path) -> None:
    """Bodies that do not come hold every place: the next request is refused with 429, and health still answers."""
    app = _server(tmp_path, bounds=Bounds(requests=3))

    async def run() -> tuple[int, int, int]:
        slow = [asyncio.create_task(call(app, "POST", "/v1/recall", headers=[JSON])) for _ in range(3)]
        await asyncio.sleep(0)
        (refused, _), (health, _) = await call(app, "GET", "/v1/stats"), await call(app, "GET", "/healthz")
        for one in slow:
            one.cancel()
        await asyncio.wait(slow)
        again, _ = await call(app, "GET", "/v1/stats")
        return refused, health, again

    assert (429, 200, 200) == asyncio.run(run())


@pytest.mark.parametrize(
    ("path", "body", "most"),
    [
        ("/v1/memories", {"messages": ["line"] * 1_001}, "1,000"),
        ("/v1/memories/forget", {"ids": ["id"] * 10_001}, "10,000"),
    ],
)
def test_a_batch_that_is_too_large_is_told_how_many_may_come(
    tmp_path: Path, path: str, body: dict[str, Any], most: str
) -> None:
    """413 as for a body with too many bytes, and the cure."""
    status, told = asked(_server(tmp_path), "POST", path, body)

    assert status == 413
    assert most in told["detail"]
    assert "fewer" in told["detail"]


def test_a_body_that_comes_byte_by_byte_ends_with_408(tmp_path: Path) -> None:
    """Each part is in time, the whole is not."""
    app = _server(tmp_path, bounds=Bounds(body_s=0.2))

    async def trickle() -> dict[str, Any]:
        await asyncio.sleep(0.001)
        return {"type": "http.request", "body": b" ", "more_body": True}

    status, told = asked(app, "POST", "/v1/recall", headers=[JSON], receive=trickle)

    assert (408, 408) == (status, told["status"])


@pytest.mark.parametrize("name", [b"host", b"origin", b"content-type", b"authorization", b"x-api-key"])
def test_a_header_that_decides_comes_once(tmp_path: Path, name: bytes) -> None:
    """Two readers of a request must not read two things."""
    value = {b"host": b"localhost", b"origin": b"http://localhost", b"content-type": b"application/json"}.get(
        name, b"x"
    )
    doubled = [(name, value)] * (1 if name == b"host" else 2)

    status, told = asked(_server(tmp_path), "POST", "/v1/recall", headers=doubled)

    assert (400, "a header twice") == (status, told["title"])


def test_the_first_key_closes_a_server_that_was_open(tmp_path: Path) -> None:
    """Also for good: taking the key away does not open it again."""
    keys = Keys(tmp_path)
    app = _server(tmp_path, keys=keys, open_until_keys=True)

    before, _ = asked(app, "GET", "/v1/stats")
    key, made = keys.make("default")
    without, _ = asked(app, "GET", "/v1/stats")
    having, _ = asked(app, "GET", "/v1/stats", headers=[(b"authorization", f"Bearer {key}".encode())])
    keys.revoke(made.id)
    after, _ = asked(app, "GET", "/v1/stats")

    assert (200, 401, 200, 401) == (before, without, having, after)


def test_damaged_keys_open_nothing(tmp_path: Path) -> None:
    """The answer is a problem with its cure, not a crash and not an open door."""
    (tmp_path / "keys.json").write_text('[{"id": ')

    status, told = asked(_server(tmp_path, keys=Keys(tmp_path), open_until_keys=True), "GET", "/v1/stats")

    assert 500 == status
    assert "keys.json" in told["detail"]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/srv/secret/default.db"), 507),
        (StoreFull("no space left for {path}: free some"), 507),
        (IntegrityError("row 7 of {path} is damaged"), 500),
        (ZeroDivisionError("/srv/secret"), 500),
    ],
)
def test_what_fails_below_is_one_problem_without_a_path_of_the_server(
    tmp_path: Path, error: Exception, status: int
) -> None:
    """Disk full is 507; what nobody foresaw is a 500 of the same shape."""

    def broken(path: Path) -> Memory:
        raise type(error)(str(error).replace("{path}", str(path))) if "{path}" in str(error) else error

    async def run() -> tuple[int, bytes]:
        answer: list[dict[str, Any]] = []

        async def on_sent(message: dict[str, Any]) -> None:
            answer.append(message)

        with suppress(ZeroDivisionError):  # raised again after the answer, for the log of who runs the application
            await call(make(tmp_path, broken), "POST", "/v1/recall", {"cue": "x"}, on_sent=on_sent)
        return answer[0]["status"], answer[1]["body"]

    answered, raw = asyncio.run(run())

    told = json.loads(raw)
    assert (status, status) == (answered, told["status"])
    assert {"type", "title", "status", "detail"} <= set(told)
    assert str(tmp_path) not in told["detail"]
    assert "/srv" not in told["detail"]


def test_a_space_of_a_newer_version_is_left_alone_and_told(tmp_path: Path) -> None:
    """Every verb says what to do; the file keeps its number."""
    with Memory(tmp_path / "default.db", embedder="hashing") as memory:
        memory.remember("Ada keeps bees.")
    with sqlite3.connect(tmp_path / "default.db") as file:
        file.execute("pragma user_version = 99")
    app = _server(tmp_path)

    told = [asked(app, "POST", "/v1/memories", {"messages": ["x"]}), asked(app, "GET", "/v1/stats")]

    assert [500, 500] == [status for status, _ in told]
    assert all("pip install -U remanence" in problem["detail"] for _, problem in told)
    assert 99 == sqlite3.connect(tmp_path / "default.db").execute("pragma user_version").fetchone()[0]


def test_ready_means_that_spaces_can_be_written(tmp_path: Path) -> None:
    """A server in front of a folder that is gone answers, and says that it is not ready."""
    gone = _server(tmp_path / "no" / "such")

    assert 200 == asked(_server(tmp_path), "GET", "/readyz")[0]
    assert (503, 200) == (asked(gone, "GET", "/readyz")[0], asked(gone, "GET", "/healthz")[0])


def test_what_waits_is_cancelled_at_once_and_never_run() -> None:
    """Nobody waits for the work before it, and what it would have needed is put away."""
    operations, go, ran, put_away = Operations(workers=1), threading.Event(), [], threading.Event()

    def first(progress: Any) -> Mapping[str, Any]:
        go.wait()
        return {}

    operations.start("sleep", OWNER, first)
    second = operations.start("import", OWNER, lambda _: ran.append(1) or {}, after=put_away.set)

    state = operations.stop(second.id, OWNER).state
    go.set()
    operations.close()

    assert put_away.wait(60)
    assert ("cancelled", "cancelled", []) == (state, second.state, ran)


def test_a_file_that_is_sent_again_is_known(tmp_path: Path) -> None:
    """Also after a restart; what is kept names the file, and no folder of the server's."""
    content = b'{"who": "Ada", "text": "I keep bees."}\n{"who": "Bo", "text": "I keep goats."}\n'
    server = Server(tmp_path)
    first = _imported(server, "talk.jsonl", content)["result"]
    broken = _imported(server, "broken.jsonl", b'{"text": "a"}\nb\n')["problem"]
    server.stop()
    server = Server(tmp_path)

    again = _imported(server, "talk.jsonl", content)["result"]
    other = _imported(server, "talk.jsonl", b'{"who": "Cy", "text": "I keep owls."}\n')["result"]
    items = server.client.get("/v1/memories").json()["items"]
    server.stop()

    assert [(2, 0), (0, 2), (1, 0)] == [(one["kept"], one["known"]) for one in (first, again, other)]
    assert {"talk.jsonl"} == {one["session"].partition("/")[2] for one in items}
    assert broken["detail"].startswith("broken.jsonl, line 2: ")
    assert "--" not in broken["detail"]


def test_a_server_that_is_stopped_ends_its_operations_and_tells_who_follows(tmp_path: Path) -> None:
    """The stream ends with an end, and what was committed is there afterwards."""
    server = Server(tmp_path)
    lines = b"".join(b'{"who": "Ada", "text": "The number of this line is %d."}\n' % n for n in range(30_000))
    id = server.client.post("/v1/import?name=long.jsonl", content=lines, headers=FILE).json()["id"]

    states = []
    with server.client.stream("GET", f"/v1/operations/{id}/events", timeout=120) as events:
        for line in events.iter_lines():
            if line.startswith("data: "):
                states.append(json.loads(line.removeprefix("data: ")))
                if len(states) == 1:
                    server.process.send_signal(signal.SIGTERM)
    server.stop()

    assert states[-1]["state"] in ("cancelled", "done")
    with Memory(tmp_path / "default.db", embedder="hashing") as memory:
        assert 0 == memory.count() % 1_000
        assert states[-1]["done"] <= memory.count()
