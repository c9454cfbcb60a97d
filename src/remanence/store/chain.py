"""How commits follow one another: a chain of hashes in the journal, of which the last link is kept beside the space.

SQLite takes a log that was deleted for one that never was, and one that was cut for one that ended there. So the lock
file, which is never deleted, holds the last commit that was acknowledged: what lacks it has lost something. It is
written after the commit is on disk and without a sync, so it may lag behind, and never runs ahead of a full commit.
"""

from __future__ import annotations

import struct
from contextlib import suppress
from pathlib import Path

from remanence.blake import blake2b
from remanence.errors import RemanenceError
from remanence.records import dataclass
from remanence.store.door import Door
from remanence.store.lock import WriterLock
from remanence.store.peek import BLANK, MISSING, NEW
from remanence.store.rows import check

_FORM = struct.Struct("<4s16sq16s")
_MAGIC = b"rem1"


def chained(before: bytes, seq: int, at: int, reason: str, ops: str) -> bytes:
    """The journal's hash chain: 16 bytes over the row and the row before it."""
    return blake2b(before + f"{seq}|{at}|{reason}|{ops}".encode(), digest_size=16).digest()


@dataclass(frozen=True, slots=True)
class Last:
    """The last commit of a space: `space` tells it from every other one."""

    space: str
    seq: int
    chain: bytes

    def keep(self, lock: WriterLock) -> None:
        """Write it into the lock file, whose lock is held; a disk that is full keeps what was there."""
        told = _FORM.pack(_MAGIC, _id(self.space), self.seq, self.chain)
        lock.keep(told + struct.pack("<q", check(told)))

    def missing(self, lock: WriterLock, door: Door, path: str, was: str) -> list[str]:
        """What was acknowledged at this place and is not in the space; a note beside the space says it from then on.

        was: what the file was before it was opened.
        """
        kept = _kept(lock)
        if kept is None or not kept[1] or was == NEW:
            return []
        space, seq, chain = kept
        if space != _id(self.space):
            lost = (1, seq) if was == BLANK else None
        elif self.seq < seq:
            lost = self.seq + 1, seq
        else:
            here = self.chain if self.seq == seq else _link(door, seq)
            lost = None if here in (chain, None) else (seq, seq)
        if lost is None:
            return []
        told = f"{lost[0]} to {lost[1]}" if lost[0] < lost[1] else f"up to {lost[1]}"
        said = f"commits {told}, acknowledged here, are not in the space: its log was deleted, cut or exchanged"
        note = Path(f"{path}-wal{MISSING}{lost[0]}-{lost[1]}").absolute()
        with suppress(OSError):
            note.write_text(said + "\n", "utf-8")
        return [f"{said}; get back what is missing, then delete {note}"]


def _link(door: Door, seq: int) -> bytes | None:
    """What a commit has in the chain; None where the journal does not tell, of which the doctor speaks."""
    with suppress(RemanenceError):
        return next((entry.chain for entry in door.journal(seq - 1)), None)
    return None


def _kept(lock: WriterLock) -> tuple[bytes, int, bytes] | None:
    """(space, seq, chain) of what a lock file holds; None for none, or one that a power cut tore."""
    held = lock.kept(_FORM.size + 8)
    if len(held) != _FORM.size + 8 or struct.unpack("<q", held[-8:])[0] != check(held[:-8]):
        return None
    magic, space, seq, chain = _FORM.unpack(held[:-8])
    return (space, seq, chain) if magic == _MAGIC else None


def _id(space: str) -> bytes:
    return bytes.fromhex(space)
