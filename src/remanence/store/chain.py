"""How commits follow one another: a chain of hashes in the journal, of which the last link is kept beside the space.

SQLite takes a log that was deleted for one that never was, and one that was cut for one that ended there. So the lock
file, which is never deleted, holds the last commit that was acknowledged: what lacks it has lost something. It is
written after the commit is on disk and without a sync, so it may lag behind, and never runs ahead of a full commit.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from remanence.blake import blake2b
from remanence.errors import RemanenceError
from remanence.store.door import Door
from remanence.store.lock import WriterLock
from remanence.store.peek import BLANK, MISSING, NEW


def chained(before: bytes, seq: int, at: int, reason: str, ops: str) -> bytes:
    """The journal's hash chain: 16 bytes over the row and the row before it."""
    return blake2b(before + f"{seq}|{at}|{reason}|{ops}".encode(), digest_size=16).digest()


def missing(last: tuple[bytes, int, bytes], lock: WriterLock, door: Door, path: str, was: str) -> list[str]:
    """What was acknowledged at this place and is not in the space; a note beside the space says it from then on.

    last: the space, its last commit and that one's link. was: what the file was before it was opened.
    """
    kept = lock.kept()
    if kept is None or not kept[1] or was == NEW:
        return []
    space, seq, link = kept
    if space != last[0]:
        lost = (1, seq) if was == BLANK else None
    elif last[1] < seq:
        lost = last[1] + 1, seq
    else:
        here = last[2] if last[1] == seq else _link(door, seq)
        lost = None if here in (link, None) else (seq, seq)
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
