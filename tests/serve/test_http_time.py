"""Answers that take too long, and spaces that take too much: who waits is told, and everybody else goes on."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

httpx = pytest.importorskip("httpx", reason="the server's tests need httpx")
pytest.importorskip("fastapi", reason="the server needs the extra serve")

from anyio import to_thread  # noqa: E402
from asgi_call import call  # noqa: E402
from running import Server  # noqa: E402

from remanence.errors import StoreFull  # noqa: E402
from remanence.memory import Memory  # noqa: E402
from remanence.serve.cli.listening import door, listening  # noqa: E402
from remanence.serve.http.app import make  # noqa: E402
from remanence.serve.http.guard import Bounds, Guard  # noqa: E402
from remanence.serve.keys import Keys  # noqa: E402
from remanence.store.lock import WriterLock  # noqa: E402

HEALTH = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
OF_SPACE = Bounds().of_space
Held = tuple[Server, WriterLock, dict[str, str], dict[str, str]]


@pytest.fixture
def held(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Held]:
    """A server over two spaces, whether another process writes to the first one, and a key of each."""
    keys = Keys(tmp_path)
    busy, idle = ({"Authorization": f"Bearer {keys.make(name)[0]}"} for name in ("busy", "idle"))
    for name in ("busy", "idle"):
        with Memory(tmp_path / f"{name}.db", embedder="hashing") as memory:
            memory.remember("The museum opens at nine.")
    server, lock = Server(tmp_path, "--answer-seconds", str(request.param)), WriterLock(tmp_path / "busy.db-lock")
    yield server, lock, busy, idle
    server.stop()
    lock.close()


@pytest.mark.parametrize("held", [2], indirect=True)
def test_an_answer_that_takes_too_long_ends_with_a_problem_and_its_work_goes_on(held: Held) -> None:
    """Another process writes for longer than an answer may take: 503 and the cure, which loses nothing."""
    server, lock, busy, idle = held
    busy |= {"Idempotency-Key": "once"}
    body = {"messages": ["The museum opens at ten."]}

    with lock:
        late = server.client.post("/v1/memories", json=body, headers=busy)
        meanwhile = [
            server.client.get("/healthz").status_code,
            server.client.get("/readyz").status_code,
            server.client.post("/v1/recall", json={"cue": "museum"}, headers=idle).status_code,
        ]
    again = server.client.post("/v1/memories", json=body, headers=busy)
    listed = server.client.get("/v1/memories", headers=busy).json()["items"]

    assert (503, "application/problem+json") == (late.status_code, late.headers["content-type"])
    assert "2 s" in late.json()["detail"]
    assert "Idempotency-Key" in late.json()["detail"]
    assert late.headers["Retry-After"]
    assert [200, 200, 200] == meanwhile
    assert (201, True) == (again.status_code, again.json()["replayed"])
    assert ["The museum opens at nine.", "The museum opens at ten."] == [one["text"] for one in listed]
    assert "Traceback" not in server.said()


@pytest.mark.parametrize("held", [0.05], indirect=True)
def test_a_question_that_takes_too_long_is_not_waited_for(held: Held) -> None:
    """Eight thousand characters of one-letter words; the connection is good for the next request."""
    server, _, busy, _ = held
    letters = " ".join("abcdefghijklmnopqrstuvwxyz"[n * n % 26] for n in range(4_000))

    asked = server.client.post("/v1/ask", json={"question": letters}, headers=busy)
    alive = server.client.get("/healthz")

    assert (503, "took too long") == (asked.status_code, asked.json()["title"])
    assert 200 == alive.status_code


@pytest.mark.parametrize("held", [60], indirect=True)
def test_a_space_that_is_stuck_leaves_places_and_threads_to_the_others(held: Held) -> None:
    """More requests than one space may have: some are told to come again, and another space answers meanwhile."""
    server, lock, busy, idle = held

    def send(number: int) -> int:
        body = {"messages": [f"The number is {number}."]}
        return int(server.client.post("/v1/memories", json=body, headers=busy).status_code)

    with ThreadPoolExecutor(60) as pool:
        with lock:
            sent: list[Future[int]] = [pool.submit(send, number) for number in range(60)]
            refused = _first(sent, 60 - OF_SPACE)
            other = server.client.post("/v1/recall", json={"cue": "museum"}, headers=idle)
        told = sorted(each.result() for each in sent)

    assert {429} == {each.result() for each in refused}
    assert 200 == other.status_code
    assert OF_SPACE * [201] + (60 - OF_SPACE) * [429] == told


def _first(sent: list[Future[int]], count: int) -> list[Future[int]]:
    """The requests that were answered first."""
    enough, done = threading.Event(), []

    def note(one: Future[int]) -> None:
        done.append(one)
        if len(done) == count:
            enough.set()

    for each in sent:
        each.add_done_callback(note)
    assert enough.wait(60)
    return done[:count]


# --- inside of one process -----------------------------------------------------------------------


def _server(folder: Path, go: threading.Event, error: Exception | None = None, **bounds: Any) -> Guard:
    """A server whose spaces open when they are let go, or fail then."""

    def opened(path: Path) -> Memory:
        go.wait()
        if error is not None:
            raise error
        return Memory(path, embedder="hashing")

    return make(folder, opened, bounds=Bounds(**bounds))


@pytest.mark.parametrize("error", [None, StoreFull("no space left"), ZeroDivisionError("nobody foresaw it")])
def test_there_is_one_answer_and_the_place_is_free_when_the_work_has_ended(
    tmp_path: Path, error: Exception | None
) -> None:
    """What the work comes to after that, an answer, a problem or a crash, is sent to nobody."""
    go = threading.Event()
    app = _server(tmp_path, go, error, answer_s=0.5, of_space=1)

    async def run() -> tuple[list[dict[str, Any]], list[int]]:
        sent: list[dict[str, Any]] = []
        told = asyncio.Event()

        async def on_sent(message: dict[str, Any]) -> None:
            sent.append(message)
            if message["type"] == "http.response.body":
                told.set()

        late = asyncio.create_task(call(app, "POST", "/v1/recall", {"cue": "x"}, on_sent=on_sent))
        await told.wait()
        full, _ = await call(app, "GET", "/v1/operations")
        go.set()
        await asyncio.wait([late])
        free, _ = await call(app, "GET", "/v1/operations")
        assert type(late.exception()) is (ZeroDivisionError if isinstance(error, ZeroDivisionError) else type(None))
        return sent, [full, free]

    sent, statuses = asyncio.run(run())

    assert ["http.response.start", "http.response.body"] == [each["type"] for each in sent]
    assert 503 == sent[0]["status"] == json.loads(sent[1]["body"])["status"]
    assert [True, False] == [status == 429 for status in statuses]


def test_an_export_may_take_as_long_as_it_needs(tmp_path: Path) -> None:
    """It grows with the memory, and is no answer that somebody waits for."""
    go = threading.Event()
    app = _server(tmp_path, go, answer_s=0.01)

    async def run() -> int:
        export = asyncio.create_task(call(app, "GET", "/v1/export"))
        await asyncio.sleep(0.1)
        assert not export.done()
        go.set()
        return (await export)[0]

    assert 200 == asyncio.run(run())


@pytest.mark.parametrize("path", ["/v1/export", "/v1/stats", "/ui/app.js"])
def test_who_does_not_read_an_answer_keeps_no_place(tmp_path: Path, path: str) -> None:
    """The answer is given up without an error, and the next request has the place."""
    app = make(tmp_path, lambda path: Memory(path, embedder="hashing"), bounds=Bounds(requests=1, taken_s=0.05))

    async def run() -> int:
        async def on_sent(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.body":
                await asyncio.Event().wait()

        await call(app, "GET", path, on_sent=on_sent)
        return (await call(app, "GET", "/v1/stats"))[0]

    assert 200 == asyncio.run(run())


@contextmanager
def _listens(folder: Path, head_s: float) -> Iterator[tuple[Any, tuple[str, int]]]:
    """The server as the commands start it, in a thread, and its address."""
    server = listening(folder, lambda path: Memory(path, embedder="hashing"), head_s=head_s)
    taken = door("127.0.0.1", 0)
    running = threading.Thread(target=server.run, args=[[taken]], daemon=True)
    running.start()
    yield server, taken.getsockname()
    server.should_exit = True
    running.join()


def test_an_answer_is_sent_at_once(tmp_path: Path) -> None:
    """Its second part does not wait until the client has acknowledged the first, which takes 40 ms."""
    with _listens(tmp_path, 60) as (server, address), _sent(address, HEALTH) as client:
        assert client.recv(4096)
        [one] = server.server_state.connections

        assert one.transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_connection_on_which_no_request_comes_is_closed(tmp_path: Path) -> None:
    """Silent, with half a head, and with half a second head; one whose body is on its way goes on."""
    recall = (
        b"POST /v1/recall HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n"
    )

    with _listens(tmp_path, 0.5) as (_, address), ExitStack() as held:
        given = (b"", HEALTH[:20], HEALTH + HEALTH[:20], recall)
        silent, half, second, slow = (held.enter_context(_sent(address, raw)) for raw in given)
        told = [_read(each) for each in (silent, half, second)]
        slow.sendall(b'{"cue": "it"}')
        answered = slow.recv(4096)

    assert ["", "", "HTTP/1.1 200 OK"] == [each.partition("\r\n")[0] for each in told]
    assert answered.startswith(b"HTTP/1.1 200 OK")


def _sent(address: tuple[str, int], raw: bytes) -> socket.socket:
    connection = socket.create_connection(address, 60)
    connection.sendall(raw)
    return connection


def _read(connection: socket.socket) -> str:
    """All that comes until the server closes."""
    parts = []
    while part := connection.recv(4096):
        parts.append(part)
    return b"".join(parts).decode()


def test_health_is_told_when_every_thread_works(tmp_path: Path) -> None:
    """Whoever watches over the server must not end it because it is busy."""
    go = threading.Event()

    async def run() -> int:
        to_thread.current_default_thread_limiter().total_tokens = 1
        working = asyncio.create_task(to_thread.run_sync(go.wait))
        await asyncio.sleep(0)
        try:
            async with asyncio.timeout(30):
                status, _ = await call(_server(tmp_path, go), "GET", "/healthz")
        finally:
            go.set()
            await working
        return status

    assert 200 == asyncio.run(run())
