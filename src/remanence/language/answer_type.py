"""What form of answer a question wants: a date, a number, a person, a place, a list, yes or no, a reason, a thing.

Only rules on the words of the question: English, and the question words of a few other languages. A question that no
rule reads wants a thing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Literal, get_args

from remanence.language.common_words import STOP
from remanence.language.lazy_pattern import Patterns, lazy_pattern
from remanence.language.value_forms import ValueForm, counted, value_form
from remanence.records import dataclass

Form = Literal[
    "date", "duration", "frequency", "number", "person", "place", "whether", "choice", "reason", "manner", "thing"
]


@dataclass(frozen=True, slots=True)
class AnswerType:
    """The form of the answer, the noun that says what it is ("book", "breed"), and whether several are wanted.

    `options` are the sides of "A or B?". `name` says that what something is called is wanted. `ago` marks a duration
    that is counted back from now, `grain` a date that is asked for as a "year" or "month". `value` is the form that a
    value must have ("clock", "money"), `counts` the noun that is counted.
    """

    form: Form
    noun: str = ""
    many: bool = False
    options: tuple[str, ...] = ()
    ago: bool = False
    grain: str = ""
    name: bool = False
    value: ValueForm = ""
    counts: str = ""


_SPANS = "(?:day|week|month|year|hour|minute)s"
_ASKS = Patterns(
    whether=r"^\W*(?:(?:so|and|but|also)\s+)?(?:is|are|was|were|am|do|does|did|has|have|had|can|could|will|would|should|"
    r"might)(?:n['’]t)?\s",
    choice=r"\b(?:(?:a|an|the|to|in|at|by|with|from|for)\s+)?((?:[\w'’-]{1,40}\s{1,3}){0,3}[\w'’-]{1,40}),?\s{1,3}or\s{1,3}([^?.]{2,60})\??\s*$",
    ago=r"\bhow (?:long|many (?:days|weeks|months|years)) ago\b",
    duration=rf"\bhow (?:long|much time|many {_SPANS})\b(?! (?:an?|per|every) )|\bfor how many\b",
    frequency=r"\bhow (?:often|frequently)\b|\bhow many times (?:a|per)\b",
    number=r"\bhow (?:many|much|old|far|tall|big|large|heavy|high|deep)\b"
    r"|\b(?:what|which)(?: is| was)?(?: the)? (?:number|percentage|price|cost|age|amount|score|total)\b",
    when=r"\bwhen\b(?!\s+(?:i|we|he|she|they|you|it)\b)|\b(?:on |in |by |from |since )?(?:what|which)(?: \w+)? "
    r"(?P<grain>date|day|month|year|time|week|season|weekend)\b"
    r"|\bwhat(?: is| was)(?: the)? (?:date|deadline|birthday)\b",
    starts_when=r"^\W*(?:since |until |by |from )?when\b",
    person=r"\bwho(?:m|se)?\b|\b(?:what|which) (?:person|artist|author|actor|singer|friend|player)\b",
    place=r"\bwhere\b|\b(?:what|which)(?: \w+){0,1}? (?:city|cities|country|countries|place|places|state|states|town|"
    r"towns|location|locations|address|venue|continent)\b|\bwhat(?: is| was)(?: \S+){0,3} "
    r"(?:address|location|hometown)\b",
    name=r"\bnames?\b|\bcalled\b|\btitles?\b|\bnamed\b|\bnicknames?\b",
    reason=r"\bwhy\b|\b(?:for )?what reason\b|\bhow come\b|\bwhat (?:motivat|inspir|prompt|made|caus|led)",
    manner=r"\bhow\b",
    noun=r"\b(?:what|which)(?:['’]s)?\s+(?:(?:is|are|was|were)\s+)?(?:(?:the|a|an|some|all)\s+)?"
    r"(?P<run>[\w'’-]{1,40}(?:\s{1,3}[\w'’/-]{1,40}){0,5})",
    of=r"^(?:name|names|title|type|types|kind|kinds|sort|sorts|genre|genres|style|brand|breed|colou?r)s? of "
    r"(?:(?:the|a|an|his|her|their)\s+)?(?P<noun>[\w'’-]+)",
    many=r"\blist\b|\ball (?:the|of)\b|\bboth\b|\beach\b|\bin what ways\b|\bwhat (?:are|were|else)\b|\bnames\b"
    r"|\bwho are\b",
    english=r"\b(?:who|what|when|where|which|why|how|are|were|did|does|do|has|have|the|my|your)\b"
    r"(?! (?:wohne|ist|war))",
)
"""What the words of a question ask for."""
_AUX = frozenset(
    """is are was were am be been do does did has have had can could will would should might may must shall 's
    s""".split()
)
_PLURALS = frozenset("people children men women".split())
_NO_PLURAL = frozenset("does has this is was news series always perhaps us gas bus class process status".split())


_OTHER_WORDS = r"""
    date=wann|cuándo|cuando|quand|quando|wanneer|когда
    duration=wie lange|cuánto tiempo|combien de temps|quanto tempo|hoe lang
    number=wie ?(?:viele?|hoch|alt|teuer|schwer|groß|gross|weit)|cuánt[oa]s?|combien|quant[oiae]s?|hoeveel|сколько
    number=hoe (?:oud|hoog|groot)
    place=wo|wohin|woher|dónde|adónde|où|dove|onde|waar|где|куда
    person=wer|wem|wen|quién(?:es)?|qui|chi|quem|кто
    reason=warum|wieso|weshalb|por qué|pourquoi|perché|por que|porque|waarom|почему
    thing=was\s(?:ist|hat|war|sind|haben|macht|isst|mag|kann|will|soll|muss|darf|\w*[äöüß]\w*)
    thing=was\s\w+t\s(?:meine?|dein|der|die|das|ich|du|sie|er)
    thing=welche[rsnm]?|qué|cuál(?:es)?|que|quoi|quel(?:le)?s?|che|cosa|quale|quali|qual|quais|wat|welke?|что"""
_UNSPACED_WORDS = """
    date=什么时候|什麼時候|何时|几号|哪天|いつ|何日|何時|언제
    duration=多久|多长时间|どのくらい|何年間|얼마나 오래
    number=多少|几个|几岁|多大|多高|いくつ|いくら|何個|何歳|얼마|몇
    place=哪里|哪儿|什么地方|哪裡|どこ|어디
    person=谁|誰|だれ|누구|누가
    reason=为什么|為什麼|なぜ|どうして|왜"""
_FORMS: Mapping[str, Form] = {form: form for form in get_args(Form)}


def _table(rows: str) -> list[tuple[Form, str]]:
    pairs = [row.strip().split("=", 1) for row in rows.strip().split("\n")]
    return [(_FORMS[form], words) for form, words in pairs]


_OTHER = tuple(
    (
        form,
        lazy_pattern(
            rf"^\W*(?:(?:und|et|e|y|a|à|de|en|an|in|seit|desde|depuis|ab|bis|pour|por|für)\s)?(?:{words})(?!\w)", re.I
        ),
    )
    for form, words in _table(_OTHER_WORDS)
)
_UNSPACED = _table(_UNSPACED_WORDS)


def in_another_language(text: str) -> AnswerType | None:
    """The form that a question word of another language asks for, None where there is none.

    Words that mean something else in English ("was", "wo", "que") count only at the head of a question that holds no
    English word, or whose head word is no English one.
    """
    text = text[:400]
    if not text.isascii():
        for form, words in _UNSPACED:
            if any(word in text for word in words.split("|")):
                return AnswerType(form)
    rest = text.lstrip("¿¡ ").split(" ", 1)
    if len(rest) == 2 and _ASKS.english.search(rest[1]):
        return None
    found = [form for form, pattern in _OTHER if pattern.search(text)]
    longest = "duration" if "duration" in found else found[0] if found else None
    return AnswerType(longest) if longest is not None else None


def expected(question: str) -> AnswerType:
    """Read a question; the first line of it that asks something decides."""
    text = " ".join(question.split())
    form, value = _expected(text), value_form(text)
    if not value or form.form in ("whether", "choice"):
        return form
    return replace(form, value=value, counts=counted(text) if value in ("count", "duration") else "")


def _expected(text: str) -> AnswerType:
    other = in_another_language(text)
    if other is not None:
        return other
    noun, plural = _noun(text)
    many = plural or _ASKS.many.search(text) is not None
    if _ASKS.whether.match(text):
        options = _options(text)
        return AnswerType("choice", noun, False, options) if options else AnswerType("whether", noun)
    if _ASKS.frequency.search(text):
        return AnswerType("frequency", noun)
    if _ASKS.ago.search(text):
        return AnswerType("duration", noun, ago=True)
    if _ASKS.duration.search(text):
        return AnswerType("duration", noun)
    if _ASKS.number.search(text):
        return AnswerType("number", noun)
    when = _ASKS.when.search(text)
    reason = _ASKS.reason.search(text)
    place = _ASKS.place.search(text)
    if when is not None and (_ASKS.starts_when.match(text) or not (reason or place or (noun and not when["grain"]))):
        return AnswerType("date", noun, many, grain=(when["grain"] or "").lower())
    if reason is not None:
        return AnswerType("reason", noun, many)
    if place is not None:
        return AnswerType("place", noun, many)
    if _ASKS.person.search(text) and (not noun or text.lower().startswith(("who", "with whom", "to whom", "by whom"))):
        return AnswerType("person", noun, many)
    if not noun and _ASKS.manner.search(text):
        return AnswerType("manner", noun, many)
    options = _options(text)
    if options:
        return AnswerType("choice", noun, False, options)
    return AnswerType("thing", noun, many, name=_ASKS.name.search(text) is not None)


def _noun(text: str) -> tuple[str, bool]:
    """(the noun after what or which, whether it is a plural): "what kind of books did" -> ("books", True)."""
    m = _ASKS.noun.search(text)
    if m is None:
        return "", False
    run = m["run"]
    of = _ASKS.of.match(run)
    if of is not None:
        noun = re.sub(r"['’]s?$", "", of["noun"].lower())
        return noun, (_plural(noun) and not of["noun"].endswith(("'s", "’s"))) or _plural(run.split()[0].lower())
    kept: list[str] = []
    for word in run.split():
        low = re.sub(r"['’]s$", "", word.lower())
        if low in _AUX or (low in STOP and kept) or low in ("of", "that", "who"):
            break
        if low not in STOP:
            kept.append(low)
        if word.lower().endswith(("'s", "’s")):
            kept.clear()
    if not kept:
        return "", False
    noun = next((word for word in kept if _plural(word)), kept[-1])
    if len(kept) > 3:
        noun = next((word for word in kept[:3] if _plural(word)), kept[0])
    return noun, any(_plural(word) for word in kept[:3])


def _plural(word: str) -> bool:
    return word in _PLURALS or (
        len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) and word not in _NO_PLURAL
    )


def _options(text: str) -> tuple[str, ...]:
    m = _ASKS.choice.search(text)
    if m is None or re.search(r"\b(?:or (?:not|so|more|less))\b", text, re.I):
        return ()
    left, right = m[1].split(), m[2].strip(" ?.").split()
    while len(left) > 1 and (len(left) > len(right) or left[0].lower() in STOP):
        left.pop(0)
    while len(right) > 1 and right[0].lower() in STOP:
        right.pop(0)
    return (" ".join(left), " ".join(right)) if left and right else ()
