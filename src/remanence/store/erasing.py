"""What goes when an item is erased, and what must be forgotten about it."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from remanence.errors import StoreError
from remanence.store import ledger
from remanence.store.door import Door
from remanence.store.index import Index
from remanence.store.ledger import LENGTH, UNLISTED, Stone
from remanence.store.peek import damaged_logs
from remanence.store.rows import Row, keyed, tombstone_scope
from remanence.types import Receipt, Scope

if TYPE_CHECKING:
    from remanence.store.store import Store


def erase(store: Store, ids: Sequence[str], scope: Scope, reason: str, stale: Mapping[str, Collection[int]]) -> Receipt:
    """`Store.erase`, with the writer lock held."""
    view, door = store.view(scope), store.door
    for id in ids:
        view.get(id)
    asked = set(door.first_of(ids).values())
    items = asked | resting_on(door, asked)
    unlisted = _deleted(store, items, _stale_rows(door, stale), reason)
    if not store.memory:
        list_settled(store, lost=False)
    return Receipt(
        commit=store.commit,
        ids=tuple(ids),
        erased=len(items),
        notes=(f"{len(items) - len(asked)} derived items went with them",) if items - asked else (),
        degraded=(*unlisted, *store.scrub()),
        durability=store.access.durability,
    )


def _deleted(
    store: Store, items: set[int], stale: Sequence[int], reason: str, known: Iterable[Stone] = ()
) -> tuple[str, ...]:
    """Delete items (n of their first versions) and single rows of others, in one commit with their marks.

    known: marks that are in the list beside the space already. Returns what is said where that could not be written.
    """
    door = store.door
    own = sorted(door.numbers_of(sorted(items)))
    stored = [row for row, _ in door.rows(own).values()]
    numbers = sorted({*own, *stale})
    lonely = lonely_terms(door, store.index, numbers)
    at = store.now()
    stones = list(stones_of(store.secret, stored, at))
    with _listed(store, stones) as length, store.committing(reason, [["erase", numbers]], at):
        door.copy_tombstones([*stones, *known])
        blank_receipts(door, {row[10] for row in stored}, {row[0] for row in stored})
        door.silence_jobs()
        door.set("scrub", 1)
        door.set(LENGTH, length)
        door.delete_items(sorted(items), numbers)
        door.delete_terms(lonely.values())
    for term in lonely:
        del store.index.terms[term]
    store.index.drop(store.index.row_of_n(numbers))
    if length != UNLISTED:
        return ()
    return ("erase: its marks could not be written beside the space: a file or log of before would bring it back",)


@contextmanager
def _listed(store: Store, stones: Iterable[Stone]) -> Iterator[int]:
    """The list beside the space with these marks; gives the length that the space is to hold."""
    if store.memory:
        yield 0
        return
    known, length = _length_known(store), ledger.length(store.path)
    all_stones = [*store.door.every_tombstone(), *stones] if length < known else stones
    with ledger.added(store.path, all_stones) as now:
        yield now if now == UNLISTED else now - max(0, length - known)


def _length_known(store: Store) -> int:
    """How long the list beside the space should be; of one that could not be written, longer than any."""
    length = store.door.setting(LENGTH)
    return sys.maxsize if length == UNLISTED else int(length or 0)


def list_settled(store: Store, *, lost: bool) -> list[str]:
    """Bring the space and the list beside it together, with the lock held; what is said of that.

    lost: commits of this space are gone, and their marks with them. A list that is longer than the space knows tells
    of an erasure that broke off before its commit: it is finished. A shorter one lacks marks, and gets them.
    """
    known, length = _length_known(store), ledger.length(store.path)
    if length == known and not lost:
        return []
    said: list[str] = []
    try:
        if lost or length > known:
            said = _erased_again(store, lost=lost)
        length, door = ledger.length(store.path), store.door
        if length < _length_known(store) and door.every_tombstone():
            with ledger.added(store.path, door.every_tombstone()) as length:
                door.set(LENGTH, length)
        else:
            door.set(LENGTH, length)
    except StoreError as error:
        said.append(f"erase: the list beside the space could not be read against it: {error}")
    return said


def _erased_again(store: Store, *, lost: bool) -> list[str]:
    """Erase what stands in the list and is here still, or again, and what rests on it.

    What those had ended stays as it is.
    """
    door = store.door
    known = {(scope, mark) for scope, mark, _ in door.every_tombstone()}
    stones = [stone for stone in ledger.kept(store.path) if stone[:2] not in known]
    marks = {(scope, mark) for scope, mark, _ in stones}
    back: set[int] = set()
    for _, item, row in door.every_row() if marks else ():
        scope = tombstone_scope(Scope(row[10], row[11], None, row[13]))
        if (scope, id_mark(store.secret, row[0])) in marks:
            back.add(item)
    if not stones or not (back or lost):
        return []
    unlisted = _deleted(store, back | resting_on(door, back), (), "erased before", stones)
    store.scrub()
    told = back and lost
    said = [f"{len(back)} items that were erased here had come back with it, and are erased again"] if told else []
    return [*said, *unlisted]


def still_said(door: Door, error: str, seen: int | None) -> str:
    """What is kept of an error of work that began at a commit: its name alone, where something was erased since.

    A model or an embedder may quote what it was given.
    """
    ops = [op for entry in door.journal(seen) for op in json.loads(entry.ops)] if seen is not None else []
    return error.partition(":")[0] if any(op[0] == "erase" for op in ops) else error


def scrub(store: Store) -> tuple[str, ...]:
    """`Store.scrub`."""
    if store.memory:
        return ()
    left = [f"erase: {copy} may hold erased text; delete it by hand" for copy in damaged_logs(Path(store.path))]
    try:
        store.cache.renew(store.index, store.stand())
        if store.door.setting("scrub"):
            store.door.scrub()
            store.door.set("scrub", 0)
    except StoreError as error:
        return (*left, f"erase: its bytes go later: {error}")
    if store.door.checkpoint():
        left.append("erase: a reader holds the log; its bytes go at the next checkpoint")
    return tuple(left)


def resting_on(door: Door, items: set[int]) -> set[int]:
    """What was derived from these items (n of first versions) and goes with them.

    A derived text may quote any of its sources, so one erased source takes it along. A name (kind `entity`)
    stays while an item that stays mentions it.
    """
    gone, frontier = set(items), set(items)
    names = set(door.ids(sorted(items)).values())
    while frontier:
        derived = {d for d in door.derived_from(frontier) - gone if _rests_on(door, d, names)}
        frontier = {d for d in derived if not _mentioned(door, d, gone | derived)}
        names |= set(door.ids(sorted(frontier)).values())
        gone |= frontier
    return gone - items


def _rests_on(door: Door, item: int, names: set[str]) -> bool:
    """True when what an item says now names one of these ids among its evidence; a retired one rests on all."""
    rows = [row for row, _ in door.rows(sorted(door.numbers_of([item]))).values()]
    now = [row for row in rows if row[8] is None] or rows
    return any(one[0] in names for row in now for one in json.loads(row[18]))


def _stale_rows(door: Door, stale: Mapping[str, Collection[int]]) -> list[int]:
    """n of the given versions of items that stay; never the first, which names the item, nor the last."""
    found: list[int] = []
    for id, first in door.first_of(list(stale)).items():
        rows = door.rows(sorted(door.numbers_of([first])))
        found.extend(n for n, (row, _) in rows.items() if row[1] in stale[id] and n != first and row[8] is not None)
    return found


def _mentioned(door: Door, item: int, gone: set[int]) -> bool:
    row = door.rows([item]).get(item)
    if row is None or row[0][2] != "entity":
        return False
    return any(link[1] == "mentions" and link[0] not in gone for link in door.links_of([item], ["dst"]).values())


def lonely_terms(door: Door, index: Index, numbers: Sequence[int]) -> dict[str, int]:
    """Terms that only these rows hold."""
    codes: set[int] = set()
    for data in door.words_of(numbers):
        codes.update(np.frombuffer(data, np.uint32, len(data) // 5).tolist())
    going = index.row_of_n(list(numbers))
    lonely = set()
    for code in codes:
        rows, _ = index.postings.of(code)
        if not len(np.setdiff1d(rows[~index.gone.now[rows]], going)):
            lonely.add(code)
    return {term: code for term, code in index.terms.items() if code in lonely}


def id_mark(secret: bytes, id: str) -> bytes:
    """A keyed hash of an id: tells whether it was erased without telling what it was."""
    return keyed(secret, b"\0id\0" + id.encode())


def source_mark(secret: bytes, source: str) -> bytes:
    """A keyed hash of a source."""
    return keyed(secret, source.encode())


def stones_of(secret: bytes, rows: Iterable[Row], at: int) -> Iterator[Stone]:
    """The marks of items and of their sources as erased, each in its own scope; of damaged rows too."""
    for row in rows:
        scope = tombstone_scope(Scope(row[10], row[11], None, row[13]))
        yield scope, id_mark(secret, row[0]), at
        if row[9] is not None:
            yield scope, source_mark(secret, row[9]), at


def blank_receipts(door: Door, users: set[str], ids: set[str]) -> None:
    """Receipts that outlive what they acknowledged keep counts only.

    What a model said (`degraded`) may quote any text of its user, so it goes from all of that user's receipts;
    the digest of the content goes where an erased item was acknowledged: that key then answers without comparing.
    """
    for scope, key, digest, text in door.receipts():
        if json.loads(scope)[0] not in users:
            continue
        told = json.loads(text)
        hit = not ids.isdisjoint(told["ids"])
        if hit or told.get("degraded") or told.get("notes"):
            told["degraded"], told["notes"], told["refused"] = [], [], []
            door.change_receipt(scope, key, b"" if hit else digest, json.dumps(told))
