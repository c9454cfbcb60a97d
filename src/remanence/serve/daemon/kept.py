"""Memories that stay open between commands: few at once, and none longer than it is used."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

from remanence.errors import RemanenceError
from remanence.memory.memory import Memory

MOST = 8
"""Memories that are open at once; the one that was not used for longest makes room."""
IDLE_S = 300.0
"""Seconds without a question after which a memory is closed, so that its file is whole by itself."""


@dataclass(slots=True)
class _Open:
    memory: Memory
    file: tuple[int, int]
    used: float


class Kept:
    """Open memories by their file and how they were opened."""

    def __init__(self, *, most: int = MOST, idle_s: float = IDLE_S) -> None:
        self._most, self._idle_s = most, idle_s
        self._held: dict[tuple[Path, str], _Open] = {}

    def use(self, path: Path, how: str, make: Callable[[], Memory]) -> nullcontext[Memory]:
        """The memory of a file that is there, made by `make` unless it is open; leaving the block does not close it."""
        key = path, how
        file = _file(path)
        held = self._held.pop(key, None)
        if held is not None and held.file != file:  # another file has taken its place
            _close(held)
            held = None
        while held is None and len(self._held) >= self._most:
            _close(self._held.pop(next(iter(self._held))))
        if held is None:
            held = _Open(make(), file, 0.0)
        held.used = time.monotonic()
        self._held[key] = held
        return nullcontext(held.memory)

    def tidy(self) -> None:
        """Close what has been idle, and what lost its file."""
        now = time.monotonic()
        for key, held in list(self._held.items()):
            if now - held.used > self._idle_s or not key[0].exists() or held.file != _file(key[0]):
                _close(self._held.pop(key))

    def close(self) -> None:
        """Close all."""
        while self._held:
            _close(self._held.popitem()[1])

    @property
    def files(self) -> list[str]:
        """The files that are open."""
        return sorted({str(path) for path, _ in self._held})


def _file(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_dev, found.st_ino


def _close(held: _Open) -> None:
    with suppress(RemanenceError):
        held.memory.close()
