"""Looks at somebody else's memory before it moves in: duplicates, contradictions, junk, age, languages, and a verdict.

Every record gets one verdict: kept, superseded (a later record says otherwise of the same), or refused (a duplicate, or
junk). What to call junk follows what people report of such stores: restated prompts, boot text of agents, status
lines, empty entries (mem0#4573 counts them in one store of 10,134). Chat turns are refused only as true duplicates or
when nothing is in them: what people say to each other is not tidied.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import field, replace
from datetime import datetime
from hashlib import blake2b

from remanence.ingest.message import Message
from remanence.language.secrets import Secret, find
from remanence.language.statements.attributes import ATTRIBUTES, canonical
from remanence.language.statements.read import read
from remanence.language.text import words
from remanence.language.which_language import language_of
from remanence.records import dataclass

ALIKE = 0.9
"""Least share of words that two entries have in common to be one."""
SHORT = 60
"""Words up to which an entry is read for statements and for what prompts say."""
RESTATED_IN, RESTATED_WORDS = 3, 12
"""A run of so many words that stands in so many entries is a text that was pasted again and again."""
AGES = (30, 180, 365, 3 * 365)
"""Days that bound the groups of age."""
EXAMPLES = 3

_BOOT = re.compile(
    r"\byou are (?:an?|the) (?:\w+[ -]){0,4}(?:assistant|agent|model|chatbot|AI|bot)\b"
    r"|\bas an AI (?:language )?model,? I\b|\bsystem prompt\b|\bknowledge cutoff\b"
    r"|\b(?:AGENTS|CLAUDE|SOUL|IDENTITY|HEARTBEAT|BOOTSTRAP|TOOLS|GEMINI)\.md\b"
    r"|</?(?:system|instructions?|system-reminder|environment_context)\b"
    r"|^(?:#+ )?(?:system|developer) (?:message|prompt|instructions)\b",
    re.I | re.M,
)
_RESTATED = re.compile(
    r"^(?:the )?(?:user|human)\s+(?:has\s+|is\s+)?(?:ask(?:s|ed|ing)?|request(?:s|ed|ing)?|instruct(?:s|ed)"
    r"|told|said (?:hi|hello|thanks|thank you)|greet(?:s|ed)|thank(?:s|ed))\b"
    r"|^(?:the )?(?:assistant|agent|AI|model)\s+(?:should|must|will|is to|was (?:asked|told)|responded|replied)\b",
    re.I,
)
_STATUS = re.compile(
    r"^\W*(?:heartbeat(?:[_ ]?ok)?|no[_ ]?reply|ok(?:ay)?|done|ping|pong|status: ?\w+|cron(?: job)? \w+|null|none|n/a|"
    r"undefined|test(?:ing)?|no (?:new )?(?:memories|facts|information)(?: \w+){0,4})\W*$",
    re.I,
)
_ENTRIES = ("note", "fact", "summary", "insight")
"""Kinds that somebody's extractor wrote, as against what people said or wrote themselves."""
_NAMED = ("John Doe", "Jane Doe", "John Smith", "Acme Corp")
"""Who stands in examples, and was made up when an extractor had nothing to say."""


@dataclass(slots=True)
class Verdict:
    """What becomes of one record: kept, superseded or refused, why, and by which other record."""

    message: Message
    what: str = "kept"
    why: str = ""
    by: int | None = None


