"""What answers a cue, scored, and the text that is made of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np
from numpy.typing import NDArray

from remanence.errors import InvalidInput
from remanence.records import dataclass
from remanence.types.arrays import Floats, Rows
from remanence.types.items import Item
from remanence.types.later import Later

if TYPE_CHECKING:
    from remanence.types.view import StoreView


State = Literal["holds", "ended", "corrected", "denied", "cancelled", "planned", "wished", "disputed"]


@dataclass(frozen=True, slots=True)
class Mark:
    """How one statement of an item stands: of whom which attribute and value, its state, since when, and by what.

    until: the time when it ended.
    state: "ended" where a later value took its place or it is over, "corrected" where it was said to be wrong,
    "denied", "cancelled" (a plan), "disputed" where another statement contradicts it and nobody knows which holds.
    by: id of the item that says so; now: the value that holds instead, "" when there is none.
    """

    subject: str
    attribute: str
    value: str
    state: State
    until: datetime | None = None
    by: str = ""
    now: str = ""

    @property
    def told(self) -> str:
        """In words: "home Rome: ended 9 Sep 2023, now Oslo"."""
        day = f" {self.until.day} {self.until:%b %Y}" if self.until is not None else ""
        instead = f", now {self.now}" if self.now else ""
        return f"{self.attribute} {self.value}: {self.state}{day}{instead}"


@dataclass(frozen=True, slots=True)
class Hit:
    """An item that answers the cue, its score in [0, 1] and why: per-channel scores and paths.

    `marks` say which of its statements no longer stand as they were said, and what took their place.
    """

    item: Item
    score: float
    why: Mapping[str, Any] = field(default_factory=dict)
    marks: tuple[Mark, ...] = ()

    @property
    def id(self) -> str:
        """The item's id."""
        return self.item.id

    @property
    def text(self) -> str:
        """The item's text."""
        return self.item.text


