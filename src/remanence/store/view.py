"""The read side of a store, seen through one scope; the only thing that stages get of it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Hashable, Sequence
from dataclasses import field
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from remanence.blake import blake2b
from remanence.errors import IntegrityError, ModelMismatch, NotFound
from remanence.records import dataclass
from remanence.store.index import K1
from remanence.store.rows import Row, unpack, unpack_each
from remanence.store.words import terms, terms_each
from remanence.types import (
    EVERYTHING,
    NEVER,
    OPEN,
    UNSEEN,
    Columns,
    Direction,
    Edges,
    Floats,
    Item,
    Link,
    Rows,
    Scope,
    TermMatches,
    Where,
    micros_each,
    moments,
)

if TYPE_CHECKING:
    from remanence.store.door import LinkRow
    from remanence.store.index import Index
    from remanence.store.store import Store

T = TypeVar("T")

FEW = 256
"""So many items at once are remembered for the rest of the verb; a longer list is read and let go."""

_CURRENT = Where()


@dataclass(frozen=True, slots=True)
class VisibleRows:
    """The rows that one search may see, and the statistics over just these."""

    mask: NDArray[np.bool_]
    rows: Rows
    mean_length: float
    expires: int
    """Microseconds at which the passing of time changes it."""
    rarities: dict[int, float] = field(default_factory=dict)
    """Inverse document frequencies of terms that were asked for."""
    derived: dict[Hashable, tuple[int, Any]] = field(default_factory=dict)
    """What stages computed over these rows: (name, filter) -> (commit, value)."""

    def like(self, other: VisibleRows) -> bool:
        """The same rows for the same time."""
        return (
            self.expires == other.expires
            and len(self.rows) == len(other.rows)
            and self.mean_length == other.mean_length
            and bool(np.array_equal(self.rows, other.rows))
        )


@dataclass(eq=False)
class View:
    """`StoreView` over a store. Cheap to make; it reads what the store has caught up with.

    One verb sees one moment: what the clock says at the first search counts until the store changes.
    """

    _store: Store
    scope: Scope
    hide: Callable[[list[Item]], list[Item]] | None = None
    """What is done to items before they are shown; searches, scores and counts are those of the items as they are."""
    _read: dict[int, Item] = field(default_factory=dict)
    _kept: dict[int, Item] = field(default_factory=dict)
    """What was read, as it is kept."""
    _firsts: dict[str, int] = field(default_factory=dict)
    _read_at: tuple[int, int] = (-1, -1)
    _sights: dict[Where, VisibleRows] = field(default_factory=dict)
    _now: int = -1
    _looked_at: tuple[Index | None, int] = (None, -1)

    @property
    def plain(self) -> View:
        """The same view, whose items are shown as they are kept."""
        if self.hide is None:
            return self
        return View(self._store, self.scope, _read=self._kept, _firsts=self._firsts, _read_at=self._read_at)

    @property
    def commit(self) -> int:
        return self._store.commit

    def sign(self, text: str) -> int:
        told = json.dumps([self.scope.user, text]).encode()
        return int.from_bytes(blake2b(told, key=self._store.secret, digest_size=8).digest())

    def least_trust(self) -> float:
        return self._store.index.least_trust.get(self.scope.user, 1.0)

    def _seen(self, where: Where) -> VisibleRows:
        index = self._store.index
        if self._looked_at != (index, index.changed):
            self._sights, self._now, self._looked_at = {}, self._store.now(), (index, index.changed)
            self.__dict__.pop("columns", None)
        found = self._sights.get(where)
        if found is None:
            narrow = (lambda rows: self._holding(rows, where)) if where.source or where.data else None
            found = self._sights[where] = visible(index, self.scope, where, self._now, narrow)
        return found

    def _holding(self, rows: Rows, where: Where) -> Rows:
        """Of these rows, those with a wanted source and with equal values in `data`."""
        numbers = self._store.index.n.now[rows]
        if where.source:
            keep = np.isin(numbers, self._store.door.with_source(where.source, current=False))
            rows, numbers = rows[keep], numbers[keep]
        if where.data:
            told = self._store.door.data_of(numbers.tolist())
            rows = rows[np.isin(numbers, [n for n, data in told.items() if _holds(json.loads(data), where.data)])]
        return rows

    def cached(self, key: Hashable, make: Callable[[], T], where: Where = _CURRENT) -> T:
        derived, commit, name = self._seen(where).derived, self._store.commit, (key, where)
        known = derived.get(name)
        if known is None or known[0] != commit:
            known = derived[name] = commit, make()
        value: T = known[1]
        return value

    def read_each(
        self, key: Hashable, rows: Rows, read: Callable[[Sequence[Item]], Sequence[T]], where: Where = _CURRENT
    ) -> list[T]:
        known: dict[int, T] = self.cached(key, dict, where)
        missing = [row for row in dict.fromkeys(rows.tolist()) if row not in known]
        if missing:
            known.update(zip(missing, read(self.items(np.array(missing))), strict=True))
        return [known[row] for row in rows.tolist()]

    def grounds(self, rows: Rows, where: Where = _CURRENT) -> list[tuple[str, Rows]]:
        known: dict[int, tuple[str, Rows]] = self.cached("grounds", dict, where)
        self._remembered()
        missing = [row for row in dict.fromkeys(rows.tolist()) if row not in known]
        if missing:
            items = self._as_kept(missing)
            flat = self.rows_of([one.id for item in items for one in item.evidence], where)
            each = np.split(flat, np.cumsum([len(item.evidence) for item in items])[:-1])
            told = [(f"{item.kind} {item.id}", own[own >= 0]) for item, own in zip(items, each, strict=True)]
            known.update(zip(missing, told, strict=True))
        return [known[row] for row in rows.tolist()]

    # --- items ---

    def rows(self, where: Where = _CURRENT) -> Rows:
        return self._seen(where).rows

    def places(self, rows: Rows) -> NDArray[np.int64]:
        index = self._store.index
        places: NDArray[np.int64] = index.n.now[index.first.now[rows]].astype(np.int64)
        return places

    def count(self, where: Where = _CURRENT) -> int:
        return len(self._seen(where).rows)

    def get(self, id: str, *, known_as_of: datetime | None = None) -> Item:
        row = int(self.rows_of([id], Where(tiers=(), ended=True, known_as_of=known_as_of))[0])
        if row < 0:
            raise NotFound(f"no item {id!r} in this scope")
        return self._shown(fetch(self._store, np.array([row])))[0]

    def history(self, id: str) -> list[Item]:
        found = unpack_each(self._store.door.versions(id))
        if not found or not all(self.scope.sees(item.scope) for item in found):
            raise NotFound(f"no item {id!r} in this scope")
        return self._shown(found)

    def items(self, rows: Rows) -> list[Item]:
        wanted = np.asarray(rows, np.int64)
        if len(wanted) > FEW:
            return self._shown(fetch(self._store, wanted))
        known = self._remembered()
        missing = [row for row in wanted.tolist() if row not in known]
        if missing:
            known.update(zip(missing, self._shown(self._as_kept(missing)), strict=True))
        return [known[row] for row in wanted.tolist()]

    def _as_kept(self, rows: Sequence[int]) -> list[Item]:
        """The items of some rows as they are kept, each read once; `_remembered` has said that they still count."""
        missing = [row for row in rows if row not in self._kept]
        if missing:
            fetched, index = fetch(self._store, np.array(missing)), self._store.index
            self._kept.update(zip(missing, fetched, strict=True))
            firsts = index.first.now[missing].tolist()
            self._firsts.update(zip((item.id for item in fetched), firsts, strict=True))
        return [self._kept[row] for row in rows]

    def _remembered(self) -> dict[int, Item]:
        """Items by row that this view has read; they and the first versions of ids count until something changes."""
        now = self._store.commit, self._store.index.changed
        if self._read_at != now or len(self._firsts) > 4 * FEW:
            self._read, self._kept, self._firsts, self._read_at = {}, {}, {}, now
        return self._read

    def _shown(self, items: list[Item]) -> list[Item]:
        return items if self.hide is None else self.hide(items)

    def rows_of(self, ids: Sequence[str], where: Where | None = None) -> Rows:
        index = self._store.index
        self._remembered()
        new = [id for id in ids if id not in self._firsts]
        if new and (found := self._store.door.first_of(new)):
            self._firsts.update(zip(found, index.row_of_n(list(found.values())).tolist(), strict=True))
        if self._firsts.keys().isdisjoint(ids):
            return np.full(len(ids), -1)
        seen = self._seen(_CURRENT if where is None else where)
        firsts = np.array([self._firsts.get(id, -1) for id in ids], np.int64)
        rows, there = np.full(len(ids), -1, np.int64), firsts >= 0  # none is there yet where another writer came first
        rows[there] = self._versions(seen, where)[firsts[there]]
        there = rows >= 0
        rows[there] = np.where(seen.mask[rows[there]], rows[there], -1)
        return rows

    def _versions(self, seen: VisibleRows, where: Where | None) -> Rows:
        """First version -> the version that was believed at the asked time; -1 where none was."""
        index = self._store.index
        if where is None or where.known_as_of is None:
            return index.latest.now
        versions = np.full(index.n.size, -1, np.int64)
        versions[index.first.now[seen.rows]] = seen.rows
        return versions

    def with_source(self, sources: Sequence[str]) -> Rows:
        rows = self._store.index.row_of_n(self._store.door.with_source(sources, current=True))
        rows = rows[rows >= 0]
        return rows[self._seen(EVERYTHING).mask[rows]] if len(rows) else rows

    def resting_on(self, ids: Sequence[str]) -> list[Item]:
        index, door = self._store.index, self._store.door
        derived = sorted(door.derived_from(set(door.first_of(list(ids)).values())))
        firsts = index.row_of_n(derived)
        rows = index.latest.now[firsts[firsts >= 0]]
        rows = rows[self._seen(EVERYTHING).mask[rows]] if len(rows) else rows
        return [item for item in self.items(rows) if not {one.id for one in item.evidence}.isdisjoint(ids)]

    def ever_resting_on(self, ids: Sequence[str]) -> dict[str, list[Item]]:
        door = self._store.door
        derived = sorted(door.derived_from(set(door.first_of(list(ids)).values())))
        versions = [unpack_each(door.versions(id)) for id in door.ids(derived).values()]
        return {
            some[0].id: some
            for some in versions
            if all(self.scope.sees(one.scope) for one in some)
            and any(part.id in ids for one in some for part in one.evidence)
        }

    def by_source(self, sources: Sequence[str]) -> dict[str, str]:
        pairs = self._store.door.by_source(sources)
        rows = self.rows_of([id for _, id in pairs], EVERYTHING)
        return {source: id for (source, id), row in zip(pairs, rows.tolist(), strict=True) if row >= 0}

    # --- vectors ---

    def _comparable(self) -> None:
        """`ModelMismatch` when the handle's embedder is not the one that the space was embedded with."""
        store = self._store
        if store.current_model[1:] != (store.model, store.dim):
            raise ModelMismatch(store.stale)

    def nearest(self, vector: Floats, k: int, where: Where = _CURRENT) -> tuple[Rows, Floats]:
        self._comparable()
        rows, scores = self._store.index.nearest(vector, k, self._seen(where))
        return rows, np.clip(scores, 0.0, 1.0)

    def similarity(self, vector: Floats, rows: Rows) -> Floats:
        self._comparable()
        index = self._store.index
        scores = index.cosines(vector, np.asarray(rows, np.int64))
        return np.where(index.scale.now[rows] > 0, scores, np.float32(np.nan)).astype(np.float32)

    def vectors(self, rows: Rows) -> Floats:
        return self._store.index.unit_vectors(np.asarray(rows, np.int64))

    # --- words ---

    terms = staticmethod(terms)
    terms_each = staticmethod(terms_each)

    def matching(self, terms: Sequence[str], k: int, where: Where = _CURRENT) -> tuple[Rows, Floats]:
        return self.matching_each([(terms, k)], where)[0]

    def matching_each(
        self, wanted: Sequence[tuple[Sequence[str], int]], where: Where = _CURRENT
    ) -> list[tuple[Rows, Floats]]:
        return self._store.index.matching([(self._codes(terms), k) for terms, k in wanted], self._seen(where))

    def word_shares(self, terms: Sequence[str], k: int, where: Where = _CURRENT) -> tuple[Rows, Floats]:
        rows, scores = self.matching(terms, k, where)
        return rows, _share(scores, self.idf(terms, where))

    def term_matches(self, terms: Sequence[str], rows: Rows, where: Where = _CURRENT) -> TermMatches:
        """A term that comes twice scores once."""
        index = self._store.index
        codes = [index.terms.get(term, -1) for term in terms]
        scores, held = index.term_scores(codes, rows, self._seen(where))
        idf = self.idf(terms, where)
        return TermMatches(scores, idf, held, _share(scores, idf))

    def _codes(self, terms: Sequence[str]) -> list[int]:
        known = self._store.index.terms
        return [known[term] for term in dict.fromkeys(terms) if term in known]

    def idf(self, terms: Sequence[str], where: Where = _CURRENT) -> Floats:
        index, seen = self._store.index, self._seen(where)
        codes = [index.terms.get(term, -1) for term in terms]
        missing = [code for code in codes if code >= 0 and code not in seen.rarities]
        if missing:
            index.idf(missing, seen)
        return np.array([seen.rarities.get(code, 0.0) for code in codes], np.float32)

    def coverage(self, terms: Sequence[str], rows: Rows) -> NDArray[np.bool_]:
        index = self._store.index
        return index.held([index.terms.get(term, -1) for term in terms], rows)

    # --- columns and talk ---

    @cached_property
    def columns(self) -> Columns:
        index = self._store.index
        shown: dict[str, Any] = {name: _read_only(getattr(index, _COLUMN_OF.get(name, name)).now) for name in _READABLE}
        return Columns(**shown, kinds=MappingProxyType(index.kinds.of))

    def speaker_codes(self, names: Sequence[str]) -> list[int]:
        known = self._store.index.people.of
        return [known.get(name, UNSEEN) for name in names]

    def speakers(self) -> list[str]:
        index = self._store.index

        def speakers() -> list[str]:
            held = np.bincount(index.who.now[self.rows()] + 1, minlength=1)
            return [index.people.names[code] for code in np.flatnonzero(held[1:]).tolist()]

        return list(self.cached("speakers", speakers))

    def around(self, rows: Rows, before: int, after: int, where: Where = _CURRENT) -> NDArray[np.int64]:
        index, seen = self._store.index, self._seen(where)
        window = np.empty((len(rows), before + 1 + after), np.int64)
        if not len(rows):
            return window
        window[:, before] = rows
        versions = self._versions(seen, where)
        for steps, chain, direction in ((before, index.before.now, -1), (after, index.after.now, 1)):
            here = index.first.now[rows]
            for step in range(1, steps + 1):
                here = np.where(here >= 0, chain[here], -1)
                current = np.where(here >= 0, versions[here], -1)
                window[:, before + direction * step] = np.where((current >= 0) & seen.mask[current], current, -1)
        return window

    # --- links ---

    def links(self, ids: Sequence[str], *, rels: Sequence[str] = (), direction: Direction = "both") -> list[Link]:
        found = self._links_of(self.rows_of(ids, EVERYTHING), rels, direction)
        name = self._store.door.ids(list(self._ends(found))) if found else {}
        told = [link for link in found if link[0] in name and link[2] in name]
        times = iter(moments([when for link in told for when in link[4:8]]))
        return [
            Link(name[src], rel, name[dst], weight, next(times), next(times), next(times), next(times), reason)
            for src, rel, dst, weight, *_, reason in told
        ]

    def linked(self, rows: Rows, rels: Sequence[str]) -> list[tuple[int, str, int]]:
        found = self._links_of(rows, rels, "both")
        row_of = self._ends(found) if found else {}
        return [(row_of[src], rel, row_of[dst]) for src, rel, dst, *_ in found if src in row_of and dst in row_of]

    def _links_of(self, rows: Rows, rels: Sequence[str], direction: Direction) -> list[LinkRow]:
        """Current links of the items of some rows (-1 is none), in the order in which they were made."""
        index = self._store.index
        numbers = [int(n) for n in index.n.now[index.first.now[rows[rows >= 0]]]]
        if not numbers:
            return []
        sides = {"out": ("src",), "in": ("dst",), "both": ("src", "dst")}[direction]
        found = self._store.door.links_of(numbers, sides)
        return [link for _, link in sorted(found.items()) if not rels or link[1] in rels]

    def _ends(self, links: Sequence[LinkRow]) -> dict[int, int]:
        """n of a first version -> its current row, for the ends of links that this scope sees."""
        index, seen = self._store.index, self._seen(EVERYTHING)
        numbers = sorted({n for src, _, dst, *_ in links for n in (src, dst)})
        firsts = index.row_of_n(numbers)
        rows = np.where(firsts >= 0, index.latest.now[firsts], -1).tolist()
        return {n: row for n, row in zip(numbers, rows, strict=True) if row >= 0 and seen.mask[row]}

    def derived(self, rows: Rows, where: Where = EVERYTHING) -> list[tuple[int, int]]:
        index, seen = self._store.index, self._seen(where)
        asked = np.asarray(rows, np.int64)
        numbers = index.n.now[index.first.now[asked]].tolist() if len(asked) else []
        found = self._store.door.rests_on(numbers) if numbers else []
        if not found:
            return []
        row_of = dict(zip(numbers, asked.tolist(), strict=True))
        firsts = index.row_of_n([derived for _, derived in found])
        versions = self._versions(seen, where)
        return [
            (row_of[number], int(versions[first]))
            for (number, _), first in zip(found, firsts.tolist(), strict=True)
            if first >= 0 and versions[first] >= 0 and seen.mask[versions[first]]
        ]

    def edges(self, rels: Sequence[str] = (), where: Where = _CURRENT) -> Edges:
        index, seen = self._store.index, self._seen(where)
        table = self._store.link_table()
        keep = np.ones(len(table.src), np.bool_)
        if rels:
            keep = np.isin(table.rel, [table.names.index(rel) for rel in rels if rel in table.names])
        src, dst = index.row_of_n(table.src[keep]), index.row_of_n(table.dst[keep])
        there = (src >= 0) & (dst >= 0)
        versions = self._versions(seen, where)
        src, dst = versions[src[there]], versions[dst[there]]
        visible = (src >= 0) & (dst >= 0) & seen.mask[src] & seen.mask[dst]
        return Edges(
            src[visible],
            dst[visible],
            table.weight[keep][there][visible],
            table.rel[keep][there][visible],
            table.names,
        )


