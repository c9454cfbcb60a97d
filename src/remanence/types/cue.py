"""The question, and what it may see."""

from __future__ import annotations

from datetime import datetime

from remanence.records import dataclass

MAX_CUE = 8_192
"""Longest cue, in characters."""
MAX_K = 1_000
"""Most hits that one recall returns."""


@dataclass(frozen=True, slots=True)
class Where:
    """Which items a search may see, on top of the handle's scope.

    `as_of` is a time in the world (believed now), `known_as_of` a time of belief. Without them only
    what is believed now and has not ended is seen. `since`/`before` bound `at` as [since, before).
    `until` wants exactly that end (and sees what has ended), `source` one of these sources, `data` equal
    values at these paths of `data`, `min_trust` at least, and `max_trust` at most, that trust in [0, 1].
    """

    kinds: tuple[str, ...] = ()
    who: tuple[str, ...] = ()
    session: str | None = None
    since: datetime | None = None
    before: datetime | None = None
    as_of: datetime | None = None
    known_as_of: datetime | None = None
    tiers: tuple[str, ...] = ("hot",)
    ended: bool = False
    """Also see items whose `until` has passed (their history)."""
    until: datetime | None = None
    source: tuple[str, ...] = ()
    data: tuple[tuple[tuple[str, ...], str | int | float | bool | None], ...] = ()
    """(path into `data`, value) pairs that must all hold; None: the path is null or absent."""
    min_trust: float = 0.0
    max_trust: float = 1.0


EVERYTHING = Where(tiers=(), ended=True)
"""What a scope holds: every tier, and what is over."""


@dataclass(frozen=True, slots=True)
class Cue:
    """The question, `at` what time it is asked (aware), what it may see, and how many hits (`k`) it wants.

    asker: who asks (None: whoever is stored as the user).
    """

    text: str
    at: datetime
    where: Where = Where()
    k: int = 10
    asker: str | None = None
