"""Reads a turn for what it says in passing: statements that are only as good as the gate finds them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from remanence.language.dates import TimeExpression
from remanence.language.sentences import Span
from remanence.language.statements.passing.amounts import Amount, amounts, attribute_of
from remanence.language.statements.passing.people import Told, told
from remanence.language.statements.passing.replies import replies
from remanence.language.statements.predicates.focus import Focus
from remanence.language.statements.predicates.marks import SAYS
from remanence.language.statements.statement import Change, Statement
from remanence.language.statements.talk.clause import is_name

LONGEST = 1_500
"""Characters of a turn that are read."""
LONGEST_SENTENCE = 260
"""Characters of a sentence that is read."""
CERTAINTY = 0.7
"""Of what is said in passing: another value may stand beside it."""
CHANGES = 0.8
"""Where the words say that it is new, it ends what was."""


def passing_statements(
    text: str, speaker: str, at: datetime | None, times: Sequence[TimeExpression], parts: Sequence[Span], focus: Focus
) -> list[Statement]:
    """What sentences of a turn that do not ask (`parts`) say in passing; spans are in `text`.

    `focus` takes note of whom they name.
    """
    if not speaker or "```" in text:
        return []
    found: list[Statement] = []
    spans = [(one.start, one.end) for one in times]
    for part in parts:
        if part.start >= LONGEST or part.end - part.start > LONGEST_SENTENCE:
            continue
        said = text[part.start : part.end]
        found += _people(said, speaker, at, part.start, focus)
        if any(c.isdigit() for c in said):
            taken = [(a - part.start, b - part.start) for a, b in spans]
            found += _amounts(said, speaker, at, part.start, focus, taken)
    return found


def reply_statements(
    question: str, asker: str, reply: str, speaker: str, at: datetime | None, focus: Focus
) -> list[Statement]:
    """What a reply says of what the turn before it asked; spans are in the reply."""
    return [_made(one, 0, speaker, at) for one in replies(question, asker, reply, speaker, focus) if one.of]


def _people(said: str, speaker: str, at: datetime | None, offset: int, focus: Focus) -> Iterator[Statement]:
    change: Change = "corrected" if SAYS.corrected.search(said) else "changed" if SAYS.changed.search(said) else ""
    for one in told(said, speaker, focus):
        yield _made(one, offset, speaker, at, change)


def _amounts(
    said: str, speaker: str, at: datetime | None, offset: int, focus: Focus, taken: Sequence[tuple[int, int]]
) -> Iterator[Statement]:
    every = list(amounts(said, taken))
    values: dict[str, set[str]] = {}
    for one in every:
        values.setdefault(attribute_of(one), set()).add(one.value)
    for one in every:
        subject = _whose(one, speaker, focus)
        if subject and len(values[attribute_of(one)]) == 1:  # "row 5 column 2, row 5 column 3": no column is so
            how = f"{one.kind} {one.link}{' past' * one.past}"
            said_of = Told(subject, attribute_of(one), one.value, one.start, one.end, how)
            made = _made(said_of, offset, speaker, at, one.change)
            yield replace(made, replaces=one.was) if one.was else made


def _whose(one: Amount, speaker: str, focus: Focus) -> str:
    if one.whose in ("his", "her"):
        named = focus.meant("he" if one.whose == "his" else "she")
        return named.name if named is not None else ""
    if one.whose in ("your", "their"):
        return ""
    if attribute_of(one) in ("weight", "height") and one.label[:1].isupper():
        return one.label
    if one.label[:1].isupper() and " " not in one.label and focus.known(one.label) is not None:
        return ""  # "Rohan's 151": of whom is said, and not what
    return one.whose if one.whose[:1].isupper() and is_name(one.whose) else speaker


def _made(one: Told, offset: int, speaker: str, at: datetime | None, change: Change = "") -> Statement:
    return Statement(
        one.of, one.attribute, one.value, at=at, start=offset + one.start, end=offset + one.end,
        certainty=CHANGES if change else CERTAINTY, speaker=speaker, change=change, in_talk=True, how=one.how,
    )  # fmt: skip
