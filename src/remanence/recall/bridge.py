"""Where the best passages lead: one names a person or a place, and another tells more of it.

"Who directed the film that ..." finds the film by its words; who directed it stands there under a name, and the passage
about that name may share no word with the question. So the names that the best passages hold and the question does not
are looked for among all candidates (the bridge entities of multi-hop questions; Yang et al. 2018, HotpotQA).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from remanence.language.names import names_in
from remanence.records import dataclass
from remanence.stage import Ctx
from remanence.types import Cue, Floats, Item, Rows

FROM = 5
"""Best passages whose names are looked for."""
LONGEST = 3_000
"""Characters of one passage in which names are looked for."""
RARE, RAREST = 0.5, 2.0
"""Rarities of a name, summed over its own terms, by that of a term that only one item holds: below the first it leads
nowhere, from the second on it counts in full."""
SHORT = 100
"""Terms of a passage up to which a name in it counts in full: a long one holds many names."""
LEAD = 8
"""Words at the beginning of a passage without a heading that say what it is about."""
HEADING = 100
"""A first line of at most so many characters is a heading."""


@dataclass(frozen=True, slots=True)
class _Names:
    """Names that passages hold and the question does not.

    terms: their distinct index terms. of: [K, T], which of these each name consists of. weight, share: [K], the name's
    rarity and the standing of the passage that holds it, both in [0, 1]. parent: [K], its place among the candidates.
    """

    terms: list[str]
    of: Floats
    weight: Floats
    share: Floats
    parent: Rows


def named_by_the_best(cue: Cue, rows: Rows, total: Floats, ctx: Ctx) -> dict[str, Floats]:
    """What the best passages' names say of each passage, float32 [N] each in [0, 1]; zeros for their own passage.

    total: logits [N]. "name held": the passage holds such a name, by the rarity of the name, the standing of the
    passage that names it and the length of this one. "name is topic": its heading or its first words are that name.
    """
    best = np.argsort(-total, kind="stable")[:FROM]
    chance = 1 / (1 + np.exp(-total[best]))
    names = _names(cue, rows[best], best, chance / chance[0], ctx)
    none = np.zeros(len(rows), np.float32)
    if not len(names.weight):
        return {"name held": none, "name is topic": none}
    size = names.of.sum(axis=1, keepdims=True)
    holds = (names.of @ ctx.store.coverage(names.terms, rows)) >= size
    holds[np.arange(len(names.parent)), names.parent] = False
    held = np.where(holds, (names.weight * names.share)[:, None], 0).max(axis=0)
    length = np.maximum(ctx.store.columns.length[rows], 1)
    held = (held * np.minimum(1, np.sqrt(SHORT / length))).astype(np.float32)
    places = np.flatnonzero(held)
    if not len(places):
        return {"name held": none, "name is topic": none}
    leads = _leads(rows[places], ctx)
    first = np.array([[term in lead for lead in leads] for term in names.terms], np.float32)
    about = ((names.of @ first) >= size) & holds[:, places]
    topic = none.copy()
    topic[places] = np.where(about, names.share[:, None], 0).max(axis=0)
    return {"name held": held, "name is topic": topic}


def _names(cue: Cue, rows: Rows, places: Rows, share: Floats, ctx: Ctx) -> _Names:
    """The names of these passages that are rare enough and that the question does not hold."""
    told = [(number, name) for number, some in enumerate(_terms_of_names(rows, ctx)) for name in some]
    asked = frozenset(ctx.store.terms(cue.text))
    every = list(dict.fromkeys(term for _, name in told for term in name))
    rarity = dict(zip(every, ctx.store.idf(every, cue.where).tolist(), strict=True)) if every else {}
    most = float(np.log(1 + (max(ctx.store.count(cue.where), 1) - 0.5) / 1.5))
    own = [sum(rarity[term] for term in name if term not in asked) / most for _, name in told]
    kept = [(number, name, weight) for (number, name), weight in zip(told, own, strict=True) if weight >= RARE]
    terms = list(dict.fromkeys(term for _, name, _ in kept for term in name))
    place_of = {term: place for place, term in enumerate(terms)}
    of = np.zeros((len(kept), len(terms)), np.float32)
    for line, (_, name, _) in enumerate(kept):
        of[line, [place_of[term] for term in name]] = 1
    number = np.array([number for number, _, _ in kept], np.int64)
    weight = np.minimum([weight for _, _, weight in kept], RAREST).astype(np.float32) / np.float32(RAREST)
    return _Names(terms, of, weight, share[number].astype(np.float32), places[number])


def _terms_of_names(rows: Rows, ctx: Ctx) -> list[tuple[tuple[str, ...], ...]]:
    """The distinct terms of each name of each row, the longer names first; read once until the next commit."""

    def read(items: Sequence[Item]) -> list[tuple[tuple[str, ...], ...]]:
        told = [names_in(item.text[:LONGEST]) for item in items]
        terms = ctx.store.terms_each([name for some in told for name in some])
        each = iter([tuple(dict.fromkeys(some)) for some in terms])
        return [tuple(dict.fromkeys(next(each) for _ in some)) for some in told]

    return ctx.store.read_each("names", rows, read)


def _leads(rows: Rows, ctx: Ctx) -> list[frozenset[str]]:
    """Index terms of the heading or the first words of each row; each is read once until the next commit."""

    def read(items: Sequence[Item]) -> list[frozenset[str]]:
        return [frozenset(terms) for terms in ctx.store.terms_each([_first_words(item.text) for item in items])]

    return ctx.store.read_each("leads", rows, read)


def _first_words(text: str) -> str:
    heading, ended, _ = text[: HEADING + 1].strip().partition("\n")
    return heading if ended else " ".join(heading.split()[:LEAD])
