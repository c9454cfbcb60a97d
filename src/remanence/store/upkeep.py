"""Looking after a space: check, back up, export and import, rebuild vectors, replay the journal."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

import apsw
import numpy as np

from remanence.errors import IngestError, IntegrityError, InvalidInput, RemanenceError, StoreError
from remanence.language.dates import parse_when
from remanence.language.text_flags import text_flags
from remanence.store.plan import chained, packed, touch_usage
from remanence.store.rows import COUNT, FIELDS, checksum, pack, sound, unpack
from remanence.store.sqlite import Store
from remanence.store.words import terms
from remanence.types import Embedder, Evidence, Item, Scope, iso, micros

Progress = Callable[[int, int | None], None]
FORMAT = 1
"""Version of the export format."""
BATCH = 512


# --- check ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Report:
    """What `doctor` found. `problems` is empty for a sound space."""

    ok: bool
    problems: tuple[str, ...]
    facts: dict[str, Any]


def doctor(store: Store, *, deep: bool = False, on_progress: Progress | None = None) -> Report:
    """Check the file, the journal's chain and the caches; `deep` verifies every checksum and re-reads every text.

    It only reads: nothing is repaired, renamed or rebuilt.
    """
    store.refresh()
    db, problems = store.db, list(store.damaged)
    try:
        told = [row[0] for row in db.execute("PRAGMA integrity_check(20)" if deep else "PRAGMA quick_check(20)")]
    except apsw.Error as error:
        told = [str(error)]
    problems.extend(f"SQLite: {line}" for line in told if line != "ok")
    checks = {"journal": _chain_breaks(store), "tables": _orphans(db)}
    if deep:
        checks["payloads"] = _deep(store, on_progress)
    for name, found in checks.items():
        try:
            problems.extend(found)
        except (apsw.Error, RemanenceError, ValueError, TypeError) as error:
            problems.append(f"{name}: the check broke off: {error}")
    problems.extend(f"derived work given up: {job.stage}: {job.error}" for job in store.jobs(state="failed"))
    facts = {
        "sqlite": apsw.sqlite_lib_version(),
        "schema": db.pragma("user_version"),
        "commit": store.commit,
        "durability": store.durability,
        "embedder": store.model,
        **_countable(store, problems),
    }
    return Report(not problems, tuple(dict.fromkeys(problems)), facts)


def _countable(store: Store, problems: list[str]) -> dict[str, Any]:
    try:
        return counts(store)
    except (apsw.Error, RemanenceError) as error:
        problems.append(f"counts: {error}")
        return {}


def _chain_breaks(store: Store) -> Iterator[str]:
    before, expected = b"", 1
    for seq, at, reason, ops, chain in store.db.execute("SELECT seq, at, reason, ops, chain FROM journal ORDER BY seq"):
        if seq != expected:
            yield f"journal: commits {expected} to {seq - 1} are missing"
        if bytes(chain) != chained(before, seq, at, reason, ops):
            yield f"journal: commit {seq} does not follow from the one before it"
        before, expected = bytes(chain), seq + 1


def _orphans(db: Any) -> Iterator[str]:
    for name, sql in {
        "words without a row": "SELECT count(*) FROM words WHERE n NOT IN (SELECT n FROM rows)",
        "rows without words": "SELECT count(*) FROM rows WHERE n NOT IN (SELECT n FROM words)",
        "vectors without a row": "SELECT count(*) FROM vectors WHERE n NOT IN (SELECT n FROM rows)",
        "links to nowhere": "SELECT count(*) FROM links WHERE src NOT IN (SELECT n FROM rows) "
        "OR dst NOT IN (SELECT n FROM rows)",
        "uses of nothing": "SELECT count(*) FROM usage WHERE item NOT IN (SELECT n FROM rows)",
        "derived from nowhere": "SELECT count(*) FROM evidence WHERE item NOT IN (SELECT n FROM rows) "
        "OR derived NOT IN (SELECT n FROM rows)",
    }.items():
        found = db.execute(sql).get
        if found:
            yield f"{found} {name}"


def _deep(store: Store, on_progress: Progress | None) -> Iterator[str]:
    """Every checksum, every text against its words, every derived item against the trust of its sources."""
    db = store.db
    code_of = {term: code - 1 for term, code in db.execute("SELECT term, code FROM terms")}
    total = int(db.execute("SELECT count(*) FROM rows").get or 0)
    trust: dict[str, float] = {}
    for done, (n, data, crc, *row) in enumerate(
        db.execute(f"SELECT n, words.data, words.checksum, {_PREFIXED} FROM rows LEFT JOIN words USING(n) ORDER BY n")
    ):
        if on_progress is not None and done % 1_000 == 0:
            on_progress(done, total)
        if not sound(tuple(row)):
            yield f"row {n} (item {row[0]}) does not match its checksum"
            continue
        item = unpack(tuple(row))
        trust[item.id] = item.trust
        if item.evidence and item.trust > min(trust.get(e.id, 1.0) for e in item.evidence) + 1e-9:
            yield f"row {n} (item {item.id}) is more trusted than what it was derived from"
        if data is None:
            continue
        counted: dict[int, int] = {}
        for term in terms(item.key):
            code = code_of.get(term, -1)
            counted[code] = counted.get(code, 0) + 1
        codes = np.frombuffer(data, np.uint32, len(data) // 5).tolist()
        if zlib.crc32(data) != crc or set(codes) != set(counted):
            yield f"row {n}: its words do not match its text; the space can be rebuilt with: remanence replay"
    for n, data, crc in db.execute("SELECT n, data, checksum FROM vectors"):
        if zlib.crc32(data) != crc:
            yield f"row {n}: its vector does not match its checksum; rebuild with: remanence reembed"


_PREFIXED = ", ".join(f"rows.{name.strip()}" for name in FIELDS.split(","))


def counts(store: Store) -> dict[str, Any]:
    """How much there is, in rows and bytes."""
    db = store.db
    pages, size = db.pragma("page_count"), db.pragma("page_size")
    return {
        "items": db.execute("SELECT count(DISTINCT item) FROM rows").get,
        "versions": db.execute("SELECT count(*) FROM rows").get,
        "links": db.execute("SELECT count(*) FROM links WHERE retired IS NULL").get,
        "vectors": db.execute("SELECT count(*) FROM vectors").get,
        "terms": db.execute("SELECT count(*) FROM terms").get,
        "waiting": len(store.jobs(state="waiting")),
        "bytes": int(pages) * int(size),
    }


# --- backup --------------------------------------------------------------------------------------


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
    part.unlink(missing_ok=True)
    store.refresh()
    copy = apsw.Connection(str(part))
    try:
        with copy.backup("main", store.db, "main") as work:
            while not work.done:
                work.step(500)
        copy.pragma("journal_mode", "delete")
        commit = copy.execute("SELECT max(seq) FROM journal").get or 0
        rows = copy.execute("SELECT count(*) FROM rows").get
        if verify:
            bad = [r[0] for r in copy.execute("PRAGMA integrity_check(5)") if r[0] != "ok"]
            damaged = sum(not sound(tuple(row)) for row in copy.execute(f"SELECT {FIELDS} FROM rows"))
            if bad or damaged:
                raise IntegrityError(
                    f"the copy is not sound ({damaged} damaged rows, {bad[:1]}); run: remanence doctor --deep"
                )
    except BaseException:
        copy.close()
        part.unlink(missing_ok=True)
        raise
    copy.close()
    os.replace(part, path)
    return {"path": str(path), "commit": commit, "rows": rows, "verified": verify}


# --- export and import ---------------------------------------------------------------------------


def export(store: Store, out: IO[str], *, scope: Scope | None = None) -> dict[str, int]:
    """Write a space (or one scope of it) as JSON lines: a header, every version of every item, links, uses.

    Importing the file into an empty space and exporting that gives the same bytes.
    """
    store.refresh()
    told = {"items": 0, "links": 0, "uses": 0}
    names: dict[int, str] = {}

    def line(what: dict[str, Any]) -> None:
        out.write(json.dumps(what, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n")

    line({"remanence": FORMAT})
    for _, item_n, *row in store.db.execute(f"SELECT n, item, {FIELDS} FROM rows ORDER BY item, version, n"):
        item = unpack(tuple(row))
        if scope is not None and not scope.sees(item.scope):
            continue
        names[item_n] = item.id
        line(_shown(item))
        told["items"] += 1
    for src, rel, dst, weight, at, until, seen, retired, reason in store.db.execute(
        "SELECT src, rel, dst, weight, at, until, seen, retired, reason FROM links ORDER BY k"
    ):
        if src in names and dst in names:
            line({"link": [names[src], rel, names[dst], weight, at, until, seen, retired, reason]})
            told["links"] += 1
    for item_n, strength, utility, uses, used in store.db.execute(
        "SELECT item, strength, utility, uses, used FROM usage ORDER BY item"
    ):
        if item_n in names:
            line({"use": [names[item_n], strength, utility, uses, used]})
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


def import_(
    store: Store, lines: Iterator[str], embedder: Embedder, *, on_progress: Progress | None = None
) -> dict[str, int]:
    """Read an export back. Items whose id is there already are left as they are; a second import adds nothing.

    `IngestError` names the line that cannot be read; then nothing of the file is kept.
    """
    told = {"items": 0, "links": 0, "uses": 0, "known": 0}
    items: list[tuple[Item, int, int | None]] = []
    links: list[list[Any]] = []
    uses: list[list[Any]] = []
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            what = json.loads(text)
            if number == 1:
                if what.get("remanence") != FORMAT:
                    raise ValueError(f"this is no export of format {FORMAT}")
            elif "item" in what:
                fields = dict(what["item"])
                times = {
                    name: parse_when(fields.pop(name))[0]
                    for name in ("at", "until", "seen", "retired")
                    if name in fields
                }
                item = Item(
                    **{
                        **fields,
                        "scope": Scope(**fields["scope"]),
                        "evidence": tuple(Evidence(*one) for one in fields.get("evidence", ())),
                        **times,
                    }
                )
                seen = micros(item.seen)
                if seen is None or not item.id:
                    raise ValueError("an item needs an id and `seen`")
                items.append((item, seen, micros(item.retired)))
            elif "link" in what:
                links.append(what["link"])
            elif "use" in what:
                uses.append(what["use"])
            else:
                raise ValueError("neither an item, a link nor a use")
        except (ValueError, TypeError, KeyError, AttributeError, InvalidInput) as error:
            raise IngestError(f"line {number}: {error}; the file must come from: remanence export") from None
    with store.lock:
        store.refresh()
        known = {id for (id,) in store.db.execute("SELECT DISTINCT id FROM rows")}
        fresh = [one for one in items if one[0].id not in known]
        told["known"] = len(items) - len(fresh)
        vectors = []
        for low in range(0, len(fresh), BATCH):
            some = fresh[low : low + BATCH]
            vectors.extend(
                packed(
                    [store._next_n + low + i for i in range(len(some))],
                    embedder.embed([i.key for i, _, _ in some]),
                    store.dim,
                )
            )
            if on_progress is not None:
                on_progress(low + len(some), len(fresh))
        if fresh or links or uses:
            with store._told(), store._transaction():
                first = _insert(store, fresh, vectors)
                told["items"] = len(fresh)
                told["links"] = _insert_links(store, links)
                told["uses"] = _insert_uses(store, uses, {i.id for i, _, _ in fresh})
                state = store.write_journal(
                    store.now(), "import", [["vectors", 0], ["put", first, first + len(fresh) - 1]]
                )
            store.committed(state)
            store._load()
    return told


def _insert(store: Store, fresh: list[tuple[Item, int, int | None]], vectors: list[tuple[int, bytes]]) -> int:
    db, n = store.db, store._next_n
    first_of: dict[str, int] = dict(db.execute("SELECT id, item FROM rows WHERE version = 1"))
    marks = ",".join("?" * (COUNT + 2))
    for offset, (item, _, _) in enumerate(fresh):
        first_of.setdefault(item.id, n + offset)
    for offset, (item, seen, retired) in enumerate(fresh):
        row = pack(item, seen=seen, retired=retired)
        db.execute(f"INSERT INTO rows(n, item, {FIELDS}) VALUES({marks})", (n + offset, first_of[item.id], *row))
        db.executemany(
            "INSERT OR IGNORE INTO evidence VALUES(?, ?)",
            [(first_of[e.id], first_of[item.id]) for e in item.evidence if e.id in first_of],
        )
        write_words(store, n + offset, item)
    store.insert_vectors(store._model_code, vectors)
    return n


def write_words(store: Store, n: int, item: Item) -> None:
    """Inside a transaction: index one row's text."""
    counted: dict[int, int] = {}
    for term in terms(item.key):
        code = store._term_codes.get(term)
        if code is None:
            code = store._term_codes[term] = store._next_term
            store._next_term += 1
            store.db.execute("INSERT INTO terms(code, term) VALUES(?, ?)", (code + 1, term))
        counted[code] = counted.get(code, 0) + 1
    tf = np.minimum(np.fromiter(counted.values(), np.int64, len(counted)), 255).astype(np.uint8)
    data = np.fromiter(counted, np.uint32, len(counted)).tobytes() + tf.tobytes()
    store.db.execute(
        "INSERT OR REPLACE INTO words VALUES(?, ?, ?, ?)", (n, data, zlib.crc32(data), text_flags(item.text))
    )


