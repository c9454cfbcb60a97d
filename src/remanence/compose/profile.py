"""Everything that is known about a person, place, project or thing: its statements by attribute, as of a moment."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import field
from datetime import UTC, datetime

from remanence.compose.fence import escape
from remanence.errors import InvalidInput
from remanence.language.common_words import STOP, VERBS
from remanence.language.speakers import USERS
from remanence.language.statements.attributes import ATTRIBUTES, BACK, CORRECTED, OVER, one_at_a_time
from remanence.language.statements.statement import Statement
from remanence.language.statements.stored import statement_of
from remanence.language.text import words
from remanence.records import dataclass
from remanence.types import Item, StoreView, Where

MOST = 2_000
"""Facts with a word of the name that are looked through."""
NOT_SHOWN = (OVER, CORRECTED, BACK, "event")
"""Attributes of what is over or only happened; they are history."""


@dataclass(frozen=True, slots=True)
class Known:
    """One statement as a profile shows it: a value, since when, until when, how sure, and where it was said.

    `id` is the fact, `sources` the `source` (or id) of what it rests on. `modality` is "asserted" for what is so.
    `disputed`: another statement says otherwise and neither is surer.
    """

    value: str
    since: datetime | None
    until: datetime | None
    certainty: float
    modality: str
    id: str
    sources: tuple[str, ...] = ()
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known about `who` at the moment `as_of`. `str(profile)` is ready to read.

    current: attribute -> what holds, newest first. planned: what is meant to be, or begins later. history: what held.
    roles: what they are to others ("boss of Ann").
    """

    who: str
    as_of: datetime
    current: Mapping[str, tuple[Known, ...]] = field(default_factory=dict)
    planned: Mapping[str, tuple[Known, ...]] = field(default_factory=dict)
    history: Mapping[str, tuple[Known, ...]] = field(default_factory=dict)
    roles: Mapping[str, tuple[Known, ...]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.current or self.planned or self.history or self.roles)

    def __str__(self) -> str:
        lines = [f"{escape(self.who)}, as of {self.as_of:%Y-%m-%d}"]
        for title, part in (("", self.current), ("planned ", self.planned), ("", self.roles), ("was ", self.history)):
            for attribute, known in part.items():
                name = attribute if attribute == OVER else f"{title}{attribute}"
                lines += [f"  {name}: {_told(one, attribute)}" for one in known]
        return "\n".join(lines) if len(lines) > 1 else f"{lines[0]}: nothing is known"


def _told(one: Known, attribute: str) -> str:
    since = f"since {one.since:%Y-%m-%d}" if one.since is not None else ""
    until = f"until {one.until:%Y-%m-%d}" if one.until is not None else ""
    notes = [part for part in (since, until, "disputed" if one.disputed else "") if part]
    cited = "".join(f" {{{source}}}" for source in one.sources)
    told = f" ({', '.join(notes)})" if notes else ""
    value = one.value.removeprefix("not ") if attribute == OVER else one.value
    return f"{escape(value)}{told}{cited}"


def profile(
    view: StoreView,
    who: str,
    *,
    now: datetime,
    as_of: datetime | None = None,
    known_as_of: datetime | None = None,
) -> Profile:
    """What the statements of a store say about `who`, in one pass over the facts that name it.

    who: a name as people say it; every word of it has to be in the subject ("Sam" finds "Sam Ortiz"), and "user" or
    "me" is the one who asks. now: the moment of asking. as_of: the moment that is asked about (default now).
    known_as_of: read the statements as they were believed then.
    Raises InvalidInput for an empty name.
    """
    name = " ".join(who.split())
    if not name:
        raise InvalidInput("a profile is of somebody or something: give a name")
    moment = _aware(as_of or now)
    facts = _facts(view, name, known_as_of)
    disputed = {
        id for link in view.links([item.id for item in facts], rels=("contradicts",)) for id in (link.src, link.dst)
    }
    sources = _sources(view, facts)
    parts: dict[str, dict[str, list[Known]]] = {"current": {}, "planned": {}, "history": {}, "roles": {}}
    for item in sorted(facts, key=lambda one: -(one.at.timestamp() if one.at is not None else float("-inf"))):
        one = statement_of(item)
        if one is None:
            continue
        about = _is(name, one.subject)
        if not about and not _is(name, one.value):
            continue
        known = _known(item, one, sources, item.id in disputed)
        part = _part(one, item, moment)
        attribute = one.attribute if about else f"{one.attribute} of {one.subject}"
        if not part or (not about and part != "current"):
            continue
        parts["roles" if not about else part].setdefault(attribute, []).append(known)
    for attribute, rows in list(parts["current"].items()):
        if one_at_a_time(attribute) and not any(row.disputed for row in rows):
            parts["history"].setdefault(attribute, []).extend(rows[1:])
            parts["current"][attribute] = rows[:1]
    return Profile(name, moment, **{title: _ordered(rows) for title, rows in parts.items()})


