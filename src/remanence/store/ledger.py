"""A list beside a space of what was erased there, in marks that only the space's own secret gives a meaning.

A log or a file of before, put back in the place of the space, has forgotten its erasures; this list has not. Each
erasure adds to it before it is committed, and the space holds how long the list is by then: a longer list tells of an
erasure that broke off, a shorter one lacks marks.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from remanence.store.rows import check

Stone = tuple[str, bytes, int]
"""(scope, mark, when it was erased in microseconds), as the table of marks has them."""
UNLISTED = -1
"""What the space holds instead of a length where the list could not be written."""
LENGTH = "erased list"
"""The setting of the space that holds how long its list is."""


def path_of(space: str) -> Path:
    """Where the list of a space lies."""
    return Path(f"{space}-erased")


def length(space: str) -> int:
    """Bytes of the list of a space, 0 where there is none."""
    try:
        return path_of(space).stat().st_size
    except OSError:
        return 0


@contextmanager
def added(space: str, stones: Iterable[Stone]) -> Iterator[int]:
    """The list of a space with further marks, before they are committed; as it was where the block fails.

    Gives how long it is now, `UNLISTED` where the disk refuses. What is added is one line, so that one which breaks
    off counts for nothing.
    """
    place, before = path_of(space), length(space)
    try:
        _append(place, json.dumps([[scope, mark.hex(), at, check(scope, mark, at)] for scope, mark, at in stones]))
        now = length(space)
    except OSError:
        _cut(place, before)
        now = UNLISTED
    with ExitStack() as undo:
        undo.callback(_cut, place, before)
        yield now
        undo.pop_all()


def _append(place: Path, line: str) -> None:
    """The first line is empty, so that one which broke off before it spoils no other."""
    new = not place.exists()
    with place.open("a", encoding="utf-8") as out:
        out.write(f"\n{line}\n")
        out.flush()
        os.fsync(out.fileno())
    if new and os.name == "posix":
        folder = os.open(place.absolute().parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _cut(place: Path, size: int) -> None:
    with suppress(OSError):
        os.truncate(place, size)


def kept(space: str) -> list[Stone]:
    """What the list holds; a line that is damaged is left out."""
    found: list[Stone] = []
    with suppress(OSError):
        for line in path_of(space).read_text("utf-8", "replace").splitlines():
            with suppress(ValueError):
                found.extend(_stones(json.loads(line)))
    return found


def _stones(told: Any) -> Iterator[Stone]:
    """Of one line: a list of marks, or a single one, as earlier versions wrote them."""
    one_by_one = told if isinstance(told, list) and told and isinstance(told[0], list) else [told]
    for one in one_by_one:
        with suppress(ValueError, TypeError):
            scope, mark, at, crc = one
            stone = str(scope), bytes.fromhex(mark), int(at)
            if check(*stone) == crc:
                yield stone