@dataclass(slots=True)
class Audit:
    """Numbers about a memory, and the verdict on each record in order."""

    verdicts: list[Verdict]
    contradictions: list[tuple[int, int]] = field(default_factory=list)
    secrets: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    now: datetime | None = None

    def count(self, what: str) -> int:
        """Records with this verdict."""
        return sum(one.what == what for one in self.verdicts)

    def kept(self) -> list[Message]:
        """The records that an import takes: those kept, and those that are history."""
        return [one.message for one in self.verdicts if one.what != "refused"]

    def superseded(self) -> list[tuple[Message, Message]]:
        """(what is over, what took its place)."""
        return [
            (one.message, self.verdicts[one.by].message)
            for one in self.verdicts
            if one.what == "superseded" and one.by is not None
        ]

    def reasons(self) -> Counter[str]:
        """Why records are refused."""
        return Counter(one.why for one in self.verdicts if one.what == "refused")

    def kinds(self) -> Counter[str]:
        """What the records become."""
        return Counter(one.message.kind for one in self.verdicts)

    def ages(self) -> dict[str, int]:
        """How many records are how old, and how many have no date."""
        found = {f"up to {days} days": 0 for days in AGES} | {"older": 0, "no date": 0}
        for one in self.verdicts:
            at = one.message.at
            if at is None or self.now is None:
                found["no date"] += 1
            else:
                days = (self.now - at).days
                name = next((f"up to {bound} days" for bound in AGES if days <= bound), "older")
                found[name] += 1
        return found

    def span(self) -> tuple[datetime | None, datetime | None]:
        """The first and the last date."""
        dates = [one.message.at for one in self.verdicts if one.message.at is not None]
        return (min(dates), max(dates)) if dates else (None, None)

    def examples(self, why: str) -> list[str]:
        """The first texts that were refused for this reason."""
        return [one.message.text for one in self.verdicts if one.what == "refused" and one.why == why][:EXAMPLES]


def audit(messages: Iterable[Message], *, now: datetime | None = None, secrets: str = "mask") -> Audit:
    """Read a memory and judge every record. secrets: what an import would do with credentials."""
    found = Audit([Verdict(_named(one)) for one in messages], now=now)
    for verdict in found.verdicts:
        message = verdict.message
        found.languages[language_of(message.text) or "unknown"] += 1
        holds = find(message.text)
        found.secrets.update(one.kind for one in holds)
        verdict.why = _fault(message, holds, secrets)
        verdict.what = "refused" if verdict.why else "kept"
    _duplicates(found.verdicts)
    _pasted(found.verdicts)
    _contradictions(found)
    return found


def _named(message: Message) -> Message:
    """The message with a source, by which it can be found again."""
    if message.source is not None:
        return message
    told = repr((message.text, message.who, message.at, message.session)).encode("utf-8", "replace")
    return replace(message, source=f"audit/{blake2b(told, digest_size=8).hexdigest()}")


# --- junk ----------------------------------------------------------------------------------------


def _fault(message: Message, holds: Sequence[Secret], secrets: str) -> str:
    text = message.text.strip()
    if holds and secrets == "refuse":
        return "secret"
    if not any(character.isalnum() for character in text) and not message.caption and not message.attachments:
        return "empty"
    if message.kind in ("turn", "chunk", "entity", "call", "edit", "error", "file"):
        return ""
    if _STATUS.match(text):
        return "status line"
    if _BOOT.search(text):
        return "boot text"
    if _RESTATED.match(text) and len(words(text)) <= SHORT:
        return "restated prompt"
    return "made up" if any(name in text for name in _NAMED) else ""


def _pasted(verdicts: Sequence[Verdict]) -> None:
    """Refuse entries with a long run of words that stands in several others too, none of them a duplicate."""
    where: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, one in enumerate(verdicts):
        said = words(one.message.text) if one.what == "kept" and one.message.kind in _ENTRIES else []
        for start in range(len(said) - RESTATED_WORDS + 1):
            run = where[tuple(said[start : start + RESTATED_WORDS])]
            if not run or run[-1] != place:
                run.append(place)
    for places in where.values():
        for place in places if len(places) >= RESTATED_IN else ():
            verdicts[place].what, verdicts[place].why = "refused", "pasted text"


# --- duplicates ----------------------------------------------------------------------------------