def _ordered(rows: Mapping[str, Sequence[Known]]) -> dict[str, tuple[Known, ...]]:
    """Listed attributes first, in the order of their table; nothing empty."""
    order = {name: place for place, name in enumerate(ATTRIBUTES)}
    names = sorted((name for name in rows if rows[name]), key=lambda name: (order.get(name, len(order)), name))
    return {name: tuple(rows[name]) for name in names}


def _part(one: Statement, item: Item, moment: datetime) -> str:
    """Where a statement stands at a moment; "" for what only happened, or was over, later."""
    began = item.at is None or _aware(item.at) <= moment
    over = item.until is not None and _aware(item.until) <= moment
    if over and one.modality == "planned" and one.attribute in ("owns", "home", "employer"):
        return ""  # it came about, or did not; it never was so
    if over and one.attribute == OVER:
        return ""  # it is back
    if over or one.attribute in NOT_SHOWN or _ended(one) or one.modality == "cancelled":
        return "history" if began else ""
    if one.modality in ("planned", "wished") or not began:
        return "planned"
    return "current"


def _ended(one: Statement) -> bool:
    """Whether a statement only ends or denies; what somebody does not eat is so as long as nothing else is said."""
    return one.polarity < 0 and one.attribute != "diet"


def _known(item: Item, one: Statement, sources: Mapping[str, str], disputed: bool) -> Known:
    value = one.value if one.polarity > 0 else f"not {one.value.removeprefix('eats ')}"
    cited = tuple(dict.fromkeys(sources.get(part.id, part.id) for part in item.evidence))
    return Known(value, item.said_at, item.until_there, one.certainty, one.modality, item.id, cited, disputed)


def _facts(view: StoreView, name: str, known_as_of: datetime | None) -> list[Item]:
    """The believed facts, ended ones too, that hold a word of the name."""
    where = Where(kinds=("fact",), tiers=("hot", "cold"), ended=True, known_as_of=known_as_of)
    names = [name, *USERS] if name.lower() in USERS else [name]
    terms = list(dict.fromkeys(term for one in names for term in view.terms(one)))
    if not terms:
        return view.items(view.rows(where))
    rows, _ = view.matching(terms, MOST, where)
    return view.items(rows)


def _sources(view: StoreView, facts: Sequence[Item]) -> dict[str, str]:
    """id -> `source` of what the facts rest on, where it has one."""
    ids = list(dict.fromkeys(part.id for item in facts for part in item.evidence))
    rows = view.rows_of(ids)
    found = view.items(rows[rows >= 0])
    return {item.id: item.source or item.id for item in found}


def names(view: StoreView, *, most: int = 500) -> list[str]:
    """Whom and what a profile can be asked of: the speakers, whom facts are about, and what else is spoken of by name.

    No name is a verb with what follows it ("Use Redis"), a known name with a figure ("Ida 134"), or a word that is an
    ordinary one too ("RASH" where a rash is spoken of, "SALT" where it is shouted once).
    """
    facts = view.items(view.rows(Where(kinds=("fact",)))[:MOST])
    about = [str(item.data.get("subject") or "") for item in facts]
    slots = [str(item.data.get("slot") or "") for item in facts]
    people = [
        one for one, slot in zip(about, slots, strict=True) if one[:1].isupper() or "'s " in one or slot == "port"
    ]
    found = dict.fromkeys([*view.speakers(), *people])
    spoken = [item.text for item in view.items(view.rows(Where(kinds=("entity",)))[:most])]
    known = {name.casefold() for name in (*found, *spoken)}
    found |= dict.fromkeys(one for one in spoken if one in found or _is_a_name(one, known, view))
    return list(found)[:most]


_ORDINARY = STOP | VERBS
_LOOKED_AT = 30  # turns with a word, to see whether it is a name
_SHOUTED = 4  # letters from which on a word in capitals may only be shouted


def _is_a_name(text: str, known: Collection[str], view: StoreView) -> bool:
    parts = text.split()
    head = " ".join(parts[:-1]).casefold()
    if (parts[-1].isdigit() and head in known) or (len(parts) > 1 and parts[0].lower() in _ORDINARY):
        return False
    if len(parts) > 1:
        return not text.isupper() or _ORDINARY.isdisjoint(text.lower().split())
    rows, _ = view.matching(view.terms(text), _LOOKED_AT, Where(kinds=("turn",)))
    said = [item.text for item in view.items(rows)]
    small = sum(re.search(rf"(?<![\w-]){re.escape(text.lower())}(?![\w-])", one) is not None for one in said)
    named = sum(re.search(rf"(?<=[\w,] ){re.escape(text)}(?![\w-])", one) is not None for one in said)
    if text.isupper():
        return not small and (len(text) < _SHOUTED or len(said) > 1)
    return named >= small


def _is(name: str, said: str) -> bool:
    """Whether a subject or value is the one named: every word of the name is in it."""
    if name.lower() in USERS:
        return said.lower() in USERS
    wanted, held = set(words(name)), set(words(said))
    return bool(wanted) and wanted <= held and "'" not in said.replace(name, "")


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
