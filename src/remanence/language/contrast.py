"""What a text says of one thing in two ways: what stands, and what it turns down or replaces.

"83 not 80", "it's not egg, it's the mustard", "480 instead of 390", "was 21 July, now 28", "12.20 > 13.90". Only rules.
"""

# ruff: noqa: E501, W291 - a pattern reads best on one line
from __future__ import annotations

import re
from collections.abc import Iterator

from remanence.language.lazy_pattern import Patterns, lazy_pattern
from remanence.records import dataclass

LONGEST = 2_000
"""Characters of a text that are looked at."""
NUMBER = re.compile(r"\d(?:[\d.,:/]*\d)?")
"""The number in a value, by which two values are known to be one."""

_TABLE = r"""
MONTH; (?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}
DAY; (?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?s?)(?![\w'’])
FIGURE; [$€£]?(?<![\w.,/:-])\d(?:[\d.,:/-]*\d)?(?:st|nd|rd|th|k|m|ish|[ap]m|h)?(?![\w'’])(?:\s?(?:%|[€£$]|(?:of )?<MONTH>(?![\w'’])))?
VALUE; <DAY>|<MONTH> \d{1,2}(?:st|nd|rd|th)?(?![\w'’])|<FIGURE>
NO_NAME; it|so|he|she|i|we|you|they|this|that|the|and|but|no|not|in|on|at|my|our|his|her|if|as|its|is|are|yes|what|who|how
NAME; (?-i:(?!(?i:<NO_NAME>)\b)[A-ZÀ-Þ][\w'’-]{1,20}(?: [A-ZÀ-Þ][\w'’-]{1,20}){0,2})
LINK; (?:the|a|an|of|by|in|on|at|to|for|from|with|as|not|and|or|is|was|are|i|it|we|you|he|she|they)\b
NO_THING; <LINK>|why|if|but|maybe|perhaps|still|just|also|do|does|did|will|can|could|should|would|may|might|must|has|have|had|be|am|let['’]?s|rather|so|sorry|hope|guess|thats?|this|then|think|know|care|<NO_NAME>
NO_ITEM; (?:[\w-]+ed|incl|here|there|me|you|us|him|her|them|yet|now|then|today|really|good|bad|great|ready|sure|that|this|much|many|enough|too|done|open|free|due|in|out|home|working)\b
WORDS; (?!(?:on|in|at|of|to|for|by|with|not|the other)\b)(?:(?:the|a|an|my|our) )?[\w'’-]{2,20}(?: (?!(?:it|its|but|not|so|and|who|that|in|of|to|for|with)\b)[\w'’-]{2,20}){0,2}
IT_IS; it['’]?s|it is|it was|that['’]?s|that was
NOT; (?:<IT_IS>|was|is|were) not|(?:was|is|were|are)n['’]?t|\bnot
TO; (?:the |on |at )?
TO_THE; (?: for| on| at| from)?(?: the)? 
PUT_OFF; (?:re)?(?:moved|scheduled|postponed|pushed)(?: on| back| up| forward)?
BUT; (?:but |<IT_IS> |actually |rather |more like |only |just )*
WAIT; (?:no|nope|wait|sorry|i mean|er+m?|scratch that|rather)\b(?:[,.!]? (?:no|wait|sorry|actually))*[,.!:]? (?:<IT_IS> |i meant? |make (?:it|that) )?
WAS; \b(?:was|were|used to be|set for|planned for|down for|originally)(?: on| at| for)?(?: the)? 
END; (?=\s*(?:$|[.,;:!?()\n–—]|\b(?:and|but|so|as|like|any ?more|after all|who|that)\b))
value_not; (?P<s><VALUE>)[.;]?[^.!?\n\d]{0,30}?,? (?:and |but )?not <TO>(?P<g><VALUE>)
not_value; (?P<cut><NOT> <TO>(?P<g><VALUE>)(?: any ?more| any longer)?[,;.:]? <BUT>)<TO>(?P<s><VALUE>)
instead; (?P<s><VALUE>)[^.!?\n\d]{0,20}? (?:instead of|rather than|in place of|no longer) <TO>(?P<g><VALUE>)
no_wait; (?P<cut>(?P<g><VALUE>)\s?(?:\.{2,3}|…|[,.;!–—-])\s?<WAIT>)<TO>(?P<s><VALUE>)
was_now; (?P<cut><WAS>(?P<g><VALUE>)[^.!?\n\d]{0,40}?(?:\bnow|\b<PUT_OFF>|\bchanged|→|[=-]?>)(?: is| its| it['’]s)?(?: to)?(?: on| at)?(?: the)? ?)(?P<s><VALUE>)
now_was; (?P<s><VALUE>)[^.!?\n\d]{0,25}\bnow\b[^.!?\n\d]{0,12}?(?P<cut>,? (?:it |they |that |which |and )?(?:was|were|used to be|had been)(?: at)? (?P<g><VALUE>))
value_was; (?P<s><FIGURE>)[^.!?\n\d]{0,20}(?P<cut>, (?:it |they )?(?:was|were|used to be) (?P<g><FIGURE>)(?: before| earlier| until \w{2,12}| last \w{2,12})?)<END>
meant_for; (?P<cut>\b(?:was|were) (?:meant|due|supposed|planned|set|booked|going|to have been)(?: to(?: \w{2,12})?)?<TO_THE>(?P<g><VALUE>)[^!?\n\d]{0,50}?\b(?:so|but|now|then|got)\b[^.!?\n\d]{0,20}? ?)(?P<s><VALUE>)
to_have_been; (?P<s><VALUE>)[^!?\n\d]{0,40}?(?P<cut>[.,;:]? (?:it |they |which )?(?:was|were) (?:going|meant|supposed|due|planned|originally|to have been)(?: to(?: \w{2,12})?)?<TO_THE>(?P<g><VALUE>))
had_asked; (?P<s><FIGURE>)[.,;!] ?(?P<cut>(?:but |though )?(?:i|we|he|she|they)(?:(?:['’]d| had)(?: first| originally)? (?:asked|wanted|said|hoped|offered|planned)| (?:first |originally )?wanted)(?: for)? (?P<g><FIGURE>))<END>
too_low; (?P<cut>(?P<g><FIGURE>) (?:is|was)n?['’]?t? (?:too \w+|not enough|enough|wrong|a mistake)[,.;:]? (?:so |and )?(?:(?:<IT_IS>|its?) )?(?:now )?)(?P<s><FIGURE>)
up_from; \b(?:up|down|raised?|rose|dropped|fell|cut|went)\b[^.!?\n\d]{0,40}?(?P<s><FIGURE>)[^.!?\n\d]{0,25}?(?P<cut> (?:up |down )?from (?P<g><FIGURE>))
from_to; \b(?:re)?(?:mov|chang|switch|shift|schedul|postpon|push)\w{0,4}(?: it| this| that| back| forward| up| down){0,2} (?P<cut>from (?:the )?(?P<g><VALUE>) to (?:the )?)(?P<s><VALUE>)
moved; (?P<cut>(?P<g><VALUE>)[^.!?\n\d]{0,12}? <PUT_OFF>(?: to| till| until)?(?: the)? )(?P<s><VALUE>)
arrow; (?P<cut>(?P<g><FIGURE>) ?(?:→|[=-]?>) ?)(?P<s><FIGURE>)
of_a_kind; \b(?P<s>(?P<h>(?!<LINK>)[a-z]{2,15}) [\w-]{1,15})(?P<cut>,? (?:and )?not (?:the )?(?P<g>(?P=h) [\w-]{1,15}))
name_not; (?P<s><NAME>)[^.!?\n]{0,24}?(?P<cut>,? (?:and )?not (?P<g><NAME>))
it_is_not; \b<IT_IS> (?P<s><WORDS>)[^.!?\n]{0,16}?(?P<cut>,? (?:and )?not (?P<g><WORDS>)<END>)
not_it_is; (?P<cut>(?:\b(?:it['’]?s|it is|is|was) not|\b(?:was|is)n['’]?t) (?P<g><WORDS>)[,;.:]? (?:but|<IT_IS>)(?: actually)? )(?P<s><WORDS>)
item_not; (?:^|[,;:(\n] ?)(?P<s>(?!<NO_THING>\b)[a-z][\w'’.+#-]{1,20}(?<!ly))(?P<cut> not (?P<g>(?!<LINK>|<NO_ITEM>)[a-z][\w'’.+#-]{1,20}))(?=\s*(?:$|[,;)\n]|\.(?:\s|$)))
name_no; (?P<cut>(?P<g><NAME>)[.,;!…]{1,3} no(?:,|\b)[^.!?\n]{0,24}?,? (?:so|it['’]s|but) )(?P<s><NAME>)
"""
"""Parts in capitals, each of those above it, and the ways of saying it: s stands, g is gone, cut only says the latter.

Of two ways that overlap the first one counts.
"""


