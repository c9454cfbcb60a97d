"""What is told in so many words: one short sentence with every word of the question, and one time or sum of money.

"Today I finished the slides." leaves no doubt about "When did I finish the slides?", however the reader takes it.
How often that is right: `python experiments/in_so_many_words.py`.
"""

from __future__ import annotations

from remanence.compose.answer_extraction import TURNS
from remanence.compose.cited import Answer, answer_of, line_of
from remanence.compose.fence import escape
from remanence.compose.reading import values_asked
from remanence.compose.statement_answer import DISPUTED
from remanence.language import dates
from remanence.language.question import Question
from remanence.language.sentences import asks, split
from remanence.language.statements.happened import happened, stems
from remanence.language.text import content_words, words
from remanence.types import Hits, Item

LONGEST, FEWEST = 12, 2
"""Words of the sentence at most, and of the question at least."""
FORMS = ("weekday", "duration", "money")
"""Values that are told so, beside dates; counts, doses and clock times are too often set right later in other words."""
PLAINLY = 0.9
"""Confidence of what is told so."""
SHARED = 0.5
"""Share of the question's words from which on another hit may speak of the same."""


def in_so_many_words(hits: Hits, asked: Question) -> Answer | None:
    """The time or the sum that one hit tells in the words of the question; None where no hit or several may.

    asked: a question of a date, or of a value of one of `FORMS`.
    """
    wanted = stems(asked.essence)
    if len(wanted) < FEWEST or asked.many or len(asked.people) > 1 or asked.to_you:
        return None
    best = hits.top(TURNS)
    held = [len(wanted & stems(content_words(item.text[:2_000]))) for item in best.items]
    near = [number for number, count in enumerate(held) if count >= SHARED * len(wanted)]
    if len(near) != 1 or held[near[0]] < len(wanted):
        return None
    hit = best[near[0]]
    if any(mark.state != "disputed" for mark in hit.marks) or not _in_the_right_mouth(hit.item, asked):
        return None
    told = _told(hit.item, wanted, asked)
    if told is None:
        return None
    sentence, value = told
    sure = PLAINLY * (DISPUTED if hit.marks else 1.0)
    return answer_of(f"{escape(value)}: {line_of(hit.item, sentence)}", escape(value), sure, [hit])


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
        if happened(sentence, asked.essence) in ("denied", "cancelled"):
            return None
        if asked.expected.value:
            every = [one.of(sentence) for one in values_asked(sentence, asked)]
        else:
            every = [one.text for one in dates.find(sentence, item.said_at)]
        return (sentence, every[0]) if len(every) == 1 else None
    return None
