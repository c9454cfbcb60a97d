"""How what was stated stands when a question is asked: it holds, or is ended, corrected, denied, cancelled, disputed.

A stored statement (an item of kind `fact`) ends when another supersedes it. The turn that said it is marked wherever it
is shown, with what took its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from datetime import datetime

import numpy as np

from remanence.language.statements.statement import Statement
from remanence.language.statements.stored import statements_of
from remanence.records import dataclass
from remanence.stage.ctx import Ctx
from remanence.types import EVERYTHING, UNSEEN, Cue, Hits, Item, Mark, Rows, State

OVER: tuple[State, ...] = ("ended", "corrected", "denied", "cancelled")
"""States in which a statement no longer says what is so."""
CONFIDENT = 0.6
"""A reading less certain than this marks nothing."""


@dataclass(frozen=True, slots=True)
class Known:
    """A stored statement and how it stands."""

    fact: Item
    says: Statement
    state: State
    until: datetime | None = None
    by: Item | None = None
    """What ended it, if anything did."""
    newer: Statement | None = None
    """What `by` says."""
    over: bool = field(init=False)
    source: str = field(init=False)
    """Id of the item that said it, the fact's own when it names none."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "over", self.state in OVER)
        object.__setattr__(self, "source", self.fact.evidence[0].id if self.fact.evidence else self.fact.id)

    def mark(self) -> Mark:
        """As it is shown beside the text that states it."""
        instead = self.newer
        now = (
            instead.value if instead is not None and instead.holds and instead.attribute == self.says.attribute else ""
        )
        by = self.by.id if self.by is not None else ""
        return Mark(self.says.subject, self.says.attribute, self.says.value, self.state, self.until, by, now)


def known_statements(facts: Sequence[Item], cue: Cue, ctx: Ctx) -> list[Known]:
    """Stored facts as statements that stand or not when the cue is asked (or at its `as_of`); others are left out.

    What began only after `as_of` was not so then.
    """
    when, then = cue.where.as_of or cue.at, cue.where.as_of is not None
    met: dict[tuple[str, int], Known | None] = ctx.memo.setdefault(("known statements", when, then), {})
    names = [(fact.id, fact.version) for fact in facts]
    fresh = [fact for fact, name in zip(facts, names, strict=True) if name not in met and fact.kind == "fact"]
    if fresh:
        met.update(_looked_up(fresh, when, ctx))
    known = [one for name in names if (one := met.get(name)) is not None]
    return [one for one in known if not _begins_later(one, when)] if then else known


def _begins_later(one: Known, when: datetime) -> bool:
    """Whether a statement tells how things are from a time after `when` on; a plan, or a day that is named, stands."""
    if one.fact.at is None or one.fact.at <= when or not one.says.holds:
        return False
    return one.says.attribute not in ("birthday", "due") and not one.says.attribute.startswith("date of")


def _looked_up(facts: Sequence[Item], when: datetime, ctx: Ctx) -> dict[tuple[str, int], Known | None]:
    """(id, version) -> how each fact stands; None for one that states nothing."""
    rows = ctx.store.rows_of([fact.id for fact in facts], EVERYTHING)
    rivals = ctx.store.linked(rows, ("supersedes", "contradicts"))
    ended_by = {old: new for new, rel, old in rivals if rel == "supersedes"}
    ends = [ended_by[row] for row in rows.tolist() if row in ended_by]
    newer = ctx.store.items(np.array(ends, np.int64)) if ends else []
    said = statements_of([*facts, *newer])
    others = dict(zip(ends, zip(newer, said[len(facts) :], strict=True), strict=True))
    disputed = {end for src, rel, dst in rivals if rel == "contradicts" for end in (src, dst)}
    found: dict[tuple[str, int], Known | None] = {}
    for fact, says, row in zip(facts, said, rows.tolist(), strict=False):
        by = others.get(ended_by.get(row, -1))
        found[fact.id, fact.version] = None if says is None else _standing(fact, says, by, row in disputed, when)
    return found


