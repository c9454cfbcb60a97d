"""How what was stated stands when a question is asked: it holds, or is ended, corrected, denied, cancelled, disputed.

A stored statement (an item of kind `fact`) ends when another supersedes it. The turn that said it is marked wherever it
is shown, with what took its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from remanence.language.statements.statement import Statement
from remanence.language.statements.stored import statement_of
from remanence.stage.ctx import Ctx
from remanence.types import Cue, Hits, Item, Link, Mark, Rows, State, Where

EVERY = Where(tiers=(), ended=True)
"""Statements are looked up whether or not they have ended."""
OVER: tuple[State, ...] = ("ended", "corrected", "denied", "cancelled")
"""States in which a statement no longer says what is so."""
CONFIDENT = 0.6
"""A reading less certain than this marks nothing."""


@dataclass(frozen=True, slots=True)
class Known:
    """A stored statement and how it stands: its fact, what it says, its state, until when, and what ended it."""

    fact: Item
    says: Statement
    state: State
    until: datetime | None = None
    by: Item | None = None

    @property
    def over(self) -> bool:
        return self.state in OVER

    @property
    def source(self) -> str:
        """Id of the item that said it, the fact's own when it names none."""
        return self.fact.evidence[0].id if self.fact.evidence else self.fact.id

    def mark(self) -> Mark:
        """As it is shown beside the text that states it."""
        instead = statement_of(self.by) if self.by is not None else None
        now = (
            instead.value if instead is not None and instead.holds and instead.attribute == self.says.attribute else ""
        )
        by = self.by.id if self.by is not None else ""
        return Mark(self.says.subject, self.says.attribute, self.says.value, self.state, self.until, by, now)


def known_statements(facts: Sequence[Item], cue: Cue, ctx: Ctx) -> list[Known]:
    """Stored facts as statements that stand or not when the cue is asked (or at its `as_of`); others are left out."""
    read = [(fact, says) for fact in facts if fact.kind == "fact" and (says := statement_of(fact)) is not None]
    if not read:
        return []
    ids = [fact.id for fact, _ in read]
    rivals = ctx.store.links(ids, rels=("supersedes", "contradicts"), direction="both")
    ended_by = {link.dst: link for link in rivals if link.rel == "supersedes" and link.dst in set(ids)}
    others = _items(sorted({link.src for link in ended_by.values()}), ctx)
    disputed = {end for link in rivals if link.rel == "contradicts" for end in (link.src, link.dst)}
    when = cue.where.as_of or cue.at
    return [_standing(fact, says, ended_by, others, fact.id in disputed, when) for fact, says in read]


def _standing(
    fact: Item, says: Statement, ended_by: dict[str, Link], others: dict[str, Item], disputed: bool, when: datetime
) -> Known:
    link = ended_by.get(fact.id)
    by = others.get(link.src) if link is not None else None
    if fact.until is not None and fact.until <= when:
        if by is None:
            return Known(fact, says, "ended", fact.until)
        newer = statement_of(by)
        return Known(fact, says, _how(newer), fact.until, by)
    if says.modality in ("planned", "wished", "cancelled"):
        return Known(fact, says, says.modality)
    return Known(fact, says, "disputed" if disputed else "holds")


def _how(newer: Statement | None) -> State:
    """In which way a newer statement ended an older one."""
    if newer is None:
        return "ended"
    if newer.change == "corrected":
        return "corrected"
    if newer.modality == "cancelled":
        return "cancelled"
    return "denied" if newer.polarity < 0 and newer.change not in ("ended", "changed") else "ended"


def marked(hits: Hits, cue: Cue, ctx: Ctx) -> Hits:
    """The hits with a mark on each that states what is over, corrected, denied, cancelled or disputed.

    A question about what was believed earlier (`known_as_of`) gets no marks: they tell what is known now.
    """
    if not len(hits) or cue.where.known_as_of is not None or ctx.store.code("kind", "fact") < 0:
        return hits
    marks: dict[int, tuple[Mark, ...]] = {}
    for row, known in _stated_by(hits.rows, cue, ctx):
        if (known.over or known.state == "disputed") and known.says.certainty >= CONFIDENT:
            marks[row] = (*marks.get(row, ()), known.mark())
    return hits.with_(marks=marks) if marks else hits


def stated_by(hits: Hits, cue: Cue, ctx: Ctx) -> list[Known]:
    """The statements that the hits make, or are."""
    return [known for _, known in _stated_by(hits.rows, cue, ctx)]


def _stated_by(rows: Rows, cue: Cue, ctx: Ctx) -> list[tuple[int, Known]]:
    """(row of the hit, statement) for every fact that is among the rows or rests on one of them."""
    pairs = [*((row, row) for row in rows.tolist()), *ctx.store.derived(rows, EVERY)]
    kinds = ctx.store.column("kind", np.array([fact for _, fact in pairs], np.int64))
    fact_code = ctx.store.code("kind", "fact")
    pairs = [pair for pair, kind in zip(pairs, kinds.tolist(), strict=True) if kind == fact_code]
    if not pairs:
        return []
    facts = ctx.store.items(np.array([fact for _, fact in pairs], np.int64))
    rows_of: dict[str, list[int]] = {}
    for (row, _), fact in zip(pairs, facts, strict=True):
        rows_of.setdefault(fact.id, []).append(row)
    known = known_statements(list({fact.id: fact for fact in facts}.values()), cue, ctx)
    return [(row, one) for one in known for row in dict.fromkeys(rows_of[one.fact.id])]


def _items(ids: Sequence[str], ctx: Ctx) -> dict[str, Item]:
    rows = ctx.store.rows_of(ids, EVERY)
    return {item.id: item for item in ctx.store.items(rows[rows >= 0])}
