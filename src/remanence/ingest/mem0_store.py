"""mem0's own files: its folder, the folder of its vector store (Qdrant on disk), or history.db."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from remanence.ingest.agent_folder import columns, database
from remanence.ingest.formats import Head, file_format
from remanence.ingest.mem0_export import KEPT, memory
from remanence.ingest.message import Message
from remanence.ingest.source import Source
from remanence.ingest.unpickled import unpickled

POINTS = "collection/*/storage.sqlite"
"""Where Qdrant keeps the points of each collection."""
_OWN = {"data", "created_at", "run_id", "actor_id", "role", "categories", *KEPT} - {"metadata"}
_DERIVED = {"text_lemmatized", "linked_memory_ids"}
"""What mem0 worked out for its own search."""


def sniff(head: Head) -> float:
    """A folder with points below it or a history in it; a file that is one of them."""
    if head.shape == "folder":
        return 1.0 if _points(head.path) or (head.path / "history.db").is_file() else 0.0
    return 0.9 if head.name in ("history.db", "storage.sqlite") and head.raw[:15] == b"SQLite format 3" else 0.0


@file_format("mem0-store", "the files of mem0: its folder, Qdrant's on disk, or history.db", sniff)
def read(source: Source) -> Iterator[Message]:
    """Every memory as a note, as the export has it, dated by its last change.

    From history.db alone come the texts that hold, without whose they are. What was deleted, and what a memory said
    before it was changed, is not brought back. Nothing of the store is changed, and no vector is taken; Qdrant keeps
    its points as pickles, which are read as data and never run.
    """
    path = source.path
    stores = _points(path) if path.is_dir() else [path]
    for store in stores or [path / "history.db"]:
        inner = source.inside(store)
        for line, one in _history(inner) if store.name == "history.db" else _memories(inner):
            yield from memory(inner, line, one | {"created_at": one.get("updated_at") or one.get("created_at")})
        source.skipped += inner.skipped


def _points(folder: Path) -> list[Path]:
    """The stores of a folder: mem0's own, Qdrant's, or one collection's; entities that link memories are none."""
    found = {path for pattern in (POINTS, f"*/{POINTS}", "storage.sqlite") for path in folder.glob(pattern)}
    return sorted(path for path in found if not path.parent.name.endswith(("_entities", "migrations")))


def _memories(source: Source) -> Iterator[tuple[int, dict[str, Any]]]:
    with database(source) as connection:
        if {"id", "point"} - columns(connection, "points"):
            raise source.refuse("has no points; name the folder or the storage.sqlite of a collection on disk")
        for line, raw in connection.execute("SELECT rowid, point FROM points ORDER BY rowid"):
            point = _point(source, line, raw)
            if point is not None:
                yield line, point


def _point(source: Source, line: int, raw: Any) -> dict[str, Any] | None:
    """A row's memory in the shape of mem0's export; None when it is bad and is skipped."""
    try:
        told = unpickled(raw if isinstance(raw, bytes) else b"")
        point = told.get("__dict__", told) if isinstance(told, dict) else {}
        payload = point.get("payload")
        if not isinstance(payload, Mapping):
            raise ValueError("it has no payload")
    except ValueError as error:
        source.bad(line, f"a point cannot be read: {error}")
        return None
    fields = {name: payload[name] for name in payload if name in _OWN}
    rest = {name: value for name, value in payload.items() if name not in _OWN | _DERIVED}
    return {"id": str(point.get("id")), "memory": payload.get("data"), **fields, **({"metadata": rest} if rest else {})}


def _history(source: Source) -> Iterator[tuple[int, dict[str, Any]]]:
    """What each memory says after its last event, in the order of these; what was deleted is left out."""
    with database(source) as connection:
        if {"memory_id", "new_memory", "event"} - columns(connection, "history"):
            raise source.refuse("has no history of mem0")
        rows = connection.execute(
            "SELECT max(rowid), memory_id, new_memory, created_at, updated_at, actor_id, role, event FROM history "
            "GROUP BY memory_id ORDER BY 1"
        )
        for line, id, text, created, updated, who, role, event in rows:
            if event != "DELETE" and text is not None:
                times = {"created_at": created, "updated_at": updated}
                yield line, {"id": id, "memory": text, "actor_id": who, "role": role, **times}
