"""The form that a value must have to be an answer, and the values of a text that have it.

A clock time, an amount of money, a number with a unit, an e-mail address: a question that asks for one is answered by
nothing else, and a text that holds none does not answer it. Only rules; a question that no rule reads has no form.
Retrieval by the annotated type of the answer goes back to Prager et al., "Question-Answering by Predictive Annotation"
(SIGIR 2000).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Literal, get_args

from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.sentences import Span
from remanence.records import dataclass

ValueForm = Literal[
    "", "email", "phone", "url", "clock", "weekday", "money", "duration", "count", "weight", "length", "area", "dose",
    "temperature", "speed", "size", "percent", "age", "code",
]  # fmt: skip

LONGEST = 4_000
"""Characters of a text that are looked at."""
AFTER = 3
"""Words behind a number among which what it counts is looked for."""


@dataclass(frozen=True, slots=True)
class Value(Span):
    """Characters of a text; exact where the text itself says the unit, the currency or the noun that is asked for."""

    exact: bool


_FIGURE = r"(?:\d[\d.,]*\d|\d)"
_WORD = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|"
    r"eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|half|couple|dozen|"
    r"uno|dos|tres|cuatro|cinco|seis|siete|ocho|diez|zwei|drei|vier|fünf|sechs|sieben|acht|zehn|deux|trois|quatre|dix)"
)
_NUMBER = rf"(?:{_FIGURE}|{_WORD})"
_TIME = (
    r"(?:sec(?:ond)?s?|min(?:ute)?s?|hrs?|hours?|h|days?|nights?|wks?|weeks?|weekends?|months?|years?|yrs?|decades?|"
    r"jahren?|monaten?|wochen?|tagen?|stunden?|años?|meses|mes|semanas?|días?|horas?|ans|années?|mois|semaines?|jours?|"
    r"heures?)"
)
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_CURRENCY = (
    r"(?:euros?|eur|dollars?|usd|bucks|quid|pounds?|gbp|pence|cents?|yen|francs?|chf|kronor|pesos?|rupees|grand|"
    r"thousand)"
)
_VALUES = r"""
    email=[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,6}
    phone=(?<![\w.])\+?\(?\d[\d ()/.-]{5,24}\d(?!\w)
    url=https?://\S{1,400}|\bwww\.\S{1,200}|\b[\w-]{2,40}\.(?:com|org|net|io|dev|app|example)\b(?:/\S{0,200})?
    clock=\b\d{1,2}:\d{2}(?!\d)(?:\s?[ap]\.?m\b)?|\b\d{1,2}\s?(?:am|pm|a\.m\.|p\.m\.|uhr|o['’]?clock)(?!\w)
    clock=\b(?:half|quarter)\s(?:past|to)\s\w{1,12}|\bhalb\s\w{1,12}|\b(?:noon|midnight|mittags?|medianoche|mediodía)\b
    clock=(?<=\bat )\d{1,2}\b(?![:.]?\d|\s\w{1,20}s\b)
    clock=\b(?:[01]?\d|2[0-3])\.[0-5]\d\b(?!\s?(?:[€$£]|eur|cm|kg|km|m\b|g\b|%))
    weekday=\b(?:mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:days?)?\b|(?:星期|周|曜)[一二三四五六日天]
    weekday=\b(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)s?\b
    weekday=\b(?:lunes|martes|miércoles|jueves|viernes|sábados?|domingos?)\b
    weekday=\b(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)s?\b
    duration=<about><alone><number>(?:[\s-](?:and a half|a half|of)|\s?(?:[-–]|or|to)\s?<number>)?<unit>(?:\sago\b)?
    duration=\b\d{1,3}h\d{0,2}\b|\b(?:a|an|one|the whole|half an?)\s(?:hour|day|week|month|year|night|decade)\b
    age=<alone>(?!\d{4}|\d+[.,:]\d)<number>\b(?:[\s-](?:years?|yrs?|months?|weeks?)(?:[\s-]old)?\b)?|\b\d{1,3}(?:st|nd|rd|th)\b
    code=(?<![\w.])(?:[A-Z]{1,6}[\s-])?[\w#/-]{0,20}\d[\w/-]{0,30}(?:\.\d[\w-]{0,12}){0,3}(?:\s[A-Z]\b)?
    weight=<alone>-?<number>\s?-?(?:kg|kilos?|kilograms?|g|gram(?:m|me)?s?|gramos|lbs?|pounds?|stone|oz|ounces?|tons?|mg)(?!\w)
    length=<alone>-?<number>\s?-?(?:mm|cm|centimet(?:re|er)s?|m|met(?:re|er)s?|km|kilomet(?:re|er)s?|miles?|mi)(?!\w)
    length=<alone>-?<number>\s?-?(?:ft|feet|foot|inch(?:es)?|yards?)(?!\w)
    area=<alone><number>\s?-?(?:square (?:met(?:re|er)s?|feet)|sq\.? ?(?:m|ft)|sqm|m2|m²|qm|acres?|hectares?)(?!\w)
    dose=<alone>-?<number>\s?-?(?:mg|g|ml|micrograms?|mcg|µg|puffs?|tablets?|pills?|drops?|units?|iu|capsules?|%)(?!\w)
    temperature=<alone>-?<number>\s?-?(?:°\s?[CF]?|degrees?|celsius|fahrenheit|grad)(?!\w)
    speed=<alone><number>\s?-?(?:km/h|mph|kph|knots|ms|s|sec(?:onds?)?|µs|minutes?|min|mbps|mbit/s)(?!\w)
    size=<alone><number>\s?-?(?:[kmgtp]i?b|bytes?|(?:kilo|mega|giga|tera)bytes?)(?!\w)
    percent=<alone><number>\s?-?(?:%|percent|per cent|prozent)(?!\w)"""
"""The values of each form, a row for each way of writing them."""
_PARTS = {
    "<number>": _NUMBER,
    "<alone>": r"(?<![\w.,])",
    "<about>": r"(?:\b(?:about|around|almost|nearly|over|more than|at least|some)\s)?",
    "<unit>": rf"[\s-]{{0,2}}(?:working\s)?{_TIME}\b",
}


def _rows(table: str) -> Iterator[tuple[ValueForm, str]]:
    """Each row's form and pattern."""
    forms: Mapping[str, ValueForm] = {form: form for form in get_args(ValueForm)}
    for row in table.strip().split("\n"):
        form, pattern = row.strip().split("=", 1)
        yield forms[form], re.sub("<[a-z]+>", lambda m: _PARTS.get(m.group(), m.group()), pattern)


def _patterns(table: str) -> Mapping[ValueForm, re.Pattern[str]]:
    joined: dict[ValueForm, list[str]] = {}
    for form, pattern in _rows(table):
        joined.setdefault(form, []).append(pattern)
    return {form: lazy_pattern("|".join(rows), 0 if form == "code" else re.I) for form, rows in joined.items()}


_PATTERN = _patterns(_VALUES)
_MONEY = lazy_pattern(
    rf"[$€£¥₹]\s?{_FIGURE}(?:\s?(?:k|m|thousand|million)\b)?|(?<![\w.,]){_FIGURE}(?:k\b|k?\s?(?:[$€£¥]|{_CURRENCY}\b))"
    rf"|\b{_WORD}\s(?:thousand|hundred|grand|quid|bucks|euros|dollars|pounds)\b",
    re.I,
)
_BARE = lazy_pattern(
    rf"(?<![\w.,:/#-]){_FIGURE}(?![\w:/-]|[.,]\d)(?!\s?(?:{_TIME}|{_MONTH}|%|percent|mg|g|kg|ml|cl|cm|mm|km|m|ms|am|pm|"
    rf"uhr|degrees|puffs?|(?:to|[-–])\s?\d{{1,2}}|people|kilos?|years?|de\s\w|of\s{_MONTH}|\w{{2,20}}ers)\b)"
    rf"(?!\s?[%°]|\.\s?{_MONTH})",
    re.I,
)
_NO_AMOUNT = lazy_pattern(rf"(?:(?i:{_MONTH}|\b(?:on|of)\sthe|\bno\.?|\bnr\.?|nº|#|v)|\b[A-Z]{{2,6}})\s?$")
"""What stands before a number that is a day or a code."""
_COUNTED = lazy_pattern(rf"(?<![\w.,:/-]){_NUMBER}\b(?![:/-]|[.,]\d)", re.I)
_A_YEAR = lazy_pattern(r"(?:19|20)\d\d$")
_A_NAME = lazy_pattern(r"\b[A-Z][\w-]*\s$")
_A_UNIT = lazy_pattern(
    rf"\s?(?:[%°€$£]|(?:an?|per|each|{_TIME}|{_CURRENCY}|{_MONTH}|[ap]m|kg|cm|mm|km|mg|ml|m|g)\b)", re.I
)
_HUNDREDTHS = lazy_pattern(r"[.,]\d\d$")
LEAST = 10
"""A number without a currency is no amount of money below this."""
_NEXT = lazy_pattern(r"[^\W\d_]{2,}")
_MARK = lazy_pattern(r"[,;:.!?()\d\n]")


def values(text: str, form: ValueForm, counts: str = "") -> list[Value]:
    """The values of a text that have a form, in order; exact ones alone where there are some.

    counts: the unit of a duration ("weeks"), or what is counted ("bottles of red"): numbers of its last word, else of
    the words before.
    """
    text = text[:LONGEST]
    nouns = [word for word in _NEXT.findall(counts) if word not in _PREPOSITION] or [""]
    for noun in reversed(nouns):
        found = list(_found(text, form, noun))
        exact = [one for one in found if one.exact]
        if exact:
            return exact
    return found


def amounts(text: str) -> list[Value]:
    """The amounts of money of a text in order, bare numbers that may be some included."""
    return sorted(_found(text[:LONGEST], "money", ""), key=lambda one: one.start)


def counting(text: str) -> list[Value]:
    """The numbers of a text that may count what is named elsewhere ("leads with 136"): of no name, unit or rate."""
    found = (Value(m.start(), m.end(), True) for m in _COUNTED.finditer(text[:LONGEST]))
    return [
        one
        for one in found
        if not _A_NAME.search(text[max(0, one.start - 30) : one.start])
        and not _A_UNIT.match(text, one.end)
        and not _A_YEAR.match(one.of(text))
    ]


def _found(text: str, form: ValueForm, noun: str) -> Iterator[Value]:
    if form == "count":
        numbers = [m for m in _COUNTED.finditer(text) if not _A_YEAR.match(m.group())]
        yield from (Value(m.start(), m.end(), _counts(text[m.end() : m.end() + 60], noun)) for m in numbers)
    elif form == "money":
        yield from (Value(m.start(), m.end(), True) for m in _MONEY.finditer(text))
        for m in _BARE.finditer(text):
            if _is_amount(m.group()) and not _NO_AMOUNT.search(text[max(0, m.start() - 12) : m.start()]):
                yield Value(m.start(), m.end(), False)
    elif form == "duration":
        for m in _PATTERN[form].finditer(text):
            yield Value(m.start(), m.end(), not noun or any(_same(word, noun) for word in _NEXT.findall(m.group())))
    elif form in _PATTERN:
        yield from (Value(m.start(), m.end(), True) for m in _PATTERN[form].finditer(text))


def _is_amount(figure: str) -> bool:
    """Whether a bare number may be money: no year, and ten or more, or with its hundredths (0.92)."""
    if _A_YEAR.match(figure):
        return False
    return _HUNDREDTHS.search(figure) is not None or int("".join(c for c in figure if c.isdigit()) or 0) >= LEAST


def _counts(behind: str, noun: str) -> bool:
    """Whether a noun stands among the next words behind a number, before a mark or another number."""
    near = _MARK.split(behind, maxsplit=1)[0]
    return any(_same(word, noun) for word in _NEXT.findall(near)[:AFTER])


def _same(word: str, noun: str) -> bool:
    """Whether two words are one noun, in the singular or the plural."""
    left, right = word.lower().rstrip("s"), noun.lower().rstrip("s")
    return len(right) > 1 and (left == right or (len(right) > 3 and left[:-1] == right[:-1]))


# --- what a question asks for --------------------------------------------------------------------

_ASKED_FOR = r"""
    email=\b(?:what|which|my|\w+['’]s)\b.{0,30}\be-?mail\b(?!\s(?:about|to|from|say))|\be-?mail address\b
    phone=\b(?:phone|telephone|mobile|cell) (?:number|no)\b|\bnúmero de teléfono\b|\b(?:telefon|handy)nummer\b
    url=\b(?:url|link to|web ?site|web (?:page|address)|domain)\b
    clock=\b(?:what|which) (?:exact )?time\b(?!.{0,40}\b(?:of (?:the )?year|period)\b)|\bhow (?:late|early)\b
    clock=\b(?:start|starting|arrival|departure|opening|closing)\stime\b|\b(?:um )?wie ?viel uhr\b|\bwie spät\b
    clock=\b(?:a )?qué hora\b|\bà quelle heure\b|几点|何時
    weekday=\b(?:which|what) day (?:do|does)\b|\b(?:which|what) day (?:is|are)\b.{0,40}\b(?:closed|open|off|free)\b
    weekday=\b(?:which|what) days (?:do|does|did|is|are)\b|\b(?:day of the week|weekday|wochentag)\b
    weekday=\b(?:día de la semana|jour de la semaine)\b|星期几
    percent=\bwhat per ?cent|\bpercentage\b|\bhow many per ?cent\b
    age=\bhow old\b|\bwhat age\b|\bage of\b|\bwie alt\b|\bcuántos años\b|\bquel âge\b
    code=\b(?:order|case|frame|serial|account|flight|ticket|licen[cs]e|plate|invoice|tracking)\s(?:numbers?|no|nr|code)\b
    code=\b(?:booking|registration|reference|room|port|bus|tram|platform|gate|house)\s(?:numbers?|no|code)\b
    code=\b(?:card|reservation|membership|member)\s(?:numbers?|no|code)\b
    code=\b(?:policy|passport|part|isbn|model|version)\s(?:numbers?|no|nr|code)\b|\b(?:postcode|zip code|number plate)\b
    code=\b(?:passcode|pin code|my pin)\b|\b(?:what|which) (?:port|version|platform|gate)\b|\blast (?:four |4 )?digits\b
    dose=\bdos(?:e|age|is)\b|\bm[lg] of\b|\bstrength of .{0,30}(?:tablets?|pills?|medic|drops|syrup)
    dose=\bhow (?:many|much) (?:mg|ml|milligrams|puffs|drops|tablets|pills|units|spray|syrup|insulin|medicine)\b
    weight=\bhow heavy\b|\bhow much\b.{0,60}\bweighs?\b|\bweights? of\b|\bhow many (?:kilos|kilograms|kg|grams|lbs)\b
    length=\bhow (?:tall|high|wide|far(?! along)|deep|thick)\b
    length=\b(?:height|width|depth|length|distance) (?:of|to|from|between)\b
    area=\bhow (?:big|large) (?:is|was|are|were)\b.{0,40}\b(?:flat|apartment|house|garden|room|place|plot)\b
    area=\b(?:floor area|square metres|square feet)\b
    length=\b(?:real |exact |current )height\b|\bhow many (?:miles|km|kilomet\w+|met(?:re|er)s|cm|centimet\w+|feet)\b
    temperature=\btemperature\b|\bhow (?:hot|warm|cold)\b
    speed=\blatency\b|\bhow (?:fast|quick)\b|\bresponse time\b|\btimeout\b
    size=\bhow much (?:\w{1,20} )?(?:memory|ram|disk|storage)\b(?! of)|\b(?:memory|disk) us(?:e|age)\b
    size=\bhow (?:big|large) (?:is|was)\b.{0,40}\b(?:file|database|index|repo|image|download|backup)\b|\bfile size\b
    money=\bhow much\b.{0,80}\b(?:costs?|pays?|paid|paying|spend|spent|earns?|money|owes?|price|rent|worth|charged?)\b
    money=\bhow much\b.{0,80}\b(?:refund\w*|lend|lent|borrow\w*|saved?|deposit|salary|fees?)\b
    money=\bhow much\b.{0,80}\b(?:(?:air)?fare|euros?|dollars?|sold)\b
    money=\bhow much\b.{0,80}\b(?:get for|got for|share|lose|lost|raise[ds]?|make an?|(?:a|per) month|(?:an|per) hour)\b
    money=\bhow much (?:was|were|is|are) (?:the|my|his|her|their|our|\w{1,30}['’]s)\b(?!.{0,40}\b(?:of|left|late|older))
    money=\b(?:price|cost|monthly rent|rent now|salary|wage|deposit|fare|hourly rate|bill) (?:of|for|now|at|per)\b
    money=\bwhat(?:['’]s| is| was| were| did)\b.{0,30}\b(?:price|cost|rent|salary|fee|fare|deposit|wage|share of)\b
    money=\bwhat was (?:each|every)\b.{0,20}\bshare\b|\bwhat (?:price|rent|salary|fee|wage)\b
    money=\b(?:was|wie ?viel) kostet\b
    money=\b(?:miete|gehalt|gebühr|preis|stundensatz|tarifa|precio|alquiler|sueldo)\b|\bcombien (?:coûte|paie)
    money=\bwhat d(?:o|oes|id) (?:(?:the|my|our|his|her) )?\w{1,30} (?:pay|charge|earn|quote|owe)\b(?! (?:with|in|by)\b)
    money=\bwhat d(?:o|oes|id) (?:(?:the|my|our|his|her) )?\w{1,30} sell\b.{1,60}\bfor\b
    money=\bwhat (?:was|were|am|is|are) \w{1,30} paid\b
    money=\b(?:was|wie ?viel) ha(?:t|st|be|ben)\b.{0,60}\b(?:gekostet|bezahlt)\b|\bcombien a coûté\b
    money=\bcuánto (?:cuesta|pag\w+|cost\w+|cobr\w+|vale)
    duration=\bhow long\b(?!.{0,30}\b(?:table|rope|road|bridge|board|cable|trail|hike|swim|scarf|hair|walk|list)\b)
    duration=\bhow much (?:time|longer|notice)\b|\bwie lange\b|\bcuánto tiempo\b|\bcombien de temps\b|多久
    duration=\bhow many (?:more )?(?:seconds|minutes|hours|days|nights|weeks|months|years)\b(?!\s(?:a|per|each)\s)
    count=\bhow many\b"""
"""A form and what asks for it, a row for each kind of words; the first row that is found decides."""
_ASKED = tuple((form, lazy_pattern(pattern, re.I)) for form, pattern in _rows(_ASKED_FOR))
_COUNTS = lazy_pattern(
    r"\bhow many (?:(?:different|other|more|of|the|my|his|her|their|our|\w{1,30}['’]s)\s){0,3}(?P<words>[^?]{0,40})",
    re.I,
)
_PREPOSITION = frozenset("of on in at for with from to per a each".split())
_VERB = frozenset("do does did is are was were has have had can will would should must may might got be am".split())


def value_form(question: str) -> ValueForm:
    """The form that a question asks for, "" where no rule says."""
    text = question[:400]
    return next((form for form, pattern in _ASKED if pattern.search(text)), "")


def counted(question: str) -> str:
    """What a question counts: the words before the verb ("pens" of "how many adrenaline pens was I given")."""
    m = _COUNTS.search(question[:400])
    if m is None:
        return ""
    kept: list[str] = []
    for word in _NEXT.findall(m["words"].lower())[:5]:
        if word in _VERB or (kept and word in _PREPOSITION - {"of"}):
            break
        if kept and kept[-1].endswith("s") and word != "of":
            break
        kept.append(word)
    return " ".join(kept[-3:] if "of" in kept else kept[-1:]).removesuffix(" of")