class Hits(Sequence[Hit]):
    """Scored rows, best first, with one score column per channel; a value: nothing is ever assigned into it.

    rows: int64 [N] store rows. scores: float32 [N] in [0, 1], which rank the hits. channels: name -> float32 [N], NaN
    where the channel did not see the row. paths: row -> how it was reached. sure: in [0, 1] or None, how likely memory
    holds an answer at all; where that is worked out later, `confidence` does so when it is first looked at.
    marks: row -> how what it states stands now, where it no longer does (superseded, ended, corrected, denied,
    cancelled). Items load when first looked at. `InvalidInput` for other than one score a row.
    """

    __slots__ = ("_items", "channels", "marks", "paths", "rows", "scores", "sure", "view")

    view: StoreView | None
    rows: Rows
    scores: Floats
    channels: Mapping[str, Floats]
    paths: Mapping[int, tuple[str, ...]]
    marks: Mapping[int, tuple[Mark, ...]]
    sure: float | Later | None
    _items: list[Item]

    def __init__(
        self,
        view: StoreView | None = None,
        rows: Rows | Sequence[int] = (),
        scores: Floats | Sequence[float] = (),
        *,
        channels: Mapping[str, Floats] | None = None,
        paths: Mapping[int, tuple[str, ...]] | None = None,
        marks: Mapping[int, tuple[Mark, ...]] | None = None,
        confidence: float | Later | None = None,
    ) -> None:
        given = np.asarray(rows, dtype=np.int64), np.asarray(scores, dtype=np.float32)
        if given[0].shape != given[1].shape:
            raise InvalidInput(f"{len(given[0])} rows but {len(given[1])} scores")
        fields = (view, *given, MappingProxyType(dict(channels or {})), MappingProxyType(dict(paths or {})))
        for name, value in zip(("view", "rows", "scores", "channels", "paths"), fields, strict=True):
            object.__setattr__(self, name, value)
        object.__setattr__(self, "marks", MappingProxyType(dict(marks or {})))
        object.__setattr__(self, "sure", confidence)
        object.__setattr__(self, "_items", [])

    @classmethod
    def best_first(
        cls,
        view: StoreView | None,
        rows: Rows,
        scores: Floats,
        *,
        channels: Mapping[str, Floats] = MappingProxyType({}),
        paths: Mapping[int, tuple[str, ...]] = MappingProxyType({}),
        confidence: float | Later | None = None,
    ) -> Hits:
        """Hits in the order of `top`, from rows [N], scores [N] and channels in any order; confidence in [0, 1]."""
        order = _order(view, rows, scores, len(rows))
        rows = rows[order]
        return cls(
            view,
            rows,
            scores[order],
            channels={name: column[order] for name, column in channels.items()},
            paths={row: paths[row] for row in rows.tolist() if row in paths} if paths else None,
            confidence=confidence,
        )

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"hits are values; use hits.with_({name}=...)")

    def with_(
        self,
        *,
        rows: Rows | None = None,
        scores: Floats | None = None,
        channels: Mapping[str, Floats] | None = None,
        paths: Mapping[int, tuple[str, ...]] | None = None,
        marks: Mapping[int, tuple[Mark, ...]] | None = None,
        confidence: float | Later | None = None,
    ) -> Hits:
        """The same hits with other values; `channels`, `paths` and `marks` join those that there are, None stays.

        rows: int64 [N]. scores, and each of channels: float32 [N] in [0, 1]. confidence: in [0, 1].
        """
        same = rows is None
        changed = Hits(
            self.view,
            self.rows if rows is None else rows,
            self.scores if scores is None else scores,
            channels={**(self.channels if same else {}), **(channels or {})},
            paths={**self.paths, **(paths or {})} if paths else self.paths,
            marks={**self.marks, **(marks or {})} if marks else self.marks,
            confidence=self.sure if confidence is None else confidence,
        )
        if same:
            object.__setattr__(changed, "_items", self._items)
        return changed

    def of(self, view: StoreView | None) -> Hits:
        """The same hits, with their items from another view."""
        given = {name: getattr(self, name) for name in ("channels", "paths", "marks")}
        return Hits(view, self.rows, self.scores, **given, confidence=self.sure)

    @property
    def confidence(self) -> float | None:
        """How likely memory holds an answer at all, in [0, 1]; None where nothing says so."""
        return None if self.sure is None else float(self.sure)

    @property
    def items(self) -> list[Item]:
        """The items, best first, read from the store once."""
        if len(self._items) != len(self.rows) and self.view is not None:
            self._items[:] = self.view.items(self.rows)
        return self._items

    def top(self, k: int) -> Hits:
        """The k best; of equals what was said earlier, then the earlier row, wherever it was formed again."""
        if len(self.rows) <= k and (len(self.rows) < 2 or bool(np.all(self.scores[1:] < self.scores[:-1]))):
            return self
        return self.take(self.order(k))

    def order(self, k: int) -> NDArray[np.intp]:
        """Positions of the k best hits, as `top` takes them."""
        return _order(self.view, self.rows, self.scores, k)

    def ranked(
        self,
        scores: Floats,
        *,
        channels: Mapping[str, Floats] | None = None,
        paths: Mapping[int, tuple[str, ...]] | None = None,
    ) -> Hits:
        """The same hits with these scores [N], best first; `channels` and `paths` join those that there are."""
        return self.with_(scores=scores, channels=channels, paths=paths).top(len(self.rows))

    def take(self, order: NDArray[Any]) -> Hits:
        """Some of the hits, in the given order (positions or a mask)."""
        rows = self.rows[order]
        return Hits(
            self.view,
            rows,
            self.scores[order],
            channels={name: column[order] for name, column in self.channels.items()},
            paths={row: self.paths[row] for row in rows.tolist() if row in self.paths} if self.paths else {},
            marks={row: self.marks[row] for row in rows.tolist() if row in self.marks} if self.marks else {},
            confidence=self.sure,
        )

    def then(self, tail: Hits) -> Hits:
        """These hits and further ones of the same channels behind them."""
        if not len(tail):
            return self
        columns = {name: np.concatenate([mine, tail.channels[name]]) for name, mine in self.channels.items()}
        rows, scores = np.concatenate([self.rows, tail.rows]), np.concatenate([self.scores, tail.scores])
        return self.with_(rows=rows, scores=scores, channels=columns, paths=tail.paths)

    def why(self, position: int) -> dict[str, Any]:
        """Per-channel scores and the path of the hit at a place (`position`, the best hit's is 0)."""
        told: dict[str, Any] = {
            name: round(float(column[position]), 4)
            for name, column in self.channels.items()
            if not math.isnan(float(column[position]))
        }
        path = self.paths.get(int(self.rows[position]))
        if path:
            told["path"] = list(path)
        marks = self.marks.get(int(self.rows[position]))
        if marks:
            told["standing"] = [mark.told for mark in marks]
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
        marks = self.marks.get(int(self.rows[position]), ())
        return Hit(self.items[position], float(self.scores[position]), self.why(position), marks)

    def __iter__(self) -> Iterator[Hit]:
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        return f"Hits({len(self)}: {', '.join(f'{s:.2f}' for s in self.scores[:5])}{' ...' if len(self) > 5 else ''})"


def _order(view: StoreView | None, rows: Rows, scores: Floats, k: int) -> NDArray[np.intp]:
    """Positions of the k best; of equals what was said earlier, then turns before what was made of them.

    Of equals of one kind and time the one whose first version came earlier: a later version keeps its place.
    """
    order = np.argsort(-scores, kind="stable")
    best = scores[order[: k + 1]]
    if not bool((best[1:] == best[:-1]).any()):
        return order[:k]
    if view is None:
        order = np.lexsort((rows, -scores))
    else:
        columns = view.columns
        names = sorted(columns.kinds, key=lambda name: (name != "turn", name))
        place = np.zeros(1 + max(columns.kinds.values()), np.int64)
        place[[columns.kinds[name] for name in names]] = np.arange(len(names))
        order = np.lexsort((columns.number[rows], place[columns.kind[rows]], columns.at[rows], -scores))
    return order[:k]


@dataclass(frozen=True, slots=True)
class Context:
    """Text for a model: dated, attributed, folded, of so many `tokens`, within its budget, with its citations.

    `confidence` in [0, 1] says whether memory holds an answer at all, worked out (`sure`) when it is first looked at.
    `str(context)` is ready to paste.
    """

    text: str
    tokens: int
    hits: tuple[Hit, ...] = ()
    sources: tuple[str, ...] = ()
    """The `source` (or id) of every item whose text is in it, in reading order."""
    sure: float | Later = field(default=0.0, repr=False, compare=False)
    truncated: bool = False
    degraded: tuple[str, ...] = ()

    @property
    def confidence(self) -> float:
        """How likely memory holds an answer at all, in [0, 1]."""
        return float(self.sure)

    def __str__(self) -> str:
        return self.text
