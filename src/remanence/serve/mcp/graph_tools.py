"""The profile `compat`: the nine tools of the reference memory server, over the same data as every other profile."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from remanence.errors import InvalidInput
from remanence.memory import Memory
from remanence.memory.knowledge import KnowledgeGraph, Relation, rows
from remanence.serve.mcp.tools import Arguments, Parameter, Run, Tool, reads
from remanence.stage.llm_json import array_of, object_of

_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
_ENTITY = object_of(name=_TEXT, entityType=_TEXT, observations=_TEXTS)
_RELATION = {**object_of(to=_TEXT, relationType=_TEXT), "required": ["from", "to", "relationType"]}
_RELATION["properties"] = {"from": _TEXT, **_RELATION["properties"]}
_DONE = object_of(success={"type": "boolean"}, message=_TEXT)


def _list(name: str, means: str, items: dict[str, Any]) -> Parameter:
    return Parameter(name, "array", means, True, more={"items": items})


_GRAPH = object_of(entities=array_of(_ENTITY), relations=array_of(_RELATION))
_RELATIONS = _list("relations", "from, relationType and to of each", _RELATION)


def _on(verb: Callable[[KnowledgeGraph, Arguments], dict[str, Any]]) -> Run:
    def run(memory: Memory, given: Arguments) -> dict[str, Any]:
        return verb(KnowledgeGraph(memory), given)

    return run


def _create_entities(graph: KnowledgeGraph, given: Arguments) -> dict[str, Any]:
    entities = rows(given["entities"], name=str, entityType=str, observations=list)
    return {"entities": graph.create_entities(entities)}


def _relations_of(given: Arguments) -> list[Relation]:
    told = rows(given["relations"], **{"from": str, "relationType": str, "to": str})
    return [(one["from"], one["relationType"], one["to"]) for one in told]


def _create_relations(graph: KnowledgeGraph, given: Arguments) -> dict[str, Any]:
    made = graph.create_relations(_relations_of(given))
    return {"relations": [{"from": src, "to": dst, "relationType": rel} for src, rel, dst in made]}


def _add_observations(graph: KnowledgeGraph, given: Arguments) -> dict[str, Any]:
    told = rows(given["observations"], entityName=str, contents=list)
    return {"results": graph.add_observations([(one["entityName"], one["contents"]) for one in told])}


def _done(message: str) -> dict[str, Any]:
    return {"success": True, "message": message}


def _delete_entities(graph: KnowledgeGraph, given: Arguments) -> dict[str, Any]:
    names = _names(given["entityNames"])
    missing = graph.delete_entities(names)
    if not missing:
        return _done("Entities deleted successfully")
    gone = len(names) - len(missing)
    return _done(f"Deleted {gone} of {len(names)} entities. Not found: {', '.join(missing)}")


def _delete_observations(graph: KnowledgeGraph, given: Arguments) -> dict[str, Any]:
    told = rows(given["deletions"], entityName=str, observations=list)
    wanted = sum(len(one["observations"]) for one in told)
    gone, missing = graph.delete_observations([(one["entityName"], one["observations"]) for one in told])
    if gone == wanted:
        return _done("Observations deleted successfully")
    unknown = f" Entities not found: {', '.join(missing)}" if missing else ""
    return _done(f"Deleted {gone} of {wanted} observations.{unknown}")


def _delete_relations(graph: KnowledgeGraph, given: Arguments) -> dict[str, Any]:
    told = _relations_of(given)
    gone = graph.delete_relations(told)
    if gone == len(told):
        return _done("Relations deleted successfully")
    return _done(f"Deleted {gone} of {len(told)} relations. The rest matched nothing.")


def _names(given: object) -> list[str]:
    if not isinstance(given, list) or not all(isinstance(name, str) for name in given):
        raise InvalidInput("names are a list of texts")
    return given


def _graph_text(told: Any) -> str:
    """What the reference server writes: the message, the one list that was made, or the graph, as indented JSON."""
    if "message" in told:
        return str(told["message"])
    return json.dumps(next(iter(told.values())) if len(told) == 1 else told, ensure_ascii=False, indent=2)


_TOOLS = (
    Tool(
        "create_entities",
        "Create entities",
        "New entities with a type and what was observed of them; a name that is there is left as it is.",
        _on(_create_entities),
        (_list("entities", "name, entityType and observations of each", _ENTITY),),
        object_of(entities=array_of(_ENTITY)),
        idempotent=False,
    ),
    Tool(
        "create_relations",
        "Create relations",
        "New relations between entities, in the active voice.",
        _on(_create_relations),
        (_RELATIONS,),
        object_of(relations=array_of(_RELATION)),
        idempotent=False,
    ),
    Tool(
        "add_observations",
        "Add observations",
        "What was observed of entities that are there.",
        _on(_add_observations),
        (_list("observations", "entityName and contents of each", object_of(entityName=_TEXT, contents=_TEXTS)),),
        object_of(results=array_of(object_of(entityName=_TEXT, addedObservations=_TEXTS))),
        idempotent=False,
    ),
    Tool(
        "delete_entities",
        "Delete entities",
        "Entities, with their observations and relations.",
        _on(_delete_entities),
        (_list("entityNames", "their names", _TEXT),),
        _DONE,
        destructive=True,
    ),
    Tool(
        "delete_observations",
        "Delete observations",
        "Single observations of entities.",
        _on(_delete_observations),
        (_list("deletions", "entityName and observations of each", object_of(entityName=_TEXT, observations=_TEXTS)),),
        _DONE,
        destructive=True,
    ),
    Tool(
        "delete_relations",
        "Delete relations",
        "Single relations.",
        _on(_delete_relations),
        (_RELATIONS,),
        _DONE,
        destructive=True,
    ),
    reads(
        "read_graph",
        "Read the graph",
        "All entities and relations.",
        _on(lambda graph, _: graph.read()),
        (),
        _GRAPH,
    ),
    reads(
        "search_nodes",
        "Search the graph",
        "Entities that answer a query, and the relations that they are part of.",
        _on(lambda graph, given: graph.search(given["query"])),
        (Parameter("query", "string", "what to look for in names, types and observations", True, ("q", "text")),),
        _GRAPH,
    ),
    reads(
        "open_nodes",
        "Open nodes",
        "Entities by their names, and the relations that they are part of.",
        _on(lambda graph, given: graph.open(_names(given["names"]))),
        (_list("names", "their names", _TEXT),),
        _GRAPH,
    ),
)
COMPAT = tuple(replace(tool, text=_graph_text) for tool in _TOOLS)
