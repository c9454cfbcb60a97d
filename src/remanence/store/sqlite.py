"""The one place that writes: a space in one SQLite file, every change one transaction and one journal row."""

from __future__ import annotations

import json
import os
import secrets
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
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
    StoreError,
    StoreFull,
)
from remanence.store.heap import give_back
from remanence.store.index import Index
from remanence.store.lock import WriterLock
from remanence.store.migrations import migrate
from remanence.store.plan import NO_CODES, NO_TF, Plan, chained, packed
from remanence.store.rows import COUNT, FIELDS, MAX_WORD, unpack
from remanence.store.view import View
from remanence.types import (
    Change,
    Clock,
    Edges,
    Floats,
    Item,
    JournalRow,
    Receipt,
    Rows,
    Scope,
    Where,
    micros,
    moment,
    utc_now,
)

FIXED_SQLITE = (3, 51, 3)
"""Older SQLite can lose committed pages when several processes checkpoint."""

_READ = 4_000
"""Rows that are read at once when a space opens: few, so that opening needs little more than what stays."""

Embed = Callable[[Sequence[str]], Floats]


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
    (a power cut may lose the last commits, never the file). connect: how a connection is made, the seam to
    the file system.
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
        connect: Callable[[str], apsw.Connection] = apsw.Connection,
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
        self._seed, self._open = seed, connect
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
        self._pid = os.getpid()
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
        db: Any = self._open(self.path)
        self.db = db
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
                None if self._seed is None else blake2b(f"remanence:{self._seed}".encode(), digest_size=32).digest()
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
            try:
                with np.errstate(over="raise", invalid="raise"):
                    self._read_terms(0)
                    self._read_rows(0)
                    self._read_words(0)
                    self._read_vectors(0)
            except (ValueError, TypeError, OverflowError, IndexError, FloatingPointError) as error:
                raise IntegrityError(
                    f"{self.path} is damaged: a stored number cannot be read ({error}); go back to a backup"
                ) from error
        self.db.pragma("shrink_memory")
        give_back()
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
        if not self.index.size:
            self.index.reserve(self.db.execute("SELECT count(*) FROM rows").get)
        found = self.db.execute(
            "SELECT n, item, kind, who, at, until, seen, retired, user, agent, session, app, trust, tier "
            "FROM rows WHERE n > ? ORDER BY n",
            (after,),
        )
        for some in _batches(found, _READ):
            self.index.add_rows(some)
        self._next_n = 1 + (self.db.execute("SELECT seq FROM sqlite_sequence WHERE name='rows'").get or 0)

    def _read_words(self, after: int) -> None:
        found = self.db.execute("SELECT n, data, checksum, signs FROM words WHERE n > ? ORDER BY n", (after,))
        rows_of, codes_of, tf_of, counts_of = [], [NO_CODES], [NO_TF], []
        for some in _batches(found, _READ):
            good = [(n, data, bits) for n, data, crc, bits in some if zlib.crc32(data) == crc]
            if len(good) < len(some):
                fine = {n for n, _, _ in good}
                self.damaged.extend(f"words of row {n}" for n, *_ in some if n not in fine)
            rows = self.index.row_of_n([n for n, _, _ in good])
            self.index.signs.now[rows] = [bits for _, _, bits in good]
            rows_of.append(rows)
            counts_of.append(np.array([len(data) // 5 for _, data, _ in good], np.int64))
            codes_of.extend(np.frombuffer(data, np.uint32, len(data) // 5) for _, data, _ in good)
            tf_of.extend(np.frombuffer(data, np.uint8, -1, len(data) // 5 * 4) for _, data, _ in good)
            codes_of, tf_of = [np.concatenate(codes_of)], [np.concatenate(tf_of)]
        if rows_of:
            self._index_words(np.concatenate(rows_of), codes_of[0], tf_of[0], np.concatenate(counts_of))

    def _index_words(self, rows: Rows, codes: NDArray[np.uint32], tf: NDArray[np.uint8], counts: Rows) -> None:
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
        for some in _batches(found, _READ):
            good = [(n, data) for n, data, crc in some if len(data) == size and zlib.crc32(data) == crc]
            if len(good) < len(some):
                fine = {n for n, _ in good}
                self.damaged.extend(f"vector of row {n}" for n, _, _ in some if n not in fine)
            whole = np.frombuffer(b"".join(data for _, data in good), np.uint8).reshape(-1, size)
            scales = whole[:, :4].copy().view(np.float32)[:, 0]
            self.index.set_vectors(self.index.row_of_n([n for n, _ in good]), whole[:, 4:].view(np.int8), scales)

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
        if os.getpid() != self._pid:
            raise StoreError("this Memory was opened before a fork; open the space again in the child process")

    def close(self) -> None:
        """Checkpoint if the writer's place is free, and let go of the file."""
        if not self.open:
            return
        self.open = False
        try:
            with self.lock:
                with suppress(apsw.Error):  # the log stays and is read at the next opening
                    self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
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
        except UnicodeDecodeError as error:
            raise IntegrityError(
                f"{self.path} is damaged: a stored text is not Unicode any more; run: remanence doctor"
            ) from error
        except (apsw.CorruptError, apsw.NotADBError) as error:
            raise IntegrityError(f"{self.path} is damaged or no space: {error}; run: remanence doctor") from error
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

    def ask(self, sql: str, bindings: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Read rows; SQLite's failures come as ours."""
        self._check_open()
        with self._told():
            rows: list[tuple[Any, ...]] = self.db.execute(sql, bindings).fetchall()
        return rows

    def journal(self, after: int = 0) -> Iterator[JournalRow]:
        """Applied changes with `commit` > after, in order."""
        self._check_open()
        for seq, at, reason, ops, chain in self.db.execute(
            "SELECT seq, at, reason, ops, chain FROM journal WHERE seq > ? ORDER BY seq", (after,)
        ):
            when = moment(at)
            assert when is not None
            yield JournalRow(seq, when, reason, tuple(tuple(op) for op in json.loads(ops)), bytes(chain).hex())

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
        digest = blake2b(f"{self.commit + 1}:{self._id_count}".encode(), key=self.secret, digest_size=10).digest()
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
        told: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in json.loads(row[1]).items()
        }
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
        done: tuple[int, int | None] | None = None,
        notes: Mapping[str, Any] | None = None,
    ) -> Receipt:
        """Commit a change whole or not at all, and answer after the full-sync commit.

        embed: texts -> unit rows; when it fails the rows are kept, the work is queued as `embed` and the
        receipt says degraded. jobs: names of stages that must look at the new rows later. done:
        the queue's (job, next low) that this change advances, (job, None) when it completes it.
        notes: further fields of the receipt.
        """
        with self.lock:
            self.refresh()
            if key is not None and (earlier := self.receipt_of(scope, key, digest)) is not None:
                return earlier
            plan = Plan(self, change, scope)
            degraded = list((notes or {}).get("degraded", ()))
            vectors: list[tuple[int, bytes]] = []
            later = list(jobs)
            if plan.texts and embed is not None:
                try:
                    vectors = packed(plan.numbers, embed(plan.texts), self.dim)
                except ModelError as error:
                    degraded.append(f"vectors: {error}")
                    later.append("embed")
            receipt = replace(
                plan.receipt, durability=self.durability, **{**dict(notes or {}), "degraded": tuple(degraded)}
            )
            if plan.empty and done is None:
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
                    self._advance(*done)
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

    def stats(self, scope: Scope) -> dict[str, Any]:
        """Counts that this scope may see, and the size of the file."""
        view = self.view(scope)
        rows, index = view.rows(Where(tiers=(), ended=True)), self.index

        def counted(column: NDArray[Any], names: list[str]) -> dict[str, int]:
            codes, counts = np.unique(column[rows], return_counts=True)
            return {names[c]: int(n) for c, n in zip(codes.tolist(), counts.tolist(), strict=True) if c >= 0}

        pages, size = self.db.pragma("page_count"), self.db.pragma("page_size")
        return {
            "items": len(rows),
            "kinds": counted(index.kind.now, index.kinds.names),
            "tiers": counted(index.tier.now, index.tiers.names),
            "sessions": len(np.unique(index.session.now[rows])),
            "links": len(view.edges().src),
            "commit": self.commit,
            "waiting": sum(job.high - job.low + 1 for job in self.jobs(state="waiting") if scope.sees(job.scope)),
            "failed": sum(1 for job in self.jobs(state="failed") if scope.sees(job.scope)),
            "bytes": int(pages) * int(size),
            "damaged": len(self.damaged),
        }

    # --- the queue of derived work ---

    def jobs(self, *, state: str | None = None) -> list[Job]:
        """Waiting (and failed) derived work, oldest first."""
        self._check_open()
        found = self.db.execute(
            "SELECT job, stage, owner, low, high, tries, state, error FROM queue "
            "WHERE ?1 IS NULL OR state=?1 ORDER BY job",
            (state,),
        )
        return [Job(job, stage, Scope(*json.loads(owner)), *rest) for job, stage, owner, *rest in found]

    def _advance(self, job: int, low: int | None) -> None:
        """A part of a job is done: it goes on at row n = low, or is complete."""
        if low is None:
            self.db.execute("DELETE FROM queue WHERE job=?", (job,))
        else:
            self.db.execute("UPDATE queue SET low=?, tries=0, error='' WHERE job=?", (low, job))

    def fail(self, job: Job, error: str, *, most: int = 3) -> bool:
        """Count a failed try; True when the job was given up (state `failed`)."""
        gone = job.tries + 1 >= most
        with self._told(), self.lock, self._transaction():
            self.db.execute(
                "UPDATE queue SET tries=tries+1, error=?, state=? WHERE job=?",
                (error[:500], "failed" if gone else "waiting", job.job),
            )
        return gone

    def fill_vectors(self, rows: Rows, embed: Embed, *, done: tuple[int, int | None] | None = None) -> int:
        """Give vectors to rows that have none; returns how many."""
        with self.lock:
            self.refresh()
            missing = rows[(self.index.scale.now[rows] == 0) & ~self.index.gone.now[rows]]
            items = self.fetch(missing) if len(missing) else []
            numbers = [int(n) for n in self.index.n.now[missing]]
            vectors = packed(numbers, embed([item.key for item in items]), self.dim) if items else []
            with self._told(), self._transaction():
                self.insert_vectors(self._model_code, vectors)
                if done is not None:
                    self._advance(*done)
                state = self.write_journal(self.now(), "vectors", [["vectors", len(vectors)]])
            self.committed(state)
            self.index_vectors(vectors)
            return len(vectors)

    def insert_vectors(self, model: int, vectors: Sequence[tuple[int, bytes]]) -> None:
        """Inside a transaction: store vectors with their checksums."""
        self.db.executemany(
            "INSERT OR REPLACE INTO vectors VALUES(?, ?, ?, ?)",
            ((model, n, data, zlib.crc32(data)) for n, data in vectors),
        )

    def index_vectors(self, vectors: Sequence[tuple[int, bytes]]) -> None:
        """After the commit: show vectors to the index."""
        if vectors:
            whole = np.frombuffer(b"".join(data for _, data in vectors), np.uint8).reshape(len(vectors), -1)
            self.index.set_vectors(
                self.index.row_of_n([n for n, _ in vectors]),
                whole[:, 4:].view(np.int8),
                whole[:, :4].copy().view(np.float32)[:, 0],
            )

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
                    for (s,) in self.db.execute("SELECT source FROM rows WHERE n=? AND source IS NOT NULL", (n,))
                ]
                now = self.now()
                self.db.executemany("INSERT OR IGNORE INTO erased VALUES(?, ?)", [(self.mark(s), now) for s in sources])
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
                degraded=("erase: a reader holds the log; its bytes go at the next checkpoint",) if pending else (),
                durability=self.durability,
            )

    def _item_of(self, id: str) -> int:
        return int(self.db.execute("SELECT item FROM rows WHERE id=? LIMIT 1", (id,)).get)

    def _resting_on(self, items: set[int]) -> set[int]:
        """What was derived from these items and goes with them.

        A derived text may quote any of its sources, so one erased source takes it along. A name (kind `entity`)
        stays while an item that stays mentions it.
        """
        gone, frontier = set(items), set(items)
        while frontier:
            derived = {
                d for item in frontier for (d,) in self.db.execute("SELECT derived FROM evidence WHERE item=?", (item,))
            } - gone
            frontier = {d for d in derived if not self._mentioned(d, gone | derived)}
            gone |= frontier
        return gone - items

    def _mentioned(self, item: int, gone: set[int]) -> bool:
        if self.db.execute("SELECT kind FROM rows WHERE n=?", (item,)).get != "entity":
            return False
        return any(
            src not in gone
            for (src,) in self.db.execute(
                "SELECT src FROM links WHERE dst=? AND rel='mentions' AND retired IS NULL", (item,)
            )
        )

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


_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


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
