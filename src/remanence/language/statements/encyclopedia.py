"""Statements of an encyclopedia: "The capital of X is Y", "X was founded by Y", plain or in a numbered list."""

from __future__ import annotations

import re
from collections.abc import Iterator

from remanence.language.common_words import listed
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.statements.clause import Sentence
from remanence.language.statements.statement import CERTAIN, LOOSE, Statement

_THING = r"(?P<x>(?:The |the |A |An |[A-Z0-9\"“'¡¿À-ÞĀ-ſ])[^!?\n]{0,119}?)"
_PLACE_OF = (
    r"(?:the (?:city|country|continent|state|town|village|language|religion|sport|position|field|"
    r"region|county|province|genre) of )?"
)
_STATEMENT_FORMS: tuple[tuple[str, str], ...] = (
    (r"The (?:name of the )?(?:current )?head of the (?P<x>.{1,80}?) government is (?P<y>.+)", "head of government"),
    (
        r"The (?:name of the )?(?:current )?head of (?P<r>state|government) (?:in|of) (?P<x>.{1,80}?) is (?P<y>.+)",
        "head of {r}",
    ),
    (
        r"The (?P<r>univers\w{0,6}|univeristy|school|college) where (?P<x>.{1,80}?) was educated is (?P<y>.+)",
        "education",
    ),
    (
        r"The (?P<r>[a-z]{3,20}(?: of [a-z]{3,20})?) that (?P<x>[A-Z].{0,80}?) (?P<q>[a-z]{3,20}s) is (?P<y>.+)",
        "{r}",
    ),
    (r"The (?P<r>[a-z]{3,20}) that (?P<q>[a-z]{3,20}(?:ed|d|t|e)) (?P<x>.{1,80}?) is (?P<y>.+)", "{r} that {q}"),
    (
        rf"(?:The|the) (?:name of the )?(?:current )?(?P<r>[A-Za-z][A-Za-z'’-]{{1,20}}(?: "
        rf"[A-Za-z'’-]{{1,20}}){{0,3}}?) of (?P<x>(?:the )?[A-Z0-9À-ÞĀ-ſ\"“'].{{0,100}}?) (?:is|was|are|"
        rf"were) (?:located in )?{_PLACE_OF}(?P<y>[^!?\n]+)",
        "{r}",
    ),
    (
        rf"{_THING} (?:is|was) (?:located|situated) (?:in|on|near) (?P<k>the (?:city|country|continent|"
        rf"state|county|province|region) of )?(?P<y>[^!?\n]+)",
        "located in",
    ),
    (rf"{_THING} (?:is|was) a citizen of {_PLACE_OF}(?P<y>[^!?\n]+)", "citizenship"),
    (rf"{_THING} was born (?:in|at) the city of (?P<y>[^!?\n]+)", "birthplace"),
    (rf"{_THING} died in {_PLACE_OF}(?P<y>[^!?\n]+)", "place of death"),
    (rf"{_THING} plays? the position of (?P<y>[^!?\n]+)", "position"),
    (rf"{_THING} speaks? the language of (?P<y>[^!?\n]+)", "language spoken"),
    (rf"{_THING} works? in the field of (?P<y>[^!?\n]+)", "field of work"),
    (rf"{_THING} worked in the city of (?P<y>[^!?\n]+)", "work city"),
    (rf"{_THING} (?:is|was) married to (?P<y>[A-Z][^!?\n]+)", "spouse"),
    (rf"{_THING} (?:is|was) employed by (?P<y>[^!?\n]+)", "employer"),
    (rf"{_THING} (?:is|was) famous for (?P<y>[^!?\n]+)", "famous for"),
    (rf"{_THING} (?:is|was) affiliated with {_PLACE_OF}(?P<y>[^!?\n]+)", "affiliation"),
    (rf"{_THING} (?:is|was) associated with {_PLACE_OF}(?P<y>[^!?\n]+)", "associated with"),
    (
        rf"{_THING} was (?P<q>[a-z]{{3,20}}(?:ed|en|ten|ung|rn|lt)) (?P<p>by|in) (?P<k>the (?P<c>city|"
        rf"country|language|state|continent) of )?(?P<y>[^!?\n]+)",
        "{q} {p}",
    ),
    (
        r"(?P<x>[A-Z0-9À-ÞĀ-ſ].{0,80}?)['’]s?\s(?P<r>[a-z]{3,20}(?: [a-z]{2,20}){0,2}) (?:is|"
        r"was) (?P<y>[A-Z0-9][^!?\n]+)",
        "{r}",
    ),
    (
        r"(?P<y>[A-Z0-9À-ÞĀ-ſ].{0,80}?) (?:is|"
        r"was) the (?:current )?(?P<r>[a-z]{3,20}(?: [a-z]{2,20}){0,2}) of (?P<x>(?:the )?[A-Z][^!?\n,]+)",
        "{r}",
    ),
)
_STATEMENTS = tuple((lazy_pattern(pattern), slot) for pattern, slot in _STATEMENT_FORMS)
# in a numbered list of statements a subject may be written small ("12. rugby was created in ...")
_LISTED = tuple(
    (
        lazy_pattern(
            pattern.replace(_THING, r"(?P<x>\S[^!?\n]{0,119}?)").replace(
                "(?P<x>(?:the )?[A-Z0-9À-ÞĀ-ſ\"“'].", "(?P<x>\\S."
            )
        ),
        slot,
    )
    for pattern, slot in _STATEMENT_FORMS
)
NUMBERED = lazy_pattern(r"\s*\d{1,7}[.)]\s+")
_STATEMENT_WORDS = listed(
    """of by in located situated citizen born died plays play speaks speak works work worked married employed famous
    affiliated associated educated that"""
)
_STATED = lazy_pattern(r"\s(?:is|was|are|were|died|plays?|speaks?|works?|worked)\s")
_PERSONAL = lazy_pattern(
    r"(?:I|We|You|He|She|It|They|This|That|There|These|Those|What|Who|My|Our|Your|His|Her|Their|Its|"
    r"If|When|Yes|No|So|And|But)\b(?!\sIs\b)"
)


