"""Whose weight, pulse and pills a bare "weight 85.9" is of: not the speaker's where the talk is of somebody else's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.sentences import Span
from remanence.language.speakers import ASSISTANTS, says_i
from remanence.language.statements.attributes import ATTRIBUTES, MEASURES
from remanence.language.statements.kin import KIN_WORDS
from remanence.language.statements.predicates.focus import Company
from remanence.language.statements.statement import Statement

OF_BODIES = (
    "weight", "height", "pulse", "heart rate", "temp", "fever", "pressure", "bp", "sugar", "pill", "med", "tablet",
    "dos", "puff", "cardiolog", "blood", "oxygen", "vaccine", "jab", "hospital", "mg", "ml", "kg", "cm", "drops",
)  # fmt: skip
"""One of these stands in every text that a body is spoken of in."""
LONG_AGO = 60
"""Turns after which a bare measure is the speaker's again."""
_BODY = (
    r"(?:weight|pulse|heart\srate|temperature|temp|fever|blood\spressure|bp|sugar|pills?|meds|medication|medicines?|"
    r"tablets?|dose|dosage|cardiologist|bloods?|oxygen|vaccine|jab)"
)
_KIN = f"(?:{KIN_WORDS})"
_OTHERS = lazy_pattern(
    rf"\b(?:his|her|their|{_KIN}['’]s|(?-i:[A-ZÀ-Þ][a-zà-ÿ]+)['’]s)\s(?:[\w.-]+\s){{0,2}}?{_BODY}\b"
    rf"|\b{_KIN}(?:['’]s|\sis)\s(?:\w+\s){{0,2}}?(?:home\sfrom|in|out\sof)\s(?:the\s)?hospital\b",
    re.I,
)
_DOSED = r"\d[\d.,]*\s?(?:mg|mcg|µg|ml|g|units?|iu|drops?|puffs?|tablets?|pills?)\b"
_DOSE = lazy_pattern(_DOSED, re.I)


def not_of_the_speaker(
    found: Sequence[Statement], text: str, speaker: str, parts: Sequence[Span], company: Company
) -> list[Statement]:
    """The statements without what is measured or taken by somebody else, whom the text does not name.

    Somebody else's body is spoken of from "his weight", "dad's pills" or "mum's home from hospital" on, in this text or
    one before, and where several people talk a bare measure is nobody's; a sentence with "I" or "my" is the speaker's.
    """
    other = _OTHERS.search(text)
    several = len({speaker, *company.people()} - set(ASSISTANTS)) > 1
    spoken = several or (company.others is not None and company.turn - company.others <= LONG_AGO)
    kept = []
    for one in found:
        said = next((text[part.start : part.end] for part in parts if part.start <= one.start < part.end), text)
        bodily = one.subject == speaker and _bodily(one)
        if bodily and says_i(said):
            company.others, spoken = None, several
        elif bodily and (spoken or (other is not None and other.start() <= one.start)):
            continue
        kept.append(one)
    if other is not None:
        company.others = company.turn
    return kept


_ASKS_OF_BODY = lazy_pattern(rf"\b(?:weighs?|takes?|taking|{_BODY})\b", re.I)
_TELLS_OF_BODY = lazy_pattern(rf"\b{_BODY}\b|{_DOSED}", re.I)


def of_anothers_body(question: str, cited: str, told: Iterable[str]) -> bool:
    """Whether a bare measure or dose that is asked of its speaker may be of somebody else, of whom the texts tell.

    cited: the text that is told for it; a first person in it makes it the speaker's.
    """
    if _ASKS_OF_BODY.search(question) is None or _TELLS_OF_BODY.search(cited) is None or says_i(cited):
        return False
    return any(_OTHERS.search(text) for text in told)


def _bodily(one: Statement) -> bool:
    if one.attribute in (*MEASURES, "pulse", "temp", "bp", "cardiologist", "medicine"):
        return True
    return one.attribute not in ATTRIBUTES and _DOSE.match(one.value) is not None
