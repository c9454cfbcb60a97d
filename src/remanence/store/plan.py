"""What one change comes down to: computed before the transaction, written inside it, remembered after it."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import apsw
import numpy as np
from numpy.typing import NDArray

from remanence.errors import Conflict, InvalidInput, ModelError, NotFound, ScopeError
from remanence.language.text_flags import text_flags
from remanence.store.index import quantised
from remanence.store.rows import COUNT, FIELDS, TEXT, Row, pack, retired_at
from remanence.store.view import View
from remanence.store.words import terms
from remanence.types import Change, Floats, Item, Link, Receipt, Scope, Update, Where, micros

if TYPE_CHECKING:
    from remanence.store.sqlite import Store

_ANY = Where(tiers=(), ended=True)
SAME_LINK = "SELECT k, weight FROM links WHERE src=? AND rel=? AND +dst=? AND retired IS NULL"
"""Found by where it starts: thousands of links may lead to one well-known name."""
_NEW_FIELDS = {
    "text", "kind", "who", "at", "until", "source", "trust", "salience", "tier", "data", "evidence", "session",
}  # fmt: skip


class Plan:
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

    @property
    def empty(self) -> bool:
        """True when there is nothing to write."""
        return not (self.ops or self.links or self.unlinked or self.touched)

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
            raise InvalidInput(f"cannot update {', '.join(sorted(unknown))}; fields: {', '.join(sorted(_NEW_FIELDS))}")
        if self._weaker(update.id, update.by, "update"):
            return 0, 0
        if update.id in self._item and update.id not in self._current:
            raise InvalidInput(f"item {update.id!r} is put by this very change; put it as it should be")
        row, item = self._load(update.id)
        if update.if_version is not None and update.if_version != item.version:
            raise Conflict(f"item {update.id!r} is at version {item.version}, not {update.if_version}; read it again")
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
            raise InvalidInput("trust only goes down; a person may raise it with Memory.update(id, trust=...)")
        n, number = self._number(), self._item_number(update.id)
        fresh = replace(changed, version=item.version + 1)
        old_n = int(self.store.index.n.now[row]) if row >= 0 else self._new_number[update.id]
        self._close(old_n, item)
        if fresh.evidence != item.evidence:
            self.evidence.extend((self._item_number(e.id), number) for e in fresh.evidence if e not in item.evidence)
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
            same = self.store.db.execute(SAME_LINK, (src, link.rel, dst)).fetchone()
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
        self.unlinked.extend(k for k, _ in self.store.db.execute(SAME_LINK, (src, link.rel, dst)))

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
        store.insert_vectors(store._model_code, vectors)
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
            db.execute("INSERT INTO queue(stage, owner, low, high) VALUES(?, ?, ?, ?)", (stage, owner, low, high))

    def _write_words(self) -> None:
        """Index terms of the new rows; terms that are new get the next codes."""
        store = self.store
        known, base = store._term_codes, store._next_term
        self.new_terms: dict[str, int] = {}
        blobs: list[tuple[int, bytes, int, int]] = []
        codes_of: list[NDArray[np.uint32]] = []
        counts_of: list[NDArray[np.uint8]] = []
        self.word_counts: list[int] = []
        for n, text, row in zip(self.numbers, self.texts, self.rows, strict=True):
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
            blobs.append((n, data, zlib.crc32(data), text_flags(row[TEXT])))
            codes_of.append(codes)
            counts_of.append(counts)
            self.word_counts.append(len(counted))
        store.db.executemany(
            "INSERT INTO terms(code, term) VALUES(?, ?)", ((c + 1, t) for t, c in self.new_terms.items())
        )
        store.db.executemany("INSERT INTO words VALUES(?, ?, ?, ?)", blobs)
        self.signs = [blob[3] for blob in blobs]
        self.word_codes = np.concatenate(codes_of or [NO_CODES])
        self.word_tf = np.concatenate(counts_of or [NO_TF])

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
            index.signs.now[rows] = self.signs
        store.index_vectors(vectors)
        if self.closed:
            index.close(index.row_of_n(list(self.closed)), np.full(len(self.closed), self.at, np.int64))
        store._next_n += len(self.rows)
        store.committed(self._state)


_DEFAULT = Scope()
NO_CODES = np.zeros(0, np.uint32)
NO_TF = np.zeros(0, np.uint8)


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


def packed(numbers: Sequence[int], vectors: Floats, dim: int) -> list[tuple[int, bytes]]:
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
