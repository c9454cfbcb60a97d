"""What stages propose, and what a verb says that it did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from remanence.records import dataclass
from remanence.types.items import Item, Link


@dataclass(frozen=True, slots=True)
class Update:
    """Give an item new field values, as a new version. `by` is the item that caused it.

    `fields` are `Item` fields (`text`, `until`, `tier`, `data`, ...). `data` is merged key by key, and a
    key given as None is removed. `if_version` makes it fail with `Conflict` when the item moved on.
    """

    id: str
    fields: Mapping[str, Any]
    reason: str = ""
    stage: str = ""
    by: str | None = None
    if_version: int | None = None


@dataclass(frozen=True, slots=True)
class Retire:
    """We no longer believe this item: closes `retired`. `by` is the item that caused it."""

    id: str
    reason: str = ""
    stage: str = ""
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Touch:
    """An item was used: adds the number of `uses`, and sets `strength` and `utility`, numbers as `Item` has them.

    None leaves a value as it is; `used` is the time of the last use (the commit's when left out). Not a new version.
    """

    id: str
    strength: float | None = None
    utility: float | None = None
    used: datetime | None = None
    uses: int = 1
    stage: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What stages propose and `store.apply` commits as one transaction with one journal row.

    `given` holds stored items that the stage should look at (the batch of a sleeping stage);
    `fresh` is what a form or evolve stage works on: the given items, then those put so far.
    """

    puts: tuple[Item, ...] = ()
    links: tuple[Link, ...] = ()
    unlinks: tuple[Link, ...] = ()
    """Links that end."""
    updates: tuple[Update, ...] = ()
    retires: tuple[Retire, ...] = ()
    touches: tuple[Touch, ...] = ()
    given: tuple[Item, ...] = ()
    reason: str = ""
    asked: str = ""
    """The cue, for a change that follows a recall."""
    notes: tuple[str, ...] = ()
    followed: tuple[str, ...] = ()
    """Ids of derived items that follow a source that is hidden, changed or erased."""
    earlier: tuple[Item, ...] = ()
    """What items of `puts` said before, in the same change and by the same ids, oldest first: kept in their history."""

    @property
    def fresh(self) -> tuple[Item, ...]:
        """The given items, then those put so far."""
        return self.given + self.puts

    @property
    def empty(self) -> bool:
        """True when it proposes nothing."""
        return not (self.puts or self.links or self.unlinks or self.updates or self.retires or self.touches)

    def plus(
        self,
        *,
        puts: Sequence[Item] = (),
        links: Sequence[Link] = (),
        unlinks: Sequence[Link] = (),
        updates: Sequence[Update] = (),
        retires: Sequence[Retire] = (),
        touches: Sequence[Touch] = (),
        notes: Sequence[str] = (),
    ) -> Change:
        """This change and some more."""
        return replace(
            self,
            puts=self.puts + tuple(puts),
            links=self.links + tuple(links),
            unlinks=self.unlinks + tuple(unlinks),
            updates=self.updates + tuple(updates),
            retires=self.retires + tuple(retires),
            touches=self.touches + tuple(touches),
            notes=self.notes + tuple(notes),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many items and links were put, changed and ended."""

    put: int = 0
    """The number of new items."""
    updated: int = 0
    """The number of items that got a new version."""
    superseded: int = 0
    """The number of items whose truth ended."""
    retired: int = 0
    """The number of items that are no longer believed."""
    linked: int = 0
    """The number of new links."""


@dataclass(frozen=True, slots=True)
class Receipt(Counts):
    """What one verb did, as numbers of items and links. `commit` is the journal's number; 0: nothing was written.

    `touched` counts items whose use was noted, `erased` those that were deleted, `duplicates` messages that were known,
    and `quoted` counts blocks of our own recalled text that came back. `degraded` tells what had to be skipped,
    `refused` what was not done and why, `durability` how hard the commit was held to the disk.
    """

    commit: int = 0
    ids: tuple[str, ...] = ()
    touched: int = 0
    erased: int = 0
    duplicates: int = 0
    quoted: int = 0
    refused: tuple[str, ...] = ()
    degraded: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    followed: tuple[str, ...] = ()
    """Ids of what rests on the items and was hidden, taken back, erased, put back as it was, or is true again."""
    durability: str = "full"
    replayed: bool = False
    """True when an idempotency key answered with the receipt of the first call."""


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One applied change as the journal keeps it: order is `commit`, never the clock."""

    commit: int
    at: datetime
    reason: str
    ops: tuple[tuple[Any, ...], ...]
    chain: str
    """Hash over this row and the previous row's hash, so that a cut or edited journal is noticed."""