def _insert_links(store: Store, links: list[list[Any]]) -> int:
    db, added = store.db, 0
    for src, rel, dst, *rest in links:
        ends = [db.execute("SELECT item FROM rows WHERE id=? LIMIT 1", (id,)).get for id in (src, dst)]
        if None in ends:
            continue
        same = db.execute(
            "SELECT 1 FROM links WHERE src=? AND rel=? AND dst=? AND seen=?", (ends[0], rel, ends[1], rest[3])
        ).get
        if not same:
            db.execute(
                "INSERT INTO links(src, rel, dst, weight, at, until, seen, retired, reason) VALUES(?,?,?,?,?,?,?,?,?)",
                (ends[0], rel, ends[1], *rest),
            )
            added += 1
    return added


def _insert_uses(store: Store, uses: list[list[Any]], fresh: set[str]) -> int:
    added = 0
    for id, strength, utility, count, used in uses:
        if id in fresh:
            item = store.db.execute("SELECT item FROM rows WHERE id=? LIMIT 1", (id,)).get
            touch_usage(store.db, int(item), strength, utility, count, used)
            added += 1
    return added


# --- rebuild -------------------------------------------------------------------------------------


def reembed(store: Store, embedder: Embedder, *, on_progress: Progress | None = None) -> dict[str, Any]:
    """Give every row a vector of `embedder`, then switch the space over. Resumable: the old ones serve until then.

    The store's own handle keeps working with the old model; open the space again with the new embedder.
    """
    with store.lock:
        store.refresh()
        db = store.db
        code = store._code_of_model(embedder.model, embedder.dim)
    total = int(db.execute("SELECT count(*) FROM rows").get or 0)
    made = last = 0
    while True:
        with store.lock:
            some = db.execute(
                f"SELECT n, {FIELDS} FROM rows WHERE n NOT IN (SELECT n FROM vectors WHERE model=?) "
                "AND n > ? ORDER BY n LIMIT ?",
                (code, last, BATCH),
            ).fetchall()
            if not some:
                with store._told(), store._transaction():
                    db.execute("UPDATE meta SET value=? WHERE key='model'", (code,))
                    db.execute("DELETE FROM vectors WHERE model<>?", (code,))
                    state = store.write_journal(store.now(), f"reembed {embedder.model}", [["vectors", made]])
                store.committed(state)
                break
            vectors = packed(
                [n for n, *_ in some],
                embedder.embed([unpack(tuple(row)).key for _, *row in some]),
                embedder.dim,
            )
            last = some[-1][0]
            with store._told(), store._transaction():
                store.insert_vectors(code, vectors)
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
    fresh = Store(target, model=embedder.model, dim=embedder.dim, clock=store.clock, durability=store.durability)
    try:
        with fresh.lock:
            fresh.db.execute("UPDATE meta SET value=? WHERE key='secret'", (store.secret,))
            db, told = store.db, {"commits": 0, "rows": 0}
            for seq, at, reason, ops, _ in db.execute("SELECT seq, at, reason, ops, chain FROM journal ORDER BY seq"):
                with fresh._told(), fresh._transaction():
                    for op in json.loads(ops):
                        told["rows"] += _again(store, fresh, op, embedder)
                    state = fresh.write_journal(at, reason, json.loads(ops))
                fresh.committed(state)
                told["commits"] += 1
                if on_progress is not None:
                    on_progress(seq, store.commit)
            fresh.db.executemany("INSERT INTO erased VALUES(?, ?)", db.execute("SELECT mark, at FROM erased"))
    finally:
        fresh.close()
    return told


