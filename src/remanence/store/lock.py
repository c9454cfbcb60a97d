"""One writer at a time: an inter-process lock on a file beside the space that is never deleted.

It is held over commit, checkpoint, migration and the last close. Threads of one process queue on a
re-entrant lock first, because `flock` does not tell threads apart.
"""

from __future__ import annotations

import errno
import os
import struct
import threading
import time
import zlib
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from remanence.errors import Locked, StoreError

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows
    fcntl = None  # type: ignore[assignment]
    import msvcrt


FORKED = "this Memory was opened before a fork; open the space again in the child process"
_PLACE, _FORM, _MAGIC = 16, struct.Struct("<4s16sq16s"), b"rem1"
"""Where in the lock file the last commit is kept (what lies before is for locking only), and how."""


class WriterLock:
    """`with lock:` waits for the writer's place; `Locked` after `timeout` seconds.

    `path` None locks threads only (a space in memory).
    """

    def __init__(self, path: Path | None, timeout: float = 30.0) -> None:
        self._thread = threading.RLock()
        self._depth = 0
        self._pid = os.getpid()
        self.timeout = timeout
        self.acknowledged: tuple[bytes, int, bytes] | None = None
        """What `keep` writes when the lock is given back: the space, its last commit and the link of its journal."""
        self._fd: int | None = None
        if path is not None:
            try:
                self._fd = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
            except OSError as error:
                raise StoreError(f"cannot write beside the space, {path}: {error.strerror}") from None

    def __enter__(self) -> WriterLock:
        if os.getpid() != self._pid:
            raise StoreError(FORKED)
        if not self._thread.acquire(timeout=self.timeout):
            raise Locked(f"another thread has been writing for more than {self.timeout:g} s; try again")
        if self._depth == 0 and self._fd is not None:
            try:
                self._wait(self._fd)
            except BaseException:
                self._thread.release()
                raise
        self._depth += 1
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._depth -= 1
        if self._depth == 0 and self._fd is not None:
            if self.acknowledged is not None:
                self.keep(*self.acknowledged)
                self.acknowledged = None
            _unlock(self._fd)
        self._thread.release()

    def _wait(self, fd: int) -> None:
        """Take the file lock; poll quickly at first, then every 5 ms, so that waiting is fair enough."""
        deadline = time.monotonic() + self.timeout
        pause = 0.0002
        while not _try_lock(fd):
            if time.monotonic() > deadline:
                raise Locked(
                    f"another process has been writing to this space for more than {self.timeout:g} s; "
                    "wait for it to finish or stop it, then try again"
                )
            time.sleep(pause)
            pause = min(pause * 1.5, 0.005)

    def keep(self, space: bytes, seq: int, link: bytes) -> None:
        """Write into the lock file which commit was acknowledged last; the lock is held. Nothing where that fails."""
        if self._fd is not None:
            told = _FORM.pack(_MAGIC, space, seq, link)
            with suppress(OSError):
                os.lseek(self._fd, _PLACE, os.SEEK_SET)
                os.write(self._fd, told + zlib.crc32(told).to_bytes(4, "big"))

    def kept(self) -> tuple[bytes, int, bytes] | None:
        """What was kept last; None where there is nothing, or what a power cut tore."""
        if self._fd is None:
            return None
        try:
            os.lseek(self._fd, _PLACE, os.SEEK_SET)
            told = os.read(self._fd, _FORM.size + 4)
        except OSError:
            return None
        if len(told) != _FORM.size + 4 or zlib.crc32(told[:-4]).to_bytes(4, "big") != told[-4:]:
            return None
        magic, space, seq, link = _FORM.unpack(told[:-4])
        return (space, seq, link) if magic == _MAGIC else None

    def close(self) -> None:
        """Give the file descriptor back; the lock file stays."""
        if self._fd is not None and os.getpid() == self._pid:
            os.close(self._fd)
        self._fd = None


def _try_lock(fd: int) -> bool:
    try:
        if fcntl is not None:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:  # pragma: no cover - Windows
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
    except OSError as error:
        if error.errno in (errno.EWOULDBLOCK, errno.EACCES, errno.EAGAIN, errno.EDEADLK):
            return False
        raise
    return True


def _unlock(fd: int) -> None:
    if fcntl is not None:
        fcntl.flock(fd, fcntl.LOCK_UN)
    else:  # pragma: no cover - Windows
        os.lseek(fd, 0, os.SEEK_SET)
        msvcrt.locking(fd, msvcrt.LK_UNLCK, 1)