_READABLE = (
    "kind", "who", "session", "tier", "at", "until", "seen", "retired", "trust", "length", "number", "flags",
)  # fmt: skip
_COLUMN_OF = {"number": "first"}
"""The index's own name of a column that has another one outside."""


def _share(scores: Floats, idf: Floats) -> Floats:
    """BM25 as a share of the most that terms of these idf [T] could give, in [0, 1]."""
    most = float(np.sum(idf)) * (K1 + 1)
    if most <= 0:
        return np.zeros(len(scores), np.float32)
    return np.asarray(np.clip(scores / np.float32(most), 0, 1), np.float32)


def _read_only(column: NDArray[Any]) -> NDArray[Any]:
    """The same numbers, which nobody can write through it."""
    shown = column.view()
    shown.flags.writeable = False
    return shown


def _holds(data: Any, wanted: Sequence[tuple[tuple[str, ...], Any]]) -> bool:
    """True when every path leads to an equal value; a truth value equals no number."""
    for path, value in wanted:
        here = data
        for key in path:
            here = here.get(key) if isinstance(here, dict) else None
        if here != value or isinstance(here, bool) is not isinstance(value, bool):
            return False
    return True


# --- rows as items ---------------------------------------------------------------------------------


def fetch(store: Store, rows: Rows) -> list[Item]:
    """Items of index rows, in that order; `IntegrityError` when one is damaged, which is left out from then on."""
    return [item for _, item in fetch_stored(store, rows)]


