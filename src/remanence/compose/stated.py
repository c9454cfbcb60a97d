"""The stored statements that a question asks for: of the right subject and attribute, as they stand."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from remanence.language import dates
from remanence.language.question import Question
from remanence.language.statements.attributes import ATTRIBUTES, canonical
from remanence.language.text import content_words, words
from remanence.stage import Ctx
from remanence.stage.question import cue_terms, cue_vector, question
from remanence.stage.standing import Known, known_statements, stated_by
from remanence.types import Cue, Hits, Item, Rows

DEEP = 30
"""Facts that are looked up by the words and by the meaning of the question."""
NAMED = 8
"""Facts that are looked up for each attribute that it names."""
HITS = 8
"""Best hits whose statements are looked at."""
MATCHES = 0.75
"""From here on a statement is what the question asks for."""
PHRASES = ("event", "is", "plan", "likes", "dislikes", "wants", "owns", "happened")
"""Attributes whose values are phrases: they answer only what they account for nearly whole."""
PHRASE = 0.9
LONGEST = 8
"""Most words of such a value."""
DATES = ("birthday", "due")
DIGIT = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|once|twice|half|dozen)\b", re.I
)


@dataclass(frozen=True, slots=True)
class Match:
    """A stored statement and how well it is what the question asks for, in [0, 1]."""

    known: Known
    match: float

    @property
    def key(self) -> tuple[str, str]:
        """Of whom which attribute."""
        return self.known.says.subject.casefold(), self.known.says.attribute


def stated(cue: Cue, hits: Hits, ctx: Ctx) -> list[Match]:
    """Stored statements that could answer the cue, best first; empty where nothing is stated.

    A statement matches by its subject (whom the question is about, or whom its words name), by its attribute, and by
    the share of the question's words, by idf weight, that attribute, value and text account for. A value that cannot
    be of the wanted form (a number, a date) does not match.
    """
    if ctx.store.code("kind", "fact") < 0:
        return []
    asked = question(cue, ctx)
    facts = ctx.store.items(_fact_rows(cue, asked, ctx))
    every = {one.fact.id: one for one in (*known_statements(facts, cue, ctx), *stated_by(hits.top(HITS), cue, ctx))}
    terms = ctx.store.terms(" ".join(asked.essence)) or list(cue_terms(cue, ctx))
    weight = dict(zip(terms, ctx.store.idf(terms, cue.where).tolist(), strict=True)) if terms else {}
    usual = max(weight.values(), default=0.0) or 1.0
    weight = {term: value or usual for term, value in weight.items()}  # a word that nobody said asks for something too
    scored = (Match(one, _match(one, asked, weight, ctx)) for one in every.values())
    return sorted((one for one in scored if one.match > 0), key=lambda one: (-one.match, -_age(one.known.fact)))


def _age(fact: Item) -> float:
    return fact.at.timestamp() if fact.at is not None else float("-inf")


def _fact_rows(cue: Cue, asked: Question, ctx: Ctx) -> Rows:
    """Rows of facts, ended ones too, by the question's words, its meaning, and subject and attribute by name."""
    where = replace(cue.where, kinds=("fact",), who=(), ended=True, as_of=None, since=None, before=None)
    found: list[Rows] = [ctx.store.nearest(cue_vector(cue, ctx), DEEP, where)[0]]
    wanted: list[Iterable[str]] = [cue_terms(cue, ctx)]
    about = " ".join(asked.subjects)
    wanted += ctx.store.terms_each([f"{about} {name}" for name in asked.attributes[:4]])
    for place, terms in enumerate(wanted):
        some = list(dict.fromkeys(terms))
        if some:
            found.append(ctx.store.matching(some, DEEP if place == 0 else NAMED, where)[0])
    return np.unique(np.concatenate(found))


def _match(one: Known, asked: Question, weight: dict[str, float], ctx: Ctx) -> float:
    subject = subject_match(one.says.subject, asked) or _asker_of_a_thing(one, asked)
    attribute = _attribute_match(one.says.attribute, asked)
    if not subject or not attribute or not _fits(one, asked):
        return 0.0
    listed = ATTRIBUTES.get(canonical(one.says.attribute))
    own = f"{one.says.attribute} {' '.join(listed.words) if listed else ''} {one.says.value} {one.fact.text}"
    held = set(ctx.store.terms(f"{own} {one.says.subject}"))
    total = sum(weight.values())
    covered = sum(value for term, value in weight.items() if term in held) / total if total else 0.0
    if one.says.attribute in PHRASES and (covered < PHRASE or len(one.says.value.split()) > LONGEST):
        return 0.0
    return subject * attribute * (0.3 + 0.7 * covered)


def _dated(one: Known) -> bool:
    return bool(dates.find(one.says.value, one.fact.at))


def subject_match(subject: str, asked: Question) -> float:
    """1 for whom the question is about, by name or in its words; less where it names nobody; 0 for somebody else."""
    low = subject.casefold()
    if any(low == name.casefold() for name in asked.subjects):
        return 1.0
    own = set(content_words(subject)) or {low}
    if own <= set(asked.topic):
        return 1.0
    nobody = not asked.subjects and not asked.names
    return 0.0 if not nobody else 1.0 if asked.asker is not None and low == asked.asker.casefold() else 0.75


def _asker_of_a_thing(one: Known, asked: Question) -> float:
    """ "Which Python do we run on?" names no person: the names in it are the attribute's or the value's own."""
    named = {word for name in asked.names for word in words(name)}
    own = set(words(f"{one.says.attribute} {one.says.value}"))
    if asked.subjects or not named or not named <= own:
        return 0.0
    return 1.0 if asked.asker is not None and one.says.subject.casefold() == asked.asker.casefold() else 0.75


def _attribute_match(attribute: str, asked: Question) -> float:
    """How plainly the question asks for an attribute: in its own words, or in words that ask for it."""
    if attribute in asked.attributes:
        return 1.0 if attribute == asked.attributes[0] else 0.9
    own = set(content_words(attribute))
    shared = len(own & set(asked.topic)) / len(own) if own else 0.0
    return 1.0 if shared == 1.0 else 0.6 if shared >= 0.5 else 0.0


def _fits(one: Known, asked: Question) -> bool:
    """Whether the value can be of the wanted form."""
    value = one.says.value
    match asked.expected.form:
        case "number" if not asked.expected.many and one.says.attribute in ATTRIBUTES:
            return DIGIT.search(value) is not None or ATTRIBUTES[one.says.attribute].many
        case "number" | "frequency":
            return DIGIT.search(value) is not None
        case "date":  # what happened when is read from its sentence; dates that are values themselves are stated
            return (one.says.attribute in DATES or one.says.attribute.startswith("date of")) and _dated(one)
        case form if one.says.attribute in ATTRIBUTES and form in ATTRIBUTES[one.says.attribute].never:
            return False
        case "person" | "place":
            return value[:1].isupper() or not DIGIT.search(value)
        case "reason" | "manner" | "choice":
            return False
    return True
