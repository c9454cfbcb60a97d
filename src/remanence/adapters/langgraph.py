"""A LangGraph `BaseStore` over a space, and so a store for LangMem and deep agents.

>>> store = RemanenceStore(Memory("my.db"))
>>> store.put(("users", "ada"), "home", {"text": "Ada lives in Rome."})
>>> store.search(("users",), query="where does Ada live?")
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from operator import ge, gt, le, lt
from typing import Any
from uuid import uuid4

from langgraph.store.base import (
    BaseStore,
    GetOp,
    Item,
    ListNamespacesOp,
    MatchCondition,
    PutOp,
    Result,
    SearchItem,
    SearchOp,
)

from remanence.errors import InvalidInput
from remanence.memory import verbatim
from remanence.memory.memory import Memory
from remanence.types import MAX_TEXT
from remanence.types import Item as Held

KIND = "note"
REST = "chunk"
"""The kind of the parts behind the first of a value that is longer than one item may be."""
DEPTH = 64
"""Longest namespace."""
FAR = 1_000
"""So many hits a search with filters looks through."""
_ORDERED: dict[str, Callable[[Any, Any], bool]] = {"$gt": gt, "$gte": ge, "$lt": lt, "$lte": le}


class RemanenceStore(BaseStore):  # type: ignore[misc,unused-ignore]
    """Values under (namespace, key), as items of kind `note`; each writing is a version, each deletion an erasure."""

    supports_ttl = True
    __slots__ = ("_memory",)

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def batch(self, ops: Iterable[Any]) -> list[Result]:
        """Run operations in order; of several writings to one place the last one counts."""
        return [self._one(op) for op in ops]

    async def abatch(self, ops: Iterable[Any]) -> list[Result]:
        """As `batch`, in a thread."""
        return await asyncio.to_thread(self.batch, list(ops))

    def _one(self, op: Any) -> Result:
        match op:
            case GetOp():
                held = self._held(op.namespace, op.key)
                if held is None:
                    return None
                if op.refresh_ttl:
                    self._refresh([held])
                return Item(**self._fields(held))
            case PutOp():
                self._put(op)
                return None
            case SearchOp():
                return self._search(op)
            case ListNamespacesOp():
                return self._namespaces(op)
        raise InvalidInput(f"no operation {type(op).__name__}")

    def _held(self, namespace: tuple[str, ...], key: str) -> Held | None:
        found = self._memory.list(
            limit=1, kinds=KIND, where={**_under(namespace), "data.key": key, "data.depth": len(namespace)}
        )
        return found[0] if found else None

    def _put(self, op: PutOp) -> None:
        held = self._held(op.namespace, op.key)
        if op.value is None:
            if held is not None:
                self._memory.erase([held.id, *self._rest(held, every=True)], force=True)
            return
        if len(op.namespace) > DEPTH:
            raise InvalidInput(f"a namespace has at most {DEPTH} parts")
        if not all(map(str.isprintable, (*op.namespace, str(op.key)))):
            raise InvalidInput("namespaces and keys are printable text")
        value = dict(op.value)
        own = {
            **{f"n{level}": part for level, part in enumerate(op.namespace)},
            "depth": len(op.namespace),
            "key": op.key,
            "created": held.data["created"] if held else datetime.now(UTC).isoformat(),
            "ttl": op.ttl,
            "hidden": True if op.index is False else None,
        }
        given = {name: part for name, part in own.items() if part is not None}
        note = verbatim.kept("value", value, _text(value, op.index) or f"({op.key})", given)
        first, rest = _parts(note, held)
        if held is None:
            ids = self._kept([{"kind": KIND, **first}, *rest])
        else:
            ids = [held.id, *self._kept(rest)]
            self._memory.update(held.id, first["text"], data={**dict.fromkeys(held.data), **first["data"]})
        if op.ttl is not None or (held is not None and held.until is not None):
            self._end(ids, op.ttl)

    def _kept(self, messages: list[dict[str, Any]]) -> list[str]:
        receipt = self._memory.remember(messages) if messages else None
        if receipt is not None and receipt.refused:
            raise InvalidInput("; ".join(receipt.refused))
        return [] if receipt is None else list(receipt.ids)

    def _end(self, ids: Iterable[str], minutes: float | None) -> None:
        for id in ids:
            self._memory.update(id, until=_ends(minutes))

    def _rest(self, held: Held, *, every: bool = False) -> list[str]:
        """Ids of the parts behind the first of a value, in order; `every`: also those of its earlier writings."""
        return [one.id for one in self._behind(held, every=every)]

    def _behind(self, held: Held, *, every: bool = False) -> list[Held]:
        whole = held.data.get("whole")
        if whole is None:
            return []
        wanted = {"data.whole": whole} if every else {"data.whole": whole, "data.writing": held.data["writing"]}
        found = self._memory.list(limit=0, kinds=REST, tiers=(), ended=True, where=wanted)
        return sorted(found, key=lambda one: int(one.data[verbatim.PART]))

    def _value(self, held: Held) -> Any:
        if held.data.get(verbatim.PARTS, 1) == 1:
            return verbatim.back("value", held)
        return json.loads("".join(one.text for one in (held, *self._behind(held))))

    def _fields(self, held: Held) -> dict[str, Any]:
        return {
            "value": self._value(held),
            "key": held.data["key"],
            "namespace": _namespace(held),
            "created_at": datetime.fromisoformat(held.data["created"]),
            "updated_at": held.seen or datetime.now(UTC),
        }

    def _search(self, op: SearchOp) -> list[SearchItem]:
        where = _under(op.namespace_prefix)
        wanted = op.offset + op.limit
        found: list[tuple[Held, float | None]]
        if op.query:
            hits = self._memory.recall(
                op.query, FAR if op.filter else max(1, min(FAR, wanted)), kinds=KIND, where=where
            )
            found = [(hit.item, hit.score) for hit in hits if not hit.item.data.get("hidden")]
        else:
            found = [(one, None) for one in self._memory.list(limit=0, kinds=KIND, where=where)]
        kept = [(one, score) for one, score in found if not op.filter or _passes(self._value(one), op.filter)]
        chosen = kept[op.offset : wanted]
        if op.refresh_ttl:
            self._refresh([one for one, _ in chosen])
        return [SearchItem(**self._fields(one), score=score) for one, score in chosen]

    def _refresh(self, held: list[Held]) -> None:
        for one in held:
            if one.data.get("ttl") is not None:
                self._end([one.id, *self._rest(one)], one.data["ttl"])

    def _namespaces(self, op: ListNamespacesOp) -> list[tuple[str, ...]]:
        every = {_namespace(one) for one in self._memory.list(limit=0, kinds=KIND)}
        kept = {one for one in every if all(_fits(one, condition) for condition in op.match_conditions or ())}
        cut = {one[: op.max_depth] for one in kept} if op.max_depth is not None else kept
        return sorted(cut)[op.offset : op.offset + op.limit]


def _under(prefix: tuple[str, ...]) -> dict[str, Any]:
    return {f"data.n{level}": part for level, part in enumerate(prefix)}


def _namespace(held: Held) -> tuple[str, ...]:
    return tuple(str(held.data[f"n{level}"]) for level in range(int(held.data["depth"])))


def _parts(note: dict[str, Any], held: Held | None) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The item that keeps a value, or its first part, and the others, which name the value and its writing."""
    whole = held.data.get("whole") if held is not None else None
    text, data = note["text"], note["data"]
    if verbatim.ENCODED not in data or len(text) <= MAX_TEXT:
        return {"text": text, "data": data if whole is None else {**data, "whole": whole}}, []
    pieces = verbatim.pieces(text)
    names = {"whole": whole or uuid4().hex, "writing": uuid4().hex, verbatim.PARTS: len(pieces)}
    rest = [
        {"kind": REST, "text": piece, "data": {**names, verbatim.PART: number}}
        for number, piece in enumerate(pieces[1:], 1)
    ]
    return {"text": pieces[0], "data": {**data, **names}}, rest


