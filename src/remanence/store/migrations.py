"""How a space file got its shape: numbered functions, each applied once, all in one transaction.

A new version of the schema is a new function at the end; the ones above never change again.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

import apsw

from remanence.errors import IntegrityError, MigrationError
from remanence.store import rows
from remanence.types import Scope

APPLICATION_ID = 0x52454D4E  # "REMN"

Migration = Callable[[apsw.Connection], None]
MIGRATIONS: list[Migration] = []
migration = MIGRATIONS.append


_M001 = """
    CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;

    -- one row per stored version; append-only except that `retired` is closed once
    CREATE TABLE rows(
        n INTEGER PRIMARY KEY AUTOINCREMENT,
        item INTEGER NOT NULL,
        id TEXT NOT NULL,
        version INTEGER NOT NULL,
        kind TEXT NOT NULL,
        text TEXT NOT NULL,
        who TEXT,
        at INTEGER, until INTEGER, seen INTEGER NOT NULL, retired INTEGER,
        source TEXT,
        user TEXT NOT NULL, agent TEXT, session TEXT, app TEXT,
        trust REAL NOT NULL, salience REAL NOT NULL, tier TEXT NOT NULL,
        data TEXT NOT NULL, evidence TEXT NOT NULL,
        checksum BLOB NOT NULL
    );
    CREATE INDEX rows_by_id ON rows(id, version);
    CREATE INDEX rows_by_item ON rows(item) WHERE version > 1;
    CREATE INDEX rows_by_source ON rows(source) WHERE source IS NOT NULL;

    -- how often and how lately an item was used; in place, journaled as `touch`
    CREATE TABLE usage(
        item INTEGER PRIMARY KEY,
        strength REAL NOT NULL, utility REAL NOT NULL, uses INTEGER NOT NULL, used INTEGER
    );

    CREATE TABLE links(
        k INTEGER PRIMARY KEY AUTOINCREMENT,
        src INTEGER NOT NULL, rel TEXT NOT NULL, dst INTEGER NOT NULL,
        weight REAL NOT NULL,
        at INTEGER, until INTEGER, seen INTEGER NOT NULL, retired INTEGER,
        reason TEXT NOT NULL
    );
    CREATE INDEX links_by_src ON links(src);
    CREATE INDEX links_by_dst ON links(dst);

    CREATE TABLE evidence(
        item INTEGER NOT NULL, derived INTEGER NOT NULL, PRIMARY KEY(item, derived)
    ) WITHOUT ROWID;

    CREATE TABLE journal(
        seq INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        reason TEXT NOT NULL,
        ops TEXT NOT NULL,
        chain BLOB NOT NULL
    );

    CREATE TABLE receipts(
        owner TEXT NOT NULL, key TEXT NOT NULL,
        digest BLOB NOT NULL, receipt TEXT NOT NULL,
        PRIMARY KEY(owner, key)
    ) WITHOUT ROWID;

    CREATE TABLE queue(
        job INTEGER PRIMARY KEY AUTOINCREMENT,
        stage TEXT NOT NULL, owner TEXT NOT NULL,
        low INTEGER NOT NULL, high INTEGER NOT NULL,
        tries INTEGER NOT NULL DEFAULT 0,
        state TEXT NOT NULL DEFAULT 'waiting',
        error TEXT NOT NULL DEFAULT ''
    );

    -- sources that were erased, as keyed hashes: an old export must not bring them back
    CREATE TABLE erased(mark BLOB PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;

    -- caches: may be dropped and rebuilt from the rows
    CREATE TABLE models(code INTEGER PRIMARY KEY, model TEXT NOT NULL UNIQUE, dim INTEGER NOT NULL);
    CREATE TABLE vectors(model INTEGER NOT NULL, n INTEGER NOT NULL, data BLOB NOT NULL, checksum INTEGER NOT NULL,
        PRIMARY KEY(model, n)) WITHOUT ROWID;
    CREATE TABLE terms(code INTEGER PRIMARY KEY, term TEXT NOT NULL UNIQUE);
    CREATE TABLE words(
        n INTEGER PRIMARY KEY, data BLOB NOT NULL, checksum INTEGER NOT NULL, signs INTEGER NOT NULL
    );
"""


@migration
def m001_rows_journal_and_caches(db: apsw.Connection) -> None:
    """The log (rows, links, usage, journal) and what is derived from it (vectors, words)."""
    db.execute(_M001)


@migration
def m002_everything_has_a_checksum_and_an_owner(db: apsw.Connection) -> None:
    """Checksums for what is read beside its row; work and marks of erasure that belong to a scope and a recipe."""
    db.execute(
        """
        ALTER TABLE rows ADD COLUMN columns INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE links ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE usage ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE evidence ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE terms ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE words RENAME COLUMN signs TO flags;
        ALTER TABLE queue RENAME COLUMN owner TO scope;
        ALTER TABLE queue ADD COLUMN recipe TEXT NOT NULL DEFAULT '';
        ALTER TABLE receipts RENAME COLUMN owner TO scope;
        CREATE TABLE tombstones(
            scope TEXT NOT NULL, mark BLOB NOT NULL, at INTEGER NOT NULL, checksum INTEGER NOT NULL,
            PRIMARY KEY(scope, mark)
        ) WITHOUT ROWID;
        """
    )
    _check_rows(db)
    for table, key, fields in (
        ("links", "k", "src, rel, dst, weight, at, until, seen, retired, reason"),
        ("usage", "item", "item, strength, utility, uses, used"),
        ("terms", "code", "code, term"),
    ):
        db.executemany(
            f"UPDATE {table} SET checksum=? WHERE {key}=?",
            [(rows.check(*row), k) for k, *row in _all(db, f"SELECT {key}, {fields} FROM {table}")],
        )
    pairs = _all(db, "SELECT item, derived FROM evidence")
    db.executemany(
        "UPDATE evidence SET checksum=? WHERE item=? AND derived=?", [(rows.check(a, b), a, b) for a, b in pairs]
    )
    _key_receipts(db)
    _bury_by_user(db)


def _all(db: apsw.Connection, sql: str) -> list[Any]:
    return db.execute(sql).fetchall()


def _check_rows(db: apsw.Connection) -> None:
    """The filter columns of every sound row, and the flags of its words, get their checksum."""
    sound = [
        (rows.check(*rows.columns_of(n, item, row)), n)
        for n, item, *row in _all(db, f"SELECT n, item, {rows.FIELDS} FROM rows")
        if rows.sound(tuple(row))
    ]
    db.executemany("UPDATE rows SET columns=? WHERE n=?", sound)
    words = [
        (rows.words_check(data, flags), n)
        for n, data, crc, flags in _all(db, "SELECT n, data, checksum, flags FROM words")
        if zlib.crc32(data) == crc
    ]
    db.executemany("UPDATE words SET checksum=? WHERE n=?", words)


def _key_receipts(db: apsw.Connection) -> None:
    """Digests of contents are keyed by the space's secret from now on."""
    secret: Any = db.execute("SELECT value FROM meta WHERE key='secret'").get
    found = _all(db, "SELECT scope, key, digest FROM receipts")
    db.executemany(
        "UPDATE receipts SET digest=? WHERE scope=? AND key=?",
        [(rows.keyed(bytes(secret), bytes(digest)), scope, key) for scope, key, digest in found],
    )


def _bury_by_user(db: apsw.Connection) -> None:
    """Marks of erasure had no owner: they go to every user of the space, so that erased stays erased."""
    marks = _all(db, "SELECT mark, at FROM erased")
    scopes = {
        rows.tombstone_scope(Scope(user, agent, None, app))
        for user, agent, app in _all(db, "SELECT DISTINCT user, agent, app FROM rows")
    } or {rows.tombstone_scope(Scope())}
    db.executemany(
        "INSERT INTO tombstones VALUES(?, ?, ?, ?)",
        [(scope, mark, at, rows.check(scope, bytes(mark), at)) for scope in sorted(scopes) for mark, at in marks],
    )
    db.execute("DROP TABLE erased")


def shape(db: apsw.Connection) -> int:
    """32 bits over what a file says of the tables and indexes of a space; others that stand beside them do not count.

    It is kept in the space when that is made, since another SQLite may put the same tables in other words.
    """
    kept = db.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name").fetchall()
    return zlib.crc32(repr([one for one in kept if one[2] in TABLES]).encode())


TABLES = (
    "meta", "rows", "usage", "links", "evidence", "journal", "receipts", "queue", "tombstones", "models", "vectors",
    "terms", "words", "sqlite_sequence",
)  # fmt: skip
"""A bit that flips in what is said of these would hide a column without a word."""


def _as_made(db: apsw.Connection) -> bool:
    """Whether a space has the shape that it was made with; one of before kept none."""
    try:
        return db.execute("SELECT value FROM meta WHERE key='shape'").get in (None, shape(db))
    except apsw.SQLError:  # no table of this name, or none of these columns, any more
        return False


def migrate(db: apsw.Connection, steps: list[Migration] | None = None) -> int:
    """Bring a space up to date in one transaction; the caller holds the writer lock. Returns the version.

    `MigrationError` when the file is newer than this program or is not a space, `IntegrityError` when what it says of
    its tables is damaged; the file is not touched.
    """
    steps = MIGRATIONS if steps is None else steps
    version = int(db.pragma("user_version"))
    application = int(db.pragma("application_id"))
    tables = db.execute("SELECT count(*) FROM sqlite_master").get
    if application not in (0, APPLICATION_ID) or (application == 0 and tables):
        raise MigrationError("this SQLite file is not a Remanence space; choose another path")
    if version > len(steps):
        raise MigrationError(
            f"this space has schema {version}, newer than this program's {len(steps)}; "
            "upgrade with: pip install -U remanence"
        )
    if version == len(steps):
        if steps is MIGRATIONS and tables and not _as_made(db):
            raise IntegrityError(
                "what this space says of its tables is damaged, or another program changed it: restore a backup"
            )
        return version
    with db:
        for step in steps[version:]:
            step(db)
        if steps is MIGRATIONS:
            db.execute("INSERT OR REPLACE INTO meta VALUES('shape', ?)", (shape(db),))
        db.pragma("application_id", APPLICATION_ID)
        db.pragma("user_version", len(steps))
    return len(steps)
