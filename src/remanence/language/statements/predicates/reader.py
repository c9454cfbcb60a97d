"""Reads a turn clause by clause: whom it is about, also by "she" and "it", and what its verb says of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from datetime import datetime

from remanence.language.common_words import FUNCTION_WORDS
from remanence.language.sentences import Span
from remanence.language.statements.kin import KIN
from remanence.language.statements.predicates.focus import Focus
from remanence.language.statements.predicates.marks import SAYS
from remanence.language.statements.predicates.subjects import TOKEN, Clause, Subject, Token, clauses
from remanence.language.statements.predicates.verbs import BEHIND, VERBS, Row
from remanence.language.statements.predicates.words import (
    BEASTS,
    BODY,
    GOERS,
    NO_THING,
    NO_TRADE,
    PAYMENTS,
    PEOPLE,
    PLACED,
    THINGS,
)
from remanence.language.statements.statement import Change, Statement
from remanence.language.statements.talk.clause import is_name

LONGEST = 1_500
"""Characters of a turn that are read so."""
LONGEST_SENTENCE = 260
"""Characters of a sentence that is read."""
CERTAINTY = 0.8
"""Of what a clause says."""
UNSURE = 0.7
"""Of "my stylist is Bo": of who or what somebody's something is, another one may stand beside it."""
_DWELLINGS = frozenset("room flat place hole house apartment studio bedsit".split())
_WHO = PEOPLE | BEASTS
_THEY = frozenset("he she his her hes shes".split())
_HAVERS = frozenset("my our his her 's ’s".split())
_VERBS = frozenset(VERBS) | frozenset("am is are was were 'm ’m 're ’re 's ’s 've ’ve".split())
_WAS = frozenset(("price of {t}",))


def clause_statements(
    text: str, speaker: str, at: datetime | None, parts: Sequence[Span], asking: Set[int], focus: Focus
) -> list[Statement]:
    """What the clauses of a turn say; spans are in `text`. `focus` is read and takes note of whom and what it names.

    asking: where those of its sentences (`parts`) begin that ask.
    """
    focus.turn += 1
    if not speaker or "```" in text:
        return []
    reader = _Turn(text[:LONGEST], speaker, at, asking, focus)
    found: list[Statement] = []
    for part in parts:
        if part.start < LONGEST and part.end - part.start <= LONGEST_SENTENCE:
            found += reader.sentence(part.start, min(part.end, LONGEST))
    return found


