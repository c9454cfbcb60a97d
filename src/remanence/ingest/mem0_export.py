"""mem0: what `get_all` gives, saved as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from remanence.ingest.formats import Head, file_format
from remanence.ingest.message import Message
from remanence.ingest.records import records
from remanence.ingest.source import Source

KEPT = ("user_id", "agent_id", "app_id", "metadata", "updated_at", "hash", "expiration_date")


def sniff(head: Head) -> float:
    """`memory` texts in `results`, in `memories` or in a list."""
    if head.shape == "object" and head.any(1, "results", "memories") and head.has(3, "memory"):
        return 1.0
    return 1.0 if head.has(2 if head.shape == "list" else 1, "memory", "id") else 0.0


@file_format("mem0", "memories of mem0: the result of get_all as JSON", sniff)
def read(source: Source) -> Iterator[Message]:
    """Every memory as a note with mem0's id as source, its creation time, and its run as the session.

    User, agent, metadata and categories are kept in data. Relations of its graph become facts.
    """
    for line, value in records(source):
        if not isinstance(value, dict):
            source.bad(line, "a memory is an object with 'memory' and 'id'")
            continue
        held = value.get("results", value.get("memories"))
        if isinstance(held, list):
            for one in held:
                yield from memory(source, line, one)
            relations = value.get("relations")
            for one in relations if isinstance(relations, list) else ():
                yield from _relation(source, line, one)
        else:
            yield from memory(source, line, value)


def memory(source: Source, line: int, one: Any) -> Iterator[Message]:
    """One memory as mem0 tells it: the note, or nothing when it is bad and is skipped."""
    words = one.get("memory", one.get("data")) if isinstance(one, dict) else None
    if not isinstance(words, str):
        source.bad(line, "a memory has no text under 'memory'")
        return
    data = {name: one[name] for name in KEPT if one.get(name) is not None}
    categories = one.get("categories")
    if isinstance(categories, list) and categories:
        data["tags"] = categories
    yield from source.kept(
        line,
        {
            "text": words,
            "kind": "note",
            "who": one.get("actor_id") or one.get("user_id"),
            "role": one.get("role"),
            "at": one.get("created_at"),
            "session": one.get("run_id"),
            "source": one.get("id"),
            "data": data,
        },
    )


def _relation(source: Source, line: int, one: Any) -> Iterator[Message]:
    parts: list[Any] = []
    if isinstance(one, Mapping):
        parts = [one.get("source"), one.get("relationship", one.get("relation"))]
        parts.append(one.get("target", one.get("destination")))
    if len(parts) != 3 or not all(isinstance(part, str) and part for part in parts):
        source.bad(line, "a relation needs 'source', 'relationship' and 'target'")
        return
    yield from source.relation(line, (parts[0], parts[1], parts[2]))
