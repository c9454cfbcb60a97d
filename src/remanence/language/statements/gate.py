"""The gate: how likely a statement that was read is right, from signs that every way of reading shares.

A logistic sum of what the statement looks like; the weights are a table of `remanence.weights`.
"""

# ruff: noqa: E501 - a table of signs reads best on one line each
from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from math import exp

from remanence import weights
from remanence.language.common_words import FUNCTION_WORDS, STOP, VERBS, listed
from remanence.language.lazy_pattern import Patterns, lazy_pattern
from remanence.language.sentences import Span
from remanence.language.statements.attributes import ATTRIBUTES
from remanence.language.statements.predicates.words import PAYMENTS
from remanence.language.statements.statement import Statement
from remanence.language.statements.talk.clause import is_name
from remanence.language.statements.talk.grammar import TITLE

LIKELY = 0.4
"""From this chance on what was said in passing is stored."""
LIKELY_FIGURE = 0.55
"""From this chance on a figure or code is stored that was said in passing: its label is easily wrong."""
POSSIBLE, POSSIBLE_FIGURE = 0.05, 0.1
"""From this chance on what a clause or a way of saying states is stored; what holds a figure is wrong more often."""
_ROWS = r"""
hedge; \b(?:if|unless|would|could|might|maybe|perhaps|wish|hope|should|guess|suppose|think|thinking|almost|nearly|probably|like if)\b|['’]d\b
wish; \b(?:want|wants|wanted|wanna|dream|looking (?:at|for)|offer\w*|asks?|asked|plan\w*|going to|gonna|will|['’]ll)\b
no; \b(?:not|no|never|nothing|nobody|without|n['’]t|dont|didnt|cant|wont|isnt)\b|n['’]t\b
past; \b(?:was|were|had|used to|before|last|ago|old|ex|sold|lost|broke|left|gone|over|cancelled|off)\b
now; \b(?:now|new|these days|from now on|changed|moved|switched)\b
they; \b(?:he|she|they|his|her|their|it|its)\b
i; \b(?:i|my|our|we|im|ive)\b
quote; ["“”]
"""
_SAYS = Patterns(**dict(row.split("; ", 1) for row in _ROWS.strip().split("\n")))
_FIGURES = ("figure", "coin", "rate", "code", "measure", "mail", "size")
_AROUND = ("hedge", "wish", "no", "past", "now", "they", "quote")
_NUMBER = re.compile(r"\d")
_TRADES = lazy_pattern(
    rf"{TITLE}$|(?:judge|potter|dentist|driver|guide|farmer|miner|dressmaker|tailor|guard|surgeon|pilot|welder|builder|fisherman|fitter|roofer|"
    r"student|pupil|soldier|sailor|captain|priest|pastor|nun|monk|headmaster|professor|lecturer|agronomist|radiographer|translator|interpreter|"
    r"weaver|beekeeper|shepherd|bus driver|scheduler|dispatcher|painter|sculptor|drummer|organist|violinist|pharmacist|optician|physio|economist|"
    r"chemist|biologist|geologist|sergeant|officer|foreman|postman|cobbler|stylist|barber|publisher|bookseller|trainer|referee|conductor|singer)$",
    re.I,
)
_ASKED_OFTEN = PAYMENTS | listed(
    "code pin password pw wifi number plate reference ref size dose height weight age name address email phone locker gate combo login username key "
    "iban postcode door room seat row platform score cabin ward plot table desk track sugar pulse pressure cholesterol width length depth speed mileage "
    "capacity volume temperature combination passcode extension license licence account deductible excess tax pay wage salary"
)
"""Words for what has a figure or a code as its value."""


def signs(one: Statement, text: str, parts: Sequence[Span]) -> dict[str, float]:
    """What speaks for and against a statement of a text: each sign that it has, with its size."""
    part = next(((s.start, s.end) for s in parts if s.start <= one.start < s.end), (0, min(len(text), 300)))
    said, how = text[part[0] : part[1]], one.how or "plain"
    listed_one = one.attribute in ATTRIBUTES
    found = {
        f"how {how}": 1.0,
        f"way {how.split(' ')[0]}": 1.0,
        f"attribute {one.attribute if listed_one else 'of its own'}": 1.0,
        f"change {one.change or 'none'}": 1.0,
        "certainty": one.certainty,
        "long sentence": min(len(said), 260) / 130,
        "denied": float(one.polarity < 0),
        "first sentence": float(part[0] == 0),
    }
    found |= {f"says {name}": 1.0 for name in _AROUND if getattr(_SAYS, name).search(said)}
    found |= dict.fromkeys(_of_subject(one, text, said), 1.0)
    found |= _of_value(one.value)
    if one.attribute == "job":
        found["trade known" if _TRADES.search(one.value) else "trade guessed"] = 1.0
    if not listed_one:
        found |= _of_label(one.attribute)
    found |= _of_place(one, said, listed_one)
    return {name: size for name, size in found.items() if size}


