"""One SQLite connection: how it is opened and set up, and its failures in our own words."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import apsw

from remanence.errors import IntegrityError, InvalidInput, Locked, RemanenceError, StoreError, StoreFull
from remanence.records import dataclass

FIXED_SQLITE = (3, 51, 3)
"""Older SQLite can lose committed pages when several processes checkpoint."""

FAILURES = (apsw.Error, UnicodeDecodeError, UnicodeEncodeError)
"""What a statement may fail with."""
Open = Callable[[str], apsw.Connection]
_FULL = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)


@dataclass(frozen=True)
class Access:
    """How a space file is opened, and how hard its writes are held to the disk.

    durability: "full", or "relaxed" (a power cut may lose the last commits, never the file).
    timeout: seconds to wait for another writer.
    connect: how a connection is made, the seam to the file system.
    Raises InvalidInput for another durability.
    """

    durability: str = "full"
    timeout: float = 30.0
    connect: Open = apsw.Connection

    def __post_init__(self) -> None:
        if self.durability not in ("full", "relaxed"):
            raise InvalidInput(f"durability is 'full' or 'relaxed', not {self.durability!r}")


def version_gate() -> None:
    """`StoreError` for an SQLite that can lose committed pages."""
    if tuple(map(int, apsw.sqlite_lib_version().split("."))) < FIXED_SQLITE:
        raise StoreError(
            f"SQLite {apsw.sqlite_lib_version()} can lose committed pages; upgrade with: pip install -U apsw"
        )


class Connection:
    """An open SQLite file; every method raises Remanence's errors and no others.

    on_fault: told when a write may have half happened, so that nothing cached is believed any more.
    """

    def __init__(self, path: str, access: Access, *, on_fault: Callable[[], None]) -> None:
        self.path, self._on_fault = path, on_fault
        self._db: Any = None
        with self.told(), ExitStack() as undo:
            self._db = access.connect(path)
            undo.callback(self.drop)
            self._set_up(access.durability)
            undo.pop_all()

    @property
    def db(self) -> apsw.Connection:
        """The connection itself, for migrations and backups."""
        db: apsw.Connection = self._db
        return db

    def _set_up(self, durability: str) -> None:
        db = self._db
        db.set_busy_timeout(5_000)
        db.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
        db.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
        db.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        db.pragma("cell_size_check", True)
        if db.pragma("journal_mode") != "wal":
            db.pragma("journal_mode", "wal")
        db.pragma("synchronous", "full" if durability == "full" else "normal")
        db.pragma("secure_delete", True)
        db.pragma("cache_size", -16_000)

    def pragma(self, name: str) -> Any:
        with self.told():
            return self._db.pragma(name)

    def roll_back(self) -> None:
        """Let go of what a transaction has done so far."""
        if self._db.in_transaction:
            try:
                self._db.execute("ROLLBACK")
            except apsw.Error:
                self._on_fault()

    def close(self) -> None:
        if self._db is not None:
            with self.told():
                self._db.close()

    def drop(self) -> None:
        """Close without a word, where something else has failed already."""
        with suppress(apsw.Error):
            self._db.close()

    # --- failures ---

    @contextmanager
    def told(self) -> Iterator[None]:
        """Say SQLite's failures in our own words."""
        try:
            yield
        except FAILURES as error:
            raise self.ours(error) from error

    def ours(self, error: Exception) -> RemanenceError:
        """One of `FAILURES` as an error of ours; what cached rows are worth after it is told by `on_fault`."""
        path = self.path
        if isinstance(error, UnicodeDecodeError):
            return IntegrityError(f"{path} is damaged: a stored text cannot be read; run: remanence doctor --deep")
        if isinstance(error, UnicodeEncodeError):
            return InvalidInput("text holds lone surrogates, which are not Unicode; replace them")
        if isinstance(error, apsw.FullError) or (isinstance(error, apsw.IOError) and self._errno() in _FULL):
            self._on_fault()
            return StoreFull(f"no space left for {path}: free some, then try again ({error})")
        if isinstance(error, (apsw.BusyError, apsw.LockedError)):
            return Locked(f"{path} is busy: another program holds it; close that, then try again ({error})")
        if isinstance(error, (apsw.CorruptError, apsw.NotADBError)):
            return IntegrityError(f"{path} is damaged or no space: {error}; run: remanence doctor")
        if isinstance(error, (apsw.ReadOnlyError, apsw.CantOpenError)):
            self._on_fault()
            return StoreError(f"{path} cannot be written or opened here: {error}")
        if isinstance(error, apsw.IOError):
            self._on_fault()
            return StoreError(f"the device failed under {path}: {error}; the change may not have happened")
        return StoreError(f"{path}: {type(error).__name__}: {error}")

    def _errno(self) -> int:
        """The operating system's number of the last failure; 0 when there is none."""
        try:
            return 0 if self._db is None else int(self._db.system_errno)
        except apsw.ConnectionClosedError:
            return 0
