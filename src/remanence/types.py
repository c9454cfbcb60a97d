"""The nouns: what is remembered, what changes it, what asks for it, and the seams to the outside.

Everything that crosses a room's door is one of these.
Times are aware `datetime`s in UTC; scores lie in [0, 1], higher is better; `rows` are positions in a
store's in-memory columns (one per stored version) and mean nothing outside the call that got them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, Protocol, overload, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from remanence.errors import InvalidInput, ScopeError

NEVER = -(2**63)
"""`at` of an item without a time, in a column."""
OPEN = 2**63 - 1
"""`until` or `retired` that is still open, in a column."""

Rows = NDArray[np.int64]
Floats = NDArray[np.float32]

MAX_TEXT = 1_000_000
"""Longest text of one item, in characters."""
MAX_DATA = 65_536
"""Largest `data` of one item, as JSON text, in characters."""
MAX_DEPTH = 16
"""Deepest nesting of `data`."""
MAX_CUE = 8_192
"""Longest cue, in characters."""
MAX_K = 1_000
"""Most hits that one recall returns."""

TRUST: dict[str, float] = {
    "user": 1.0,
    "import": 0.9,
    "assistant": 0.8,
    "tool": 0.6,
    "external": 0.3,
}
"""Trust by channel. A derived item never has more than its least trusted source."""

TIERS = ("hot", "cold", "archived")
"""`hot` is recalled, `cold` is recalled when asked or when nothing hot answers, `archived` only by name."""


# --- kinds ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kind:
    """A word of the glossary: what the kind means and which fields its `data` may promise."""

    name: str
    means: str
    fields: Mapping[str, type | tuple[type, ...]] = field(default_factory=dict)


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("turn", "one verbatim message", {"role": str, "caption": str, "attachments": list, "keys": str}),
        Kind("chunk", "a verbatim piece of a document", {"title": str, "keys": str}),
        Kind(
            "episode",
            "a run of turns about one thing, with its summary as text",
            {"turns": list, "topic": str, "keys": str},
        ),
        Kind(
            "fact",
            "one plain statement: subject, slot, value",
            {"subject": str, "slot": str, "value": str, "polarity": bool, "keys": str},
        ),
        Kind("note", "a written remark with key words and tags", {"keywords": list, "tags": list, "keys": str}),
        Kind("summary", "a shorter telling of other items", {"of": str, "level": int}),
        Kind("entity", "a person, place or thing that is spoken of", {"label": str, "aliases": list}),
        Kind("scene", "facts that belong to one theme", {"theme": str}),
        Kind("persona", "who someone is, slot by slot", {"slots": dict}),
        Kind("skill", "how to do something", {"steps": list, "when": str}),
        Kind("case", "a task that was done, and how it went", {"task": str, "outcome": (str, float, int, bool)}),
        Kind("insight", "a lesson from several cases", {"when": str}),
        Kind("mistake", "something that went wrong, and the cure", {"cure": str}),
        Kind("subgoal", "a step of the task in hand", {"state": str, "parent": str}),
        Kind("place", "somewhere", {"position": list}),
        Kind("object", "a thing that is somewhere", {"position": list, "state": str}),
        Kind("file", "a named text", {"path": str}),
    )
}
"""Every kind that a store accepts, by name."""


def check_data(kind: str, data: Mapping[str, Any]) -> str:
    """Check `data` against its kind and return it as canonical JSON; `InvalidInput` says what is wrong."""
    if kind not in KINDS:
        known = ", ".join(sorted(KINDS))
        raise InvalidInput(f"unknown kind {kind!r}; known kinds: {known}")
    if not data:
        return "{}"
    for name, wanted in KINDS[kind].fields.items():
        if name in data and data[name] is not None and not isinstance(data[name], wanted):
            shown = wanted.__name__ if isinstance(wanted, type) else " or ".join(t.__name__ for t in wanted)
            raise InvalidInput(f"{kind}.data[{name!r}] must be {shown}, not {type(data[name]).__name__}")
    _check_depth(data, MAX_DEPTH)
    try:
        text = json.dumps(data, ensure_ascii=False, sort_keys=True, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInput(f"data of this {kind} is not plain JSON: {error}") from None
    if len(text) > MAX_DATA:
        raise InvalidInput(f"data of this {kind} is {len(text):,} characters; at most {MAX_DATA:,} are kept")
    return text


def _check_depth(value: object, left: int) -> None:
    if left < 0:
        raise InvalidInput(f"data is nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, Mapping):
        for inner in value.values():
            _check_depth(inner, left - 1)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            _check_depth(inner, left - 1)


# --- scope ---------------------------------------------------------------------------------------

_WILD = {"*", "%", "?", "all", "any"}


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose memory, inside a space. A part that is None does not narrow; `user` is always named.

    A handle sees the items that agree with every part that it names. Parts are compared as they are:
    there are no wild cards, and an empty or wild part raises `ScopeError`.
    """

    user: str = "default"
    agent: str | None = None
    session: str | None = None
    app: str | None = None

    def __post_init__(self) -> None:
        for name in ("user", "agent", "session", "app"):
            part = getattr(self, name)
            if part is None and name != "user":
                continue
            if not isinstance(part, str) or not part.strip():
                raise ScopeError(f"scope {name} is empty; name one, or leave it out for the default")
            if part.strip().lower() in _WILD:
                raise ScopeError(f"scope {name}={part!r} looks like a wild card; a scope names exactly one {name}")
            if len(part) > 256 or "\x00" in part:
                raise ScopeError(f"scope {name} must be 1 to 256 characters without NUL")

    def sees(self, other: Scope) -> bool:
        """True when an item of scope `other` is visible from this scope."""
        return all(
            mine is None or mine == theirs
            for mine, theirs in (
                (self.user, other.user),
                (self.agent, other.agent),
                (self.session, other.session),
                (self.app, other.app),
            )
        )


