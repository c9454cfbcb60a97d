"""Putting hits in another order: less of the same, near-duplicates behind one."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import numpy as np

from remanence.algo import mmr as relevance
from remanence.language import statements
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.question import Question
from remanence.language.statements.attributes import single_valued
from remanence.language.text import content_words, content_words_each, jaccard, words, words_each
from remanence.language.value_forms import values
from remanence.stage import Ctx, normalised, reads, union
from remanence.stage.question import cue_terms, question
from remanence.stage.standing import Known, stated_by
from remanence.types import Cue, Hits, Item


@reads
def mmr(cue: Cue, hits: Hits, ctx: Ctx, *, balance: float = 0.7, top: int = 50) -> Hits:
    """Reorder the best `top` by maximal marginal relevance; 1 changes nothing, 0 only avoids likeness.

    Scores keep their values and are handed out again in the new order; the rest follow as they were.
    """
    ordered = hits.top(len(hits))
    head, tail = ordered.take(np.arange(min(top, len(hits)))), ordered.take(np.arange(min(top, len(hits)), len(hits)))
    order = relevance.mmr(normalised(head.scores), ctx.store.vectors(head.rows), len(head), balance=balance)
    moved = head.take(order)
    return moved.with_(scores=np.sort(head.scores)[::-1].copy()).then(tail)


@reads
def dedupe(cue: Cue, hits: Hits, ctx: Ctx, *, max_jaccard: float = 0.9, top: int = 50) -> Hits:
    """Leave out hits that say word for word nearly what a better hit says (Jaccard over words).

    Only the best `top` are looked at; what is left out is named in the better hit's path.
    """
    ordered = hits.top(len(hits))
    texts = [frozenset(words(item.text)) for item in ordered.take(np.arange(min(top, len(hits)))).items]
    kept: list[int] = []
    paths = dict(ordered.paths)
    for position, said in enumerate(texts):
        twin = next((other for other in kept if jaccard(said, texts[other]) >= max_jaccard), None)
        if twin is None:
            kept.append(position)
        else:
            row = int(ordered.rows[twin])
            paths[row] = (*paths.get(row, ()), f"folded row {int(ordered.rows[position])}")
    order = np.array(kept + list(range(len(texts), len(ordered))), np.int64)
    return ordered.with_(paths=paths).take(order)


@reads
def prefer_latest(
    cue: Cue, hits: Hits, ctx: Ctx, *, max_jaccard: float = 0.6, top: int = 6, longest: int = 40, past: bool = False
) -> Hits:
    """Of two hits that say the same about the same with another ending, let the newer stand first.

    The same: at most `longest` words, and either the sets of words have a Jaccard index of `max_jaccard` or more, or
    the first half is equal, or both state another value of one attribute ("my gym is ..."); and the newer one holds
    every word of the cue that the older one holds. The two swap scores.
    A cue that asks for the past ("used to", "at first") is left alone unless `past`.
    """
    whole = len(hits.rows)
    if whole < 2 or (_PAST.search(cue.text) and not past):
        return hits
    count = min(top, whole)
    head = hits.top(count)
    items = ctx.store.items(head.rows)
    texts = words_each([item.text if len(item.text) < 16 * longest else "" for item in items])
    said = [frozenset(one) for one in texts]
    asked = frozenset(content_words(cue.text))
    columns = ctx.store.columns
    age = list(zip(columns.at[head.rows].tolist(), columns.number[head.rows].tolist(), strict=True))
    valued = not _NO_VALUE.match(cue.text)
    held = ctx.store.coverage(cue_terms(cue, ctx), head.rows)

    def replaced(older: int, newer: int, place: int) -> bool:
        if age[newer] <= age[older] or not all(2 < len(texts[one]) <= longest for one in (older, newer)):
            return False
        if said[older] == said[newer] or not said[older] & asked <= said[newer]:
            return False
        if bool((held[:, older] & ~held[:, newer]).any()):
            return False
        if _same(texts[older], texts[newer], max_jaccard):
            return True
        if not valued or place >= _STATED or not said[older] & asked:
            return False
        was, now = (_stated(head, one, ctx) for one in (older, newer))
        return any(now.get(slot, value) != value for slot, value in was.items())

    order = list(range(count))
    for left in range(count):
        for right in range(left + 1, count):
            older, newer = order[left], order[right]
            if replaced(older, newer, right):
                order[left], order[right] = newer, older
    if order == list(range(count)):
        return hits
    scores = head.scores.copy()
    for place in range(len(scores) - 2, -1, -1):  # equal scores would fall back to the order of the rows
        scores[place] = max(scores[place], np.nextafter(scores[place + 1], np.float32(1)))
    return head.take(np.array(order)).with_(scores=scores).then(hits.top(whole).take(np.arange(count, whole)))


@reads
def prefer_current(cue: Cue, hits: Hits, ctx: Ctx, *, top: int = 10) -> Hits:
    """Where a hit states what is over now, let what ended it stand before it, and let it in where it is missing.

    Only for what the cue asks: the attribute is one that it names and the old value is not; and not for a cue about the
    past. Looks at the best `top`; statements are those that are stored (after a sleep).
    """
    asked = question(cue, ctx)
    then = asked.tense in ("past", "before") or asked.interval is not None or cue.where.as_of is not None
    if then or not len(hits.rows):
        return hits
    words_of_cue = frozenset(asked.topic)
    best = hits.top(top)
    over = [one for one in stated_by(best, cue, ctx) if one.over and one.by is not None and _asked_of(one, asked)]
    said = content_words_each([one.says.value for one in over])
    over = [one for one, value in zip(over, said, strict=True) if not words_of_cue & set(value)]
    if not over:
        return hits
    ends = [(one.source, part.id) for one in over if one.by is not None for part in one.by.evidence[:1]]
    ids = list(dict.fromkeys(id for pair in ends for id in pair))
    row_of = dict(zip(ids, ctx.store.rows_of(ids, cue.where).tolist(), strict=True))
    score = dict(zip(hits.rows.tolist(), hits.scores.tolist(), strict=True))
    paths: dict[int, tuple[str, ...]] = {}
    for old, new in ends:
        before, after = row_of[old], row_of[new]
        if before != after and before in score and after >= 0 and score.get(after, 0.0) <= score[before]:
            paths[after] = (f"took the place of {old}",)
            score[after] = score[before]
            score[before] = float(np.nextafter(np.float32(score[before]), np.float32(0)))
    added = [row for row in score if row not in set(hits.rows.tolist())]
    whole = union([hits, Hits(ctx.store, added, [0.0] * len(added))]) if added else hits
    scores = np.array([score[row] for row in whole.rows.tolist()], np.float32)
    return whole.ranked(scores, paths=paths)


@reads
def prefer_values(cue: Cue, hits: Hits, ctx: Ctx, *, top: int = 20, weight: float = 1.0) -> Hits:
    """Raise those of the best `top` that hold a value of the form which the cue asks for: a time, money, kilos.

    weight: what is added to the score's log odds. A cue that asks for no such value changes nothing.
    """
    wanted = question(cue, ctx).expected
    if not wanted.value or not len(hits.rows):
        return hits
    ordered = hits.top(len(hits.rows))
    held = np.zeros(len(ordered.rows), bool)
    held[:top] = [bool(values(one.text, wanted.value, wanted.counts)) for one in ordered.top(top).items]
    odds = np.float32(math.exp(weight)) * ordered.scores / np.maximum(1 - ordered.scores, np.float32(1e-6))
    scores = np.where(held, odds / (1 + odds), ordered.scores).astype(np.float32)
    return ordered.ranked(scores, channels={"value": held.astype(np.float32)}) if held.any() else hits


def _asked_of(one: Known, asked: Question) -> bool:
    """Whether a question asks for this attribute of this subject."""
    subject = one.says.subject.casefold()
    mine = not asked.subjects or any(subject == name.casefold() for name in asked.subjects)
    return mine and one.says.attribute in asked.attributes


_PAST = lazy_pattern(
    r"\b(?:used to|at first|first|originally|original|initial(?:ly)?|previous(?:ly)?|formerly|former|before|earlier|old"
    r"|in the past|ago)\b",
    re.I,
)
_STATED = 3
"""Hits of which it is read what they state; reading costs more than comparing words."""
_NO_VALUE = lazy_pattern(r"\W*(?:when|why|how (?!many|much|old|big|far|long))", re.I)
"""Questions about an event or a reason, which no slot holds."""


def _same(left: list[str], right: list[str], likeness: float) -> bool:
    """Two statements about the same: nearly the same words, or the same first half."""
    alike = next((place for place, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), len(right))
    if alike >= max(3, min(len(left), len(right)) / 2):
        return True
    mine, other = set(left), set(right)
    shared = len(mine & other)
    return shared >= likeness * (len(mine) + len(other) - shared) - 1e-9  # Jaccard, without a division


def _stated(head: Hits, place: int, ctx: Ctx) -> dict[tuple[str, str], str]:
    """What a hit states of attributes that hold one value at a time, read once: (whose, attribute) -> value."""
    return ctx.store.read_each("stated", head.rows[place : place + 1], lambda items: list(map(_slots, items)))[0]


def _slots(item: Item) -> dict[tuple[str, str], str]:
    """(whose, attribute) -> value, of what a text states."""
    who = item.who or ""
    read = [one for one in statements.plain.plain_statements(item.text, who) if single_valued(one.attribute)]
    read += [replace(one, subject=one.subject or who) for one in statements.fields.field_statements(item.text)]
    return {(one.subject.casefold(), one.attribute.casefold()): one.value.casefold() for one in read}
