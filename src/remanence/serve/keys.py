"""Keys of the server: made, listed and revoked; each opens one space and one scope, and is stored as a hash only.

A key is 32 random bytes, shown once. What is kept is its SHA-256: a key of 256 random bits cannot be guessed from
it, so no slow hash is needed.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hmac import compare_digest
from pathlib import Path

from remanence.errors import IntegrityError, InvalidInput, NotFound, ScopeError, StoreError
from remanence.serve import whole_file
from remanence.types import Scope

PREFIX = "rk_"
PARTS = ("user", "agent", "session", "app")


@dataclass(frozen=True, slots=True)
class Grant:
    """What a caller may touch: one space, and the parts of the scope that are fixed for it.

    A part that is not fixed may be chosen by the request; `user` falls back to "default".
    """

    space: str
    fixed: Mapping[str, str]

    def narrowed(self, wanted: Mapping[str, str | None]) -> Scope:
        """The scope of one request; `ScopeError` when it asks for another than the fixed parts."""
        parts: dict[str, str] = dict(self.fixed)
        for name in PARTS:
            value = wanted.get(name)
            if value is None:
                continue
            if parts.setdefault(name, value) != value:
                raise ScopeError(f"this key does not open that {name}; leave it out, or use a key of that {name}")
        return Scope(**{"user": "default", **parts})


@dataclass(frozen=True, slots=True)
class Key:
    """One key as it is kept: never the key itself."""

    id: str
    sha256: str
    space: str
    fixed: Mapping[str, str]
    label: str
    made: str

    @property
    def grant(self) -> Grant:
        return Grant(self.space, self.fixed)


class Keys:
    """The keys of a folder of spaces, in `keys.json` (mode 0600), written whole or not at all, by one at a time."""

    def __init__(self, folder: str | Path) -> None:
        self._path = Path(folder) / "keys.json"
        self._guard = threading.Lock()
        self._stamp: tuple[int, ...] | None = None
        self._kept: tuple[Key, ...] = ()

    def make(self, space: str, *, label: str = "", **fixed: str | None) -> tuple[str, Key]:
        """A new key and its record; the key is not kept anywhere."""
        for name in fixed:
            if name not in PARTS:
                raise InvalidInput(f"a key fixes {', '.join(PARTS)}, not {name!r}")
        parts = {name: value for name, value in fixed.items() if value is not None}
        Scope(**{"user": "default", **parts})
        told = PREFIX + secrets.token_urlsafe(32)
        made = Key(
            id=secrets.token_hex(4),
            sha256=_digest(told),
            space=space_name(space),
            fixed=parts,
            label=label[:200],
            made=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        with self._changing():
            self._write((*self._read(), made))
        return told, made

    def list(self) -> tuple[Key, ...]:
        """Every key that opens something."""
        with self._guard:
            return self._read()

    def revoke(self, id: str) -> Key:
        """Take a key away; running servers notice at the next request."""
        with self._changing():
            kept = self._read()
            gone = next((key for key in kept if key.id == id), None)
            if gone is None:
                raise NotFound(f"no key {id!r}; see: remanence keys list")
            self._write(tuple(key for key in kept if key.id != id))
            return gone

    def find(self, told: str) -> Grant | None:
        """What a key opens; None for a key that is not there."""
        wanted = _digest(told)
        found: Grant | None = None
        for key in self.list():
            if compare_digest(key.sha256, wanted):
                found = key.grant
        return found

    def _read(self) -> tuple[Key, ...]:
        try:
            stat = self._path.stat()
        except FileNotFoundError:
            self._stamp, self._kept = None, ()
            return ()
        stamp = (stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino, stat.st_size)
        if stamp != self._stamp:
            try:
                self._kept = tuple(Key(**row) for row in json.loads(self._path.read_text("utf-8")))
            except (ValueError, TypeError):
                raise IntegrityError("keys.json is damaged: put a copy back, or remove it and make new keys") from None
            self._stamp = stamp
        return self._kept

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """No other thread or process changes the keys meanwhile, and they are read anew."""
        with self._guard, whole_file.alone(self._path.parent, f"{self._path.name}-lock"):
            self._stamp = None
            yield

    def _write(self, keys: tuple[Key, ...]) -> None:
        try:
            whole_file.replace(self._path, json.dumps([asdict(key) for key in keys], indent=1).encode())
        except OSError as error:
            raise StoreError(f"{self._path} cannot be written: {error.strerror}; nothing was changed") from None
        self._stamp = None


def space_name(name: str) -> str:
    """A name that is safe as a file name; `InvalidInput` for any other."""
    plain = isinstance(name, str) and 0 < len(name) <= 64 and name.isascii()
    if not plain or not all(c.isalnum() or c in "-_" for c in name) or not name[0].isalnum():
        raise InvalidInput(f"a space is named by up to 64 letters, digits, '-' and '_', not {name!r}")
    return name


def _digest(told: str) -> str:
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()
