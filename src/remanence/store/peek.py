"""A look at a space file before anything may change it: is it ours, is it too new, is its log whole?

Files are read through SQLite's own file system layer, never opened beside it: a plain close would drop the locks
that this process may hold on the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from remanence.blake import blake2b
from remanence.errors import MigrationError, StoreError
from remanence.store.migrations import APPLICATION_ID, MIGRATIONS
from remanence.store.wal import damage_in

_MAGIC = b"SQLite format 3\x00"
_JOURNAL = b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"
_READ = apsw.SQLITE_OPEN_READONLY
DAMAGED = ".damaged-"
"""What the name of a copy of a damaged log has behind `-wal`."""
MISSING = ".missing-"
"""What the name of a note of lost commits has behind `-wal`."""
NEW, BLANK, USED = "new", "blank", "used"
"""What a file is before it is opened."""
_STEP = 1 << 20


class Peek:
    """A file's bytes, read only."""

    def __init__(self, path: str, kind: int) -> None:
        self._file = apsw.VFSFile("", path, [kind | _READ, 0])
        self.size = int(self._file.xFileSize())

    def read(self, start: int, count: int) -> bytes:
        """`count` bytes from `start` on, fewer at the end of the file."""
        count = min(count, self.size - start)
        return bytes(self._file.xRead(count, start)) if count > 0 else b""

    def close(self) -> None:
        self._file.xClose()


@contextmanager
def peeked(path: Path, kind: int) -> Iterator[Peek | None]:
    """The file, or None when it is missing or empty; `StoreError` when it cannot be read."""
    try:
        if not path.exists() or not path.stat().st_size:
            yield None
            return
        peek = Peek(str(path.absolute()), kind)
        try:
            yield peek
        finally:
            peek.close()
    except apsw.Error as error:
        raise StoreError(f"{path} cannot be opened here: {error}") from error
    except (OSError, ValueError) as error:
        raise StoreError(f"{path} cannot be opened: {error}") from None


def header_of(path: Path) -> bytes:
    """The first 108 bytes of the file, empty when it is missing or empty."""
    with peeked(path, apsw.SQLITE_OPEN_MAIN_DB) as peek:
        return b"" if peek is None else peek.read(0, 108)


def kept_if_damaged(path: Path) -> list[str]:
    """Check the log of a space before SQLite reads it; where it is damaged, keep a copy and say so.

    The caller holds the writer's lock. Nothing when the log is whole.
    """
    log = path.with_name(path.name + "-wal")
    with peeked(log, apsw.SQLITE_OPEN_WAL) as peek:
        damage = None if peek is None else damage_in(peek.read, peek.size)
        if peek is None or damage is None:
            return []
        digest = blake2b(digest_size=4)
        pieces = range(0, peek.size, _STEP)
        for start in pieces:
            digest.update(peek.read(start, _STEP))
        copy = path.with_name(f"{log.name}{DAMAGED}{digest.hexdigest()}")
        if not copy.exists():
            with copy.open("wb") as out:
                out.writelines(peek.read(start, _STEP) for start in pieces)
    return [
        f"the log is damaged at frame {damage.frame}: commits behind it ({damage.behind} frames) are lost; "
        f"a copy is kept in {copy}"
    ]


def damaged_logs(path: Path) -> list[Path]:
    """Copies of damaged logs beside a space; they stay until a person deletes them."""
    return sorted(path.absolute().parent.glob(f"{plain(path.name)}-wal{DAMAGED}*"))


def notes_of_loss(path: Path) -> list[str]:
    """What notes beside a space say of commits that were lost; they stay until a person deletes them."""
    notes = sorted(path.absolute().parent.glob(f"{plain(path.name)}-wal{MISSING}*"))
    return [
        f"{note.read_text('utf-8', 'replace').strip()}; get back what is missing, then delete {note}" for note in notes
    ]


def plain(name: str) -> str:
    """A file name without a meaning as a pattern."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in name)


def refuse_foreign(path: Path) -> str:
    """`MigrationError` for a file that is no space or one of a newer program, `StoreError` where none can be.

    The file is only read. Returns NEW for one that is missing or empty, BLANK for one in which nothing was ever
    committed, and USED.
    """
    _check_place(path)
    header = header_of(path)
    if not header:
        return NEW
    if len(header) < 108 or not header.startswith(_MAGIC):
        if _never_made(path):
            return NEW
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
    return USED if application else BLANK


def _never_made(path: Path) -> bool:
    """True when the power was cut while the file was made: its journal says that it had no pages before."""
    with peeked(path.with_name(path.name + "-journal"), apsw.SQLITE_OPEN_MAIN_JOURNAL) as peek:
        head = b"" if peek is None else peek.read(0, 20)
    return head.startswith(_JOURNAL) and head[16:20] == bytes(4)


def _check_place(path: Path) -> None:
    """`StoreError` where there cannot be a space."""
    try:
        if path.is_dir():
            raise StoreError(f"{path} is a folder; name a file, such as {path / 'memory.db'}")
        if not path.absolute().parent.is_dir():
            raise StoreError(f"there is no folder {path.absolute().parent}; create it, then try again")
    except (OSError, ValueError) as error:
        raise StoreError(f"a space cannot be at {str(path)[:80]!r}: {error}") from None
