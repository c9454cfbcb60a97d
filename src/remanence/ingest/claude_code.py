"""Claude Code sessions: the .jsonl files under ~/.claude/projects, one of them or a whole folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from remanence.ingest.agent_folder import each_file, holds
from remanence.ingest.agent_session import AgentSession, PassedOver, lines_after, word
from remanence.ingest.formats import Head, file_format
from remanence.ingest.message import Message
from remanence.ingest.source import Source

AGENT = "claude-code"
_QUIET = frozenset(
    "summary system progress attachment queue-operation file-history-snapshot last-prompt ai-title custom-title "
    "agent-name permission-mode mode pr-link worktree-state tag speculation-accept content-replacement task-summary "
    "attribution-snapshot marble-origami-commit marble-origami-snapshot".split()
)
"""Records that hold no words of a person or of the agent."""
_SILENT = {"thinking", "redacted_thinking", "image", "document", "tool_reference", "fallback"}


def sniff(head: Head) -> float:
    """Records with a session and a uuid, or a folder of such files."""
    if head.shape == "folder":
        return 0.9 if holds(head.path, "**/*.jsonl", b'"sessionId"', b'"parentUuid"') else 0.0
    return float(head.has(1, "type", "sessionId") and head.any(1, "uuid", "parentUuid", "operation", "snapshot"))


@file_format("claude-code", "a session of Claude Code (.jsonl), or ~/.claude/projects", sniff)
def read(source: Source, *, after: int = 0, sidechains: bool = False) -> Iterator[Message]:
    """What person and agent said, tool calls, edits and errors; source is `claude-code/<uuid of the record>`.

    Hidden reasoning, output of tools that worked, summaries, and what hooks and reminders put in are passed over.
    after: bytes of the file that are known already. sidechains: also what sub-agents did.
    """
    for inner in each_file(source, "**/*.jsonl"):
        passed = PassedOver(inner)
        session = AgentSession(inner, AGENT, passed)
        for line, record in lines_after(inner, after, passed):
            yield from _record(session, line, record, sidechains)
        passed.tell()


def _record(session: AgentSession, line: int, record: Mapping[str, Any], sidechains: bool) -> Iterator[Message]:
    kind, said = word(record.get("type")), record.get("message")
    if kind in _QUIET:
        return
    if kind not in ("user", "assistant") or not isinstance(said, Mapping):
        session.passed(line, kind)
        return
    if record.get("isMeta") or record.get("isCompactSummary") or (record.get("isSidechain") and not sidechains):
        return
    session.id = word(record.get("sessionId")) or session.id
    session.project = word(record.get("cwd")) or session.project
    key = word(record.get("uuid")) or f"{session.id}#{line}"
    at, content = record.get("timestamp"), said.get("content")
    blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
    for number, block in enumerate(blocks if isinstance(blocks, list) else (), 1):
        name = key if number == 1 else f"{key}/{number}"
        yield from _block(session, line, kind, block, (at, name))


def _block(session: AgentSession, line: int, role: str, block: Any, when: tuple[Any, str]) -> Iterator[Message]:
    sort = word(block.get("type")) if isinstance(block, Mapping) else type(block).__name__
    at, key = when
    if sort == "text" and isinstance(block.get("text"), str):
        yield from session.said(line, role, block["text"], at, key)
    elif sort == "tool_use":
        call = word(block.get("id"))
        yield from session.called(line, word(block.get("name")) or "a tool", block.get("input"), at, key, call)
    elif sort == "tool_result":
        if block.get("is_error"):
            yield from session.failed(line, word(block.get("tool_use_id")), block.get("content"), at, key)
    elif sort not in _SILENT:
        session.passed(line, f"{role}/{sort}")
