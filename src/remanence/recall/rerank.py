"""Putting hits in another order: less of the same, near-duplicates behind one."""

from __future__ import annotations

import re

import numpy as np

from remanence.algo.mmr import mmr
from remanence.language.statements.attributes import single_valued
from remanence.language.statements.fields import field_statements
from remanence.language.statements.plain import plain_statements
from remanence.language.text import content_words, jaccard, words
from remanence.stage import Ctx, normalised, reads
from remanence.types import Cue, Hits, Item


@reads
def diverse(cue: Cue, hits: Hits, ctx: Ctx, *, balance: float = 0.7, top: int = 50) -> Hits:
    """Reorder the best `top` by maximal marginal relevance; 1 changes nothing, 0 only avoids likeness.

    Scores keep their values and are handed out again in the new order; the rest follow as they were.
    """
    ordered = hits.top(len(hits))
    head, tail = ordered.take(np.arange(min(top, len(hits)))), ordered.take(np.arange(min(top, len(hits)), len(hits)))
    order = mmr(normalised(head.scores), ctx.store.vectors(head.rows), len(head), balance=balance)
    moved = head.take(order)
    return _joined(moved.scored(np.sort(head.scores)[::-1].copy()), tail)


@reads
def fold(cue: Cue, hits: Hits, ctx: Ctx, *, likeness: float = 0.9, top: int = 50) -> Hits:
    """Leave out hits that say word for word nearly what a better hit says (Jaccard over words).

    Only the best `top` are looked at; what is left out is named in the better hit's path.
    """
    ordered = hits.top(len(hits))
    texts = [frozenset(words(item.text)) for item in ordered.take(np.arange(min(top, len(hits)))).items]
    kept: list[int] = []
    paths = dict(ordered.paths)
    for position, said in enumerate(texts):
        twin = next((other for other in kept if jaccard(said, texts[other]) >= likeness), None)
        if twin is None:
            kept.append(position)
        else:
            row = int(ordered.rows[twin])
            paths[row] = (*paths.get(row, ()), f"folded row {int(ordered.rows[position])}")
    order = np.array(kept + list(range(len(texts), len(ordered))), np.int64)
    left = ordered.take(order)
    left.paths = {row: path for row, path in paths.items() if row in set(left.rows.tolist())}
    return left


@reads
def newest(
    cue: Cue, hits: Hits, ctx: Ctx, *, likeness: float = 0.6, top: int = 6, longest: int = 40, past: bool = False
) -> Hits:
    """Of two hits that say the same about the same with another ending, let the newer stand first.

    The same: at most `longest` words, and either the sets of words have a Jaccard index of `likeness` or more, or the
    first half is equal, or both state another value of one slot ("my gym is ..."); and the newer one holds every word
    of the cue that the older one holds. The two swap scores.
    A cue that asks for the past ("used to", "at first") is left alone unless `past`.
    """
    if len(hits) < 2 or (_PAST.search(cue.text) and not past):
        return hits
    ordered = hits.top(len(hits))
    head = ordered.take(np.arange(min(top, len(ordered))))
    texts = [words(item.text) if len(item.text) < 16 * longest else [] for item in head.items]
    said = [frozenset(one) for one in texts]
    asked = frozenset(content_words(cue.text))
    at, number = (ctx.store.column(name, head.rows).tolist() for name in ("at", "number"))
    age = list(zip(at, number, strict=True))
    stated: dict[int, dict[tuple[str, str], str]] = {}

    def slots(place: int) -> dict[tuple[str, str], str]:
        if place not in stated:
            stated[place] = _slots(head.items[place])
        return stated[place]

    valued = not _NO_VALUE.match(cue.text)
    order = list(range(len(head)))
    for left in range(len(head)):
        for right in range(left + 1, len(head)):
            older, newer = order[left], order[right]
            if (
                age[newer] > age[older]
                and 2 < len(texts[older]) <= longest
                and 2 < len(texts[newer]) <= longest
                and said[older] != said[newer]
                and said[older] & asked <= said[newer]
                and (
                    _same(texts[older], texts[newer], likeness)
                    or (valued and right < _STATED and said[older] & asked and _revised(slots(older), slots(newer)))
                )
            ):
                order[left], order[right] = newer, older
    if order == list(range(len(head))):
        return ordered
    scores = head.scores.copy()
    for place in range(len(scores) - 2, -1, -1):  # equal scores would fall back to the order of the rows
        scores[place] = max(scores[place], np.nextafter(scores[place + 1], np.float32(1)))
    moved = head.take(np.array(order)).scored(scores)
    rest = ordered.take(np.arange(len(head), len(ordered)))
    return _joined(moved, rest)


_PAST = re.compile(
    r"\b(?:used to|at first|first|originally|original|initial(?:ly)?|previous(?:ly)?|formerly|former|before|earlier|old"
    r"|in the past|ago)\b",
    re.I,
)
_STATED = 3
"""Hits of which it is read what they state; reading costs more than comparing words."""
_NO_VALUE = re.compile(r"\W*(?:when|why|how (?!many|much|old|big|far|long))", re.I)
"""Questions about an event or a reason, which no slot holds."""


def _same(left: list[str], right: list[str], likeness: float) -> bool:
    """Two statements about the same: nearly the same words, or the same first half."""
    alike = next((place for place, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), len(right))
    return alike >= max(3, min(len(left), len(right)) / 2) or jaccard(set(left), set(right)) >= likeness


def _slots(item: Item) -> dict[tuple[str, str], str]:
    """What a text states of slots that hold one value at a time: (whose, slot) -> value."""
    found = [
        (one.subject, one.attribute, one.value)
        for one in plain_statements(item.text, item.who or "")
        if single_valued(one.attribute)
    ]
    found += [(one.subject or item.who or "", one.attribute, one.value) for one in field_statements(item.text)]
    return {(subject.casefold(), slot.casefold()): value.casefold() for subject, slot, value in found}


def _revised(older: dict[tuple[str, str], str], newer: dict[tuple[str, str], str]) -> bool:
    """The newer one gives a slot of the older one another value."""
    return any(newer.get(slot, value) != value for slot, value in older.items())


def _joined(head: Hits, tail: Hits) -> Hits:
    if not len(tail):
        return head
    return Hits(
        head.view,
        np.concatenate([head.rows, tail.rows]),
        np.concatenate([head.scores, tail.scores]),
        {name: np.concatenate([column, tail.channels[name]]) for name, column in head.channels.items()},
        {**head.paths, **tail.paths},
        head.confidence,
    )
