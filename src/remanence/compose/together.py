"""What the best hits say together, read in order of time: what is so now, what was before, what was set right.

One by one "I sleep in cabin 14" and "moved my stuff, I'm in cabin 9 now" answer equally well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from remanence.compose.corrections import WORN
from remanence.compose.reading import Read, said_in, when
from remanence.stage import Ctx
from remanence.stage.passages import one_passage, read_each
from remanence.stage.question import question
from remanence.types import Cue

MOST, SHARE = 4, 0.6
"""Hits that are read together, and the share of the best one's weight that each must have."""
LEAST = 0.3
"""From this probability on what they say together counts."""
LONG, BEFORE = 400, 150
"""Characters of one hit that are read with others, and how many of them may stand before what it says."""


def as_read_together(reads: Sequence[Read], cue: Cue, ctx: Ctx) -> list[Read]:
    """The readings, first what the best ones say when they are read as one passage; the rest of these counts little.

    Nothing changes where only one answers, where it is asked whether something is so, and where a turn among them was
    found to set another one right.
    """
    if not reads:
        return []
    asked = question(cue, ctx)
    some = [one for one in reads if one.said and one.weight >= SHARE * reads[0].weight][:MOST]
    if ctx.reader is None or len(some) < 2 or asked.whether or any(one.corrects for one in reads):
        return list(reads)
    some.sort(key=lambda one: (when(one.hit.item)[0], one.hit.item.text))
    lines, begins = [], []
    for one in some:
        begin = max(0, one.start - BEFORE) if len(one.hit.item.text) > LONG else 0
        who = f"{one.hit.item.who}: " if one.hit.item.who else ""
        lines.append(who + " ".join(one.hit.item.text[begin : begin + LONG].split("\n")))
        begins.append(begin - len(who))
    (told,) = read_each(one_passage(cue, "\n".join(lines), ctx), 1, ctx.reader)
    place, offset = 0, told.start
    while offset > len(lines[place]):
        offset -= len(lines[place]) + 1
        place += 1
    one = some[place]
    start = offset + begins[place]
    end = start + told.end - told.start
    outside = lines[place][offset : offset + told.end - told.start] if start < 0 else None
    said = said_in(one.hit.item, start, end, outside, asked)
    if told.answerable < LEAST or not said.said:
        return list(reads)
    spot = (said.start, said.end) if outside is None else (0, 0)
    first = replace(one, start=spot[0], end=spot[1], said=said.said, same=said.same, weight=reads[0].weight)
    numbers = {other.number for other in some}
    rest = [replace(x, weight=x.weight * WORN) if x.number in numbers else x for x in reads if x.number != one.number]
    return [first, *sorted(rest, key=lambda other: -other.weight)]
