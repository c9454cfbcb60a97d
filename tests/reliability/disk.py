"""A disk that can lose power and fail: a virtual file system for SQLite that logs, drops, tears and refuses.

Every write and sync of the space's files is recorded. `PowerCut.state` rebuilds what a disk may hold when
power fails at some moment: all that was synced, and any part of what was not, torn at 512 bytes.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

SECTOR = 512
_names = itertools.count()


@dataclass
class Log:
    """What happened to the files, in order: ("write", file, offset, bytes), ("sync", file), ("cut", file, size)."""

    ops: list[tuple[Any, ...]] = field(default_factory=list)
    fail_at: int | None = None
    error: type[apsw.Error] = apsw.IOError
    sticky: bool = False
    calls: int = 0
    kinds: frozenset[str] = frozenset({"write", "sync", "cut"})
    """What is counted and may fail; `read` and `open` too when they are named."""

    def call(self, kind: str) -> None:
        """Count an operation, and fail when its turn has come."""
        if kind not in self.kinds:
            return
        self.calls += 1
        if self.fail_at is not None and (self.calls == self.fail_at or (self.sticky and self.calls > self.fail_at)):
            raise self.error("the disk failed on purpose")


class _File(apsw.VFSFile):
    def __init__(self, log: Log, name: Any, flags: list[int]) -> None:
        self.log = log
        filename = name.filename() if isinstance(name, apsw.URIFilename) else name
        self.file = Path(filename).name if filename else ""
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        self.log.call("write")
        self.log.ops.append(("write", self.file, offset, bytes(data)))
        super().xWrite(data, offset)

    def xRead(self, amount: int, offset: int) -> bytes:
        self.log.call("read")
        return super().xRead(amount, offset)

    def xSync(self, flags: int) -> None:
        self.log.call("sync")
        self.log.ops.append(("sync", self.file))
        super().xSync(flags)

    def xTruncate(self, size: int) -> None:
        self.log.call("cut")
        self.log.ops.append(("cut", self.file, size))
        super().xTruncate(size)


class Disk(apsw.VFS):
    """Use it as `Store(path, access=Access(connect=disk.connect))`."""

    def __init__(self) -> None:
        self.log = Log()
        self.name = f"disk{next(_names)}"
        super().__init__(self.name, "")

    def xOpen(self, name: Any, flags: list[int]) -> _File:
        self.log.call("open")
        return _File(self.log, name, flags)

    def xDelete(self, filename: str, sync: bool) -> None:
        self.log.ops.append(("delete", Path(filename).name))
        super().xDelete(filename, sync)

    def connect(self, path: str) -> apsw.Connection:
        db = apsw.Connection(path, vfs=self.name)
        db.pragma("locking_mode", "exclusive")  # without shared memory, which Python file systems lack
        return db


@dataclass(frozen=True)
class PowerCut:
    """Disk states after a power cut. `marks` are (number of operations, what had been acknowledged by then)."""

    ops: list[tuple[Any, ...]]
    marks: list[tuple[int, Any]]

    def states(self, count: int, seed: int) -> Iterator[tuple[dict[str, bytes], Any]]:
        """`count` random (files, acknowledged) pairs."""
        chance = random.Random(seed)
        for _ in range(count):
            moment = chance.randrange(len(self.ops) + 1)
            acknowledged = next((what for at, what in reversed(self.marks) if at <= moment), None)
            yield self.state(moment, chance), acknowledged

    def state(self, moment: int, chance: random.Random) -> dict[str, bytes]:
        """What the disk may hold when power fails after `moment` operations."""
        sure: dict[str, bytearray] = {}
        open_: dict[str, list[tuple[Any, ...]]] = {}
        for op in self.ops[:moment]:
            kind, file = op[0], op[1]
            if kind == "sync":
                for late in open_.pop(file, []):
                    _apply(sure, late)
            elif kind == "delete":
                sure.pop(file, None)
                open_.pop(file, None)
            else:
                open_.setdefault(file, []).append(op)
        for late in (op for ops in open_.values() for op in ops):
            if late[0] == "write":
                for piece in range(0, len(late[3]), SECTOR):
                    if chance.random() < 0.5:
                        _apply(sure, ("write", late[1], late[2] + piece, late[3][piece : piece + SECTOR]))
            elif chance.random() < 0.5:
                _apply(sure, late)
        return {file: bytes(content) for file, content in sure.items()}


def _apply(files: dict[str, bytearray], op: tuple[Any, ...]) -> None:
    content = files.setdefault(op[1], bytearray())
    if op[0] == "write":
        _, _, offset, data = op
        if len(content) < offset + len(data):
            content.extend(bytes(offset + len(data) - len(content)))
        content[offset : offset + len(data)] = data
    else:
        del content[op[2] :]
