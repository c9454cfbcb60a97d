"""What a store holds in memory to answer fast: columns, postings and vectors, one row per stored version.

It is a cache: built from the tables when a space opens and caught up from the journal afterwards.
Every score is computed over the rows that the asker may see and over nothing else, so that another
scope's data, and data that was learned after the asked time, can change no answer.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from remanence.algo.distinct import distinct_places
from remanence.types import NEVER, OPEN, Floats, Rows

if TYPE_CHECKING:
    from remanence.store.vectors import Packed
    from remanence.store.view import VisibleRows
    from remanence.store.words import Words

_GROW = 1.5
"""By so much an array grows that is full."""

K1, B = 1.2, 0.75
"""BM25 (Robertson and Zaragoza, 2009)."""

EXACT_BELOW = 20_000
"""Up to here vectors are compared exactly; above, sign bits choose `SHORTLIST` rows to compare."""
SHORTLIST = 4_000

NEAR_BY = 2**16
"""Numbers in a block of vectors: they stay in the processor's own memory while they are read and multiplied (twice as
fast as 2**18), and the matrix library starts no threads, whose waiting for one another costs far more than the product
on a busy machine (28 ms against 0.09 ms for 4,000 vectors)."""


Posting = tuple[NDArray[np.int32], NDArray[np.uint8]]
"""The rows that hold a term, and how often each does."""
Part = tuple[float, NDArray[np.int32], NDArray[np.uint8]]
"""One term: its inverse document frequency, the visible rows that hold it, how often each does."""


class Encoder:
    """Small integers for the words of one column; None is -1."""

    def __init__(self, names: Sequence[str | None] = ()) -> None:
        """names: by code; None for one that nobody has any more."""
        self.of: dict[str, int] = {name: code for code, name in enumerate(names) if name is not None}
        self.names: list[str] = ["" if name is None else name for name in names]

    def __call__(self, value: str | None) -> int:
        if value is None:
            return -1
        code = self.of.get(value)
        if code is None:
            code = self.of[value] = len(self.names)
            self.names.append(value)
        return code


class GrowableArray:
    """An array that is appended to in place; `now` is a view of the `size` rows that are there."""

    __slots__ = ("_whole", "now", "size")

    def __init__(self, dtype: Any, width: int | None = None) -> None:
        self._whole: NDArray[Any] = np.zeros((0,) if width is None else (0, width), dtype)
        self.now, self.size = self._whole, 0

    def extend(self, values: Any, count: int | None = None) -> None:
        """Append values, or one value `count` times."""
        size = self.size + (len(values) if count is None else count)
        if size > len(self._whole):
            self.reserve(max(size, int(len(self._whole) * _GROW) + 64))
        self._whole[self.size : size] = values
        self.size, self.now = size, self._whole[:size]

    def reserve(self, wanted: int) -> None:
        """Make room for so many rows in all."""
        if wanted > len(self._whole):
            larger = np.zeros((wanted, *self._whole.shape[1:]), self._whole.dtype)
            larger[: self.size] = self.now
            self._take(larger, self.size)

    def adopt(self, whole: NDArray[Any], size: int) -> None:
        """Take an array that was made elsewhere; `size` rows of it count, the others are room."""
        if whole.dtype != self._whole.dtype or whole.shape[1:] != self._whole.shape[1:]:
            raise ValueError(f"an array of {whole.dtype} {whole.shape} is none of {self._whole.dtype}")
        self._take(whole, size)

    def _take(self, whole: NDArray[Any], size: int) -> None:
        self._whole, self.size, self.now = whole, size, whole[:size]


def extend_columns(
    columns: Mapping[str, GrowableArray], encoders: Mapping[str, Encoder], count: int, given: Mapping[str, Any]
) -> None:
    """Append `count` rows to every column: what is given by its name (words, if it has an encoder), else 0."""
    for name, column in columns.items():
        values, encode = given.get(name, 0), encoders.get(name)
        column.extend(values if encode is None else [encode(word) for word in values], count)


class Postings:
    """Which rows hold which term, and how often: sorted runs, and a tail that is merged when it grows."""

    def __init__(self) -> None:
        self._offsets = np.zeros(1, np.int64)
        self._rows = np.zeros(0, np.int32)
        self._tf = np.zeros(0, np.uint8)
        self._tail_code = GrowableArray(np.uint32)
        self._tail_row = GrowableArray(np.int32)
        self._tail_tf = GrowableArray(np.uint8)

    def add(self, codes: NDArray[np.uint32], rows: NDArray[np.int32], tf: NDArray[np.uint8]) -> None:
        self._tail_code.extend(codes)
        self._tail_row.extend(rows)
        self._tail_tf.extend(tf)
        if self._tail_code.size > max(30_000, len(self._rows) // 12):
            self._merge()

    def _merge(self) -> None:
        lengths = np.diff(self._offsets)
        codes = np.concatenate([np.repeat(np.arange(len(lengths), dtype=np.uint32), lengths), self._tail_code.now])
        rows = np.concatenate([self._rows, self._tail_row.now])
        tf = np.concatenate([self._tf, self._tail_tf.now])
        order = np.argsort(codes, kind="stable")
        self._rows, self._tf = rows[order], tf[order]
        counts = np.bincount(codes) if len(codes) else np.zeros(0, np.int64)
        self._offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
        self._tail_code, self._tail_row = GrowableArray(np.uint32), GrowableArray(np.int32)
        self._tail_tf = GrowableArray(np.uint8)

    def settle(self, gone: NDArray[np.bool_]) -> None:
        """Merge the tail, and leave out rows that were erased."""
        if self._tail_code.size:
            self._merge()
        if gone[self._rows].any():
            kept = ~gone[self._rows]
            before = np.concatenate([np.zeros(1, np.int64), np.cumsum(kept)])
            self._offsets = before[self._offsets]
            self._rows, self._tf = self._rows[kept], self._tf[kept]

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What a settled index is made of."""
        return {"offsets": self._offsets, "rows": self._rows, "tf": self._tf}

    def adopt(self, arrays: dict[str, NDArray[Any]]) -> None:
        """Take `arrays` that were made elsewhere."""
        self._offsets, self._rows, self._tf = arrays["offsets"], arrays["rows"], arrays["tf"]

    def each(self, codes: Sequence[int]) -> list[tuple[NDArray[np.int32], NDArray[np.uint8]]]:
        """`of` each term."""
        return [self.of(code) for code in codes]

    def of(self, code: int) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
        """(rows, counts) of one term, rows ascending."""
        if code + 1 < len(self._offsets):
            low, high = self._offsets[code], self._offsets[code + 1]
            rows, tf = self._rows[low:high], self._tf[low:high]
        else:
            rows, tf = self._rows[:0], self._tf[:0]
        if self._tail_code.size:
            late = np.flatnonzero(self._tail_code.now == code)
            if len(late):
                rows = np.concatenate([rows, self._tail_row.now[late]])
                tf = np.concatenate([tf, self._tail_tf.now[late]])
        return rows, tf


