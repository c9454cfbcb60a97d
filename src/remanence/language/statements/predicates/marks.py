"""What sentences are read by beside their verbs: whom they name, what is unreal, changed, corrected, whose a thing is."""

# ruff: noqa: E501 - a pattern reads best on one line
from __future__ import annotations

from remanence.language.lazy_pattern import Patterns
from remanence.language.statements.predicates.verbs import CODE, NAME
from remanence.language.statements.predicates.words import BEASTS, CARS, MONEY, PEOPLE, SORT_OF, THINGS, TRADE

_KIN = "|".join(sorted(PEOPLE | BEASTS, key=len, reverse=True))
_BEAST = "|".join(sorted(BEASTS - {"pet", "lab", "guinea"}, key=len, reverse=True))
_THING = f"(?:{'|'.join(sorted(THINGS, key=len, reverse=True))})(?:e?s)?"
_ROWS = rf"""
unreal; \b(?:if|unless|would|could|might|maybe|perhaps|wish|hope|hoping|should|imagine|pretend|whether|want|wants|suppose|guess|looking for|almost|nearly|thinking|as if|like if|in theory|used to|dream\w*)\b|['’]d\b
changed; \b(?:now|nowadays|these days|instead|switched|changed|moved|no longer|any ?more|from now on|since (?:today|yesterday|this|last|monday|then)|new)\b
corrected; \b(?:sorry|wrong|correction|corrected|mistake|mistyped|misread|misheard|miscounted|mixed|i meant|typo|oops|actually no|no wait|wait no|scratch that|correct myself|swapped the|my bad|not what i said|made an error)\b
person; \b(?P<kin>{_KIN})(?:,? (?:is )?(?:called|named))?,? (?P<name>{NAME})
whose; (?:^|[^\w])(?P<whose>my|our|his|her|(?-i:[A-ZÀ-Þ][\w-]+)['’]s|an?|the|their|this) (?:[a-z-]+ ){{0,2}}$
leads; ^\W*(?-i:(?P<name>[A-ZÀ-Þ][a-zà-ÿ]{{2,15}}))(?= \((?:he|she)\b|,? (?:just |has |had |also )?(?:quit|left|got|went|came|took|broke|lost|sold|became|bought|told|found|fell|wrote|won|ran|drove|news|update|\w{{2,12}}ed)\b(?:(?!\b(?:if|whether|that|asked|says?|said|tells?|told)\b)[^.!?\n]){{0,80}}?\b(?:he|she|his|her)\b)
told_of; \b(?:(?:news|update|word|hello|greetings|message|mail|letter|postcard|call|text) (?:from|on|about|of)|(?:spoke|talked|chatted|lunch|dinner|coffee|breakfast|beers?|drinks|call|walk) (?:with|to)|met|rang|phoned|texted|ran into|bumped into) (?-i:(?P<name>[A-ZÀ-Þ][a-zà-ÿ]{{1,15}}))(?![\w'’])
role; \b(?:the|our|my|an?) (?:new |old )?(?P<role>(?:[a-z-]+ )??{TRADE})(?:,|,? (?:is )?(?:called|named)) (?P<name>{NAME})(?![\w'’]| an? )
own_role; \b(?:my|our) (?:new |old )?(?P<role>(?:[a-z-]+ )??{TRADE}) (?P<name>(?-i:[A-ZÀ-Þ][a-zà-ÿ]+(?: [A-ZÀ-Þ][a-zà-ÿ]+)?))(?![\w'’])
titled; (?<![\w])(?-i:(?P<name>(?:Mr|Mrs|Ms|Dr|Prof|Frau|Herr|Uncle|Auntie|Aunt)\.? [A-ZÀ-Þ][\w'’-]+))
brings_up; \b(?:an?|my|our|the) (?:new |little |small |big |old )?(?P<t>[a-z-]+(?: [a-z-]+)?)(?= *(?:$|[.,;:!?])| (?:called|named|from|for|in|on|at|with|and|of|today|yesterday|last|is|was|that|by|to)\b)
wrong; \b(?:wrong about|mistyped|misread|mixed up|correction (?:on|to|about|for|of)) (?:my|our|the) (?P<t>(?:[a-z-]+ ){{0,2}}?[a-z-]+)(?:: |, )(?:it['’]?s |it is |should be )?(?P<v>{MONEY}|{CODE})(?= *(?:$|[.;,!]))
theirs; \b(?P<they>his|her) (?:new |old )?(?P<v>(?:[a-z-]+ )?(?:{_BEAST}))(?=[ .,;!?]|$)(?! (?:food|walker|basket|bowl|hair|bed)\b)
thing; \b(?:changed|about|mistyped|misread|mixed up|wrong (?:number|price|time|date|code|name) (?:for|of)|got|update on) (?:my|our|the|its) (?P<t>(?:[a-z-]+ ){{0,2}}[a-z-]+)(?= *(?:$|[.,:;!])| (?:and|it|is|again|today|yesterday)\b)
mine; \b(?P<my>my|our|(?P<owner>(?-i:[A-ZÀ-Þ][\w-]+))['’]s|(?P<they>his|her)) (?:new )?(?P<v>(?:{SORT_OF}{{1,3}}(?:(?-i:[A-ZÀ-Þ])[\w-]+ )?{_THING}|{SORT_OF}{{0,2}}(?=(?-i:[A-Z])){CARS}))(?!['’\w-]| [a-z]*(?:shop|stop|station|park|store|insurance|lesson|class|keys?|door|cover|box|case|driver)\b)
"""
SAYS = Patterns(**dict(row.split("; ", 1) for row in _ROWS.strip().split("\n")))
"""Names, marks and things."""
