"""Folders of session files: which files they hold, read one after the other, and databases of agents opened to read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any

import apsw

from remanence.ingest.source import Source

LOOKED_AT = 50
"""So many files of a folder are looked at to tell whose sessions they are."""


def files(folder: Path, pattern: str) -> list[Path]:
    """The regular files of a folder that match, oldest first."""
    found: list[tuple[float, Path]] = []
    with suppress(OSError):
        for path in folder.glob(pattern):
            with suppress(OSError):
                if path.is_file() and not path.is_symlink():
                    found.append((path.stat().st_mtime, path))
    return [path for _, path in sorted(found)]


def holds(folder: Path, pattern: str, *marks: bytes) -> bool:
    """Whether one of the first files of a folder has one of these marks near its beginning."""
    with suppress(OSError):
        for path in islice(folder.glob(pattern), LOOKED_AT):
            with suppress(OSError), path.open("rb") as stream:
                head = stream.read(65_536)
                if any(mark in head for mark in marks):
                    return True
    return False


def each_file(source: Source, pattern: str) -> Iterator[Source]:
    """The source itself, or each file of its folder; the counts of the files go to the source."""
    if not source.path.is_dir():
        yield source
        return
    for path in files(source.path, pattern):
        inner = source.inside(path)
        yield inner
        source.read += inner.read
        source.skipped += inner.skipped


@contextmanager
def database(source: Source) -> Iterator[apsw.Connection]:
    """Another program's SQLite file, opened to read while that program may be writing; nothing in it is changed."""
    connection = None
    for how in ("mode=ro", "immutable=1"):  # the second where no lock can be taken, as in a read-only folder
        try:
            flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
            connection = apsw.Connection(f"{source.path.resolve().as_uri()}?{how}", flags=flags)
            connection.set_busy_timeout(2_000)
            connection.execute("SELECT name FROM sqlite_master").fetchall()
            break
        except apsw.Error as error:
            why = error
            connection = None
    if connection is None:
        raise source.refuse(f"cannot be read as a database: {ascii(str(why))[:160]}")
    try:
        yield connection
    except apsw.Error as error:
        raise source.refuse(f"is damaged or of an unknown version: {ascii(str(error))[:160]}") from None
    finally:
        connection.close()


def columns(connection: apsw.Connection, table: str) -> set[str]:
    """The columns of a table; none when there is no such table."""
    rows: list[Any] = connection.execute("SELECT name FROM pragma_table_info(?)", (table,)).fetchall()
    return {str(row[0]) for row in rows}
