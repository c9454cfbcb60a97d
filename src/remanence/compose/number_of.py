"""The number of one parcel, order or booking is not told for another one: "tracking of the book?" - the shoes'."""

from __future__ import annotations

import re
from itertools import pairwise

from remanence.language.common_words import listed
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.question import Question
from remanence.language.statements.happened import stems
from remanence.language.text import content_words
from remanence.stage import Ctx
from remanence.types import EVERYTHING, Cue, Item

_SENT = (
    r"(?:tracking|order|booking|reservation|confirmation|reference|invoice|return|shipment|shipping|parcel|consignment)"
)
_NUMBER = r"(?:number|code|id|reference|ref|no)"
_ASKED = lazy_pattern(
    rf"\b{_SENT}(?:\s{_NUMBER})?\s(?:of|for|on)\s(?P<of>[^?.!,]+)"
    rf"|\b(?:my|our|the)\s(?P<whose>(?!{_SENT}\b)[\w'’-]+(?:\s(?!{_SENT}\b)[\w'’-]+)?)\s{_SENT}\s{_NUMBER}\b",
    re.I,
)
_ANY = listed("order parcel package delivery shipment thing stuff new old last first latest other big small number")
"""Words that say nothing of what is in a parcel."""


def of_another(cited: Item, asked: Question, cue: Cue, ctx: Ctx) -> bool:
    """Whether the number of a parcel or a booking is asked for, and the turn that is cited is of something else.

    It is where no word for the thing stands in the cited turn or those beside it, or where another word stands before
    it: "train tickets" are no concert tickets.
    """
    m = _ASKED.search(asked.text)
    if m is None:
        return False
    words = [word.removesuffix("'s").removesuffix("’s") for word in content_words(m["of"] or m["whose"])]
    wanted = [word for word in words if word not in _ANY]
    if not wanted or asked.people:
        return False
    row = ctx.store.rows_of([cited.id], EVERYTHING)
    near = ctx.store.around(row[row >= 0], 2, 2, cue.where).ravel()
    said = [
        *(word for item in ctx.store.items(near[near >= 0]) for word in content_words(item.text)),
        *content_words(cited.text),
    ]
    missing = stems(wanted) - stems(said)
    if not missing or len(missing) == len(stems(wanted)):
        return bool(missing)
    head = stems(wanted[-1:])
    own = content_words(cited.text)
    before = {stem for one, word in pairwise(own) if stems([word]) == head for stem in stems([one])}
    return head.isdisjoint(missing) and bool(before) and before.isdisjoint(stems(wanted))
