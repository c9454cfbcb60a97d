"""The stored statements that a question asks for: of the right subject and attribute, as they stand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import field, replace

import numpy as np

from remanence.compose.kin_meant import KIN_GROUPS, ROLE_BEHIND, asked_of_kin, kin_of
from remanence.language import dates
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.question import Question
from remanence.language.statements.attributes import ATTRIBUTES
from remanence.language.statements.kin import KIN
from remanence.language.statements.named import kind_of, kinds_of
from remanence.language.text import content_words_each, words_each
from remanence.language.tools import PROJECT, kinds_asked, of_the_kind
from remanence.records import dataclass
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
_CALLED = re.compile(r"\b(?:called|names?|named)\b", re.I)
DATES = ("birthday", "due")
DIGIT = lazy_pattern(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|once|twice|half|dozen)\b", re.I
)


@dataclass(frozen=True, slots=True)
class Match:
    """A stored statement and how well it is what the question asks for, in [0, 1]."""

    known: Known
    match: float
    key: tuple[str, str] = field(init=False)
    """Of whom which attribute."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", (self.known.says.subject.casefold(), self.known.says.attribute))


def stated(cue: Cue, hits: Hits, ctx: Ctx) -> list[Match]:
    """Stored statements that could answer the cue, best first; empty where nothing is stated.

    A statement matches by its subject (whom the question is about, or whom its words name), by its attribute, and by
    the share of the question's words, by idf weight, that attribute, value and text account for. A value that cannot
    be of the wanted form (a number, a date) does not match.
    """
    best = hits.top(HITS)
    key = ("stated", cue, tuple(best.rows.tolist()))
    if key not in ctx.memo:
        ctx.memo[key] = _stated(cue, best, ctx)
    found: list[Match] = ctx.memo[key]
    return found


def _stated(cue: Cue, best: Hits, ctx: Ctx) -> list[Match]:
    if "fact" not in ctx.store.columns.kinds:
        return []
    asked = question(cue, ctx)
    every = _looked_up(cue, asked, best, ctx)
    if asked.named & KIN_GROUPS and (kin := kin_of(asked)) is not None:
        asked = asked_of_kin(asked, kin, list(every.values()))
        every |= _looked_up(cue, asked, best, ctx)
    terms = ctx.store.terms(" ".join(asked.essence)) or list(cue_terms(cue, ctx))
    weight = dict(zip(terms, ctx.store.idf(terms, cue.where).tolist(), strict=True)) if terms else {}
    usual = max(weight.values(), default=0.0) or 1.0
    weight = {term: value or usual for term, value in weight.items()}  # a word that nobody said asks for something too
    scored = [Match(one, match) for one, match in _matches(list(every.values()), asked, weight, ctx) if match > 0]
    return sorted(scored, key=lambda one: (-one.match, -_age(one.known.fact)))


def _looked_up(cue: Cue, asked: Question, best: Hits, ctx: Ctx) -> dict[str, Known]:
    """The statements that are looked at, by the ids of their facts."""
    facts = ctx.store.items(_fact_rows(cue, asked, ctx))
    every = (*known_statements(facts, cue, ctx), *stated_by(best, cue, ctx))
    kinds = kinds_asked(asked.topic) if any(map(_is_version, every)) else frozenset[str]()
    return {one.fact.id: _used(one, kinds) if kinds else one for one in every}


_VERSION = "version of "


def _is_version(one: Known) -> bool:
    return one.says.attribute.startswith(_VERSION)


def _used(one: Known, kinds: frozenset[str]) -> Known:
    """The version of a database as the database that is used, where one is asked for."""
    name = one.says.attribute.removeprefix(_VERSION)
    if not _is_version(one) or name not in kinds:
        return one
    return replace(one, says=replace(one.says, attribute="uses", value=f"{name} {one.says.value}"))


def _age(fact: Item) -> float:
    return fact.at.timestamp() if fact.at is not None else float("-inf")


def _fact_rows(cue: Cue, asked: Question, ctx: Ctx) -> Rows:
    """Rows of facts, ended ones too, by the question's words, its meaning, and subject and attribute by name."""
    where = replace(cue.where, kinds=("fact",), who=(), ended=True, as_of=None, since=None, before=None)
    found: list[Rows] = [ctx.store.nearest(cue_vector(cue, ctx), DEEP, where)[0]]
    about = " ".join(asked.subjects)
    named = ctx.store.terms_each([f"{about} {name}" for name in asked.attributes[:4]])
    wanted = [(list(dict.fromkeys(cue_terms(cue, ctx))), DEEP), *((list(dict.fromkeys(some)), NAMED) for some in named)]
    found += [rows for rows, _ in ctx.store.matching_each([(some, k) for some, k in wanted if some], where)]
    return np.unique(np.concatenate(found))


