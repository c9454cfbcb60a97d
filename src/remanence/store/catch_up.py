"""Brings the index in memory up to the tables: everything when a space opens, what is new afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from remanence.errors import IntegrityError
from remanence.store.cache import CacheFile
from remanence.store.door import Door, Entry
from remanence.store.index import Index
from remanence.store.vectors import unpacked
from remanence.types import Edges, Rows

if TYPE_CHECKING:
    pass

Say = Callable[[str], None]


def come_up(
    door: Door, kept: CacheFile, space: str, model: tuple[int, str, int], say: Say
) -> tuple[Index, Entry | None, int]:
    """(index, last journal entry, rows that a cache file holds), from the cache where it can be trusted.

    The caller holds a snapshot.
    """
    found = kept.load(space, *model[1:])
    if found is not None:
        index, stand = found
        news = list(door.journal(stand.commit - 1))
        ops = operations(news[1:])
        if news and (news[0].seq, news[0].chain.hex()) == (stand.commit, stand.chain) and not rewritten(ops):
            written = index.size
            take_news(door, index, model[0], ops, say)
            return index, news[-1], written
    index = Index(model[2])
    index.reserve(door.next_row())
    read_new(door, index, model[0], say)
    return index, door.last(), 0


def operations(news: Iterable[Entry]) -> list[list[Any]]:
    """What journal entries did, in order."""
    return [op for entry in news for op in json.loads(entry.ops)]


def rewritten(ops: Iterable[list[Any]]) -> bool:
    """True when rows that are known have changed in a way that only reading everything again can follow."""
    return any(op[0] in ("erase", "vectors") for op in ops)


def take_news(door: Door, index: Index, model: int, ops: Iterable[list[Any]], say: Say) -> None:
    """Bring the index up to what was committed since: new rows, and rows that were closed."""
    read_new(door, index, model, say)
    closed = [(op[1], op[-1]) for op in ops if op[0] == "close"]
    if closed:
        rows = index.row_of_n([n for n, _ in closed])
        there = rows >= 0
        index.close(rows[there], np.array([when for _, when in closed], np.int64)[there])


def read_new(door: Door, index: Index, model: int, say: Say) -> None:
    """Rows, words and vectors that the index lacks; `say` is told what is damaged and left out.

    `IntegrityError` when a stored number cannot be read at all.
    """
    last = int(index.n.now[-1]) if index.size else 0
    with _readable():
        _read_terms(door, index, say)
        _read_rows(door, index, last, say)
        _read_words(door, index, last, say)
        _read_vectors(door, index, model, last, say)


@contextmanager
def _readable() -> Iterator[None]:
    try:
        with np.errstate(over="raise", invalid="raise"):
            yield
    except (ValueError, TypeError, OverflowError, IndexError, FloatingPointError) as error:
        raise IntegrityError(f"a stored number cannot be read ({error}); go back to a backup") from error


def _read_terms(door: Door, index: Index, say: Say) -> None:
    for batch in door.terms(index.next_term):
        for sound, term, code in batch:
            index.terms[term] = code
            if not sound:
                say(f"term {code}")
    index.next_term = max(index.next_term, door.next_term())


def _read_rows(door: Door, index: Index, after: int, say: Say) -> None:
    for batch in door.columns(after):
        bad = [row[1] for row in batch if not row[0]]
        start = index.size
        index.add_rows([row[1:] for row in batch if row[0]])
        assert index.size - start == len(batch) - len(bad)
        for n in bad:
            say(f"columns of row {n}")


def _read_words(door: Door, index: Index, after: int, say: Say) -> None:
    codes_of, tf_of = [np.zeros(0, np.uint32)], [np.zeros(0, np.uint8)]
    rows_of: list[Rows] = []
    counts_of: list[Rows] = []
    for batch in door.words(after):
        good: list[tuple[int, bytes, int]] = []
        for n, data, flags in batch:
            if data is None:
                say(f"words of row {n}")
            else:
                good.append((n, data, flags))
        rows = index.row_of_n([n for n, _, _ in good])
        good = [one for one, row in zip(good, rows.tolist(), strict=True) if row >= 0]
        rows = rows[rows >= 0]
        index.flags.now[rows] = [flags for _, _, flags in good]
        rows_of.append(rows)
        counts_of.append(np.array([len(data) // 5 for _, data, _ in good], np.int64))
        codes_of.extend(np.frombuffer(data, np.uint32, len(data) // 5) for _, data, _ in good)
        tf_of.extend(np.frombuffer(data, np.uint8, -1, len(data) // 5 * 4) for _, data, _ in good)
        codes_of, tf_of = [np.concatenate(codes_of)], [np.concatenate(tf_of)]
    if rows_of:
        index.add_words(np.concatenate(rows_of), codes_of[0], tf_of[0], np.concatenate(counts_of))


def _read_vectors(door: Door, index: Index, model: int, after: int, say: Say) -> None:
    for batch in door.vectors(model, after):
        good = [(n, data) for n, data in batch if data is not None and len(data) == index.dim + 4]
        if len(good) < len(batch):
            fine = {n for n, _ in good}
            for n, _ in batch:
                if n not in fine:
                    say(f"vector of row {n}")
        show_vectors(index, good)


def show_vectors(index: Index, vectors: list[tuple[int, bytes]]) -> None:
    """Stored vectors, into the index."""
    if vectors:
        rows = index.row_of_n([n for n, _ in vectors])
        there = rows >= 0
        codes, scales = unpacked([data for _, data in vectors], index.dim)
        index.set_vectors(rows[there], codes[there], scales[there])


def current_links(door: Door) -> Edges:
    """All current links as arrays over the n of first versions."""
    found = [link for batch in door.links(current=True) for _, link in batch]
    names: dict[str, int] = {}
    rel = np.array([names.setdefault(link[1], len(names)) for link in found], np.int16)
    return Edges(
        np.array([link[0] for link in found], np.int64),
        np.array([link[2] for link in found], np.int64),
        np.array([link[3] for link in found], np.float32),
        rel,
        tuple(names),
    )
