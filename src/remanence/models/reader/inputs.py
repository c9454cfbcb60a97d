"""What one forward reads: pieces of a passage or a turn, and as many inputs as go together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from remanence.models.reader.pieces import Pieces

_STEP = 40  # pieces that neighbouring stretches share
_TURN = 94  # pieces of a stretch of a turn
_BATCH = 800  # pieces of one forward: what it holds stays in the cache of a core
_END = re.compile(r"[.!?;\n]")


@dataclass(frozen=True, slots=True)
class Input:
    """One input of the network: whose it is, its ids, where the passage begins, its pieces' offsets."""

    owner: int
    ids: list[int]
    passage: int
    starts: list[int]
    ends: list[int]


def grouped(inputs: Sequence[Input]) -> Iterator[list[Input]]:
    """Inputs in their order, as many as one forward takes."""
    group: list[Input] = []
    for one in inputs:
        if group and len(one.ids) + sum(len(other.ids) for other in group) > _BATCH:
            yield group
            group = []
        group.append(one)
    if group:
        yield group


def stretches(pieces: Pieces, room: int) -> Iterator[Pieces]:
    """The passage whole, or in stretches of `room` pieces that overlap."""
    count = len(pieces.ids)
    for start in range(0, max(1, count - _STEP), max(1, room - _STEP)):
        yield Pieces(*(part[start : start + room] for part in pieces))


def sentences(pieces: Pieces, text: str) -> Iterator[Pieces]:
    """A turn in stretches of at most _TURN pieces, cut behind the end of a sentence where there is one."""
    start = 0
    while len(pieces.ids) - start > _TURN:
        stop = start + _TURN
        for place in range(stop - 1, start + _TURN // 3, -1):
            if _END.search(text[pieces.starts[place] : pieces.ends[place]]):
                stop = place + 1
                break
        yield Pieces(*(part[start:stop] for part in pieces))
        start = stop
    yield Pieces(*(part[start:] for part in pieces))