def fetch_stored(store: Store, rows: Rows) -> list[tuple[Row, Item]]:
    """`fetch`, with the stored fields."""
    if not store.open or store.pid != os.getpid():
        store.check_open()
    index = store.index
    numbers = [int(n) for n in index.n.now[rows]]
    found = store.door.rows(numbers)
    try:
        stored = [found[n] for n in numbers]
        return list(zip([row for row, _ in stored], unpack_each(stored), strict=True))
    except KeyError:
        raise NotFound("an item was erased while it was being read; ask again") from None
    except IntegrityError:
        for row, n in zip(rows.tolist(), numbers, strict=True):
            try:
                unpack(found[n][0])
            except IntegrityError as error:
                store.damaged.append(str(error))
                index.gone.now[row] = True
                index.changed += 1
        raise


# --- who sees what ---------------------------------------------------------------------------------


def visible(
    index: Index, scope: Scope, where: Where, now: int, narrow: Callable[[Rows], Rows] | None = None
) -> VisibleRows:
    """The rows that a search may see at `now` (microseconds), one object until something changes.

    `narrow` keeps those that no column can tell.
    """
    since, sights = index.sights
    if since != index.changed:
        sights = {}
        index.sights = index.changed, sights
    key = (scope, where, tuple(type(value) for _, value in where.data))
    known = sights.get(key)
    if known is None or known.expires <= now:
        if len(sights) >= 32:
            sights.clear()
        fresh = _look(index, scope, where, now, narrow)
        # One object for equal sights (all is of one kind, say), so that what was counted for one serves both.
        known = sights[key] = next((one for one in sights.values() if one.like(fresh)), fresh)
    return known


