"""ChatGPT exports: conversations.json, or the zip file as it was downloaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from remanence.ingest.formats import Head, file_format
from remanence.ingest.message import Message
from remanence.ingest.records import conversations
from remanence.ingest.source import Source

_SAID = {"text", "multimodal_text"}
_DONE = {"code", "execution_output"}


def sniff(head: Head) -> float:
    """Chats with a `mapping` of message nodes."""
    for depth in (1, 2):
        if head.has(depth, "mapping") and head.any(depth, "current_node", "title", "create_time"):
            return 1.0
    return 0.0


@file_format("chatgpt", "a ChatGPT export: conversations.json, the downloaded zip or its folder", sniff)
def read(source: Source, *, tools: bool = False) -> Iterator[Message]:
    """What user and assistant said on the current branch of every chat; source is the message's own id.

    Edited questions and regenerated answers that were left behind are not on the current branch. Hidden and
    empty messages, system texts and hidden reasoning are passed over; `tools` also takes code that was run
    and its output.
    """
    for line, chat in conversations(source, "a ChatGPT conversation", "mapping", dict):
        yield from _chat(source, line, chat, tools)


def _chat(source: Source, line: int, chat: Mapping[str, Any], tools: bool) -> Iterator[Message]:
    session = chat.get("conversation_id") or chat.get("id")
    title = chat.get("title")
    for key, said in _branch(chat["mapping"], chat.get("current_node")):
        author = said.get("author")
        role = author.get("role") if isinstance(author, dict) else None
        content = said.get("content")
        if not isinstance(content, dict) or not _wanted(said, role, content, tools):
            continue
        parts = content.get("parts") if content.get("content_type") in _SAID else [content.get("text")]
        if not isinstance(parts, list) or not any(parts):
            continue
        yield from source.kept(
            line,
            {
                "text": [part for part in parts if part],
                "role": role,
                "who": author.get("name") if isinstance(author, dict) else None,
                "at": said.get("create_time") or chat.get("create_time"),
                "session": session,
                "source": said.get("id") or key,
                "data": {"title": title} if isinstance(title, str) and title else None,
            },
        )


def _wanted(said: Mapping[str, Any], role: Any, content: Mapping[str, Any], tools: bool) -> bool:
    notes = said.get("metadata")
    if isinstance(notes, dict) and notes.get("is_visually_hidden_from_conversation"):
        return False
    kind = content.get("content_type")
    if role in ("user", "assistant"):
        if said.get("recipient") in (None, "", "all"):
            return kind in _SAID or (tools and kind in _DONE)
        return tools and kind in _SAID | _DONE
    return tools and role == "tool" and kind in _SAID | _DONE


def _branch(mapping: Mapping[str, Any], leaf: Any) -> list[tuple[str, Mapping[str, Any]]]:
    """Messages from the root to the current node; without one, to the node that was written last."""
    if not isinstance(leaf, str) or leaf not in mapping:
        leaf = max(mapping, key=lambda key: _written(mapping[key]), default=None)
    path: list[tuple[str, Mapping[str, Any]]] = []
    seen: set[str] = set()
    while isinstance(leaf, str) and leaf not in seen:
        seen.add(leaf)
        node = mapping.get(leaf)
        if not isinstance(node, dict):
            break
        if isinstance(node.get("message"), dict):
            path.append((leaf, node["message"]))
        leaf = node.get("parent")
    path.reverse()
    return path


def _written(node: Any) -> float:
    said = node.get("message") if isinstance(node, dict) else None
    at = said.get("create_time") if isinstance(said, dict) else None
    return float(at) if isinstance(at, (int, float)) and abs(at) < 1e20 else -1.0
