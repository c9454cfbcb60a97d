"""The one place that writes: a space in one SQLite file, every change one transaction and one journal row."""

from __future__ import annotations

import json
import secrets
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

import apsw
import numpy as np
from numpy.typing import NDArray

from remanence.errors import (
    Conflict,
    IntegrityError,
    InvalidInput,
    Locked,
    MigrationError,
    ModelError,
    ModelMismatch,
    NotFound,
    ScopeError,
    StoreError,
    StoreFull,
)
from remanence.store.index import Index, quantised
from remanence.store.lock import WriterLock
from remanence.store.migrations import migrate
from remanence.store.rows import COUNT, FIELDS, MAX_WORD, Row, pack, retired_at, unpack
from remanence.store.view import View
from remanence.store.words import terms
from remanence.types import (
    Change,
    Clock,
    Edges,
    Floats,
    Item,
    JournalRow,
    Link,
    Receipt,
    Rows,
    Scope,
    Update,
    Where,
    micros,
    moment,
    utc_now,
)

FIXED_SQLITE = (3, 51, 3)
"""Older SQLite can lose committed pages when several processes checkpoint."""

Embed = Callable[[Sequence[str]], Floats]
_ANY = Where(tiers=(), ended=True)
_NEW_FIELDS = {
    "text",
    "kind",
    "who",
    "at",
    "until",
    "source",
    "trust",
    "salience",
    "tier",
    "data",
    "evidence",
    "session",
}


@dataclass(frozen=True, slots=True)
class Job:
    """Derived work that waits in the queue: a stage, whose items, and the rows n in [low, high]."""

    job: int
    stage: str
    scope: Scope
    low: int
    high: int
    tries: int
    state: str
    error: str