def _again(store: Store, fresh: Store, op: list[Any], embedder: Embedder) -> int:
    """One journaled operation, once more; returns the rows that it put."""
    db = fresh.db
    match op[0]:
        case "put":
            return _copy_rows(store, fresh, op[1], op[2], embedder)
        case "version":
            return _copy_rows(store, fresh, op[1], op[1], embedder)
        case "close":
            row = db.execute(f"SELECT {FIELDS} FROM rows WHERE n=?", (op[1],)).fetchone()
            if row is not None:
                fields = list(row)
                fields[8] = op[2]
                db.execute("UPDATE rows SET retired=?, checksum=? WHERE n=?", (op[2], checksum(fields), op[1]))
        case "link":
            db.executemany(
                "INSERT INTO links VALUES(?,?,?,?,?,?,?,?,NULL,?)",
                store.db.execute(
                    "SELECT k, src, rel, dst, weight, at, until, seen, reason FROM links WHERE k BETWEEN ? AND ?",
                    (op[1], op[2]),
                ),
            )
        case "unlink":
            db.executemany("UPDATE links SET retired=? WHERE k=?", [(op[2], k) for k in op[1]])
        case "touch":
            if db.execute("SELECT 1 FROM rows WHERE n=?", (op[1],)).get:
                touch_usage(db, *op[1:6])
        case _:
            pass  # erase and vectors: what is gone is not in the source, and vectors were made with the rows
    return 0


