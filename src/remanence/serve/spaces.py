"""A folder of spaces: opened when first asked for, closed when idle, never more open than a bound."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from remanence.errors import BudgetExceeded, StoreError
from remanence.memory import Memory
from remanence.serve.keys import space_name
from remanence.types import Scope


@dataclass(slots=True, eq=False)
class _Held:
    """One place in the table: taken at once, opened by the first that needs it; a slow file stops no other."""

    path: Path
    used: float
    memory: Memory | None = None
    users: int = 0
    opening: threading.Lock = field(default_factory=threading.Lock)


class Spaces:
    """Handles on `folder/NAME.db`, shared by all requests.

    open: makes a `Memory` for a path (recipe, embedder and model are decided there). most: open at once; when all
    are in use, `BudgetExceeded`. idle_s: seconds without a request after which a space is closed.
    """

    def __init__(
        self, folder: str | Path, open: Callable[[Path], Memory], *, most: int = 64, idle_s: float = 600.0
    ) -> None:
        self.folder = Path(folder)
        self._open = open
        self._most = most
        self._idle_s = idle_s
        self._guard = threading.Lock()
        self._held: dict[str, _Held] = {}
        self._closed = False

    @contextmanager
    def use(self, name: str, scope: Scope) -> Iterator[Memory]:
        """A handle on one space for one scope, for as long as the block runs; errors do not tell where its file is."""
        held = self._take(space_name(name))
        try:
            with held.opening:
                if held.memory is None:
                    held.memory = self._open(held.path)
            yield held.memory.within(scope)
        except StoreError as error:
            error.args = (str(error).replace(str(held.path.absolute()), name).replace(str(held.path), name),)
            raise
        finally:
            with self._guard:
                held.users -= 1
                held.used = time.monotonic()

    def _take(self, name: str) -> _Held:
        with self._guard:
            if self._closed:
                raise BudgetExceeded("the server is stopping; try again in a moment")
            held = self._held.get(name)
            gone = [] if held is not None else self._make_room()
            if held is None:
                self.folder.mkdir(parents=True, exist_ok=True)
                held = self._held[name] = _Held(self.folder / f"{name}.db", time.monotonic())
            held.users += 1
        _close(gone)
        return held

    def _make_room(self) -> list[_Held]:
        """Take idle spaces, and the longest unused one when all places are taken, out of the table."""
        now = time.monotonic()
        free = sorted((one.used, name) for name, one in self._held.items() if not one.users)
        leaving = [name for used, name in free if now - used > self._idle_s]
        if len(self._held) - len(leaving) >= self._most:
            rest = [name for _, name in free if name not in leaving]
            if not rest:
                raise BudgetExceeded(f"{self._most} spaces are in use at once; try again in a moment")
            leaving.append(rest[0])
        return [self._held.pop(name) for name in leaving]

    def tidy(self) -> int:
        """Close what has been idle; returns how many spaces stay open."""
        with self._guard:
            now = time.monotonic()
            idle = [n for n, one in self._held.items() if not one.users and now - one.used > self._idle_s]
            gone = [self._held.pop(name) for name in idle]
            left = len(self._held)
        _close(gone)
        return left

    @property
    def writable(self) -> bool:
        """Whether spaces can be made and written here."""
        place = self.folder if self.folder.exists() else self.folder.parent
        return place.is_dir() and os.access(place, os.W_OK)

    @property
    def open_now(self) -> int:
        """Spaces that are open."""
        return len(self._held)

    def close(self, *, wait_s: float = 10.0) -> None:
        """Close every space; requests in flight get `wait_s` seconds to end. What was acknowledged is on disk."""
        with self._guard:
            self._closed = True
        end = time.monotonic() + wait_s
        while time.monotonic() < end and any(one.users for one in self._held.values()):
            time.sleep(0.01)
        with self._guard:
            held, self._held = list(self._held.values()), {}
        _close(held)


def _close(gone: Iterable[_Held]) -> None:
    for one in gone:
        if one.memory is not None:
            one.memory.close()
