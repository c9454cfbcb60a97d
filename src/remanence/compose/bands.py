"""Between "known" and "not in memory" lies the quote: whether a value is told, from what speaks for it.

`ask` tells a value where it is likely right, the sentences where those likely hold the answer, and "not in memory"
below. What it says of how sure it is, is that chance; both count that memory may hold no answer at all.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from remanence.compose.reading import USUAL, Read, overlap
from remanence.language.answer_type import Form
from remanence.weights import Table, table

VALUE = table("answerability", "value")
QUOTE = table("answerability", "quote")

Signs = Mapping[str, float]
"""What speaks for a value: the reader's probability in its hit and recall's that this is evidence (logits), how far it
is ahead of the likeliest other words, how far the reader agrees, its form. For a quote: both probabilities of its first
sentence, whether that is the best hit, and whether words of it answer."""
THRESHOLD = 0.62
"""From this chance of being right on a value is told."""
HELD = 0.68
"""From this chance of holding the answer on sentences are quoted; in proportion at a threshold below the usual one.

A doubtful value is quoted with its sentence, which is more often right and more seldom wrong (docs/log.d/ask.md)."""
EDGE = 0.02
"""No probability counts as nearer to 0 or 1 than about this."""
_GROUPS: Mapping[str, tuple[Form, ...]] = {
    "number": ("number", "duration", "frequency"),
    "reason": ("reason", "manner"),
}


def bar_of_quotes(least: float) -> float:
    """From which chance on sentences are quoted at a threshold."""
    return max(least, HELD * min(1.0, least / THRESHOLD))


def chance(known: float, signs: Signs, *, fitted: Table = VALUE) -> float:
    """How likely a value is right, or by `QUOTE` sentences hold the answer, in [0, 1].

    known: how likely memory holds an answer; nothing is surer than that.
    """
    return min(known, 1 / (1 + math.exp(-fitted.total({"known": logit(known), **signs}))))


def of_verdict(one: Read, reads: Sequence[Read]) -> Signs:
    """Of a yes or no that the reader gives."""
    return {"verdict": 1.0, "says": logit(max(one.yes, one.no))} | _of_hit(one, reads)


def of_span(one: Read, reads: Sequence[Read], form: Form) -> Signs:
    """Of the reader's own words."""
    return {"span": 1.0, "agrees": float(one.same)} | _of_hit(one, reads) | _form(form)


def of_rules(values: Sequence[str], hit: int | None, reads: Sequence[Read], form: Form) -> Signs:
    """Of values that rules took out of a hit (None: of several), and how far the reader's words are the same."""
    mine = next((one for one in reads if one.number == hit), None)
    from_hit = _of_hit(mine, reads) if mine is not None else {"found": logit(USUAL)}
    same = max((overlap(value, one.said) for value in values for one in reads[:2]), default=0.0)
    many = {"list": 1.0} if len(values) > 1 else {}
    return {"agrees": same} | from_hit | _form(form) | many


def of_quote(first: Read) -> Signs:
    """Of sentences whose first one is that of a reading."""
    best, says = float(first.number == 0), float(bool(first.said))
    return {"read": logit(first.answerable), "found": logit(first.found), "best": best, "says": says}


def _of_hit(one: Read, reads: Sequence[Read]) -> dict[str, float]:
    """Of the hit that a value stands in."""
    said = one.said.casefold()
    rival = max((other.weight for other in reads if other.said.casefold() != said), default=0.0)
    ahead = logit(one.weight) - logit(rival)
    return {"read": logit(one.answerable), "found": logit(one.found), "ahead": ahead}


def _form(form: Form) -> dict[str, float]:
    return {next((name for name, forms in _GROUPS.items() if form in forms), form): 1.0}


def logit(p: float) -> float:
    """Log odds, bounded."""
    return math.log((p + EDGE) / (1 - p + EDGE))
