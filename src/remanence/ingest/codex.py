"""Codex sessions: rollout-*.jsonl under ~/.codex/sessions, one of them or a whole folder."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from remanence.ingest.agent_folder import each_file, holds
from remanence.ingest.agent_session import AgentSession, PassedOver, lines_after, output_text, word
from remanence.ingest.formats import Head, file_format
from remanence.ingest.message import Message
from remanence.ingest.source import Source

AGENT = "codex"
_QUIET = {"turn_context", "event_msg", "compacted", "ghost_snapshot", "reasoning", "state", "web_search_call", "other",
          "compaction", "context_compaction", "world_state"}  # fmt: skip
"""Records and items without words, or whose words another record holds."""
_CALLS = {"function_call", "custom_tool_call", "local_shell_call", "tool_search_call"}
_OUTPUTS = {"function_call_output", "custom_tool_call_output", "tool_search_output"}
_EXIT = re.compile(r"(?:exit(?:ed)?(?: with)?(?: code)?:?|exit_code\"?:)\s*(?P<code>-?\d+)", re.I)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def sniff(head: Head) -> float:
    """Records with a payload, the older form with a first line of instructions, or a folder of such files."""
    if head.shape == "folder":
        return 0.9 if holds(head.path, "**/rollout-*.jsonl", b'"session_meta"', b'"instructions"') else 0.0
    if head.has(1, "timestamp", "type", "payload"):
        return 1.0
    return float(head.path.name.startswith("rollout-") and head.any(1, "record_type", "instructions", "role"))


@file_format("codex", "a session of Codex (rollout-*.jsonl), or ~/.codex/sessions", sniff)
def read(source: Source, *, after: int = 0) -> Iterator[Message]:
    """What person and agent said, tool calls, edits and errors; source is `codex/<session>/<line>`.

    Reasoning, instructions, and output of commands that worked are passed over. after: bytes that are known already.
    """
    for inner in each_file(source, "**/rollout-*.jsonl"):
        passed = PassedOver(inner)
        named = _UUID.findall(inner.path.name)
        session = AgentSession(inner, AGENT, passed, id=named[-1] if named else inner.path.stem)
        for line, record in lines_after(inner, after, passed):
            yield from _record(session, line, record, first=line == 1 and after > 0)
        passed.tell()


def _record(session: AgentSession, line: int, record: Mapping[str, Any], *, first: bool) -> Iterator[Message]:
    payload = record.get("payload")
    kind, item = (word(record.get("type")), payload) if isinstance(payload, Mapping) else ("response_item", record)
    if kind == "session_meta" or (item is record and "type" not in record and isinstance(record.get("id"), str)):
        about = item if isinstance(item, Mapping) else record
        session.id = about["id"] if isinstance(about.get("id"), str) else session.id
        session.project = about["cwd"] if isinstance(about.get("cwd"), str) else session.project
    elif kind in _QUIET or record.get("record_type") == "state" or first:
        return
    elif kind != "response_item" or not isinstance(item, Mapping):
        session.passed(line, kind)
    else:
        yield from _item(session, line, item, record.get("timestamp"))


def _item(session: AgentSession, line: int, item: Mapping[str, Any], at: Any) -> Iterator[Message]:
    sort, key = word(item.get("type")), f"{session.id}/{line}"
    call = word(item.get("call_id"))
    if sort == "message":
        role = item.get("role")
        if role in ("user", "assistant"):
            parts = item.get("content")
            for number, text in enumerate(_texts(parts), 1):
                yield from session.said(line, str(role), text, at, key if number == 1 else f"{key}/{number}")
    elif sort in _CALLS:
        name = word(item.get("name")) or "shell"
        given = item.get("arguments", item.get("input", item.get("action")))
        yield from session.called(line, name, _decoded(given), at, key, call)
    elif sort in _OUTPUTS:
        output = _decoded(item.get("output"))
        if _went_wrong(output):
            yield from session.failed(line, call, output, at, key)
    elif sort not in _QUIET:
        session.passed(line, sort)


def _texts(parts: Any) -> list[str]:
    if isinstance(parts, str):
        return [parts]
    found = [one.get("text") for one in parts if isinstance(one, Mapping)] if isinstance(parts, list) else []
    return [text for text in found if isinstance(text, str)]


def _decoded(value: Any) -> Any:
    """Arguments and outputs are JSON inside a text; what is none is taken as it is."""
    if isinstance(value, str) and value[:1] in "{[":
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _went_wrong(output: Any) -> bool:
    """Whether a tool says that it failed: by a flag, by its exit code, or in its first words."""
    if isinstance(output, Mapping):
        if output.get("success") is False:
            return True
        notes = output.get("metadata")
        code = notes.get("exit_code") if isinstance(notes, Mapping) else output.get("exit_code")
        if isinstance(code, int):
            return code != 0
    text = output_text(output)[:400]
    found = _EXIT.search(text)
    return int(found["code"]) != 0 if found else text.lower().startswith(("error", "failed", "execution error"))
