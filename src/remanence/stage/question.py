"""The cue as a question, read once per verb against the store: who is in it, what it is about, its terms and vector."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from remanence.language.names import names_in
from remanence.language.question import Question, read
from remanence.language.speakers import ASSISTANTS, ROLES, USERS, roles_named, strip_asked
from remanence.language.spelling import one_slip_away
from remanence.records import dataclass
from remanence.stage.ctx import Ctx
from remanence.types import Cue, Floats

MOST_SPEAKERS = 500
"""So many speakers are looked for by any part of their names; of more, only by the whole name in capitals."""


def question(cue: Cue, ctx: Ctx) -> Question:
    """The cue, read against the speakers of this store; who asks is said, or the one speaker stored as the user.

    One who asks by name is asked about as if named, wherever the cue says "I". Where nobody is said to ask, "I" is
    the only one who spoke, or the only one of them whom the cue does not name.
    """
    key = ("question", cue.text, cue.at, cue.asker)
    known = ctx.memo.get(key)
    if known is None:
        speakers = people = ctx.store.speakers()
        askers = [name for name in people if name.lower() in USERS]
        given = [name for name in people if cue.asker is not None and name.casefold() == cue.asker.casefold()]
        asker = given[0] if given else askers[0] if len(askers) == 1 else None
        if len(people) > MOST_SPEAKERS:
            names = names_in(cue.text)
            people = [name for name, code in zip(names, ctx.store.speaker_codes(names), strict=True) if code >= 0]
        called = _called(cue, ctx) if asker else ()
        known = read(cue.text, at=cue.at, asker=asker, people=people, called=called)
        if asker is None and cue.asker is None and known.says_i and (given := _only_one_left(speakers, known)):
            asker = given[0]
            known = read(cue.text, at=cue.at, asker=asker, people=people, called=_called(cue, ctx))
        if given and known.says_i and asker not in (*known.people, *askers):
            known = replace(known, people=(*known.people, given[0]))
        ctx.memo[key] = known
    asked: Question = known
    return asked


def _only_one_left(people: Sequence[str], asked: Question) -> list[str]:
    """Who says "I" in a question where all speakers but one are named in it, or only one person ever spoke."""
    others = [name for name in people if name not in asked.people and name.casefold() not in ASSISTANTS]
    return others if len(others) == 1 else []


def _called(cue: Cue, ctx: Ctx) -> tuple[str, ...]:
    """How the cue calls the one whose memory this is: "the user"; "the customer" where nobody talks of customers."""
    found = roles_named(cue.text)
    unsure = [role for role in found if role in ROLES[1:]]
    if not unsure:
        return found
    terms = ctx.store.terms_each(unsure)
    said = {role for role, some in zip(unsure, terms, strict=True) if some and ctx.store.idf(some, cue.where).any()}
    return tuple(role for role in found if role not in said)


SHORTEST_SLIP = 5
"""A term that nobody uses is taken for a slip of another one if it has at least so many letters."""
MOST_SLIPS = 2
"""So many terms of a cue, at most, are looked at for slips."""


def cue_vector(cue: Cue, ctx: Ctx) -> Floats:
    """The cue's unit vector [dim], without its speakers' names and roles: people seldom say their own."""
    key = ("cue vector", cue.text, cue.asker)
    known = ctx.memo.get(key)
    if known is None:
        asked = question(cue, ctx)
        bare = strip_asked(cue.text, asked.people, asked.called)
        known = ctx.memo[key] = ctx.embedder.embed_query(bare)
    vector: Floats = known
    return vector


@dataclass(frozen=True, slots=True)
class ReadCue:
    """A cue as a question, the index terms of what it is about and of the names in it, and its unit vector [dim]."""

    question: Question
    terms: tuple[str, ...]
    names: frozenset[str]
    vector: Floats


def read_cue(cue: Cue, ctx: Ctx) -> ReadCue:
    """`question`, `cue_terms` and `cue_vector`, for a stage that needs them all."""
    return ReadCue(question(cue, ctx), *_cue_terms(cue, ctx), cue_vector(cue, ctx))


def cue_terms(cue: Cue, ctx: Ctx) -> tuple[str, ...]:
    """Index terms of what the cue is about, without its speakers' names when anything else is left.

    What single words cannot tell joins them: names of code, runs of scripts without spaces, two words side by
    side that the store writes as one ("soap bar" in "soapbar"), and for a word that nobody uses those of the store
    that are one slip away ("fundraiser" for "funraiser").
    """
    return _cue_terms(cue, ctx)[0]


def _cue_terms(cue: Cue, ctx: Ctx) -> tuple[tuple[str, ...], frozenset[str]]:
    """`cue_terms`, and the terms of the names in the cue."""
    key = ("cue terms", cue.text, cue.where, cue.asker)
    known = ctx.memo.get(key)
    if known is None:
        known = ctx.memo[key] = _terms(cue, ctx)
    terms: tuple[tuple[str, ...], frozenset[str]] = known
    return terms


def _terms(cue: Cue, ctx: Ctx) -> tuple[tuple[str, ...], frozenset[str]]:
    asked = question(cue, ctx)
    said = asked.said
    inside = sorted({word for word in asked.keywords if word.isalpha()})
    texts = [" ".join(words) for words in (asked.keywords, asked.topic, said, asked.names)]
    keywords, topic, spelled, named, every, *ends = ctx.store.terms_each([*texts, cue.text, *inside])
    terms, names = keywords or topic, frozenset(named)
    if not terms:
        return tuple(dict.fromkeys(every)), names
    whole = [term for term in every if term not in set(spelled)]
    joined = _written_as_one(said, dict(zip(inside, ends, strict=True)), cue, ctx)
    return tuple(dict.fromkeys([*terms, *_slips(terms, cue, ctx), *whole, *joined])), names


def _slips(terms: Sequence[str], cue: Cue, ctx: Ctx) -> list[str]:
    """Terms that the store holds, one slip away from terms that it lacks."""
    spelled = [term for term in terms if len(term) >= SHORTEST_SLIP and term.isascii() and term.isalpha()]
    if not spelled:
        return []
    held = ctx.store.idf(spelled, cue.where)
    lacking = [term for term, value in zip(spelled, held, strict=True) if value <= 0][:MOST_SLIPS]
    near = [spelling for term in lacking for spelling in one_slip_away(term)]
    known = ctx.store.idf(near, cue.where) if near else ()
    return [spelling for spelling, value in zip(near, known, strict=True) if value > 0]


def _written_as_one(said: Sequence[str], ends: Mapping[str, Sequence[str]], cue: Cue, ctx: Ctx) -> list[str]:
    """Terms of two words of the cue side by side that the store holds as one word; ends: key word -> its terms."""
    sides = [(a, b) for a, b in pairwise(said) if a in ends and b in ends and len(ends[b]) == 1]
    joined = [a + ends[b][0] for a, b in sides]
    idf = ctx.store.idf(joined, cue.where) if joined else ()
    return [term for term, value in zip(joined, idf, strict=True) if value > 0]
