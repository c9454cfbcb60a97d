"""CrewAI's `Memory` over a space: crews, agents and flows keep and recall without a model and without an embedder.

>>> crew = Crew(agents=[...], tasks=[...], memory=RemanenceMemory(Memory("crew.db")))
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from crewai.memory.types import MemoryMatch, MemoryRecord, ScopeInfo
from crewai.memory.unified_memory import Memory as CrewMemory
from crewai.memory.utils import join_scope_paths

from remanence.errors import InvalidInput
from remanence.memory.memory import Memory
from remanence.types import Item

DEPTH = 16
"""Longest scope, in parts."""
FAR = 10
"""So many times the hits that are wanted are looked through where records are filtered."""


class RemanenceMemory(CrewMemory):  # type: ignore[misc,unused-ignore]
    """What `Crew(memory=...)`, `Agent(memory=...)` and flows take; `scope()` and `slice()` of it are views as usual.

    What a crew writes comes from a model, and is trusted as that. A recall finds what else is in the memory too, unless
    a scope is named. `depth` changes nothing, and nothing is split up or rewritten by a model.
    """

    def __init__(self, memory: Memory, **given: Any) -> None:
        super().__init__(storage=RemanenceStorage(memory), **given)

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> RemanenceMemory:
        """A copy of a crew keeps the same memory."""
        return self

    def remember(self, content: str, scope: str | None = None, **fields: Any) -> MemoryRecord | None:
        """Keep one record; None when this memory is read-only."""
        made = self._records([content], scope, fields)
        self._storage.save(made)
        return made[0] if made else None

    def remember_many(self, contents: list[str], scope: str | None = None, **fields: Any) -> list[MemoryRecord]:
        """Keep several in one transaction."""
        made = self._records(contents, scope, fields)
        self._storage.save(made)
        return made

    def _records(self, contents: list[str], scope: str | None, fields: Mapping[str, Any]) -> list[MemoryRecord]:
        if self.read_only:
            return []
        root = fields.get("root_scope") or self.root_scope
        known = ("categories", "metadata", "importance", "source", "private")
        about = {name: fields[name] for name in known if fields.get(name) is not None}
        return [MemoryRecord(content=text, scope=join_scope_paths(root, scope), **about) for text in contents]

    def recall(
        self,
        query: str,
        scope: str | None = None,
        categories: list[str] | None = None,
        limit: int = 10,
        **given: Any,
    ) -> list[MemoryMatch]:
        """The records that answer a query best; private ones only for their source, or with `include_private`."""
        within = join_scope_paths(self.root_scope, scope) if scope or self.root_scope else None
        source, everything = given.get("source"), given.get("include_private", False)
        found: list[MemoryMatch] = []
        for record, score, why in self._storage.found(query, within, limit * FAR):
            seen = everything or not record.private or (source is not None and record.source == source)
            if seen and (not categories or set(categories) & set(record.categories)):
                found.append(MemoryMatch(record=record, score=score, match_reasons=why))
        return found[:limit]

    def extract_memories(self, content: str) -> list[str]:
        """What is worth keeping of a task and its result: all of it, as it is."""
        return [content] if content.strip() else []

    def update(self, record_id: str, content: str | None = None, **fields: Any) -> MemoryRecord:
        """A new version of a record; `ValueError` when there is none."""
        existing = self._storage.get_record(record_id)
        if existing is None:
            raise ValueError(f"Record not found: {record_id}")
        if self.read_only:
            return existing
        changed = {name: value for name, value in ({"content": content} | fields).items() if value is not None}
        made: MemoryRecord = existing.model_copy(update=changed)
        self._storage.update(made)
        return made


class RemanenceStorage:
    """The records themselves, as items of kind `note`; each writing is a version, each deletion an erasure."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory

    def save(self, records: list[MemoryRecord]) -> None:
        """Keep records in one transaction."""
        if records:
            told = [
                {"kind": "note", "role": "assistant", "text": one.content, "at": _aware(one.created_at), "data": data}
                for one in records
                for data in [_data(one)]
            ]
            self.memory.remember(told)

    def found(self, query: str, scope: str | None, limit: int) -> Iterator[tuple[MemoryRecord, float, list[str]]]:
        """Records with their score in [0, 1] and the names of what found them."""
        for hit in self.memory.recall(query, limit, where=_within(scope)):
            yield _record(hit.item), min(1.0, hit.score), sorted(hit.why)

    def _items(self, scope: str | None = None, **more: Any) -> list[Item]:
        return self.memory.list(
            limit=0, newest_first=True, kinds="note", where=_within(scope) | {"data.crewai": True} | more
        )

    def get_record(self, record_id: str) -> MemoryRecord | None:
        """One record by its id."""
        found = self._items(**{"data.record": record_id})
        return _record(found[0]) if found else None

    def update(self, record: MemoryRecord) -> None:
        """A new version of a record."""
        for item in self._items(**{"data.record": record.id}):
            gone = {name: None for name in item.data if name[:1] == "s" and name[1:].isdecimal()}
            self.memory.update(item.id, record.content, data=gone | _data(record))

    def delete(self, scope_prefix: str | None = None, **chosen: Any) -> int:
        """Erase the records of a scope that match; how many."""
        ids = [item.id for item in self._items(scope_prefix) if _matches(_record(item), chosen)]
        if ids:
            self.memory.erase(ids, force=True)
        return len(ids)

    def reset(self, scope_prefix: str | None = None) -> None:
        """Erase every record of a scope."""
        self.delete(scope_prefix)

    def list_records(self, scope_prefix: str | None = None, limit: int = 200, offset: int = 0) -> list[MemoryRecord]:
        """Records, newest first."""
        return [_record(item) for item in self._items(scope_prefix)[offset : offset + limit]]

    def get_scope_info(self, scope: str) -> ScopeInfo:
        """How many records a scope has, of which categories, from when to when, and the scopes in it."""
        records = [_record(item) for item in self._items(scope)]
        times = [one.created_at for one in records]
        return ScopeInfo(
            path=scope,
            record_count=len(records),
            categories=sorted({name for one in records for name in one.categories}),
            oldest_record=min(times, default=None),
            newest_record=max(times, default=None),
            child_scopes=self.list_scopes(scope),
        )

    def list_scopes(self, parent: str = "/") -> list[str]:
        """The scopes right below one."""
        depth, above = len(_parts(parent)), parent.rstrip("/")
        below = {parts[depth] for item in self._items(parent) if len(parts := _parts(item.data["scope"])) > depth}
        return [f"{above}/{name}" for name in sorted(below)]

    def list_categories(self, scope_prefix: str | None = None) -> dict[str, int]:
        """Categories and how many records have each."""
        return dict(Counter(name for item in self._items(scope_prefix) for name in _record(item).categories))

    def count(self, scope_prefix: str | None = None) -> int:
        """How many records there are."""
        return len(self._items(scope_prefix))


