"""What is told in so many words: one short sentence with every word of the question and one value of its form.

"Today I finished the slides." leaves no doubt about "When did I finish the slides?", however the reader takes it. On
900 written stories such a sentence was the evidence for 65 of 67 questions of a time (docs/log.d/ask.md).
"""

from __future__ import annotations

import re

from remanence.compose.answer_extraction import TURNS
from remanence.compose.cited import Answer, answer_of, line_of
from remanence.compose.fence import escape
from remanence.language import dates
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.question import Question
from remanence.language.sentences import asks, split
from remanence.language.statements.happened import stems
from remanence.language.text import content_words, words
from remanence.language.value_forms import values
from remanence.types import Hits, Item

LONGEST, FEWEST = 12, 2
"""Words of the sentence at most, and of the question at least."""
PLAINLY = 0.9
"""Confidence of what is told so."""
SHARED = 0.5
"""Share of the question's words from which on another hit may speak of the same."""
_NOT = lazy_pattern(
    r"\b(?:not|never|no longer|no|nobody|nothing|without|instead|unless|if|whether|nicht|kein\w*|nunca|jamais|pas)\b"
    r"|n['’]?t\b",
    re.I,
)


def in_so_many_words(hits: Hits, asked: Question) -> Answer | None:
    """The time or the value that one hit tells in the words of the question; None where no hit or several may.

    asked: a question of a date, or of a value that has a form.
    """
    wanted = stems(asked.essence)
    if len(wanted) < FEWEST or asked.many or len(asked.people) > 1 or asked.to_you or _NOT.search(asked.text):
        return None
    best = hits.top(TURNS)
    held = [len(wanted & stems(content_words(item.text[:2_000]))) for item in best.items]
    near = [number for number, count in enumerate(held) if count >= SHARED * len(wanted)]
    if len(near) != 1 or held[near[0]] < len(wanted):
        return None
    hit = best[near[0]]
    told = _told(hit.item, wanted, asked) if not hit.marks and _in_the_right_mouth(hit.item, asked) else None
    if told is None:
        return None
    sentence, value = told
    return answer_of(f"{escape(value)}: {line_of(hit.item, sentence)}", escape(value), PLAINLY, [hit])


def _in_the_right_mouth(item: Item, asked: Question) -> bool:
    """Whether it was said by the one whom the question names, or by the asker where it asks of "I"."""
    of = asked.people[0] if asked.people else asked.asker if asked.says_i else None
    return item.kind == "turn" and (of is None or (item.who or "").casefold() == of.casefold())


def _told(item: Item, wanted: frozenset[str], asked: Question) -> tuple[str, str] | None:
    """The sentence that says all that is asked and the words of its one value; None where none does, or denies it."""
    for span in split(item.text[:2_000]):
        sentence = span.of(item.text)
        said = words(sentence)
        if len(said) > LONGEST or not wanted <= stems(content_words(sentence)) or asks(sentence):
            continue
        if _NOT.search(sentence):
            return None
        form = asked.expected
        if form.value:
            every = [one.of(sentence) for one in values(sentence, form.value, form.counts)]
        else:
            every = [one.text for one in dates.find(sentence, item.said_at)]
        return (sentence, every[0]) if len(every) == 1 else None
    return None
