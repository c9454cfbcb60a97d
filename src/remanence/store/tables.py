"""The SQLite door: every statement that a space's tables are read and written with, and no decision.

Each method is one of `door.Door`; arguments and results are rows, links, uses and codes, never SQL.
A payload that does not match its checksum comes back as None, or is told by `problems`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import Any, TypeVar

import apsw

from remanence import store as parts
from remanence.errors import IntegrityError
from remanence.store.connection import FAILURES, Connection
from remanence.store.door import Entry, Job, LinkRow, Stored, UsageRow, Writing
from remanence.store.migrations import migrate
from remanence.store.rows import (
    CHECKSUM,
    COLUMNS,
    COUNT,
    FIELDS,
    LINK,
    RETIRED,
    USE,
    Row,
    check,
    checks,
    checks_of,
    scope_key,
    scope_of,
    tombstone_scope,
    words_check,
)
from remanence.store.vectors import vector_check
from remanence.types import Scope

Bound = TypeVar("Bound", bound=tuple[Any, ...])
BATCH = 4_000
"""Rows that are read at once: few, so that opening needs little more than what stays."""
SAME_LINK = "SELECT k, weight FROM links WHERE src=? AND rel=? AND +dst=? AND retired IS NULL"
"""Found by where it starts: thousands of links may lead to one well-known name."""

_ROW = ", ".join(f"rows.{name}" for name in FIELDS.split(", "))
_ROW_MARKS = ",".join("?" * (COUNT + 3))
_IN = "IN (SELECT value FROM json_each(?))"
_WAITS = "FROM queue WHERE stage={} AND scope={} AND recipe={} AND state='waiting'"
_LENGTHEN = f"UPDATE queue SET high=?1 WHERE job=(SELECT max(job) {_WAITS.format('?2', '?3', '?4')})"
_QUEUE = (
    "INSERT INTO queue(stage, scope, recipe, low, high) SELECT ?1, ?2, ?3, ?4, ?5 "
    f"WHERE NOT EXISTS (SELECT 1 {_WAITS.format('?1', '?2', '?3')})"
)
_PUT_ENTRY = "INSERT INTO journal VALUES(?, ?, ?, ?, ?)"
_PUT_ROW = f"INSERT INTO rows(n, item, {FIELDS}, columns) VALUES({_ROW_MARKS})"
_CLOSE_ROW = "UPDATE rows SET retired=?, checksum=?, columns=? WHERE n=?"
_PUT_TERM = "INSERT INTO terms(code, term, checksum) VALUES(?, ?, ?)"
_PUT_WORDS = "INSERT OR REPLACE INTO words(n, data, flags, checksum) VALUES(?, ?, ?, ?)"
_PUT_VECTOR = "INSERT OR REPLACE INTO vectors VALUES(?, ?, ?, ?)"
_PUT_EVIDENCE = "INSERT OR IGNORE INTO evidence VALUES(?, ?, ?)"
_PUT_USE = f"INSERT OR REPLACE INTO usage({USE}, checksum) VALUES(?, ?, ?, ?, ?, ?)"
_PUT_LINK = f"INSERT INTO links(k, {LINK}, checksum) VALUES(?,?,?,?,?,?,?,?,?,?,?)"


class Tables:
    """One space in one SQLite file."""

    def __init__(self, connection: Connection) -> None:
        self._on, self._db = connection, connection.db
        self.close = connection.close
        self.version = partial(connection.pragma, "data_version")
        """Changes when another connection has committed."""
        self._rotten: list[bytes] | None = None
        """Marks of erasure that do not match their checksums, read when they are first asked for."""
        with connection.told():
            migrate(connection.db)

    # --- statements ---

    def _run(self, sql: str, bindings: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Execute one statement; all of its rows."""
        try:
            return self._db.execute(sql, bindings).fetchall()
        except FAILURES as error:
            raise self._on.ours(error) from error

    def _first(self, sql: str, bindings: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        """The first row, or None."""
        try:
            row: tuple[Any, ...] | None = self._db.execute(sql, bindings).fetchone()
        except FAILURES as error:
            raise self._on.ours(error) from error
        return row

    def _value(self, sql: str, bindings: Sequence[Any] = ()) -> Any:
        """The first field of the first row, or None."""
        row = self._first(sql, bindings)
        return None if row is None else row[0]

    def _run_each(self, sql: str, bindings: Iterable[Bound]) -> dict[Bound, list[tuple[Any, ...]]]:
        """Execute one statement for each of many bindings; all rows of each."""
        try:
            return {bound: self._db.execute(sql, bound).fetchall() for bound in bindings}
        except FAILURES as error:
            raise self._on.ours(error) from error

    def _many(self, *work: tuple[str, Sequence[Sequence[Any]]]) -> None:
        """Execute each statement for each of its bindings."""
        try:
            for sql, rows in work:
                if rows:
                    self._db.executemany(sql, rows)
        except FAILURES as error:
            raise self._on.ours(error) from error

    def _batches(self, sql: str, bindings: Sequence[Any] = (), *, size: int) -> Iterator[list[tuple[Any, ...]]]:
        """Rows in lists of at most `size`, read as they are asked for."""
        try:
            found = self._db.execute(sql, bindings)
            while batch := list(islice(found, size)):
                yield batch
        except FAILURES as error:
            raise self._on.ours(error) from error

    def source(self) -> apsw.Connection:
        """The connection, to be copied from."""
        return self._db

    # --- transactions and the file ---

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; the caller holds the writer lock."""
        self._run("BEGIN IMMEDIATE")
        try:
            yield
            self._run("COMMIT")
        except BaseException:
            self._on.roll_back()
            raise

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Everything read inside is of one commit."""
        self._run("BEGIN")
        try:
            yield
        finally:
            if self._db.in_transaction:
                self._run("COMMIT")

    def checkpoint(self) -> bool:
        """Empty the write-ahead log into the file; True when a reader keeps it from being emptied."""
        busy = self._value("PRAGMA wal_checkpoint(TRUNCATE)")
        return bool(busy)

    def scrub(self) -> None:
        """Write the file anew without what was deleted: SQLite leaves old bytes in pages that it rebalanced."""
        self._run("VACUUM")

    def shrink(self) -> None:
        """Give SQLite's own memory back."""
        self._on.pragma("shrink_memory")

    # --- rows ---

    def write(self, what: Writing) -> None:
        """Store rows, closed rows, terms, words, vectors, evidence and uses, each with its checksum; then the journal's
        row, and the work that waits because of it.
        """
        terms = [(code + 1, term) for term, code in what.terms.items()]
        uses = [(item, float(s), float(u), int(count), used) for item, s, u, count, used in what.uses]
        vectors = [(n, data, 0) for n, data in what.vectors]
        crc, blob = checks_of((*what.rows, *what.closes), (*terms, *what.evidence, *uses), (*what.words, *vectors))
        if what.claims:
            self.choose_model(what.model)
        if what.unlinks and what.entry is not None:
            self.retire_links(what.unlinks, what.entry.at)
        self._many(
            (_PUT_ROW, [(n, item, *row, next(crc)) for n, item, row in what.rows]),
            (_CLOSE_ROW, [(row[RETIRED], row[CHECKSUM], next(crc), n) for n, _, row in what.closes]),
            (_PUT_TERM, [(*term, next(crc)) for term in terms]),
            (_PUT_WORDS, [(*word, next(blob)) for word in what.words]),
            (_PUT_VECTOR, [(what.model, n, data, next(blob)) for n, data in what.vectors]),
            (_PUT_EVIDENCE, [(*pair, next(crc)) for pair in what.evidence]),
            (_PUT_USE, [(*use, next(crc)) for use in uses]),
            *([(_PUT_ENTRY, [_fields(what.entry)])] if what.entry is not None else []),
            *(step for one in what.work for step in _queued(*one)),
        )
        if what.links:
            self.copy_links(what.links)
        for touch in what.touches:
            self.touch(*touch)
        if what.receipt is not None:
            self.insert_receipt(*what.receipt)
        if what.done is not None:
            self.advance(*what.done)

    def commit(self, what: Writing) -> None:
        """`write` in a transaction of its own."""
        with self.transaction():
            self.write(what)

    def next_row(self) -> int:
        return 1 + int(self._value("SELECT seq FROM sqlite_sequence WHERE name='rows'") or 0)

    def rows(self, numbers: Sequence[int]) -> dict[int, tuple[Row, UsageRow | None]]:
        """Versions with the uses of their items, by n; absent where there is none."""
        found = self._run(
            f"SELECT n, {_ROW}, item, strength, utility, uses, used, usage.checksum FROM rows "
            f"LEFT JOIN usage USING(item) WHERE n {_IN}",
            (json.dumps(list(numbers)),),
        )
        return dict(zip([n for n, *_ in found], _with_uses([rest for _, *rest in found]), strict=True))

    def rows_between(self, low: int, high: int) -> list[Stored]:
        found = self._run(f"SELECT n, item, {FIELDS} FROM rows WHERE n BETWEEN ? AND ? ORDER BY n", (low, high))
        return [(n, item, tuple(row)) for n, item, *row in found]

    def every_row(self) -> Iterator[Stored]:
        """All versions, item by item, the oldest first."""
        for batch in self._batches(f"SELECT n, item, {FIELDS} FROM rows ORDER BY item, version, n", size=BATCH):
            for n, item, *row in batch:
                yield n, item, tuple(row)

    def versions(self, id: str) -> list[tuple[Row, UsageRow | None]]:
        found = self._run(
            f"SELECT {_ROW}, item, strength, utility, uses, used, usage.checksum FROM rows "
            "LEFT JOIN usage USING(item) WHERE id=? ORDER BY version, n",
            (id,),
        )
        return _with_uses(found)

    def columns(self, after: int) -> Iterator[list[tuple[Any, ...]]]:
        """(checked, *COLUMNS) of rows with n > after; `checked` is False where a flipped bit was noticed."""
        for batch in self._batches(f"SELECT columns, {COLUMNS} FROM rows WHERE n > ? ORDER BY n", (after,), size=BATCH):
            yield [(check(*row) == crc, *row) for crc, *row in batch]

    def first_of(self, ids: Sequence[str]) -> dict[str, int]:
        """id -> n of its first version, for the ids that are there."""
        return dict(self._run(f"SELECT id, min(n) FROM rows WHERE id {_IN} GROUP BY id", (json.dumps(list(ids)),)))

    def ids(self, numbers: Sequence[int]) -> dict[int, str]:
        return dict(self._run(f"SELECT n, id FROM rows WHERE n {_IN}", (json.dumps(list(numbers)),)))

    def by_source(self, sources: Sequence[str]) -> list[tuple[str, str]]:
        """(source, id) of versions that are believed now, in the order of remembering."""
        return [
            (source, id)
            for source, id in self._run(
                f"SELECT source, id FROM rows WHERE source {_IN} AND retired IS NULL ORDER BY n",
                (json.dumps(list(sources)),),
            )
        ]

    def with_source(self, sources: Sequence[str], *, current: bool) -> list[int]:
        """n of the versions that carry one of these sources, in order; `current`: that are believed now."""
        believed = "AND retired IS NULL" if current else ""
        found = self._run(f"SELECT n FROM rows WHERE source {_IN} {believed} ORDER BY n", (json.dumps(list(sources)),))
        return [n for (n,) in found]

    def data_of(self, numbers: Sequence[int]) -> dict[int, str]:
        """n -> `data` as JSON text."""
        return dict(self._run(f"SELECT n, data FROM rows WHERE n {_IN}", (json.dumps(list(numbers)),)))

    def numbers_of(self, items: Iterable[int]) -> list[int]:
        """All versions of items, given by the n of their first ones."""
        return [n for item in items for (n,) in self._run("SELECT n FROM rows WHERE item=? OR n=?", (item, item))]

    def delete_items(self, items: Iterable[int], numbers: Sequence[int]) -> None:
        """Items with all versions, words, vectors, links, uses and evidence."""
        for sql in ("DELETE FROM rows WHERE n=?", "DELETE FROM words WHERE n=?", "DELETE FROM vectors WHERE n=?"):
            self._many((sql, [(n,) for n in numbers]))
        for sql in (
            "DELETE FROM links WHERE src=?1 OR dst=?1",
            "DELETE FROM usage WHERE item=?1",
            "DELETE FROM evidence WHERE item=?1 OR derived=?1",
        ):
            self._many((sql, [(item,) for item in items]))

    # --- words and vectors ---

    def terms(self, after: int) -> Iterator[list[tuple[bool, str, int]]]:
        """(sound, term, code) of terms with code >= after, codes from 0."""
        sql = "SELECT term, code, checksum FROM terms WHERE code > ?"
        for batch in self._batches(sql, (after,), size=BATCH):
            yield [(crc == check(code, term), term, code - 1) for term, code, crc in batch]

    def next_term(self) -> int:
        return int(self._value("SELECT max(code) FROM terms") or 0)

    def delete_terms(self, codes: Iterable[int]) -> None:
        self._many(("DELETE FROM terms WHERE code=?", [(code + 1,) for code in codes]))

    def words(self, after: int) -> Iterator[list[tuple[int, bytes | None, int]]]:
        """(n, words, text flags) of rows with n > after; None in the place of damaged words."""
        found = self._batches("SELECT n, data, flags, checksum FROM words WHERE n > ? ORDER BY n", (after,), size=BATCH)
        for batch in found:
            yield [
                (n, data, flags) if words_check(data, flags) == crc else (n, None, 0) for n, data, flags, crc in batch
            ]

    def words_of(self, numbers: Sequence[int]) -> list[bytes]:
        """The words of some rows: uint32 codes, then uint8 counts."""
        return [data for (data,) in self._run(f"SELECT data FROM words WHERE n {_IN}", (json.dumps(list(numbers)),))]

    def model_code(self, model: str, dim: int) -> int:
        """The code of an embedder, given when it is new."""
        code = self._value("SELECT code FROM models WHERE model=?", (model,))
        if code is None:
            self._run("INSERT INTO models(model, dim) VALUES(?, ?)", (model, dim))
            code = self._value("SELECT code FROM models WHERE model=?", (model,))
        return int(code)

    def current_model(self) -> tuple[int, str, int] | None:
        """(code, name, dimension) of the embedder whose vectors the space uses."""
        code = self.setting("model")
        found = None if code is None else self._first("SELECT code, model, dim FROM models WHERE code=?", (code,))
        return None if found is None else (found[0], found[1], found[2])

    def choose_model(self, code: int) -> None:
        self.set("model", code)

    def has_vectors(self, code: int) -> bool:
        return self._first("SELECT 1 FROM vectors WHERE model=? LIMIT 1", (code,)) is not None

    def drop_other_models(self, code: int) -> None:
        self._run("DELETE FROM vectors WHERE model<>?", (code,))

    def vectors(self, model: int, after: int) -> Iterator[list[tuple[int, bytes | None]]]:
        """(n, scale and codes) of rows with n > after; None in the place of a damaged vector."""
        for batch in self._batches(
            "SELECT n, data, checksum FROM vectors WHERE model=? AND n > ? ORDER BY n", (model, after), size=BATCH
        ):
            yield [(n, data if vector_check(data) == crc else None) for n, data, crc in batch]

    def lacking_vectors(self, model: int, after: int, most: int) -> list[Stored]:
        """Rows with n > after that have no vector of this model."""
        found = self._run(
            f"SELECT n, item, {FIELDS} FROM rows WHERE n NOT IN (SELECT n FROM vectors WHERE model=?) "
            "AND n > ? ORDER BY n LIMIT ?",
            (model, after, most),
        )
        return [(n, item, tuple(row)) for n, item, *row in found]

    # --- links, uses, evidence ---

    def next_link(self) -> int:
        """The key of the next new link."""
        return 1 + int(self._value("SELECT seq FROM sqlite_sequence WHERE name='links'") or 0)

    def copy_links(self, links: Sequence[tuple[int, LinkRow]]) -> None:
        whole = [(*link[:3], float(link[3]), *link[4:]) for _, link in links]
        crcs = zip(links, whole, checks(whole), strict=True)
        self._many((_PUT_LINK, [(k, *link, crc) for (k, _), link, crc in crcs]))

    def retire_links(self, keys: Sequence[int], at: int) -> None:
        for k in keys:
            found = self._first(f"SELECT {LINK} FROM links WHERE k=?", (k,))
            if found is not None:
                link = (*found[:7], at, found[8])
                self._run("UPDATE links SET retired=?, checksum=? WHERE k=?", (at, check(*link), k))

    def same_links(self, ends: Sequence[tuple[int, str, int]]) -> dict[tuple[int, str, int], tuple[int, float]]:
        """(key, weight) of the current links between these (src, rel, dst)."""
        found = self._run_each(SAME_LINK, dict.fromkeys(ends))
        return {end: (rows[0][0], rows[0][1]) for end, rows in found.items() if rows}

    def has_link(self, src: int, rel: str, dst: int, seen: int) -> bool:
        """True when this very link was made at `seen`, ended or not."""
        sql = "SELECT 1 FROM links WHERE src=? AND rel=? AND +dst=? AND seen=?"
        return self._first(sql, (src, rel, dst, seen)) is not None

    def links_of(self, numbers: Sequence[int], sides: Sequence[str]) -> dict[int, LinkRow]:
        """Current links that start (side src) or end (side dst) at these items, by key."""
        each = [f"SELECT k, {LINK}, checksum FROM links WHERE {side} {_IN} AND retired IS NULL" for side in sides]
        wanted = [json.dumps(list(numbers))] * len(sides)
        return dict(_sound_links(self._run(" UNION ALL ".join(each), wanted)))

    def links(self, *, current: bool) -> Iterator[list[tuple[int, LinkRow]]]:
        where = "WHERE retired IS NULL" if current else ""
        for batch in self._batches(f"SELECT k, {LINK}, checksum FROM links {where} ORDER BY k", size=BATCH):
            yield list(_sound_links(batch))

    def links_between(self, low: int, high: int) -> list[tuple[int, LinkRow]]:
        sql = f"SELECT k, {LINK}, checksum FROM links WHERE k BETWEEN ? AND ? ORDER BY k"
        return list(_sound_links(self._run(sql, (low, high))))

    def uses(self) -> Iterator[list[UsageRow]]:
        for batch in self._batches(f"SELECT {USE} FROM usage ORDER BY item", size=BATCH):
            yield [(item, strength, utility, uses, used) for item, strength, utility, uses, used in batch]

    def touch(self, item: int, strength: float | None, utility: float | None, uses: int, used: int | None) -> None:
        """Count uses of an item and set its retention; None leaves a value as it is."""
        was = self._first("SELECT strength, utility, uses, used FROM usage WHERE item=?", (item,))
        before = (1.0, 0.0, 0, None) if was is None else was
        now = (
            item,
            before[0] if strength is None else float(strength),
            before[1] if utility is None else float(utility),
            before[2] + uses,
            before[3] if used is None else used,
        )
        self.write(Writing(uses=[now]))

    def derived_from(self, items: Iterable[int]) -> set[int]:
        return {d for item in items for (d,) in self._run("SELECT derived FROM evidence WHERE item=?", (item,))}

    def rests_on(self, items: Sequence[int]) -> list[tuple[int, int]]:
        sql = "SELECT item, derived FROM evidence WHERE item IN (SELECT value FROM json_each(?)) ORDER BY derived"
        return [(item, derived) for item, derived in self._run(sql, (json.dumps(list(items)),))]

    def sources_of(self, derived: int) -> list[int]:
        return [item for (item,) in self._run("SELECT item FROM evidence WHERE derived=?", (derived,))]

    # --- journal, receipts, queue, marks of erasure, settings ---

    def last(self) -> Entry | None:
        found = self._first("SELECT seq, at, reason, ops, chain FROM journal ORDER BY seq DESC LIMIT 1")
        return None if found is None else _entry(found)

    def journal(self, after: int) -> Iterator[Entry]:
        sql = "SELECT seq, at, reason, ops, chain FROM journal WHERE seq > ? ORDER BY seq"
        for batch in self._batches(sql, (after,), size=BATCH):
            for row in batch:
                yield _entry(row)

    def receipt(self, scope: Scope, key: str) -> tuple[bytes, str] | None:
        found = self._first("SELECT digest, receipt FROM receipts WHERE scope=? AND key=?", (scope_key(scope), key))
        return None if found is None else (_blob(found[0]), found[1])

    def insert_receipt(self, scope: Scope, key: str, digest: bytes, told: str) -> None:
        self._run("INSERT INTO receipts VALUES(?, ?, ?, ?)", (scope_key(scope), key, digest, told))

    def receipts(self) -> list[tuple[str, str, bytes, str]]:
        return [
            (s, k, _blob(d), told) for s, k, d, told in self._run("SELECT scope, key, digest, receipt FROM receipts")
        ]

    def change_receipt(self, scope: str, key: str, digest: bytes, told: str) -> None:
        self._run("UPDATE receipts SET digest=?, receipt=? WHERE scope=? AND key=?", (digest, told, scope, key))

    def jobs(self, state: str | None = None) -> list[Job]:
        found = self._run(
            "SELECT job, stage, scope, low, high, tries, state, error, recipe FROM queue "
            "WHERE ?1 IS NULL OR state=?1 ORDER BY job",
            (state,),
        )
        return [Job(job, stage, scope_of(scope), *rest) for job, stage, scope, *rest in found]

    def advance(self, job: int, low: int | None) -> None:
        """A part of a job is done: it goes on at row n = low, or is complete."""
        if low is None:
            self._run("DELETE FROM queue WHERE job=?", (job,))
        else:
            self._run("UPDATE queue SET low=?, tries=0, error='' WHERE job=?", (low, job))

    def fail(self, job: int, error: str, state: str) -> None:
        self._run("UPDATE queue SET tries=tries+1, error=?, state=? WHERE job=?", (error, state, job))

    def silence_jobs(self) -> None:
        """Drop what models said about failed work: it may quote what is erased."""
        self._run("UPDATE queue SET error='' WHERE error<>''")

    def tombstones(self, scope: Scope, marks: Sequence[bytes]) -> set[bytes]:
        """Which of these marks were buried in this scope; a mark with one flipped bit still counts."""
        key = tombstone_scope(scope)
        found = {
            mark
            for mark in marks
            if self._first("SELECT 1 FROM tombstones WHERE scope=? AND mark=?", (key, mark)) is not None
        }
        if self._rotten is None:
            stones = self._run("SELECT scope, mark, at, checksum FROM tombstones")
            self._rotten = [_blob(mark) for owner, mark, at, crc in stones if check(owner, mark, at) != crc]
        return found | {mark for mark in marks if any(_alike(mark, other) for other in self._rotten)}

    def every_tombstone(self) -> list[tuple[str, bytes, int]]:
        return [(scope, _blob(mark), at) for scope, mark, at in self._run("SELECT scope, mark, at FROM tombstones")]

    def copy_tombstones(self, stones: Iterable[tuple[str, bytes, int]]) -> None:
        sql = "INSERT OR IGNORE INTO tombstones VALUES(?, ?, ?, ?)"
        self._many((sql, [(*one, check(*one)) for one in stones]))

    def setting(self, key: str) -> Any:
        return self._value("SELECT value FROM meta WHERE key=?", (key,))

    def set(self, key: str, value: Any) -> None:
        self._run("INSERT OR REPLACE INTO meta VALUES(?, ?)", (key, value))

    # --- looking after ---

    def problems(self, *, deep: bool) -> Iterator[str]:
        """What SQLite and the tables' own rules say is wrong."""
        return parts.flaws.flaws(self._run, partial(self._batches, size=BATCH), deep=deep)

    def counts(self) -> dict[str, int]:
        return {
            "items": self._value("SELECT count(DISTINCT item) FROM rows"),
            "versions": self._value("SELECT count(*) FROM rows"),
            "links": self._value("SELECT count(*) FROM links WHERE retired IS NULL"),
            "vectors": self._value("SELECT count(*) FROM vectors"),
            "terms": self._value("SELECT count(*) FROM terms"),
            "waiting": self._value("SELECT count(*) FROM queue WHERE state='waiting'"),
            "bytes": self.size(),
        }

    def size(self) -> int:
        """Bytes of the file, its log apart."""
        return int(self._on.pragma("page_count")) * int(self._on.pragma("page_size"))

    def schema(self) -> int:
        return int(self._on.pragma("user_version"))


def _with_uses(rows: Sequence[Sequence[Any]]) -> list[tuple[Row, UsageRow | None]]:
    """Rows apart from the uses of their items; whoever reads the item of a damaged use is told that it is damaged."""
    used = [tuple(row[COUNT : COUNT + 5]) for row in rows if row[COUNT + 1] is not None]
    crc = iter(checks(used)) if used else iter(())
    found: list[tuple[Row, UsageRow | None]] = []
    for row in rows:
        fields, use = tuple(row[:COUNT]), None
        if row[COUNT + 1] is not None:
            use = tuple(row[COUNT : COUNT + 5])
            fields = fields if next(crc) == row[COUNT + 5] else (*fields[:CHECKSUM], b"")
        found.append((fields, use))
    return found


def _sound_links(found: Sequence[Sequence[Any]]) -> Iterator[tuple[int, LinkRow]]:
    for (k, *link, crc), right in zip(found, checks([one[1:-1] for one in found]) if found else (), strict=True):
        if right == crc:
            yield k, tuple(link)


def _blob(value: Any) -> bytes:
    """Stored bytes; IntegrityError for what a flipped bit made something else of."""
    if not isinstance(value, bytes):
        raise IntegrityError("what is stored here is no longer bytes: damaged; run: remanence doctor --deep")
    return value


def _alike(mark: bytes, other: bytes) -> bool:
    """The same but for at most one bit."""
    return (int.from_bytes(mark) ^ int.from_bytes(other)).bit_count() <= 1


def _queued(stage: str, scope: Scope, recipe: str, low: int, high: int) -> list[tuple[str, list[tuple[Any, ...]]]]:
    """Work to come: a longer last job of the same three, or one more."""
    whose = (stage, scope_key(scope), recipe)
    return [(_LENGTHEN, [(high, *whose)]), (_QUEUE, [(*whose, low, high)])]


def _fields(entry: Entry) -> tuple[Any, ...]:
    return entry.seq, entry.at, entry.reason, entry.ops, entry.chain


def _entry(row: Sequence[Any]) -> Entry:
    return Entry(row[0], row[1], row[2], row[3], _blob(row[4]))
