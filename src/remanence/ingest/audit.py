"""Looks at somebody else's memory before it moves in: duplicates, contradictions, junk, age, languages, and a verdict.

Every record gets one verdict: kept, superseded (a later record says otherwise of the same), or refused (a duplicate,
junk, or an older version of a record). Chat turns are refused only as true duplicates or when nothing is in them: what
people say to each other is not tidied.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import field, replace
from datetime import datetime

from remanence.blake import blake2b
from remanence.ingest.alike import pasted, twins
from remanence.ingest.junk import ENTRIES, SHORT, fault
from remanence.ingest.message import Message
from remanence.language.calendar import MONTHS
from remanence.language.common_words import STOP
from remanence.language.secrets import find
from remanence.language.statements.attributes import ATTRIBUTES, canonical
from remanence.language.statements.read import read
from remanence.language.statements.statement import Statement
from remanence.language.text import words
from remanence.language.which_language import language_of
from remanence.records import dataclass

AGES = (30, 180, 365, 3 * 365)
"""Days that bound the groups of age."""
EXAMPLES = 3
STEP = 500
"""Records judged between two calls of `on_progress`."""


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

    def side_by_side(self) -> list[tuple[Message, Message]]:
        """Pairs that state different values of one thing, of which neither is ended or refused."""
        pairs = [
            (self.verdicts[earlier], self.verdicts[later])
            for earlier, later in self.contradictions
            if (self.verdicts[earlier].what, self.verdicts[earlier].by) != ("superseded", later)
        ]
        return [(old.message, new.message) for old, new in pairs]

    def reasons(self) -> Counter[str]:
        """Why records are refused."""
        return Counter(one.why for one in self.verdicts if one.what == "refused")

    def kinds(self) -> Counter[str]:
        """What the records become."""
        return Counter(one.message.kind for one in self.verdicts)

    def ages(self) -> dict[str, int]:
        """How many records are how old, and how many have no date."""
        found = {"in the future": 0} | {f"up to {days} days": 0 for days in AGES} | {"older": 0, "no date": 0}
        for one in self.verdicts:
            at = one.message.at
            if at is None or self.now is None:
                found["no date"] += 1
            else:
                days = (self.now - at).days
                name = next((f"up to {bound} days" for bound in AGES if days <= bound), "older")
                found[name if days >= 0 else "in the future"] += 1
        return found

    def span(self) -> tuple[datetime | None, datetime | None]:
        """The first and the last date."""
        dates = [one.message.at for one in self.verdicts if one.message.at is not None]
        return (min(dates), max(dates)) if dates else (None, None)

    def examples(self, why: str) -> list[str]:
        """The first texts that were refused for this reason."""
        return [one.message.text for one in self.verdicts if one.what == "refused" and one.why == why][:EXAMPLES]


def audit(
    messages: Iterable[Message],
    *,
    now: datetime | None = None,
    secrets: str = "mask",
    on_progress: Callable[[int, int | None], None] | None = None,
) -> Audit:
    """Read a memory and judge every record. secrets: what an import would do with credentials."""
    found = Audit([Verdict(_named(one)) for one in messages], now=now)
    for verdict in found.verdicts:
        message = verdict.message
        found.languages[language_of(message.text) or "unknown"] += 1
        holds = find(message.text)
        found.secrets.update(one.kind for one in holds)
        _refuse(verdict, fault(message, holds, secrets))
    _older_versions(found.verdicts)
    stated = _statements(found, on_progress)
    for place, earlier in twins(_left(found), _turns(found, stated), on_progress).items():
        _refuse(found.verdicts[place], "duplicate", earlier)
    for place in pasted(_left(found)):
        _refuse(found.verdicts[place], "pasted text")
    _contradictions(found, stated)
    return found


def _named(message: Message) -> Message:
    """The message with a source, by which it can be found again."""
    if message.source is not None:
        return message
    told = repr((message.text, message.who, message.at, message.session)).encode("utf-8", "replace")
    return replace(message, source=f"audit/{blake2b(told, digest_size=8).hexdigest()}")


def _left(found: Audit) -> dict[int, Message]:
    return {place: one.message for place, one in enumerate(found.verdicts) if one.what == "kept"}


def _refuse(verdict: Verdict, why: str, by: int | None = None) -> None:
    if why:
        verdict.what, verdict.why, verdict.by = "refused", why, by


def _older_versions(verdicts: Sequence[Verdict]) -> None:
    """Refuse what the same person says otherwise, or again, later under the same source: an import keeps the last."""
    last: dict[tuple[str | None, str | None, str], int] = {}
    for place, one in enumerate(verdicts):
        if one.what == "kept":
            key = (one.message.source, one.message.who, one.message.trust)
            earlier = last.get(key, place)
            if verdicts[earlier].message.text != one.message.text:
                _refuse(verdicts[earlier], "older version", place)
            elif earlier != place:
                _refuse(one, "duplicate", earlier)
                continue
            last[key] = place


# --- contradictions ------------------------------------------------------------------------------

_Key = tuple[str, str, str]
"""Whose memory it is (of entries), the subject, the attribute."""
_Stated = dict[int, dict[_Key, str]]
"""place -> what the record there states."""


def _statements(found: Audit, on_progress: Callable[[int, int | None], None] | None) -> _Stated:
    """What each record that is left states; the same words of the same person are read once."""
    known: dict[tuple[str, str | None, str], dict[_Key, str]] = {}
    stated: _Stated = {}
    for place, one in _left(found).items():
        key = (one.text, one.who, one.kind)
        if key not in known or one.kind == "fact":
            known[key] = _stated(one)
        if on_progress is not None and not place % STEP:
            on_progress(place, len(found.verdicts))
        stated[place] = known[key]
    return {place: values for place, values in stated.items() if values}


def _turns(found: Audit, stated: _Stated) -> dict[int, str]:
    """How often what a dated record states had changed before it: who lives in Porto again says what is new."""
    dated = [place for place in stated if found.verdicts[place].message.at is not None]
    held: dict[_Key, tuple[int, str]] = {}
    turns: dict[int, str] = {}
    for place in sorted(dated, key=lambda place: _when(found.verdicts[place])):
        for key, value in stated[place].items():
            count, old = held.get(key, (0, value))
            held[key] = (count + (old != value), value)
        turns[place] = " ".join(str(held[key][0]) for key in sorted(stated[place]))
    return turns


def _contradictions(found: Audit, stated: _Stated) -> None:
    """Of two that state different values of one thing the later takes the earlier's place; undated ones are told."""
    held: dict[_Key, tuple[list[int], str]] = {}
    left = [place for place in stated if found.verdicts[place].what == "kept"]
    for place in sorted(left, key=lambda place: _when(found.verdicts[place])):
        for key, value in stated[place].items():
            earlier, old = held.get(key, ([], value))
            if old == value:
                held[key] = ([*earlier, place], value)
                continue
            for one in earlier:
                found.contradictions.append((one, place))
                _settle(found, one, place, stated)
            held[key] = ([place], value)
    found.contradictions = list(dict.fromkeys(found.contradictions))


