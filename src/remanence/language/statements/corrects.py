"""Whether a text announces that something said before was wrong, and where it goes on to say what is right."""

from __future__ import annotations

import re

from remanence.language.lazy_pattern import lazy_pattern

_SETS_RIGHT = lazy_pattern(
    r"\b(?:(?:no|ah|oh|hang on|sorry|nope)[,.!]? wait|wait[,.!]? (?:no|actually|sorry|scratch)|no[,.]? actually|"
    r"scratch that|i (?:had|got|said|wrote|typed|told|gave|put) (?:\w+ ){0,4}(?:wrong|backwards?|the other way round)|"
    r"(?:told|gave|sent) (?:you|him|her|them|y['’]?all|everyone) the wrong|wrong \w+ (?:again|earlier|before|above)|"
    r"mis(?:read|typed|spoke|heard|counted|remembered|calculated|wrote)|mixed (?:\w+ ){0,3}up|muddled|typo|"
    r"my (?:mistake|bad|error)|(?:our|that['’]s (?:my|our|a)) mistake|correction|corrected|"
    r"i (?:meant|mean)\b|i stand corrected|"
    r"make (?:that|it)(?=\s(?:(?:the|at|on|for)\s)?(?:\W?\d|(?:two|three|four|five|six|seven|eight|nine|ten|twelve)\b|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:half|quarter)\b))|"
    r"on second thoughts?|turns out (?:it|that|i|the|he|she)|not what i (?:said|wrote)|"
    r"nein,? warte|warte,? nein|halt,? nein|stimmt nicht|falsch (?:gesagt|geschrieben|gelesen|verstanden)|korrektur|"
    r"(?:hab\w*|habe) mich (?:vertan|geirrt|verlesen|verschrieben|verrechnet)|verwechselt|doch nicht|"
    r"no,? espera|espera,? no|al revés|me (?:equivoqué|confundí|lié)|corrijo|corrección|quise decir|"
    r"non,? attends|attends,? non|je me (?:suis )?tromp\w+|je voulais dire|rectification|"
    r"no,? aspetta|mi sono sbagliat[oa]|volevo dire|correggo|não,? espera|enganei-me|me enganei|corrigindo|"
    r"nee,? wacht|ik bedoel(?:de)?|verkeerd (?:gezegd|geschreven))(?!\w)|^\W*(?:wrong|falsch|perdón|faux|oops|whoops)\b"
    r"|^\W*(?:arg+h+|ugh|ah|oh|er+m?|gah|damn|ach|ay|oups)[,.!\s]{1,3}(?:no|sorry|nein|perdón|non)\b"
    r"(?=[,.!\s]{1,3}(?:\w{1,20}\s){0,3}\S{0,20}\d)"
    r"|^\W*(?:sorry|entschuldigung|perdona?|désolée?)[,.:!]{0,2}\s(?!(?:i|we|he|she|they|ich|wir)\b)(?=(?:[\w'’-]{1,20}\s){1,4}"
    r"(?:is|are|was|were|starts?|begins?|ist|sind|es|son|est)\s(?:(?:on|at|the|am|den|el|le)\s){0,2}\S{0,3}\d)"
    r"|不对|搞错|说错|记错|写错|更正|間違え|訂正|틀렸|잘못",
    re.I,
)
_NOT_THIS = lazy_pattern(
    r"(?:\b(?:not|instead of|rather than|nicht(?: am)?|statt|no(?: el)?|non|pas|niet|wrote|said|thought|was)\s+"
    r"(?:the |on |at |am |el |le |de |den )?)$",
    re.I,
)
_NO = r"^\W*(?:no|nope|wrong|actually|not quite|nein|wait)[,.!:;\s-]+(?:no[,\s]+)?(?:it|that|he|she|they|the|its|i)\b"
CONTRADICTS = lazy_pattern(_NO, re.I)
"""How a turn begins that sets the turn before it right: "No, it's the silo." """


def sets_right(text: str) -> tuple[int, int] | None:
    """Where the words begin and end that say that something was wrong, or None where a text says no such thing.

    At most the first 2,000 characters are read; a text that asks ("did I get that wrong?") sets nothing right.
    """
    if text.rstrip(" \"')").endswith(("?", "？")):
        return None
    found = _SETS_RIGHT.search(text[:2_000])
    return found.span() if found is not None else None


def changes(text: str) -> bool:
    """Whether a text sets right only what is to be from now on, and not that something was wrong: "make it 250"."""
    found = sets_right(text)
    return found is not None and text[found[0] : found[1]].lower().startswith("make ")


def turned_down(text: str, start: int) -> bool:
    """Whether what stands at a place is named as wrong: "not the 14th", "instead of 165"."""
    return _NOT_THIS.search(text[max(0, start - 24) : start]) is not None