class _Turn:
    """One turn while it is read."""

    def __init__(self, text: str, speaker: str, at: datetime | None, asking: Set[int], focus: Focus) -> None:
        self.text, self.speaker, self.at, self.asking, self.focus = text, speaker, at, asking, focus
        self.corrects = False
        self.aside: list[Statement] = []

    def sentence(self, start: int, end: int) -> list[Statement]:
        """What one sentence says."""
        said = self.text[start:end]
        words = [Token(m[0], m[0].lower(), m.start(), m.end()) for m in TOKEN.finditer(said)]
        held = {word.low for word in words}
        named = self._named(said, held) if not said.islower() else []
        self.aside = []

        def noted(place: int) -> None:
            while named and named[0].start() < place:
                self._note(named.pop(0), start)

        found: list[Statement] = []
        self.corrects = SAYS.corrected.search(said) is not None or (self.corrects and end - start < 60)
        if start not in self.asking:
            for clause in clauses(words, VERBS, self.speaker, self.focus, noted) if held & _VERBS else ():
                if not SAYS.unreal.search(said, _since(said, clause.start), clause.end):
                    found += self._of(clause, said, start)
        noted(len(said))
        self._last_thing(said)
        for m in SAYS.wrong.finditer(said) if self.corrects else ():
            found.append(self._put_right(m, start))
        return [*found, *self.aside, *(self._possessed(said, start) if held & _HAVERS else ())]

    def _put_right(self, m: re.Match[str], offset: int) -> Statement:
        """ "I was wrong about the code: 2521." """
        thing = m["t"].lower()
        priced = any(c in m["v"] for c in "$€£ ") and thing.split(" ")[-1] not in PAYMENTS
        name = f"price of {thing}" if priced else thing
        return self._made(self.speaker, name, m["v"], offset + m.start(), offset + m.end(), m.string)

    def _named(self, said: str, held: set[str]) -> list[re.Match[str]]:
        """Where a sentence names somebody, or says which thing it is about, in order."""
        patterns = [SAYS.role, SAYS.own_role, SAYS.titled, SAYS.thing]
        if held & _WHO:
            patterns.append(SAYS.person)
        if held & _THEY:
            patterns.append(SAYS.told_of)
        leads = SAYS.leads.match(said) if held & _THEY else None
        if leads is not None and is_name(leads["name"]):
            self.focus.name(leads["name"])
        return sorted((m for pattern in patterns for m in pattern.finditer(said)), key=lambda m: m.start())

    def _last_thing(self, said: str) -> None:
        """What "it" will mean: what a sentence is about or gets, else the first thing it brings up, else nothing."""
        known = self.focus.things.get(self.speaker)
        if (known is not None and known[2] == self.focus.turn and known[3] == said) or len(said) < 25:
            return
        m = SAYS.brings_up.search(said)
        what = m["t"].lower() if m is not None else ""
        if what.split(" ")[-1] in NO_THING | PEOPLE | BEASTS:
            what = ""
        self.focus.things[self.speaker] = (self.speaker, what, self.focus.turn, said)

    def _note(self, m: re.Match[str], offset: int) -> None:
        """Take note of somebody or something that is named in passing; "her friend Noor" also says whose."""
        groups = m.groupdict()
        if groups.get("t"):
            what = groups["t"].lower()
            self.focus.things[self.speaker] = (self.speaker, what, self.focus.turn, m.string)
            return
        name, role = groups["name"].strip(), (groups.get("kin") or "").lower()
        if groups.get("role"):
            role = groups["role"].lower()
            if role.split()[-1] not in NO_TRADE | PEOPLE | BEASTS | THINGS and name.lower() != self.speaker.lower():
                self.focus.name(name)
                self.aside.append(self._made(self.speaker, role, name, offset + m.start(), offset + m.end()))
            return
        title = name.split(" ")[0].rstrip(".")
        role = role or {"Mr": "man", "Mrs": "woman", "Ms": "woman", "Frau": "woman", "Herr": "man"}.get(
            title, title.lower()
        )
        before = SAYS.whose.search(m.string[max(0, m.start() - 40) : m.start()])
        whose = before["whose"].lower() if before is not None else ""
        owner = ""
        if whose in ("his", "her"):
            one = self.focus.meant("he" if whose == "his" else "she", but=name)
            owner = one.name if one is not None else ""
        self.focus.name(name, role, beast=role in BEASTS)
        if owner and role in KIN:
            value = name if KIN[role] in ("partner", "friend") else f"{name} ({role})"
            self.aside.append(self._made(owner, KIN[role], value, offset + m.start(), offset + m.end()))

    def _possessed(self, said: str, offset: int) -> Iterator[Statement]:
        """ "my grey sofa": what somebody has, said in passing, in questions too."""
        for m in SAYS.mine.finditer(said):
            owner = m["owner"] or self.speaker
            if m["they"]:
                one = self.focus.meant("he" if m["they"].lower() == "his" else "she")
                owner = one.name if one is not None else ""
            elif m["owner"]:
                known = self.focus.known(m["owner"])
                owner = known.name if known is not None else m["owner"]
            over = re.search(
                r"\b(?:sold|lost|broke|binned|stole|stolen|miss|without)\b[^.]{0,12}$", said[: m.start()], re.I
            )
            if owner and over is None:
                yield self._made(owner, "owns", m["v"], offset + m.start("v"), offset + m.end("v"))
        for m in SAYS.theirs.finditer(said):
            one = self.focus.meant("he" if m["they"].lower() == "his" else "she")
            if one is not None and not one.beast:
                yield self._made(one.name, "pets", m["v"], offset + m.start(), offset + m.end())

    def _of(self, clause: Clause, said: str, offset: int) -> Iterator[Statement]:
        """What one clause says."""
        subject = clause.subject
        kind = {"speaker": "I", "person": "P", "beast": "B", "thing": "T"}[subject.kind]
        if kind == "T" and subject.how != "pointed" and subject.thing:
            self.focus.things[self.speaker] = (subject.name, subject.thing, self.focus.turn, said)
        if clause.denied or not subject.name:
            return
        if kind == "P":
            self.focus.name(subject.name, subject.role)
        rest = said[: clause.end]
        for row in BEHIND.get(clause.verb, ()):
            if kind not in row.kinds or (clause.was and row.attribute not in _WAS) or self._unfit(row, subject):
                continue
            m = row.pattern.match(rest, clause.rest)
            if m is not None and not self._moves(row, m, subject):
                yield from self._said(row, m, clause, said, offset)
                return

    def _unfit(self, row: Row, subject: Subject) -> bool:
        """Whether a row is not for such a subject: "we" have no age, "it" is no name, few things have a place."""
        if row.attribute in ("age", "job", "role") and subject.how == "ours":
            return True
        if row.attribute == "{t}":
            return not subject.thing or (subject.kind == "person" and subject.thing in KIN)
        if row.attribute == "{t} goes to":
            return subject.thing.split(" ")[-1] in GOERS
        if row.attribute == "condition~":
            return subject.thing.split(" ")[-1] not in BODY
        return False

    def _moves(self, row: Row, m: re.Match[str], subject: Subject) -> bool:
        """Whether it is a place that changes by the hour: few things have one of their own that is no name's."""
        if row.attribute != "place of {t}" or any(c.isupper() for c in m["v"]):
            return False
        return not PLACED & set(subject.thing.split())

    def _said(self, row: Row, m: re.Match[str], clause: Clause, said: str, offset: int) -> Iterator[Statement]:
        subject, begin = clause.subject, offset + clause.start
        groups = {name: value for name, value in m.groupdict().items() if value}
        value = groups["v"] + groups.get("more", "")
        if row.attribute[-1] in "+~":  # with its verb, or with the thing itself
            value = said[clause.at if row.attribute[-1] == "+" else clause.start : m.end("v")]
        value = " ".join(value.split()).strip(" '’,.")
        name = self._attribute(row.attribute.rstrip("+~?"), subject, groups)
        if subject.thing.split(" ")[-1] in _DWELLINGS and value.replace(",", "").isdigit():
            return  # the rent, or the number on the door
        if (
            not name
            or not value
            or value.lower() in FUNCTION_WORDS
            or (subject.how == "pointed" and self._is_a_name(name, subject, value))
            or (name == "owns" and re.split(r"\s(?:called|named)\s", value.lower())[0].split(" ")[-1] in PEOPLE)
        ):
            return
        owner = subject.owner if row.attribute == "{t}" and subject.kind == "person" else subject.name
        if row.attribute == "owns" and "s" in groups:
            owner = groups["s"]
        start, end = begin, offset + m.end()
        one = self._made(owner, name, value, start, end, said)
        yield replace(one, certainty=UNSURE) if row.attribute[-1] == "?" else one
        thing = _head(value) if row.attribute == "owns" else subject.thing
        for also, attribute in (
            ("employer", "employer"), ("job", "job"), ("price", f"price of {thing}"), ("colour", f"{thing} colour"),
            ("make", thing), ("language", "language"),
        ):  # fmt: skip
            if also in groups and not (also == "colour" and row.attribute == "owns"):
                yield self._made(owner, attribute, groups[also].strip(), start, end, said)
        if row.attribute == "owns":
            self.focus.things[self.speaker] = (owner, thing, self.focus.turn, said)
        if "phone" in groups:
            yield self._made(value, "phone", groups["phone"], start, end, said)
        for called in re.split(r", | and ", groups.get("called", "")):
            if called:
                self.focus.name(called, beast=True)
                yield self._made(owner, "pets", called, start, end, said)

    def _attribute(self, template: str, subject: Subject, groups: dict[str, str]) -> str:
        thing = subject.thing
        if template == "price of {t}" and thing.split(" ")[-1] in PAYMENTS:
            return thing
        if template == "{t} colour" and thing.split(" ")[-1] in ("colour", "color"):
            return thing
        if thing in ("wifi", "wi-fi", "wlan") and template == "{t}":
            return "wifi password"
        name = template.replace("{t}", thing).replace("{a}", (groups.get("a") or "").lower())
        return " ".join(name.split())

    def _is_a_name(self, name: str, subject: Subject, value: str) -> bool:
        """Whether "it" would be a bare name: "it's Paul" is said at the door."""
        return name == subject.thing and value[0].isupper() and value.isalpha() and not self.corrects

    def _made(self, owner: str, name: str, value: str, start: int, end: int, said: str = "") -> Statement:
        change: Change = "corrected" if self.corrects and said else "changed" if SAYS.changed.search(said) else ""
        return Statement(
            owner, name, value, at=self.at, start=start, end=end, certainty=CERTAINTY, speaker=self.speaker,
            change=change, in_talk=True,
        )  # fmt: skip


def _since(said: str, place: int) -> int:
    """Where what may make a clause unreal begins: an "if" rules the whole sentence, "maybe" its clause."""
    return (
        0 if re.match(r"\W*(?:if|when|unless|imagine|suppose|maybe|perhaps|i (?:wish|hope))\b", said, re.I) else place
    )


def _head(value: str) -> str:
    """The thing of "grey sofa"."""
    words = value.lower().split()
    for k, word in enumerate(words):
        if word in THINGS:
            return " ".join(words[k:])
    return words[-1]
