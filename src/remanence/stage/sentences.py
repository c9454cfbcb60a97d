"""The sentences of stored items as every verb reads them: cut, indexed and attributed once, until something changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from remanence.language.sentences import split
from remanence.language.speakers import resolve_subjects
from remanence.stage.ctx import Ctx
from remanence.types import Hits, Item

LONGEST = 20_000
"""Characters of one item that are read."""
PEOPLE = 50
"""Speakers of a store that are told apart; above so many, nobody is taken for the only other one."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an item: where it starts, its index terms, and whom it speaks of.

    A caption of a shown picture is a sentence with `shown`, from -1.
    """

    text: str
    start: int
    terms: frozenset[str]
    subjects: frozenset[str]
    shown: bool = False

    @property
    def asks(self) -> bool:
        return self.text.rstrip().endswith(("?", "？"))


def sentences(hits: Hits, ctx: Ctx) -> list[tuple[Sentence, ...]]:
    """The sentences of each hit, in the order of the hits; each item is read once until the next commit."""
    none: dict[int, tuple[Sentence, ...]] = {}
    known = ctx.store.cached("sentences", lambda: none)
    missing = [place for place, row in enumerate(hits.rows.tolist()) if row not in known]
    if missing:
        people = ctx.store.speakers()[:PEOPLE]
        fresh = hits.take(np.array(missing))
        for row, item in zip(fresh.rows.tolist(), fresh.items, strict=True):
            known[row] = _read(item, people, ctx)
    return [known[row] for row in hits.rows.tolist()]


def _read(item: Item, people: Sequence[str], ctx: Ctx) -> tuple[Sentence, ...]:
    text = item.text[:LONGEST]
    spans = split(text)
    parts = [text[span.start : span.end] for span in spans]
    caption = str(item.data.get("caption") or "")
    terms = [frozenset(one) for one in ctx.store.terms_each([*parts, caption])]
    found = [
        Sentence(part, span.start, own, resolve_subjects(part, item.who, people))
        for part, span, own in zip(parts, spans, terms, strict=False)
    ]
    if caption:
        speaker = frozenset({item.who} if item.who else ())
        found.append(Sentence(caption, -1, terms[-1], speaker, shown=True))
    return tuple(found)