def _ways() -> Iterator[tuple[str, re.Pattern[str]]]:
    parts: dict[str, str] = {}
    for row in _TABLE.strip().split("\n"):
        name, pattern = row.split("; ", 1)
        parts[name] = re.sub("<([A-Z_]+)>", lambda m: f"(?:{parts[m[1]]})", pattern)
        if name.islower():
            yield name, lazy_pattern(parts[name], re.I)


_WAYS = tuple(_ways())
_NEAR = ("now_was", "up_from", "value_was", "had_asked")
"""Ways of saying it that mean one thing only where both numbers are of the same size: "ring 811 from 38.0" does not."""
_SAYS = Patterns(
    weekday=r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,7}$",
    dated=r"[a-z]{3,}$|^[a-z]{3,} \d|\d(?:st|nd|rd|th)$",
    turns_down=r",? ?(?:(?:and|but) )?(?:instead of|rather than|in place of|no longer|not)\b",
)


@dataclass(frozen=True, slots=True)
class Contrast:
    """Places in a text: of what stands, of what it takes the place of, and of the words that only say the latter."""

    stands: tuple[int, int]
    gone: tuple[int, int]
    cut: tuple[int, int]


def contrasts(text: str) -> list[Contrast]:
    """What a text says of one thing in two ways, in order; places do not overlap."""
    head, found = text[:LONGEST], list[Contrast]()
    for name, way in _WAYS:
        for m in way.finditer(head):
            cut = m.span("cut") if "cut" in m.re.groupindex else (_lead(head, m), m.end())
            apart = all(cut[1] <= one.cut[0] or one.cut[1] <= cut[0] for one in found)
            if apart and _alike(m["s"], m["g"]) and (name not in _NEAR or _near(m["s"], m["g"])):
                found.append(Contrast(m.span("s"), m.span("g"), cut))
    return sorted(found, key=lambda one: one.cut)


def _lead(text: str, m: re.Match[str]) -> int:
    """Where the words begin that turn down what is gone."""
    last = [one.start() for one in _SAYS.turns_down.finditer(text, m.end("s"), m.start("g"))]
    return last[-1] if last else m.start("g")


def _alike(one: str, other: str) -> bool:
    """Whether two values are of one kind and differ: no weekday for a date, no date for a bare number."""
    if one.casefold() == other.casefold() or any(c.isdigit() for c in one) != any(c.isdigit() for c in other):
        return False
    weekday, dated = _SAYS.weekday.search, _SAYS.dated.search
    if (weekday(one) is None) != (weekday(other) is None):
        return False
    return dated(one) is None or dated(other) is not None or not other.isdigit()


def _near(one: str, other: str) -> bool:
    """Whether two values hold numbers of which neither is three times the other."""
    left, right = (re.sub(r"[^\d.]", "", value.replace(",", "")).strip(".") for value in (one, other))
    if left.count(".") > 1 or right.count(".") > 1 or not left or not right:
        return False
    least, most = sorted((float(left), float(right)))
    return most <= 3 * least
