"""The server, for real: a process of its own, real sockets, and requests that it must refuse."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

httpx = pytest.importorskip("httpx", reason="the server's tests need httpx")
pytest.importorskip("fastapi", reason="the server needs the extra serve")

from running import Server  # noqa: E402

from remanence.memory import Memory  # noqa: E402
from remanence.serve.keys import Keys  # noqa: E402


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("spaces")


@pytest.fixture(scope="module")
def ada(folder: Path) -> str:
    return Keys(folder).make("team", user="ada")[0]


@pytest.fixture(scope="module")
def bob(folder: Path) -> str:
    return Keys(folder).make("team", user="bob")[0]


@pytest.fixture(scope="module")
def server(folder: Path, ada: str, bob: str) -> Iterator[Server]:
    running = Server(folder)
    yield running
    running.stop()


def _auth(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def _keep(server: Server, key: str, *texts: str) -> list[str]:
    told = server.client.post("/v1/memories", json={"messages": list(texts)}, headers=_auth(key))
    assert told.status_code == 201, told.text
    ids: list[str] = told.json()["ids"]
    return ids


def _ended(server: Server, key: str, id: str) -> dict[str, Any]:
    for _ in range(600):
        told: dict[str, Any] = server.client.get(f"/v1/operations/{id}", headers=_auth(key)).json()
        if told["state"] in ("done", "failed", "cancelled"):
            return told
        time.sleep(0.05)
    raise AssertionError(told)


def test_what_is_kept_is_found_asked_changed_and_erased(server: Server, ada: str) -> None:
    """The whole way of a memory over the wire."""
    [id] = _keep(server, ada, "The spare key lies under the blue pot.")
    client, auth = server.client, _auth(ada)

    hits = client.post("/v1/recall", json={"cue": "where is the spare key", "k": 3}, headers=auth).json()["hits"]
    context = client.post("/v1/context", json={"cue": "spare key", "budget_tokens": 200}, headers=auth).json()
    read = client.get(f"/v1/memories/{id}", headers=auth)
    changed = client.patch(
        f"/v1/memories/{id}", json={"text": "The spare key lies at the neighbour's."},
        headers=auth | {"If-Match": read.headers["ETag"]},
    )  # fmt: skip
    late = client.patch(f"/v1/memories/{id}", json={"text": "no"}, headers=auth | {"If-Match": read.headers["ETag"]})
    stale = client.delete(f"/v1/memories/{id}", headers=auth | {"If-Match": read.headers["ETag"]})
    listed = client.patch(f"/v1/memories/{id}", json={"who": "Ada"}, headers=auth | {"If-Match": '"7", "2"'})
    versions = client.get(f"/v1/memories/{id}/history", headers=auth).json()["versions"]
    erased = client.delete(f"/v1/memories/{id}", headers=auth)
    gone = client.get(f"/v1/memories/{id}", headers=auth)

    assert hits[0]["id"] == id
    assert "blue pot" in context["text"]
    assert [200, 412, 412, 200] == [one.status_code for one in (changed, late, stale, listed)]
    assert [one["text"] for one in versions] == [
        "The spare key lies under the blue pot.",
        "The spare key lies at the neighbour's.",
        "The spare key lies at the neighbour's.",
    ]
    assert erased.json()["erased"] >= 1
    assert gone.status_code == 404


def test_each_answer_tells_the_tag_that_the_next_change_asks_for(server: Server, ada: str) -> None:
    """Made, changed, left as it was, changed again and erased without reading it in between."""
    client, auth = server.client, _auth(ada)
    made = client.post("/v1/memories", json={"messages": ["The ferry leaves at six."]}, headers=auth)
    path = made.headers["Location"]
    tags = [made.headers["ETag"]]
    for text in ("The ferry leaves at seven.", "The ferry leaves at seven.", "The ferry leaves at eight."):
        changed = client.patch(path, json={"text": text}, headers=auth | {"If-Match": tags[-1]})
        assert changed.status_code == 200, changed.text
        tags.append(changed.headers["ETag"])

    read = client.get(path, headers=auth)
    stale = client.delete(path, headers=auth | {"If-Match": tags[1]})
    several = client.post("/v1/memories", json={"messages": ["one line", "another line"]}, headers=auth)
    known = client.patch(path, json={"until": "2020-01-01"}, headers=auth)
    gone = client.delete(path, headers=auth | {"If-Match": known.headers["ETag"]})

    assert ['"1"', '"2"', '"2"', '"3"'] == tags
    assert [read.headers["ETag"], known.headers["ETag"]] == ['"3"', '"4"']
    assert {"etag", "location"}.isdisjoint(several.headers)
    assert (412, "application/problem+json") == (stale.status_code, stale.headers["content-type"])
    assert "read it again" in stale.json()["detail"]
    assert gone.status_code == 200


def test_of_two_who_change_the_same_version_one_is_told(server: Server, ada: str) -> None:
    """Sent at once with the same tag one wins; sent without a tag all are done, and each is told its own version."""
    [id] = _keep(server, ada, "The meeting is on Monday.")
    path, auth = f"/v1/memories/{id}", _auth(ada)

    def change(number: int, headers: dict[str, str]) -> httpx.Response:
        return server.client.patch(path, json={"text": f"The meeting is on day {number}."}, headers=auth | headers)

    with ThreadPoolExecutor(8) as pool:
        matched = list(pool.map(lambda n: change(n, {"If-Match": '"1"'}), range(8)))
        free = list(pool.map(lambda n: change(n, {}), range(10, 18)))
    versions = server.client.get(f"{path}/history", headers=auth).json()["versions"]

    assert [200] + 7 * [412] == sorted(told.status_code for told in matched)
    assert {200} == {told.status_code for told in free}
    written = {int(told.headers["ETag"].strip('"')): number for number, told in enumerate(free, 10)}
    assert [f"The meeting is on day {written[version]}." for version in range(3, 11)] == [
        one["text"] for one in versions[2:]
    ]


def test_the_page_tells_the_tags(server: Server, ada: str) -> None:
    """Where an answer has one, and where a request may ask for one."""
    paths = server.client.get("/v1/openapi.json", headers=_auth(ada)).json()["paths"]
    verbs = {
        (verb, path): told for path, told_of in paths.items() if "/v1/memories" in path
        for verb, told in told_of.items()
    }  # fmt: skip

    tagged = {
        which for which, told in verbs.items()
        if any("ETag" in answer.get("headers", {}) for answer in told["responses"].values())
    }  # fmt: skip
    asking = {
        which for which, told in verbs.items() if "if-match" in {each["name"] for each in told.get("parameters", ())}
    }
    one = "/v1/memories/{id}"
    assert {("post", "/v1/memories"), ("get", one), ("patch", one)} == tagged
    assert {("patch", one), ("delete", one)} == asking


@pytest.mark.parametrize("verb", ["recall", "context"])
def test_confidence_is_told_where_it_is_asked_for(server: Server, ada: str, verb: str) -> None:
    """It costs more than the finding, so that who does not look at it does not pay for it."""
    _keep(server, ada, "The piano tuner comes on Monday.")
    body = {"cue": "When does the piano tuner come?"}

    plain = server.client.post(f"/v1/{verb}", json=body, headers=_auth(ada)).json()
    asked = server.client.post(f"/v1/{verb}", json=body | {"confidence": True}, headers=_auth(ada)).json()

    assert plain["confidence"] is None
    assert 0 < asked["confidence"] <= 1
    assert plain | {"confidence": 0} == asked | {"confidence": 0}


def test_who_asks_can_be_said(server: Server, ada: str) -> None:
    """Of two with a dog, the one who asks."""
    for who, name in (("Ada", "Max"), ("Bea", "Fitz")):
        made = {"messages": [{"who": who, "text": f"My dog is called {name}."}]}
        assert server.client.post("/v1/memories", json=made, headers=_auth(ada)).status_code == 201
    for verb, key in (("ask", "question"), ("recall", "cue"), ("context", "cue")):
        asked = {key: "What is my dog called?", "asker": "Bea"}
        told = server.client.post(f"/v1/{verb}", json=asked, headers=_auth(ada))
        assert told.status_code == 200
        assert "Fitz" in (told.text if verb == "context" else told.text.split("Max")[0])


def test_not_yours_and_not_there_are_answered_alike(server: Server, ada: str, bob: str) -> None:
    """Nobody learns from an answer what others keep."""
    [id] = _keep(server, ada, "Ada hides the diary in the attic.")

    theirs = server.client.get(f"/v1/memories/{id}", headers=_auth(bob))
    nobody = server.client.get(f"/v1/memories/{id[::-1]}", headers=_auth(bob))

    assert theirs.status_code == nobody.status_code == 404
    assert theirs.text.replace(id, "ID") == nobody.text.replace(id[::-1], "ID")
    found = server.client.post("/v1/recall", json={"cue": "diary attic"}, headers=_auth(bob)).json()
    assert [hit for hit in found["hits"] if "diary" in hit["text"]] == []
    asked = server.client.post("/v1/recall?user=ada", json={"cue": "diary attic"}, headers=_auth(bob))
    assert asked.status_code == 403


def test_every_path_but_health_needs_a_key(server: Server, ada: str) -> None:
    """Generated from the server's own page, with paths that are on no page."""
    page = server.client.get("/v1/openapi.json", headers=_auth(ada)).json()
    rows = [(method, path) for path, methods in page["paths"].items() for method in methods]
    rows += [("get", path) for path in ("/", "/docs", "/redoc", "/openapi.json", "/v1", "/uix", "/admin", "/.env")]

    answered = {
        (method, path): server.client.request(method, re.sub(r"\{.*?\}", "x", path)).status_code
        for method, path in rows
    }

    open_ = {row for row, status in answered.items() if status != 401}
    assert open_ == {("get", "/healthz"), ("get", "/readyz")}
    assert server.client.get("/v1/stats", headers=_auth("rk_wrong")).status_code == 401


