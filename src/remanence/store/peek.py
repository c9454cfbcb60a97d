"""A look at a space file before anything may change it: is it ours, is it too new, is its log whole?

Files are read through SQLite's own file system layer, never opened beside it: a plain close would drop the locks
that this process may hold on the file.
"""

from __future__ import annotations

from pathlib import Path

import apsw

from remanence.errors import MigrationError, StoreError
from remanence.store.migrations import APPLICATION_ID, MIGRATIONS

_MAGIC = b"SQLite format 3\x00"
_READ = apsw.SQLITE_OPEN_READONLY


class Peek:
    """A file's bytes, read only."""

    def __init__(self, path: str, kind: int) -> None:
        self._file = apsw.VFSFile("", path, [kind | _READ, 0])

    def size(self) -> int:
        return int(self._file.xFileSize())

    def read(self, start: int, count: int) -> bytes:
        return bytes(self._file.xRead(count, start)) if count else b""

    def close(self) -> None:
        self._file.xClose()


def header_of(path: Path) -> bytes:
    """The first 108 bytes of the file, empty when it is missing or empty; `StoreError` when it cannot be read."""
    try:
        if not path.exists() or not path.stat().st_size:
            return b""
        peek = Peek(str(path.absolute()), apsw.SQLITE_OPEN_MAIN_DB)
        try:
            return peek.read(0, min(108, peek.size()))
        finally:
            peek.close()
    except apsw.Error as error:
        raise StoreError(f"{path} cannot be opened here: {error}") from error
    except (OSError, ValueError) as error:
        raise StoreError(f"{path} cannot be opened: {error}") from None


def refuse_foreign(path: Path, header: bytes) -> None:
    """`MigrationError` for a file that is no space or one of a newer program; the file is only read.

    header: of the file, or of the newest first page in its log.
    """
    if not header:
        return
    if len(header) < 108 or not header.startswith(_MAGIC):
        raise MigrationError(f"{path} is no Remanence space; choose another path")
    version, application = int.from_bytes(header[60:64], "big"), int.from_bytes(header[68:72], "big")
    empty = header[100] == 0x0D and header[103:105] == b"\0\0"
    if application not in (0, APPLICATION_ID) or (application == 0 and (version or not empty)):
        raise MigrationError("this SQLite file is not a Remanence space; choose another path")
    if version > len(MIGRATIONS):
        raise MigrationError(
            f"this space has schema {version}, newer than this program's {len(MIGRATIONS)}; "
            "upgrade with: pip install -U remanence"
        )


def check_place(path: Path) -> None:
    """`StoreError` where there cannot be a space."""
    try:
        if path.is_dir():
            raise StoreError(f"{path} is a folder; name a file, such as {path / 'memory.db'}")
        if not path.absolute().parent.is_dir():
            raise StoreError(f"there is no folder {path.absolute().parent}; create it, then try again")
    except (OSError, ValueError) as error:
        raise StoreError(f"a space cannot be at {str(path)[:80]!r}: {error}") from None
