"""What is remembered: items, and the links between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from datetime import datetime, timedelta, timezone
from typing import Any

from remanence.records import dataclass
from remanence.types.scope import Scope

MAX_TEXT = 1_000_000
"""Longest text of one item, in characters."""
TRUST: dict[str, float] = {
    "user": 1.0,
    "import": 0.9,
    "assistant": 0.8,
    "tool": 0.6,
    "external": 0.3,
}
"""Trust by channel. A derived item never has more than its least trusted source."""
FIRM = 0.7
"""Least trust of what is believed about a person; what is trusted less is shown as a report."""

TIERS = ("hot", "cold", "archived")
"""`hot` is recalled, `cold` is recalled when asked or when nothing hot answers, `archived` only by name."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where something comes from: an item, and from `start` to `end` (not included) the characters of its text."""

    id: str
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Item:
    """Anything remembered, in one of its versions.

    `at`..`until` is when it was true in the world, `seen`..`retired` when this version was believed (aware times).
    `source` is the importer's own id (`conv-26/D1:3`). `evidence` names the items it was derived from.
    `trust` in [0, 1] is its channel's (`TRUST`), never more than that of its evidence. `strength` is a number for
    retention (1 when new), `salience` one for importance when formed, `utility` one for usefulness when used.
    `uses` counts how many times it was recalled, `used` is the time of the last one. `version` counts from 1.
    """

    kind: str
    text: str
    id: str = ""
    who: str | None = None
    at: datetime | None = None
    until: datetime | None = None
    seen: datetime | None = None
    retired: datetime | None = None
    source: str | None = None
    scope: Scope = Scope()
    evidence: tuple[Evidence, ...] = ()
    trust: float = 1.0
    strength: float = 1.0
    salience: float = 0.5
    utility: float = 0.0
    uses: int = 0
    used: datetime | None = None
    tier: str = "hot"
    version: int = 1
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def session(self) -> str | None:
        """The chat or document that it belongs to."""
        return self.scope.session

    @property
    def said_at(self) -> datetime | None:
        """`at` by the clock of who said it (`data["utc_offset"]`, minutes east of UTC): it decides what "today" is."""
        minutes = self.data.get("utc_offset")
        if self.at is None or not isinstance(minutes, int) or not -1440 < minutes < 1440:
            return self.at
        return self.at.astimezone(timezone(timedelta(minutes=minutes)))

    @property
    def until_there(self) -> datetime | None:
        """`until` by the clock of who said it, as `said_at`."""
        zone = self.said_at.tzinfo if self.said_at is not None else None
        return self.until.astimezone(zone) if self.until is not None and zone is not None else self.until

    @property
    def key(self) -> str:
        """What the word and vector indexes see: the text, its caption and its extra keys."""
        extra = [str(self.data[name]) for name in ("caption", "keys") if self.data.get(name)]
        return "\n".join([self.text, *extra]) if extra else self.text

    def with_(self, **fields: Any) -> Item:
        """A copy with some fields replaced."""
        return replace(self, **fields)


def keys_of(items: Iterable[Item]) -> list[str]:
    """`Item.key` of each."""
    return [item.key for item in items]


RELS = (
    "part_of",
    "next",
    "mentions",
    "about",
    "related",
    "similar",
    "same_as",
    "supports",
    "contradicts",
    "supersedes",
    "derived_from",
    "repeats",
    "causes",
    "near",
)
"""Typed relations that the built-in stages use; any lower-case word is accepted."""


@dataclass(frozen=True, slots=True)
class Link:
    """A typed, weighted, dated edge between two items, by their ids.

    `weight` is a finite number, 1 when left out. `at`..`until` is the time when it was true in the world,
    `seen`..`retired` the time when it was believed (aware).
    """

    src: str
    rel: str
    dst: str
    weight: float = 1.0
    at: datetime | None = None
    until: datetime | None = None
    seen: datetime | None = None
    retired: datetime | None = None
    reason: str = ""
