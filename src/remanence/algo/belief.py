"""Beliefs about where things are when not every move is seen: all assignments that are still possible."""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

from remanence.errors import InvalidInput

Place = TypeVar("Place", bound=Hashable)

MOST = 256
"""Assignments that are kept at the most."""


class Beliefs(Generic[Place]):
    """Every assignment of things to places that agrees with what was seen; no two things share a place.

    A thing is added by a sighting. Ruling out one assignment tells of all things in it, so one sighting can settle
    where the others are (Memory Rewriting benchmark, 2026).
    """

    def __init__(self, possible: Iterable[Mapping[str, Place]] = ()) -> None:
        self.possible: list[dict[str, Place]] = [dict(one) for one in possible] or [{}]

    def sight(self, thing: str, place: Place) -> None:
        """A known thing is at a place: assignments that put it elsewhere are ruled out; a new thing is added.

        A sighting that contradicts every assignment is news: the thing has moved there, the others stayed.
        """
        agreeing = [one for one in self.possible if one.get(thing) == place]
        if not agreeing:
            agreeing = [{**one, thing: place} for one in self.possible if place not in _without(one, thing).values()]
        self.possible = agreeing or [{**_without_place(one, place), thing: place} for one in self.possible]
        self._distinct()

    def occupied(self, places: Sequence[Place]) -> None:
        """Only the occupied places were seen: things whose place is empty stand at the new places, in any order.

        `InvalidInput` when no assignment has as many things missing as there are new places, or when more than
        `MOST` assignments would be possible; the beliefs are then as before.
        """
        after: list[dict[str, Place]] = []
        for one in self.possible:
            gone = [thing for thing, place in one.items() if place not in places]
            fresh = [place for place in dict.fromkeys(places) if place not in one.values()]
            if len(gone) != len(fresh):
                continue
            for order in itertools.permutations(fresh):
                after.append({**one, **dict(zip(gone, order, strict=True))})
                if len(after) > MOST:
                    raise InvalidInput(f"more than {MOST:,} assignments are possible; name a thing with its place")
        if not after:
            raise InvalidInput("no assignment of things to places agrees with what was seen")
        self.possible = after
        self._distinct()

    def where(self, thing: str) -> set[Place]:
        """All places at which a thing may be."""
        return {one[thing] for one in self.possible if thing in one}

    def things(self) -> list[str]:
        """Everything that was ever placed, in order."""
        return list(dict.fromkeys(thing for one in self.possible for thing in one))

    def _distinct(self) -> None:
        seen = {tuple(sorted(one.items(), key=lambda pair: pair[0])): one for one in self.possible}
        self.possible = list(seen.values())


def _without(one: Mapping[str, Place], thing: str) -> dict[str, Place]:
    return {name: place for name, place in one.items() if name != thing}


def _without_place(one: Mapping[str, Place], place: Place) -> dict[str, Place]:
    """An assignment without whatever was believed to stand at a place that is now known to hold another thing."""
    return {name: at for name, at in one.items() if at != place}
