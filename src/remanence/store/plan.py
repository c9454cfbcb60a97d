"""What one change comes down to: rows, closed rows, links, uses and journal operations, from look-ups alone.

`planned` writes nothing and reads nothing but its `Lookups`; the store writes a plan inside one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import field, replace
from typing import Any

from remanence.errors import Conflict, InvalidInput, NotFound, ScopeError
from remanence.records import dataclass
from remanence.store.door import LinkRow, Stored
from remanence.store.rows import Row, closed, stored_each
from remanence.types import Change, Item, Link, Receipt, Scope, Update, keys_of, micros_each

_NEW_FIELDS = {
    "text", "kind", "who", "at", "until", "source", "trust", "salience", "tier", "data", "evidence", "session",
}  # fmt: skip
_DEFAULT = Scope()


@dataclass(frozen=True, slots=True)
class Known:
    """The current version of an item: its n, the n of its first version, its stored fields, and the item."""

    n: int
    first: int
    row: Row
    item: Item


Ends = tuple[int, str, int]
"""src, rel, dst of a link: n of first versions."""


@dataclass(frozen=True, slots=True)
class Lookups:
    """What a plan may ask of a space whose writer lock is held, seen through the scope of the change.

    at: the time of the change, microseconds. next_row: n of the next stored version. new_ids: so many ids.
    taken: those of some ids of which any scope has an item. current: the current versions, by id, of those that
    this scope sees. same_links: (key, weight) of the current link by its ends, where there is one.
    """

    at: int
    next_row: int
    new_ids: Callable[[int], list[str]]
    taken: Callable[[Sequence[str]], Collection[str]]
    current: Callable[[Sequence[str]], dict[str, Known]]
    same_links: Callable[[Sequence[Ends]], dict[Ends, tuple[int, float]]]


@dataclass(frozen=True, slots=True)
class Plan:
    """What one change comes down to."""

    at: int
    rows: tuple[Stored, ...]
    items: tuple[Item, ...]
    """The item of each row, in the same order."""
    keys: tuple[str, ...]
    """What the word and vector indexes see of each row."""
    numbers: tuple[int, ...]
    """n of each row."""
    columns: tuple[tuple[Any, ...], ...]
    """`rows.COLUMNS` of each row."""
    closes: tuple[Stored, ...]
    """Versions that are no longer believed."""
    links: tuple[LinkRow, ...]
    unlinks: tuple[int, ...]
    uses: tuple[tuple[int, float, float, int, int | None], ...]
    touches: tuple[tuple[int, float | None, float | None, int, int | None, str], ...]
    evidence: tuple[tuple[int, int], ...]
    ops: tuple[list[Any], ...]
    receipt: Receipt
    empty: bool
    """True when there is nothing to write."""


def planned(change: Change, scope: Scope, lookups: Lookups) -> Plan:
    """The plan of a change by a handle of this scope.

    Raises InvalidInput, Conflict, NotFound and ScopeError for what cannot be done; then nothing of it is.
    """
    named = _named(change)
    planner = _Planner(scope, lookups, new_links=list(change.links), known=lookups.current(named) if named else {})
    again = planner.put(change.puts, change.earlier)
    counts = [planner.update(update) for update in change.updates]
    updated, superseded = again + sum(done for done, _ in counts), sum(ended for _, ended in counts)
    retired = sum(planner.retire(r.id, r.by, r.reason, r.stage) for r in change.retires)
    planner.unlink(change.unlinks)
    if planner.new_links:
        planner.link(planner.new_links)
    when = micros_each([touch.used for touch in change.touches]) if change.touches else []
    for touch, used in zip(change.touches, when, strict=True):
        planner.touch(touch.id, touch.strength, touch.utility, touch.uses, used, touch.stage)
    first = lookups.next_row
    numbers = tuple(range(first, first + len(planner.items)))
    rows, columns = stored_each(planner.items, numbers, planner.firsts, seen=lookups.at, retired=planner.ended)
    puts = [["put", first, first + len(change.puts) - 1]] if change.puts else []
    receipt = Receipt(
        ids=tuple(item.id for item in planner.items[: len(change.puts)]),
        put=len(change.puts),
        updated=updated - superseded,
        superseded=superseded,
        retired=retired,
        linked=len(planner.links),
        touched=len(planner.touches),
        refused=tuple(planner.refused),
        notes=change.notes,
        followed=change.followed,
    )
    return Plan(
        at=lookups.at,
        rows=tuple(rows),
        columns=tuple(columns),
        items=tuple(planner.items),
        keys=tuple(keys_of(planner.items)) if planner.items else (),
        numbers=numbers,
        closes=tuple(planner.closes.values()),
        links=tuple(planner.links),
        unlinks=tuple(planner.unlinks),
        uses=tuple(planner.uses),
        touches=tuple(planner.touches),
        evidence=tuple(planner.evidence),
        ops=(*puts, *planner.ops),
        receipt=receipt,
        empty=not (puts or planner.ops or planner.links or planner.unlinks or planner.touches),
    )


def _named(change: Change) -> list[str]:
    """The ids of stored items that a change needs to know, each once."""
    sources = [*change.puts, *(update.fields.get("evidence", ()) for update in change.updates)]
    ids = [one.id for source in sources for one in (source.evidence if isinstance(source, Item) else source)]
    ids += [id for one in change.updates for id in (one.id, one.by) if id is not None]
    ids += [id for one in change.retires for id in (one.id, one.by) if id is not None]
    ids += [id for link in (*change.links, *change.unlinks) for id in (link.src, link.dst)]
    ids += [touch.id for touch in change.touches]
    put = {item.id for item in change.puts}
    return [id for id in dict.fromkeys(ids) if id not in put]


@dataclass(slots=True)
class _Planner:
    """A plan while it grows: what it will put, and what it knows of the items that it touches."""

    scope: Scope
    ask: Lookups
    new_links: list[Link]
    known: dict[str, Known]
    """Current versions, those of this change included."""
    ops: list[list[Any]] = field(default_factory=list)
    ended: list[int | None] = field(default_factory=list)
    """Since when each row is no longer believed: a version may be closed by the very change that adds it."""
    firsts: list[int] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    closes: dict[int, Stored] = field(default_factory=dict)
    uses: list[tuple[int, float, float, int, int | None]] = field(default_factory=list)
    touches: list[tuple[int, float | None, float | None, int, int | None, str]] = field(default_factory=list)
    evidence: list[tuple[int, int]] = field(default_factory=list)
    links: list[LinkRow] = field(default_factory=list)
    unlinks: list[int] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    put_here: dict[str, tuple[int, float]] = field(default_factory=dict)
    """id -> (n, trust) of the items that this change puts."""

    def put(self, items: Sequence[Item], earlier: Sequence[Item] = ()) -> int:
        """New items, each with what it said earlier as closed versions before it; the number of further versions."""
        if not items:
            return 0
        unnamed = sum(not item.id for item in items)
        ids = iter(self.ask.new_ids(unnamed) if unnamed else ())
        own = [item if item.id else replace(item, id=next(ids)) for item in items]
        if self.scope != _DEFAULT:
            own = [replace(item, scope=self.scope) if item.scope == _DEFAULT else item for item in own]
        for scope in dict.fromkeys(item.scope for item in own):
            if scope != self.scope and not self.scope.sees(scope):
                raise ScopeError(f"an item for {scope} cannot be put through a handle for {self.scope}")
        taken = self.ask.taken([item.id for item in own])
        before: dict[str, list[Item]] = {}
        for said in earlier:
            before.setdefault(said.id, []).append(said)
        for item in own:
            if item.id in self.put_here or item.id in taken:
                raise Conflict(f"there is an item with id {item.id!r} already; leave the id out, or update it")
            self._put(item, before.get(item.id, ()))
        used = [item for item in own if item.strength != 1.0 or item.utility or item.uses]
        times = micros_each([item.used for item in used]) if used else []
        for item, when in zip(used, times, strict=True):
            self.uses.append((self.put_here[item.id][0], item.strength, item.utility, item.uses, when))
        return self._said_anew({item.id: item for item in own}, before, [said.id for said in earlier])

    def _said_anew(self, own: Mapping[str, Item], before: Mapping[str, Sequence[Item]], order: Sequence[str]) -> int:
        """The versions that follow the first ones of items that this change puts, in the order in which they were said.

        order: ids, each as often as a version of it gave way to the next one.
        """
        stood = {id: (self.put_here[id][0], 1) for id in before if id in own}
        for id in order:
            if id not in stood:
                continue
            (first, trust), (last, count), item = self.put_here[id], stood[id], own[id]
            said = before[id][count] if count < len(before[id]) else replace(item, trust=trust)
            self.ended[last - self.ask.next_row] = self.ask.at
            n = self._next()
            self.ops.append(["version", n, last, "said anew", "", None])
            self._add(first, replace(said, scope=item.scope, version=count + 1))
            stood[id] = n, count + 1
        return sum(count - 1 for _, count in stood.values())

    def _put(self, item: Item, before: Sequence[Item]) -> None:
        n = self._next()
        trust = item.trust
        for evidence in item.evidence:
            trust = min(trust, self._trust_of(evidence.id))
            self.evidence.append((self._first_of(evidence.id), n))
        if trust != item.trust:
            item = replace(item, trust=trust)
        self.put_here[item.id] = (n, trust)
        self._add(n, replace(before[0], scope=item.scope, version=1) if before else item)

    def update(self, update: Update) -> tuple[int, int]:
        """(1 when a version was added, 1 when it ended what was true)."""
        unknown = set(update.fields) - _NEW_FIELDS - {"strength", "utility"}
        if unknown:
            raise InvalidInput(f"cannot update {', '.join(sorted(unknown))}; fields: {', '.join(sorted(_NEW_FIELDS))}")
        if self._weaker(update.id, update.by, "update"):
            return 0, 0
        if update.id in self.put_here:
            raise InvalidInput(f"item {update.id!r} is put by this very change; put it as it should be")
        old = self._current(update.id)
        item = old.item
        if update.if_version is not None and update.if_version != item.version:
            raise Conflict(f"item {update.id!r} is at version {item.version}, not {update.if_version}; read it again")
        fields = _changed_fields(item, update.fields)
        strength, utility = fields.pop("strength", None), fields.pop("utility", None)
        if strength is not None or utility is not None:
            self.touch(update.id, strength, utility, 0, None, update.stage)
        changed = replace(item, **fields)
        if changed == item:
            return 0, 0
        if changed.trust > item.trust and update.by is not None:
            raise InvalidInput("trust only goes down; a person may raise it with Memory.update(id, trust=...)")
        fresh = replace(changed, version=item.version + 1)
        self._close(old)
        if fresh.evidence != item.evidence:
            had = set(item.evidence)
            self.evidence.extend((self._first_of(e.id), old.first) for e in fresh.evidence if e not in had)
        n = self._next()
        self.ops.append(["version", n, old.n, update.reason, update.stage, update.by])
        self._add(old.first, fresh)
        self.known[update.id] = Known(n, old.first, (), fresh)
        return 1, int("until" in fields and fields["until"] is not None and item.until is None)

    def retire(self, id: str, by: str | None, reason: str, stage: str) -> int:
        """1 when the item is no longer believed from now on."""
        if self._weaker(id, by, "retirement"):
            return 0
        old = self._current(id)
        if old.n >= self.ask.next_row:
            raise InvalidInput(f"item {id!r} is updated and retired by one change; do one of them")
        if old.n in self.closes:
            return 0
        self._close(old)
        self.ops.append(["retire", old.n, reason, stage, by])
        return 1

    def link(self, links: Sequence[Link]) -> None:
        for link in links:
            if not link.rel or len(link.rel) > 64:
                raise InvalidInput(f"a link needs a relation of 1 to 64 characters, not {link.rel!r}")
            if not abs(link.weight) < 1e300:
                raise InvalidInput(f"a link's weight is a finite number, not {link.weight!r}")
        ends, same = self._same(links)
        times = micros_each([moment for link in links for moment in (link.at, link.until)])
        for link, end, at, until in zip(links, ends, times[::2], times[1::2], strict=True):
            if end in same:
                if abs(same[end][1] - link.weight) < 1e-12:
                    continue
                self.unlinks.append(same[end][0])
            self.links.append((*end, float(link.weight), at, until, self.ask.at, None, link.reason))

    def unlink(self, links: Sequence[Link]) -> None:
        ends, same = self._same(links)
        self.unlinks.extend(same[end][0] for end in ends if end in same)

    def _same(self, links: Sequence[Link]) -> tuple[list[Ends], dict[Ends, tuple[int, float]]]:
        """The ends of links, and the stored links that have them."""
        ends = [(self._first_of(link.src), link.rel, self._first_of(link.dst)) for link in links]
        old = [end for end in ends if max(end[0], end[2]) < self.ask.next_row]
        return ends, self.ask.same_links(old) if old else {}

    def touch(
        self, id: str, strength: float | None, utility: float | None, uses: int, used: int | None, stage: str
    ) -> None:
        when = self.ask.at if used is None and uses else used
        self.touches.append((self._first_of(id), strength, utility, uses, when, stage))

    # --- parts ---

    def _next(self) -> int:
        return self.ask.next_row + len(self.items)

    def _add(self, first: int, item: Item) -> None:
        self.ended.append(None)
        self.firsts.append(first)
        self.items.append(item)

    def _current(self, id: str) -> Known:
        known = self.known.get(id)
        if known is None:
            raise NotFound(f"no item {id!r} in this scope")
        return known

    def _first_of(self, id: str) -> int:
        here = self.put_here.get(id)
        return self._current(id).first if here is None else here[0]

    def _trust_of(self, id: str) -> float:
        here = self.put_here.get(id)
        return self._current(id).item.trust if here is None else here[1]

    def _weaker(self, id: str, by: str | None, what: str) -> bool:
        """A weaker source cannot silence a stronger one: it is refused, and both are kept side by side."""
        if by is None or self._trust_of(by) >= self._trust_of(id) - 1e-9:
            return False
        self.refused.append(f"{what} of {id} by {by}: the source is less trusted")
        self.new_links.append(Link(by, "contradicts", id, reason="less trusted source"))
        return True

    def _close(self, old: Known) -> None:
        """Close a version: a stored one in its row, one of this very change in the row to come."""
        position = old.n - self.ask.next_row
        if position >= 0:
            self.ended[position] = self.ask.at
        else:
            self.closes[old.n] = (old.n, old.first, closed(old.row, self.ask.at))
            self.ops.append(["close", old.n, self.ask.at])


def _changed_fields(item: Item, given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an update as an item has them: data merged (None removes a key), session in the scope."""
    fields = dict(given)
    if "data" in fields:
        merged = {**item.data, **fields["data"]}
        fields["data"] = {name: value for name, value in merged.items() if value is not None}
    if "session" in fields:
        fields["scope"] = replace(item.scope, session=fields.pop("session"))
    return fields
