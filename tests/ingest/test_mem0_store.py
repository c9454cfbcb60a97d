"""mem0's own files: what is in them becomes notes, nothing in them is run, and nothing of them is changed."""

from __future__ import annotations

import json
import os
import pickle
import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from remanence.errors import IngestError
from remanence.ingest.read import Skipped, detect, read
from remanence.ingest.unpickled import unpickled
from remanence.memory.memory import Memory
from remanence.models.hashing import HashingEmbedder
from remanence.serve.cli.app import app

WHEN = "2026-03-02T10:00:00+00:00"
LATER = "2026-03-09T10:00:00+00:00"


class PointStruct:
    """Stands for Qdrant's own class: pickled by its name, with its state beside it."""

    def __init__(self, id: Any, payload: Any) -> None:
        self.id, self.vector, self.payload = id, {"": [0.25] * 8}, payload

    def __getstate__(self) -> dict[str, Any]:
        return {"__dict__": self.__dict__.copy(), "__pydantic_extra__": None, "__pydantic_fields_set__": {"id"}}


class Trap:
    """Whoever loads it makes a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = str(folder)

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (self.folder,)


def payload(text: Any, user: str = "ada", **more: Any) -> dict[str, Any]:
    own = {"data": text, "user_id": user, "hash": "ab", "created_at": WHEN, "updated_at": WHEN, "role": "user"}
    return own | {"text_lemmatized": "x"} | more


def store(folder: Path, points: Iterable[Any], name: str = "mem0") -> Path:
    """A collection as qdrant-client keeps it in a folder."""
    path = folder / "collection" / name / "storage.sqlite"
    path.parent.mkdir(parents=True)
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("CREATE TABLE points (id TEXT PRIMARY KEY, point BLOB)")
        for number, point in enumerate(points):
            raw = point if isinstance(point, bytes) else pickle.dumps(point)
            connection.execute("INSERT INTO points VALUES (?, ?)", (str(number), raw))
    connection.close()
    return path


def history(folder: Path, *rows: tuple[str, str | None, str]) -> Path:
    """mem0's history.db with these (memory, new text, event)."""
    path = folder / "history.db"
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(
            "CREATE TABLE history (id TEXT PRIMARY KEY, memory_id TEXT, old_memory TEXT, new_memory TEXT, event TEXT,"
            " created_at DATETIME, updated_at DATETIME, is_deleted INTEGER, actor_id TEXT, role TEXT)"
        )
        for number, (id, text, event) in enumerate(rows):
            values = (str(number), id, None, text, event, WHEN, LATER if event == "UPDATE" else WHEN, 0, None, "user")
            connection.execute("INSERT INTO history VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
    connection.close()
    return path


@pytest.mark.parametrize("protocol", range(4, pickle.HIGHEST_PROTOCOL + 1))
def test_plain_data_is_read_as_it_was_written(protocol: int) -> None:
    """Every kind of value that a point may hold, in every binary form."""
    value = {"a": [1, -1, 2**70, 2.5, None, True, "ü", b"x", (1,), (1, 2, 3, 4), [], {}, {"x"}], "n": {"m": ["a", "a"]}}

    assert value == unpickled(pickle.dumps(value, protocol))


def test_nothing_is_run(tmp_path: Path) -> None:
    """What would be called is a name, also inside of what is read; loaded for real it is run."""
    folder = tmp_path / "made"
    raw = pickle.dumps({"when": Trap(folder), "text": "fine"})

    assert "fine" == unpickled(raw)["text"]
    assert not folder.exists()
    pickle.loads(raw)
    assert folder.exists()


def test_what_is_no_pickle_or_too_large_is_refused() -> None:
    """Garbage, a cut one, one that contains itself, and one whose parts occur a billion times."""
    itself: list[Any] = []
    itself.append(itself)
    many: list[Any] = ["x"]
    for _ in range(40):
        many = [many, many]

    for raw in (
        b"",
        b"junk",
        pickle.dumps({"a": 1})[:-3],
        b"\x80\x04K\x01u.",
        pickle.dumps(itself),
        pickle.dumps(many),
    ):
        with pytest.raises(ValueError):
            unpickled(raw)


def test_the_points_of_a_store_become_notes(tmp_path: Path) -> None:
    """User, run, metadata and the time of the last change; vectors and what mem0 derived stay behind."""
    points = [
        PointStruct("p-1", payload("Lives in Oslo", updated_at=LATER, run_id="r1", tag="home")),
        PointStruct("p-2", payload("Likes tea", user="bo", agent_id="bot")),
    ]
    store(tmp_path / "qdrant", points)
    store(tmp_path / "qdrant", [PointStruct("e-1", payload("Oslo"))], name="mem0_entities")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    for folder in (tmp_path, tmp_path / "qdrant"):
        assert "mem0-store" == detect(folder)
        found = {one.source: one for one in read(folder)}
        assert ["p-1", "p-2"] == list(found)  # in the order of their last change
        one = found["p-1"]
        assert ("Lives in Oslo", "note", "ada", "r1") == (one.text, one.kind, one.who, one.session)
        assert datetime(2026, 3, 9, 10, tzinfo=UTC) == one.at
        assert {"tag": "home"} == one.data["metadata"]
        assert {"user_id", "updated_at", "hash", "metadata"} == set(one.data)
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}