def _when(one: Verdict) -> tuple[bool, float]:
    at = one.message.at
    return at is not None, at.timestamp() if at is not None else 0.0


def _settle(found: Audit, earlier: int, later: int, stated: _Stated) -> None:
    """End the earlier of two dated entries where the later states all that it states, and it says nothing else."""
    old, new = found.verdicts[earlier], found.verdicts[later]
    dated = old.message.at is not None and new.message.at is not None and old.message.at < new.message.at
    entries = old.message.kind in ENTRIES and new.message.kind in ENTRIES
    all_of_it = stated[earlier].keys() <= stated[later].keys() and not _says_more(old.message)
    if entries and dated and old.what == "kept" and all_of_it:
        old.what, old.why, old.by = "superseded", "a later record says otherwise", later


def _says_more(message: Message) -> bool:
    """Whether an entry has other statements than of what has one value at a time, or words that are in none of them."""
    if _is_triple(message):
        return False
    found = _read(message)
    if any(not _one_at_a_time(one.attribute) for one in found):
        return True
    known = set(words(f"{message.who or ''} user")) | STOP | MONTHS.keys() | {"year", "years", "now", "currently"}
    for one in found:
        known.update(words(f"{one.subject} {one.attribute} {one.value}"))
        known.update(word for name in ATTRIBUTES[canonical(one.attribute)].words for word in words(name))
    left = (word.removesuffix("'s") for word in words(message.text))
    return any(word not in known and not word.isdigit() for word in left)


def _is_triple(message: Message) -> bool:
    return message.kind == "fact" and {"subject", "slot", "value"} <= set(message.data)


def _stated(message: Message) -> dict[_Key, str]:
    """What an entry states with one value at a time; of two values of one thing neither."""
    if _is_triple(message):
        subject, slot, value = (str(message.data[name]).casefold() for name in ("subject", "slot", "value"))
        return {("", subject, slot): value} if _one_at_a_time(slot) else {}
    if message.kind in ("call", "edit", "error", "file", "entity") or len(words(message.text)) > SHORT:
        return {}
    own = {(message.who or "user").casefold(), "user", "the user"}
    found = [one for one in _read(message) if one.holds and one.sure]
    if message.kind not in ENTRIES:
        found = [one for one in found if not one.in_talk]
    named = {(one.attribute, one.value) for one in found if one.subject.casefold() not in own}
    whose = "" if message.kind == "turn" else (message.who or "").casefold()
    stated: dict[_Key, str] = {}
    twice: set[_Key] = set()
    for one in found:
        doubtful = one.subject.casefold() in own and (one.attribute, one.value) in named
        if _one_at_a_time(one.attribute) and not doubtful:
            subject = one.subject.casefold()
            key = (whose, "user" if subject in own and message.kind != "turn" else subject, one.attribute)
            if stated.setdefault(key, one.value.casefold()) != one.value.casefold():
                twice.add(key)
    return {key: value for key, value in stated.items() if key not in twice}


def _read(message: Message) -> Sequence[Statement]:
    return read(message.text, speaker=message.who or "user")


def _one_at_a_time(name: str) -> bool:
    """Whether it is known that this has one value at a time, as a home, a job or a birthday has."""
    known = ATTRIBUTES.get(canonical(name))
    return known is not None and not known.many
