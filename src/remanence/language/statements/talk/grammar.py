"""The grammar of talk: what names, amounts, doses and codes look like, and what one way of saying is.

Patterns are tried on clauses (or on whole sentences where `whole` is set) and are written for talk: the subject may be
missing, words may be small or shouted. Groups: v value, a words of the attribute, s subject, p a pronoun and k a relative for it, o the
value that it was, w, c and t what is told with the value (", Thursdays", "green", "to Omar").
"""

# ruff: noqa: E501 - a pattern reads best on one line
from __future__ import annotations

import re
from typing import Any

from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.statements.statement import Change, Modality
from remanence.language.statements.talk.required import required
from remanence.records import dataclass


@dataclass(frozen=True, slots=True)
class Saying:
    """One way of saying; `attribute` may hold "{a}", which stands for the words of group a.

    modality: how it is meant where the clause does not say ("planned" for "found a flat in ..."). many: the value is a
    list. whole: it spans clauses of a sentence. turn: it spans sentences of a turn ("I got the job!! county council").
    headed: only in a line that a name heads ("Ida: 134 cm"). small: only where no name has a capital. words, and
    required (what the pattern itself cannot do without): it has to hold one of them (empty: any text); digits,
    capitals: it has to hold some.
    """

    attribute: str
    pattern: re.Pattern[str]
    polarity: int = 1
    certainty: float = 0.85
    change: Change = ""
    modality: Modality | None = None
    whole: bool = False
    turn: bool = False
    many: bool = False
    headed: bool = False
    small: bool = False
    words: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    digits: bool = False
    capitals: bool = False

    @property
    def real(self) -> bool:
        """Whether a wish does not count."""
        return self.modality is None


NAME = r"(?-i:(?:(?:Dr|Mr|Mrs|Ms|Miss|Prof)\.?\s)?[A-ZÀ-Þ][\w'’-]{1,20}(?:\s(?:(?:&|of|de|van|the)\s)?[A-ZÀ-Þ][\w'’-]{1,20}){0,3})"
WORKPLACE = (
    r"(?:(?!work)[a-z]{0,8}shop|store|school|bakery|hospital|council|company|library|firm|cafe|café|office|clinic|startup|restaurant|"
    r"agency|bank|university|college|museum|theatre|theater|practice|studio|garage|factory|warehouse|hotel|pub|bar|"
    r"nursery|charity|lab|gallery|cinema|gym|farm|station|airport|newspaper|publisher|salon|brewery|kitchen)"
)
ORG = rf"(?!(?:Mr|Ms|Mrs|Miss|Dr)\b)(?:the\s|a\s|an\s|my\s)?(?:{NAME}|(?:[a-z-]{{2,15}}\s){{0,2}}{WORKPLACE}\b)"
TITLE = (
    r"(?:(?:(?!(?:to|not|so|very|really|going|excited|happy|ready|the|my|for|with)\b)[a-z-]{2,15}\s){0,3}(?:manager|lead|leader|head|chef|cook|baker|nurse|teacher|tutor|engineer|developer|"
    r"designer|analyst|assistant|director|officer|clerk|editor|writer|translator|driver|technician|apprentice|trainee|"
    r"intern|consultant|supervisor|coordinator|receptionist|librarian|paralegal|lawyer|vet|carpenter|plumber|"
    r"electrician|barista|waiter|waitress|dispatcher|administrator|accountant|architect|gardener|researcher|"
    r"scientist|photographer|musician|mechanic|porter|cleaner|buyer|planner|producer|operator|warden|ranger|guide|"
    r"therapist|midwife|pharmacist|paramedic|firefighter|joiner|welder|tailor|florist|butcher|courier|postman))"
)
AMOUNT = (
    r"(?:[$€£]\s?)?\d[\d.,]{0,12}(?<=\d)k?(?:\s?(?:euros?|quid|pounds|dollars|bucks|eur|usd|gbp|kr|francs|chf|€|£|\$))?"
)
PER = (
    r"(?:\s?(?:a|per|an|/|each|every)\s?(?:month|week|year|hour|day|night|head|person|mo|hr)|\s(?:pcm|monthly|weekly))"
)
MEASURE = (
    r"\d[\d.,]{0,8}(?<!\.)(?<!,)\s?(?:cm|mm|m|km|kg|kilos?|kilograms?|g|lbs?|pounds|stone|st|mg|ml|mcg|micrograms?|litres?|l|%|percent|kcal|bpm|"
    r"mmhg|inch(?:es)?|feet|ft|points?|hours?|hrs?|minutes?|mins?)\b"
)
DOSE = (
    r"(?:\d[\d.,]{0,5}|one|two|three|half an?|an?)\s?(?:mg|ml|mcg|micrograms?|units?|iu|puffs?|drops?|tablets?|pills?|"
    r"capsules?|sachets?)\b(?:\s(?:\d+\s?(?:mg|ml|mcg|micrograms?)|(?:once|twice|(?:\d|one|two|three|four)\stimes)"
    r"\s(?:a|per|every)\s(?:day|week|night)|(?:every|each|in the|at)\s(?:\w+\s)?(?:morning|evening|night|day|bedtime|"
    r"hours?|meal)|daily|morning and (?:evening|night)|nightly|before bed)){0,2}"
)
END = r"(?=\s*(?:$|[.,;:!?()\n])|\s(?:and|but|so|bc|because|since|from|until|til|till|for|with|who|which|i|i['’]m|it|he|she|they|we|as|at|on|in|to|when|where|after|before|now|instead|again|though|actually|tho|atm|also)\b)"
NOUN = r"(?:[a-zà-ÿ][\w'’-]{1,20}\s){0,2}?[a-zà-ÿ][\w'’-]{2,20}"
FREE = r"(?:[^.,;:!?\n()\"“”—–]|(?<=\d)[.,:](?=\d)){2,60}?"
WE = r"(?:\b(?:i|we)(?:['’](?:m|ve|re|ll|d)|m|ve)?\s(?:(?:am|have|had|was|just|finally|already|now|also|do|did|will|actually|officially|both)\s){0,3}|\b(?:and|so|ok|then|also)\s|^\W*(?:(?:just|finally|already|also|officially)\s){0,2})"
LINK = r"\s?(?:['’]s|is|are|was|=|:|will be|is now|now is|are now)\s(?:now\s|called\s|currently\s|going to be\s)?"
ROLE = (
    r"(?:boss|manager|line manager|supervisor|team lead|teacher|class teacher|tutor|doctor|gp|dentist|landlord|landlady|"
    r"physio|therapist|coach|trainer|reviewer|flatmate|roommate|housemate|neighbou?r|colleague|lawyer|accountant|vet|"
    r"mentor|nanny|childminder|midwife|handler|contact|hairdresser|director|head|editor|captain|chair|principal|"
    r"headteacher|head teacher|agent|consultant|counsellor|instructor|optician|pediatrician|paediatrician|surgeon|"
    r"girlfriend|boyfriend|partner|wife|husband|fianc[eé]e?)"
)
ROLE_WORD = lazy_pattern(ROLE, re.I)
CODE = (
    r"(?:codes?|number|pin|password|passcode|id|port|version|plate|reference|ref|order|ticket|case|flight|seat|gate|room|"
    r"lockers?|extension|serial|line length|limit|timeout|threshold|budget|deadline|frequency|dose|size|score|default|branch|"
    r"tag|release|url|host|schedule|account|iban|phone|mobile|postcode|zip|key|combination|combo|bay|platform|desk|"
    r"shelf|floor|track|channel|desk|table|level)"
)
VALUE_OF_CODE = r"(?:[A-Z]{1,4}[-–]?\d[\w-]{1,20}|\d[\w.:/-]{0,20}(?<![.:/-])(?:\s(?:mins?|minutes|seconds|hours|columns|characters|%|mb|gb|ms))?|[A-Z]{2,8}\d{1,6})"
ARTICLE = r"(?:(?:my|our|the|your|his|her|their|a|an|new|current|old)\s){0,3}"