def _of_subject(one: Statement, text: str, said: str) -> Iterator[str]:
    mine = one.subject == one.speaker
    yield "subject speaker" if mine else "subject named" if one.subject in text else "subject meant"
    if mine and not _SAYS.i.search(said):
        yield "no I"
    if not mine and not is_name(one.subject.split(" ")[0]):
        yield "subject no name"
    if one.subject.lower() in STOP:
        yield "subject pointing"
    if not mine and said.lstrip(" \"'(").startswith(one.subject):
        yield "subject heads the sentence"


def _of_value(value: str) -> dict[str, float]:
    words = value.lower().split()
    figures = "value figure" if value[:1].isdigit() else "value with figure"
    form = figures if _NUMBER.search(value) else "value name" if value[:1].isupper() else "value words"
    return {
        form: 1.0,
        "value long": min(len(words), 8) / 4,
        "value begins small": float(bool(words) and words[0] in FUNCTION_WORDS),
        "value ends small": float(bool(words) and words[-1] in FUNCTION_WORDS | VERBS),
        "value acts": float(any(word in VERBS for word in words)),
        "value short": float(len(value) <= 2),
        "value year": float(value.isdigit() and 1900 < int(value[:6]) < 2100),
    }


def _of_label(attribute: str) -> dict[str, float]:
    label = attribute.split()
    acts = any(word in VERBS or (len(word) > 4 and word.endswith(("ed", "ing"))) for word in label)
    return {
        "label long": min(len(label), 6) / 3,
        "label of figures": float(bool(label) and label[-1].lower() in _ASKED_OFTEN),
        "label small": float(any(word in STOP and word not in ("of", "for") for word in label)),
        "label acts": float(acts),
        "label name": float(any(word[:1].isupper() for word in label)),
        "label plural": float(bool(label) and label[0].endswith("s") and not label[0].endswith("ss")),
    } | {f"label word {word}": 1.0 for word in label if len(word) > 2}


_WORD = re.compile(r"[\w'’-]+")
_BESIDE = FUNCTION_WORDS | listed(
    "is was now costs cost at for from to of in by about around only just over under per each"
)


def _of_place(one: Statement, said: str, listed_one: bool) -> dict[str, float]:
    """Where the value stands: the small words on both sides of it, and where the words of a label of its own are."""
    at = said.find(one.value)
    if at < 0:
        return {}
    before = [m.group() for m in _WORD.finditer(said, max(0, at - 40), at)]
    behind = [m.group() for m in _WORD.finditer(said, at + len(one.value), at + len(one.value) + 40)]
    found = {
        f"before it {_small(before[-1:])}": 1.0,
        f"behind it {_small(behind[:1])}": 1.0,
        "behind it a stop": float(said[at + len(one.value) :].lstrip(" ")[:1] in ".,;:!?)" or not behind),
        "begins the sentence": float(not said[:at].strip()),
    }
    if listed_one:
        return found
    last = one.attribute.split()[-1]
    label = [m for m in _WORD.finditer(said) if m.group().casefold() == last]
    near = min(label, key=lambda m: abs(m.start() - at), default=None)
    if near is None:
        return found | {"label not said": 1.0}
    between = said[near.end() : at] if near.end() <= at else said[at + len(one.value) : near.start()]
    return found | {
        "label a name": float(near.group()[:1].isupper() and near.start() > 0),
        "label behind": float(near.start() > at),
        "label at once behind": float(near.start() > at and not between.strip()),
        "label far": min(len(_WORD.findall(between)), 8) / 4,
        "label across a stop": float(any(c in between for c in ".;!?")),
        "label across a comma": float("," in between),
    }


def _small(word: Sequence[str]) -> str:
    """A small word as it is, "word" for another one, "nothing" for none."""
    return next((one.lower() if one.lower() in _BESIDE else "word" for one in word), "nothing")


def is_likely(one: Statement, text: str, parts: Sequence[Span]) -> bool:
    """Whether a statement of a text is stored: the looser its reading, the likelier it must be."""
    way = one.how.split(" ")[0]
    if " " in one.how and not _is_a_note(one, text):
        bar = LIKELY_FIGURE if way in _FIGURES else LIKELY
    else:
        bar = POSSIBLE_FIGURE if _NUMBER.search(one.value) else POSSIBLE
    return chance(one, text, parts) >= bar


def _is_a_note(one: Statement, text: str) -> bool:
    """Whether a text says nothing but a label and its value: "wifi password: haddock77"."""
    own = len(_WORD.findall(one.attribute)) + len(_WORD.findall(one.value))
    return one.how.endswith(" colon") and len(_WORD.findall(text[:200])) <= own + 2


def chance(one: Statement, text: str, parts: Sequence[Span]) -> float:
    """How likely it is right, in [0, 1]."""
    return 1 / (1 + exp(-weights.table("statements", "stored").total(signs(one, text, parts))))
