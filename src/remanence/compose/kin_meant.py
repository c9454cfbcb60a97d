"""Whom "my brother" means: in a question the one whose name is stated, in an answer the brother of who says it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.question import Question
from remanence.language.speakers import ASSISTANTS, USERS
from remanence.language.statements.attributes import DIED
from remanence.language.statements.kin import KIN
from remanence.language.text import words
from remanence.records import dataclass
from remanence.stage import Ctx
from remanence.stage.standing import Known, known_statements
from remanence.types import Cue, Item

ROLE_BEHIND = lazy_pattern(r" \(([a-z -]{2,20})\)")
"""What somebody named is: "Halina (sister)"."""
KIN_GROUPS = frozenset(KIN.values()) - {"pets"}
_KIN = "|".join(sorted((word for word, group in KIN.items() if group != "pets"), key=len, reverse=True))


def _whose(n: int) -> str:
    """Whose kin, by the n-th way of asking: "my big ...", "Ada's ..."."""
    return rf"(?:my|our|(?P<of{n}>[A-ZÀ-Þ][\w-]{{1,20}})['’]s)\s(?:\w{{2,12}}\s)?(?P<kin{n}>(?i:{_KIN}))"


_MEANS = lazy_pattern(
    rf"\b{_whose(1)}['’]s\s(?!names?\b)\w"
    rf"|\b(?:does|did|do|is|was|has|had|can|will)\s{_whose(2)}\s(?!called\b|named\b|name\b)\w"
    rf"|\b[Hh]ow\sold\s(?:is|was)\s{_whose(3)}\b"
)


@dataclass(frozen=True, slots=True)
class Kin:
    """A kin word of a question, its group ("siblings"), and whose kin it is; None for the asker's."""

    word: str
    group: str
    owner: str | None


def kin_of(asked: Question) -> Kin | None:
    """Of whom by kinship something else than the name is asked; None where nobody is meant so."""
    m = _MEANS.search(asked.text)
    if m is None or asked.expected.name:
        return None
    word = (m["kin1"] or m["kin2"] or m["kin3"]).lower()
    return Kin(word, KIN[word], m["of1"] or m["of2"] or m["of3"])


def asked_of_kin(asked: Question, kin: Kin, known: Sequence[Known]) -> Question:
    """The question about the one who is meant, by name; who he is does not answer it.

    Where several are of that kin, or nobody is named, it is about nobody whose statements could answer.
    """
    owner = kin.owner or asked.asker
    names = {ROLE_BEHIND.sub("", one.says.value) for one in known if _is_of(one, kin, owner)}
    rest = tuple(name for name in asked.attributes if name not in (kin.group, "name"))
    subjects = tuple(names) if len(names) == 1 else (kin.word,)
    named = tuple(word for name in subjects for word in words(name))
    topic, essence = (_without(kin.word, some) for some in (asked.topic, asked.essence))
    return replace(asked, subjects=subjects, attributes=rest, topic=topic, essence=(*named, *essence))


def _without(kin: str, some: Sequence[str]) -> tuple[str, ...]:
    return tuple(word for word in some if word.split("'")[0].split("’")[0] != kin)


def _is_of(one: Known, kin: Kin, owner: str | None) -> bool:
    """Whether a statement names somebody of that kin of the owner, or of anybody where the owner is not known."""
    died = one.newer is not None and one.newer.attribute == DIED
    if one.says.attribute != kin.group or one.says.polarity < 0 or not (one.state in ("holds", "disputed") or died):
        return False
    role = ROLE_BEHIND.search(one.says.value)
    mine = owner is None or one.says.subject.casefold() == owner.casefold()
    return mine and (role is None or role[1] == kin.word)


_TOLD = lazy_pattern(rf"(?:my|our)\s(?:(?:big|little|older|younger|twin|own|dear|other)\s)?(?P<kin>{_KIN})", re.I)
NAMESAKES = 20
"""Facts of a speaker's kin that are looked through for the name."""


def kin_told(short: str, item: Item, asked: Question, cue: Cue, ctx: Ctx) -> str | None:
    """Whom an answer means by "my sister": the name that memory knows, else whose sister, where somebody else says it.

    None where the answer is no such phrase, or is the asker's own and has no known name.
    """
    m = _TOLD.fullmatch(short)
    if m is None or not item.who:
        return None
    word, group = m["kin"].lower(), KIN[m["kin"].lower()]
    where = replace(cue.where, kinds=("fact",), who=(), ended=True, as_of=None, since=None, before=None)
    rows, _ = ctx.store.matching(ctx.store.terms(f"{item.who} {group} {word}"), NAMESAKES, where)
    known = known_statements(ctx.store.items(rows), cue, ctx)
    names = {bare_name(one.says.value) for one in known if _is_of(one, Kin(word, group, item.who), item.who)}
    names = {name for name in names if name[:1].isupper() and name.casefold() not in asked.text.casefold()}
    if len(names) == 1:
        return names.pop()
    mine = asked.asker is not None and item.who.casefold() == asked.asker.casefold()
    role = item.who.casefold() in (*USERS, *ASSISTANTS)
    return None if mine or role else f"{item.who}'s {word}"


def bare_name(value: str) -> str:
    """A value without what somebody is: "Halina" of "Halina (sister)"."""
    return ROLE_BEHIND.sub("", value)
