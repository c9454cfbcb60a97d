"""Claude exports: conversations.json, or the zip file or folder as it was downloaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from remanence.ingest.chunks import split
from remanence.ingest.formats import Head, file_format
from remanence.ingest.message import Message
from remanence.ingest.records import conversations
from remanence.ingest.source import Source

_TOOLS = {"tool_use", "tool_result"}


def sniff(head: Head) -> float:
    """Chats with `chat_messages`."""
    return float(any(head.has(depth, "chat_messages") for depth in (1, 2)))


@file_format("claude", "a Claude export: conversations.json, the downloaded zip or its folder", sniff)
def read(source: Source, *, tools: bool = False) -> Iterator[Message]:
    """What user and assistant said, on the current branch of every chat; source is the message's own id.

    The text of an attached document follows its message in pieces, as chunks with the trust of outside
    text and the source `<message>/<file name>/<n>`. `tools` also takes tool calls and their results.
    """
    for line, chat in conversations(source, "a Claude conversation", "chat_messages", list):
        said = [one for one in chat["chat_messages"] if isinstance(one, dict)]
        if len(said) < len(chat["chat_messages"]):
            source.bad(line, "a message is not an object")
        for one in _branch(said, chat.get("current_leaf_message_uuid")):
            yield from _turn(source, line, chat, one, tools)


def _turn(
    source: Source, line: int, chat: Mapping[str, Any], said: Mapping[str, Any], tools: bool
) -> Iterator[Message]:
    content = said.get("content")
    parts: list[Any] = content if isinstance(content, list) else []
    parts = [
        part
        for part in parts
        if isinstance(part, dict)
        and (part.get("type") == "text" or (tools and part.get("type") in _TOOLS))
        and part.get("text") != ""
    ]
    words: Any = parts or said.get("text")
    documents = [one for one in said.get("attachments") or () if isinstance(one, dict)]
    files = [one for one in said.get("files") or () if isinstance(one, (dict, str))]
    if not words and not documents and not files:
        return
    title = chat.get("name")
    shared = {
        "at": said.get("created_at") or chat.get("created_at"),
        "session": chat.get("uuid"),
        "data": {"title": title} if isinstance(title, str) and title else None,
    }
    turn = source.make(
        line,
        {
            "text": words,
            "role": said.get("sender"),
            "source": said.get("uuid"),
            "attachments": [{k: v for k, v in one.items() if k != "extracted_content"} for one in documents]
            + [one if isinstance(one, dict) else {"name": one} for one in files],
            **shared,
        },
    )
    if turn is not None:
        yield turn
    for number, document in enumerate(documents, 1):
        body = document.get("extracted_content")
        name = document.get("file_name") or f"attachment {number}"
        if not isinstance(body, str) or not isinstance(name, str):
            continue
        for index, (_, piece) in enumerate(split(body), 1):
            chunk = source.make(
                line,
                {
                    **shared,
                    "text": piece,
                    "kind": "chunk",
                    "trust": "external",
                    "source": f"{said.get('uuid')}/{name[:200]}/{index}",
                    "data": {"title": name[:200]},
                },
            )
            if chunk is not None:
                yield chunk


def _branch(said: list[dict[str, Any]], leaf: Any) -> list[dict[str, Any]]:
    """The chat as it stands: all messages, or the path to the current one where answers were redone."""
    by_id = {one["uuid"]: one for one in said if isinstance(one.get("uuid"), str)}
    parents = [one.get("parent_message_uuid") for one in said]
    known = [one for one in parents if isinstance(one, str) and one in by_id]
    if len(set(known)) == len(known):  # nobody answered the same message twice
        return said
    at: Any = leaf if isinstance(leaf, str) and leaf in by_id else said[-1].get("uuid")
    path: list[dict[str, Any]] = []
    while isinstance(at, str) and at in by_id:
        one = by_id.pop(at)
        path.append(one)
        at = one.get("parent_message_uuid")
    path.reverse()
    return path
