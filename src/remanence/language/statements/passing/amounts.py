"""Figures and codes said in passing: "band 6500", "adapter was 280 zl", "a used Brother, 5,200", "54 litre tank".

A value of a form is looked for first, then the noun phrase that says of what it is: in front of it, behind a link ("is",
":", ","), or behind it ("280 for a pitch").
"""

# ruff: noqa: E501 - a pattern reads best on one line
from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from remanence.language.common_words import FUNCTION_WORDS, VERBS, listed
from remanence.language.lazy_pattern import Patterns
from remanence.language.statements.predicates.words import BEASTS, PAYMENTS, PEOPLE, UNIT
from remanence.language.statements.statement import Change

_FIGURE = r"(?:\d{1,3}(?:[ .,]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d+)*)(?![\d])"
_COIN = (
    r"(?:euros?|quid|pounds|dollars?|bucks?|eur|usd|gbp|chf|cad|aud|kr|sek|nok|dkk|kronor|kroner|crowns|koruna|kč|czk|francs?|zloty|zł|zl|pln|"
    r"lira|yen|rupees?|rs|inr|lakh|pesos?|cents?|pence|p|dinars?|rsd|leva|lev|lei|ron|huf|ft|forints?|won|krw|rand|naira|ksh|shillings?|riyals?|"
    r"dirhams?|baht|reais|real|soles|hryvnia|uah|rubles?|grand|mil|million|€|£|\$|₹|₦)(?![\w])"
)
_PER = (
    r"(?:\s?(?:a|an|per|each|every|/|the)\s?(?:months?|mo|weeks?|wk|years?|yr|hours?|hr|h|days?|nights?|head|person|sessions?|lessons?|kilo|kg|pieces?|pcs|go|"
    r"seats?|tickets?|metre|box|bag|pair|pot|bottle|term|shift|class|visit|pop|litre|ton|copy|pers)\b|\s(?:monthly|weekly|yearly|net|gross|each|pm|pw|p/?h|pcm|in all|altogether)\b)"
)
_ROWS = rf"""
value; (?<![\w.,:/@#%-])(?:(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)|(?P<coin>[$€£₹₦]\s?{_FIGURE}k?(?:{_PER})?|{_FIGURE}k?\s?{_COIN}(?:{_PER})?)|(?P<rate>{_FIGURE}k?{_PER})|(?P<measure>{_FIGURE}\s?(?:{UNIT}|°C?|mg|km/h|mph|mbps|hp|bar|w|v|ah|mah)(?!\w)(?: (?:by|x) {_FIGURE})?|{_FIGURE}\s?(?:by|x)\s?{_FIGURE}(?: ?(?:cm|m|mm|feet|inch)\b)?)|(?P<code>\+?\d[\d]*(?:[ ./-]\d{{2,}}){{2,}}|(?=[\w#*/-]*\d)(?=[\w#*/-]*[A-Za-z#*/-])[\w#*]+(?:[/#*-][\w#*]+)*)|(?P<figure>{_FIGURE}k?)|(?P<size>(?<=size )(?-i:[SML]|X{{1,3}}[SL])\b))(?![\w%])
stops; [.;!?]\s|[\n()\[\]“”"—–]|\s-\s|,\s|\b(?:but|because|bc|so|which|that|who|if|when|while|where|and|plus|then)\b
old; (?:,?\s?(?:it |that |before )?(?:was|were|used to be|before|instead of|not|from|up from|down from|no longer|vs|formerly)\s(?:only |about )?|,?\s?\(?was\s)$
of; \s(?:for|on)\s(?:(?:an?|the|my|our|this|that|each|one|two|three|four|\d{{1,2}})\s)?(?P<t>[a-zà-ÿ][a-zà-ÿ'’-]+(?:\s[a-zà-ÿ-]{{3,}})?)(?= *(?:$|[.,;!?)])| (?:and|but|in|at|from|with|on|of)\b)
counts; \s(?P<t>(?:[a-zà-ÿ][a-zà-ÿ-]+\s){{0,2}}?[a-zà-ÿ-]{{3,}}s?)(?= *(?:$|[.,;!?)])| (?:and|but|in|at|from|with|on|now|of)\b)
ordinal; (?i)\d+(?:st|nd|rd|th)$|(?:19|20)\d\d$|\d{{1,2}}(?:am|pm|h|hr|x|ish)$|\d+s$
changed; \b(?:now|instead|from now on|changed|switched|moved|new|these days|nowadays|raised|up to|down to|since)\b
names; \s(?:is|are|was|were|has|had|needs?|gets?|got|goes|went|due|moved|will|can|should|must)\b
corrected; \b(?:sorry|wrong|correction|i meant|typo|mistake|misread|mixed|actually|not what)\b
"""
_SAYS = Patterns(**dict(row.split("; ", 1) for row in _ROWS.strip().split("\n")))
_COPULA = listed(
    "is are was were be been 's ’s = : costs cost comes equals went gone reads says shows stands -> weighs"
)
_SMALL = listed(
    "a an the now only just about around approx ca already still for at of to like its over under nearly almost exactly set by on total up down no number nr size again today finally"
)
_VERB_LABEL = {
    word: label
    for label, words in (
        ("pay", "earn earns earning make makes salary get gets got offered offer offers pays raise"),
        ("weight", "weigh weighs weighed"),
        ("charges", "charge charges charging"),
        ("paid", "paid pay paying spent took cost costs"),
    )
    for word in words.split()
}
_NOT_IN_LABEL = (
    FUNCTION_WORDS
    | VERBS
    | listed(
        "yes no ok accept accepted accepts approved corrected im ive its hes shes thats dont didnt cant got get also btw lol haha tho w wi n u ur pls ok okay yeah nope then since till til until ago another other such well really very maybe almost nearly approx plus minus "
        "today tomorrow yesterday tonight morning evening night monday tuesday wednesday thursday friday saturday sunday january february march april june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec every much many lot said says told came went going comes takes took gave gives given did does sold bought pays ordered booked starts started ends ended opens closes"
    )
)
_DETERMINER = listed("my our the his her their your this that a an its")
_INSIDE = listed("of for on")
_TIME = listed(
    "seconds minutes mins min hours hrs hr hour days day nights weeks wks week months month mths mo years yrs year yr times decades am pm oclock weekends percent"
)
_WORD = re.compile(r"[^\s,]+")
_WEIGHS = re.compile(r"(?:kg|kilos?|lbs|pounds|g|grams?|stone)$")
_CLOCK = re.compile(r"\d{1,2}(?:[.:]\d\d)?")
_THOUSANDS = re.compile(r"\d[\d.,]*k")
_LONG = 4


