"""What a store holds in memory to answer fast: columns, postings and vectors, one row per stored version.

It is a cache: built from the tables when a space opens and caught up from the journal afterwards.
Every score is computed over the rows that the asker may see and over nothing else, so that another
scope's data, and data that was learned after the asked time, can change no answer.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from remanence.algo.distinct import distinct_places
from remanence.records import dataclass
from remanence.store.arrays import Encoder, GrowableArray, Postings, extend_columns
from remanence.types import NEVER, OPEN, Columns, Floats, Rows, Scope, TermMatches, Where, micros_each

if TYPE_CHECKING:
    from remanence.store.plan import Words
    from remanence.store.vectors import Packed

K1, B = 1.2, 0.75
"""BM25 (Robertson and Zaragoza, 2009)."""

EXACT_BELOW = 20_000
"""Up to here vectors are compared exactly; above, sign bits choose `SHORTLIST` rows to compare."""
SHORTLIST = 4_000

ONE_THREAD = 2**18
"""Numbers in a block of vectors: larger products make the matrix library start its threads, whose waiting for one
another costs far more than the product does on a busy machine (28 ms against 0.09 ms for 4,000 vectors)."""


Posting = tuple[NDArray[np.int32], NDArray[np.uint8]]
"""The rows that hold a term, and how often each does."""
Part = tuple[float, NDArray[np.int32], NDArray[np.uint8]]
"""One term: its inverse document frequency, the visible rows that hold it, how often each does."""


@dataclass(frozen=True, slots=True)
class VisibleRows:
    """The rows that one search may see, and the statistics over just these."""

    mask: NDArray[np.bool_]
    rows: Rows
    mean_length: float
    expires: int
    """Microseconds at which the passing of time changes it."""
    rarities: dict[int, float] = field(default_factory=dict)
    """Inverse document frequencies of terms that were asked for."""
    derived: dict[Hashable, tuple[int, Any]] = field(default_factory=dict)
    """What stages computed over these rows: (name, filter) -> (commit, value)."""

    def like(self, other: VisibleRows) -> bool:
        """The same rows for the same time."""
        return (
            self.expires == other.expires
            and len(self.rows) == len(other.rows)
            and self.mean_length == other.mean_length
            and bool(np.array_equal(self.rows, other.rows))
        )


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
        self._cache: dict[tuple[Scope, Where, tuple[type, ...]], VisibleRows] = {}
        self._cached_at = -1
        self._readable: tuple[int, Columns | None] = -1, None
        nobody = VisibleRows(np.zeros(0, np.bool_), np.zeros(0, np.int64), 0.0, OPEN)
        nothing = nobody.rows, np.zeros(0, np.float32)
        self._bm25: tuple[Any, VisibleRows, tuple[Rows, Floats]] = (None, nobody, nothing)

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

    def readable(self) -> Columns:
        """The columns that stages read, as they are now; made once until something changes."""
        changed, known = self._readable
        if known is None or changed != self.changed:
            changed = self.changed
            columns: dict[str, Any] = {
                name: _read_only(getattr(self, _COLUMN_OF.get(name, name)).now) for name in _READABLE
            }
            known = Columns(**columns, kinds=MappingProxyType(self.kinds.of))
            self._readable = changed, known
        return known

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

    # --- who sees what ---

    def visible(
        self, scope: Scope, where: Where, now: int, narrow: Callable[[Rows], Rows] | None = None
    ) -> VisibleRows:
        """The rows that a search may see at `now` (microseconds); `narrow` keeps those that no column can tell."""
        if self._cached_at != self.changed:
            self._cache.clear()
            self._cached_at = self.changed
        key = (scope, where, tuple(type(value) for _, value in where.data))
        known = self._cache.get(key)
        if known is None or known.expires <= now:
            if len(self._cache) >= 32:
                self._cache.clear()
            fresh = self._look(scope, where, now, narrow)
            # One object for equal sights (all is of one kind, say), so that what was counted for one serves both.
            known = self._cache[key] = next((one for one in self._cache.values() if one.like(fresh)), fresh)
        return known

    def of_scope(self, scope: Scope) -> NDArray[np.bool_]:
        """Mask of every version that belongs to this scope, closed ones too."""
        mask: NDArray[np.bool_] = self.user.now == self.users.of.get(scope.user, -2)
        for part, codes, column in (
            (scope.agent, self.agents, self.agent),
            (scope.app, self.apps, self.app),
            (scope.session, self.sessions, self.session),
        ):
            if part is not None:
                mask &= column.now == codes.of.get(part, -2)
        mask &= ~self.gone.now
        return mask

    def _look(self, scope: Scope, where: Where, now: int, narrow: Callable[[Rows], Rows] | None) -> VisibleRows:
        mask = self.of_scope(scope)
        if where.session is not None:
            mask &= self.session.now == self.sessions.of.get(where.session, -2)
        expires = OPEN
        moments = (where.known_as_of, where.as_of, where.since, where.before, where.until)
        known_as_of, as_of, since, before, ends = micros_each(moments) if any(moments) else (None,) * 5
        if known_as_of is not None:
            mask &= (self.seen.now <= known_as_of) & (known_as_of < self.retired.now)
        elif self.versioned:
            mask &= self.retired.now == OPEN
        until = self.until.now
        if as_of is not None:
            mask &= (self.at.now <= as_of) & (as_of < until)
        elif not where.ended and where.until is None:
            mask &= until > now
            ending = until[mask & (until != OPEN)]
            expires = int(ending.min()) if len(ending) else OPEN
        if since is not None:
            mask &= self.at.now >= since
        if before is not None:
            mask &= (self.at.now < before) & (self.at.now != NEVER)
        for values, codes, column in (
            (where.kinds, self.kinds, self.kind),
            (where.who, self.people, self.who),
            (where.tiers, self.tiers, self.tier),
        ):
            if values:
                wanted = [codes.of.get(value, -2) for value in values]
                mask &= np.isin(column.now, wanted) if len(wanted) > 1 else column.now == wanted[0]
        if where.until is not None:
            mask &= until == ends
        if where.min_trust > 0:
            mask &= self.trust.now >= where.min_trust - 1e-6
        if where.max_trust < 1:
            mask &= self.trust.now <= where.max_trust + 1e-6
        rows = np.flatnonzero(mask)
        if narrow is not None:
            rows = narrow(rows)
            mask = np.zeros(len(mask), np.bool_)
            mask[rows] = True
        if self.versioned:
            rows = rows[np.argsort(self.first.now[rows], kind="stable")]
        lengths = self.length.now[rows]
        return VisibleRows(mask, rows, float(lengths.mean()) if len(lengths) else 0.0, expires)

    # --- searching ---

    def idf(self, codes: Sequence[int], seen: VisibleRows, postings: Sequence[Posting] | None = None) -> list[Part]:
        """(inverse document frequency, visible rows with the term, counts) of each term; `postings` where known."""
        found, total = [], len(seen.rows)
        for code, (rows, tf) in zip(codes, self.postings.each(codes) if postings is None else postings, strict=True):
            here = seen.mask[rows]
            rows, tf = rows[here], tf[here]
            holding = len(rows)
            idf = float(np.log1p((total - holding + 0.5) / (holding + 0.5))) if holding else 0.0
            seen.rarities[code] = idf
            found.append((idf, rows, tf))
        return found

    def rarities(self, codes: Sequence[int], seen: VisibleRows) -> list[float]:
        """Inverse document frequencies, remembered for as long as these rows are what is seen."""
        known = seen.rarities
        missing = [code for code in codes if code >= 0 and code not in known]
        if missing:
            self.idf(missing, seen)
        return [known.get(code, 0.0) for code in codes]

    def held(self, codes: Sequence[int], rows: Rows) -> NDArray[np.bool_]:
        """bool [T, N]: does row n contain term t? No row contains -1."""
        known = [code for code in codes if code >= 0]
        return _held(codes, dict(zip(known, self.postings.each(known), strict=True)) if known else {}, rows)

    def term_matches(self, codes: Sequence[int], rows: Rows, seen: VisibleRows) -> TermMatches:
        """How given rows hold terms: -1 is a term that nothing holds, one that comes twice scores once."""
        known = [code for code in dict.fromkeys(codes) if code >= 0]
        postings = self.postings.each(known)
        parts = self.idf(known, seen, postings)
        found, scores = self.bm25(known, seen, dict(zip(known, parts, strict=True)))
        place = np.minimum(np.searchsorted(found, rows), len(found) - 1)
        there = found[place] == rows if len(found) else np.zeros(len(rows), np.bool_)
        return TermMatches(
            np.where(there, scores[place], np.float32(0)).astype(np.float32)
            if len(found)
            else there.astype(np.float32),
            np.array(self.rarities(codes, seen), np.float32),
            _held(codes, dict(zip(known, postings, strict=True)), rows),
        )

    def matching(self, wanted: Sequence[tuple[Sequence[int], int]], seen: VisibleRows) -> list[tuple[Rows, Floats]]:
        """The k best rows by BM25 for each (codes, k), best first."""
        some = dict.fromkeys(code for codes, _ in wanted for code in codes) if len(wanted) > 1 else {}
        parts = dict(zip(some, self.idf(list(some), seen), strict=True)) if some else {}
        return [best(*self.bm25(codes, seen, parts), k, self.at.now) for codes, k in wanted]

    def bm25(
        self, codes: Sequence[int], seen: VisibleRows, parts: Mapping[int, Part] = MappingProxyType({})
    ) -> tuple[Rows, Floats]:
        """Every visible row that holds a term, with its BM25 score; the last answer is kept.

        parts: what `idf` gives for each code, where it is known already.
        """
        asked, known_seen, answer = self._bm25
        if asked != (tuple(codes), self.changed) or known_seen is not seen:
            terms = [parts[code] for code in codes] if parts else self.idf(codes, seen)
            answer = self._bm25_of(terms, seen.mean_length)
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
        rows, scores = np.concatenate(rows_of), np.concatenate(scores_of)
        if len(rows) * 64 < self.size:
            unique, place = distinct_places(rows)
            return unique.astype(np.int64), np.bincount(place, scores).astype(np.float32)
        dense = np.bincount(rows, scores, minlength=self.size).astype(np.float32)
        found = np.flatnonzero(dense)
        return found, dense[found]

    def cosines(self, query: Floats, rows: Rows) -> Floats:
        """Cosines of rows with a unit query; 0 where a row has no vector."""
        scores = np.empty(len(rows), np.float32)
        query = query.astype(np.float32)
        run = len(rows) > 1 and int(rows[-1]) - int(rows[0]) == len(rows) - 1 and bool((np.diff(rows) == 1).all())
        first = int(rows[0]) if run else 0
        step = max(1, ONE_THREAD // self.dim)
        for low in range(0, len(rows), step):
            high = min(low + step, len(rows))
            some = slice(first + low, first + high) if run else rows[low:high]
            scores[low:high] = self.vector.now[some].astype(np.float32) @ query
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
        unlike = np.zeros(len(rows), np.uint16)
        for column, sign in enumerate(mine.view(np.uint64)):
            bits = self.bits[:, column]
            unlike += np.bitwise_count((bits if len(rows) == self.size else bits[rows]) ^ sign)
        if count >= len(rows):
            return rows
        # The greatest distance that is let in, counted instead of sorted; of those at it the earlier rows come in.
        upto = np.cumsum(np.bincount(unlike))
        bound = int(np.searchsorted(upto, count))
        inside = unlike <= bound
        if upto[bound] > count:
            inside[np.flatnonzero(unlike == bound)[count - int(upto[bound]) :]] = False
        return rows[inside]

    def unit_vectors(self, rows: Rows) -> Floats:
        """float32 [N, dim], zero rows where there is no vector."""
        return np.asarray(self.vector.now[rows].astype(np.float32) * self.scale.now[rows][:, None], np.float32)


_READABLE = (
    "kind", "who", "session", "tier", "at", "until", "seen", "retired", "trust", "length", "number", "flags",
)  # fmt: skip
_COLUMN_OF = {"number": "first"}
"""The index's own name of a column that has another one outside."""


def _read_only(column: NDArray[Any]) -> NDArray[Any]:
    """The same numbers, which nobody can write through it."""
    shown = column.view()
    shown.flags.writeable = False
    return shown


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