class Index:
    """Columns, postings and vectors of one space. Row numbers are positions in these arrays."""

    def __init__(self, dim: int, *, exact_below: int = EXACT_BELOW, shortlist: int = SHORTLIST) -> None:
        self.dim, self.exact_below, self.shortlist = dim, exact_below, shortlist
        self.kinds, self.people, self.sessions, self.tiers = Encoder(), Encoder(), Encoder(), Encoder()
        self.users, self.agents, self.apps = Encoder(), Encoder(), Encoder()
        self.n, self.first = GrowableArray(np.int64), GrowableArray(np.int64)
        self.kind, self.who, self.session = GrowableArray(np.int32), GrowableArray(np.int32), GrowableArray(np.int32)
        self.tier, self.user = GrowableArray(np.int8), GrowableArray(np.int32)
        self.agent, self.app = GrowableArray(np.int32), GrowableArray(np.int32)
        self.at, self.until = GrowableArray(np.int64), GrowableArray(np.int64)
        self.seen, self.retired = GrowableArray(np.int64), GrowableArray(np.int64)
        self.trust = GrowableArray(np.float32)
        self.gone = GrowableArray(np.bool_)
        self.latest = GrowableArray(np.int64)
        self.before, self.after = GrowableArray(np.int64), GrowableArray(np.int64)
        self._last: dict[tuple[int, int, int, int, int], int] = {}
        self.length = GrowableArray(np.int32)
        self.flags = GrowableArray(np.uint8)
        self.postings = Postings()
        self.terms: dict[str, int] = {}
        """Codes of index terms."""
        self.next_term = 0
        self.vector = GrowableArray(np.int8, dim)
        self.scale = GrowableArray(np.float32)
        self.embedded = GrowableArray(np.bool_)
        self.bits = np.zeros((0, (dim + 63) // 64), np.uint64)
        self.versioned = False
        self.mapped = 0
        """So many of the first rows came from a cache, without the memory of which was the last of its session."""
        self.changed = 0
        self.least_trust: dict[str, float] = {}
        """user -> the least trust of anything that was ever put for them."""
        self.sights: tuple[int, dict[Hashable, VisibleRows]] = -1, {}
        """Since which change, and who sees what of it: every view looks here before it looks for itself."""
        nothing = np.zeros(0, np.int64), np.zeros(0, np.float32)
        self._bm25: tuple[Any, VisibleRows | None, tuple[Rows, Floats]] = (None, None, nothing)

    @property
    def size(self) -> int:
        return self.n.size

    # --- growing ---

    def encoders(self) -> dict[str, Encoder]:
        """The encoder of every column of words, by the column's name."""
        return {
            "kind": self.kinds, "who": self.people, "session": self.sessions, "tier": self.tiers,
            "user": self.users, "agent": self.agents, "app": self.apps,
        }  # fmt: skip

    def columns(self) -> dict[str, GrowableArray]:
        """Every column by name."""
        return {name: column for name, column in vars(self).items() if isinstance(column, GrowableArray)}

    def reserve(self, count: int) -> None:
        """Make room for so many more rows at once."""
        for column in self.columns().values():
            column.reserve(self.size + count)

    def add_rows(self, records: Sequence[tuple[Any, ...]]) -> None:
        """Append versions, ascending n.

        Each is (n, item, kind, who, at, until, seen, retired, user, agent, session, app, trust, tier).
        """
        if not records:
            return
        start, count = self.n.size, len(records)
        n, item, kind, who, at, until, seen, retired, user, agent, session, app, trust, tier = zip(
            *records, strict=True
        )
        items, known = np.array(item, np.int64), self.n.now
        firsts = np.where(items < n[0], np.searchsorted(known, items), start + np.searchsorted(n, items))
        given = {
            "n": n, "first": firsts, "kind": kind, "who": who, "session": session, "tier": tier, "user": user,
            "agent": agent, "app": app, "seen": seen, "trust": trust,
            "at": [NEVER if value is None else value for value in at],
            "until": [OPEN if value is None else value for value in until],
            "retired": [OPEN if value is None else value for value in retired],
            "latest": np.arange(start, start + count), "before": -1, "after": -1,
        }  # fmt: skip
        extend_columns(self.columns(), self.encoders(), count, given)
        for whose, much in set(zip(user, trust, strict=True)):
            self.least_trust[whose] = min(self.least_trust.get(whose, 1.0), much)
        rows = np.arange(start, start + count)
        later = rows[firsts != rows]
        if len(later):
            self.versioned = True
            self.latest.now[firsts[later - start]] = later
        self._chain(start, firsts)
        self.changed += 1

    def _chain(self, start: int, firsts: Rows) -> None:
        """Put new items behind the last one of the same session and kind."""
        session, kind = self.session.now[start:].tolist(), self.kind.now[start:].tolist()
        user, agent, app = (
            self.user.now[start:].tolist(),
            self.agent.now[start:].tolist(),
            self.app.now[start:].tolist(),
        )
        before, after, last = self.before.now, self.after.now, self._last
        for offset, first in enumerate(firsts.tolist()):
            row = start + offset
            if first != row or session[offset] < 0:
                continue
            place = (user[offset], agent[offset], app[offset], session[offset], kind[offset])
            previous = self._last_at(place)
            if previous is not None:
                before[row] = previous
                after[previous] = row
            last[place] = row

    def _last_at(self, place: tuple[int, int, int, int, int]) -> int | None:
        """The last item of a session and kind: remembered, or looked for in what was mapped."""
        if place in self._last or not self.mapped:
            return self._last.get(place)
        mask = ~self.gone.now[: self.mapped] & (self.session.now[: self.mapped] == place[3])
        for column, code in zip((self.user, self.agent, self.app, self.kind), (*place[:3], place[4]), strict=True):
            mask &= column.now[: self.mapped] == code
        rows = np.flatnonzero(mask)
        rows = rows[self.first.now[rows] == rows]
        return int(rows[-1]) if len(rows) else None

    def show(self, records: Sequence[tuple[Any, ...]], words: Words, vectors: Packed | None) -> None:
        """Append versions with their words and their vectors; all or none of them have one."""
        start = self.n.size
        self.add_rows(records)
        rows = np.arange(start, self.n.size)
        self.terms.update(words.new_terms)
        self.next_term += len(words.new_terms)
        self.add_words(rows, words.codes, words.tf, words.counts)
        self.flags.now[rows] = words.flags
        if vectors is not None:
            self.set_vectors(rows, vectors.codes, vectors.scales)

    def row_of_n(self, n: NDArray[np.int64] | Sequence[int]) -> Rows:
        """Row of each stored n, -1 where it is not there."""
        wanted = np.asarray(n, np.int64)
        place = np.searchsorted(self.n.now, wanted)
        inside = np.minimum(place, max(self.size - 1, 0))
        return (
            np.where((place < self.size) & (self.n.now[inside] == wanted), place, -1)
            if self.size
            else np.full(len(wanted), -1)
        )

    def add_words(
        self, rows: Rows, codes: NDArray[np.uint32], tf: NDArray[np.uint8], counts: NDArray[np.int64]
    ) -> None:
        """Postings of some rows: `counts[i]` entries of `codes`/`tf` belong to `rows[i]`."""
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
        sums = np.concatenate([np.zeros(1, np.int64), np.cumsum(tf, dtype=np.int64)])
        self.length.now[rows] = (sums[starts[1:]] - sums[starts[:-1]]).astype(np.int32)
        self.postings.add(codes, np.repeat(rows, counts).astype(np.int32), tf)
        self.changed += 1

    def set_vectors(self, rows: Rows, vectors: NDArray[np.int8], scales: Floats) -> None:
        self.vector.now[rows] = vectors
        self.scale.now[rows] = scales
        self.embedded.now[rows] = True
        if len(rows) and len(self.bits) > int(rows.min()):
            self.bits = self.bits[: int(rows.min())]
        self.changed += 1

    def forget_vectors(self, dim: int) -> None:
        """Another embedder's vectors are to come: of `dim` numbers."""
        self.dim = dim
        self.vector, self.scale = GrowableArray(np.int8, dim), GrowableArray(np.float32)
        self.vector.extend(np.zeros((self.size, dim), np.int8))
        self.scale.extend(np.zeros(self.size, np.float32))
        self.embedded.now[:] = False
        self.bits = np.zeros((0, (dim + 63) // 64), np.uint64)
        self.changed += 1

    def close(self, rows: Rows, retired: Rows) -> None:
        """Versions that are no longer believed since the given times."""
        self.retired.now[rows] = retired
        self.versioned = True
        self.changed += 1

    def drop(self, rows: Rows) -> None:
        """Erase rows: nothing of them stays in memory that could answer."""
        self.gone.now[rows] = True
        for column in (self.vector, self.scale, self.length, self.flags):
            column.now[rows] = 0
        self.bits[rows[rows < len(self.bits)]] = 0
        before, after = self.before.now, self.after.now
        for row in rows.tolist():
            left, right = int(before[row]), int(after[row])
            if left >= 0:
                after[left] = right
            if right >= 0:
                before[right] = left
            place = (
                int(self.user.now[row]), int(self.agent.now[row]), int(self.app.now[row]),
                int(self.session.now[row]), int(self.kind.now[row]),
            )  # fmt: skip
            if self._last.get(place) == row:
                if left >= 0:
                    self._last[place] = left
                else:
                    del self._last[place]
            before[row] = after[row] = -1
        self.changed += 1

    # --- searching ---

    def idf(self, codes: Sequence[int], seen: VisibleRows, postings: Sequence[Posting] | None = None) -> list[Part]:
        """(inverse document frequency, visible rows with the term, counts) of each term; `postings` where known."""
        found, total = [], len(seen.rows)
        for code, (rows, tf) in zip(codes, self.postings.each(codes) if postings is None else postings, strict=True):
            if total < len(seen.mask):
                here = seen.mask[rows]
                rows, tf = rows[here], tf[here]
            holding = len(rows)
            idf = float(np.log1p((total - holding + 0.5) / (holding + 0.5))) if holding else 0.0
            seen.rarities[code] = idf
            found.append((idf, rows, tf))
        return found

    def held(self, codes: Sequence[int], rows: Rows) -> NDArray[np.bool_]:
        """bool [T, N]: does row n contain term t? No row contains -1."""
        known = [code for code in codes if code >= 0]
        return _held(codes, dict(zip(known, self.postings.each(known), strict=True)) if known else {}, rows)

    def term_scores(self, codes: Sequence[int], rows: Rows, seen: VisibleRows) -> tuple[Floats, NDArray[np.bool_]]:
        """BM25 of given rows and which terms each holds (`held`); -1 is a term that nothing holds."""
        known = [code for code in dict.fromkeys(codes) if code >= 0]
        postings = self.postings.each(known)
        found, scores = self.bm25(known, seen, postings)
        held = _held(codes, dict(zip(known, postings, strict=True)), rows)
        if not len(found):
            return np.zeros(len(rows), np.float32), held
        place = np.minimum(np.searchsorted(found, rows), len(found) - 1)
        there = found[place] == rows
        return np.where(there, scores[place], np.float32(0)).astype(np.float32), held

    def matching(self, wanted: Sequence[tuple[Sequence[int], int]], seen: VisibleRows) -> list[tuple[Rows, Floats]]:
        """The k best rows by BM25 for each (codes, k), best first."""
        some = dict.fromkeys(code for codes, _ in wanted for code in codes) if len(wanted) > 1 else {}
        parts = dict(zip(some, self.idf(list(some), seen), strict=True)) if some else {}
        if not parts:
            return [best(*self.bm25(codes, seen), k, self.at.now) for codes, k in wanted]
        each = [[parts[code] for code in codes] for codes, _ in wanted]
        return [
            best(*self._bm25_of(some, seen.mean_length), k, self.at.now)
            for some, (_, k) in zip(each, wanted, strict=True)
        ]

    def bm25(
        self, codes: Sequence[int], seen: VisibleRows, postings: Sequence[Posting] | None = None
    ) -> tuple[Rows, Floats]:
        """Every visible row that holds a term, with its BM25 score; the last answer is kept.

        postings: of each code, where they are known already.
        """
        asked, known_seen, answer = self._bm25
        if asked != (tuple(codes), self.changed) or known_seen is not seen:
            answer = self._bm25_of(self.idf(codes, seen, postings), seen.mean_length)
            self._bm25 = ((tuple(codes), self.changed), seen, answer)
        return answer

    def _bm25_of(self, parts: Sequence[Part], mean_length: float) -> tuple[Rows, Floats]:
        rows_of, scores_of = [], []
        for idf, rows, tf in parts:
            if not len(rows):
                continue
            counts = tf.astype(np.float32)
            norm = K1 * (1 - B + B * self.length.now[rows] / max(mean_length, 1e-9))
            rows_of.append(rows)
            scores_of.append((idf * counts * (K1 + 1) / (counts + norm)).astype(np.float32))
        if not rows_of:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        if sum(map(len, rows_of)) * 64 < self.size:
            unique, place = distinct_places(np.concatenate(rows_of))
            return unique.astype(np.int64), np.bincount(place, np.concatenate(scores_of)).astype(np.float32)
        dense = np.zeros(self.size)
        for rows, scores in zip(rows_of, scores_of, strict=True):
            dense[rows] += scores
        found = np.flatnonzero(dense > 0)  # of truths it is many times as fast as of numbers
        return found, dense[found].astype(np.float32)

    def cosines(self, query: Floats, rows: Rows) -> Floats:
        """Cosines of rows with a unit query; 0 where a row has no vector."""
        scores = np.empty(len(rows), np.float32)
        query = query.astype(np.float32)
        run = len(rows) > 1 and int(rows[-1]) - int(rows[0]) == len(rows) - 1 and bool((np.diff(rows) == 1).all())
        first = int(rows[0]) if run else 0
        step = max(1, NEAR_BY // self.dim)
        block = np.empty((min(step, len(rows)), self.dim), np.float32)
        for low in range(0, len(rows), step):
            high = min(low + step, len(rows))
            some = slice(first + low, first + high) if run else rows[low:high]
            block[: high - low] = self.vector.now[some]
            np.dot(block[: high - low], query, out=scores[low:high])
        return np.asarray(scores * self.scale.now[rows], np.float32)

    def nearest(self, query: Floats, k: int, seen: VisibleRows) -> tuple[Rows, Floats]:
        """The k rows with the greatest cosine, best first."""
        rows = seen.rows
        if len(rows) > self.exact_below:
            rows = self._shortlist(query, rows, max(self.shortlist, 4 * k))
        rows = rows[self.scale.now[rows] > 0]
        scores = self.cosines(query, rows)
        return best(rows, scores, k, self.at.now)

    def settle_bits(self) -> None:
        """Sign bits of every vector."""
        if len(self.bits) < self.size:
            fresh = self.vector.now[len(self.bits) :]
            packed = np.packbits(fresh > 0, axis=1)
            width = self.bits.shape[1] * 8
            padded = np.zeros((len(fresh), width), np.uint8)
            padded[:, : packed.shape[1]] = packed
            self.bits = np.concatenate([self.bits, padded.view(np.uint64)])

    def _shortlist(self, query: Floats, rows: Rows, count: int) -> Rows:
        """Rows whose sign bits agree best with the query's."""
        self.settle_bits()
        signs = np.packbits(query > 0)
        mine = np.zeros(self.bits.shape[1] * 8, np.uint8)
        mine[: len(signs)] = signs
        unlike: NDArray[Any] = np.zeros(len(rows), np.uint8 if self.dim < 256 else np.uint16)
        for column, sign in enumerate(mine.view(np.uint64)):
            bits = self.bits[:, column]
            unlike += np.bitwise_count((bits if len(rows) == self.size else bits[rows]) ^ sign)
        if count >= len(rows):
            return rows
        # The least distance within which enough are, counted instead of sorted; of those at it the earlier come in.
        bound = bisect_left(range(self.dim + 1), count, key=lambda most: int(np.count_nonzero(unlike <= most)))
        inside = np.flatnonzero(unlike <= bound)
        if len(inside) > count:
            last = np.flatnonzero(unlike[inside] == bound)[count - len(inside) :]
            inside = np.delete(inside, last)
        return rows[inside]

    def unit_vectors(self, rows: Rows) -> Floats:
        """float32 [N, dim], zero rows where there is no vector."""
        return np.asarray(self.vector.now[rows].astype(np.float32) * self.scale.now[rows][:, None], np.float32)


def _held(codes: Sequence[int], postings: Mapping[int, Posting], rows: Rows) -> NDArray[np.bool_]:
    """bool [T, N]: is row n among the postings of term t?"""
    held = np.zeros((len(codes), len(rows)), np.bool_)
    for position, code in enumerate(codes):
        holding = postings[code][0] if code in postings else ()
        if len(holding):
            place = np.minimum(np.searchsorted(holding, rows), len(holding) - 1)
            held[position] = holding[place] == rows
    return held


def best(rows: Rows, scores: Floats, k: int, at: NDArray[np.int64]) -> tuple[Rows, Floats]:
    """The k best, greatest score first, of equals what was said earlier; at: when, for every row."""
    if not len(rows):
        return rows, scores
    if len(rows) > k:
        some = np.argpartition(-scores, k - 1)
        bound = scores[some[k - 1]]
        keep = np.flatnonzero(scores >= bound)
        rows, scores = rows[keep], scores[keep]
    order = np.lexsort((rows, at[rows], -scores))[:k]
    return rows[order], scores[order]
