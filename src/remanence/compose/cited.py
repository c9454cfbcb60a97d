"""An answer with what it cites: its value, the sentences it rests on, who said them and when."""

from __future__ import annotations

from collections.abc import Sequence

from remanence.compose.fence import doubt_of, escape, escape_each
from remanence.compose.opening import note
from remanence.compose.statement_answer import Stated
from remanence.language.sentences import SHORT, sentence_at
from remanence.records import dataclass
from remanence.stage import Ctx
from remanence.stage.standing import Known
from remanence.types import EVERYTHING, Hit, Item

NOT_IN_MEMORY = "not in memory"
MOST_QUOTED = 6
"""Most sentences that one answer quotes."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What memory answers. `str(answer)` is ready to read.

    `short` is the value ("7 May 2023") or "not in memory", `text` the answer with the sentence that it stands in.
    `confidence` in [0, 1] says how likely what is told is right, or what is quoted holds the answer; of "not in
    memory" it is low, and the lower the less likely memory holds one. `in_memory` is the verdict.
    `sources` cites what the answer rests on, `evidence` are those hits (the nearest ones when there is no answer),
    `context` is what the model was given to read, empty without one. `degraded` tells what had to be skipped.
    """

    text: str
    short: str
    confidence: float
    in_memory: bool
    sources: tuple[str, ...] = ()
    evidence: tuple[Hit, ...] = ()
    context: str = ""
    degraded: tuple[str, ...] = ()

    def __str__(self) -> str:
        cited = "".join(f" {{{source}}}" for source in self.sources)
        return f"{self.text}{cited}"


def answer_of(text: str, short: str, sure: float, evidence: Sequence[Hit]) -> Answer:
    """An answer that cites its evidence."""
    return Answer(text, short, sure, True, tuple(source_of(hit.item) for hit in evidence), tuple(evidence))


def put_instead(short: str, item: Item, found: Answer) -> Answer:
    """A later item's value in the place of an answer, with both sentences."""
    lines = (
        f"{escape(short)}: {line_of(item, item.text)}\n  {line_of(found.evidence[0].item, found.evidence[0].item.text)}"
    )
    return answer_of(lines, escape(short), found.confidence, [Hit(item, found.confidence, {}), *found.evidence[:1]])


def from_known(found: Stated, ctx: Ctx) -> Answer:
    """Stored statements with the sentences that say them; what is over says until when, and what took its place."""
    ids = [one.source for one in found.rests_on][-MOST_QUOTED:]
    rows = ctx.store.rows_of(ids, EVERYTHING)
    items = {item.id: item for item in ctx.store.items(rows[rows >= 0])}
    lines: dict[str, str] = {}
    evidence: list[Hit] = []
    for one in found.rests_on[-MOST_QUOTED:]:
        item = items.get(one.source, one.fact)
        marks = (one.mark(),) if one.over else ()
        over = escape(note(marks)) if marks else ""
        lines.setdefault(item.id, line_of(item, _sentence(item, one)) + over)
        evidence.append(Hit(item, found.confidence, {"path": [f"{one.says.subject}: {one.says.attribute}"]}, marks))
    short, told = escape(found.short), list(lines.values())
    text = f"{short}: {told[0]}" if len(told) == 1 else short + "".join(f"\n  {line}" for line in told)
    cited = tuple(dict.fromkeys(source_of(hit.item) for hit in evidence))
    return Answer(text, short, found.confidence, True, cited, tuple({hit.id: hit for hit in evidence}.values()))


def _sentence(item: Item, one: Known) -> str:
    """The sentence of an item that makes a statement; the whole of a short item."""
    if item is one.fact or len(item.text) <= SHORT:
        return item.text
    return sentence_at(item.text, one.says.start)


def line_of(item: Item, text: str, shown: bool = False) -> str:
    """A sentence with who said it and when, safe to print and to hand on."""
    at = item.said_at
    when = f"{at.day} {at:%b %Y}" if at is not None else ""
    who, text = escape_each((item.who or "", " ".join(text.split())))
    lead = ", ".join(part for part in (who, when, doubt_of(item.trust)) if part)
    told = f"[shows {text}]" if shown else f'"{text}"'
    return f"{lead}: {told}" if lead else told


def source_of(item: Item) -> str:
    """What an item is cited by."""
    return item.source or item.id
