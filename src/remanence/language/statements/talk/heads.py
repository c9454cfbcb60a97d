"""What stands around a saying and says of whom it is, and whether it is so."""

from __future__ import annotations

import re

from remanence.language.common_words import listed
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.statements.kin import KIN_WORDS

HEAD = lazy_pattern(
    r"^\W*(?:(?:and|so|but|also|well|ok|then|btw)\s){0,2}(?:(?P<they>[Hh]e(?!re)|[Ss]he|[Tt]hey)(?:s|re)?\b|(?:(?P<which>[a-z]{3,12})\s)?"
    r"(?P<who>[A-Z][a-z]{1,20})(?:\s\([^()]{1,40}\))?(?:['’]s|\s(?:is|"
    r"was|has|can['’]t|doesn['’]t|never|now|left|got|had|and|grew|took|went|came|bought|quit|became|can|lost|sold|just|also|"
    r"(?!(?:says|tells|thinks|reckons|claims|texts|asks|insists)\b)[a-z]{2,12}(?:s|ed))\b))"
)
"""Who a sentence is headed by: "Ann works", "he is"."""
NO_SUBJECT = lazy_pattern(
    r"^[)\s]*(?:and |but |just |now |already |also )*"
    r"(?:turned|turns|works|lives|has|got|started|moved|is|was|took|\w+ed)\b"
)
"""How a clause begins whose subject stands in front of it."""
NAME_AND = lazy_pattern(
    r"\b(?P<who>[A-ZÀ-Þ][a-zà-ÿ]{2,15}),?\s(?:as|since|because|when|but|who|weil|denn|porque|car)\s$"
)
"""Whom "he" means behind a name and a conjunction: "Ann, as she"."""
STOPS = lazy_pattern(r"[.;!?]\s|\sbut\s")
"""Between two things that one sentence tells."""
WAS_SO = listed(
    "height weight temperature pulse cholesterol glucose iron refund bonus fine bill invoice fee fare quote"
) | {"blood pressure"}
"""What is told as "was" and is so."""
UNREAL = ("hypothetical", "wished")
"""How a statement is meant that is not so."""
UNNAMED = lazy_pattern(
    r"(?<!\bi,)(?<!\bi)(?<!\bone)\swho(?:['’]s|['’]d|\s(?:is|was|are|were|has|had|does|can(?:no|['’])?t|can|will)\b)"
    r"(?:\s(?!my\b|our\b)[\w'’-]+){0,3}\s?$",
    re.I,
)
"""In front of what is said of somebody unnamed: "a guy who was allergic to tea"."""
COMES_FROM = lazy_pattern(r"(?:comes|is)\s", re.I)
OF_A_THING = lazy_pattern(r"(?:^\W*|[.!?,;:]\s|\b[Tt]he\s)[a-zà-ÿ]{2,}\s$")
"""In front of what a thing does: "oolong comes from Chen"."""
KIN_AND = lazy_pattern(
    rf"^\W*(?:(?:and|so|but|also|well|ok|then|btw)\s){{0,2}}(?:my|our)\s(?:{KIN_WORDS})\s(?:and|&|or)\s(?!(?:i|me|we)\b)",
    re.I,
)
"""In front of what several do, of whom the speaker is none: "my mum and dad moved"."""