ONE = r"(?-i:[A-ZÀ-Þ][a-zà-ÿ]{2,15})"
"""One name."""


def say(attribute: str, pattern: str, *, on: str = "", **how: Any) -> Saying:
    """A way of saying; a space in the pattern is one white-space character.

    on: words of which the clause holds one. how: the other fields of `Saying`.
    """
    how.setdefault("capitals", NAME in pattern and WORKPLACE not in pattern and f"|{NAME}" not in pattern)
    how.setdefault("digits", any(part in pattern for part in (AMOUNT, MEASURE, VALUE_OF_CODE)))
    spelled = pattern.replace(" ", r"\s")
    return Saying(
        attribute,
        lazy_pattern(spelled, re.I),
        words=frozenset(on.split()),
        required=required(spelled),
        **how,
    )


_WORD_FOR = lazy_pattern(r"<([A-Z_]+)>")
_HOW: dict[str, dict[str, Any]] = {
    "changed": {"change": "changed"},
    "added": {"change": "added"},
    "ended": {"polarity": -1, "change": "ended"},
    "planned": {"modality": "planned"},
    "whole": {"whole": True},
    "turn": {"turn": True},
    "many": {"many": True},
    "small": {"small": True},
    "digits": {"digits": True},
}
"""What a row of `sayings` may say of its pattern."""


def sayings(table: str, words: str = "", **named: str) -> tuple[Saying, ...]:
    """Ways of saying from rows "attribute; words of `_HOW` and a certainty; pattern", with <NAME> for this grammar's.

    words: rows "NAME; pattern" of more names; named: names of what is no row. A line that begins with "|" goes on with
    the one before it.
    """
    rows = [row.split("; ", 1) for row in words.replace("\n|", "|").strip().split("\n") if row]
    known = {k: v for k, v in globals().items() if isinstance(v, str)} | named | dict(rows)
    found = []
    for row in table.strip().split("\n"):
        attribute, told, spelled = row.split("; ", 2)
        how: dict[str, Any] = {}
        for word in told.split():
            how |= _HOW.get(word) or {"certainty": float(word)}
        while _WORD_FOR.search(spelled):
            spelled = _WORD_FOR.sub(lambda m: known[m[1]], spelled)
        found.append(say(attribute, spelled, **how))
    return tuple(found)
