"""OpenCode sessions: its database opencode.db, the storage folder of older versions, or `opencode export`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import apsw

from remanence.ingest.agent_folder import columns, database, files
from remanence.ingest.agent_session import AgentSession, PassedOver, word
from remanence.ingest.formats import Head, file_format
from remanence.ingest.message import Message
from remanence.ingest.records import values
from remanence.ingest.source import Source

AGENT = "opencode"
_SILENT = {
    "reasoning",
    "step-start",
    "step-finish",
    "snapshot",
    "file",
    "agent",
    "patch",
    "retry",
    "compaction",
    "subtask",
}
Record = Mapping[str, Any]


def sniff(head: Head) -> float:
    """The database by its tables, the folder by its parts, an export by its keys."""
    if head.shape == "folder":
        return 0.9 if (_storage(head.path) / "message").is_dir() and (_storage(head.path) / "part").is_dir() else 0.0
    if head.shape == "binary":
        tables = all(
            b"TABLE %s" % quoted in head.raw.replace(b"`", b"").replace(b'"', b"") for quoted in (b"message", b"part")
        )
        return float(head.raw[:15] == b"SQLite format 3" and tables)
    return float(head.shape == "object" and head.has(1, "info", "messages") and head.any(3, "info", "parts"))


@file_format("opencode", "sessions of OpenCode: opencode.db, its storage folder, or an export", sniff)
def read(source: Source, *, only: str | None = None) -> Iterator[Message]:
    """What person and agent said, tool calls, edits and errors; source is `opencode/<part>`.

    Reasoning, steps, and output of tools that worked are passed over. only: one session.
    """
    passed = PassedOver(source)
    if source.path.is_dir():
        yield from _folder(source, only, passed)
    elif _is_database(source):
        with database(source) as connection:
            yield from _tables(source, connection, only, passed)
    else:
        yield from _export(source, only, passed)
    passed.tell()


def _is_database(source: Source) -> bool:
    with source.open() as stream:
        return stream.read(15) == b"SQLite format 3"


def _message(session: AgentSession, line: int, info: Record, parts: Sequence[Record]) -> Iterator[Message]:
    role, times = word(info.get("role")), info.get("time")
    where = info.get("path")
    if isinstance(where, Mapping) and isinstance(where.get("cwd"), str):
        session.project = where["cwd"]
    at = times.get("created") if isinstance(times, Mapping) else None
    if role not in ("user", "assistant"):
        session.passed(line, f"message of {role}")
        return
    for number, part in enumerate(parts, 1):
        sort, key = word(part.get("type")), part.get("id") or f"{info.get('id') or line}/{number}"
        if sort == "text" and isinstance(part.get("text"), str):
            if not part.get("synthetic") and not part.get("ignored"):
                yield from session.said(line, role, part["text"], at, str(key))
        elif sort == "tool" and isinstance(part.get("state"), Mapping):
            state, tool = part["state"], part.get("tool")
            yield from session.called(line, str(tool or "a tool"), state.get("input"), at, str(key), str(key))
            if state.get("status") == "error":
                yield from session.failed(line, str(key), state.get("error"), at, f"{key}/error")
        elif sort not in _SILENT:
            session.passed(line, f"{role}/{sort}")


# --- three places --------------------------------------------------------------------------------


def _tables(source: Source, connection: apsw.Connection, only: str | None, passed: PassedOver) -> Iterator[Message]:
    for table in ("message", "part"):
        if not {"id", "session_id", "data"} <= columns(connection, table):
            raise source.refuse(f"has no table {table} as OpenCode writes it; is it opencode.db?")
    where: dict[str, str] = {}
    if {"id", "directory"} <= columns(connection, "session"):
        where = {str(id): str(path or "") for id, path in connection.execute("SELECT id, directory FROM session")}
    rows = connection.execute(
        "SELECT id, session_id, data FROM message ORDER BY session_id, time_created, id"
    ).fetchall()
    session: AgentSession | None = None
    for line, (id, chat, data) in enumerate(rows, 1):
        if only is not None and chat != only:
            continue
        if session is None or session.id != chat:
            session = AgentSession(source, AGENT, passed, id=str(chat), project=where.get(str(chat), ""))
        told = connection.execute("SELECT id, data FROM part WHERE message_id = ? ORDER BY time_created, id", (id,))
        parts = [{**found, "id": part} for part, text in told if (found := _json(text)) is not None]
        info = _json(data)
        if info is None:
            passed(line, "message that is not JSON")
        else:
            yield from _message(session, line, {**info, "id": id}, parts)


def _storage(folder: Path) -> Path:
    return folder / "storage" if (folder / "storage").is_dir() else folder


def _folder(source: Source, only: str | None, passed: PassedOver) -> Iterator[Message]:
    storage = _storage(source.path)
    for chat in sorted(path for path in (storage / "message").iterdir() if path.is_dir()):
        if only is not None and chat.name != only:
            continue
        session = AgentSession(source, AGENT, passed, id=chat.name)
        for about in files(storage / "session", f"**/{chat.name}.json"):
            session.project = str((_file(about) or {}).get("directory") or "")
        infos = [info for path in files(chat, "*.json") if (info := _file(path)) is not None]
        infos.sort(key=lambda info: str(info.get("id")))
        for line, info in enumerate(infos, 1):
            found = [part for path in files(storage / "part" / str(info.get("id")), "*.json") if (part := _file(path))]
            found.sort(key=lambda part: str(part.get("id")))
            yield from _message(session, line, info, found)


def _export(source: Source, only: str | None, passed: PassedOver) -> Iterator[Message]:
    with source.open() as stream:
        for line, value in values(source, stream):
            about = value.get("info") if isinstance(value, dict) else None
            messages = value.get("messages") if isinstance(value, dict) else None
            if not isinstance(about, Mapping) or not isinstance(messages, list):
                passed(line, "no export")
                continue
            session = AgentSession(
                source, AGENT, passed, id=str(about.get("id")), project=str(about.get("directory") or "")
            )
            for one in messages if only in (None, session.id) else ():
                info, parts = (one.get("info"), one.get("parts")) if isinstance(one, Mapping) else (None, None)
                if isinstance(info, Mapping) and isinstance(parts, list):
                    known = [part for part in parts if isinstance(part, Mapping)]
                    yield from _message(session, line, info, known)


def _file(path: Path) -> dict[str, Any] | None:
    with suppress(OSError):
        return _json(path.read_bytes())
    return None


def _json(text: Any) -> dict[str, Any] | None:
    try:
        made = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        return None
    return made if isinstance(made, dict) else None
