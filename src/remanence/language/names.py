"""Names in a text, and which are spellings of one another.

Likeness is the cosine over weighted three- and four-letter pieces, exact and in numpy.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.text import STOP

_APART = lazy_pattern(r"[\W_]+")
_NAME = lazy_pattern(r"\b[^\W\d_a-z][\w'’-]*(?:\s+(?:of|the|de|van|von|and)?\s*[^\W\d_a-z][\w'’-]*)*")
SHORTEST = 3
"""Names with fewer letters are never taken for one another."""


def names_in(text: str) -> tuple[str, ...]:
    """Capitalised names of a question, in order; its first word counts only when it is no ordinary word."""
    found: list[str] = []
    for match in _NAME.finditer(text):
        name = re.sub(r"['’]s$", "", match.group())
        parts = name.split()
        while parts and parts[0].lower() in STOP:
            parts.pop(0)
        if parts and not (match.start() == 0 and len(parts) == 1 and len(parts) == len(name.split())):
            found.append(" ".join(parts))
    return tuple(dict.fromkeys(found))


def _pieces(name: str) -> list[str]:
    text = f" {_APART.sub(' ', name.casefold()).strip()} "
    return [text[i : i + size] for size in (3, 4) for i in range(len(text) - size + 1)]


def spellings(
    names: Sequence[str],
    *,
    floor: float = 0.8,
    most: int = 100,
    new: Sequence[int] | None = None,
) -> list[tuple[int, int, float]]:
    """Pairs (i, j, cosine) with i < j and cosine >= floor, best first for each name, at most `most` a name.

    A piece weighs (1 + ln count) * (1 + ln((1 + N) / (1 + names that hold it))).
    `new`: only pairs with at least one of these positions are looked for.
    """
    codes: dict[str, int] = {}
    owner: list[int] = []
    piece: list[int] = []
    for position, name in enumerate(names):
        if len(_APART.sub("", name)) < SHORTEST:
            continue
        for part in _pieces(name):
            owner.append(position)
            piece.append(codes.setdefault(part, len(codes)))
    if not owner:
        return []
    count = len(names)
    pairs, counts = np.unique(np.array(piece, np.int64) * count + np.array(owner, np.int64), return_counts=True)
    terms, owners = pairs // count, pairs % count
    held = np.bincount(terms, minlength=len(codes))
    weight = (1 + np.log(counts)) * (1 + np.log((1 + count) / (1 + held[terms])))
    norm = np.sqrt(np.bincount(owners, weights=weight**2, minlength=count))
    weight = weight / norm[owners]
    start = np.concatenate([[0], np.cumsum(held)])
    by_owner = np.argsort(owners, kind="stable")
    first = np.searchsorted(owners[by_owner], np.arange(count + 1))
    found: dict[tuple[int, int], float] = {}
    for position in range(count) if new is None else sorted(set(new)):
        mine = by_owner[first[position] : first[position + 1]]
        if not len(mine):
            continue
        # The commonest pieces come last and are few in weight: names that share only those cannot reach the floor.
        mine = mine[np.argsort(held[terms[mine]], kind="stable")]
        rest = np.sqrt(np.maximum(1.0 - np.cumsum(weight[mine] ** 2), 0.0))
        needed = int(np.argmax(rest < floor)) + 1
        near = np.unique(np.concatenate([_slice(owners, start, terms[one]) for one in mine[:needed]]))
        score = _cosines(position, near, owners, terms, weight, by_owner, first, mine)
        best = near[score >= floor - 1e-12]
        kept = score[score >= floor - 1e-12]
        order = np.argsort(-kept, kind="stable")[: most + 1]
        for other, cosine in zip(best[order].tolist(), kept[order].tolist(), strict=True):
            if other != position:
                found[min(position, other), max(position, other)] = min(float(cosine), 1.0)
    return [(i, j, cosine) for (i, j), cosine in sorted(found.items())]


def _slice(owners: NDArray[np.int64], start: NDArray[np.int64], term: int) -> NDArray[np.int64]:
    return owners[start[term] : start[term + 1]]


def _cosines(
    position: int,
    near: NDArray[np.int64],
    owners: NDArray[np.int64],
    terms: NDArray[np.int64],
    weight: NDArray[np.float64],
    by_owner: NDArray[np.int64],
    first: NDArray[np.int64],
    mine: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Cosine of one name with some others."""
    sizes = first[near + 1] - first[near]
    flat = np.repeat(first[near] - np.concatenate([[0], np.cumsum(sizes)[:-1]]), sizes) + np.arange(sizes.sum())
    theirs = by_owner[flat]
    order = np.argsort(terms[mine])
    known, value = terms[mine][order], weight[mine][order]
    place = np.minimum(np.searchsorted(known, terms[theirs]), len(known) - 1)
    shared = np.where(known[place] == terms[theirs], weight[theirs] * value[place], 0.0)
    return np.bincount(np.repeat(np.arange(len(near)), sizes), weights=shared, minlength=len(near)).astype(np.float64)
