"""The MCP memory server: its knowledge graph file, entities and relations one a line."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from remanence.ingest.content import MAX_SOURCE
from remanence.ingest.formats import Head, file_format
from remanence.ingest.message import Message
from remanence.ingest.records import records
from remanence.ingest.source import Source
from remanence.language.entities import norm


def sniff(head: Head) -> float:
    """Entities with observations, or relations with from and to."""
    for depth in (1, 3):
        if head.has(depth, "entityType", "observations") or head.has(depth, "from", "to", "relationType"):
            return 1.0
    return 0.0


@file_format("mcp-memory", "the knowledge graph file of the MCP memory server", sniff)
def read(source: Source) -> Iterator[Message]:
    """Entities as entities, their observations as facts about them, relations as facts with a link in data.

    Sources are `mcp/<entity>`, `mcp/<entity>/<hash of the observation>` and `mcp/<from>/<relation>/<to>`.
    An entity's type is its `sort`, as for entities that are found in texts. The file knows no times.
    A whole graph as one object (`read_graph`) is taken too.
    """
    for line, value in records(source):
        if isinstance(value, dict) and ("entities" in value or "relations" in value):
            for kind in ("entities", "relations"):
                held = value.get(kind)
                for one in held if isinstance(held, list) else ():
                    yield from _record(source, line, one)
        else:
            yield from _record(source, line, value)


def _record(source: Source, line: int, one: Any) -> Iterator[Message]:
    if isinstance(one, dict) and isinstance(one.get("name"), str):
        yield from _entity(source, line, one)
    elif isinstance(one, dict) and all(isinstance(one.get(k), str) for k in ("from", "to", "relationType")):
        yield from _relation(source, line, one)
    else:
        source.bad(line, "neither an entity (name, entityType, observations) nor a relation (from, to, relationType)")


def _entity(source: Source, line: int, one: dict[str, Any]) -> Iterator[Message]:
    name = one["name"]
    sort = one.get("entityType")
    yield from source.kept(
        line,
        {
            "text": name,
            "kind": "entity",
            "source": f"mcp/{name}"[:MAX_SOURCE],
            "data": {"label": norm(name), **({"sort": sort} if isinstance(sort, str) and sort else {})},
        },
    )
    observations = one.get("observations")
    for seen in observations if isinstance(observations, list) else ():
        words = seen.get("content") if isinstance(seen, dict) else seen
        if not isinstance(words, str):
            source.bad(line, f"an observation of {name[:40]!a} is not a text")
            continue
        mark = hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:12]
        fact = source.make(
            line,
            {
                "text": words if name.casefold() in words.casefold() else f"{name}: {words}",
                "kind": "fact",
                "source": f"mcp/{name}"[: MAX_SOURCE - 13] + f"/{mark}",
                "data": {"subject": name, "value": words},
            },
        )
        if fact is not None:
            yield fact


def _relation(source: Source, line: int, one: dict[str, Any]) -> Iterator[Message]:
    parts = one["from"], one["relationType"], one["to"]
    yield from source.relation(line, parts, source=f"mcp/{'/'.join(parts)}"[:MAX_SOURCE])
