"""Long texts laid out: what they are about, under which aspects, and which sentences say so (StruXGPT)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from remanence.algo.agglomerate import ward
from remanence.compose import fence
from remanence.compose.fence import escape
from remanence.compose.listing import context_of, room_in
from remanence.language import sentences
from remanence.language.phrases import keyphrases
from remanence.language.tokens import count_tokens
from remanence.records import dataclass
from remanence.stage import Ctx, composes
from remanence.types import Context, Cue, Floats, Hits, Item


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with the item and the span [start, end) that it comes from."""

    item: Item
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.item.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Aspect:
    """One side of the matter: its name, which is a phrase of its sentences, and the sentences, in order."""

    name: str
    sentences: tuple[Sentence, ...]

    @property
    def span(self) -> tuple[str, int, int]:
        """(id, start, end) of the first place where the name stands."""
        for one in self.sentences:
            place = one.text.lower().find(self.name.lower())
            if place >= 0:
                return one.item.id, one.start + place, one.start + place + len(self.name)
        first = self.sentences[0]
        return first.item.id, first.start, first.end


@dataclass(frozen=True, slots=True)
class Structure:
    """What some texts are about (scope), and its aspects; every sentence stands under exactly one."""

    scope: str
    aspects: tuple[Aspect, ...]

    def merged(self, other: Structure) -> Structure:
        """The aspects of both; those of one name become one, nothing is lost."""
        by_name = {aspect.name.lower(): aspect for aspect in self.aspects}
        for aspect in other.aspects:
            known = by_name.get(aspect.name.lower())
            both = (*known.sentences, *(x for x in aspect.sentences if x not in known.sentences)) if known else None
            by_name[aspect.name.lower()] = Aspect(known.name, both) if known and both else aspect
        scope = self.scope if self.scope == other.scope else f"{self.scope}; {other.scope}"
        return Structure(scope, tuple(by_name.values()))

    def outline(self, *, expand: str | None = None) -> list[str]:
        """Lines: the scope, each aspect with how many sentences it has; those of the one to `expand` in full."""
        lines = [f"About: {escape(self.scope)}"]
        for number, aspect in enumerate(self.aspects, 1):
            lines.append(f"{number}. {escape(aspect.name)} ({len(aspect.sentences)})")
            if expand is not None and aspect.name.lower() == expand.lower():
                lines += [
                    f"   - {escape(one.text)} {{{escape(one.item.source or one.item.id)}}}" for one in aspect.sentences
                ]
        return lines


def structure_of(items: Sequence[Item], ctx: Ctx, *, cut: float = 1.1) -> Structure:
    """The scope of some texts and their aspects: sentences grouped by Ward's method at distance `cut`."""
    said = [Sentence(item, span.start, span.end) for item in items for span in sentences.split(item.text)]
    if not said:
        return Structure("", ())
    vectors: Floats = ctx.embed([one.text for one in said])
    label = ward(vectors, cut)
    whole = keyphrases("\n".join(item.text for item in items), 12)
    taken: set[str] = set()
    aspects = []
    for one in range(int(label.max()) + 1):
        some = tuple(said[place] for place in np.flatnonzero(label == one).tolist())
        aspects.append(Aspect(_name(some, taken), some))
    return Structure(", ".join(phrase.text for phrase in whole[:2]) or said[0].text[:60], tuple(aspects))


def _name(some: Sequence[Sentence], taken: set[str]) -> str:
    """A phrase of the sentences that names no other aspect; else how the first of them begins."""
    for phrase in keyphrases("\n".join(one.text for one in some), 8):
        if phrase.text.lower() not in taken:
            taken.add(phrase.text.lower())
            return phrase.text
    name = some[0].text[:60]
    taken.add(name.lower())
    return name


@composes
def structured(cue: Cue, hits: Hits, ctx: Ctx, budget_tokens: int, *, top: int = 10, cut: float = 1.1) -> Context:
    """The best `top` hits as one outline: scope, aspects nearest to the cue first, verbatim sentences and sources.

    Every sentence of what is told stands under exactly one aspect; an aspect that does not fit is named with the number
    of its sentences, so that it can be asked for.
    """
    best = hits.top(top)
    laid = structure_of(best.items, ctx, cut=cut)
    room = room_in(budget_tokens)
    about = f"About: {escape(laid.scope)}"
    lines = [about] if laid.aspects and count_tokens(about) < room else []
    near = [
        float((ctx.embed([one.text for one in aspect.sentences]) @ ctx.embedder.embed_query(cue.text)).max())
        for aspect in laid.aspects
    ]
    told: set[str] = set()
    left_out = len(hits) > len(best)
    for place in np.argsort(-np.array(near), kind="stable").tolist():
        aspect = laid.aspects[place]
        whole = [f"{escape(aspect.name)}:"] + [
            f"- {fence.marked(escape(one.text), one.item.trust)} {{{escape(one.item.source or one.item.id)}}}"
            for one in aspect.sentences
        ]
        short = [f"{escape(aspect.name)}: {len(aspect.sentences)} more"]
        spent = sum(count_tokens(line) + 1 for line in lines)
        for form in (whole, short):
            if spent + sum(count_tokens(line) + 1 for line in form) <= room:
                lines += form
                if form is whole:
                    told |= {one.item.id for one in aspect.sentences}
                break
        left_out = left_out or aspect.sentences[0].item.id not in told
    return context_of(lines, [hit for hit in best if hit.id in told], hits, ctx, cut=left_out)
