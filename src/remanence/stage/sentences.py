"""The sentences of stored items as every verb reads them: cut, indexed and attributed once, until something changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from remanence.language.sentences import asks_each, split_each
from remanence.language.speakers import resolve_subjects_each
from remanence.records import dataclass
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
    asks: bool = False
    shown: bool = False


def sentences(hits: Hits, ctx: Ctx) -> list[tuple[Sentence, ...]]:
    """The sentences of each hit, in the order of the hits; each item is read once until the next commit."""
    people = ctx.store.speakers()[:PEOPLE]
    return ctx.store.read_each(_KNOWN, hits.rows, lambda items: _read(items, people, ctx.store.terms_each))


def sentences_later(hits: Hits, ctx: Ctx) -> Callable[[], list[tuple[Sentence, ...]]]:
    """What gives the `sentences` of some hits as they are now, when it is called; it needs no store then."""
    rows, items = hits.rows.tolist(), ctx.store.items(hits.rows)
    known: dict[int, tuple[Sentence, ...]] = ctx.store.cached(_KNOWN, dict)
    people, terms_each = ctx.store.speakers()[:PEOPLE], ctx.store.terms_each

    def read() -> list[tuple[Sentence, ...]]:
        missing = {row: item for row, item in zip(rows, items, strict=True) if row not in known}
        if missing:
            known.update(zip(missing, _read(list(missing.values()), people, terms_each), strict=True))
        return [known[row] for row in rows]

    return read


_KNOWN = "sentences"
"""The name of what was read since the last commit: row -> sentences."""


def _read(
    items: Sequence[Item], people: Sequence[str], terms_each: Callable[[Sequence[str]], list[list[str]]]
) -> list[tuple[Sentence, ...]]:
    texts = [item.text[:LONGEST] for item in items]
    captions = [str(item.data.get("caption") or "") for item in items]
    spans = split_each(texts)
    parts = [text[span.start : span.end] for text, cut in zip(texts, spans, strict=True) for span in cut]
    speakers = [item.who for item, cut in zip(items, spans, strict=True) for _ in cut]
    terms = iter([frozenset(one) for one in terms_each([*parts, *filter(None, captions)])])
    told = zip(parts, terms, resolve_subjects_each(parts, speakers, people), asks_each(parts), strict=False)
    found = [
        [Sentence(part, span.start, own, about, asks) for span, (part, own, about, asks) in zip(cut, told)]
        for cut in spans
    ]
    for each, caption, item in zip(found, captions, items, strict=True):
        if caption:
            each.append(Sentence(caption, -1, next(terms), frozenset({item.who} if item.who else ()), shown=True))
    return [tuple(each) for each in found]
