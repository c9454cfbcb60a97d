"""Family, friends and pets, by their names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.statements.clause import NOT_NAMES, Sentence, grammar, make, on, polarity_of
from remanence.language.statements.statement import Statement

KIN = {
    "wife": "partner", "husband": "partner", "partner": "partner", "girlfriend": "partner", "boyfriend": "partner",
    "fiancé": "partner", "fiancée": "partner", "fiance": "partner", "fiancee": "partner", "spouse": "partner",
    "son": "children", "daughter": "children", "child": "children", "kid": "children", "baby": "children",
    "stepson": "children", "stepdaughter": "children", "kids": "children", "children": "children", "sons": "children",
    "daughters": "children", "twins": "children", "brother": "siblings", "sister": "siblings", "twin": "siblings",
    "brothers": "siblings", "sisters": "siblings", "mother": "parents", "father": "parents", "mom": "parents",
    "nephew": "relatives", "niece": "relatives", "cousin": "relatives", "uncle": "relatives", "aunt": "relatives",
    "grandma": "relatives", "grandmother": "relatives", "grandpa": "relatives", "grandfather": "relatives",
    "grandson": "relatives", "granddaughter": "relatives", "mother-in-law": "relatives", "father-in-law": "relatives",
    "brother-in-law": "relatives", "sister-in-law": "relatives", "godmother": "relatives", "godfather": "relatives",
    "mum": "parents", "dad": "parents", "friend": "friend", "dog": "pets", "cat": "pets", "puppy": "pets",
    "pup": "pets", "kitten": "pets", "hamster": "pets", "rabbit": "pets", "bunny": "pets", "parrot": "pets",
    "horse": "pets", "turtle": "pets", "fish": "pets", "bird": "pets", "snake": "pets", "guinea pig": "pets",
    "lizard": "pets", "gecko": "pets", "ferret": "pets", "dogs": "pets", "cats": "pets", "pet": "pets",
    "pets": "pets", "puppies": "pets", "kittens": "pets", "doggo": "pets", "turtles": "pets", "snakes": "pets",
    "hamsters": "pets", "rabbits": "pets", "parrots": "pets", "horses": "pets", "birds": "pets", "lizards": "pets",
    "ferrets": "pets", "pony": "pets", "ponies": "pets", "hen": "pets", "hens": "pets", "goat": "pets",
    "goats": "pets", "budgie": "pets", "budgies": "pets", "tortoise": "pets", "guinea pigs": "pets",
}  # fmt: skip
KIN_WORDS = "|".join(sorted(KIN, key=len, reverse=True))
_KIN_NAMED = grammar(
    r"<MY> (?P<k>(?:(?:older|younger|little|big|oldest|youngest|eldest|twin|best|good|old|new|dear|"
    r"late|sweet|beloved|first|second|pet|golden retriever|german shepherd|"
    rf"\d+-year-old) ){{0,2}}(?P<kin>{KIN_WORDS}))(?:,|['’]s name is| is called| is named| named|"
    r" called|s? are called|s? are named|"
    r",? whose name is)? (?P<v>[A-Z][a-z'’-]{1,20}(?:(?:, (?:and )?| and | & |"
    r" (?=[A-Z][a-z-]{1,20}(?:,|\.|$)))[A-Z][a-z-]{1,20}(?!['’]))*)(?![\w])"
)
_HAVE_KIN = grammar(
    r"<START> (?:have|has|had|got|adopted|bought|own|owns|rescued|welcomed|brought home|took in|"
    r"'ve got) (?P<c>a|an|another|two|three|four|five|six|\d|this|these|my|our|one|the|some|no)"
    rf" (?P<d>(?:[a-z-]+ ){{0,3}}?)(?P<kin>{KIN_WORDS})\b"
    r"(?! (?:blanket|shower|food|clothes|monitor|gift|book|bed|toy|stuff|seat|carrier|room|walker|park|hair|person|"
    r"lover|shelter|treats?|photo|picture|sweater|costume)s?\b)"
    r"(?P<rest>(?:,| named| called| -|:)? ?(?:named |called )?(?P<v>[A-Z][a-z]{1,20}(?:(?:, (?:and )?| and |"
    r" & )[A-Z][a-z]{1,20})*))?"
)
THEIR_NAME = grammar(
    r"(?:[Hh]er|[Hh]is|[Ii]ts|[Tt]heir|[Tt]he (?:dog|cat|puppy|pup|kitten))(?:['’]s)? names?(?:['’]s|"
    r" is| are) (?P<v>[A-Z][a-z]{1,20}(?:(?:, (?:and )?| and | & )[A-Z][a-z]{1,20})*)"
)
_WED = grammar(
    r"<START> (?:got |getting |been )?(?:married to|engaged to|dating|married|"
    r"in a relationship with) (?P<v>[A-Z][a-z]{1,20}(?: [A-Z][a-z]{1,20})?)(?![\w'’])"
)
_STATUS = grammar(
    r"<SUBJECT>(?:['’]m| am|['’]re| are)(?P<no> not| no longer)?(?: now| still| currently| happily|"
    r" recently| officially)? (?P<v>married|single|divorced|engaged|widowed)\b(?! to| parent| mom|"
    r" mum| dad| mother| father|-)"
)
_FRIEND_NAMES = lazy_pattern(r",\s(?:and\s)?|\sand\s|\s&\s")


_KIN_WORDS = (
    KIN_WORDS.replace("guinea pigs|", "").replace("guinea pig", "guinea").replace("|", " ")
    + " name names name's dating married engaged relationship single divorced widowed"
)


_DIED = lazy_pattern(r"\s(?:has\s|just\s|sadly\s)?(?:died|passed away|ran away|was put down|had to be put down)\b")


@on(_KIN_WORDS, _KIN_NAMED)
def _kin_named(s: Sentence, m: re.Match[str]) -> Iterator[Statement]:
    slot = KIN[m["kin"]]
    if slot == "friend" and not re.search(r"named|called|name is|friend\s[A-Z]", m.group()):
        return
    gone = -1 if slot == "pets" and _DIED.match(s.text, m.end()) else polarity_of(m)
    for name in names_listed(m["v"]):
        kind = m["kin"]
        value = (
            f"{name} ({kind})"
            if slot in ("children", "siblings", "parents", "relatives", "pets") and not kind.endswith("s")
            else name
        )
        yield from make(s, m, slot, value=value, polarity=gone)


@on(_KIN_WORDS, _HAVE_KIN)
def _has_kin(s: Sentence, m: re.Match[str]) -> Iterator[Statement]:
    slot = KIN[m["kin"]]
    if slot in ("partner", "friend", "parents", "relatives") and not m["v"]:
        return
    polarity = -1 if m["c"] == "no" else polarity_of(m)
    if m["v"] and m["c"] not in ("no",):
        for name in names_listed(m["v"]):
            kind = m["kin"]
            value = f"{name} ({kind})" if not kind.endswith("s") else name
            yield from make(s, m, slot, value=value, polarity=polarity)
    elif m["c"] not in ("my", "our", "the", "this", "these"):
        count = "" if m["c"] in ("no", "another", "some") else m["c"] + " "
        yield from make(s, m, slot, value=f"{count}{m['d']}{m['kin']}", polarity=polarity)


@on(_KIN_WORDS, _WED)
def _wedded(s: Sentence, m: re.Match[str]) -> Iterator[Statement]:
    yield from make(s, m, "partner", value=m["v"])


@on(_KIN_WORDS, _STATUS)
def _status(s: Sentence, m: re.Match[str]) -> Iterator[Statement]:
    yield from make(s, m, "relationship", value=m["v"])


def names_listed(value: str) -> list[str]:
    names = (re.sub(r"['’]s?$", "", n) for n in _FRIEND_NAMES.split(value))
    return [n for n in names if n and n not in NOT_NAMES]


RULES = (_kin_named, _has_kin, _wedded, _status)
