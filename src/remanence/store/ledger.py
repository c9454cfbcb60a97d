"""A list beside a space of what was erased there, in marks that only the space's own secret gives a meaning.

A log or a file of before, put back in the place of the space, has forgotten its erasures; this list has not. It is
written whole after each erasure, and read where commits that were acknowledged here are not in the space.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from remanence.store.rows import check

Stone = tuple[str, bytes, int]
"""(scope, mark, when it was erased in microseconds), as the table of marks has them."""


def path_of(space: str) -> Path:
    """Where the list of a space lies."""
    return Path(f"{space}-erased")


def keep(space: str, stones: Iterable[Stone]) -> None:
    """Write the list anew, in one step; where the disk refuses, the list of before stays."""
    place = path_of(space)
    part = place.with_name(f"{place.name}.part")
    with suppress(OSError):
        with part.open("w", encoding="utf-8") as out:
            for scope, mark, at in stones:
                out.write(json.dumps([scope, mark.hex(), at, check(scope, mark, at)]) + "\n")
            out.flush()
            os.fsync(out.fileno())
        os.replace(part, place)


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
