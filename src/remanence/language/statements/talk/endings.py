"""How people say that something is over, that a plan is off, that a number was wrong; and what stands in a diary."""

# ruff: noqa: E501 - a pattern reads best on one line
from __future__ import annotations

import re

from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.statements.talk.grammar import (
    END,
    FREE,
    NAME,
    NOUN,
    WE,
)
from remanence.language.statements.talk.required import required

Ending = tuple[frozenset[str], re.Pattern[str]]
"""Words of which the clause has to hold one (none: any clause), and the pattern."""


def _ending(pattern: str) -> Ending:
    spelled = pattern.replace(" ", r"\s")
    return required(spelled), lazy_pattern(spelled, re.I)


def _endings(*patterns: str) -> tuple[Ending, ...]:
    return tuple(_ending(pattern) for pattern in patterns)


_DO = r"(?:play|do|go|practi[sc]e|sing|ride|train|attend|teach|row|dance|run)"
ENDINGS = _endings(
    rf"\b(?:i|we)(?:['’]m|['’]re| am| are)? no longer {_DO}(?:ing)? (?:(?:to|in|at|with|the) ){{0,2}}(?P<v>{FREE}){END}",
    rf"\b(?:i|we)(?: do not| don['’]?t|['’]m not|['’]re not) {_DO}(?:ing)? (?:(?:to|in|at|with|the) ){{0,2}}(?P<v>{FREE}) any ?more\b",
    rf"\bno more (?P<v>{NOUN}) for (?:me|us)\b",
    rf"{WE}(?:quit|dropped|gave up|given up|stopped|cancelled|canceled|packed in|jacked in|ditched|sold|binned|left(?! (?:of|wing|hand|foot|side|knee|arm|leg|eye|ear|back|turn)\b)) (?:the |my |our |taking the |taking |doing |going to |with )?(?P<v>{FREE}){END}",
    rf"\b(?:i['’]ve|i have|we['’]ve|i['’]m|im|i) gone off (?:the )?(?P<v>{FREE}){END}",
    rf"\b(?:i['’]m|im|i am|we['’]re) off the (?P<v>{FREE}){END}",
    rf"\b(?P<v>{NAME}) (?:has )?(?:left|quit|resigned|retired|got fired|was sacked|moved on|is leaving|is gone)\b",
    rf"\b(?:no|not) (?:more )?(?P<v>{NOUN}) any ?more\b",
    rf"^\W*(?P<v>{NOUN}) (?:was |has been |got )?stopped(?= *(?:[.,;!]|$| (?:today|yesterday|on|because|since)\b))",
    rf"\b(?:(?:is|are|was|were)n['’]t|not) (?:in|at|with) (?P<v>{NAME}) any ?more\b",
    rf"\bno longer (?:in|at|with) (?P<v>{NAME})(?= *(?:[.,;!?]|$))",
    rf"(?:^|[.!,;] ?)(?:good)?bye,? (?:bye )?(?P<v>{NAME})(?= *(?:[.!,;]|$))",
    rf"\b(?:done|finished|through) with (?:the |my )?(?P<v>{FREE}){END}",
)
"""Ways of saying that something is over, without saying which attribute it was a value of."""

CANCELLED = _endings(
    r"\b(?P<v>[\w'’-]+(?: [\w'’-]+){0,2}?(?: trip| plan| plans| thing)?)(?:['’]s| is| are| was| got| has been|'s been) (?:now )?(?:off(?! (?:on|sick|work|to|until|til|till|for|from|school|duty)\b)|cancelled|canceled|called off|scrapped|dead|not happening|postponed indefinitely|gone|over)\b",
    rf"\b(?:cancelled|canceled|called off|scrapped|pulled the plug on|bailed on|dropping out of|skipping|(?:not going to|not doing)(?= (?:the|my|our|that|any)\b| (?-i:[A-Z]))) (?:the |my |our )?(?P<v>{FREE}){END}",
    r"\b(?P<v>[\w'’-]+(?: [\w'’-]+){0,2}?(?: trip| plan)?) (?:didn['’]t happen|fell through|isn['’]t happening|won['’]t happen|is not happening|never happened)\b",
)
"""Ways of saying that a plan will not happen."""

_NUMERIC = r"[$€£]?[A-Z]{0,3}-?\d[\d.,:/-]{0,15}(?<=\d)\w{0,2}"
WHOLE: tuple[tuple[str, Ending], ...] = tuple(
    (attribute, _ending(pattern))
    for attribute, pattern in (
        ("employer", r"\b(?:my|his|her) last day(?: at work| there| in the office)?(?: is| was|:|['’]s)\b"),
        ("employer", r"\b(?:handed|gave|put|given|handing|giving)(?: in)?(?: \w+){0,2} notice\b"),
        (
            "employer",
            r"\b(?:i|we)(?:['’]ve)?(?: just| finally)? (?:quit|left|lost|packed in|chucked in|jacked in) (?:my|the) (?:job|work|position)\b",
        ),
        ("employer", r"\b(?:i (?:was|got)|i['’]ve been|they) (?:laid off|made redundant|let go|sacked|fired)\b"),
        (
            "employer",
            r"\b(?:(?:ich habe|hab|habe) gekündigt|dejé (?:el|mi) trabajo|j['’]ai démissionné|mi sono licenziat[oa]|pedi demissão|ik heb ontslag genomen)\b",
        ),
        ("debt", r"\b(?:we['’]?re|that makes us) (?:square|even|quits)\b"),
        ("relationship", r"\b(?:we|she and i|he and i) (?:broke up|split up|are over|called it quits)\b"),
    )
)
"""Ways of saying that what holds of an attribute is over, whatever it was."""

CORRECTIONS: tuple[re.Pattern[str], ...] = tuple(
    lazy_pattern(pattern.replace(" ", r"\s"), re.I)
    for pattern in (
        rf"(?<![\w.])(?P<v>{_NUMERIC})(?: [a-z/]{{1,8}}){{0,3}}[.,;]? (?:and )?(?:not|no|nicht|instead of|rather than) (?P<o>{_NUMERIC})",
        rf"\b(?:not|nicht) (?P<o>{_NUMERIC})(?: [a-z/]{{1,8}}){{0,2}}[.,;]? (?:but|it['’]s|sondern|sino|make that|it is) (?P<v>{_NUMERIC})",
    )
)
"""Ways of putting one number in the place of another: v is right, o was wrong."""

EVENT = (
    r"(?:appointment|exam|test|wedding|meeting|flight|surgery|operation|class|lesson|practice|training|party|trip|visit|"
    r"interview|deadline|dentist|orthodontist|ortho|vaccination|booster|concert|gig|swimming|judo|choir|yoga|football|"
    r"course|viewing|delivery|pickup|collection|race|half|marathon|holiday|conference|dinner|lunch|weekend|check-?up|"
    r"scan|x-?ray|match|game|tournament|recital|graduation|hearing|ceremony|funeral|christening|festival|workshop|"
    r"rehearsal|audition|presentation|review|release|launch|freeze|move|moving day|due date|start date|first day|last day|"
    r"start|mot|nct|service|inspection|hip|prüfung|termin|zahnarzt|examen|session|therapy|physio|haircut|birthday|"
    r"parents['’]? evening|sports day|open day|camp|dance|piano|piano lesson|rehearsals|rota|shift|judo class|ballet|gymnastics|chess club|cello|violin|guitar|drama|scouts|tennis|rugby|hockey|netball|karate|fencing|pottery|picnic|barbecue|bbq|reunion|sleepover|quiz|demo|retro)"
)
"""Heads of what stands in a diary."""