# --- items and links -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where something comes from: an item and the characters [start, end) of its text."""

    id: str
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Item:
    """Anything remembered, in one of its versions.

    `at`..`until` is when it was true in the world, `seen`..`retired` when this version was believed.
    `source` is the importer's own id (`conv-26/D1:3`). `evidence` names the items it was derived from.
    `strength` is retention, `salience` importance when formed, `utility` usefulness when used.
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
    def key(self) -> str:
        """What the word and vector indexes see: the text, its caption and its extra keys."""
        extra = [str(self.data[name]) for name in ("caption", "keys") if self.data.get(name)]
        return "\n".join([self.text, *extra]) if extra else self.text

    def with_(self, **fields: Any) -> Item:
        """A copy with some fields replaced."""
        return replace(self, **fields)


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
    "causes",
    "near",
)
"""Typed relations that the built-in stages use; any lower-case word is accepted."""


@dataclass(frozen=True, slots=True)
class Link:
    """A typed, weighted, dated edge between two items, by their ids."""

    src: str
    rel: str
    dst: str
    weight: float = 1.0
    at: datetime | None = None
    until: datetime | None = None
    seen: datetime | None = None
    retired: datetime | None = None
    reason: str = ""


# --- changes -------------------------------------------------------------------------------------


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
    """An item was used: counts the use and sets its retention. Not a new version."""

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
    updates: tuple[Update, ...] = ()
    retires: tuple[Retire, ...] = ()
    touches: tuple[Touch, ...] = ()
    given: tuple[Item, ...] = ()
    reason: str = ""
    notes: tuple[str, ...] = ()

    @property
    def fresh(self) -> tuple[Item, ...]:
        return self.given + self.puts

    @property
    def empty(self) -> bool:
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


@dataclass(frozen=True, slots=True)
class Receipt:
    """What one verb did. `commit` is the journal's number; 0 means that nothing had to be written."""

    commit: int = 0
    ids: tuple[str, ...] = ()
    put: int = 0
    updated: int = 0
    superseded: int = 0
    retired: int = 0
    linked: int = 0
    touched: int = 0
    erased: int = 0
    duplicates: int = 0
    quoted: int = 0
    refused: tuple[str, ...] = ()
    degraded: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
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