# A value with what it is of: its label, whose it is ("my", "her", a name), its form, how it is linked to the label, the
# value that it replaced, and whether "was" links them.
Amount = NamedTuple("Amount", [("label", str), ("value", str), ("start", int), ("end", int), ("kind", str), ("link", str), ("whose", str), ("change", Change), ("was", str), ("past", bool)])  # noqa: UP014  # fmt: skip


def amounts(sentence: str, taken: Sequence[tuple[int, int]] = ()) -> Iterator[Amount]:
    """The figures of a sentence that are of something; taken: spans that are times, which are no amounts."""
    found = [m for m in _SAYS.value.finditer(sentence) if not any(a < m.end() and m.start() < b for a, b in taken)]
    olds = {n for n, m in enumerate(found) if n and _is_old(sentence, found[n - 1], m)}
    for n, m in enumerate(found):
        kind, value = m.lastgroup or "figure", m[0].strip()
        kind = "figure" if _THOUSANDS.fullmatch(value) else kind
        if n in olds or _SAYS.ordinal.search(value) or (kind == "code" and _is_a_thing(sentence, m)):
            continue
        was = found[n + 1][0].strip() if n + 1 in olds else ""
        change: Change = (
            "corrected"
            if _SAYS.corrected.search(sentence)
            else "changed"
            if was or _SAYS.changed.search(sentence)
            else ""
        )
        for label, whose, link, past in (
            *_before(sentence[: m.start()], value, kind == "figure"),
            *_behind(sentence, m, kind),
        ):
            yield Amount(label, value, m.start(), m.end(), kind, link, whose, change, was, past)
            break


def _is_a_thing(sentence: str, m: re.Match[str]) -> bool:
    """Whether a code names what is spoken of, and is no value: "the status of ORB-5 is open", "ORB-4 due Friday"."""
    return _SAYS.names.match(sentence, m.end()) is not None or sentence[: m.start()].endswith((" of ", " for "))


