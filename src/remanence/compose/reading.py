"""What a learned reader finds in the best hits: for each the span that answers, and how likely it answers at all."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from remanence.compose.candidates import Candidate, CandidateSentence
from remanence.compose.meant import echoes, whole
from remanence.language.question import Question
from remanence.language.text import words
from remanence.records import dataclass
from remanence.stage import Ctx
from remanence.stage.question import question
from remanence.types import Cue, Hit, Hits, Item
from remanence.weights import table

FITTED = table("answerability", "reader")

TURNS = 8
"""Hits that are read."""
LONGEST = 1_200
"""Characters of one hit that are read."""
LEAD = 200
"""Characters of the question before a turn that are read with it."""
FIRST = 3
"""Of so many passages the surest says whether memory holds an answer."""
SPAN = 0.7
"""From this probability on a span is told as the answer."""
UNSURE = 0.5
"""Below this probability nothing shorter than a sentence is told."""
AGREEMENT, READ = 3.0, 1.0
"""What a candidate gains by saying what the reader says of its hit, and by standing in a hit that answers (logits)."""
VERDICT = 0.7
"""From this probability on yes or no is told."""
CLOSE = 0.6
"""Share of the best reading's weight that makes another one a rival."""
STALE = 0.3
"""What a hit counts that states what is over, where it is asked what is so."""
NEVER_WAS = ("cancelled", "corrected", "denied")
"""States of a statement that never held, whatever time is asked about."""
ECHO = 0.1
"""What is left of a reading whose words only repeat the question."""
RANKED = 0.4
"""How much of a reading's weight goes by the hit's score against the best one's."""


@dataclass(frozen=True, slots=True)
class Read:
    """One hit as the reader read it: [start, end) of its text, empty where the answer is who spoke.

    said is the answer's words; answerable, yes and no are probabilities; weight is what it counts among the hits.
    """

    number: int
    hit: Hit
    start: int
    end: int
    said: str
    answerable: float
    yes: float
    no: float
    weight: float


def read_hits(cue: Cue, hits: Hits, ctx: Ctx) -> list[Read]:
    """The best hits as the reader reads them, those that count most first; nothing without a reader."""
    if ctx.reader is None or not len(hits):
        return []
    best, asked = hits.top(TURNS), question(cue, ctx)
    asks = f"{asked.asker}: {cue.text}" if asked.says_i and asked.asker else cue.text
    leads = _leads(best, cue, ctx)
    heads = [f"{lead}{item.who}: " if item.who else lead for lead, item in zip(leads, best.items, strict=True)]
    passages = [head + item.text[:LONGEST] for head, item in zip(heads, best.items, strict=True)]
    top = max(float(best.scores[0]), 1e-6)
    timeless = asked.tense != "before" and asked.interval is None and cue.where.as_of is None
    wrong = _set_right(best, cue, ctx)
    found: list[Read] = []
    for number, (hit, head, passage, one) in enumerate(
        zip(best, heads, passages, ctx.reader.read(asks, passages), strict=True)
    ):
        start, end = one.start - len(head), one.end - len(head)
        never = hit.id in wrong or any(mark.state in NEVER_WAS for mark in hit.marks)
        weight = one.answerable * (1 - RANKED + RANKED * hit.score / top)
        weight *= STALE if never or (timeless and hit.marks) else 1.0
        inside, answerable = start >= 0, one.answerable
        span = passage[one.start : one.end].strip()
        if inside:
            start, end = whole(hit.item.text, start, end)
            span = hit.item.text[start:end].strip()
        said = span if inside else _speaker(span, hit.item)
        if not asked.whether and echoes(said, asked):
            said, answerable = "", answerable * ECHO
        place = (start, end) if inside else (0, 0)
        found.append(Read(number, hit, *place, said, answerable, one.yes, one.no, weight if said else 0.0))
    return sorted(found, key=lambda one: -one.weight)


def sure_with(reads: Sequence[Read], known: float) -> float:
    """How likely memory holds an answer, from the confidence of recall and from what was read in the first passages."""
    read = max((one.answerable for one in reads if one.number < FIRST), default=0.0)
    return 1 / (1 + math.exp(-FITTED.total({"known": _logit(known), "read": _logit(read)})))


def _logit(p: float) -> float:
    bounded = min(max(p, 1e-3), 1 - 1e-3)
    return math.log(bounded / (1 - bounded))


def chosen(reads: Sequence[Read], asked: Question) -> Read:
    """The reading that counts most; asked for what is so now, the latest of those that count nearly as much."""
    best = reads[0]
    if asked.tense != "now":
        return best
    close = [one for one in reads if one.weight >= CLOSE * best.weight and one.answerable >= SPAN]
    close = [one for one in close if one.hit.item.who == best.hit.item.who and one.hit.item.at is not None]
    return max(close, key=lambda one: one.hit.item.at.timestamp() if one.hit.item.at else 0.0, default=best)


def agreed(found: Sequence[Candidate], said: Sequence[CandidateSentence], reads: Sequence[Read]) -> list[Candidate]:
    """Candidates with what the reader says added to their scores: its words (token F1), and its weight of their hit."""
    most = max(max(one.weight for one in reads), 1e-6)
    by_hit = {one.number: one for one in reads}
    scored = []
    for one in found:
        read = by_hit.get(said[one.said].hit)
        if read is not None:
            share = read.weight / most
            gain = share * (AGREEMENT * _overlap(one.text, read.said) + READ)
            one = replace(one, score=one.score + gain)
        scored.append(one)
    return sorted(scored, key=lambda one: -one.score)


def _overlap(left: str, right: str) -> float:
    """F1 of the words that two texts share."""
    ours, theirs = set(words(left)), set(words(right))
    return 2 * len(ours & theirs) / (len(ours) + len(theirs)) if ours and theirs else 0.0


def _speaker(span: str, item: Item) -> str:
    """A span outside the text is the speaker's name, or nothing."""
    return item.who or "" if item.who and span.casefold() in item.who.casefold() else ""


_CORRECTS = re.compile(
    r"^\W*(?:no|nope|wrong|actually|not quite|nein|wait)[,.!:;\s-]+(?:no[,\s]+)?(?:it|that|he|she|they|the|its|i)\b",
    re.I,
)
_BEFORE = 3
"""Turns before an answer among which its question is looked for."""


def _set_right(best: Hits, cue: Cue, ctx: Ctx) -> frozenset[str]:
    """Ids of hits which the turn behind them corrects: "It's the tower." - "No, it's the silo." """
    right = np.array([row for row, item in zip(best.rows, best.items, strict=True) if _CORRECTS.match(item.text)], int)
    before = ctx.store.around(right, 1, 0, cue.where)[:, 0] if len(right) else right
    return frozenset(item.id for item in ctx.store.items(before[before >= 0]))


def _leads(best: Hits, cue: Cue, ctx: Ctx) -> list[str]:
    """For each hit the question that it answers as a line: the turn before, further back for a correction."""
    window = ctx.store.around(best.rows, _BEFORE, 0, cue.where)[:, :_BEFORE]
    there = np.unique(window[window >= 0])
    asked = {
        row: item
        for row, item in zip(there.tolist(), ctx.store.items(there), strict=True)
        if item.text.rstrip().endswith(("?", "？"))
    }
    found = [""] * len(best)
    for place, (item, rows) in enumerate(zip(best.items, window.tolist(), strict=True)):
        near = rows if _CORRECTS.match(item.text) else rows[-1:]
        lead = next((asked[row] for row in reversed(near) if row in asked), None)
        if lead is not None:
            found[place] = f"{lead.who or ''}: {lead.text[-LEAD:]}\n"
    return found
