"""Answers from plain statements, one or several in a row: the newest value of each, each step named by the question.

"What is the capital of the country of which the author of Emma is a citizen?" goes from Emma to its author, from
there to a country, from there to its capital. A later statement on the same subject and slot replaces an earlier one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field

import numpy as np

from remanence.language.common_words import STOP, listed
from remanence.language.entities import find as find_entities
from remanence.language.entities import norm
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.statements.attributes import single_valued
from remanence.language.statements.plain import plain_statements
from remanence.records import dataclass
from remanence.stage import Ctx
from remanence.types import Cue, Hit, Hits, Item

HOPS = 4
"""Most statements in a row."""
LOOKED = 80
"""Items that are read for the statements about one subject."""
STARTS = 4
"""Subjects of the question from which a chain may begin."""
LONGEST = 300
"""Longest text that is taken for one statement, in characters."""

_ALIKE: tuple[frozenset[str], ...] = tuple(
    listed(line)
    for line in (
        "citizen citizenship nationality national country homeland belong belonged belongs native",
        "continent",
        "capital",
        "language languages speak speaks spoken speaking write sign tongue",
        "author authored wrote written writer writes penned novelist book",
        "founder founded founding established establish founders foundation",
        "creator created creates creation originate originated origin originates originating origins invented hails "
        "developed come comes came birthplace first",
        "performer performed performs portrayed played plays actor actress singer sang sung artist band",
        "spouse married wife husband partner marry marriage wed",
        "born birth birthplace native",
        "died death die dies passed pass breathe breathed breath last demise",
        "work works worked working workplace job location",
        "sport sports sportsperson athletic game",
        "position plays play played specializes specialized specialty specialises role",
        "developer developed develop develops developing",
        "produced producer manufactured manufacturer produces manufactures made maker company",
        "chief executive officer ceo",
        "headquarters headquartered headquarter based",
        "education educated university college school alma attended attend studied institution graduated educational",
        "religion religious faith affiliated affiliation belief denomination",
        "child children son daughter offspring",
        "head leader highest-ranking ranking official government prime minister chief executive premier rank",
        "state president head monarch leader",
        "chairperson chair chairman chairwoman",
        "director directed manager managed directs",
        "broadcaster broadcast network aired channel station airs television",
        "music genre musical type style",
        "field occupation profession job title career",
        "employed employer employs employee employ organization part",
        "famous known notable significant creation renowned fame",
        "coach trainer coached manager",
        "lives live living home resides residence moved city",
        "pet pets dog cat",
        "age old",
    )
)
_DULL = STOP | listed(
    """name names person people individual one thing place current currently located location city country held hold
    holds associated associate related belong belongs specific"""
)
_FAINT = 0.35
"""Worth of a word of the question that says little, such as "country"."""
_WORD = lazy_pattern(r"[^\W_]+(?:-[^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Statement:
    """One (subject, slot, value) of an item; `words` are those that name the relation."""

    subject: str
    slot: str
    value: str
    words: frozenset[str]
    item: Item
    row: int
    number: int


@dataclass(frozen=True, slots=True)
class Chain:
    """Statements in a row; `covered` is the share of the question that they account for, in [0, 1]."""

    steps: tuple[Statement, ...]
    covered: float
    score: float

    @property
    def value(self) -> str:
        """What the last statement says."""
        return self.steps[-1].value


@dataclass(slots=True)
class _Search:
    """What one question looks for."""

    cue: Cue
    ctx: Ctx
    words: list[str]
    worth: list[float]
    known: dict[str, list[Statement]] = field(default_factory=dict)


def statements(item: Item, row: int, number: int) -> list[Statement]:
    """The plain statements that an item is: a fact, or a text of a single statement."""
    if item.kind == "fact":
        data = item.data
        if not data.get("subject") or not data.get("slot") or data.get("polarity") is False:
            return []
        slot, value = str(data["slot"]), str(data.get("value") or "")
        words = _words(f"{slot} {item.text}") - _words(value) - _words(str(data["subject"]))
        return [Statement(str(data["subject"]), slot, value, words, item, row, number)]
    text = " ".join(item.text.split())
    if len(text) > LONGEST or text.endswith("?"):
        return []
    numbered = text if re.match(r"\d{1,7}[.)]\s", text) else f"1. {text}"
    found = plain_statements(numbered)
    whole = [one for one in found if one.end >= len(numbered) - 2 and one.polarity > 0 and one.sure]
    if len(whole) != 1:
        return []
    one = whole[0]
    words = _words(text) - _words(one.value) - _words(one.subject)
    return [Statement(one.subject, one.attribute, one.value, words | _words(one.attribute), item, row, number)]


def _words(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORD.findall(text)) - STOP


def chain(cue: Cue, hits: Hits, ctx: Ctx) -> Chain | None:
    """The chain of statements that accounts best for the question, or None when no statement is about it."""
    best = hits.top(40)
    rows = best.rows
    if not len(rows):
        return None
    numbers = ctx.store.columns.number[rows]
    found = [
        one
        for item, row, number in zip(best.items, rows.tolist(), numbers.tolist(), strict=True)
        for one in statements(item, row, number)
    ]
    if not found:
        return None
    asked = f" {_plain(cue.text)} "
    starts = list(
        dict.fromkeys(
            name
            for name in (
                *(one.subject for one in found),
                *(one.text for one in find_entities(cue.text) if one.label in ("name", "title", "acronym")),
            )
            if f" {_plain(name)} " in asked
        )
    )
    starts = [a for a in starts if not any(a != b and f" {_plain(a)} " in f" {_plain(b)} " for b in starts)]
    found_chains: list[Chain] = []
    for start in starts[:STARTS]:
        words, worth = _question(cue.text, start)
        search = _Search(cue, ctx, words, worth)
        found_chains.extend(_walk(search, start, (), frozenset(), 0.0, len(words)))
    return max(found_chains, key=lambda one: one.score, default=None)


def _plain(text: str) -> str:
    return " ".join(_WORD.findall(norm(text)))


def _question(text: str, start: str) -> tuple[list[str], list[float]]:
    """The words of the question without the subject, in order, and what each is worth."""
    plain = _plain(text)
    left = f" {plain} ".replace(f" {_plain(start)} ", " ").split()
    words = [word for word in left if word not in STOP or word in ("last", "first")]
    return words, [_FAINT if word in _DULL else 1.0 for word in words]


def _walk(
    search: _Search, subject: str, steps: tuple[Statement, ...], taken: frozenset[int], gained: float, limit: int
) -> Iterator[Chain]:
    """Go on from a subject by every statement that names something of the question not yet accounted for."""
    if len(steps) >= HOPS:
        return
    total = max(sum(search.worth), 1e-6)
    for one in _about(search, subject):
        if any(one.subject == step.subject and one.slot == step.slot for step in steps):
            continue
        places = _places(search, one, taken)
        if not places:
            continue
        gain = sum(search.worth[place] * share for place, share in places.items())
        centre = sum(places) / len(places)
        order = 0.25 if centre < limit else -0.25
        now = (*steps, one)
        used = taken | frozenset(places)
        score = gained + gain + order - 0.45
        covered = sum(search.worth[place] for place in used) / total
        yield Chain(now, min(covered, 1.0), score + _ends_right(search, one))
        yield from _walk(search, one.value, now, used, score, int(centre))


def _places(search: _Search, one: Statement, taken: frozenset[int]) -> dict[int, float]:
    """Where the question names this relation, and how plainly: 1 in its own words, less in words like them."""
    alike = frozenset().union(*(group for group in _ALIKE if group & one.words)) if one.words else frozenset()
    found: dict[int, float] = {}
    for place, word in enumerate(search.words):
        if place in taken:
            continue
        if word in one.words or any(_same(word, other) for other in one.words):
            found[place] = 1.0
        elif word in alike:
            found[place] = 0.8
    return found if any(search.worth[place] >= 1 or len(search.words) <= 2 for place in found) or len(found) > 1 else {}


def _same(left: str, right: str) -> bool:
    """Forms of one word: "founded" and "founder"."""
    return len(left) > 4 and len(right) > 4 and left[:5] == right[:5]


_ENDS: dict[str, frozenset[str]] = {
    "continent": listed("continent"),
    "capital": listed("capital"),
    "country": listed("citizenship citizen country created"),
    "language": listed("language"),
    "religion": listed("religion affiliation"),
    "faith": listed("religion affiliation"),
    "sport": listed("sport"),
    "university": listed("university education educated"),
    "institution": listed("university education educated"),
    "position": listed("position"),
    "genre": listed("music"),
    "music": listed("music"),
    "company": listed("company developed produced employer"),
}


def _ends_right(search: _Search, one: Statement) -> float:
    """Whether the last statement gives what the question opens with."""
    opening = next((word for word in search.words[:4] if word in _ENDS), None)
    if opening is None:
        return 0.0
    return 0.6 if _ENDS[opening] & one.words else -0.4


def _about(search: _Search, subject: str) -> list[Statement]:
    """What is stated about a subject: of each slot that holds one value the newest, of the others all."""
    name = norm(subject)
    known = search.known.get(name)
    if known is not None:
        return known
    store = search.ctx.store
    terms = store.terms(subject)
    newest: dict[tuple[str, str], Statement] = {}
    if terms:
        rows, _ = store.matching(terms, LOOKED, search.cue.where)
        more, _ = store.matching([*terms, *store.terms(" ".join(search.words))], LOOKED, search.cue.where)
        rows = np.unique(np.concatenate([rows, more]))
        numbers = store.columns.number[rows]
        for item, row, number in zip(store.items(rows), rows.tolist(), numbers.tolist(), strict=True):
            for one in statements(item, row, number):
                if norm(one.subject) != name:
                    continue
                key = (one.slot, "" if single_valued(one.slot) else norm(one.value))
                old = newest.get(key)
                if old is None or _age(old) <= _age(one):
                    newest[key] = one
    search.known[name] = sorted(newest.values(), key=lambda one: one.number)
    return search.known[name]


def _age(one: Statement) -> tuple[float, int]:
    return (one.item.at.timestamp() if one.item.at is not None else float("-inf"), one.number)


def mostly_statements(hits: Hits) -> bool:
    """Whether four of the five best hits are plain statements: then memory is a list of facts, not talk."""
    best = hits.top(5)
    return len(best) > 0 and sum(bool(statements(item, 0, 0)) for item in best.items) >= 0.8 * len(best)


def hits_of(found: Chain, hits: Hits) -> list[Hit]:
    """The statements of a chain as hits, with the score that recall gave them (0 where it had not seen them)."""
    place = {int(row): number for number, row in enumerate(hits.rows)}
    told: list[Hit] = []
    for step in found.steps:
        number = place.get(step.row)
        score = float(hits.scores[number]) if number is not None else 0.0
        told.append(Hit(step.item, score, {"path": [f"{step.subject}: {step.slot}"]}))
    return told