def encyclopedic(s: Sentence) -> Iterator[Statement]:
    lead = NUMBERED.match(s.text)
    begin = lead.end() if lead is not None else 0
    numbered = lead is not None
    if not numbered and (len(s.text) > 300 or _PERSONAL.match(s.text)):
        return
    if s.words.isdisjoint(_STATEMENT_WORDS) and "'" not in s.low and "’" not in s.text:
        return
    if len(s.text) > 600 or _STATED.search(s.text) is None:
        return
    stop = len(s.text)
    while stop > begin and (s.text[stop - 1].isspace() or s.text[stop - 1] in "!"):
        stop -= 1
    if stop > begin and s.text[stop - 1] == ".":
        stop -= 1
    for pattern, template in _LISTED if numbered else _STATEMENTS:
        m = pattern.fullmatch(s.text, begin, stop)
        if m is None:
            continue
        groups = {k: (v or "").strip() for k, v in m.groupdict().items()}
        slot = template.format_map(groups) if "{" in template else template
        if groups.get("c"):
            slot = f"{slot} {groups['c']}"
        if template == "located in" and groups.get("k"):
            slot = groups["k"].split()[1]
        slot = slot.lower().removeprefix("current ")
        subject, value = groups["x"], groups["y"]
        if subject.startswith("The ") and not numbered and len(subject) > 60:
            return
        if not numbered:
            value = re.split(r"(?:,\s(?:which|who|where|and|but)|;|\s\()", value)[0]
        if subject and value and len(value) <= 160:
            yield Statement(
                subject,
                slot,
                " ".join(value.split()),
                1,
                s.said_at,
                None,
                s.offset + begin,
                s.offset + stop,
                CERTAIN if numbered or len(s.text) < 120 else LOOSE,
                speaker=s.speaker,
            )
        return