def _is_old(sentence: str, before: re.Match[str], m: re.Match[str]) -> bool:
    """Whether a value is told as what the one before it has replaced: "38.40 from 31", "2,300 leva, was 1,850"."""
    between = sentence[before.end() : m.start()]
    return len(between) < 24 and _SAYS.old.search(between) is not None


def _before(left: str, value: str, figure: bool) -> Iterator[tuple[str, str, str, bool]]:
    """(label, whose, link, past) that stand in front of a value."""
    stops = list(_SAYS.stops.finditer(left))
    clause, link = left[stops[-1].end() if stops else 0 :], "beside"
    if not clause.strip() and stops and stops[-1][0].startswith(","):
        link = "comma"
        clause = left[stops[-2].end() if len(stops) > 1 else 0 : stops[-1].start()]
    words = [word for raw in _WORD.findall(clause) for word in _parts(raw)]
    if words and words[-1][-2:] in ("'s", "’s"):
        words[-1:] = [words[-1][:-2], "'s"]
    past, verb, timed, told = False, "", False, False
    while words:
        low = words[-1].lower()
        timed = timed or low in ("at", "from", "to", "by", "until", "till")
        told = told or low == "says"
        if low in _COPULA:
            link = "colon" if low in ("=", ":", "->") else "is"
            past = past or low in ("was", "were")
        elif low in _VERB_LABEL:
            verb = verb or low
        elif low in ("me", "us", "him", "them", "i", "we", "it") and verb:
            pass
        elif low not in _SMALL:
            break
        words.pop()
    label: list[str] = []
    while (
        words
        and len(label) < _LONG
        and (words[-1].lower() not in _NOT_IN_LABEL or (label and words[-1].lower() in _INSIDE))
    ):
        last = words[-1]
        if any(c.isdigit() for c in last) or last.lower() in _VERB_LABEL or not any(c.isalpha() for c in last):
            break
        label.insert(0, words.pop())
        if label and len(words) > 1 and words[-1].lower() == "the" and words[-2].lower() in _INSIDE:
            words.pop()
    while label and label[0].lower() in _INSIDE:
        label.pop(0)
    whose = ""
    if words and words[-1].lower() in _DETERMINER:
        whose = words[-1].lower()
    elif label and label[0].endswith(("'s", "’s")) and len(label) > 1:
        whose = label.pop(0)[:-2]
    if timed and figure and _CLOCK.fullmatch(value):
        return
    if any("'" in word or "’" in word for word in label) or not any(c.isalpha() for word in label for c in word):
        label = []
    if told and label and label[-1].lower() in PEOPLE:
        return  # who says it
    if label and label[-1].lower() in _TIME | {"day", "bank", "gr", "year", "phase", "part", "step"}:
        return
    if label and verb:
        yield " ".join(label), whose, "verb", past
    elif label:
        yield " ".join(label), whose, link, past
    elif verb:
        yield _VERB_LABEL[verb], whose, f"did {_VERB_LABEL[verb]}", past


def _parts(raw: str) -> list[str]:
    """A word with its colon apart."""
    if len(raw) > 1 and raw[-1] in ":=":
        return [raw[:-1], raw[-1]]
    return [raw.strip("\"'*_")] if raw.strip("\"'*_") else []


def _behind(sentence: str, m: re.Match[str], kind: str) -> Iterator[tuple[str, str, str, bool]]:
    """(label, whose, link, past) that stand behind a value."""
    of = _SAYS.of.match(sentence, m.end()) if kind in ("coin", "rate") else None
    counted = _SAYS.counts.match(sentence, m.end()) if kind in ("figure", "measure") else None
    one = of or counted
    if one is None:
        return
    words = one["t"].split()
    if any(word in _NOT_IN_LABEL for word in words) or words[-1] in PEOPLE | BEASTS | _TIME:
        return
    yield one["t"], "", "for" if of else "counts", False


def attribute_of(one: Amount) -> str:
    """The name of the attribute: a price for money, else the label."""
    label = " ".join(one.label.lower().split())
    head = label.split(" ")[-1]
    if one.kind == "measure" and one.label[:1].isupper() and " " not in label:
        return "weight" if _WEIGHS.search(one.value) else "height" if one.value.endswith("cm") else label
    if one.link in ("did pay", "did weight", "did charges"):
        return label
    if one.link == "did paid":
        return "price"
    if one.kind == "coin" and head not in PAYMENTS and not label.startswith("price"):
        return f"price of {label}"
    return label