def _standing(
    fact: Item, says: Statement, by: tuple[Item, Statement | None] | None, disputed: bool, when: datetime
) -> Known:
    called_off = by is not None and says.modality == "planned" and by[0].data.get("slot") == "over"
    if called_off and by is not None and (by[0].at is None or by[0].at <= when):  # before it would begin
        return Known(fact, says, "cancelled", fact.until_there, *by)
    if fact.until is not None and fact.until <= when:
        if by is None:
            return Known(fact, says, "ended", fact.until_there)
        return Known(fact, says, _how(by[1]), fact.until_there, *by)
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


def marked(hits: Hits, cue: Cue, ctx: Ctx, most: int, shown: int) -> Hits:
    """The hits with a mark on each of the best `most` that states what is over, corrected, denied, cancelled, disputed.

    Of those only the first `shown` are looked at, and facts among the others: one that is a hit is told first.
    A question about what was believed earlier (`known_as_of`) gets no marks: they tell what is known now.
    """
    if not len(hits.rows) or cue.where.known_as_of is not None or "fact" not in ctx.store.columns.kinds:
        return hits
    marks: dict[int, tuple[Mark, ...]] = {}
    best = hits.rows[hits.order(most)]
    columns = ctx.store.columns
    wanted = (np.arange(len(best)) < shown) | (columns.kind[best] == columns.kinds["fact"])
    for row, known in _stated_by(best[wanted], cue, ctx):
        if (known.over or known.state == "disputed") and known.says.certainty >= CONFIDENT:
            marks[row] = (*marks.get(row, ()), known.mark())
    return hits.with_(marks=marks) if marks else hits


def stated_by(hits: Hits, cue: Cue, ctx: Ctx) -> list[Known]:
    """The statements that the hits make, or are."""
    return [known for _, known in _stated_by(hits.rows, cue, ctx)]


def _stated_by(rows: Rows, cue: Cue, ctx: Ctx) -> list[tuple[int, Known]]:
    """(row of the hit, statement) for every fact that is among the rows or rests on one of them."""
    met: dict[int, list[_Rests]] = ctx.memo.setdefault("facts of rows", {})
    missing = [row for row in rows.tolist() if row not in met]
    if missing:
        met.update(_facts_of(missing, ctx))
    pairs = [(number, row, fact) for row in rows.tolist() for number, fact in met[row]]
    pairs = [one for one in pairs if one[0] < 0] + sorted(
        (one for one in pairs if one[0] >= 0), key=lambda one: one[:2]
    )
    rows_of: dict[str, list[int]] = {}
    for _, row, fact in pairs:
        rows_of.setdefault(fact.id, []).append(row)
    known = known_statements(list({fact.id: fact for *_, fact in pairs}.values()), cue, ctx)
    return [(row, one) for one in known for row in dict.fromkeys(rows_of[one.fact.id])]


_Rests = tuple[int, Item]
"""Place in the order of remembering, and the fact."""


def _facts_of(rows: Sequence[int], ctx: Ctx) -> dict[int, list[_Rests]]:
    """The facts that rest on each row; a row that is one itself stands at -1."""
    found: dict[int, list[_Rests]] = {row: [] for row in rows}
    pairs = np.array(
        [*((row, row) for row in rows), *ctx.store.derived(np.array(rows, np.int64), EVERYTHING)], np.int64
    )
    columns = ctx.store.columns
    numbers = columns.number[pairs[:, 1]]
    numbers[: len(rows)] = -1
    is_fact = columns.kind[pairs[:, 1]] == columns.kinds.get("fact", UNSEEN)
    facts = ctx.store.items(pairs[is_fact, 1]) if is_fact.any() else []
    for row, number, fact in zip(pairs[is_fact, 0].tolist(), numbers[is_fact].tolist(), facts, strict=True):
        found[row].append((number, fact))
    return found