class Store:
    """A space file. `path` is a file name, or ":memory:".

    model, dim: the embedder's fingerprint; `ModelMismatch` when the space holds another's vectors.
    seed: makes ids a function of the seed and the commit number. durability: "full", or "relaxed"
    (a power cut may lose the last commits, never the file).
    """

    def __init__(
        self,
        path: str | Path,
        *,
        model: str,
        dim: int,
        clock: Clock = utc_now,
        seed: int | None = None,
        durability: str = "full",
        timeout: float = 30.0,
        any_model: bool = False,
    ) -> None:
        if durability not in ("full", "relaxed"):
            raise InvalidInput(f"durability is 'full' or 'relaxed', not {durability!r}")
        if tuple(map(int, apsw.sqlite_lib_version().split("."))) < FIXED_SQLITE:
            raise StoreError(
                f"SQLite {apsw.sqlite_lib_version()} can lose committed pages; upgrade with: pip install -U apsw"
            )
        self.path = str(path)
        self.memory = self.path == ":memory:"
        self.clock, self.durability = clock, durability
        self.model, self.dim = model, dim
        self._seed = seed
        if not self.memory:
            where = Path(self.path)
            if where.is_dir():
                raise StoreError(f"{where} is a folder; name a file, such as {where / 'memory.db'}")
            if not where.absolute().parent.is_dir():
                raise StoreError(f"there is no folder {where.absolute().parent}; create it, then try again")
        try:
            self.lock = WriterLock(None if self.memory else Path(self.path + "-lock"), timeout)
        except OSError as error:
            raise StoreError(f"cannot write beside {self.path}: {error.strerror}") from None
        self.open = True
        self._suspect = False
        try:
            with self._told(), self.lock:
                self._connect(any_model)
        except BaseException:
            self.open = False
            self.lock.close()
            raise

    # --- opening and closing ---

    def _connect(self, any_model: bool = False) -> None:
        db = self.db = apsw.Connection(self.path)
        try:
            db.set_busy_timeout(5_000)
            db.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
            db.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
            db.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
            db.pragma("cell_size_check", True)
            migrate_first = db.pragma("user_version")
            if db.pragma("journal_mode") != "wal" and not (migrate_first and self.memory):
                if migrate_first == 0 and db.execute("SELECT count(*) FROM sqlite_master").get:
                    raise MigrationError("this SQLite file is not a Remanence space; choose another path")
                db.pragma("journal_mode", "wal")
            db.pragma("synchronous", "full" if self.durability == "full" else "normal")
            db.pragma("secure_delete", True)
            db.pragma("cache_size", -16_000)
            migrate(db)
            self.secret = self._secret()
            self._choose_model(any_model)
        except BaseException:
            db.close()
            raise
        self._load()

    def _secret(self) -> bytes:
        found = self.db.execute("SELECT value FROM meta WHERE key='secret'").get
        if found is None:
            seeded = (
                None
                if self._seed is None
                else blake2b(f"remanence:{self._seed}".encode(), digest_size=32).digest()
            )
            found = seeded or secrets.token_bytes(32)
            self.db.execute("INSERT INTO meta VALUES('secret', ?)", (found,))
        return bytes(found)

    def _choose_model(self, any_model: bool) -> None:
        self._model_code = self._code_of_model(self.model, self.dim)
        current = self.db.execute("SELECT value FROM meta WHERE key='model'").get
        if current is None:
            self.db.execute("INSERT INTO meta VALUES('model', ?)", (self._model_code,))
        elif current != self._model_code:
            theirs, dim = self.db.execute("SELECT model, dim FROM models WHERE code=?", (current,)).fetchone()
            used = self.db.execute("SELECT 1 FROM vectors WHERE model=? LIMIT 1", (current,)).get
            if not used:
                self.db.execute("UPDATE meta SET value=? WHERE key='model'", (self._model_code,))
            elif any_model:
                self.model, self.dim, self._model_code = theirs, dim, current
            else:
                raise ModelMismatch(
                    f"this space holds vectors of {theirs}, not of {self.model}; open it with that embedder, "
                    "or rebuild them with: remanence reembed --embedder NAME"
                )

    def _code_of_model(self, model: str, dim: int) -> int:
        code = self.db.execute("SELECT code FROM models WHERE model=?", (model,)).get
        if code is None:
            self.db.execute("INSERT INTO models(model, dim) VALUES(?, ?)", (model, dim))
            code = self.db.last_insert_rowid()
        return int(code)

    def _load(self) -> None:
        """Build the index from the tables, in one read transaction."""
        self.index = Index(self.dim)
        self.damaged: list[str] = []
        with self._snapshot():
            self._version = self.db.pragma("data_version")
            self.commit, self._last_at, self._chain = 0, 0, b""
            last = self.db.execute("SELECT seq, at, chain FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
            if last is not None:
                self.commit, self._last_at, self._chain = last
            self._term_codes: dict[str, int] = {}
            self._read_terms(0)
            self._read_rows(0)
            self._read_words(0)
            self._read_vectors(0)
        self._id_commit, self._id_count = -1, 0
        self._links: tuple[int, Edges] | None = None

    @contextmanager
    def _snapshot(self) -> Iterator[None]:
        self.db.execute("BEGIN")
        try:
            yield
        finally:
            self.db.execute("COMMIT")

    def _read_terms(self, after: int) -> None:
        for term, code in self.db.execute("SELECT term, code FROM terms WHERE code > ?", (after,)):
            self._term_codes[term] = code - 1
        self._next_term = max(len(self._term_codes), self.db.execute("SELECT max(code) FROM terms").get or 0)

    def _read_rows(self, after: int) -> None:
        found = self.db.execute(
            "SELECT n, item, kind, who, at, until, seen, retired, user, agent, session, app, trust, tier "
            "FROM rows WHERE n > ? ORDER BY n",
            (after,),
        )
        for some in _batches(found, 50_000):
            self.index.add_rows(some)
        self._next_n = 1 + (self.db.execute("SELECT seq FROM sqlite_sequence WHERE name='rows'").get or 0)

    def _read_words(self, after: int) -> None:
        found = self.db.execute("SELECT n, data, checksum FROM words WHERE n > ? ORDER BY n", (after,))
        for some in _batches(found, 20_000):
            good = [(n, data) for n, data, crc in some if zlib.crc32(data) == crc]
            self.damaged.extend(f"words of row {n}" for n, data, crc in some if zlib.crc32(data) != crc)
            rows = self.index.row_of_n([n for n, _ in good])
            counts = np.array([len(data) // 5 for _, data in good], np.int64)
            codes = np.concatenate(
                [np.frombuffer(data, np.uint32, len(data) // 5) for _, data in good] or [_NO_CODES]
            )
            tf = np.concatenate(
                [np.frombuffer(data, np.uint8, -1, len(data) // 5 * 4) for _, data in good] or [_NO_TF]
            )
            self._index_words(rows, codes, tf, counts)

    def _index_words(
        self, rows: Rows, codes: NDArray[np.uint32], tf: NDArray[np.uint8], counts: Rows
    ) -> None:
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
        sums = np.concatenate([np.zeros(1, np.int64), np.cumsum(tf, dtype=np.int64)])
        lengths = (sums[starts[1:]] - sums[starts[:-1]]).astype(np.int32)
        self.index.add_words(rows, codes, tf, lengths, counts)

    def _read_vectors(self, after: int) -> None:
        found = self.db.execute(
            "SELECT n, data, checksum FROM vectors WHERE model = ? AND n > ? ORDER BY n",
            (self._model_code, after),
        )
        size = self.dim + 4
        for some in _batches(found, 20_000):
            good = [(n, data) for n, data, crc in some if len(data) == size and zlib.crc32(data) == crc]
            if len(good) < len(some):
                fine = {n for n, _ in good}
                self.damaged.extend(f"vector of row {n}" for n, _, _ in some if n not in fine)
            whole = np.frombuffer(b"".join(data for _, data in good), np.uint8).reshape(-1, size)
            scales = whole[:, :4].copy().view(np.float32)[:, 0]
            self.index.set_vectors(
                self.index.row_of_n([n for n, _ in good]), whole[:, 4:].view(np.int8), scales
            )

    def refresh(self) -> None:
        """Catch up with what other processes committed."""
        self._check_open()
        if self._suspect:
            self._reopen()
        version = self.db.pragma("data_version")
        if version == self._version:
            return
        with self._told(), self._snapshot():
            self._version = self.db.pragma("data_version")
            news = self.db.execute(
                "SELECT seq, at, ops, chain FROM journal WHERE seq > ? ORDER BY seq", (self.commit,)
            ).fetchall()
            if not news:
                return
            ops = [op for _, _, text, _ in news for op in json.loads(text)]
            if any(op[0] in ("erase", "vectors") for op in ops):
                reload = True
            else:
                reload = False
                last_n = int(self.index.n.now[-1]) if self.index.size else 0
                self._read_terms(self._next_term)
                self._read_rows(last_n)
                self._read_words(last_n)
                self._read_vectors(last_n)
                closed = [(op[1], op[-1]) for op in ops if op[0] == "close"]
                if closed:
                    rows = self.index.row_of_n([n for n, _ in closed])
                    self.index.close(rows, np.array([when for _, when in closed], np.int64))
                self.commit, self._last_at, self._chain = news[-1][0], news[-1][1], news[-1][3]
        if reload:
            self._load()

    def _reopen(self) -> None:
        """After a failed write nothing that was cached is believed: connect and read again."""
        self.db.close()
        self._suspect = False
        with self.lock:
            self._connect()

    def _check_open(self) -> None:
        if not self.open:
            raise StoreError("this space is closed; open it again with Memory(path)")

    def close(self) -> None:
        """Checkpoint if the writer's place is free, and let go of the file."""
        if not self.open:
            return
        self.open = False
        try:
            with self.lock:
                try:
                    self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                except apsw.Error:
                    pass  # the log stays and is read at the next opening; nothing is lost
                self.db.close()
        except Locked:
            self.db.close()
        finally:
            self.lock.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say SQLite's failures in our own words."""
        try:
            yield
        except apsw.FullError as error:
            self._suspect = True
            raise StoreFull(f"no space left for {self.path}: free some, then try again ({error})") from error
        except (apsw.BusyError, apsw.LockedError) as error:
            raise Locked(f"{self.path} is busy: {error}") from error
        except (apsw.CorruptError, apsw.NotADBError) as error:
            raise IntegrityError(
                f"{self.path} is damaged or no space: {error}; run: remanence doctor"
            ) from error
        except (apsw.ReadOnlyError, apsw.CantOpenError) as error:
            raise StoreError(f"{self.path} cannot be written or opened here: {error}") from error
        except apsw.IOError as error:
            self._suspect = True
            raise StoreError(
                f"the device failed under {self.path}: {error}; the change may not have happened"
            ) from error
        except apsw.Error as error:
            raise StoreError(f"{self.path}: {type(error).__name__}: {error}") from error

    # --- reading ---

    def view(self, scope: Scope) -> View:
        """The read side, through one scope, caught up with every commit so far."""
        self.refresh()
        return View(self, scope)

    def fetch(self, rows: Rows) -> list[Item]:
        """Items of index rows, in that order; `IntegrityError` when one is damaged."""
        numbers = [int(n) for n in self.index.n.now[rows]]
        with self._told():
            found = {
                n: rest
                for n, *rest in self.db.execute(
                    f"SELECT n, {FIELDS}, strength, utility, uses, used FROM rows LEFT JOIN usage USING(item) "
                    "WHERE n IN (SELECT value FROM json_each(?))",
                    (json.dumps(numbers),),
                )
            }
        try:
            return [unpack(tuple(found[n][:COUNT]), *found[n][COUNT:]) for n in numbers]
        except KeyError:
            raise NotFound("an item was erased while it was being read; ask again") from None
        except IntegrityError:
            for row, n in zip(rows.tolist(), numbers, strict=True):
                try:
                    unpack(tuple(found[n][:COUNT]))
                except IntegrityError as error:
                    self.damaged.append(str(error))
                    self.index.gone.now[row] = True
                    self.index.changed += 1
            raise

    def journal(self, after: int = 0) -> Iterator[JournalRow]:
        """Applied changes with `commit` > after, in order."""
        self._check_open()
        for seq, at, reason, ops, chain in self.db.execute(
            "SELECT seq, at, reason, ops, chain FROM journal WHERE seq > ? ORDER BY seq", (after,)
        ):
            when = moment(at)
            assert when is not None
            yield JournalRow(
                seq, when, reason, tuple(tuple(op) for op in json.loads(ops)), bytes(chain).hex()
            )

    def link_table(self) -> Edges:
        """All current links as arrays over the n of first versions; read once per commit."""
        if self._links is None or self._links[0] != self.commit:
            found = self.db.execute(
                "SELECT src, dst, weight, rel FROM links WHERE retired IS NULL ORDER BY k"
            ).fetchall()
            names: dict[str, int] = {}
            rel = np.array([names.setdefault(row[3], len(names)) for row in found], np.int16)
            table = Edges(
                np.array([row[0] for row in found], np.int64),
                np.array([row[1] for row in found], np.int64),
                np.array([row[2] for row in found], np.float32),
                rel,
                tuple(names),
            )
            self._links = (self.commit, table)
        return self._links[1]

    def codes_of(self, words: Sequence[str]) -> list[int]:
        """Index codes of terms, -1 for unknown ones."""
        known = self._term_codes
        return [known.get(word, -1) for word in words]

    # --- writing ---

    def new_id(self) -> str:
        """An id that is unique in the space; call it while holding the lock."""
        if self._id_commit != self.commit:
            self._id_commit, self._id_count = self.commit, 0
        self._id_count += 1
        digest = blake2b(
            f"{self.commit + 1}:{self._id_count}".encode(), key=self.secret, digest_size=10
        ).digest()
        return _base32(int.from_bytes(digest), 16)

    def now(self) -> int:
        """The clock in microseconds, never behind an earlier commit."""
        now = micros(self.clock())
        assert now is not None
        return max(now, self._last_at)

    def owner(self, scope: Scope) -> str:
        """One word for a scope, as the queue and the receipts keep it."""
        return json.dumps([scope.user, scope.agent, scope.session, scope.app])

    def receipt_of(self, scope: Scope, key: str, digest: bytes) -> Receipt | None:
        """The receipt of an earlier call with this idempotency key; `Conflict` when its content was another."""
        if not key or len(key) > MAX_WORD:
            raise InvalidInput(f"an idempotency key has 1 to {MAX_WORD} characters")
        row = self.db.execute(
            "SELECT digest, receipt FROM receipts WHERE owner=? AND key=?", (self.owner(scope), key)
        ).fetchone()
        if row is None:
            return None
        if bytes(row[0]) != digest:
            raise Conflict(f"idempotency key {key!r} was used with other content; choose a new key")
        told = {name: tuple(v) if isinstance(v, list) else v for name, v in json.loads(row[1]).items()}
        return Receipt(**{**told, "replayed": True})

    def apply(
        self,
        change: Change,
        *,
        scope: Scope,
        embed: Embed | None = None,
        key: str | None = None,
        digest: bytes = b"",
        jobs: Sequence[str] = (),
        done: int | None = None,
        notes: Mapping[str, Any] | None = None,
    ) -> Receipt:
        """Commit a change whole or not at all, and answer after the full-sync commit.

        embed: texts -> unit rows; when it fails the rows are kept, the work is queued as `embed` and the
        receipt says degraded. jobs: names of stages that must look at the new rows later. done: the
        queue's job that this change completes. notes: further fields of the receipt.
        """
        with self.lock:
            self.refresh()
            if key is not None and (earlier := self.receipt_of(scope, key, digest)) is not None:
                return earlier
            plan = _Plan(self, change, scope)
            degraded = list((notes or {}).get("degraded", ()))
            vectors: list[tuple[int, bytes]] = []
            later = list(jobs)
            if plan.texts and embed is not None:
                try:
                    vectors = _packed(plan.numbers, embed(plan.texts), self.dim)
                except ModelError as error:
                    degraded.append(f"vectors: {error}")
                    later.append("embed")
            receipt = replace(
                plan.receipt, durability=self.durability, **{**dict(notes or {}), "degraded": tuple(degraded)}
            )
            if not plan.ops and not done:
                return replace(receipt, commit=self.commit)
            receipt = replace(receipt, commit=self.commit + 1)
            with self._told(), self._transaction():
                plan.write(vectors, later, change.reason)
                if key is not None:
                    told = {k: v for k, v in asdict(receipt).items() if k != "replayed"}
                    self.db.execute(
                        "INSERT INTO receipts VALUES(?, ?, ?, ?)",
                        (self.owner(scope), key, digest, json.dumps(told)),
                    )
                if done is not None:
                    self.db.execute("DELETE FROM queue WHERE job=?", (done,))
            plan.remember(vectors)
            return receipt

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """All or nothing; the caller holds the lock."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.db.execute("COMMIT")
        except BaseException:
            self._id_commit = -1
            if self.db.in_transaction:
                try:
                    self.db.execute("ROLLBACK")
                except apsw.Error:
                    self._suspect = True
            raise
        finally:
            self._version = self.db.pragma("data_version") if not self._suspect else -1

    def write_journal(self, at: int, reason: str, ops: Sequence[Sequence[Any]]) -> tuple[int, int, bytes]:
        """Append one row inside the open transaction; returns what `self` becomes after the commit."""
        seq, text = self.commit + 1, json.dumps(ops, separators=(",", ":"), ensure_ascii=False)
        chain = chained(self._chain, seq, at, reason, text)
        self.db.execute("INSERT INTO journal VALUES(?, ?, ?, ?, ?)", (seq, at, reason, text, chain))
        return seq, at, chain

    def committed(self, state: tuple[int, int, bytes]) -> None:
        self.commit, self._last_at, self._chain = state

    # --- the queue of derived work ---

    def jobs(self, *, state: str | None = None) -> list[Job]:
        """Waiting (and failed) derived work, oldest first."""
        self._check_open()
        found = self.db.execute(
            "SELECT job, stage, owner, low, high, tries, state, error FROM queue WHERE ?1 IS NULL OR state=?1 ORDER BY job",
            (state,),
        )
        return [Job(job, stage, Scope(*json.loads(owner)), *rest) for job, stage, owner, *rest in found]

    def shorten(self, job: Job, low: int) -> None:
        """A part of a job is done: it goes on at row n = low."""
        with self._told(), self.lock, self._transaction():
            self.db.execute("UPDATE queue SET low=?, tries=0, error='' WHERE job=?", (low, job.job))

    def fail(self, job: Job, error: str, *, most: int = 3) -> bool:
        """Count a failed try; True when the job was given up (state `failed`)."""
        gone = job.tries + 1 >= most
        with self._told(), self.lock, self._transaction():
            self.db.execute(
                "UPDATE queue SET tries=tries+1, error=?, state=? WHERE job=?",
                (error[:500], "failed" if gone else "waiting", job.job),
            )
        return gone

    def drop_job(self, job: int) -> None:
        with self._told(), self.lock, self._transaction():
            self.db.execute("DELETE FROM queue WHERE job=?", (job,))

    # --- erasing ---

    def mark(self, source: str) -> bytes:
        """A keyed hash of a source: tells whether it was erased without telling what it was."""
        return blake2b(source.encode(), key=self.secret, digest_size=16).digest()

    def was_erased(self, sources: Sequence[str]) -> set[str]:
        """Which of these sources were erased before."""
        marks = {self.mark(source): source for source in sources}
        if not marks or not self.db.execute("SELECT 1 FROM erased LIMIT 1").get:
            return set()
        return {s for m, s in marks.items() if self.db.execute("SELECT 1 FROM erased WHERE mark=?", (m,)).get}

    def erase(self, ids: Sequence[str], *, scope: Scope, reason: str = "erase") -> Receipt:
        """Delete items with all versions, vectors, words, links and what rests on them alone, bytes included."""
        with self.lock:
            view = self.view(scope)
            for id in ids:
                view.get(id)
            items = {self._item_of(id) for id in ids}
            asked = set(items)
            items |= self._resting_on(items)
            with self._told(), self._transaction():
                numbers = [
                    n
                    for item in sorted(items)
                    for (n,) in self.db.execute("SELECT n FROM rows WHERE item=? OR n=?", (item, item))
                ]
                sources = [
                    s
                    for n in numbers
                    for (s,) in self.db.execute(
                        "SELECT source FROM rows WHERE n=? AND source IS NOT NULL", (n,)
                    )
                ]
                now = self.now()
                self.db.executemany(
                    "INSERT OR IGNORE INTO erased VALUES(?, ?)", [(self.mark(s), now) for s in sources]
                )
                codes = self._codes_in(numbers)
                for sql in (
                    "DELETE FROM rows WHERE n=?",
                    "DELETE FROM words WHERE n=?",
                    "DELETE FROM vectors WHERE n=?",
                ):
                    self.db.executemany(sql, [(n,) for n in numbers])
                for sql in (
                    "DELETE FROM links WHERE src=?1 OR dst=?1",
                    "DELETE FROM usage WHERE item=?1",
                    "DELETE FROM evidence WHERE item=?1 OR derived=?1",
                ):
                    self.db.executemany(sql, [(item,) for item in items])
                self._forget_terms(codes)
                state = self.write_journal(now, reason, [["erase", numbers]])
            self.committed(state)
            self.index.drop(self.index.row_of_n(numbers))
            pending = self._truncate_log()
            return Receipt(
                commit=self.commit,
                ids=tuple(ids),
                erased=len(items),
                notes=(f"{len(items) - len(asked)} derived items went with them",) if items - asked else (),
                degraded=("erase: a reader holds the log; its bytes go at the next checkpoint",)
                if pending
                else (),
                durability=self.durability,
            )

    def _item_of(self, id: str) -> int:
        return int(self.db.execute("SELECT item FROM rows WHERE id=? LIMIT 1", (id,)).get)

    def _resting_on(self, items: set[int]) -> set[int]:
        """Derived items, all of whose evidence goes away."""
        gone, frontier = set(items), set(items)
        while frontier:
            derived = {
                d
                for item in frontier
                for (d,) in self.db.execute("SELECT derived FROM evidence WHERE item=?", (item,))
            } - gone
            # A derived text may quote any of its sources, so one erased source takes it along;
            # the next sleep derives it again from those that are left.
            frontier = derived
            gone |= derived
        return gone - items

    def _codes_in(self, numbers: Sequence[int]) -> set[int]:
        found: set[int] = set()
        for n in numbers:
            data = self.db.execute("SELECT data FROM words WHERE n=?", (n,)).get
            if data is not None:
                found.update(np.frombuffer(data, np.uint32, len(data) // 5).tolist())
        return found

    def _forget_terms(self, codes: set[int]) -> None:
        """Terms that no other row holds leave the vocabulary too."""
        names = {code: term for term, code in self._term_codes.items() if code in codes}
        for code, term in names.items():
            rows, _ = self.index.postings.of(code)
            alive = [int(n) for n in self.index.n.now[rows[~self.index.gone.now[rows]]]]
            if not any(self.db.execute("SELECT 1 FROM rows WHERE n=?", (n,)).get for n in alive):
                self.db.execute("DELETE FROM terms WHERE code=?", (code + 1,))
                del self._term_codes[term]

    def _truncate_log(self) -> bool:
        """Empty the write-ahead log; True when a reader keeps it from being emptied."""
        if self.memory:
            return False
        with self._told():
            busy, _, _ = self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return bool(busy)


class _Plan:
    """What one change comes down to: new rows, closed rows, links and uses; computed before the transaction."""

    def __init__(self, store: Store, change: Change, scope: Scope) -> None:
        self.store, self.scope = store, scope
        self.at = store.now()
        self.ops: list[list[Any]] = []
        self.rows: list[Row] = []
        self.numbers: list[int] = []
        self.items: list[int] = []
        self.texts: list[str] = []
        self.closed: dict[int, tuple[int | None, bytes]] = {}
        self.kept_vectors: list[tuple[int, int]] = []
        self.usage: list[tuple[int, float, float, int, int | None]] = []
        self.touched: list[list[Any]] = []
        self.evidence: list[tuple[int, int]] = []
        self.links: list[tuple[Any, ...]] = []
        self.unlinked: list[int] = []
        self._item: dict[str, int] = {}
        self._trust: dict[str, float] = {}
        self._current: dict[str, tuple[int, Item]] = {}
        self._view = View(store, scope)
        self._new_number: dict[str, int] = {}
        self._refused: list[str] = []
        self._new_links: list[Link] = list(change.links)
        first = store._next_n
        for item in change.puts:
            self._put(item)
        superseded = 0
        updated = 0
        for update in change.updates:
            done, ended = self._update(update)
            updated += done
            superseded += ended
        retired = sum(self._retire(r.id, r.by, r.reason, r.stage) for r in change.retires)
        for link in change.unlinks:
            self._unlink(link)
        for link in self._new_links:
            self._link(link)
        for touch in change.touches:
            self._touch(touch.id, touch.strength, touch.utility, touch.uses, micros(touch.used), touch.stage)
        if change.puts:
            self.ops.insert(0, ["put", first, first + len(change.puts) - 1])
        self.receipt = Receipt(
            ids=tuple(row[0] for row in self.rows[: len(change.puts)]),
            put=len(change.puts),
            updated=updated - superseded,
            superseded=superseded,
            retired=retired,
            linked=len(self.links),
            touched=len(self.touched),
            refused=tuple(self._refused),
            notes=change.notes,
        )

    # --- planning ---

    def _number(self) -> int:
        return self.store._next_n + len(self.rows)

    def _put(self, item: Item) -> None:
        store = self.store
        if not item.id:
            item = replace(item, id=store.new_id())
        if item.scope == _DEFAULT and self.scope != _DEFAULT:
            item = replace(item, scope=self.scope)
        if not self.scope.sees(item.scope):
            raise ScopeError(f"an item for {item.scope} cannot be put through a handle for {self.scope}")
        if item.id in self._item or store.db.execute("SELECT 1 FROM rows WHERE id=? LIMIT 1", (item.id,)).get:
            raise Conflict(f"there is an item with id {item.id!r} already; leave the id out, or update it")
        n = self._number()
        trust = item.trust
        for evidence in item.evidence:
            trust = min(trust, self._trust_of(evidence.id))
            self.evidence.append((self._item_number(evidence.id), n))
        if trust != item.trust:
            item = replace(item, trust=trust)
        self._item[item.id] = n
        self._trust[item.id] = trust
        self._add(n, n, item)
        if item.strength != 1.0 or item.utility or item.uses:
            self.usage.append((n, item.strength, item.utility, item.uses, micros(item.used)))

    def _add(self, n: int, item_number: int, item: Item) -> None:
        self.rows.append(pack(item, seen=self.at))
        self.items.append(item_number)
        self.numbers.append(n)
        self.texts.append(item.key)

    def _item_number(self, id: str) -> int:
        number = self._item.get(id)
        if number is None:
            current = self._load(id)
            number = self._item[id] = int(self.store.index.n.now[self.store.index.first.now[current[0]]])
        return number

    def _load(self, id: str) -> tuple[int, Item]:
        """(row, item) of the current version in this scope."""
        known = self._current.get(id)
        if known is None:
            row = int(self._view.rows_of([id], _ANY)[0])
            if row < 0:
                raise NotFound(f"no item {id!r} in this scope")
            known = self._current[id] = (row, self.store.fetch(np.array([row]))[0])
        return known

    def _trust_of(self, id: str) -> float:
        known = self._trust.get(id)
        return self._load(id)[1].trust if known is None else known

    def _weaker(self, id: str, by: str | None, what: str) -> bool:
        """A weaker source cannot silence a stronger one: it is refused, and both are kept side by side."""
        if by is None or self._trust_of(by) >= self._trust_of(id) - 1e-9:
            return False
        self._refused.append(f"{what} of {id} by {by}: the source is less trusted")
        self._new_links.append(Link(by, "contradicts", id, reason="less trusted source"))
        return True

    def _update(self, update: Update) -> tuple[int, int]:
        unknown = set(update.fields) - _NEW_FIELDS - {"strength", "utility"}
        if unknown:
            raise InvalidInput(
                f"cannot update {', '.join(sorted(unknown))}; fields: {', '.join(sorted(_NEW_FIELDS))}"
            )
        if self._weaker(update.id, update.by, "update"):
            return 0, 0
        if update.id in self._item and update.id not in self._current:
            raise InvalidInput(f"item {update.id!r} is put by this very change; put it as it should be")
        row, item = self._load(update.id)
        if update.if_version is not None and update.if_version != item.version:
            raise Conflict(
                f"item {update.id!r} is at version {item.version}, not {update.if_version}; read it again"
            )
        fields = dict(update.fields)
        if "data" in fields:
            merged = {**item.data, **fields["data"]}
            fields["data"] = {name: value for name, value in merged.items() if value is not None}
        if "session" in fields:
            fields["scope"] = replace(item.scope, session=fields.pop("session"))
        strength, utility = fields.pop("strength", None), fields.pop("utility", None)
        if strength is not None or utility is not None:
            self._touch(update.id, strength, utility, 0, None, update.stage)
        changed = replace(item, **fields)
        if changed == item:
            return 0, 0
        if changed.trust > item.trust and update.by is not None:
            raise InvalidInput(
                "trust only goes down; a person may raise it with Memory.update(id, trust=...)"
            )
        n, number = self._number(), self._item_number(update.id)
        fresh = replace(changed, version=item.version + 1)
        old_n = int(self.store.index.n.now[row]) if row >= 0 else self._new_number[update.id]
        self._close(old_n, item)
        if fresh.evidence != item.evidence:
            self.evidence.extend(
                (self._item_number(e.id), number) for e in fresh.evidence if e not in item.evidence
            )
        self.ops.append(["version", n, old_n, update.reason, update.stage, update.by])
        self._add(n, number, fresh)
        self._new_number[update.id] = n
        self._current[update.id] = (-1, fresh)
        return 1, int("until" in fields and fields["until"] is not None and item.until is None)

    def _close(self, n: int, item: Item) -> None:
        """Close a version: a stored one in its row, one of this very change in the row to come."""
        position = n - self.store._next_n
        if position >= 0:
            row = self.rows[position]
            when, checksum = retired_at(row, self.at)
            self.rows[position] = (*row[:8], when, *row[9:19], checksum)
        else:
            row = tuple(self.store.db.execute(f"SELECT {FIELDS} FROM rows WHERE n=?", (n,)).fetchone() or ())
            self.closed[n] = retired_at(row, self.at)
            self.ops.append(["close", n, self.at])

    def _retire(self, id: str, by: str | None, reason: str, stage: str) -> int:
        if self._weaker(id, by, "retirement"):
            return 0
        row, item = self._load(id)
        if row < 0:
            raise InvalidInput(f"item {id!r} is updated and retired by one change; do one of them")
        n = int(self.store.index.n.now[row])
        if n in self.closed:
            return 0
        self._close(n, item)
        self.ops.append(["retire", n, reason, stage, by])
        return 1

    def _link(self, link: Link) -> None:
        if not link.rel or len(link.rel) > 64:
            raise InvalidInput(f"a link needs a relation of 1 to 64 characters, not {link.rel!r}")
        if not abs(link.weight) < 1e300:
            raise InvalidInput(f"a link's weight is a finite number, not {link.weight!r}")
        src, dst = self._item_number(link.src), self._item_number(link.dst)
        if src < self.store._next_n and dst < self.store._next_n:
            same = self.store.db.execute(
                "SELECT k, weight FROM links WHERE src=? AND rel=? AND dst=? AND retired IS NULL",
                (src, link.rel, dst),
            ).fetchone()
            if same is not None:
                if abs(same[1] - link.weight) < 1e-12:
                    return
                self.unlinked.append(same[0])
        self.links.append(
            (
                src,
                link.rel,
                dst,
                float(link.weight),
                micros(link.at),
                micros(link.until),
                self.at,
                None,
                link.reason,
            )
        )

    def _unlink(self, link: Link) -> None:
        src, dst = self._item_number(link.src), self._item_number(link.dst)
        found = self.store.db.execute(
            "SELECT k FROM links WHERE src=? AND rel=? AND dst=? AND retired IS NULL", (src, link.rel, dst)
        )
        self.unlinked.extend(k for (k,) in found)

    def _touch(
        self, id: str, strength: float | None, utility: float | None, uses: int, used: int | None, stage: str
    ) -> None:
        number = self._item_number(id)
        if used is None and uses:
            used = self.at
        self.touched.append([number, strength, utility, uses, used, stage])

    # --- writing ---

    def write(self, vectors: Sequence[tuple[int, bytes]], jobs: Sequence[str], reason: str) -> None:
        store, db = self.store, self.store.db
        marks = ",".join("?" * (COUNT + 2))
        db.executemany(
            f"INSERT INTO rows(n, item, {FIELDS}) VALUES({marks})",
            ((n, item, *row) for n, item, row in zip(self.numbers, self.items, self.rows, strict=True)),
        )
        db.executemany(
            "UPDATE rows SET retired=?, checksum=? WHERE n=?",
            [(when, crc, n) for n, (when, crc) in self.closed.items()],
        )
        self._write_words()
        db.executemany(
            "INSERT INTO vectors VALUES(?, ?, ?, ?)",
            ((store._model_code, n, data, zlib.crc32(data)) for n, data in vectors),
        )
        db.executemany("INSERT OR IGNORE INTO evidence VALUES(?, ?)", self.evidence)
        db.executemany("INSERT INTO usage VALUES(?, ?, ?, ?, ?)", self.usage)
        for number, strength, utility, uses, used, _ in self.touched:
            touch_usage(db, number, strength, utility, uses, used)
        if self.touched:
            self.ops.extend(["touch", *touch] for touch in self.touched)
        if self.unlinked:
            db.executemany("UPDATE links SET retired=? WHERE k=?", [(self.at, k) for k in self.unlinked])
            self.ops.append(["unlink", self.unlinked, self.at])
        if self.links:
            low = 1 + (db.execute("SELECT seq FROM sqlite_sequence WHERE name='links'").get or 0)
            db.executemany(
                "INSERT INTO links(src, rel, dst, weight, at, until, seen, retired, reason) VALUES(?,?,?,?,?,?,?,?,?)",
                self.links,
            )
            self.ops.append(["link", low, low + len(self.links) - 1])
        if self.numbers:
            owner = store.owner(self.scope)
            for stage in jobs:
                self._queue(stage, owner)
        self._state = store.write_journal(self.at, reason, self.ops)

    def _queue(self, stage: str, owner: str) -> None:
        """One more job, or a longer last one when it joins on."""
        db, low, high = self.store.db, self.numbers[0], self.numbers[-1]
        last = db.execute(
            "SELECT job, high FROM queue WHERE stage=? AND owner=? AND state='waiting' ORDER BY job DESC LIMIT 1",
            (stage, owner),
        ).fetchone()
        if last is not None:
            db.execute("UPDATE queue SET high=? WHERE job=?", (high, last[0]))
        else:
            db.execute(
                "INSERT INTO queue(stage, owner, low, high) VALUES(?, ?, ?, ?)", (stage, owner, low, high)
            )

    def _write_words(self) -> None:
        """Index terms of the new rows; terms that are new get the next codes."""
        store = self.store
        known, base = store._term_codes, store._next_term
        self.new_terms: dict[str, int] = {}
        blobs: list[tuple[int, bytes, int]] = []
        codes_of: list[NDArray[np.uint32]] = []
        counts_of: list[NDArray[np.uint8]] = []
        self.word_counts: list[int] = []
        for n, text in zip(self.numbers, self.texts, strict=True):
            counted: dict[int, int] = {}
            for term in terms(text):
                code = known.get(term)
                if code is None:
                    code = self.new_terms.get(term)
                    if code is None:
                        code = self.new_terms[term] = base + len(self.new_terms)
                counted[code] = counted.get(code, 0) + 1
            codes = np.fromiter(counted, np.uint32, len(counted))
            counts = np.minimum(np.fromiter(counted.values(), np.int64, len(counted)), 255).astype(np.uint8)
            data = codes.tobytes() + counts.tobytes()
            blobs.append((n, data, zlib.crc32(data)))
            codes_of.append(codes)
            counts_of.append(counts)
            self.word_counts.append(len(counted))
        store.db.executemany(
            "INSERT INTO terms(code, term) VALUES(?, ?)", ((c + 1, t) for t, c in self.new_terms.items())
        )
        store.db.executemany("INSERT INTO words VALUES(?, ?, ?)", blobs)
        self.word_codes = np.concatenate(codes_of or [_NO_CODES])
        self.word_tf = np.concatenate(counts_of or [_NO_TF])

    def remember(self, vectors: Sequence[tuple[int, bytes]]) -> None:
        """After the commit: bring the index in memory up to it."""
        store, index = self.store, self.store.index
        start = index.size
        index.add_rows(
            [
                (n, item, r[2], r[4], r[5], r[6], r[7], r[8], r[10], r[11], r[12], r[13], r[14], r[16])
                for n, item, r in zip(self.numbers, self.items, self.rows, strict=True)
            ]
        )
        rows = np.arange(start, start + len(self.rows))
        store._term_codes.update(self.new_terms)
        store._next_term += len(self.new_terms)
        if len(rows):
            store._index_words(rows, self.word_codes, self.word_tf, np.array(self.word_counts, np.int64))
        if vectors:
            whole = np.frombuffer(b"".join(data for _, data in vectors), np.uint8).reshape(len(vectors), -1)
            index.set_vectors(
                index.row_of_n([n for n, _ in vectors]),
                whole[:, 4:].view(np.int8),
                whole[:, :4].copy().view(np.float32)[:, 0],
            )
        if self.closed:
            index.close(index.row_of_n(list(self.closed)), np.full(len(self.closed), self.at, np.int64))
        store._next_n += len(self.rows)
        store.committed(self._state)


_DEFAULT = Scope()
_NO_CODES = np.zeros(0, np.uint32)
_NO_TF = np.zeros(0, np.uint8)
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def touch_usage(
    db: apsw.Connection, item: int, strength: float | None, utility: float | None, uses: int, used: int | None
) -> None:
    """Count uses of an item and set its retention, in place."""
    db.execute(
        "INSERT INTO usage VALUES(?1, coalesce(?2, 1.0), coalesce(?3, 0.0), ?4, ?5) ON CONFLICT(item) DO UPDATE SET "
        "strength=coalesce(?2, strength), utility=coalesce(?3, utility), uses=uses+?4, used=coalesce(?5, used)",
        (item, strength, utility, uses, used),
    )


def chained(before: bytes, seq: int, at: int, reason: str, ops: str) -> bytes:
    """The journal's hash chain: 16 bytes over the row and the row before it."""
    return blake2b(before + f"{seq}|{at}|{reason}|{ops}".encode(), digest_size=16).digest()


def _packed(numbers: Sequence[int], vectors: Floats, dim: int) -> list[tuple[int, bytes]]:
    """Vectors as stored: float32 scale, then int8 codes; rows without a direction are left out."""
    if vectors.shape != (len(numbers), dim):
        raise InvalidInput(f"the embedder gave {vectors.shape}, expected {(len(numbers), dim)}")
    if not np.isfinite(vectors).all():
        raise ModelError("the embedder gave numbers that are not finite")
    codes, scales = quantised(vectors)
    return [
        (n, scale.tobytes() + code.tobytes())
        for n, code, scale in zip(numbers, codes, scales, strict=True)
        if scale > 0
    ]


def _base32(value: int, digits: int) -> str:
    return "".join(_ALPHABET[(value >> (5 * i)) & 31] for i in reversed(range(digits)))


def _batches(found: Iterable[Any], size: int) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for row in found:
        batch.append(row)
        if len(batch) >= size:
            yield batch
            batch = []
    if batch:
        yield batch
