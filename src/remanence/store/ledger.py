"""A list beside a space of what was erased there, in marks that only the space's own secret gives a meaning.

A log or a file of before, put back in the place of the space, has forgotten its erasures; this list has not. Each
erasure adds to it, and it is read where commits that were acknowledged here are not in the space.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from remanence.store.rows import check

Stone = tuple[str, bytes, int]
"""(scope, mark, when it was erased in microseconds), as the table of marks has them."""


def path_of(space: str) -> Path:
    """Where the list of a space lies."""
    return Path(f"{space}-erased")


def add(space: str, stones: Iterable[Stone], every: Callable[[], Iterable[Stone]]) -> bool:
    """Append marks to the list of a space, `every` mark where it has no list yet; False where the disk refuses.

    The first line is empty, so that one which broke off before it spoils no other.
    """
    place = path_of(space)
    try:
        told = stones if place.exists() else every()
        with place.open("a", encoding="utf-8") as out:
            out.write("\n")
            for scope, mark, at in told:
                out.write(json.dumps([scope, mark.hex(), at, check(scope, mark, at)]) + "\n")
            out.flush()
            os.fsync(out.fileno())
    except OSError:
        return False
    return True


def kept(space: str) -> list[Stone]:
    """What the list holds; a line that is damaged is left out."""
    found: list[Stone] = []
    with suppress(OSError):
        for line in path_of(space).read_text("utf-8", "replace").splitlines():
            with suppress(ValueError, TypeError):
                scope, mark, at, crc = json.loads(line)
                stone = str(scope), bytes.fromhex(mark), int(at)
                if check(*stone) == crc:
                    found.append(stone)
    return found
