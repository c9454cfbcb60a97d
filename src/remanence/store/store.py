"""A space: a database door, an index in memory, and the one way to change them, `Store.apply`."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from remanence import store as parts
from remanence.errors import (
    Conflict,
    IntegrityError,
    InvalidInput,
    Locked,
    ModelError,
    ModelMismatch,
    Moved,
    RemanenceError,
    StoreError,
)
from remanence.store import cache, chain, ledger, peek
from remanence.store.catch_up import come_up, current_links, operations, rewritten, take_news
from remanence.store.connection import Access, Connection, version_gate
from remanence.store.door import Along, Door, Entry, Job, Later, Work, Writing
from remanence.store.heap import give_back
from remanence.store.ids import Ids
from remanence.store.lock import FORKED, WriterLock
from remanence.store.rows import MAX_WORD, keyed
from remanence.store.secret import keep, secret_of
from remanence.store.tables import Tables
from remanence.store.vectors import Packed, mismatch, packed
from remanence.store.view import View, of_scope
from remanence.store.words import Words, worded
from remanence.types import (
    Change,
    Clock,
    Edges,
    Floats,
    JournalRow,
    Receipt,
    Rows,
    Scope,
    micros,
    moment,
    utc_now,
)

Embed = Callable[[Sequence[str]], Floats]
_ALONE = Along()
_NONE: Mapping[str, Floats] = MappingProxyType({})
_ACCESS = Access()


class Store:
    """A space file. `path` is a file name, or ":memory:".

    model, dim: the embedder's fingerprint; `ModelMismatch` when the space holds another's vectors. Left out, it is
    whichever embedder the space was made with. seed: makes ids a function of the seed and the commit number.
    access: how the file is opened, how long another writer is waited for, and how hard a commit is held to the disk.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        model: str = "",
        dim: int = 0,
        clock: Clock = utc_now,
        seed: int | None = None,
        access: Access = _ACCESS,
    ) -> None:
        version_gate()
        self.path = str(path)
        self.memory = self.path == ":memory:"
        self.clock, self.access = clock, access
        self.model, self.dim = model, dim
        self._seed, self._open = seed, access.connect
        self.next_row = 1
        """n of the next stored version."""
        self.cache = cache.CacheFile(None if self.memory else cache.path_of(self.path))
        self.damaged: list[str] = []
        """What was met damaged and is left out."""
        self.new_ids = Ids(self)
        """So many ids that are unique in the space; called while holding the lock."""
        self._links: tuple[int, Edges] | None = None
        self._was = peek.NEW if self.memory else peek.refuse_foreign(Path(self.path))
        self.lock = WriterLock(None if self.memory else Path(self.path + "-lock"), access.timeout)
        self.open = True
        self.pid = os.getpid()
        self._suspect = self._torn = self._said_damage = False
        self.warnings: list[str] = []
        """What was found wrong when this handle opened the space: its log, its secret."""
        with ExitStack() as undo:
            undo.callback(self._give_up)
            with self.lock:
                if not self.memory:
                    self.warnings += peek.kept_if_damaged(Path(self.path))
                self._connect()
            undo.pop_all()

    # --- opening and closing ---

    def _connect(self) -> None:
        """Open the door and read the index; on failure this handle keeps what it had."""
        connection = Connection(self.path, replace(self.access, connect=self._open), on_fault=self._fault)
        with ExitStack() as undo:
            undo.callback(self._fault)
            undo.callback(connection.drop)
            door: Door = Tables(connection)
            with door.transaction():
                secret = secret_of(door, self._seed, self.warnings.append)
                self._choose_model(door)
            self._suspect = False
            self.door, self.secret, self.file = door, secret, connection.db.filename
            self._load(keep=True)
            self._compare()
            if door.setting("scrub"):
                self.scrub()
            undo.pop_all()

    def _compare(self) -> None:
        """Say what was acknowledged here and is gone; the lock is held."""
        self._space = bytes.fromhex(cache.space_id(self.secret))
        last = self._space, self.commit, self._chain
        missing = chain.missing(last, self.lock, self.door, self.path, self._was)
        settled = self.memory or (self.door.setting(ledger.LENGTH) or 0) == ledger.length(self.path)
        if (missing or not settled) and (self.lock.kept() or last)[0] == self._space:
            missing += parts.erasing.list_settled(self, lost=bool(missing))
        self._was = peek.USED
        self.warnings += missing
        self.damaged[:0] = missing
        self.lock.keep(self._space, self.commit, self._chain)

    def _give_up(self) -> None:
        self.open = False
        self.lock.close()

    def _fault(self) -> None:
        """A write may have half happened: nothing that is cached is believed until the next connection."""
        self._suspect = True

    def _choose_model(self, door: Door) -> None:
        current = door.current_model()
        if not self.model:
            if current is None:
                raise InvalidInput(f"{self.path} is new: say which embedder it is made with (model, dim)")
            _, self.model, self.dim = current
        mine = door.model_code(self.model, self.dim)
        if current is None or (current[0] != mine and not door.has_vectors(current[0])):
            door.choose_model(mine)
        elif current[1:] != (self.model, self.dim):
            raise ModelMismatch(mismatch(current[1], self.model))

    def _load(self, *, keep: bool = False) -> None:
        """Bring the index up, in one read transaction. keep: the lock is held, a cache may be written."""
        self._torn = True
        self.damaged.clear()
        with self.door.snapshot():
            self._version = self.door.version()
            current = self.door.current_model()
            if current is None:
                raise IntegrityError(f"{self.path} is damaged: its embedder cannot be read; go back to a backup")
            self.current_model = current
            with self._named():
                self.index, last, self.cache.written = come_up(
                    self.door, self.cache, cache.space_id(self.secret), current, self.damaged.append
                )
            self.commit, self._last_at, self._chain = (0, 0, b"") if last is None else (last.seq, last.at, last.chain)
            self.next_row = self.door.next_row()
        self.new_ids.again()
        self._links, self._torn = None, False
        if not self.cache.written:
            self.door.shrink()
            if keep:
                self.index = self.cache.kept(self.index, self.stand())
            give_back()
        self.damaged[:0] = self.warnings

    def stand(self) -> cache.Stand | None:
        """What the index is of; None when it is not to be kept."""
        if self._suspect or self._torn or self.damaged:
            return None
        id = cache.space_id(self.secret)
        return cache.Stand(id, self.commit, self._last_at, self._chain.hex(), *self.current_model[1:])

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Say of damage which file it is in."""
        try:
            yield
        except IntegrityError as error:
            raise IntegrityError(f"{self.path} is damaged: {error}") from error

    def refresh(self) -> None:
        """Catch up with what other processes committed."""
        self.check_open()
        if self._suspect:
            self._reopen()
        if self._torn:
            self._load()
        if self.door.version() == self._version:
            return
        with self._unbroken(), self.door.snapshot():
            version = self.door.version()
            news = list(self.door.journal(self.commit))
            ops = operations(news)
            whole = self.door.current_model() != self.current_model or rewritten(ops)
            if news and not whole:
                with self._named():
                    take_news(self.door, self.index, self.current_model[0], ops, self.damaged.append)
                self.next_row = self.door.next_row()
                self.commit, self._last_at, self._chain = news[-1].seq, news[-1].at, news[-1].chain
            if not whole:
                self._version = version
        if whole:
            self._load()

    @contextmanager
    def _unbroken(self) -> Iterator[None]:
        """While the index is brought up to a commit: broken off in the middle (Ctrl-C), it is read anew before use."""
        broken = True
        try:
            yield
            broken = False
        except RemanenceError:
            broken = False
            raise
        finally:
            self._torn = self._torn or broken

    @contextmanager
    def writing(self) -> Iterator[None]:
        """The writer's place, from before a change is committed until the index shows it."""
        with self.lock, self._unbroken():
            yield

    def _reopen(self) -> None:
        """After a failed write nothing that was cached is believed: connect and read again."""
        with self.lock:
            with suppress(RemanenceError):
                self.door.close()
            self._connect()

    def check_open(self) -> None:
        """`StoreError` when the space is closed, or was opened before a fork."""
        if not self.open:
            raise StoreError("this space is closed; open it again with Memory(path)")
        if os.getpid() != self.pid:
            raise StoreError(FORKED)

    def close(self) -> None:
        """Checkpoint if the writer's place is free, and let go of the file."""
        if not self.open:
            return
        try:
            with self.lock:
                self._save_if_due()
                self.open = False
                with suppress(StoreError):  # the log stays and is read at the next opening
                    self.door.checkpoint()
                with suppress(StoreError):
                    self.door.close()
        except Locked:
            with suppress(StoreError):
                self.door.close()
        finally:
            self.open = False
            self.lock.close()

    def _save_if_due(self) -> None:
        if os.getpid() == self.pid and not self._torn and self.cache.due(self.index):
            with suppress(RemanenceError):
                self.refresh()
                self.cache.save(self.index, self.stand(), newer=True)

    # --- reading ---

    def view(self, scope: Scope) -> View:
        """The read side, through one scope, caught up with every commit so far."""
        self.refresh()
        return View(self, scope)

    @property
    def stale(self) -> str:
        """Why this handle's embedder does not fit the space; empty when it does."""
        _, model, dim = self.current_model
        return "" if (model, dim) == (self.model, self.dim) else mismatch(model, self.model)

    def journal(self, after: int = 0) -> Iterator[JournalRow]:
        """Applied changes with `commit` > after, in order."""
        self.check_open()
        for entry in self.door.journal(after):
            when = moment(entry.at)
            assert when is not None
            ops = tuple(tuple(op) for op in json.loads(entry.ops))
            yield JournalRow(entry.seq, when, entry.reason, ops, entry.chain.hex())

    def link_table(self) -> Edges:
        """All current links as arrays over the n of first versions; read once per commit."""
        if self._links is None or self._links[0] != self.commit:
            self._links = (self.commit, current_links(self.door))
        return self._links[1]

    def stats(self, scope: Scope) -> dict[str, Any]:
        """Counts that this scope may see, and the size of the file."""
        return parts.counted.counted(self, scope)

    # --- writing ---

    def now(self) -> int:
        """The clock in microseconds, never behind an earlier commit."""
        now = micros(self.clock())
        assert now is not None
        return max(now, self._last_at)

    def receipt_of(self, scope: Scope, key: str, digest: bytes) -> Receipt | None:
        """The receipt of an earlier call with this idempotency key; `Conflict` when its content was another."""
        if not key or len(key) > MAX_WORD:
            raise InvalidInput(f"an idempotency key has 1 to {MAX_WORD} characters")
        self.check_open()
        known = self.door.receipt(scope, key)
        if known is None:
            return None
        if known[0] and known[0] != keyed(self.secret, digest):
            raise Conflict(f"idempotency key {key!r} was used with other content; choose a new key")
        told: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in json.loads(known[1]).items()
        }
        return Receipt(**{**told, "replayed": True})

    def apply(
        self,
        change: Change,
        *,
        scope: Scope,
        embed: Embed | None = None,
        vectors: Mapping[str, Floats] = _NONE,
        along: Along = _ALONE,
        seen: int | None = None,
    ) -> Receipt:
        """Commit a change whole or not at all, and answer after the full-sync commit.

        embed: texts -> unit rows; when it fails the rows are kept, the work is queued as `embed` and the
        receipt says degraded. vectors: unit rows of texts that are known already.
        seen: the commit that the change was made on; `Moved` when there is a later one.
        """
        with self.writing():
            self.refresh()
            if seen is not None and seen != self.commit:
                raise Moved(f"{self.path} stands at commit {self.commit}, not {seen}; look again")
            key, done, notes = along.key, along.done, along.notes
            if key is not None and (earlier := self.receipt_of(scope, key, along.digest)) is not None:
                return earlier
            plan = parts.plan.planned(change, scope, self._lookups(scope))
            packs, degraded = self._embedded(plan, embed, vectors)
            further = dict(notes)
            further["degraded"] = (*further.get("degraded", ()), *degraded, *self._unsaid())
            further["refused"] = (*further.get("refused", ()), *plan.receipt.refused)
            receipt = replace(plan.receipt, durability=self.access.durability, **further)
            if plan.empty and done is None and not any(isinstance(job, Later) for job in along.jobs):
                return replace(receipt, commit=self.commit)
            receipt = replace(receipt, commit=self.commit + 1)
            words = worded(
                list(zip(plan.numbers, plan.items, strict=True)), self.index.terms, self.index.next_term, plan.keys
            )
            claims = packs is not None and bool(self.stale)
            model = self.door.model_code(self.model, self.dim) if claims else self.current_model[0]
            told = {name: value for name, value in asdict(receipt).items() if name != "replayed"} if key else {}
            entry, what = self._writing(plan, words, packs, change.reason)
            what = replace(
                what,
                model=model,
                claims=claims,
                work=_work(plan, scope, along, owed=packs is None),
                receipt=(scope, key, keyed(self.secret, along.digest), json.dumps(told)) if key else None,
                done=done,
            )
            with self._forgiven():
                self.door.commit(what)
            if claims:
                self._claimed(model)
            self._show(plan, words, packs)
            self._committed(entry)
            return receipt

    def _lookups(self, scope: Scope) -> parts.plan.Lookups:
        """What a plan may ask of this space as it stands, with its lock held."""
        current = partial(parts.lookups.current, self, scope)
        door = self.door
        return parts.plan.Lookups(self.now(), self.next_row, self.new_ids, door.first_of, current, door.same_links)

    def _embedded(
        self, plan: parts.plan.Plan, embed: Embed | None, known: Mapping[str, Floats]
    ) -> tuple[Packed | None, list[str]]:
        """The vectors of new rows, and why there are none."""
        if not plan.rows or embed is None:
            return None, []
        if self.stale and self.door.has_vectors(self.current_model[0]):
            return None, [f"vectors: {self.stale}"]
        try:
            made = [known[key] for key in plan.keys] if known.keys() >= set(plan.keys) else embed(plan.keys)
            return packed(plan.numbers, np.asarray(made), self.dim), []
        except ModelError as error:
            return None, [f"vectors: {error}"]

    def _writing(
        self, plan: parts.plan.Plan, words: Words, vectors: Packed | None, reason: str
    ) -> tuple[Entry, Writing]:
        """The journal's entry of a plan, and what it comes to in the tables with that."""
        ops = [*plan.ops, *(["touch", *use, ""] for use in plan.uses), *(["touch", *touch] for touch in plan.touches)]
        if plan.unlinks:
            ops.append(["unlink", list(plan.unlinks), plan.at])
        low = self.door.next_link() if plan.links else 0
        if plan.links:
            ops.append(["link", low, low + len(plan.links) - 1])
        entry = self._entry(plan.at, reason, ops)
        return entry, Writing(
            rows=plan.rows,
            closes=plan.closes,
            terms=words.new_terms,
            words=words.rows,
            vectors=vectors.stored if vectors is not None else (),
            evidence=plan.evidence,
            uses=plan.uses,
            touches=[touch[:5] for touch in plan.touches],
            unlinks=plan.unlinks,
            links=list(enumerate(plan.links, low)),
            entry=entry,
        )

    def claim_model(self) -> None:
        """Inside a transaction: the first vectors of a space decide which embedder is its own."""
        if self.stale:
            code = self.door.model_code(self.model, self.dim)
            self.door.choose_model(code)
            self._claimed(code)

    def _claimed(self, code: int) -> None:
        self.current_model = code, self.model, self.dim
        self.index.forget_vectors(self.dim)

    def _show(self, plan: parts.plan.Plan, words: Words, vectors: Packed | None) -> None:
        """After the commit: bring the index in memory up to it."""
        index = self.index
        if plan.rows:
            index.show(plan.columns, words, vectors)
        if plan.closes:
            rows = index.row_of_n([n for n, _, _ in plan.closes])
            index.close(rows, np.full(len(rows), plan.at, np.int64))
        self.next_row += len(plan.rows)

    @contextmanager
    def _forgiven(self) -> Iterator[None]:
        """A commit that failed leaves no id given and nothing cached believed."""
        try:
            yield
        except BaseException:
            self.new_ids.again()
            self._version = -1
            raise

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """All or nothing; the caller holds the lock."""
        with self._forgiven(), self.door.transaction():
            yield

    def _entry(self, at: int, reason: str, ops: Sequence[Sequence[Any]]) -> Entry:
        """The journal's next row."""
        text = json.dumps(ops, separators=(",", ":"), ensure_ascii=False)
        seq = self.commit + 1
        return Entry(seq, at, reason, text, chain.chained(self._chain, seq, at, reason, text))

    def _committed(self, entry: Entry) -> None:
        self.commit, self._last_at, self._chain = entry.seq, entry.at, entry.chain
        self.lock.acknowledged = self._space, entry.seq, entry.chain

    @contextmanager
    def committing(self, reason: str, ops: list[Any], at: int | None = None) -> Iterator[None]:
        """A transaction with its journal row, for upkeep: `ops` may grow until the block ends."""
        with self.writing():
            with self._transaction():
                yield
                entry = self._entry(self.now() if at is None else at, reason, ops)
                self.door.write(Writing(entry=entry))
            self._committed(entry)

    # --- the queue of derived work ---

    def jobs(self, *, state: str | None = None, scope: Scope | None = None, recipe: str | None = None) -> list[Job]:
        """Waiting (and failed) derived work, oldest first: of one scope and one recipe, where they are given.

        Work of no recipe (vectors that an embedder owes, work from an earlier version) is everyone's.
        """
        self.check_open()
        return [
            job
            for job in self.door.jobs(state)
            if (scope is None or scope.sees(job.scope)) and (recipe is None or job.recipe in ("", recipe))
        ]

    def batch(self, job: Job, low: int, most: int) -> tuple[Rows, int | None]:
        """At most `most` rows of the job's scope from n = low on, closed versions too, and the n to go on at."""
        index = self.index
        start, stop = (int(place) for place in np.searchsorted(index.n.now, [low, job.high + 1]))
        rows = start + np.flatnonzero(of_scope(index, job.scope)[start:stop])
        return rows[:most], int(index.n.now[rows[most]]) if len(rows) > most else None

    def waiting(self, scope: Scope, recipe: str | None = None) -> int:
        """How many rows of this scope wait for derived work."""
        self.refresh()
        return sum(
            len(self.batch(job, job.low, job.high - job.low + 1)[0])
            for job in self.jobs(state="waiting", scope=scope, recipe=recipe)
        )

    def fail(self, job: Job, error: str, *, most: int = 3, seen: int | None = None) -> bool:
        """Count a failed try of work begun at a commit; True when the job was given up (state `failed`)."""
        gone = job.tries + 1 >= most
        with self.lock, self._transaction():
            said = parts.erasing.still_said(self.door, error[:500], seen)
            self.door.fail(job.job, said, "failed" if gone else "waiting")
        return gone

    def fill_vectors(self, rows: Rows, embed: Embed, *, done: tuple[int, int | None] | None = None) -> int:
        """Give vectors to rows that have none; returns how many. `ModelMismatch` when this handle's are no use."""
        with self.writing():
            self.refresh()
            return parts.lacking.fill(self, rows, embed, done)

    def lacking_vectors(self, scope: Scope | None = None) -> Rows:
        """Rows (of one scope) without a vector of the space's embedder for which no work waits."""
        self.refresh()
        return parts.lacking.rows(self, scope)

    # --- for upkeep ---

    def reload(self) -> None:
        """Read everything again after upkeep changed it; the caller holds the lock."""
        self._load(keep=True)

    def take_secret(self, secret: bytes) -> None:
        """A replayed space gives the ids and knows the marks of erasure of the one that it was made from."""
        with self._transaction():
            keep(self.door, secret)
        self.secret = secret

    # --- erasing ---

    def tombstones(self, sources: Sequence[str], scope: Scope) -> set[str]:
        """Which of these sources were erased before in this scope."""
        self.check_open()
        marks = {parts.erasing.source_mark(self.secret, source): source for source in sources}
        return {marks[mark] for mark in self.door.tombstones(scope, list(marks))}

    def erase(
        self,
        ids: Sequence[str],
        *,
        scope: Scope,
        reason: str = "erase",
        stale: Mapping[str, Collection[int]] | None = None,
    ) -> Receipt:
        """Delete items with all versions, vectors, words, links and what rests on them alone, bytes included.

        stale: id -> earlier versions of items that stay, which go too.
        """
        with self.writing():
            return parts.erasing.erase(self, ids, scope, reason, stale or {})

    def scrub(self) -> tuple[str, ...]:
        """Take erased bytes out of the file and its log; why some are still there. Holds the writer's lock.

        SQLite zeroes what it deletes, but leaves old bytes in the gaps of pages that it rebalanced: the file is
        written anew. What could not be done now is done at the next opening or erase.
        """
        return parts.erasing.scrub(self)

    def _unsaid(self) -> list[str]:
        """Damage that the caller has not been told of yet."""
        said, self._said_damage = self._said_damage, True
        return [] if said else self.warnings


def _work(plan: parts.plan.Plan, scope: Scope, along: Along, *, owed: bool) -> list[Work]:
    """What waits because of a plan: looks at its new rows, vectors that are owed, and work on rows that are there."""
    work: list[Work] = []
    if plan.rows:
        new = plan.numbers[0], plan.numbers[-1]
        work += [(job, scope, along.recipe, *new) for job in along.jobs if isinstance(job, str)]
        work += [("embed", scope, "", *new)] if owed else []
    return work + [(job.stage, scope, along.recipe, job.low, job.high) for job in along.jobs if isinstance(job, Later)]
