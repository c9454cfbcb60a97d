"""What a turn adds to the statement before it by leaving its verb out: "and Mei to shrimps", "y Mei a las gambas"."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from remanence.language.lazy_pattern import Patterns
from remanence.language.statements.statement import Statement
from remanence.language.statements.talk.allergens import in_english
from remanence.language.statements.talk.clause import is_name

_SAYS = Patterns(
    allergy=r"(?:^|[.!;]\s)\W*(?:and|und|y|e|et|en|i)\s(?P<s>[^\W\d_]{3,16})(?:['’]s)?\s"
    r"(?:to|auf|gegen|a|al|aux?|à|ao|alle|alla|ai|voor)\s(?:(?:the|la|las|los|el|les|le|l['’]|die|den|das)\s?)?"
    r"(?P<v>[^\W\d_]{3,20}(?:\s[^\W\d_]{3,20})?)(?=\s*(?:$|[.,;!]))",
)
"""What an addition is told by, for each attribute that takes one."""


def added(text: str, last: Statement, at: datetime | None) -> list[Statement]:
    """What is said of another, where the speaker's last statement was of an attribute that is added to so."""
    if last.attribute != "allergy" or last.polarity < 0:
        return []
    m = _SAYS.allergy.search(text[:200])
    if m is None or not m["s"][0].isupper() or not is_name(m["s"]):
        return []
    return [
        replace(
            last, subject=m["s"], value=in_english(m["v"]), at=at, until=None, start=m.start("s"), end=m.end(),
            change="added", replaces="", certainty=0.8, in_talk=True,
        )
    ]  # fmt: skip