def _duplicates(verdicts: Sequence[Verdict]) -> None:
    """Refuse what says the same as an earlier record: word for word, or nearly so among entries."""
    exact: dict[tuple[object, ...], int] = {}
    by_word: dict[str, list[int]] = defaultdict(list)
    bags: dict[int, frozenset[str]] = {}
    rarity = Counter(word for one in verdicts for word in set(words(one.message.text)))
    for place, one in enumerate(verdicts):
        if one.what == "refused":
            continue
        said = words(one.message.text)
        key: tuple[object, ...] = (tuple(said), one.message.who)
        if one.message.kind in ("turn", "call", "edit", "error"):
            key += (one.message.session, one.message.at)
        earlier = exact.setdefault(key, place)
        if earlier == place and one.message.kind in _ENTRIES:
            bag = frozenset(said)
            telling = sorted(bag, key=lambda word: (rarity[word], word))[: len(bag) - int(ALIKE * len(bag)) + 1]
            near = (
                other for word in telling for other in by_word[word] if _nearly(bag, bags[other], one, verdicts[other])
            )
            earlier = next(near, place)
            if earlier == place:
                bags[place] = bag
                for word in telling:
                    by_word[word].append(place)
        if earlier != place:
            one.what, one.why, one.by = "refused", "duplicate", earlier


def _nearly(left: frozenset[str], right: frozenset[str], one: Verdict, other: Verdict) -> bool:
    """Whether two entries share nearly all words; entries that differ in a number or a name do not say the same."""
    if one.message.who != other.message.who or len(left & right) < ALIKE * len(left | right):
        return False
    return not any(word.isdigit() or word in _NEGATIONS for word in left ^ right) and not _names(one, other)


_NEGATIONS = frozenset("not no never n't don't doesn't isn't wasn't without stopped".split())
_CAPITAL = re.compile(r"(?<!^)(?<![.!?] )\b[A-Z]\w+")


def _names(one: Verdict, other: Verdict) -> bool:
    return set(_CAPITAL.findall(one.message.text)) != set(_CAPITAL.findall(other.message.text))


# --- contradictions ------------------------------------------------------------------------------


def _contradictions(found: Audit) -> None:
    """Of two that state different values of one thing the later takes the earlier's place; undated ones are told."""
    held: dict[tuple[str, str], tuple[int, str]] = {}
    order = sorted(range(len(found.verdicts)), key=lambda place: _when(found.verdicts[place]))
    for place in order:
        one = found.verdicts[place]
        if one.what != "kept":
            continue
        for subject, attribute, value in _stated(one.message):
            key = (subject, attribute)
            earlier, old = held.get(key, (place, value))
            if old != value:
                _settle(found, earlier, place)
            held[key] = (place, value)


def _when(one: Verdict) -> tuple[bool, float]:
    at = one.message.at
    return at is not None, at.timestamp() if at is not None else 0.0


def _settle(found: Audit, earlier: int, later: int) -> None:
    old, new = found.verdicts[earlier], found.verdicts[later]
    found.contradictions.append((earlier, later))
    dated = old.message.at is not None and new.message.at is not None and old.message.at < new.message.at
    entries = old.message.kind in _ENTRIES and new.message.kind in _ENTRIES
    if entries and dated and old.what == "kept" and len(list(_stated(old.message))) == 1:
        old.what, old.why, old.by = "superseded", "a later record says otherwise", later


def _stated(message: Message) -> Iterable[tuple[str, str, str]]:
    """(subject, attribute, value) of what an entry states with one value at a time."""
    if message.kind == "fact" and {"subject", "slot", "value"} <= set(message.data):
        slot = str(message.data["slot"])
        if _one_at_a_time(slot):
            yield tuple(str(message.data[name]).casefold() for name in ("subject", "slot", "value"))  # type: ignore[misc]
        return
    if message.kind in ("call", "edit", "error", "file", "entity") or len(words(message.text)) > SHORT:
        return
    speaker = message.who or "user"
    own = {speaker.casefold(), "user", "the user"}
    found = [one for one in read(message.text, speaker=speaker) if one.holds and one.sure]
    if message.kind not in _ENTRIES:
        found = [one for one in found if not one.in_talk]
    named = {(one.attribute, one.value) for one in found if one.subject.casefold() not in own}
    for one in found:
        doubtful = one.subject.casefold() in own and (one.attribute, one.value) in named
        if _one_at_a_time(one.attribute) and not doubtful:
            subject = one.subject.casefold()
            yield "user" if subject in own and message.kind != "turn" else subject, one.attribute, one.value.casefold()


def _one_at_a_time(name: str) -> bool:
    """Whether it is known that this has one value at a time, as a home, a job or a birthday has."""
    known = ATTRIBUTES.get(canonical(name))
    return known is not None and not known.many
