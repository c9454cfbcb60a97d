"""What is told in one breath with a value: "allergic to penicillin, nuts and latex" states three things."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from remanence.language.common_words import FUNCTION_WORDS, VERBS
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.statements.attributes import ATTRIBUTES
from remanence.language.statements.statement import Statement
from remanence.language.statements.values import alike

SEVERAL = frozenset(
    "uses likes dislikes hobby pets children siblings friend owns language learning allergy diet medicine".split()
)
"""Attributes of which a list states each thing by itself."""
MOST = 8
"""Things that are taken from one list."""
_NEXT = lazy_pattern(
    r"(?:\s*,\s*(?:(?:and|or|und|y|et|e)\s+)?|\s+(?:and|&|\+|or|und|y|et)\s+)"
    r"(?P<a>(?:the|an?|some|two|three|four)\s+)?(?P<v>[\w'’+#-]{2,24}(?:\s[\w'’+#-]{2,24})??)"
    r"(?=\s*(?:[,.!?;:()]|$|(?:and|&|or|but|so|und|y|et|these|now|too|as|at|in|on|for|every|with|from|though|since)\b))",
    re.I,
)


def with_coordinated(found: Sequence[Statement], text: str) -> list[Statement]:
    """The statements and, behind each of the right kind, those of what stands beside its value in a list.

    Of an attribute that holds one value ("Ben collects stamps and coins") the value is the whole list.
    """
    every = list(found)
    for place, one in enumerate(found):
        refused = one.attribute == "diet" and one.polarity < 0  # "can't eat gluten or dairy"
        if (
            one.modality not in ("asserted", "reported")
            or (one.change not in ("", "added") and not refused)
            or one.values
        ):
            continue
        begin = _ends(one, text)
        if begin is None:
            continue
        more = list(_beside(text, begin, one))
        if not more:
            continue
        if one.attribute in SEVERAL:
            every += [new for new in (_also(one, *each) for each in more) if not _told(new, every)]
        elif one.attribute not in ATTRIBUTES and one.in_talk and not any(c.isdigit() for c in one.value):
            every[place] = replace(one, value=one.value + text[begin : more[-1][2]], end=max(one.end, more[-1][2]))
    return every


def _ends(one: Statement, text: str) -> int | None:
    """Where the value ends in the text, None where it does not stand there word for word."""
    last = one.value.split()[-1] if one.value.split() else ""
    place = text.find(last, one.start, one.end + len(last)) if last else -1
    return _behind(text, place + len(last)) if place >= 0 else None


def _behind(text: str, end: int) -> int:
    """Where a thing ends with what is put behind it in brackets: "Mira (6)"."""
    aside = _ASIDE.match(text, end)
    return aside.end() if aside is not None else end


_ASIDE = re.compile(r"\s?\([^()]{1,14}\)")


def _beside(text: str, begin: int, one: Statement) -> Iterator[tuple[str, int, int]]:
    """(words, start, end) of the things that follow; a verb or a small word begins a clause, and ends the list."""
    named = one.value[:1].isupper()
    for _ in range(MOST):
        m = _NEXT.match(text, begin)
        if m is None:
            return
        small = any(word in FUNCTION_WORDS or word in VERBS for word in m["v"].lower().split())
        if small or (named and one.attribute != "uses" and m["v"][0].islower()):
            return
        yield m["v"], m.start("v"), m.end("v")
        begin = _behind(text, m.end("v"))


def _also(one: Statement, words: str, start: int, end: int) -> Statement:
    lead = "eats " if one.attribute == "diet" and one.value.startswith("eats ") else ""
    return replace(one, value=lead + words, end=max(one.end, end))


def _told(new: Statement, every: Sequence[Statement]) -> bool:
    return any(
        (one.subject, one.attribute) == (new.subject, new.attribute) and alike(one.value, new.value) for one in every
    )
