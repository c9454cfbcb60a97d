"""The space's secret: ids, digests and marks of erasure are keyed by it, so it is kept twice, under a checksum."""

from __future__ import annotations

import os
from collections.abc import Callable

from remanence.blake import blake2b
from remanence.errors import IntegrityError
from remanence.store.door import Door
from remanence.store.rows import check

_FIRST, _SECOND, _CHECK = "secret", "secret copy", "secret check"


def secret_of(door: Door, seed: int | None, say: Callable[[str], None]) -> bytes:
    """The secret, made when the space is new (of `seed`, if there is one); `say` is told of a damaged copy.

    Call it inside a transaction. `IntegrityError` when no copy can be believed: with another secret, what was
    erased would come back.
    """
    stored = [door.setting(name) for name in (_FIRST, _SECOND)]
    copies = [bytes(value) for value in stored if isinstance(value, bytes) and len(value) == 32]
    crc = door.setting(_CHECK)
    if stored == [None, None] and crc is None:
        made = os.urandom(32)
        if seed is not None:
            made = blake2b(f"remanence:{seed}".encode(), digest_size=32).digest()
        keep(door, made)
        return made
    if crc is None and len(copies) == 1 and stored[1] is None:  # of a time when it was kept once
        keep(door, copies[0])
        return copies[0]
    good = [copy for copy in copies if check(copy) == crc] or (
        copies if len(copies) == 2 and copies[0] == copies[1] else []
    )
    if not good:
        raise IntegrityError("the space's secret is damaged, and so is its copy; go back to a backup")
    if len(good) < 2 or check(good[0]) != crc:
        say("the secret: one of its copies is damaged; the other is used")
    return good[0]


def keep(door: Door, secret: bytes) -> None:
    """Inside a transaction: store the secret, twice."""
    door.set(_FIRST, secret)
    door.set(_SECOND, secret)
    door.set(_CHECK, check(secret))