def _ends(minutes: float | None) -> datetime | None:
    return None if minutes is None else datetime.now(UTC) + timedelta(minutes=minutes)


def _text(value: Mapping[str, Any], index: Any) -> str:
    """What search reads of a value: the named fields, or every text in it."""
    if isinstance(index, list):
        return "\n".join(filter(None, (_at(value, path) for path in index)))
    return "\n".join(_texts(value)) or json.dumps(value, ensure_ascii=False, default=str)


def _at(value: Any, path: str) -> str:
    for part in path.replace("[*]", "").split("."):
        if part in ("", "$"):
            continue
        value = value.get(part) if isinstance(value, Mapping) else None
    return "\n".join(_texts(value))


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for inner in value.values() for text in _texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner)]
    return [] if value is None or isinstance(value, bool) else [str(value)]


def _passes(value: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    return all(_compares(value.get(name), one) for name, one in wanted.items())


def _compares(held: Any, wanted: Any) -> bool:
    """Whether a value is what a filter wants, as LangGraph's own stores see it: operators count at any depth."""
    if isinstance(wanted, Mapping):
        if any(str(name).startswith("$") for name in wanted):
            return all(_holds(held, str(name), value) for name, value in wanted.items())
        return isinstance(held, Mapping) and all(_compares(held.get(name), one) for name, one in wanted.items())
    if isinstance(wanted, (list, tuple)):
        alike = isinstance(held, (list, tuple)) and len(held) == len(wanted)
        return alike and all(map(_compares, held, wanted))
    return bool(held == wanted)


def _holds(held: Any, operator: str, wanted: Any) -> bool:
    """One operator. What orders takes numbers, also where one side is their text; nothing else is ordered."""
    if operator in ("$eq", "$ne"):
        return bool(held == wanted) is (operator == "$eq")
    if operator not in _ORDERED:
        raise InvalidInput(f"no operator {operator!r}; there are: $eq, $ne, {', '.join(_ORDERED)}")
    alike = isinstance(held, str) and isinstance(wanted, str)
    try:
        return _ORDERED[operator](*((held, wanted) if alike else (float(held), float(wanted))))
    except (TypeError, ValueError):
        return False


def _fits(namespace: tuple[str, ...], condition: MatchCondition) -> bool:
    path = tuple(condition.path)
    if len(path) > len(namespace):
        return False
    part = namespace[: len(path)] if condition.match_type == "prefix" else namespace[len(namespace) - len(path) :]
    return all(wanted in ("*", held) for wanted, held in zip(path, part, strict=True))
