"""What mem0's users know, over our memory: its verbs, ids, filters, and how a memory is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from hashlib import md5
from typing import Any

from remanence.errors import InvalidInput
from remanence.memory.memory import Memory
from remanence.types import Item, iso

Results = dict[str, list[dict[str, Any]]]
PARTS = {"user_id": "user", "agent_id": "agent", "run_id": "session"}
"""mem0's ids and our parts of a scope."""
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda held, wanted: held == wanted,
    "ne": lambda held, wanted: held != wanted,
    "in": lambda held, wanted: held in wanted,
    "nin": lambda held, wanted: held not in wanted,
    "gt": lambda held, wanted: held is not None and held > wanted,
    "gte": lambda held, wanted: held is not None and held >= wanted,
    "lt": lambda held, wanted: held is not None and held < wanted,
    "lte": lambda held, wanted: held is not None and held <= wanted,
    "contains": lambda held, wanted: isinstance(held, (str, list)) and wanted in held,
    "icontains": lambda held, wanted: isinstance(held, str) and str(wanted).lower() in held.lower(),
}


def add(memory: Memory, messages: Any, metadata: Mapping[str, Any] | None = None, at: Any = None) -> Results:
    """Keep a text, a message or several; the turns that were kept."""
    receipt = memory.remember(messages_of(messages, metadata, at))
    kept = [item for item in map(memory.get, receipt.ids) if item.kind == "turn"]
    return {"results": [{"id": item.id, "memory": item.text, "event": "ADD"} for item in kept]}


def search(memory: Memory, query: str, most: int, filters: Mapping[str, Any], threshold: float | None) -> Results:
    """The memories that answer a query best: at most so many, past the filters, from `threshold` on."""
    hits = memory.recall(query, min(1_000, 10 * most) if filters else most)
    found = [(hit.item, hit.score) for hit in hits if fits(hit.item.data, filters)]
    return {"results": [shown(item, score) for item, score in found if score >= (threshold or 0.0)][:most]}


def update(memory: Memory, id: str, text: str | None, metadata: Mapping[str, Any] | None) -> dict[str, str]:
    """Another text or metadata; the old version stays in the history."""
    fields: dict[str, Any] = {"data": dict(metadata)} if metadata else {}
    memory.update(id, text, **fields)
    return {"message": "Memory updated successfully!"}


def delete(memory: Memory, id: str) -> dict[str, str]:
    """Erase a memory, bytes included."""
    memory.erase(id)
    return {"message": "Memory deleted successfully!"}


def delete_all(memory: Memory) -> dict[str, str]:
    """Erase everything that this handle can see, what is over too."""
    every = [item.id for item in memory.list(limit=0, tiers=(), ended=True)]
    if every:
        memory.erase(every, force=True)
    return {"message": "Memories deleted successfully!"}


def scope_parts(ids: Mapping[str, Any]) -> dict[str, str]:
    """Parts of a scope from mem0's ids, also from within AND; `InvalidInput` where they name more than one scope."""
    parts: dict[str, str] = {}
    for name, value in _named(ids):
        if not isinstance(value, str) or parts.setdefault(PARTS[name], value) != value:
            raise InvalidInput(f"{name} names one {name.removesuffix('_id')}; operators on ids are not offered")
    return parts


def _named(ids: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """mem0's ids wherever filters name them."""
    yield from ((name, ids[name]) for name in PARTS if ids.get(name) is not None)
    for joint in ("AND", "OR", "NOT"):
        told = ids.get(joint) or []
        for one in told if isinstance(told, list) else [told]:
            if not isinstance(one, Mapping):
                raise InvalidInput(f"filters.{joint} is a list of filters, not of {type(one).__name__}")
            for name, value in _named(one):
                yield name, value if joint == "AND" else [value]


def messages_of(given: Any, metadata: Mapping[str, Any] | None = None, at: Any = None) -> list[dict[str, Any]]:
    """What `add` was given, as messages: a text, a message or several; `metadata` becomes their data."""
    several = [given] if isinstance(given, (str, Mapping)) else given
    if not isinstance(several, list):
        raise InvalidInput(f"messages is a text, a message or a list of messages, not {type(given).__name__}")
    told = []
    for one in several:
        if not isinstance(one, (str, Mapping)):
            raise InvalidInput(f"a message is a text or an object, not {type(one).__name__}")
        message: dict[str, Any] = {"role": "user", "content": one} if isinstance(one, str) else dict(one)
        own = message.get("data") or {}
        if not isinstance(own, Mapping):
            raise InvalidInput(f"a message's data is an object, not {type(own).__name__}")
        if metadata:
            message["data"] = {**metadata, **own}
        if at is not None:
            message.setdefault("at", at)
        told.append(message)
    return told


def shown(item: Item, score: float | None = None) -> dict[str, Any]:
    """An item as mem0 shows a memory."""
    told: dict[str, Any] = {
        "id": item.id,
        "memory": item.text,
        "hash": md5(item.text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest(),
        "metadata": dict(item.data) or None,
        "created_at": iso(item.at or item.seen),
        "updated_at": iso(item.seen) if item.version > 1 else None,
        "user_id": item.scope.user,
        "agent_id": item.scope.agent,
        "run_id": item.scope.session,
        "actor_id": item.who,
        "score": None if score is None else round(score, 6),
    }
    return {name: value for name, value in told.items() if value is not None or name in ("metadata", "updated_at")}


def history_of(id: str, versions: list[Item]) -> list[dict[str, Any]]:
    """The versions of an item as mem0's history rows, oldest first."""
    return [
        {
            "id": f"{id}:{item.version}",
            "memory_id": id,
            "old_memory": before.text if before else None,
            "new_memory": item.text,
            "event": "UPDATE" if before else "ADD",
            "created_at": iso(item.seen),
            "updated_at": iso(item.seen),
            "is_deleted": 0,
        }
        for before, item in zip([None, *versions[:-1]], versions, strict=True)
    ]


def fits(metadata: Mapping[str, Any], filters: Mapping[str, Any]) -> bool:
    """Whether metadata passes mem0's filters: plain values, operators, `"*"`, AND, OR, NOT; ids are left out."""
    for name, wanted in filters.items():
        if name in PARTS:
            continue
        if name in ("AND", "OR", "NOT"):
            several = wanted if isinstance(wanted, list) else [wanted]
            told = [fits(metadata, one) for one in several]
            if not {"AND": all(told), "OR": any(told), "NOT": not any(told)}[name]:
                return False
        elif not _matches(metadata.get(name), wanted, name):
            return False
    return True


def _matches(held: Any, wanted: Any, name: str) -> bool:
    if wanted == "*":
        return held is not None
    if not isinstance(wanted, Mapping):
        return bool(held in wanted if isinstance(wanted, list) else held == wanted)
    for operator, value in wanted.items():
        if operator not in _OPERATORS:
            raise InvalidInput(f"filters.{name} has no operator {operator!r}; there are: {', '.join(_OPERATORS)}")
        try:
            if not _OPERATORS[operator](held, value):
                return False
        except TypeError:
            return False
    return True
