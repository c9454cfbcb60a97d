"""Measures how the cost of reading a text grows with its length, for patterns that break careless expressions.

python scripts/growth.py [reader ...]: each reader on 4,000, 8,000 and 16,000 characters of each pattern; a line for
every pair whose cost more than triples when the text doubles, and the slowest pattern of each reader.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import get_args

from remanence.compose import meant
from remanence.language import answer_type, dates, entities, person, phrases, question, sentences, spans, speakers
from remanence.language.statements import corrects, fields, happened, plain
from remanence.language.statements.talk.reader import talk_statements
from remanence.language.value_forms import ValueForm, counting, values
from remanence.types import Item

SAID = datetime(2024, 6, 1, tzinfo=UTC)
SIZES = (4_000, 8_000, 16_000)
NOTICEABLE = 0.02
"""Seconds below which a growth is noise."""
UNITS = (
    *"aA.(\"'-9/@`#$_’?*你é😀Ωอ ",
    *("\u0301", "\u200b", "9.", "9 ", "1,", "12:", "2024-", "a-", "a’", "a or ", "what ", "did you ", "A's ", "AB-1 "),
    *(
        "due ",
        "my a ",
        "My a ",
        "of the ",
        "The a of ",
        "5 May ",
        "May ",
        "http://a.",
        'he said "',
        "((",
        "[(",
        "I am ",
    ),
    *(
        "I have a ",
        "x and ",
        "X and ",
        "I live in A ",
        "last ",
        "in 2 ",
        "is ",
        "A is ",
        "A, ",
        "\n- a",
        "```",
        "a@",
        "and I ",
    ),
    *("1.000,", "$1 ", "5 pm ", "12 kg ", "from 5 to ", "-> ", "no wait ", "not ", "a/", "://", "a.b@", "two ", "1/2 "),
)
ASKED = ("How much is the sofa?", "What colour is the sofa?", "When is the party?")
HOW_MUCH, WHICH_COLOUR, WHEN = (question.read(text, at=SAID) for text in ASKED)
READERS: dict[str, Callable[[str], object]] = {
    "sentences": sentences.split,
    "dates": lambda text: dates.find(text, SAID),
    "entities": entities.find,
    "keyphrases": phrases.keyphrases,
    "triples": lambda text: phrases.triples(text, "Ann"),
    "person": lambda text: person.resolve(text, "Ann", "Bob"),
    "spans": spans.candidate_spans,
    "speakers": lambda text: speakers.resolve_subjects(text, "Ann", ("Ann", "Bob")),
    "expected": answer_type.expected,
    "question": lambda text: question.read(text, at=SAID, people=("Ann", "Bob")),
    "plain": lambda text: plain.plain_statements(text, "Ann", SAID),
    "talk": lambda text: talk_statements(text, "Ann", SAID),
    "fields": fields.field_statements,
    "values": lambda text: [values(text, form, "tomato plants") for form in get_args(ValueForm)[1:]],
    "counting": counting,
    "corrects": corrects.sets_right,
    "happened": lambda text: happened.happened(text, ("party", "rome")),
    "amount": lambda text: meant.amount_meant("12", Item("turn", text, "a", who="Ann", at=SAID), HOW_MUCH),
    "day": lambda text: meant.day_meant("12", Item("turn", f"{text} 12", "a", who="Ann", at=SAID), WHEN),
    "whole": lambda text: meant.whole(text, len(text) // 2, len(text) // 2 + 3),
    "colour": lambda text: meant.shows_colour(text, WHICH_COLOUR),
}


def seconds(read: Callable[[str], object], text: str) -> float:
    """The best of two runs, in seconds of this process."""
    best = float("inf")
    for _ in range(2):
        start = time.process_time()
        read(text)
        best = min(best, time.process_time() - start)
    return best


def main() -> int:
    wanted = sys.argv[1:] or list(READERS)
    steep = 0
    for name in wanted:
        worst = (0.0, "")
        for unit in UNITS:
            costs = [seconds(READERS[name], (unit * size)[:size]) for size in SIZES]
            worst = max(worst, (costs[-1], unit))
            if costs[-1] > NOTICEABLE and costs[-1] > 3 * costs[-2] and costs[-2] > 3 * costs[-3]:
                steep += 1
                print(f"{name} on {unit!r}: {' '.join(f'{cost * 1000:.1f}' for cost in costs)} ms")
        print(f"{name}: slowest {worst[0] * 1000:.1f} ms for {SIZES[-1]:,} characters of {worst[1]!r}")
    return 1 if steep else 0


if __name__ == "__main__":
    sys.exit(main())