# --- asking --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Where:
    """Which items a search may see, on top of the handle's scope.

    `as_of` is a time in the world (believed now), `known_as_of` a time of belief. Without them only
    what is believed now and has not ended is seen. `since`/`before` bound `at` as [since, before).
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


@dataclass(frozen=True, slots=True)
class Cue:
    """The question, when it is asked and what it may see."""

    text: str
    at: datetime
    where: Where = Where()
    k: int = 10


@dataclass(frozen=True, slots=True)
class Hit:
    """An item that answers the cue, its score in [0, 1] and why: per-channel scores and paths."""

    item: Item
    score: float
    why: Mapping[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.item.id

    @property
    def text(self) -> str:
        return self.item.text


class Hits(Sequence[Hit]):
    """Scored rows, best first, with one score column per channel; items load when first looked at.

    rows: int64 [N] store rows. scores: float32 [N] in [0, 1]. channels: name -> float32 [N], NaN where the
    channel did not see the row. paths: row -> how it was reached. confidence: in [0, 1] or None.
    """

    __slots__ = ("_items", "_view", "channels", "confidence", "paths", "rows", "scores")

    def __init__(
        self,
        view: StoreView | None = None,
        rows: Rows | Sequence[int] = (),
        scores: Floats | Sequence[float] = (),
        channels: Mapping[str, Floats] | None = None,
        paths: Mapping[int, tuple[str, ...]] | None = None,
        confidence: float | None = None,
    ) -> None:
        self._view = view
        self.rows: Rows = np.asarray(rows, dtype=np.int64)
        self.scores: Floats = np.asarray(scores, dtype=np.float32)
        if self.rows.shape != self.scores.shape:
            raise InvalidInput(f"{len(self.rows)} rows but {len(self.scores)} scores")
        self.channels: dict[str, Floats] = dict(channels or {})
        self.paths: dict[int, tuple[str, ...]] = dict(paths or {})
        self.confidence = confidence
        self._items: list[Item] | None = None

    @property
    def view(self) -> StoreView | None:
        return self._view

    @property
    def items(self) -> list[Item]:
        """The items, best first, read from the store once."""
        if self._items is None:
            self._items = self._view.items(self.rows) if self._view is not None and len(self.rows) else []
        return self._items

    def top(self, k: int) -> Hits:
        """The k best (ties go to the earlier row)."""
        if len(self.rows) <= k and (len(self.rows) < 2 or bool(np.all(self.scores[1:] < self.scores[:-1]))):
            return self
        order = np.lexsort((self.rows, -self.scores))[:k]
        return self.take(order)

    def take(self, order: NDArray[Any]) -> Hits:
        """Some of the hits, in the given order (positions or a mask)."""
        rows = self.rows[order]
        paths = {row: self.paths[row] for row in rows.tolist() if row in self.paths} if self.paths else {}
        return Hits(
            self._view,
            rows,
            self.scores[order],
            {name: column[order] for name, column in self.channels.items()},
            paths,
            self.confidence,
        )

    def scored(self, scores: Floats, **channels: Floats) -> Hits:
        """The same rows with other scores, and further channel columns."""
        return Hits(self._view, self.rows, scores, {**self.channels, **channels}, self.paths, self.confidence)

    def why(self, position: int) -> dict[str, Any]:
        """Per-channel scores and the path of one hit."""
        told: dict[str, Any] = {
            name: round(float(column[position]), 4)
            for name, column in self.channels.items()
            if not math.isnan(float(column[position]))
        }
        path = self.paths.get(int(self.rows[position]))
        if path:
            told["path"] = list(path)
        return told

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, position: int) -> Hit: ...
    @overload
    def __getitem__(self, position: slice) -> list[Hit]: ...
    def __getitem__(self, position: int | slice) -> Hit | list[Hit]:
        if isinstance(position, slice):
            return [self[i] for i in range(*position.indices(len(self)))]
        if position < 0:
            position += len(self)
        if not 0 <= position < len(self):
            raise IndexError(position)
        return Hit(self.items[position], float(self.scores[position]), self.why(position))

    def __iter__(self) -> Iterator[Hit]:
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        return f"Hits({len(self)}: {', '.join(f'{s:.2f}' for s in self.scores[:5])}{' ...' if len(self) > 5 else ''})"


@dataclass(frozen=True, slots=True)
class Context:
    """Text for a model: dated, attributed, folded, within a token budget, with its citations.

    `confidence` in [0, 1] says whether memory holds an answer at all. `str(context)` is ready to paste.
    """

    text: str
    tokens: int
    hits: tuple[Hit, ...] = ()
    sources: tuple[str, ...] = ()
    """The `source` (or id) of every item whose text is in it, in reading order."""
    confidence: float = 0.0
    truncated: bool = False
    degraded: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.text


# --- seams to the outside ------------------------------------------------------------------------


@runtime_checkable
class Embedder(Protocol):
    """Turns texts into vectors. `model` is a fingerprint of the weights, stored with every vector."""

    @property
    def model(self) -> str: ...
    @property
    def dim(self) -> int: ...
    def embed(self, texts: Sequence[str]) -> Floats:
        """Unit rows, float32 [N, dim]; an empty text gives a zero row."""
        ...

    def embed_query(self, text: str) -> Floats:
        """One unit vector, float32 [dim]."""
        ...


class Chat(Protocol):
    """A language model behind one door. Every stage that uses it says what it does without it."""

    def complete(
        self,
        messages: Sequence[Mapping[str, str]],
        *,
        schema: Mapping[str, Any] | None = None,
        max_tokens: int | None = None,
    ) -> str: ...

    def json(self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any]) -> dict[str, Any]:
        """A reply that validates against `schema`; `BadReply` after the allowed retries."""
        ...


class Clock(Protocol):
    """Says what time it is, aware and in UTC."""

    def __call__(self) -> datetime: ...


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Edges:
    """A graph over rows, as arrays: src, dst int64 [E] rows, weight float32 [E], rel names by code."""

    src: Rows
    dst: Rows
    weight: Floats
    rel: NDArray[np.int16]
    names: tuple[str, ...]


Column = Literal[
    "kind", "who", "session", "at", "until", "seen", "retired", "trust", "tier", "length", "number", "signs"
]


class StoreView(Protocol):
    """The read side of a store, seen through one scope. Stages get nothing else.

    Searches return `(rows, scores)` best first, over the rows that `where` and the scope let through;
    no other row changes any score. Codes in `column` compare equal exactly when the values do.
    """

    @property
    def scope(self) -> Scope: ...
    @property
    def commit(self) -> int: ...

    def rows(self, where: Where = ...) -> Rows:
        """Visible rows in the order in which they were first remembered."""
        ...

    def count(self, where: Where = ...) -> int: ...
    def get(self, id: str, *, known_as_of: datetime | None = None) -> Item:
        """One item; `NotFound` when it is not visible in this scope."""
        ...

    def history(self, id: str) -> list[Item]:
        """All versions, oldest first."""
        ...

    def items(self, rows: Rows) -> list[Item]: ...
    def rows_of(self, ids: Sequence[str], where: Where | None = None) -> Rows:
        """The current row of each id, -1 where it is not visible."""
        ...

    def by_source(self, sources: Sequence[str]) -> dict[str, str]:
        """source -> id of the current item that carries it."""
        ...

    def nearest(self, vector: Floats, k: int, where: Where = ...) -> tuple[Rows, Floats]:
        """Cosine search; scores are cosines, clipped to [0, 1]."""
        ...

    def similarity(self, vector: Floats, rows: Rows) -> Floats:
        """Cosines of given rows with one vector, in [-1, 1]; NaN where a row has no vector."""
        ...

    def vectors(self, rows: Rows) -> Floats:
        """float32 [N, dim]; zero rows where there is no vector."""
        ...

    def terms(self, text: str) -> list[str]:
        """The word index's own terms of a text, in order, stop words dropped."""
        ...

    def matching(self, terms: Sequence[str], k: int, where: Where = ...) -> tuple[Rows, Floats]:
        """BM25 search; raw scores, not yet in [0, 1]."""
        ...

    def word_scores(self, terms: Sequence[str], rows: Rows, where: Where = ...) -> Floats:
        """BM25 scores of given rows, with the statistics of all visible rows."""
        ...

    def idf(self, terms: Sequence[str], where: Where = ...) -> Floats:
        """Inverse document frequency of each term among the visible rows (0 when unknown)."""
        ...

    def coverage(self, terms: Sequence[str], rows: Rows) -> NDArray[np.bool_]:
        """bool [T, N]: does row n contain term t?"""
        ...

    def column(self, name: Column, rows: Rows) -> NDArray[Any]:
        """kind, who, session, tier: integer codes (-1 for none); at, until, seen, retired: int64
        microseconds since 1970 (`at` is `NEVER` for none, `until` and `retired` are `OPEN` while open);
        trust: float32; length: terms; number: order of first remembering; signs: bits of `algo.signs`."""
        ...

    def code(self, name: Literal["kind", "who", "session", "tier"], value: str) -> int:
        """The code that `column` uses for a value, -2 when the store has never seen it."""
        ...

    def speakers(self) -> list[str]:
        """Every `who` in this scope."""
        ...

    def around(self, rows: Rows, before: int, after: int, where: Where = ...) -> NDArray[np.int64]:
        """Neighbours in the same session and kind: int64 [N, before + 1 + after] rows, -1 where none."""
        ...

    def links(
        self,
        ids: Sequence[str],
        *,
        rels: Sequence[str] = (),
        direction: Literal["out", "in", "both"] = "both",
    ) -> list[Link]: ...

    def edges(self, rels: Sequence[str] = (), where: Where = ...) -> Edges:
        """All visible links as arrays over rows."""
        ...


def micros(moment: datetime | None) -> int | None:
    """Microseconds since 1970 (UTC); naive times are taken as UTC."""
    if moment is None:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    delta = moment - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(value: int | None) -> datetime | None:
    """The time that `micros` came from."""
    return None if value is None else _EPOCH + timedelta(microseconds=value)


def iso(value: datetime | None) -> str | None:
    """ISO 8601 with an offset, or None."""
    return None if value is None else value.astimezone(UTC).isoformat()