def _matches(known: Sequence[Known], asked: Question, weight: dict[str, float], ctx: Ctx) -> list[tuple[Known, float]]:
    """The statements that are about what the question asks, each with how well it is that, in [0, 1]."""
    subjects = subject_matches([one.says.subject for one in known], asked)
    attributes = _attribute_matches([one.says.attribute for one in known], asked)
    if not asked.subjects and asked.names:
        things = _asker_of_things(known, asked)
        subjects = [subject or thing for subject, thing in zip(subjects, things, strict=True)]
    fitting = [
        (one, subject * attribute)
        for one, subject, attribute in zip(known, subjects, attributes, strict=True)
        if subject and attribute and _fits(one, asked)
    ]
    held = ctx.store.terms_each([_own_text(one) for one, _ in fitting])
    versions = any(_is_version(one) for one, _ in fitting)
    project = set(ctx.store.terms(" ".join(PROJECT))) if versions else set[str]()
    found: list[tuple[Known, float]] = []
    for (one, match), terms in zip(fitting, map(set, held), strict=True):
        spare = project if _is_version(one) else set[str]()
        total = sum(value for term, value in weight.items() if term not in spare)
        covered = sum(value for term, value in weight.items() if term in terms - spare) / total if total else 0.0
        if one.says.attribute not in PHRASES or (covered >= PHRASE and len(one.says.value.split()) <= LONGEST):
            found.append((one, match * (0.3 + 0.7 * covered)))
    return found


def _own_text(one: Known) -> str:
    """All that a statement says in words of its own and of its attribute."""
    listed = ATTRIBUTES.get("name" if one.says.attribute.endswith(" name") else one.says.attribute)
    words_of_it = " ".join(listed.words) if listed else ""
    return f"{one.says.attribute} {words_of_it} {one.says.value} {one.fact.text} {one.says.subject}"


def _dated(one: Known) -> bool:
    return bool(dates.find(one.says.value, one.fact.at))


def subject_match(subject: str, asked: Question) -> float:
    """`subject_matches` of one subject."""
    return subject_matches([subject], asked)[0]


def subject_matches(subjects: Sequence[str], asked: Question) -> list[float]:
    """1 for whom the question is about, by name or in its words; less where it names nobody; 0 for somebody else."""
    wanted = {name.casefold() for name in asked.subjects}
    topic = {re.split(r"['’]s?$", word)[0] for word in asked.topic}
    nobody = not asked.subjects and not asked.names
    found: list[float] = []
    for subject, told in zip(subjects, content_words_each(subjects), strict=True):
        low = subject.casefold()
        if low in wanted or (set(told) or {low}) <= topic:
            found.append(1.0)
        else:
            asker = asked.asker is not None and low == asked.asker.casefold()
            found.append(0.0 if not nobody else 1.0 if asker else 0.75)
    return found


def _asker_of_things(known: Sequence[Known], asked: Question) -> list[float]:
    """ "Which Python do we run on?" names no person: the names in it are the attribute's or the value's own."""
    named = {word for every in words_each(asked.names) for word in every}
    found: list[float] = []
    for one, own in zip(known, words_each([f"{one.says.attribute} {one.says.value}" for one in known]), strict=True):
        asker = asked.asker is not None and one.says.subject.casefold() == asked.asker.casefold()
        found.append(0.0 if not named or not named <= set(own) else 1.0 if asker else 0.75)
    return found


def _attribute_matches(attributes: Sequence[str], asked: Question) -> list[float]:
    """How plainly the question asks for each attribute: in its own words, or in words that ask for it."""
    topic = kinds_of([word.removesuffix("'s").removesuffix("’s") for word in asked.topic])
    spare = {"date"} if asked.expected.form == "date" else set[str]()
    if _CALLED.search(asked.text):
        spare.add("name")
    if asked.expected.form == "thing" and not asked.people:
        spare.add("version")
    found: list[float] = []
    for attribute, every in zip(attributes, map(set, content_words_each(attributes)), strict=True):
        if attribute in asked.attributes:
            found.append(1.0 if attribute == asked.attributes[0] else 0.9)
        else:
            own = every - spare or every
            shared = len(own & topic) / len(own) if own else 0.0
            found.append(1.0 if shared == 1.0 else 0.6 if shared >= 0.5 else 0.0)
    return found


_ALIKE = {"mom": "mother", "mum": "mother", "dad": "father", "kid": "child", "grandma": "grandmother"}
_ANY_KIN = ("child", "baby", "twin", "pet", "puppie", "children", "sibling", "parent", "relative")


def _is_the_kin(one: Known, asked: Question) -> bool:
    """Whether somebody's name is that of the kin that is asked for: no sister's for "my brother's name"."""
    role = ROLE_BEHIND.search(one.says.value)
    named = {re.split(r"['’]", word)[0] for word in asked.topic}
    wanted = {one_kind(word) for word in named if KIN.get(word) == one.says.attribute}
    return role is None or not wanted or bool(wanted & {one_kind(role[1]), *_ANY_KIN})


def one_kind(word: str) -> str:
    """One word for a kind of kin, in the singular."""
    bare = kind_of(word.removesuffix("s"))
    return _ALIKE.get(bare, bare)


def _fits(one: Known, asked: Question) -> bool:
    """Whether the value can be of the wanted form."""
    value = one.says.value
    if not _is_the_kin(one, asked) or (one.says.attribute == "uses" and not of_the_kind(value, asked.topic)):
        return False
    match asked.expected.form:
        case "number" if not asked.expected.many and one.says.attribute in ATTRIBUTES:
            return DIGIT.search(value) is not None or ATTRIBUTES[one.says.attribute].many
        case "number" | "frequency":
            return DIGIT.search(value) is not None
        case "date":  # what happened when is read from its sentence; dates that are values themselves are stated
            return (one.says.attribute in DATES or one.says.attribute.startswith("date of")) and _dated(one)
        case form if one.says.attribute in ATTRIBUTES and form in ATTRIBUTES[one.says.attribute].never:
            return False
        case "place" if one.says.attribute == "address":
            return True
        case "person" | "place":
            return value[:1].isupper() or not DIGIT.search(value)
        case "reason" | "manner" | "choice":
            return False
    return True
