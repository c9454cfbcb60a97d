"""Cursor sessions: its database state.vscdb, or the .jsonl transcripts under ~/.cursor/projects."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import apsw

from remanence.ingest.agent_folder import columns, database, each_file, holds
from remanence.ingest.agent_session import AgentSession, PassedOver, lines_after, word
from remanence.ingest.formats import Head, file_format
from remanence.ingest.message import Message
from remanence.ingest.source import Source

AGENT = "cursor"
_ROLES = {1: "user", 2: "assistant"}
_FAILED = {"error", "failed", "rejected"}


def sniff(head: Head) -> float:
    """The database by its table, a transcript by its lines, or a folder of transcripts."""
    if head.shape == "folder":
        return 0.8 if holds(head.path, "**/agent-transcripts/**/*.jsonl", b'"role"') else 0.0
    if head.shape == "binary":
        return float(head.raw[:15] == b"SQLite format 3" and b"cursorDiskKV" in head.raw)
    return float(head.shape == "lines" and head.has(1, "role", "message") and not head.any(1, "type", "sessionId"))


@file_format("cursor", "chats of Cursor: state.vscdb, a transcript (.jsonl), or ~/.cursor/projects", sniff)
def read(source: Source, *, after: int = 0, only: str | None = None) -> Iterator[Message]:
    """What person and agent said, tool calls, edits and errors; source is `cursor/<chat>/<message>`.

    In a transcript, which has neither ids nor times, a message is named by its line. only: one chat of a database.
    after: bytes of a transcript that are known already.
    """
    with_database = not source.path.is_dir() and _is_database(source)
    if with_database:
        with database(source) as connection:
            yield from _chats(source, connection, only)
        return
    for inner in each_file(source, "**/agent-transcripts/**/*.jsonl"):
        passed = PassedOver(inner)
        session = AgentSession(inner, AGENT, passed, id=inner.path.stem)
        for line, record in lines_after(inner, after, passed):
            if line > 1 or not after:
                yield from _line(session, line, record)
        passed.tell()


def _is_database(source: Source) -> bool:
    with source.open() as stream:
        return stream.read(15) == b"SQLite format 3"


def _line(session: AgentSession, line: int, record: Mapping[str, Any]) -> Iterator[Message]:
    role, said = word(record.get("role")), record.get("message")
    content = said.get("content") if isinstance(said, Mapping) else None
    if role not in ("user", "assistant") or not isinstance(content, (list, str)):
        session.passed(line, role or record.get("type"))
        return
    blocks: list[Any] = [{"type": "text", "text": content}] if isinstance(content, str) else content
    for number, block in enumerate(blocks, 1):
        key = f"{session.id}/{line}" if number == 1 else f"{session.id}/{line}/{number}"
        sort = word(block.get("type")) if isinstance(block, Mapping) else ""
        if sort == "text" and isinstance(block.get("text"), str):
            yield from session.said(line, role, block["text"], record.get("timestamp"), key)
        elif sort == "tool_use" and isinstance(block.get("name"), str):
            yield from session.called(line, block["name"], block.get("input"), record.get("timestamp"), key)
        elif sort not in ("thinking", "image", "tool_result"):
            session.passed(line, f"{role}/{sort}")


# --- the database --------------------------------------------------------------------------------


def _chats(source: Source, connection: apsw.Connection, only: str | None) -> Iterator[Message]:
    passed = PassedOver(source)
    if not {"key", "value"} <= columns(connection, "cursorDiskKV"):
        raise source.refuse("is a database without Cursor's table cursorDiskKV; give globalStorage/state.vscdb")
    rows = connection.execute(
        "SELECT key, value FROM cursorDiskKV WHERE key >= 'composerData:' AND key < 'composerData;'"
    )
    chats = [(str(key).partition(":")[2], chat) for key, value in rows if (chat := _json(value)) is not None]
    chats.sort(key=lambda pair: (_number(pair[1].get("createdAt")), pair[0]))
    for id, chat in chats:
        if only is None or id == only:
            yield from _chat(source, connection, id, chat, passed)
    passed.tell()


def _chat(
    source: Source, connection: apsw.Connection, id: str, chat: Mapping[str, Any], passed: PassedOver
) -> Iterator[Message]:
    session = AgentSession(source, AGENT, passed, id=id)
    for number, bubble in enumerate(_bubbles(connection, id, chat), 1):
        at = bubble.get("createdAt") or chat.get("createdAt")
        key = f"{id}/{bubble.get('bubbleId') or number}"
        kind = bubble.get("type")
        role = _ROLES.get(kind) if isinstance(kind, int) else None
        tool = bubble.get("toolFormerData")
        if role is None:
            passed(number, f"bubble {kind}")
            continue
        if isinstance(bubble.get("text"), str):
            yield from session.said(number, role, bubble["text"], at, key)
        if isinstance(tool, Mapping) and isinstance(tool.get("name"), str):
            given = _json(tool.get("rawArgs")) or _json(tool.get("params")) or {}
            yield from session.called(number, tool["name"], given, at, f"{key}/call", key)
            if word(tool.get("status")) in _FAILED:
                output = tool.get("error") or tool.get("result") or str(tool.get("status"))
                yield from session.failed(number, key, _json(output) or output, at, f"{key}/error")


def _bubbles(connection: apsw.Connection, id: str, chat: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The messages of a chat in order, from wherever this version of Cursor keeps them."""
    inline = chat.get("conversation")
    if isinstance(inline, list) and inline:
        yield from (one for one in inline if isinstance(one, Mapping))
        return
    headers, known = chat.get("fullConversationHeadersOnly"), chat.get("conversationMap")
    for header in headers if isinstance(headers, list) else ():
        bubble = header.get("bubbleId") if isinstance(header, Mapping) else None
        if not isinstance(bubble, str):
            continue
        row: Any = connection.execute(
            "SELECT value FROM cursorDiskKV WHERE key = ?", (f"bubbleId:{id}:{bubble}",)
        ).fetchone()
        found = _json(row[0]) if row else known.get(bubble) if isinstance(known, Mapping) else None
        if isinstance(found, Mapping):
            yield {"bubbleId": bubble, **found}


def _json(value: Any) -> dict[str, Any] | None:
    if isinstance(value, Mapping):
        return dict(value)
    if not isinstance(value, (str, bytes)):
        return None
    try:
        made = json.loads(value)
    except (ValueError, RecursionError):
        return None
    return made if isinstance(made, dict) else None


def _number(value: Any) -> float:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else 0.0
