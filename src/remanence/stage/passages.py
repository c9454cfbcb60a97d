"""The best hits as passages that a reader reads for a question: who said what, behind the question that it answers."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import field, replace

import numpy as np

from remanence.algo.distinct import distinct
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.question import Question
from remanence.language.sentences import split
from remanence.language.speakers import ASSISTANTS
from remanence.language.statements.corrects import CONTRADICTS
from remanence.language.statements.happened import stems
from remanence.language.text import content_words
from remanence.language.text_flags import ASKS
from remanence.records import dataclass
from remanence.stage.ctx import Ctx
from remanence.stage.question import question
from remanence.types import Cue, Hits, Item, Reader, Reading, Rows

FIRST = 8
"""Hits that are read first, for the confidence and for the answer."""
LONGEST = 1_200
"""Characters of one hit that are read."""
MOST = 20_000
"""Characters of one hit among which the sentence is looked for that is read."""
LEAD = 200
"""Characters of the question before a turn that are read with it."""

BEFORE = 3
"""Turns before an answer among which its question is looked for."""
Known = MutableMapping[tuple[str, str], Reading]
"""What was read before, by question and passage."""


@dataclass(frozen=True, slots=True)
class Passages:
    """A question as the reader is asked it, and for each hit what stands before its text and the text.

    starts: where in the hit each text starts; a long hit is read round its sentence that says most of the question.
    about: the people whom the question names. known: what this verb has read so far.
    """

    asks: str
    heads: tuple[str, ...]
    texts: tuple[str, ...]
    starts: tuple[int, ...] = ()
    about: frozenset[str] = frozenset()
    known: Known = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.texts)

    def of(self, places: Sequence[int]) -> Passages:
        """Those at some places."""
        heads, texts = (tuple(every[n] for n in places) for every in (self.heads, self.texts))
        return replace(self, heads=heads, texts=texts, starts=tuple(self.starts[n] for n in places))

    def whole(self, most: int) -> list[str]:
        """The first `most` passages, head and text."""
        return [head + text for head, text in zip(self.heads[:most], self.texts[:most], strict=True)]


def passages(cue: Cue, hits: Hits, ctx: Ctx) -> Passages:
    """The hits in their order; a turn behind one that asks something is led by that question."""
    return passages_later(cue, hits, ctx)()


def passages_later(cue: Cue, hits: Hits, ctx: Ctx) -> Callable[[], Passages]:
    """What gives the `passages` of some hits as they are now, when it is called; it needs no store then."""
    asked, items, known = question(cue, ctx), ctx.store.items(hits.rows), _known(ctx)
    leads = _leads(hits.rows, items, asked.to_you, cue, ctx)

    def given() -> Passages:
        heads = [f"{lead}{item.who}: " if item.who else lead for lead, item in zip(leads, items, strict=True)]
        starts = tuple(_start(item.text, asked) for item in items)
        texts = tuple(item.text[start : start + LONGEST] for item, start in zip(items, starts, strict=True))
        return Passages(_asks(asked), tuple(heads), texts, starts, frozenset(asked.people), known)

    return given


def one_passage(cue: Cue, text: str, ctx: Ctx) -> Passages:
    """A text that was put together, to be read for the cue."""
    return Passages(_asks(question(cue, ctx)), ("",), (text,), known=_known(ctx))


def _asks(asked: Question) -> str:
    """The question as the reader is asked it, behind who asks where it says "I"."""
    return f"{asked.asker}: {asked.whole}" if asked.says_i and asked.asker else asked.whole


def _known(ctx: Ctx) -> Known:
    known: Known = ctx.memo.setdefault("readings", {})
    return known


def _start(text: str, asked: Question) -> int:
    """Where reading starts: at 0, and in a long text a little before the sentence with most words of the question."""
    if len(text) <= LONGEST:
        return 0
    wanted, text = stems(asked.essence), text[:MOST]
    lines = [(span.start + m.start(), m.group()) for span in split(text) for m in _LINE.finditer(span.of(text))]
    shared = [len(wanted & stems(content_words(line))) for _, line in lines]
    start, line = lines[shared.index(max(shared))] if lines else (0, "")
    if start + len(line) <= LONGEST:
        return 0
    return next(first for first, _ in lines if first >= start - LONGEST // 3)


_LINE = lazy_pattern(r"[^\n]+")


def read_each(given: Passages, most: int, reader: Reader) -> list[Reading]:
    """One reading for each of the first `most`; what is known is not read again, and what is read is known then."""
    asks, texts, known = given.asks, given.whole(most), given.known
    missing = [text for text in dict.fromkeys(texts) if (asks, text) not in known]
    if missing:
        for text, reading in zip(missing, reader.read(asks, missing), strict=True):
            known[asks, text] = reading
    return [known[asks, text] for text in texts]


def _said_at(rows: Rows, items: Sequence[Item], cue: Cue, ctx: Ctx) -> Rows:
    """The rows, with that of its first source for a note: what it answers stands before that one."""
    sources = {place: item.evidence[0].id for place, item in enumerate(items) if item.kind == "note" and item.evidence}
    if not sources:
        return rows
    found = ctx.store.rows_of(list(sources.values()), cue.where)
    said = rows.copy()
    said[list(sources)] = np.where(found >= 0, found, rows[list(sources)])
    return said


def _leads(best: Rows, items: Sequence[Item], to_you: bool, cue: Cue, ctx: Ctx) -> list[str]:
    """For each hit the question that it answers as a line: the turn before, further back for a correction.

    Of what "you" said the turn before counts whatever it is: "Suggest a board game." asks, too.
    """
    if not len(best):
        return []
    window = ctx.store.around(_said_at(best, items, cue, ctx), BEFORE, 0, cue.where)[:, :BEFORE]
    contradicts = np.array([CONTRADICTS.match(item.text) is not None for item in items])
    near = np.where(contradicts[:, None] | (np.arange(BEFORE) == BEFORE - 1), window, -1)
    there = distinct(near[(near >= 0) & (to_you | (ctx.store.columns.flags[near] & ASKS > 0))])
    before = dict(zip(there.tolist(), ctx.store.items(there), strict=True))
    found = [""] * len(best)
    for place, rows in enumerate(near.tolist()):
        any_one = to_you and items[place].who in ASSISTANTS
        leads = (before[row] for row in reversed(rows) if row in before)
        lead = next((one for one in leads if any_one or one.text.rstrip().endswith(("?", "？"))), None)
        if lead is not None:
            found[place] = f"{lead.who or ''}: {lead.text[-LEAD:]}\n"
    return found
