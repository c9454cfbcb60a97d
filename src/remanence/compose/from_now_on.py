"""Of two turns that say the same the later one counts that says "now": "Yusuf owns deploys from now on"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from remanence.compose.reading import Read, when
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.question import Question
from remanence.language.sentences import sentence_at
from remanence.language.statements.happened import stems
from remanence.language.text import content_words

READS = 0.3
"""From this probability on the reader's words of the later turn are taken."""
WORN = 0.3
"""What is left of the weight of a hit that a later one replaces."""
_NOW = lazy_pattern(
    r"\b(?:from now on|now|as of (?:now|today)|these days|instead|takes? over|took over|jetzt|ahora|désormais)\b",
    re.I,
)


def as_of_now(reads: Sequence[Read], asked: Question) -> list[Read]:
    """The readings, the best of them behind a later one whose sentence holds its words of the question and says "now".

    Not where it is asked what was before, of another time, for a list or for yes or no.
    """
    if not reads or asked.whether or asked.many or asked.interval is not None or asked.tense in ("before", "past"):
        return list(reads)
    best = max(reads, key=lambda one: one.weight)
    essence = stems(asked.essence)
    held = essence & stems(content_words(_sentence(best)))
    later = [
        one
        for one in reads
        if one.said
        and one.answerable >= READS
        and one.said.casefold() != best.said.casefold()
        and when(one.hit.item) > when(best.hit.item)
        and _NOW.search(_sentence(one))
        and held <= stems(content_words(_sentence(one)))
    ]
    if not held or not later:
        return list(reads)
    last = max(later, key=lambda one: when(one.hit.item))
    likely = max(best.answerable, last.answerable)
    now = replace(last, weight=best.weight, answerable=likely, found=max(best.found, last.found))
    worn = replace(best, weight=best.weight * WORN)
    return [now, *(worn if one is best else one for one in reads if one is not last)]


def _sentence(one: Read) -> str:
    """The sentence in which a reading's words begin."""
    return sentence_at(one.hit.item.text[:2_000], one.start, shortest=0)