def _copy_rows(store: Store, fresh: Store, low: int, high: int, embedder: Embedder) -> int:
    """Rows [low, high] as they were put: still believed unless an operation says otherwise later."""
    marks = ",".join("?" * (COUNT + 2))
    found = store.db.execute(
        f"SELECT n, item, {FIELDS} FROM rows WHERE n BETWEEN ? AND ? ORDER BY n", (low, high)
    ).fetchall()
    texts = []
    for n, item, *row in found:
        kept = unpack(tuple(row))
        texts.append(kept.key)
        fields = list(row)
        closed_here = store.db.execute("SELECT 1 FROM rows WHERE n=? AND retired=seen", (n,)).get
        if not closed_here:
            fields[8] = None
            fields[19] = checksum(fields)
        fresh.db.execute(f"INSERT INTO rows(n, item, {FIELDS}) VALUES({marks})", (n, item, *fields))
        use = store.db.execute("SELECT 1 FROM usage WHERE item=?", (n,)).get
        if use:
            fresh.db.execute("INSERT OR IGNORE INTO usage VALUES(?, 1.0, 0.0, 0, NULL)", (n,))
        write_words(fresh, n, kept)
    fresh.db.executemany(
        "INSERT OR IGNORE INTO evidence VALUES(?, ?)",
        [
            pair
            for n, *_ in found
            for pair in store.db.execute("SELECT item, derived FROM evidence WHERE derived=?", (n,))
        ],
    )
    if found:
        fresh.insert_vectors(fresh._model_code, packed([row[0] for row in found], embedder.embed(texts), fresh.dim))
    return len(found)