def _parts(scope: str | None) -> list[str]:
    return [part for part in (scope or "").split("/") if part]


def _within(scope: str | None) -> dict[str, Any]:
    return {f"data.s{level}": part for level, part in enumerate(_parts(scope))}


def _data(one: MemoryRecord) -> dict[str, Any]:
    parts = _parts(one.scope)
    if len(parts) > DEPTH:
        raise InvalidInput(f"a scope has at most {DEPTH} parts")
    about = one.model_dump(mode="json", include={"scope", "categories", "metadata", "importance", "private"})
    origin = {"origin": one.source} if one.source is not None else {}
    return {"crewai": True, "record": one.id, **about, **origin, **{f"s{at}": part for at, part in enumerate(parts)}}


def _record(item: Item) -> MemoryRecord:
    """An item as CrewAI's record; what came in another way is one too, in the root scope."""
    data = item.data
    own = ("scope", "categories", "metadata", "importance", "private") if data.get("crewai") else ()
    about = {name: data[name] for name in own if name in data}
    when = (item.at or item.seen or datetime.now(UTC)).astimezone(UTC).replace(tzinfo=None)
    id = data["record"] if own else item.id
    return MemoryRecord(id=id, content=item.text, source=data.get("origin"), created_at=when, **about)


def _aware(when: datetime) -> datetime:
    """CrewAI's times are UTC without saying so."""
    return when if when.tzinfo is not None else when.replace(tzinfo=UTC)


def _matches(one: MemoryRecord, chosen: Mapping[str, Any]) -> bool:
    categories, ids = chosen.get("categories"), chosen.get("record_ids")
    older, metadata = chosen.get("older_than"), chosen.get("metadata_filter")
    return (
        (not categories or bool(set(categories) & set(one.categories)))
        and (ids is None or one.id in ids)
        and (older is None or _aware(one.created_at) < _aware(older))
        and (not metadata or all(one.metadata.get(name) == value for name, value in metadata.items()))
    )
