"""The read side of a store, as stages see it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import datetime
from typing import Literal, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from remanence.records import dataclass
from remanence.types.arrays import Floats, Rows
from remanence.types.cue import Where
from remanence.types.items import Item, Link
from remanence.types.scope import Scope

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Edges:
    """A graph of E edges over rows, as arrays."""

    src: Rows
    dst: Rows
    """int64 [E] rows."""
    weight: Floats
    """float32 [E]."""
    rel: NDArray[np.int16]
    """Codes [E] of the relations in `names`."""
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TermMatches:
    """T terms in N rows: BM25 scores, float32 [N]; inverse document frequencies, float32 [T] (0 when unknown);
    bool [T, N]: does row n contain term t? share: the scores as a share of the most that these terms could give.
    """

    scores: Floats
    idf: Floats
    held: NDArray[np.bool_]
    share: Floats


@dataclass(frozen=True, slots=True)
class Columns:
    """What is known of every row without reading its item: arrays [N] that cannot be written."""

    kind: NDArray[np.int32]
    who: NDArray[np.int32]
    session: NDArray[np.int32]
    tier: NDArray[np.int8]
    """Codes of words, -1 for none; equal exactly when the words are."""
    at: NDArray[np.int64]
    """Microseconds since 1970, `NEVER` for none."""
    until: NDArray[np.int64]
    seen: NDArray[np.int64]
    retired: NDArray[np.int64]
    """`until` and `retired` are `OPEN` while open."""
    trust: Floats
    length: NDArray[np.int32]
    """Index terms."""
    number: NDArray[np.int64]
    """Order of first remembering."""
    flags: NDArray[np.uint8]
    """Bits of `language.text_flags`."""
    kinds: Mapping[str, int]
    """The code of every kind that the store has seen."""

    def of_kinds(self, rows: Rows, kinds: Sequence[str]) -> NDArray[np.bool_]:
        """bool [N]: which of the rows are of one of these kinds."""
        mine, found = self.kind[rows], np.zeros(len(rows), np.bool_)
        for kind in kinds:
            found |= mine == self.kinds.get(kind, UNSEEN)
        return found


UNSEEN = -2
"""The code of a word that no row has."""
Direction = Literal["out", "in", "both"]


class StoreView(Protocol):
    """The read side of a store, seen through one scope. Stages get nothing else.

    Searches return `(rows, scores)` best first, over the rows that `where` and the scope let through;
    no other row changes any score.
    """

    @property
    def columns(self) -> Columns:
        """Of every row that a search of this view gives."""
        ...

    @property
    def scope(self) -> Scope:
        """Whose memory it is."""
        ...

    @property
    def commit(self) -> int:
        """The number of the last commit that it has caught up with."""
        ...

    def sign(self, text: str) -> int:
        """A 64-bit number that only this space could have made of a text, and makes again for this user."""
        ...

    def least_trust(self) -> float:
        """Nothing that this user holds is trusted less than this."""
        ...

    def cached(self, key: Hashable, make: Callable[[], T], where: Where = ...) -> T:
        """What `make` gives, computed once for these rows until the next commit (or until one of them ends).

        `make` reads through this view and `where` only. What it gives is shared by threads: it is not changed
        afterwards, unless it is a dictionary that only ever gains entries which every thread would compute alike.
        """
        ...

    def read_each(
        self, key: Hashable, rows: Rows, read: Callable[[Sequence[Item]], Sequence[T]], where: Where = ...
    ) -> list[T]:
        """What `read` makes of the items of these rows, one for each, made once for each row as `cached` is."""
        ...

    def grounds(self, rows: Rows, where: Where = ...) -> list[tuple[str, Rows]]:
        """(kind and id, visible rows of its evidence in order) of each row, made once for each as `cached` is."""
        ...

    def rows(self, where: Where = ...) -> Rows:
        """Visible rows in the order in which they were first remembered."""
        ...

    def places(self, rows: Rows) -> NDArray[np.int64]:
        """A number of each row's item: higher for one remembered later, alike in every process, never used again."""
        ...

    def count(self, where: Where = ...) -> int:
        """How many rows are visible."""
        ...

    def get(self, id: str, *, known_as_of: datetime | None = None) -> Item:
        """One item, as it was believed at the time `known_as_of`; `NotFound` when it is not visible in this scope."""
        ...

    def history(self, id: str) -> list[Item]:
        """All versions, oldest first; `NotFound` when the item is not visible in this scope."""
        ...

    def items(self, rows: Rows) -> list[Item]:
        """The items of some rows, in their order; `IntegrityError` when one is damaged."""
        ...

    def rows_of(self, ids: Sequence[str], where: Where | None = None) -> Rows:
        """The current row of each id, -1 where it is not visible."""
        ...

    def with_source(self, sources: Sequence[str]) -> Rows:
        """Current rows that carry one of these sources, in the order in which they were written."""
        ...

    def resting_on(self, ids: Sequence[str]) -> list[Item]:
        """Current items that name one of these among their evidence."""
        ...

    def ever_resting_on(self, ids: Sequence[str]) -> dict[str, list[Item]]:
        """id -> all versions of each item, believed or not, that in one of them names one of these as its evidence."""
        ...

    def by_source(self, sources: Sequence[str]) -> dict[str, str]:
        """source -> id of the current item that carries it."""
        ...

    def nearest(self, vector: Floats, k: int, where: Where = ...) -> tuple[Rows, Floats]:
        """The best k rows by cosine with a unit vector [dim], clipped to [0, 1].

        `ModelMismatch` when the space holds another embedder's vectors; so with `similarity`.
        """
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

    def terms_each(self, texts: Sequence[str]) -> list[list[str]]:
        """`terms` of each text."""
        ...

    def matching(self, terms: Sequence[str], k: int, where: Where = ...) -> tuple[Rows, Floats]:
        """The best k rows by BM25; raw scores, not yet in [0, 1]."""
        ...

    def word_shares(self, terms: Sequence[str], k: int, where: Where = ...) -> tuple[Rows, Floats]:
        """`matching` of at most k rows, its scores as a share of the most that these terms could give, in [0, 1]."""
        ...

    def matching_each(
        self, wanted: Sequence[tuple[Sequence[str], int]], where: Where = ...
    ) -> list[tuple[Rows, Floats]]:
        """`matching` for each of the wanted (terms, k), k being the most rows."""
        ...

    def term_matches(self, terms: Sequence[str], rows: Rows, where: Where = ...) -> TermMatches:
        """How given rows hold terms, with the statistics of all visible rows; one that comes twice scores once."""
        ...

    def idf(self, terms: Sequence[str], where: Where = ...) -> Floats:
        """Inverse document frequency of each term among the visible rows (0 when unknown)."""
        ...

    def coverage(self, terms: Sequence[str], rows: Rows) -> NDArray[np.bool_]:
        """bool [T, N]: does row n contain term t?"""
        ...

    def speaker_codes(self, names: Sequence[str]) -> list[int]:
        """The code in `columns.who` of each name, `UNSEEN` for one who has said nothing."""
        ...

    def speakers(self) -> list[str]:
        """Every `who` in this scope."""
        ...

    def around(self, rows: Rows, before: int, after: int, where: Where = ...) -> NDArray[np.int64]:
        """Neighbours in the same session and kind: int64 [N, before + 1 + after] rows, -1 where none."""
        ...

    def links(self, ids: Sequence[str], *, rels: Sequence[str] = (), direction: Direction = "both") -> list[Link]:
        """Current links that start ("out") or end ("in") at these items, in the order in which they were made."""
        ...

    def linked(self, rows: Rows, rels: Sequence[str]) -> list[tuple[int, str, int]]:
        """(row, rel, row) of every current link of these relations from or to the items of these rows, in order."""
        ...

    def derived(self, rows: Rows, where: Where = ...) -> list[tuple[int, int]]:
        """(row, row of an item that rests on it) for every visible item whose evidence one of the rows is."""
        ...

    def edges(self, rels: Sequence[str] = (), where: Where = ...) -> Edges:
        """All visible links as arrays over rows."""
        ...
