"""Reads the plain statements of a text, sentence by sentence: each rule runs where one of its words occurs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from remanence.language import dates
from remanence.language.common_words import listed
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.sentences import Span, split
from remanence.language.statements import kin, life, plans, taste, things, work
from remanence.language.statements.clause import Sentence
from remanence.language.statements.encyclopedia import NUMBERED, encyclopedic
from remanence.language.statements.kin import KIN, THEIR_NAME, names_listed
from remanence.language.statements.statement import Statement

_WORDS = lazy_pattern(r"[^\W_]+(?:['’][a-z]{1,2}\b)?")
_FIRST = frozenset({"i", "i'm", "i've", "i'll", "i'd", "my", "we", "we're", "we've", "we'll", "our", "me", "im"})
_NUMBER_LINE = lazy_pattern(r"^\s{0,4}\d{1,7}\.\s+\S", re.M)


def plain_statements(
    text: str,
    speaker: str = "",
    said_at: datetime | None = None,
    times: Sequence[dates.TimeExpression] | None = None,
    parts: Sequence[Span] | None = None,
) -> list[Statement]:
    """What a text states plainly, in order, without repetitions; spans are in `text`.

    `speaker` is who says "I" (empty: first-person sentences give nothing); `said_at` (naive = UTC) anchors relative
    times; `times` and `parts` may hand over what `dates.find(text, said_at)` and `split(text)` gave already. A list of
    numbered statements ("1. The capital of X is Y.") is read line by line.
    """
    if said_at is not None and said_at.tzinfo is None:
        said_at = said_at.replace(tzinfo=UTC)
    out: dict[tuple[str, str, str, int], Statement] = {}
    known: list[Sequence[dates.TimeExpression]] = [] if times is None else [times]

    def all_times() -> Sequence[dates.TimeExpression]:
        if not known:
            known.append(dates.find(text, said_at))
        return known[0]

    pet_owner = ""
    for start, end in _pieces(text, parts):
        if end - start < 5:
            continue
        if text[end - 1] == "?":
            pet_owner = pet_owner if end - start < 40 else ""
            continue
        s = _sentence(text[start:end], start, speaker, said_at, all_times)
        found = _read(s, pet_owner)
        for one in _settled(found) if len(found) > 1 else found:
            out.setdefault((one.subject, one.attribute, one.value.lower(), one.polarity), one)
        if any(one.attribute == "pets" for one in found):
            pet_owner = next(one.subject for one in found if one.attribute == "pets")
        elif not _numbered(s) and not s.words.isdisjoint(_FIRST):
            pet_owner = speaker if not s.words.isdisjoint(_PET_WORDS) else ""
    return list(out.values())


def _sentence(
    text: str,
    offset: int,
    speaker: str,
    said_at: datetime | None,
    all_times: Callable[[], Sequence[dates.TimeExpression]],
) -> Sentence:
    low = text.lower().replace("’", "'")
    words = frozenset(_WORDS.findall(low))
    return Sentence(text, low if len(low) == len(text) else text, offset, speaker, said_at, all_times, words)


def _numbered(s: Sentence) -> bool:
    return s.text[0].isdigit() and NUMBERED.match(s.text) is not None


def _read(s: Sentence, pet_owner: str) -> list[Statement]:
    """What one sentence states; `pet_owner` is whose pet the sentence before spoke of ("Her name's Coco.")."""
    numbered = _numbered(s)
    personal = not numbered and not s.words.isdisjoint(_FIRST)
    found: list[Statement] = []
    if personal or (not numbered and not s.words.isdisjoint(_THIRD_TRIGGERS)):
        chosen = 0
        for word in s.words:
            chosen |= _RULES_OF.get(word, 0)
        for number, rule in enumerate(RULES):
            if chosen >> number & 1:
                for match in rule.pattern.finditer(s.text):
                    found.extend(rule.read(s, match))
    if personal:
        return found
    found.extend(encyclopedic(s))
    m = THEIR_NAME.search(s.text) if pet_owner and "name" in s.low else None
    if m is not None:
        start, end = s.offset + m.start(), s.offset + m.end()
        for name in names_listed(m["v"]):
            found.append(Statement(pet_owner, "pets", name, at=s.said_at, start=start, end=end, speaker=s.speaker))
    return found


# which rules a word calls for, as a bit set
RULES = (*life.RULES, *work.RULES, *kin.RULES, *taste.RULES, *plans.RULES, *things.RULES)
_RULES_OF: dict[str, int] = {}
for _number, _rule in enumerate(RULES):
    for _word in _rule.triggers:
        _RULES_OF[_word] = _RULES_OF.get(_word, 0) | 1 << _number


def _settled(found: list[Statement]) -> list[Statement]:
    """In text order, without a loose plan that repeats a plain one."""
    plain = [f for f in found if f.attribute == "plan" and f.sure]
    kept = [
        f for f in found
        if f.attribute != "plan" or f.sure or not any(f.start < p.end and p.start < f.end for p in plain)
    ]  # fmt: skip
    return sorted(kept, key=lambda f: (f.start, f.attribute))


_PET_WORDS = frozenset(k for k, v in KIN.items() if v == "pets")
_THIRD_TRIGGERS = listed(
    """lives moved works speaks studies loves likes hates enjoys prefers owns has born allergic married engaged
    based name named called became works joined turned is wants plans"""
)


def _pieces(text: str, parts: Sequence[Span] | None) -> Iterator[tuple[int, int]]:
    """Sentences, except that a line of a numbered list is one piece whatever full stops it holds."""
    if _NUMBER_LINE.search(text) and text.count("\n") >= 1:
        at = 0
        for line in text.splitlines(keepends=True):
            if NUMBERED.match(line):
                body = line.rstrip()
                yield at, at + len(body)
            else:
                for span in split(line):
                    yield at + span.start, at + span.end
            at += len(line)
        return
    if NUMBERED.match(text) and len(text) < 300:
        yield 0, len(text.rstrip())
        return
    for span in split(text) if parts is None else parts:
        yield span.start, span.end
