"""The clauses of a turn of talk: their words, whom they are about, and how they are meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from remanence.language.common_words import FUNCTION_WORDS, listed
from remanence.language.lazy_pattern import Patterns, lazy_pattern
from remanence.language.sentences import Span, split
from remanence.language.statements.talk.endings import EVENT
from remanence.language.statements.talk.grammar import CODE, ROLE
from remanence.language.statements.talk.labels import LABELS
from remanence.records import dataclass

LONGEST = 2_000
"""Characters of one turn that are read as talk; what comes after is mostly pasted."""
LONGEST_CLAUSE = 240
"""Characters of a clause that is read."""

_BREAK = lazy_pattern(r"(?<!\d)[,:](?!\d)|,(?=\s)|;|\s[-–—]\s|(?<![()!])[()!]++(?=\s|$)|\n|\.{2,}|…")
_ASIDE = "|".join(
    """and but also still now just so currently already we both actually really do did usually mostly then always never
    to would will could should can might may used""".split()
)
"""Words in front of a verb that are nobody."""
_SAYS = Patterns(
    corrected=r"\b(?:no wait|wait no|wait,? not?|hang on|i meant|i mean|scratch that|correction|typo|my mistake|my bad|"
    r"(?:i )?(?:mixed|got) (?:it|that|them|this|those|the \w+) (?:up|wrong|mixed up)|i (?:told|gave) you the wrong|"
    r"i (?:was|am) wrong|i said .{1,30} wrong|misread|mistyped|typed .{1,30} wrong|not? actually|no,? actually|"
    r"nein,? warte|ich meinte|quise decir|perd[oó]n)\b|^\W*(?:no|sorry|actually)[,:]",
    added=r"\b(?:too|as well|also|another|both|on top|plus|auch|también)\b",
    changed=r"\b(?:now|nowadays|these days|instead|switched|changed|moved|new|since|from (?:now|today|then|monday|"
    r"tuesday|wednesday|thursday|friday|saturday|sunday) on|from here on|went (?:up|down)|again|jetzt|ahora"
    r"|ab jetzt)\b",
    ended=r"\b(?:no longer|not? (?:\w+ ){0,6}any ?more|any ?more|after all|nicht mehr|kein\w{0,2} (?:\w+ )?mehr"
    r"|ya no)\b",
    small_stop=r"(?<=[\w)’'\"])(?<!\b[a-z])(?<!\b(?:dr|mr|ms|st|vs|no|nr))(?:[.?!]+|\?)\s+(?=[a-zà-ÿ])",
    head_of_thing=f"{CODE}|{ROLE}|{EVENT}",
    # A verb whose subject is not who speaks.
    of_another=r"\s*(?:lives?|works?|moves|eats|drinks|drives|follows|takes|is|has|(?:does|is|has)(?:n['’]?t|\snot))\b",
    # Somebody or something stands in front of it.
    somebody=rf"(?:^|\s)(?!(?:{_ASIDE})\s)[^\W\d_]{{2,}}\s*$",
)
"""How a clause says that it corrects, adds, changes or ends, and whom it is about."""


@dataclass(frozen=True, slots=True)
class Clause:
    """Characters [start, end) of a turn that say one thing, and how the sentence round them is meant.

    subject: whom it is about when nobody is named in it: "Ida" in "Ida: 134 cm", else "" for the speaker.
    """

    text: str
    start: int
    sentence: str
    sentence_start: int
    subject: str
    corrects: bool
    adds: bool
    changes: bool
    ends: bool


_LEAD = lazy_pattern(r"^\s{0,3}(?:[-*•]\s{1,3})?(?P<who>[A-Z][a-z'’]{1,20}|me|Me)\s?[:=]\s{1,2}(?=\S)")
_NOT_A_PERSON = listed(
    """Note Notes News Update Edit Ps Re Todo Ok Okay Yes No Well So Also And But Btw Fyi Today Tomorrow Yesterday
    Monday Tuesday Wednesday Thursday Friday Saturday Sunday Question Answer Result Results Plan Plans Date Time Address
    Phone Email Price Total New Old Now Then Status Name Job Home Rent Spray Back Default Warning Error Summary
    It That This There What Here We You My Our The Port Code Both Left Right Please Sorry Sure Thanks Hi Hey Hello
    Assistant"""
)


def clauses(text: str, parts: Sequence[Span] | None = None, whole: Sequence[tuple[int, int]] = ()) -> list[Clause]:
    """The clauses of a turn in order, questions and fenced blocks left out; parts: what `split(text)` gave already.

    whole: spans that no sentence ends in: the dot of "am 30. Juni" is none.
    """
    if parts is None or len(text) > LONGEST:
        text = text[:LONGEST]
        parts = split(text)
    subject = ""
    found: list[Clause] = []
    for start, end in _rejoined(_sentences(text, parts), whole):
        sentence = text[start:end]
        if sentence.startswith("```") or sentence.rstrip(" \"')").endswith("?"):
            continue
        lead, begin = _LEAD.match(sentence), 0
        if lead is not None and (lead["who"].lower() == "me" or is_name(lead["who"])):
            subject, begin = ("" if lead["who"].lower() == "me" else lead["who"]), lead.end()
        found += _cut(sentence, start, begin, subject)
    return found


def _sentences(text: str, parts: Sequence[Span]) -> Iterator[tuple[int, int]]:
    """Sentences, also where the next one begins with a small letter, as it does in chats."""
    for span in parts:
        begin = span.start
        if not text.startswith("```", begin):
            for m in _SAYS.small_stop.finditer(text, span.start, span.end):
                if m.end() - begin > 2 and text[m.end() : m.end() + 1].islower():
                    yield begin, m.end()
                    begin = m.end()
        yield begin, span.end


def _rejoined(spans: Iterator[tuple[int, int]], whole: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    last: tuple[int, int] | None = None
    for start, end in spans:
        if last is not None and any(begin < last[1] and start < stop for begin, stop in whole):
            last = last[0], end
        else:
            if last is not None:
                yield last
            last = start, end
    if last is not None:
        yield last


def _cut(sentence: str, offset: int, begin: int, subject: str) -> Iterator[Clause]:
    corrects = _SAYS.corrected.search(sentence) is not None
    marks = [m.span() for m in _BREAK.finditer(sentence, begin)]
    edges = [begin, *(end for _, end in marks)]
    stops = [*(start for start, _ in marks), len(sentence)]
    for start, stop in zip(edges, stops, strict=True):
        part = sentence[start:stop]
        lead = len(part) - len(part.lstrip())
        words = part.strip()
        if not words or len(words) > LONGEST_CLAUSE:
            continue
        equals = _EQUALS.match(words)
        yield Clause(
            words,
            offset + start + lead,
            sentence,
            offset,
            equals["who"] if equals is not None and is_name(equals["who"]) else subject,
            corrects,
            _SAYS.added.search(words) is not None,
            _SAYS.changed.search(words) is not None,
            _SAYS.ended.search(words) is not None,
        )


def of_another(before: str, said: str) -> bool:
    """Whether somebody stands in front of a verb whose subject is not who speaks: "my dog | lives in Oslo"."""
    return _SAYS.of_another.match(said) is not None and _SAYS.somebody.search(before) is not None


_SHORT_NAMES = frozenset("Jo Bo Al Ed Mo Lu Li Yu Vi Ty Cy Wu Ng AJ CJ TJ JJ".split())


_CONTRACTED = lazy_pattern(r"['’](?:ll|m|ve|d|re|t)$", re.I)
"""The end of a word that is two: "I'll" is nobody's name, "O'Brien" is."""


def is_name(word: str) -> bool:
    """Whether a capitalised word at the head of a line or clause may be a person."""
    return (
        (len(word) > 2 or word in _SHORT_NAMES)
        and word not in _NOT_A_PERSON
        and word.lower() not in FUNCTION_WORDS
        and word.lower() not in LABELS
        and not _SAYS.head_of_thing.fullmatch(word)
        and not word.lower().endswith(("ed", "ing", "ly", "tion"))
        and _CONTRACTED.search(word) is None
    )


_EQUALS = lazy_pattern(r"^(?:.{0,20}\s)?(?P<who>[A-Z][a-z'’]{1,20})\s?=\s(?=\S)")
