"""A space made anew: a checked copy, other vectors, or the journal applied again."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from remanence.errors import IntegrityError, RemanenceError, StoreError
from remanence.store.connection import Access, Connection
from remanence.store.door import Door, Writing
from remanence.store.rows import closed, sound, unpack
from remanence.store.store import Store
from remanence.store.tables import Tables
from remanence.store.vectors import packed
from remanence.store.words import worded
from remanence.types import Embedder

Progress = Callable[[int, int | None], None]
BATCH = 512


def backup(store: Store, target: str | Path, *, force: bool = False, verify: bool = True) -> dict[str, Any]:
    """Copy a live space to `target`, as of one commit; other processes may go on writing.

    An existing file is refused unless `force`. `verify` checks the copy deeply before it gets its name.
    """
    path = Path(target)
    if path.exists() and not force:
        raise StoreError(f"{path} exists; choose another name, or say --force to replace it")
    if path.exists() and not store.memory and path.resolve() == Path(store.path).resolve():
        raise StoreError("a space cannot be backed up onto itself")
    part = path.with_name(path.name + ".part")
    store.refresh()
    try:
        _remove(part)
        with _copy_of(store, part) as copy:
            last = copy.last()
            if verify:
                _verified(copy)
            told = {"path": str(path), "commit": 0 if last is None else last.seq, "rows": copy.counts()["versions"]}
        os.replace(part, path)
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        with suppress(OSError):
            _remove(part)
    return {**told, "verified": verify}


def _remove(part: Path) -> None:
    """Delete a copy that was not finished, and what SQLite keeps beside it."""
    for end in ("", "-wal", "-shm", "-journal"):
        part.with_name(part.name + end).unlink(missing_ok=True)


@contextmanager
def _copy_of(store: Store, part: Path) -> Iterator[Door]:
    """A file that holds what the space holds now, as a door; in one piece when it closes."""
    connection = Connection(str(part), Access(), on_fault=lambda: None)
    try:
        with connection.told(), connection.db.backup("main", store.door.source(), "main") as work:
            while not work.done:
                work.step(500)
        yield Tables(connection)
        with connection.told():
            connection.db.pragma("journal_mode", "delete")
    finally:
        with suppress(RemanenceError):
            connection.close()


def _verified(copy: Door) -> None:
    bad = [line for line in copy.problems(deep=True) if line.startswith("SQLite")]
    damaged = sum(not sound(row) for _, _, row in copy.every_row())
    if bad or damaged:
        raise IntegrityError(f"the copy is not sound ({damaged} damaged rows, {bad[:1]}); run: remanence doctor --deep")


def reembed(store: Store, embedder: Embedder, *, on_progress: Progress | None = None) -> dict[str, Any]:
    """Give every row a vector of `embedder`, then switch the space over. Resumable: the old ones serve until then.

    The store's own handle keeps what it embeds with; open the space again with the new embedder.
    """
    door = store.door
    with store.lock:
        store.refresh()
        code = door.model_code(embedder.model, embedder.dim)
    total, made, last = door.counts()["versions"], 0, 0
    while True:
        with store.lock:
            some = door.lacking_vectors(code, last, BATCH)
            if not some:
                store.refresh()
                with store.committing(f"reembed {embedder.model}", [["vectors", made]]):
                    door.choose_model(code)
                    door.drop_other_models(code)
                store.reload()
                break
            vectors = packed(
                [n for n, _, _ in some], embedder.embed([unpack(row).key for _, _, row in some]), embedder.dim
            )
            last = some[-1][0]
            with door.transaction():
                door.write(Writing(model=code, vectors=vectors.stored))
        made += len(some)
        if on_progress is not None:
            on_progress(made, total)
    return {"model": embedder.model, "dim": embedder.dim, "vectors": made}


def replay(
    store: Store, target: str | Path, embedder: Embedder, *, on_progress: Progress | None = None
) -> dict[str, int]:
    """Build a new space at `target` by applying the journal, commit by commit, to an empty one.

    Words and vectors are made anew from the texts. An existing target is refused.
    """
    if Path(target).exists():
        raise StoreError(f"{target} exists; choose another name")
    store.refresh()
    fresh = Store(target, model=embedder.model, dim=embedder.dim, clock=store.clock, access=store.access)
    told = {"commits": 0, "rows": 0}
    try:
        with fresh.lock:
            fresh.take_secret(store.secret)
            for entry in store.door.journal(0):
                ops = json.loads(entry.ops)
                with fresh.committing(entry.reason, ops, entry.at):
                    told["rows"] += sum(_again(store.door, fresh, op, embedder) for op in ops)
                told["commits"] += 1
                if on_progress is not None:
                    on_progress(entry.seq, store.commit)
            with fresh.door.transaction():
                fresh.door.copy_tombstones(store.door.every_tombstone())
    finally:
        fresh.close()
    return told


def _again(old: Door, fresh: Store, op: list[Any], embedder: Embedder) -> int:
    """One journaled operation, once more; returns the rows that it put."""
    door = fresh.door
    match op[0]:
        case "put":
            return _copy_rows(old, fresh, op[1], op[2], embedder)
        case "version":
            return _copy_rows(old, fresh, op[1], op[1], embedder)
        case "close":
            rows = [(n, item, closed(row, op[2])) for n, item, row in door.rows_between(op[1], op[1])]
            door.write(Writing(closes=rows))
        case "link":
            door.copy_links([(k, (*link[:7], None, link[8])) for k, link in old.links_between(op[1], op[2])])
        case "unlink":
            door.retire_links(op[1], op[2])
        case "touch":
            if door.rows_between(op[1], op[1]):
                door.touch(*op[1:6])
        case _:
            pass  # erase and vectors: what is gone is not in the source, and vectors were made with the rows
    return 0


def _copy_rows(old: Door, fresh: Store, low: int, high: int, embedder: Embedder) -> int:
    """Rows [low, high] as they were put: still believed unless an operation says otherwise later."""
    found = old.rows_between(low, high)
    if not found:
        return 0
    # A version that was closed by the change that made it (retired = seen) was never believed.
    stored = [(n, item, row if row[8] == row[7] else closed(row, None)) for n, item, row in found]
    items = [(n, unpack(row)) for n, _, row in stored]
    index = fresh.index
    words = worded(items, index.terms, index.next_term)
    index.terms.update(words.new_terms)
    index.next_term += len(words.new_terms)
    vectors = packed([n for n, _ in items], embedder.embed([item.key for _, item in items]), embedder.dim)
    fresh.door.write(
        Writing(
            rows=stored,
            terms=words.new_terms,
            words=words.rows,
            model=fresh.current_model[0],
            vectors=vectors.stored,
            evidence=[(source, n) for n, _, _ in stored for source in old.sources_of(n)],
        )
    )
    return len(found)