HOSTILE: list[tuple[str, str, dict[str, str], int]] = [
    ("GET", "/v1/stats", {"Host": "evil.example"}, 421),
    ("GET", "/v1/stats", {"Host": "localhost.evil.example"}, 421),
    ("GET", "/v1/stats", {"Host": "127.0.0.1.evil.example:80"}, 421),
    ("GET", "/healthz", {"Host": "evil.example"}, 421),
    ("GET", "/v1/stats", {"Host": ""}, 421),
    ("GET", "/v1/stats", {"Origin": "http://evil.example"}, 403),
    ("GET", "/v1/stats", {"Origin": "null"}, 403),
    ("GET", "/v1/stats", {"Origin": "http://localhost:1"}, 403),
    ("GET", "/v1/stats", {"Sec-Fetch-Site": "cross-site"}, 403),
    ("POST", "/v1/recall", {"Origin": "https://evil.example", "Content-Type": "application/json"}, 403),
    ("POST", "/v1/recall", {"Content-Type": "text/plain"}, 415),
    ("POST", "/v1/recall", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
    ("POST", "/v1/recall", {"Content-Type": "multipart/form-data; boundary=x"}, 415),
    ("POST", "/v1/recall", {"Content-Type": ""}, 415),
    ("POST", "/v1/import", {"Content-Type": "multipart/form-data; boundary=x"}, 415),
    ("OPTIONS", "/v1/recall", {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"}, 403),
    ("OPTIONS", "/v1/recall", {}, 405),
    ("OPTIONS", "/mcp", {"Origin": "https://evil.example", "Access-Control-Request-Headers": "authorization"}, 403),
    ("OPTIONS", "/healthz", {"Access-Control-Request-Private-Network": "true"}, 405),
    ("GET", "/v1/stats", {"Host": "evil.example@127.0.0.1"}, 421),
    ("GET", "/v1/stats", {"Host": "0.0.0.0"}, 421),
    ("GET", "/v1/stats", {"Host": "127.0.0.2"}, 421),
    ("GET", "/v1/stats", {"Host": "127.1"}, 421),
    ("GET", "/v1/stats", {"Host": "2130706433"}, 421),
    ("GET", "/v1/stats", {"Host": "[::ffff:127.0.0.1]"}, 421),
    ("GET", "/ui/", {"Host": "evil.example"}, 421),
    ("GET", "/ui/app.js", {"Sec-Fetch-Site": "cross-site"}, 403),
    ("GET", "/v1/export", {"Origin": "file://"}, 403),
    ("GET", "/v1/stats", {"Origin": "https://localhost"}, 403),
    ("GET", "/v1/stats", {"Origin": "chrome-extension://abcdef"}, 403),
    ("GET", "/metrics", {"Sec-Fetch-Site": "same-site"}, 403),
    ("POST", "/mcp", {"Origin": "http://evil.example", "Content-Type": "application/json"}, 403),
    ("POST", "/mcp", {"Content-Type": "text/plain"}, 415),
    ("POST", "/mem0/memories", {"Content-Type": "text/plain;charset=UTF-8"}, 415),
    ("POST", "/v1/memories", {"Content-Type": "application/json-seq"}, 415),
    ("POST", "/v1/memories", {"Content-Type": "text/json, application/json"}, 415),
    ("DELETE", "/v1/memories/x", {"Origin": "null"}, 403),
    ("PATCH", "/v1/memories/x", {"Content-Type": "text/plain"}, 415),
    ("POST", "/v1/sleep", {"Sec-Fetch-Site": "cross-site"}, 403),
    ("POST", "/v1/import", {"Content-Type": "text/plain"}, 415),
]


@pytest.mark.parametrize(("method", "path", "headers", "status"), HOSTILE)
def test_hostile_requests_are_refused_without_a_permissive_header(
    server: Server, ada: str, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    """A browser page of another site, and a name that points here, get nothing."""
    told = server.client.request(method, path, headers=_auth(ada) | headers, content=b'{"cue": "x"}')

    assert told.status_code == status, told.text
    assert told.headers["content-type"] == "application/problem+json"
    assert not [name for name in told.headers if name.lower().startswith("access-control-")]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"[" * 5_000 + b"]" * 5_000, 413),
        (b'{"cue": "' + b"x" * (9 * 2**20) + b'"}', 413),
        (b"{", 422),
        (b"null", 422),
        (b'{"cue": ""}', 422),
        (b'{"cue": "x", "k": 100000}', 422),
        (b'{"cue": "x", "where": {"kinds": ["nonsense"], "speaker": "x"}}', 422),
        (b'{"cue": "\\ud800 lone"}', 422),
        (b'{"cue": "x", "where": {"since": "no day at all"}}', 422),
    ],
)
def test_bad_bodies_get_one_clear_problem(server: Server, ada: str, body: bytes, status: int) -> None:
    """Each is answered with a status that says whose fault it is, and nothing breaks."""
    told = server.client.post("/v1/recall", content=body, headers=_auth(ada) | {"Content-Type": "application/json"})

    assert told.status_code == status, told.text
    if status >= 400:
        assert set(told.json()) >= {"type", "title", "status", "detail"}


def test_a_list_is_paged_to_its_end_without_loss_or_repetition(server: Server, folder: Path) -> None:
    """Following the cursor gives every item once."""
    key = Keys(folder).make("paged", user="p")[0]
    ids = _keep(server, key, *[f"line number {number}" for number in range(25)])
    seen: list[str] = []
    cursor: str | None = ""

    while cursor is not None:
        query = f"&cursor={cursor}" if cursor else ""
        page = server.client.get(f"/v1/memories?limit=10{query}", headers=_auth(key)).json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next"]

    assert seen == ids
    assert server.client.get("/v1/memories?cursor=!!", headers=_auth(key)).status_code == 422


def test_sleep_and_import_are_followed_and_belong_to_who_started_them(server: Server, ada: str, bob: str) -> None:
    """Long work answers at once, tells how far it is, and is nobody else's."""
    client = server.client
    kept = client.post(
        "/v1/import?name=notes.md", content=b"# Trip\n\nWe fly to Oslo in May.\n",
        headers=_auth(ada) | {"Content-Type": "application/octet-stream"},
    )  # fmt: skip
    slept = client.post("/v1/sleep", headers=_auth(ada))
    assert kept.status_code == slept.status_code == 202
    id = slept.json()["id"]

    done = _ended(server, ada, kept.json()["id"])
    with client.stream("GET", f"/v1/operations/{id}/events", headers=_auth(ada)) as events:
        last = [line for line in events.iter_lines() if line.startswith("event: ")][-1]

    assert (done["state"], done["result"]["kept"]) == ("done", 1)
    assert last == "event: done"
    assert client.get(f"/v1/operations/{id}", headers=_auth(bob)).status_code == 404
    assert client.delete(f"/v1/operations/{id}", headers=_auth(bob)).status_code == 404


def test_mem0_clients_find_their_paths_and_shapes(server: Server, folder: Path) -> None:
    """Add, search in both forms, update, history, delete."""
    key = Keys(folder).make("mem0")[0]
    client, auth = server.client, _auth(key)
    added = client.post(
        "/mem0/memories",
        json={"messages": [{"role": "user", "content": "I love hiking"}], "user_id": "bob"},
        headers=auth,
    ).json()["results"]

    old = client.post("/mem0/search", json={"query": "hiking", "user_id": "bob", "limit": 5}, headers=auth).json()
    new = client.post("/mem0/search", json={"query": "hiking", "filters": {"user_id": "bob"}}, headers=auth).json()
    other = client.post("/mem0/search", json={"query": "hiking", "filters": {"user_id": "eve"}}, headers=auth).json()

    assert [one["event"] for one in added] == ["ADD"]
    assert old["results"][0]["memory"] == new["results"][0]["memory"] == "I love hiking"
    assert other["results"] == []


@pytest.mark.parametrize("path", ["/v1/memories", "/mem0/memories"])
def test_two_messages_of_one_id_are_two_versions(server: Server, folder: Path, path: str) -> None:
    """In one body as in two: what was said first is in the history, and the same body again adds nothing."""
    auth = _auth(Keys(folder).make("anew", user=path.split("/")[1])[0])
    said = [{"role": "user", "content": f"Tea is at {when}.", "id": "m1"} for when in ("four", "five")]

    for _ in range(2):
        server.client.post(path, json={"messages": said}, headers=auth).raise_for_status()

    (item,) = server.client.get("/v1/memories", headers=auth).json()["items"]
    versions = server.client.get(f"/v1/memories/{item['id']}/history", headers=auth).json()["versions"]
    assert [one["text"] for one in versions] == ["Tea is at four.", "Tea is at five."]


def test_the_log_has_no_word_of_a_memory(folder: Path) -> None:
    """Standard error tells routes and times; what is remembered stays in the file. Standard output is empty."""
    running = Server(folder)
    key = Keys(folder).make("log")[0]
    running.client.post("/v1/memories", json={"messages": ["the password is swordfish"]}, headers=_auth(key))
    running.client.post("/v1/recall", json={"cue": "swordfish"}, headers=_auth(key))

    said = running.stop()

    assert "/v1/recall" in said
    assert "swordfish" not in said


def test_what_was_acknowledged_survives_kill_dash_nine(tmp_path: Path) -> None:
    """The server dies in the middle of writes; each id that a client holds is there afterwards."""
    running = Server(tmp_path)
    ids: list[str] = []
    for number in range(20):
        told = running.client.post("/v1/memories", json={"messages": [f"note {number}"]})
        ids += told.json()["ids"]

    running.stop(signal.SIGKILL)

    assert len(ids) == 20
    with Memory(tmp_path / "default.db", embedder="hashing") as memory:
        assert [memory.get(id).text for id in ids] == [f"note {number}" for number in range(20)]


@pytest.mark.parametrize("command", ["serve", "ui"])
def test_a_port_that_is_taken_is_told_before_anything_is_said_to_run(tmp_path: Path, command: str) -> None:
    """In one line with the cure; port 0 takes a free one, as the address that is printed says."""
    place = ["--folder", str(tmp_path)] if command == "serve" else ["--no-browser", "--space", str(tmp_path / "a.db")]
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "remanence", command, *place, "--port", str(port)],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    assert 2 == done.returncode
    assert f"port {port}" in done.stderr
    assert "--port" in done.stderr
    assert "http://" not in done.stdout + done.stderr


def test_a_free_port_is_told(tmp_path: Path) -> None:
    """And it is the one that answers."""
    command = [sys.executable, "-m", "remanence", "serve", "--folder", str(tmp_path), "--port", "0"]
    running = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert running.stderr is not None
    address = running.stderr.readline().split()[0]

    answered = httpx.get(f"{address}/healthz", timeout=60)
    running.terminate()
    running.communicate(timeout=60)

    assert 200 == answered.status_code


def test_an_address_that_others_reach_needs_a_key_first(tmp_path: Path) -> None:
    """Refused before anything listens, with the cure."""
    done = subprocess.run(
        [sys.executable, "-m", "remanence", "serve", "--folder", str(tmp_path), "--host", "0.0.0.0"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 2
    assert "remanence keys make" in done.stderr
