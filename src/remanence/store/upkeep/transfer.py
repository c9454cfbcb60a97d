"""Export and import: a space, or one scope of it, as JSON lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import IO, Any

from remanence.errors import IngestError, InvalidInput, ScopeError
from remanence.language.dates import parse_when
from remanence.store.apart import read_apart
from remanence.store.door import LinkRow, Writing
from remanence.store.erasing import id_mark, source_mark
from remanence.store.ids import base32
from remanence.store.rows import keyed, pack, scope_key, unpack
from remanence.store.store import Store
from remanence.store.vectors import packed
from remanence.store.words import worded
from remanence.types import EVERYTHING, Embedder, Evidence, Item, Scope, iso, micros, moment

Progress = Callable[[int, int | None], None]
FORMAT = 1
"""Version of the export format."""
BATCH = 512


def export(store: Store, out: IO[str], *, scope: Scope | None = None) -> dict[str, int]:
    """Write a space (or one scope of it) as JSON lines: a header, every version of every item, links, uses.

    Importing the file into an empty space and exporting that gives the same bytes.
    """
    told = {"items": 0, "links": 0, "uses": 0}
    names: dict[int, str] = {}

    def line(what: dict[str, Any]) -> None:
        out.write(json.dumps(what, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n")

    with read_apart(store) as door:
        line({"remanence": FORMAT})
        for _, item_n, row in door.every_row():
            item = unpack(row)
            if scope is not None and not scope.sees(item.scope):
                continue
            names[item_n] = item.id
            line(_shown(item))
            told["items"] += 1
        for batch in door.links(current=False):
            for _, (src, rel, dst, *rest) in batch:
                if src in names and dst in names:
                    line({"link": [names[src], rel, names[dst], *rest]})
                    told["links"] += 1
        for uses in door.uses():
            for item_n, *use in uses:
                if item_n in names:
                    line({"use": [names[item_n], *use]})
                    told["uses"] += 1
    return told


def _shown(item: Item) -> dict[str, Any]:
    told = {
        name: value
        for name, value in asdict(item).items()
        if value not in (None, (), {}, "") and name not in ("strength", "utility", "uses", "used")
    }
    for name in ("at", "until", "seen", "retired"):
        if name in told:
            told[name] = iso(getattr(item, name))
    told["scope"] = {name: part for name, part in told["scope"].items() if part is not None}
    if item.evidence:
        told["evidence"] = [[e.id, e.start, e.end] for e in item.evidence]
    told["text"] = item.text
    return {"item": told}


# --- import --------------------------------------------------------------------------------------


@dataclass
class _File:
    """What an export file says, line by line checked, and nothing believed yet."""

    items: list[Item] = field(default_factory=list)
    links: list[list[Any]] = field(default_factory=list)
    uses: list[list[Any]] = field(default_factory=list)


def import_(
    store: Store,
    lines: Iterator[str],
    embedder: Embedder,
    *,
    scope: Scope | None = None,
    trust: float = 1.0,
    on_progress: Progress | None = None,
) -> dict[str, int]:
    """Read an export back; a second import adds nothing, and what was erased here stays erased.

    scope: whose the items become. A file is an untrusted witness: what it says about scope, about when this space
    learnt or dropped something, and about ids that others have is not believed then. None restores a whole space
    as it was, for its owner. trust: the most that any item gets.
    What is known by its id stays as it is here; `differ` counts those of which the file tells a text that was never
    here. Of a known source such a text stands beside what is here, linked `contradicts`.
    `IngestError` names the line that cannot be read; then nothing of the file is kept.
    """
    if not 0 <= trust <= 1:
        raise InvalidInput(f"trust lies in [0, 1], not {trust!r}")
    file = _File()
    for number, what in _numbered(lines):
        try:
            _take(file, number, what)
        except (ValueError, TypeError, KeyError, AttributeError, ScopeError, RecursionError) as error:
            raise _unreadable(number, error) from None
    with store.lock:
        store.refresh()
        chosen = _Chosen(store, scope, trust)
        fresh = chosen.of(file.items)
        told = {"items": len(fresh), "links": 0, "uses": 0, "known": chosen.known, "erased": chosen.erased}
        told["differ"] = chosen.differ
        vectors = _vectors(store, fresh, embedder, on_progress)
        if fresh or file.links or file.uses:
            first = store.next_row
            ops = [["vectors", 0], ["put", first, first + len(fresh) - 1]]
            with store.committing("import", ops):
                firsts = _insert(store, fresh, vectors)
                told["links"] = _insert_links(store, chosen, firsts, file.links)
                store.door.copy_links(list(enumerate(chosen.contradictions(firsts), store.door.next_link())))
                told["uses"] = _insert_uses(store, chosen, firsts, file.uses)
            store.reload()
    return told


def _numbered(lines: Iterator[str]) -> Iterator[tuple[int, Any]]:
    """(line number, JSON value) of the lines that are not empty."""
    number = 0
    while True:
        number += 1
        try:
            text = next(lines)
        except StopIteration:
            return
        except UnicodeDecodeError as error:
            raise _unreadable(number, error) from None
        if not text.strip():
            continue
        try:
            yield number, json.loads(text)
        except (ValueError, RecursionError) as error:
            raise _unreadable(number, error) from None


def _unreadable(number: int, error: BaseException) -> IngestError:
    reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
    return IngestError(f"line {number}: {reason}; the file must come from: remanence export")


def _take(file: _File, number: int, what: Any) -> None:
    if not isinstance(what, dict):
        raise ValueError("a line is a JSON object")
    if number == 1:
        if what.get("remanence") != FORMAT:
            raise ValueError(f"this is no export of format {FORMAT}")
    elif "item" in what:
        file.items.append(_item(what["item"]))
    elif "link" in what:
        file.links.append(_link(what["link"]))
    elif "use" in what:
        file.uses.append(_use(what["use"]))
    else:
        raise ValueError("neither an item, a link nor a use")


def _item(told: dict[str, Any]) -> Item:
    fields = dict(told)
    times: dict[str, Any] = {
        name: parse_when(fields.pop(name))[0] for name in ("at", "until", "seen", "retired") if name in fields
    }
    evidence = tuple(Evidence(*one) for one in fields.pop("evidence", ()))
    scope = Scope(**fields.pop("scope"))
    item = Item(scope=scope, evidence=evidence, **fields, **times)
    if item.seen is None or not item.id or not isinstance(item.id, str):
        raise ValueError("an item needs an id and `seen`")
    if isinstance(item.version, bool) or not isinstance(item.version, int) or not 1 <= item.version < 2**31:
        raise ValueError(f"a version is a whole number from 1, not {item.version!r}")
    for one in item.evidence:
        if not isinstance(one.id, str) or not all(v is None or type(v) is int for v in (one.start, one.end)):
            raise ValueError("evidence is an id with a start and an end")
    pack(item, seen=0)
    return item


def _link(told: list[Any]) -> list[Any]:
    src, rel, dst, weight, at, until, seen, retired, reason = told
    if not all(isinstance(word, str) for word in (src, rel, dst, reason)) or not 0 < len(rel) <= 64:
        raise ValueError("a link is two ids with a relation and a reason")
    if isinstance(weight, bool) or not isinstance(weight, (int, float)) or not abs(weight) < 1e300:
        raise ValueError(f"a link's weight is a finite number, not {weight!r}")
    _check_moments(at, until, seen, retired)
    return told


def _use(told: list[Any]) -> list[Any]:
    id, strength, utility, uses, used = told
    for value in (strength, utility, uses):
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < 1e15:
            raise ValueError(f"a use has finite numbers, not {value!r}")
    if not isinstance(id, str):
        raise ValueError("a use names an item")
    _check_moments(used)
    return told


def _check_moments(*values: Any) -> None:
    if not all(value is None or (type(value) is int and abs(value) < 2**62) for value in values):
        raise ValueError("a moment is a whole number of microseconds")


class _Chosen:
    """Which items of a file are taken, under which ids, and in whose scope."""

    def __init__(self, store: Store, scope: Scope | None, trust: float) -> None:
        self.store, self.scope, self.trust = store, scope, trust
        self.at = store.now()
        self.id_of: dict[str, str] = {}
        """Id in the file -> id here, of the items that are taken or known."""
        self.known = self.erased = self.differ = 0
        self.beside: list[tuple[str, str]] = []
        """(id in the file, id here) of items with one source and other words."""

    def of(self, items: Sequence[Item]) -> list[Item]:
        """The items to insert, as this space believes them."""
        there = self.store.door.first_of(list({item.id for item in items}))
        here = self._visible(list(there))
        said = self._said_here(items)
        self.differ = sum(self._tells_otherwise(item, item.id) for item in _last(items).values() if item.id in here)
        gone = self._tombstones(items)
        fresh: list[Item] = []
        for item in items:
            if item.id in gone or any(one.id in gone for one in item.evidence):
                gone.add(item.id)
                self.erased += 1
                continue
            id = self._id(item.id, there, here)
            if id is None or (item.id not in self.id_of and item.id in said):
                self.known += 1
                continue
            self.id_of[item.id] = id
            fresh.append(self._believed(item, id))
        return _closed_in_order(fresh)

    def _visible(self, ids: list[str]) -> set[str]:
        if self.scope is None:
            return set(ids)
        rows = self.store.view(self.scope).rows_of(ids, EVERYTHING)
        return {id for id, row in zip(ids, rows.tolist(), strict=True) if row >= 0}

    def _said_here(self, items: Sequence[Item]) -> set[str]:
        """Ids of the file for which an item of this scope stands that has the same source and has said the same."""
        told = {id: item for id, item in _last(items).items() if item.source is not None}
        if self.scope is None or not told:
            return set()
        view = self.store.view(self.scope)
        here: dict[str | None, list[Item]] = {}
        for one in view.items(view.with_source([item.source for item in told.values() if item.source is not None])):
            here.setdefault(one.source, []).append(one)
        found = set[str]()
        for id, item in told.items():
            known = here.get(item.source, ())
            if known and all(self._tells_otherwise(item, one.id) for one in known):
                self.beside.extend((id, one.id) for one in known)
            elif known:
                found.add(id)
        return found

    def _tells_otherwise(self, item: Item, id: str) -> bool:
        """Whether the file believes words, not derived from others, that no version of an item here has."""
        if item.evidence or item.retired is not None:
            return False
        return all(unpack(row).text != item.text for row, _ in self.store.door.versions(id))

    def contradictions(self, firsts: Mapping[str, int]) -> list[LinkRow]:
        """Links from what is taken to what stands here under the same source. firsts: id -> n of the first version."""
        taken = [(firsts[self.id_of[id]], here) for id, here in self.beside if id in self.id_of]
        stand = self.store.door.first_of([here for _, here in taken])
        why = "the same source"
        return [(new, "contradicts", stand[here], 1.0, None, None, self.at, None, why) for new, here in taken]

    def _id(self, id: str, there: dict[str, int], here: set[str]) -> str | None:
        """The id that an item gets here; None when it is known. One that another scope has is never reused."""
        if id in here:
            return None
        if self.scope is None or id not in there:
            return id
        other = self._own_id(id)
        return None if other is None or self.store.door.first_of([other]) else other

    def _own_id(self, id: str) -> str | None:
        """The id that an item of this scope has where another scope has its own; None for a whole space."""
        if self.scope is None:
            return None
        return base32(keyed(self.store.secret, f"import:{scope_key(self.scope)}:{id}".encode())[:10])

    def _tombstones(self, items: Sequence[Item]) -> set[str]:
        """Ids of the file that were erased here, by id or by source."""
        secret, gone = self.store.secret, set[str]()
        for item in items:
            marks = [id_mark(secret, id) for id in (item.id, self._own_id(item.id)) if id is not None]
            if item.source is not None:
                marks.append(source_mark(secret, item.source))
            scopes = [item.scope]
            if self.scope is not None:
                scopes = [self.scope, Scope(self.scope.user, item.scope.agent, None, item.scope.app)]
            if any(self.store.door.tombstones(scope, marks) for scope in scopes):
                gone.add(item.id)
        return gone

    def _believed(self, item: Item, id: str) -> Item:
        if self.scope is None:
            return replace(item, trust=min(item.trust, self.trust))
        mine = self.scope
        session = item.scope.session if mine.session is None else mine.session
        return replace(
            item,
            id=id,
            scope=Scope(mine.user, mine.agent, session, mine.app),
            trust=min(item.trust, self.trust),
            seen=moment(self.at),
            retired=None if item.retired is None else moment(self.at),
            evidence=tuple(replace(one, id=self.id_of.get(one.id, one.id)) for one in item.evidence),
        )


def _last(items: Sequence[Item]) -> dict[str, Item]:
    """id -> its last version."""
    return {item.id: item for item in items}


def _closed_in_order(items: list[Item]) -> list[Item]:
    """No item has two versions that are believed at once, whatever the file says."""
    last = {item.id: place for place, item in enumerate(items)}
    seen_next: dict[str, Any] = {}
    ordered = list(items)
    for place in reversed(range(len(items))):
        item = items[place]
        if last[item.id] != place and item.retired is None:
            ordered[place] = replace(item, retired=seen_next[item.id])
        seen_next[item.id] = item.seen
    return ordered


def _vectors(
    store: Store, fresh: Sequence[Item], embedder: Embedder, on_progress: Progress | None
) -> list[tuple[int, bytes]]:
    vectors: list[tuple[int, bytes]] = []
    for low in range(0, len(fresh), BATCH):
        some = fresh[low : low + BATCH]
        numbers = [store.next_row + low + i for i in range(len(some))]
        vectors.extend(packed(numbers, embedder.embed([item.key for item in some]), embedder.dim).stored)
        if on_progress is not None:
            on_progress(low + len(some), len(fresh))
    return vectors


def _insert(store: Store, fresh: Sequence[Item], vectors: list[tuple[int, bytes]]) -> dict[str, int]:
    """Rows, words, vectors and evidence of the new items; id -> n of the first version."""
    door, low = store.door, store.next_row
    firsts: dict[str, int] = {}
    for offset, item in enumerate(fresh):
        firsts.setdefault(item.id, low + offset)
    ends = {**door.first_of([one.id for item in fresh for one in item.evidence]), **firsts}
    stored = []
    for offset, item in enumerate(fresh):
        seen = micros(item.seen)
        assert seen is not None
        stored.append((low + offset, firsts[item.id], pack(item, seen=seen, retired=micros(item.retired))))
    words = worded([(n, item) for (n, _, _), item in zip(stored, fresh, strict=True)], store.index.terms,
                   store.index.next_term)  # fmt: skip
    if vectors:
        store.claim_model()
    evidence = [(ends[e.id], firsts[item.id]) for item in fresh for e in item.evidence if e.id in ends]
    model = store.current_model[0]
    door.write(
        Writing(stored, terms=words.new_terms, words=words.rows, model=model, vectors=vectors, evidence=evidence)
    )
    return firsts


def _insert_links(store: Store, chosen: _Chosen, firsts: dict[str, int], links: list[list[Any]]) -> int:
    """Links between items of the file; of a whole space also to what is known."""
    door, added = store.door, 0
    ids = [chosen.id_of.get(id, id) for src, _, dst, *_ in links for id in (src, dst)]
    ends: dict[str, int] = firsts if chosen.scope is not None else {**door.first_of(ids), **firsts}
    for src, rel, dst, weight, at, until, seen, retired, reason in links:
        start, end = ends.get(chosen.id_of.get(src, src)), ends.get(chosen.id_of.get(dst, dst))
        if start is None or end is None:
            continue
        if chosen.scope is not None:
            if retired is not None:
                continue
            seen = chosen.at
        if not door.has_link(start, rel, end, seen):
            door.copy_links([(door.next_link(), (start, rel, end, float(weight), at, until, seen, retired, reason))])
            added += 1
    return added


def _insert_uses(store: Store, chosen: _Chosen, firsts: dict[str, int], uses: list[list[Any]]) -> int:
    known = [(firsts.get(chosen.id_of.get(id, id)), rest) for id, *rest in uses]
    mine = [(item, float(s), float(u), int(count), used) for item, (s, u, count, used) in known if item is not None]
    store.door.write(Writing(uses=mine))
    return len(mine)
