"""People and animals named in passing: "wife Griet", "my sister Runa in Bergen", "2 kids Lina 11 Jules 7", "Ruth, a judge"."""

# ruff: noqa: E501 - a pattern reads best on one line
from __future__ import annotations

import re
from collections.abc import Iterator

from remanence.language.calendar import MONTHS
from remanence.language.common_words import FUNCTION_WORDS
from remanence.language.lazy_pattern import Patterns
from remanence.language.statements.kin import KIN
from remanence.language.statements.predicates.focus import Focus
from remanence.language.statements.predicates.words import BEASTS, NO_TRADE, NUMBER_WORD, PEOPLE, TRADE
from remanence.language.statements.talk.clause import is_name
from remanence.records import dataclass

_NO_ROLE = (
    NO_TRADE
    | FUNCTION_WORDS
    | frozenset(month.lower() for month in MONTHS)
    | frozenset("sister brother pregnant permanent compliment earlier later taller older younger".split())
)
_ROLES = frozenset("boss gp coach".split())
_MANY = (
    "kids children sons daughters boys girls twins brothers sisters cats dogs kittens puppies nephews nieces cousins parents "
    "grandchildren grandkids grandsons granddaughters rabbits horses goats hens flatmates roommates housemates"
)
_SHORT = {
    "bro": "brother", "sis": "sister", "gf": "girlfriend", "bf": "boyfriend", "hubby": "husband", "girl": "girlfriend", "kitty": "cat",
    "fiancé": "fiance", "fiancée": "fiancee", "mama": "mother", "papa": "father", "mam": "mother", "grandad": "grandfather",
    "granddad": "grandfather", "gran": "grandmother", "nan": "grandmother", "nana": "grandmother", "auntie": "aunt", "mate": "friend",
    "boys": "sons", "girls": "daughters", "grandchildren": "grandsons",
}  # fmt: skip
_PLAIN = (PEOPLE | BEASTS | frozenset(_SHORT) | frozenset(KIN)) - frozenset(
    "man woman girl boy guy lady baby child kid client customer lab guinea mate".split()
)
_WHO = "|".join(sorted(_PLAIN | frozenset(_MANY.split()), key=len, reverse=True))
_NO_DAY = r"(?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May\b|June|July|August|September|October|November|December|I\b|I['’]|(?:OK|TV|English|Christmas|Easter|Also|And|But|So|She|He|It|We|They|My|The|No|Yes|In|At|Who|What|When|Then|This|That|Now|Not|Our|His|Her|You|Your)\b)"
_NAME = rf"(?-i:{_NO_DAY}(?:(?:Mr|Mrs|Ms|Dr|Prof|Frau|Herr|Doña|Don|Dona|Miss|Tante|Oma|Opa)\.? )?[A-ZÀ-ÞŁŚŻŽŠČĆĐ][^\W\d_]+(?:[-'’][A-ZÀ-Þ][^\W\d_]+)?(?: [A-ZÀ-ÞŁŚŻŽŠČĆĐ][^\W\d_]+)?)"
_AGE = rf"(?:\d{{1,2}}(?![\d.,:]*\d)(?! ?(?:am|pm|h|hours|st|nd|rd|th|%|euros?|kr|km|kg|kilos|cm|times|days?|weeks?|months|minutes|min|boxes|of|to|x|points?|people)\b)|(?i:{NUMBER_WORD})(?= *(?:$|[.,;)!]| and| who)))"
_ADJ = r"(?:(?:new|old|little|big|older|younger|elder|eldest|oldest|youngest|middle|twin|late|best|dear|other|first|second|ex|striped|grey|black|white|ginger|brown|orange|tabby|small)[ -]){0,2}"
_ROWS = rf"""
kin; (?<![\w'’-])(?:(?P<whose>my|our|his|her|their|the|an?|(?-i:[A-ZÀ-Þ][\w-]+)['’]s|w|with|two|three|four|five|2|3|4|5|both) )?{_ADJ}(?P<kin>{_WHO})(?P<link>,? (?:who )?(?:(?:is|are|was|s) )?(?:called|named) |, | = |: | \()?(?(link)| )(?P<names>{_NAME}(?:,? (?:who(?:['’]s| is) )?{_AGE})?(?:(?:, (?:and )?| and | & | n | \+ | )(?:the )?{_NAME}(?:,? (?:who(?:['’]s| is) )?{_AGE})?)*)(?![\w'’-])
named; (?P<n>{_NAME})(?:,? (?:who(?:['’]s| is) |aged )?(?P<a>{_AGE}))?(?![\w'’])
age; (?<![\w'’-])(?P<n>{_NAME})(?:,? \(?|['’]s | is (?:now )?| turned | turns | who is | = |: ){_AGE.replace("(?:", "(?P<a>", 1)}(?= *(?:$|[,.;:)!?](?!\d))| (?:and|but|now|so|who|yrs?|years?|this|today|in|plus|&|n)\b)
their_age; \b(?P<p>he|she)(?:['’]?s| is| turned| just turned| will be| turns)(?: (?:now|already|only|just))? {_AGE.replace("(?:", "(?P<a>", 1)}(?= *(?:$|[,.;:)!?](?!\d))| (?:and|but|now|so|who|yrs?|years?|today|in|plus|this|w|with)\b)
trade; (?<![\w'’-])(?P<n>{_NAME})(?:, (?:who(?:['’]s| is) )?|['’]s | is | = |: |, now )(?:also |still |now )?(?P<det>an? |the )?(?P<v>(?:[a-z-]+ ){{0,2}}?{TRADE})(?: (?:at|for|with) (?:the )?(?P<e>{_NAME}))?(?= *(?:$|[,.;:)!?])| (?:and|but|in|from|at|who|now|by|with|of)\b)
like; (?<=, )(?:and )?(?P<n>{_NAME}) an? (?P<v>(?:[a-z-]+ ){{0,2}}?{TRADE})(?= *(?:$|[,.;:)!?])| and\b)
their_trade; \b(?:(?P<p>he|she)(?:['’]?s| is)|(?:i['’]?m|i am))(?: (?:now|still|also))?(?P<det> an?| the)?(?P<v>(?: [a-z-]+){{0,2}}? {TRADE})(?= *(?:$|[,.;:)!?])| (?:and|but|in|from|at|who|now|by|with|for|so)\b)
whose_role; (?<![\w'’-])(?P<n>{_NAME}),? (?:is |was |who(?:['’]s| is) )?(?:my|our) (?P<r>(?:new |old |line |class |shift )?(?:{_WHO}|{TRADE}))(?= *(?:$|[,.;:)!?])| (?:and|but|in|from|at|who|now|for)\b)
role; (?<![\w'’-])(?:(?P<whose>my|our|the|his|her) )?(?:new |old )?(?P<r>(?-i:(?:[a-z-]+ )??(?:boss|gp|{TRADE}(?<!ment)(?<!ant)(?<!ent)|assistant|agent|accountant|student|consultant)))(?:,| =|:| is| called| named|, a)? (?P<n>(?:(?:miss|mr|mrs|ms|dr|coach) )?{_NAME})(?![\w'’-])
place; (?<![\w'’-])(?P<n>{_NAME}),? (?P<how>in|from|of|lives in|who lives in|who['’]s in|is in|moved to|who is from|is from|who moved to|living in|went to live in) (?P<v>{_NAME})(?![\w'’-]|(?-i: [A-ZÀ-Þ]))
beast; \b(?P<n>{_NAME})(?:,? (?:is |the )?(?:an? |our |my )?|['’]s an? )(?P<v>(?:[a-z-]+ )?(?:{"|".join(sorted(BEASTS - {"pet", "lab", "guinea"}))}))(?= *(?:$|[,.;:)!?])| (?:and|but|who|now)\b)
"""
_SAYS = Patterns(**dict(row.split("; ", 1) for row in _ROWS.strip().split("\n")))
"""How people and animals are named in passing."""
_WORDS = re.compile(r"[^\W\d_]+(?:-in-law)?")
_A_TRADE = re.compile(rf"\b(?:{TRADE}|boss|gp)\b")
_PLAIN_MANY = _PLAIN | frozenset(_MANY.split())
_TITLES = frozenset("dr dra mr mrs ms prof miss herr frau".split())
_TOLD_AS_AGE = re.compile(r"\(| is | turn|['’]s ")
_NUMBERS = frozenset(re.findall(r"[a-z]{3,}", NUMBER_WORD)) - {"hundred"}
_THEY = frozenset("he she hes shes".split())


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of somebody: whose it is ("" the speaker's), attribute, value, place, how it was read."""

    of: str
    attribute: str
    value: str
    start: int
    end: int
    how: str


def told(text: str, speaker: str, focus: Focus) -> Iterator[Told]:
    """What a text says of people and animals in passing; focus says whom "he" and "she" mean where it names nobody."""
    held = frozenset(_WORDS.findall(text.lower()))
    named = not text.islower()
    kin = list(_kin(text, speaker, focus)) if named and held & _PLAIN_MANY else []
    yield from kin
    people = {one.value.split(" (")[0] for one in kin if one.attribute != "age"} | {one.name for one in focus.named}
    aged = any(c.isdigit() for c in text) or not held.isdisjoint(_NUMBERS)
    trades = _A_TRADE.search(text) is not None
    if aged and named:
        for m in _SAYS.age.finditer(text):
            known = "known" if m["n"] in people else "new"
            if _is_somebody(text, m) and (known == "known" or _TOLD_AS_AGE.search(m[0])):
                yield Told(m["n"], "age", m["a"], m.start(), m.end(), f"age {known}")
    if trades and named:
        yield from _trades(text, people)
    yield from _pointed(text, speaker, focus, people, aged and bool(held & _THEY), trades)
    if trades and named:
        yield from _roles(text, speaker, held)
    if named and people:
        for m in _SAYS.place.finditer(text):
            if m["n"] in people:
                name = "from" if "from" in m["how"] else "home"
                yield Told(m["n"], name, m["v"], m.start(), m.end(), f"place {m['how'].split(' ')[-1]}")
    if named and held & BEASTS:
        for m in _SAYS.beast.finditer(text):
            if is_name(m["n"].split(" ")[0]) and m["n"] != speaker:
                yield Told(speaker, "pets", f"{m['n']} ({m['v'].lower()})", m.start(), m.end(), "beast")


def _trades(text: str, people: set[str]) -> Iterator[Told]:
    """ "Ruth is a judge, Carol a plumber"."""
    for pattern, way in ((_SAYS.trade, "trade"), (_SAYS.like, "like")):
        for m in pattern.finditer(text):
            bare = way == "trade" and not m["det"]
            if bare and m["n"] not in people:
                continue
            if not set(m["v"].split()) & (_NO_ROLE | PEOPLE | BEASTS) and _is_somebody(text, m):
                how = f"{way}{' bare' * bare}{' known' * (m['n'] in people)}"
                yield Told(m["n"], "job", m["v"], m.start(), m.end(), how)
                if way == "trade" and m["e"]:
                    yield Told(m["n"], "employer", m["e"], m.start(), m.end(), "trade")


def _roles(text: str, speaker: str, held: frozenset[str]) -> Iterator[Told]:
    """ "Dr Solberg, my dentist", "coach Dunphy"."""
    if held & {"my", "our"}:
        for m in _SAYS.whose_role.finditer(text):
            if is_name(m["n"].split(" ")[0]) and m["r"].split(" ")[-1] not in NO_TRADE - PEOPLE:
                role = m["r"].lower()
                yield Told(speaker, KIN.get(role, role), m["n"], m.start(), m.end(), "apposed")
    for m in _SAYS.role.finditer(text):
        role = m["r"].lower()
        if m["n"].lower() in _TITLES:
            continue
        if not set(role.split()) & _NO_ROLE and (role.split(" ")[-1] not in PEOPLE | BEASTS or role in _ROLES):
            yield Told(speaker, role, m["n"], m.start(), m.end(), "role" if m["whose"] else "role bare")


def _is_somebody(text: str, m: re.Match[str]) -> bool:
    """Whether a name may be a person's: of its form, and no place that a preposition stands before."""
    return is_name(m["n"].split(" ")[0]) and _IN.search(text, max(0, m.start() - 8), m.start()) is None


_MONTH = re.compile(rf"\s(?:{'|'.join(MONTHS)})\b", re.I)
_GOES_ON = re.compile(
    r"\s(?:jd|usd|eur|chf|kr|sek|inr|rs|kes|\w{2,4}\s(?:an?\s|per\s)?(?:hour|month|week|day))\b", re.I
)
_HAS = re.compile(r"\b(?P<who>he|she)(?:['’]s got| has| had| got)\s$", re.I)
_IN = re.compile(r"\b(?:in|at|from|to|near|on|via|into|of)\s$", re.I)


def _kin(text: str, speaker: str, focus: Focus) -> Iterator[Told]:
    """ "two kids, Lina 11 and Jules 7", "wife Griet", "her cat Mjau"."""
    for m in _SAYS.kin.finditer(text):
        before = text[: m.start()]
        if before.endswith(("'s ", "’s ")):
            continue
        kin, whose = m["kin"].lower(), (m["whose"] or "").lower()
        link = (m["link"] or "").strip(" ").split(" ")[-1] or "beside"
        owner = speaker
        if whose in ("his", "her"):
            one = focus.meant("he" if whose == "his" else "she")
            owner = one.name if one is not None else ""
        elif whose.endswith(("'s", "’s")):
            owner = m["whose"][:-2]
        elif whose in ("a", "an") and (has := _HAS.search(before)) is not None:
            one = focus.meant(has["who"].lower())
            owner = one.name if one is not None else ""
        if not owner or (whose in ("a", "an", "their") and link == "beside"):
            continue
        plain = _SHORT.get(kin, kin)
        one_kin = plain.rstrip("s") if plain not in KIN and plain.rstrip("s") in KIN else plain
        attribute = KIN.get(one_kin, "pets" if one_kin in BEASTS else one_kin)
        how = f"kin {'my' if whose in ('my', 'our') else 'theirs' if owner != speaker else whose or 'bare'} {link}"
        many = kin.endswith("s") and kin in _MANY.split()
        for n, named in enumerate(_SAYS.named.finditer(m["names"])):
            name = named["n"]
            if n and not many and not named["a"]:
                break
            if not is_name(name.split(" ")[-1]) or name in (speaker, owner) or name.lower() in _TITLES:
                break
            start, end = m.start("names") + named.start(), m.start("names") + named.end()
            focus.name(name, one_kin, beast=attribute == "pets")
            said = KIN.get(one_kin)
            value = name if said in (None, "partner", "friend") or many else f"{name} ({one_kin})"
            yield Told(owner, attribute, value, min(m.start(), start), end, how + (" more" if n and not many else ""))
            if named["a"] and _MONTH.match(text, end) is None and _GOES_ON.match(text, end) is None:
                yield Told(name, "age", named["a"], start, end, "kin age")


def _pointed(text: str, speaker: str, focus: Focus, people: set[str], aged: bool, trades: bool) -> Iterator[Told]:
    """ "she's 72", "hes a dentist", "im a bus scheduler"."""
    ways = ((_SAYS.their_age, "age", aged), (_SAYS.their_trade, "job", trades))
    for pattern, name in ((one, name) for one, name, tried in ways if tried):
        for m in pattern.finditer(text):
            low = (m["p"] or "i").lower()
            before = [
                n["n"]
                for n in _SAYS.named.finditer(text[: m.start()])
                if n["n"] in people or is_name(n["n"].split(" ")[0])
            ]
            one = focus.meant(low) if low in ("he", "she") else None
            near = before[-1] if before else ""
            whom = speaker if low in ("i", "me") else near if near in people else one.name if one is not None else ""
            value = m["a"] if name == "age" else m["v"].strip()
            if whom and (name == "age" or not set(value.lower().split()) & (_NO_ROLE | PEOPLE)):
                how = f"{'my' if whom == speaker else 'their'} {name}"
                how += "" if name == "age" or m["det"] else " bare"
                yield Told(whom, name, value, m.start(), m.end(), how)
