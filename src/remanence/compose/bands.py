"""Between "known" and "not in memory" lies the quote: whether a value is told, from what speaks for it.

`ask` tells a value where memory's confidence reaches its threshold and the value is likelier right than wrong, the
sentences where those are likelier to hold the answer than not, and "not in memory" below. Both chances count that
memory may hold no answer at all.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from remanence.compose.reading import Read, overlap
from remanence.language.answer_type import Form
from remanence.weights import Table, table

VALUE = table("answerability", "value")
QUOTE = table("answerability", "quote")

Signs = Mapping[str, float]
"""What speaks for a value: the reader's probability in its hit (a logit), how far the reader agrees, its form.
For a quote: that probability of its first sentence, whether that is the best hit, and whether words of it answer."""
LIKELIER, HELD = 0.55, 0.6
"""From this chance on a value is told, and from this one on a quote."""
EDGE = 0.02
"""No probability counts as nearer to 0 or 1 than about this."""
_GROUPS: Mapping[str, tuple[Form, ...]] = {
    "number": ("number", "duration", "frequency"),
    "reason": ("reason", "manner"),
}


def tells(known: float, signs: Signs, least: float) -> bool:
    """Whether a value is told at a threshold: where it is likelier right than wrong, and at 0 always."""
    return value_chance(known, signs) >= min(least, LIKELIER)


def quotes(known: float, signs: Signs, least: float) -> bool:
    """Whether sentences are quoted at a threshold: where they are likelier to hold the answer than not."""
    return value_chance(known, signs, fitted=QUOTE) >= min(least, HELD)


def value_chance(known: float, signs: Signs, *, fitted: Table = VALUE) -> float:
    """How likely a value is right, or by another table a quote holds it, in [0, 1]; known: how likely memory does."""
    return 1 / (1 + math.exp(-fitted.total({"known": logit(known), **signs})))


def of_verdict(one: Read) -> Signs:
    """Of a yes or no that the reader gives."""
    return {"verdict": 1.0, "says": logit(max(one.yes, one.no)), "read": logit(one.answerable)}


def of_span(one: Read, form: Form) -> Signs:
    """Of the reader's own words."""
    return {"span": 1.0, "read": logit(one.answerable), "agrees": float(one.same)} | _form(form)


def of_rules(values: Sequence[str], hit: int | None, reads: Sequence[Read], form: Form) -> Signs:
    """Of values that rules took out of a hit (None: of several), and how far the reader's words are the same."""
    mine = next((one for one in reads if one.number == hit), None)
    same = max((overlap(value, one.said) for value in values for one in reads[:2]), default=0.0)
    many = {"list": 1.0} if len(values) > 1 else {}
    return {"read": logit(mine.answerable if mine is not None else 0.5), "agrees": same} | _form(form) | many


def of_quote(first: Read) -> Signs:
    """Of sentences whose first one is that of a reading."""
    return {"read": logit(first.answerable), "best": float(first.number == 0), "says": float(bool(first.said))}


def _form(form: Form) -> dict[str, float]:
    return {next((name for name, forms in _GROUPS.items() if form in forms), form): 1.0}


def logit(p: float) -> float:
    """Log odds, bounded."""
    return math.log((p + EDGE) / (1 - p + EDGE))
