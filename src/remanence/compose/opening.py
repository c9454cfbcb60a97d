"""What is so now about whom and what a question asks: the first lines of a context, dated and cited.

Now: Ann: home: Oslo (since 2 Apr 2024; until then Rome) {s2:1}
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from remanence.compose.fence import escape, marked
from remanence.compose.stated import MATCHES, Match, stated
from remanence.language.statements.attributes import MEASURES
from remanence.language.tokens import count_tokens
from remanence.records import dataclass
from remanence.stage import Ctx
from remanence.stage.standing import Known
from remanence.types import EVERYTHING, Cue, Hit, Hits, Mark

LINES = 4
"""Most lines, one for each subject and attribute."""
VALUES = 5
"""Most values of one line."""


@dataclass(frozen=True, slots=True)
class Opening:
    """Lines to stand first, what they cost, the facts they tell, and the sources they cite."""

    lines: tuple[str, ...] = ()
    tokens: int = 0
    hits: tuple[Hit, ...] = ()
    sources: tuple[str, ...] = ()


def what_is_so(cue: Cue, hits: Hits, ctx: Ctx, budget_tokens: int) -> Opening:
    """At most `LINES` lines of stored statements that the cue asks for, as they stand, within the budget."""
    matches = [one for one in stated(cue, hits, ctx) if one.match >= MATCHES]
    groups: dict[tuple[str, str], list[Match]] = {}
    for one in matches:
        groups.setdefault(one.key, []).append(one)
    lines: list[str] = []
    told: list[Hit] = []
    sources: list[str] = []
    spent = 0
    for group in list(groups.values())[:LINES]:
        known = [one.known for one in group]
        cited = source_of(known, ctx)
        line = f"{_told(known)} {{{escape(cited)}}}"
        price = count_tokens(line) + 1
        if spent + price > budget_tokens:
            continue
        spent += price
        lines.append(line)
        told.append(Hit(known[0].fact, group[0].match, {"path": ["stated"]}))
        sources.append(cited)
    return Opening(tuple(lines), spent, tuple(told), tuple(sources))


def source_of(known: Sequence[Known], ctx: Ctx) -> str:
    """The source of the item that says the newest of them."""
    row = ctx.store.rows_of([known[0].source], EVERYTHING)
    items = ctx.store.items(row[row >= 0])
    return (items[0].source or items[0].id) if items else known[0].source


def _told(known: Sequence[Known]) -> str:
    """One subject and attribute: what holds, since when, and what held before; or what became of it."""
    first = known[0]
    holds = [one for one in known if not one.over and one.says.polarity > 0]
    over = [one for one in known if one.over]
    head = f"{first.says.subject}: {first.says.attribute}"
    lowest = min(one.fact.trust for one in known)
    if not holds:
        last = over[-1] if over else first
        return marked(escape(f"Now: {head}: not {last.says.value}{_since(last)}"), lowest)
    if first.says.attribute in MEASURES:
        holds = holds[:1]
    values = ", ".join(dict.fromkeys(one.says.value for one in holds[:VALUES]))
    notes = [f"since {_day(holds[0].fact.said_at)}"] if holds[0].fact.at is not None else []
    notes += [holds[0].state] if holds[0].state != "holds" else []
    notes += [f"{_word(one)} {one.says.value}" for one in over[:1]]
    return marked(escape(f"Now: {head}: {values}" + (f" ({'; '.join(notes)})" if notes else "")), lowest)


def _word(one: Known) -> str:
    return {"corrected": "not, as first said,", "cancelled": "cancelled:", "denied": "denied:"}.get(
        one.state, "until then"
    )


def _since(one: Known) -> str:
    day = f" {_day(one.until)}" if one.until is not None else ""
    return f" ({one.state}{day})"


def _day(at: datetime | None) -> str:
    return f"{at.day} {at:%b %Y}" if at is not None else ""


def note(marks: Sequence[Mark]) -> str:
    """What stands behind a text that states what is over: " (until 2 Apr 2024, now Oslo)"; "" without marks."""
    told = []
    for mark in marks[:2]:
        day = _day(mark.until)
        word = f"until {day}" if mark.state == "ended" and day else " ".join(part for part in (mark.state, day) if part)
        about = f"{mark.value}: " if len(marks) > 1 else ""
        told.append(about + word + (f", now {mark.now}" if mark.now else ""))
    return f" ({'; '.join(told)})" if told else ""
