"""Small files that several processes change: one at a time, each written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from remanence.errors import RemanenceError, StoreError
from remanence.store.lock import WriterLock


@contextmanager
def alone(folder: Path, name: str) -> Iterator[None]:
    """Between reading a file and writing it no other process does so: a lock on `folder/name`, which stays there.

    Raises Locked after 30 s; StoreError where the folder cannot be made or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"cannot make {folder}: {error.strerror}") from None
    lock = WriterLock(folder / name)
    try:
        with lock:
            yield
    finally:
        lock.close()


def replace(target: Path, content: bytes, mode: int = 0o600) -> None:
    """Put a file in place in one step that a kill or a power cut cannot divide; `OSError` leaves what was there.

    To be called by one process at a time: a kill leaves a part beside the file, and the next call takes its place.
    """
    with written(target, mode) as stream:
        stream.write(content)


@contextmanager
def written(target: Path, mode: int = 0o600) -> Iterator[BinaryIO]:
    """The same for what is written bit by bit: it takes the file's place when the block ends without an error."""
    part = target.with_name(f".{target.name}.remanence")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(part, mode)
        os.replace(part, target)
    except (OSError, RemanenceError):
        with suppress(OSError):
            part.unlink()
        raise
    _settle(target.parent)


def _settle(folder: Path) -> None:
    """Bring the names in a folder to the disk, where the system has a way."""
    with suppress(OSError):
        held = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(held)
        finally:
            os.close(held)