def of_scope(index: Index, scope: Scope) -> NDArray[np.bool_]:
    """Mask of every version that belongs to this scope, closed ones too."""
    mask: NDArray[np.bool_] = index.user.now == index.users.of.get(scope.user, -2)
    for part, codes, column in (
        (scope.agent, index.agents, index.agent),
        (scope.app, index.apps, index.app),
        (scope.session, index.sessions, index.session),
    ):
        if part is not None:
            mask &= column.now == codes.of.get(part, -2)
    mask &= ~index.gone.now
    return mask


def _look(index: Index, scope: Scope, where: Where, now: int, narrow: Callable[[Rows], Rows] | None) -> VisibleRows:
    mask = of_scope(index, scope)
    if where.session is not None:
        mask &= index.session.now == index.sessions.of.get(where.session, -2)
    expires = OPEN
    times = (where.known_as_of, where.as_of, where.since, where.before, where.until)
    known_as_of, as_of, since, before, ends = micros_each(times) if any(times) else (None,) * 5
    if known_as_of is not None:
        mask &= (index.seen.now <= known_as_of) & (known_as_of < index.retired.now)
    elif index.versioned:
        mask &= index.retired.now == OPEN
    until = index.until.now
    if as_of is not None:
        mask &= (index.at.now <= as_of) & (as_of < until)
    elif not where.ended and where.until is None:
        mask &= until > now
        ending = until[mask & (until != OPEN)]
        expires = int(ending.min()) if len(ending) else OPEN
    if since is not None:
        mask &= index.at.now >= since
    if before is not None:
        mask &= (index.at.now < before) & (index.at.now != NEVER)
    for values, codes, column in (
        (where.kinds, index.kinds, index.kind),
        (where.who, index.people, index.who),
        (where.tiers, index.tiers, index.tier),
    ):
        if values:
            wanted = [codes.of.get(value, -2) for value in values]
            mask &= np.isin(column.now, wanted) if len(wanted) > 1 else column.now == wanted[0]
    if where.until is not None:
        mask &= until == ends
    if where.min_trust > 0:
        mask &= index.trust.now >= where.min_trust - 1e-6
    if where.max_trust < 1:
        mask &= index.trust.now <= where.max_trust + 1e-6
    rows = np.flatnonzero(mask)
    if narrow is not None:
        rows = narrow(rows)
        mask = np.zeros(len(mask), np.bool_)
        mask[rows] = True
    if index.versioned:
        rows = rows[np.argsort(index.first.now[rows], kind="stable")]
    lengths = index.length.now[rows]
    return VisibleRows(mask, rows, float(lengths.mean()) if len(lengths) else 0.0, expires)