def test_a_history_alone_gives_what_holds(tmp_path: Path) -> None:
    """The last text of each memory; what was deleted is not brought back."""
    rows = [("m-1", "Lives in Rome", "ADD"), ("m-2", "Likes tea", "ADD"), ("m-1", "Lives in Oslo", "UPDATE")]
    path = history(tmp_path, *rows, ("m-2", None, "DELETE"))

    assert "mem0-store" == detect(path) == detect(tmp_path)
    for source in (path, tmp_path):
        [one] = read(source)
        assert ("Lives in Oslo", "m-1", datetime(2026, 3, 9, 10, tzinfo=UTC)) == (one.text, one.source, one.at)


def test_where_there_are_points_the_history_is_not_read_twice(tmp_path: Path) -> None:
    """A memory is one note."""
    store(tmp_path / "qdrant", [PointStruct("m-1", payload("Lives in Oslo"))])
    history(tmp_path, ("m-1", "Lives in Rome", "ADD"), ("m-1", "Lives in Oslo", "UPDATE"))

    assert ["Lives in Oslo"] == [one.text for one in read(tmp_path)]


def test_bad_points_are_told_and_can_be_left_out(tmp_path: Path) -> None:
    """With their row; the others are taken."""
    points = [PointStruct("p-1", payload("Likes tea")), b"junk", PointStruct("p-2", 7), PointStruct("p-3", payload(5))]
    store(tmp_path, points)

    with pytest.raises(IngestError, match=r"storage\.sqlite, line"):
        list(read(tmp_path))
    skipped: list[Skipped] = []
    assert ["Likes tea"] == [one.text for one in read(tmp_path, skip_bad=True, on_skip=skipped.append)]
    assert [2, 3, 4] == [one.line for one in skipped]


@pytest.mark.parametrize("name", ["history.db", "storage.sqlite"])
def test_another_program_s_database_is_refused(tmp_path: Path, name: str) -> None:
    """It says what it wants."""
    sqlite3.connect(tmp_path / name).execute("CREATE TABLE x (y)").connection.close()

    with pytest.raises(IngestError, match="has no"):
        list(read(tmp_path / name, format="mem0-store"))


def test_an_audit_and_an_import_take_it_directly(tmp_path: Path) -> None:
    """`remanence audit FOLDER`, then `remanence import FOLDER --audited`: the same numbers."""
    points = [
        PointStruct("p-1", payload("Lives in Rome")),
        PointStruct("p-2", payload("Lives in Oslo", created_at=LATER, updated_at=LATER)),
        PointStruct("p-3", payload("lives in Oslo.", created_at=LATER, updated_at=LATER)),
        PointStruct("p-4", payload("Likes green tea")),
    ]
    store(tmp_path / "qdrant", points)
    space = str(tmp_path / "a.db")

    told = CliRunner().invoke(app, ["audit", str(tmp_path / "qdrant"), "--json"])
    done = CliRunner().invoke(app, ["import", str(tmp_path / "qdrant"), "--audited", "--space", space])

    [one] = json.loads(told.stdout)["audited"]
    assert ("mem0-store", 4, 1) == (one["format"], one["records"], one["refused"])
    assert 0 == done.exit_code, done.output
    with Memory(space) as memory:
        assert one["kept"] + one["superseded"] == memory.count(ended=True)


def test_a_store_that_mem0_itself_has_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Added, changed and deleted with the real package."""
    monkeypatch.setenv("MEM0_TELEMETRY", "False")
    monkeypatch.setenv("MEM0_DIR", str(tmp_path / "mem0"))
    mem0 = pytest.importorskip("mem0", reason="mem0ai is not installed")
    vectors = {"collection_name": "mine", "path": str(tmp_path / "qdrant"), "on_disk": True, "embedding_model_dims": 64}
    nothing = {"provider": "openai", "config": {"api_key": "none"}}
    config = {
        "vector_store": {"provider": "qdrant", "config": vectors},
        "llm": nothing,
        "embedder": nothing,
        "history_db_path": str(tmp_path / "history.db"),
    }
    held = mem0.Memory.from_config(config)
    held.embedding_model = _Embedder()
    [first] = held.add("I live in Rome", user_id="ada", metadata={"tag": "home"}, infer=False)["results"]
    held.add([{"role": "user", "content": "I love hiking"}], user_id="ada", run_id="r1", infer=False)
    [gone] = held.add("I hate rain", user_id="bo", infer=False)["results"]
    held.update(first["id"], "I live in Oslo")
    held.delete(gone["id"])
    held.vector_store.client.close()

    found = {one.text: one for one in read(tmp_path)}
    alone = {one.text for one in read(tmp_path / "history.db")}

    assert {"I live in Oslo", "I love hiking"} == set(found) == alone
    assert (first["id"], {"tag": "home"}) == (found["I live in Oslo"].source, found["I live in Oslo"].data["metadata"])
    assert ("ada", "r1") == (found["I love hiking"].who, found["I love hiking"].session)


class _Embedder:
    """The methods that mem0 calls of an embedding model."""

    config = None
    _words = HashingEmbedder(64)

    def embed(self, text: str, memory_action: str | None = None) -> list[float]:
        vector: list[float] = self._words.embed([text])[0].tolist()
        return vector

    def embed_batch(self, texts: list[str], memory_action: str | None = None) -> list[list[float]]:
        return [self.embed(text) for text in texts]
