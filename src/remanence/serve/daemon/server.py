"""The daemon: it has everything loaded and spaces open, answers one command at a time, and ends when it is idle.

It only reads, but for the uses that a recall counts, so a kill loses nothing. A fault in a command ends the daemon: the
caller sees that the line broke and does the work itself, and the next hook starts another.
"""

from __future__ import annotations

import gc
import io
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from importlib import import_module
from pathlib import Path

from remanence.errors import RemanenceError
from remanence.serve.agents import hook
from remanence.serve.cli import app
from remanence.serve.daemon import client
from remanence.serve.daemon.kept import Kept

IDLE_S = 1_800.0
"""Seconds without a command after which the daemon ends."""
TURN_S = 10.0
"""Seconds between two looks at what may be closed."""
LINE_S = 5.0
"""Seconds that a caller has to say what it wants, or to take its answer."""
STUCK_S = 120
"""A command that takes longer ends the daemon."""
OURS = str(Path(client.__file__).parents[2])
"""The folder of this package."""
USED = ("ask", "profile", "recall", "verbs")
"""Files of commands that are loaded before the first call."""


class Daemon:
    """Listens on a socket until it is idle for `idle_s` seconds, told to stop, or its own code has changed.

    began: when this code was loaded, in seconds since 1970; now when left out.
    """

    def __init__(self, path: str, *, idle_s: float = IDLE_S, began: float | None = None) -> None:
        self._path, self._idle_s = path, idle_s
        self._kept = Kept()
        self._began = time.time() if began is None else began
        self._calls = 0

    def serve(self, spaces: Sequence[str] = ()) -> None:
        """Answer until the end. spaces: files that are opened, and asked once, before the first call."""
        with _listening(self._path) as listener:
            if listener is None:
                return
            try:
                self._warm(spaces)
                self._answer_all(listener)
            finally:
                self._kept.close()

    def _answer_all(self, listener: socket.socket) -> None:
        last = time.monotonic()
        while (left := last + self._idle_s - time.monotonic()) > 0:
            listener.settimeout(min(left, TURN_S))
            try:
                line, _ = listener.accept()
            except TimeoutError:
                if not os.path.exists(self._path):
                    return  # nobody can find the way any more
                self._kept.tidy()
                continue
            with line:
                line.settimeout(LINE_S)
                if not self._answered(line):
                    return
            last = time.monotonic()
        with suppress(FileNotFoundError):
            os.unlink(self._path)  # nobody new finds the way; who was on it already is answered
        listener.settimeout(0)
        with suppress(BlockingIOError):
            while True:
                line, _ = listener.accept()
                with line:
                    line.settimeout(LINE_S)
                    self._answered(line)

    def _answered(self, line: socket.socket) -> bool:
        """Answer one call; False when it was the last."""
        with suppress(OSError):
            asked = client.unpacked(client.whole(line))
            if asked is None or len(asked) < 4 or asked[0] != client.identity():
                return True
            if self._stale():
                return False
            words = [os.fsdecode(word) for word in asked[3:]]
            if words[0] == "stop":
                line.sendall(client.packed([b"0", b"ended", b""]))
                return False
            told = [b"0", self._about().encode(), b""]
            if words[0] != "status":
                self._calls += 1
                told = self._run(asked[1], asked[2], words)
            line.sendall(client.packed(told))
        return True

    def _run(self, folder: bytes, given: bytes, words: list[str]) -> list[bytes]:
        """What the command line says to these words in a folder: exit code, output and errors."""
        os.chdir(folder)
        out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.TextIOWrapper(io.BytesIO(), "utf-8")
        usual = sys.stdin
        sys.stdin = io.TextIOWrapper(io.BytesIO(given), "utf-8")
        signal.alarm(STUCK_S)
        try:
            with redirect_stdout(out), redirect_stderr(err):
                code = app.run(words, kept=self._kept)
        finally:
            signal.alarm(0)
            sys.stdin = usual
            os.chdir("/")
        return [str(code).encode(), *map(_bytes, (out, err))]

    def _warm(self, spaces: Sequence[str]) -> None:
        """Load what commands need, open the spaces and ask them once: the first question takes longest."""
        for name in USED:
            import_module(f"remanence.serve.cli.{name}")
        for space in map(Path, spaces):
            with suppress(RemanenceError, OSError):
                if space.exists():
                    with hook.opened(space, self._kept) as memory:
                        memory.context("What is known?")
        gc.collect()
        gc.freeze()

    def _stale(self) -> bool:
        """Whether a file of ours that is loaded has changed since."""
        files = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
        try:
            return any(os.stat(file).st_ctime > self._began for file in files if file and file.startswith(OURS))
        except OSError:
            return True

    def _about(self) -> str:
        lines = [f"process {os.getpid()}, {time.time() - self._began:.0f} s, {self._calls} commands", self._path]
        return "".join(f"{line}\n" for line in (*lines, *self._kept.files))


def _bytes(text: io.TextIOWrapper) -> bytes:
    text.flush()
    held = text.buffer
    assert isinstance(held, io.BytesIO)
    return held.getvalue()


@contextmanager
def _listening(path: str) -> Iterator[socket.socket | None]:
    """The socket, this user's alone; None when another daemon has it. It is gone afterwards."""
    import fcntl  # there is none where there are no such sockets

    folder = os.path.dirname(path)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    if not client.private(folder):
        yield None
        return
    lock = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield None
            return
        with suppress(FileNotFoundError):
            os.unlink(path)  # of one that was killed
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
            mask = os.umask(0o177)
            try:
                listener.bind(path)
            finally:
                os.umask(mask)
            listener.listen(64)
            try:
                yield listener
            finally:
                with suppress(FileNotFoundError):
                    os.unlink(path)
    finally:
        os.close(lock)
