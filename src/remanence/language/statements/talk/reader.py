"""Reads a turn of talk for statements: sayings, ends, cancellations and what stands in the diary."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from remanence.language import dates
from remanence.language.calendar import DAY_NAMES, how_many
from remanence.language.common_words import listed
from remanence.language.lazy_pattern import Patterns, lazy_pattern
from remanence.language.sentences import Span
from remanence.language.statements.attributes import ATTRIBUTES
from remanence.language.statements.statement import Change, Modality, Statement
from remanence.language.statements.talk import heads
from remanence.language.statements.talk.clause import LONGEST, Clause, clauses, is_name, of_another
from remanence.language.statements.talk.endings import CANCELLED, CORRECTIONS, ENDINGS, EVENT, WHOLE
from remanence.language.statements.talk.grammar import Saying
from remanence.language.statements.talk.labels import labelled
from remanence.language.statements.talk.matching import (
    LETTERS,
    Match,
    Reach,
    Stretch,
    event_name,
    matched,
    names_something,
    titled,
    trimmed,
)
from remanence.language.text import WORD

_SAYS = Patterns(
    hypothetical=r"\b(?:if|unless|would|could|might|maybe|perhaps|suppose|imagine|what if|as if|whether|should|"
    r"shouldn['’]t|in theory|pretend)\b",
    wished=r"\b(?:wish|wishes|hope|hoping|want|wants|wanna|dream(?:ing|t)? (?:of|about)|would love|['’]d love|tempted|"
    r"fancy|someday|one day)\b",
    open=r"\b(?:thinking (?:of|about)|considering|looking (?:at|for|into)|view(?:ing|ed)?|applied|applying|offered|"
    r"offers|offer|pencil(?:led)? in|propose[sd]?|asked for|asks?|requested|suggest(?:s|ed)?|tempted|deciding"
    r"|decide)\b",
    planned=r"\b(?:going to|gonna|will|won['’]t|['’]ll|plan(?:s|ning|ned)?|intend|about to|decided to|moving to"
    r"|booked)\b",
    future_words=r"\b(?:start(?:s|ing)?|moving|from|ab|until|as of|leaving|will|next|last day|notice)\b",
    event_at=rf"(?<![\w'’])(?P<e>(?:(?:my|our|the|his|her|their|(?-i:[A-Z][a-z]{{1,20}})['’]s|(?-i:[A-Z]\w{{1,20}})|[a-z][\w'’-]{{2,15}})\s){{0,3}}{EVENT})s?\b"
    r"(?P<gap>[^.!?;\n]{0,40})$",
    recurring=rf"(?<![\w'’])(?P<e>(?:(?:(?-i:[A-Z][a-z]{{1,20}})(?:['’]s)?|[a-z][\w'’-]{{2,15}})\s){{0,2}}{EVENT})\b(?P<gap>[^.!?;\n\d]{{0,30}}?)\s"
    r"(?P<v>(?:mon|tues|wednes|thurs|fri|satur|sun)day(?:s|\s(?:evenings?|mornings?|nights?|afternoons?))"
    r"(?:,?\s(?:at\s)?\d{1,2}(?:[:.]\d\d)?\s?(?:[ap]m)?)?)",
    moved=r"\b(?:moved|move[sd]?|moving|postponed|pushed|rescheduled|brought forward|shifted|goes|changed|now|new|neu|"
    r"verschoben|jetzt|instead|not the|wrong)\b",
    new_date=r"\b(?:new (?:date|time|day|slot)|neuer? termin|moved|pushed|postponed|rescheduled|new|neu)\b",
    denied=r"\b(?:not|no|instead of|rather than|nicht|statt|war|was)\s(?:(?:on|the|der|am|el|in)\s){0,2}$",
    not_so=r"\b(?:not|never|no longer|used to|n['’]t|(?:is|are|was|do|does|did|wo|ca)n['’]?t|former|formerly|"
    r"old(?=(?:\s[\w-]+){0,2}\s?$)|ex(?!\s(?:\w+(?:ed|s)|got|has|is|went|came)\b)|"
    r"previous|stopped|quit|gave up|dropped(?! (?:the|my|our) rent)|grew out of|turned down|no more|instead of|"
    r"rather than|stop using|changed from|i['’]m no|"
    r"(?:was|were)(?!\s(?:only|just|born|raised|diagnosed|hired|promoted|made|put|now|moved|an?\s\w+\sago)))\b",
    not_dead=r"\b(?:not|never|no)\b|n['’]t\b",
    gone=r"^\s(?:(?:is|are)\s(?:dead|gone|over|history|no more)|(?:has\s|have\s|just\s)?(?:died|passed away|ran away|"
    r"got stolen))\b",
    weekdays=rf"(?:{'|'.join(DAY_NAMES)})s?(?:\s\w+)?",
    closes=r"\b(?:close[sd]?|closing|resolved|cancell?ed)\s(?:(?:the|this|that)\s)?(?:case|ticket|issue|order|booking|reservation)\s$",
    taken=r"^[`\"]?\s(?:(?:is|was|are|already|just|now)\s){0,3}(?:collid(?:es|ed|ing)|clash(?:es|ed|ing)?|conflicts|"
    r"taken|in use|used by|busy|blocked|reserved|occupied)\b",
    whoever=r"\b(?:people|those|(?:any|some|every)(?:one|body)|guests|users|kids|folks) (?:who|that|with)\b",
    still=r"\b(?:current|currently|still|is now|are now|['’]m on)\b",
    me=r"\b(?:me|us)\b",
    mine=r"\b(?:i|i['’]m|i['’]ve|mine|ours)\b",
    my=r"\b(?:my|our)\b",
    my_own=r"\b(?:my|our)\s(?:\w+\s)?$",
    theirs=r"\b(?P<whose>his|her|your|their)\s(?:[a-z]{1,15}\s)?$",
    kin_head=r"^\W*(?:(?:and|so|but|also|well|ok|then|btw)\s){0,2}(?:my|our)\s(?:(?:little|big|older|younger|best|old)\s)?(?P<kin>sister|"
    r"brother|mum|mom|mother|dad|father|son|daughter|wife|husband|partner|girlfriend|boyfriend|cousin|aunt|uncle|nan|gran|"
    r"grandma|grandmother|grandad|grandfather|parents|niece|nephew|friend|flatmate|housemate|roommate|neighbou?r|boss|"
    r"landlord|landlady|colleague|coworker|teacher|coach|trainer|doctor|dentist|nurse|ex)(?:\s(?P<who>(?-i:[A-Z][a-zà-ÿ]+))"
    r"|\s(?=[a-z])|['’]s\s)",
    course=r"\s{0,2}for\s(?:the next\s)?(\d{1,2}|a|one|two|three|four|five|six|ten)\s(day|week)s?\b",
)
"""What the sentences of a talk are told by."""
_COMES = lazy_pattern(
    r"\b(?P<who>[A-Z][a-z]{2,15})\s(?:is|will\sbe|are)\s(?P<v>visiting|coming|arriving|leaving|returning|flying|moving|"
    r"graduating|retiring|performing)\b[^.!?;\n]{0,40}$"
)
_REPORTED = lazy_pattern(
    r"\b(?:(?:he|she|they|[A-Z][a-z]+) (?:said|says|told me|claims|reckons|thinks|wrote)|apparently|"
    r"supposedly|rumou?r|I heard)\b"
)
_DIGITS_OF_TIME = lazy_pattern(r"\d\.?")
_THEY = lazy_pattern(r"(?P<they>he|she)(?:['’]?s| is)\b", re.I)
_HE = {"his": "he", "her": "she"}
_NOT_OF_THEM = ("rent", "salary", "job", "price")
_NAMED = lazy_pattern(r"^(?P<who>[A-Z][a-z'’]{1,20}?)(?:['’]s)?\s(?=[a-z])")
_FOR_NAME = lazy_pattern(r"\s(?:for|of)\s(?P<who>[A-Z][a-z]{1,20})\b")


def talk_statements(
    text: str,
    speaker: str = "",
    said_at: datetime | None = None,
    times: Sequence[dates.TimeExpression] | None = None,
    *,
    about: str = "",
    your: str = "",
    parts: Sequence[Span] | None = None,
) -> list[Statement]:
    """What a turn of talk states, in order; spans are in `text`.

    `speaker` is whom an unnamed subject means (empty: nothing is read); `about` is whom "he" or "she" means when the
    turn names nobody before, `your` whom "your" means (empty: such clauses are left out); `parts` hands over what
    `split(text)` gave already.
    """
    if not speaker:
        return []
    if said_at is not None and said_at.tzinfo is None:
        said_at = said_at.replace(tzinfo=UTC)
    found: list[Statement] = []
    known = list(times if times is not None else dates.find(text[:4_000], said_at))
    readers = []
    for clause in clauses(text, parts, [(one.start, one.end) for one in known]):
        about = _last_named(text, clause.start) or about
        readers.append(_Reader(clause, speaker, said_at, known, about, text[: clause.start], your))
    whole = Stretch("turn", "" if "```" in text else _undated(text[:LONGEST], 0, known), 0)
    stretches = [reader.stretches() for reader in readers]
    said = iter(matched([whole, *(one for some in stretches for one in some)]))
    for match in next(said):
        found.extend(_across(match, _Reader(_NOWHERE, speaker, said_at, known, about, your=your)))
    event = ""
    for reader, some in zip(readers, stretches, strict=True):
        for stretch in some:
            for match in next(said):
                found.extend(reader.said(match, stretch))
        found.extend(reader.endings())
        found.extend(reader.labels())
        found.extend(reader.recurring())
        dated, event = reader.diary(event)
        found.extend(dated)
    found.extend(_corrections(text[:LONGEST], speaker, said_at))
    return [replace(one, in_talk=True) for one in _distinct(found)]


_NOWHERE = Clause("", 0, "", 0, "", False, False, False, False)


def _across(match: Match, reader: _Reader) -> Iterator[Statement]:
    """What is said over several sentences ("I got the job!! county council"), read from its own clause on."""
    text, m = match.m.string, match.m
    begin = max((text.rfind(stop, 0, m.start()) for stop in ".!?\n;,"), default=-1) + 1
    again = match.saying.pattern.search(text[begin:])
    if again is not None:
        around = replace(_NOWHERE, text=text[begin : m.end()], start=begin, sentence=text[begin : m.end() + 80])
        placed = replace(around, sentence_start=begin)
        whose = _Reader(placed, reader.speaker, reader.said_at, reader.all_times, reader.about, your=reader.your)
        yield from whose.said(replace(match, m=again), Stretch("turn", text[begin:], begin))


def _undated(text: str, offset: int, times: Sequence[dates.TimeExpression]) -> str:
    """The text with the digits of its times blanked: the 1 of "since 1 November" is no amount."""
    for one in times:
        start, end = max(one.start - offset, 0), one.end - offset
        if 0 <= start < end <= len(text) and any(c.isdigit() for c in text[start:end]):
            text = text[:start] + _DIGITS_OF_TIME.sub(lambda m: "#" * len(m[0]), text[start:end]) + text[end:]
    return text


def _corrections(text: str, speaker: str, said_at: datetime | None) -> Iterator[Statement]:
    """ "7351, not 7315": a number in the place of another, whatever they are numbers of."""
    for pattern in CORRECTIONS:
        for m in pattern.finditer(text):
            yield Statement(
                speaker, "corrected", m["v"].strip(" .,"), at=said_at, start=m.start(), end=m.end(), certainty=0.8,
                speaker=speaker, change="corrected", replaces=m["o"].strip(" .,"),
            )  # fmt: skip


_LISTED = frozenset(ATTRIBUTES) | {"over", "corrected"}


def _distinct(found: Sequence[Statement]) -> list[Statement]:
    """The first of those that say the same, longer values before the shorter ones that they hold, in text order."""
    kept: list[Statement] = []
    for one in sorted(found, key=lambda s: (-s.certainty, -len(s.value))):
        same = [
            other
            for other in kept
            if (other.subject, other.polarity) == (one.subject, one.polarity)
            and (other.attribute == one.attribute or not {other.attribute, one.attribute} & _LISTED)
            and (one.value.lower() in other.value.lower() or (other.start < one.end and one.start < other.end))
        ]
        if not same:
            kept.append(one)
    return sorted(kept, key=lambda s: (s.start, s.attribute))


class _Reader:
    """One clause with what is round it."""

    def __init__(
        self,
        clause: Clause,
        speaker: str,
        said_at: datetime | None,
        times: Sequence[dates.TimeExpression],
        about: str,
        before: str = "",
        your: str = "",
    ) -> None:
        self.before, self.your = before, your
        self.clause, self.speaker, self.said_at = clause, speaker, said_at
        self.all_times = times
        end = clause.start + len(clause.text)
        self.times = [one for one in times if clause.start <= one.start < end]
        self.about = about

    def stretches(self) -> list[Stretch]:
        """The clause, and with the first of a sentence the whole sentence."""
        held = frozenset(WORD.findall(self.clause.text.lower().replace("’", "'")))
        places: list[tuple[Reach, str, int]] = [("clause", self.clause.text, self.clause.start)]
        if self._opens_the_sentence():
            places.append(("whole", self.clause.sentence[:400], self.clause.sentence_start))
        times, headed = tuple(one.start for one in self.times), bool(self.clause.subject)
        return [
            Stretch(reach, _undated(text, start, self.all_times), start, held, headed, times, self.before)
            for reach, text, start in places
        ]

    def said(self, match: Match, stretch: Stretch) -> Iterator[Statement]:
        """What one match states; it is in the stretch's text, of which dates are blanked."""
        saying, m, offset, name = match.saying, match.m, stretch.offset, match.attribute
        words = {"clause": self.clause.text, "whole": self.clause.sentence, "turn": stretch.text}[stretch.reach]
        modality = self._modality(saying, words[: m.start("v") if saying.turn else m.end()][-120:], m.group())
        if modality == "hypothetical" or (modality == "wished" and saying.real):
            return
        if "{a}" in saying.attribute and (
            _SAYS.taken.match(words[m.end() :]) or _SAYS.closes.search(words[: m.start("v")])
        ):
            return
        if saying.attribute == "over" and modality == "planned":
            modality = "asserted"  # "I'll close it then"
        theirs = name in _NOT_OF_THEM and words[: m.start("v")].lower().lstrip().startswith("they ")
        subject = self.speaker if theirs or name in ("line length", "port") else self._subject(m, words)
        if (
            not subject
            or _SAYS.weekdays.fullmatch(match.values[0])
            or self._is_a_time(offset + m.start("v"), offset + m.end("v"))
        ):
            return
        polarity, change = self._effect(match, words)
        at = self._from(m.end() + offset)
        until = _course(words[m.end() :], at)
        start, end = m.start(), m.end()
        for one in match.values:
            if len(match.values) > 1:
                start = words.find(one.split(" (")[0], m.start("v"))
                end = start + len(one.split(" (")[0])
            yield Statement(
                subject,
                name,
                one,
                polarity,
                at,
                until,
                offset + start,
                offset + end,
                saying.certainty,
                modality,
                self.speaker,
                (),
                change,
                match.was,
            )

    def _effect(self, match: Match, words: str) -> tuple[int, Change]:
        """Whether it is so, and what that does to what was known."""
        saying, m, value = match.saying, match.m, match.values[0]
        polarity = saying.polarity
        before = heads.STOPS.split(words[max(0, m.start() - 24) : m.start()])[-1] + words[m.start() : m.start("v")]
        not_so = _SAYS.not_dead if match.attribute == "died" else _SAYS.not_so  # "our old cat died"
        if (
            polarity > 0
            and not value.lower().startswith("no ")
            and not (match.attribute in heads.WAS_SO and " was " in before)
            and not (match.attribute == "allergy" and saying.turn)  # "can't eat shrimp, my lips swelled up"
            and (not_so.search(before) or _SAYS.gone.search(words[m.end() :]))
        ):
            polarity = -1
        change: Change = saying.change or ("changed" if self.clause.changes else "")
        if self.clause.corrects:
            change = "corrected"
        elif self.clause.adds and polarity > 0:
            change = "added"
        if (self.clause.ends and polarity > 0) or (polarity < 0 and saying.polarity > 0):
            polarity, change = -1, "ended"
        return polarity, change

    def _modality(self, saying: Saying, words: str, said: str) -> Modality:
        """How it is meant: by the words up to it; "current" and "still" make it so, a day makes a firm plan a fact."""
        modality = modality_of(words)
        if _SAYS.still.search(said):
            return "asserted"
        if modality == "planned" and self.said_at is not None and self._from(self.clause.start) != self.said_at:
            return "asserted"
        return saying.modality if saying.modality is not None and modality == "asserted" else modality

    def _subject(self, m: re.Match[str], words: str) -> str:
        """Whom it is about: a name beside it, "he" or "she" as the one named before, the one the line is headed by."""
        named = m.groupdict().get("s") or ""
        if named:
            return titled(named)
        if heads.UNNAMED.search(words[: m.start("v")]) or (
            heads.COMES_FROM.match(m.group()) and heads.OF_A_THING.search(words[: m.start()])
        ):
            return ""
        if m.groupdict().get("k"):
            return f"{self.speaker}'s {m['k'].lower()}"
        if m.groupdict().get("p"):
            named_before = heads.NAME_AND.search(words[: m.start("p")])
            return self._meant(m["p"], named_before["who"] if named_before is not None else self.about)
        own = _SAYS.my_own.search(words[: m.start("v")])
        if own or _SAYS.mine.search(words[: m.end()]) or _SAYS.me.search(m.group()):
            return self.clause.subject or self.speaker
        if _SAYS.whoever.search(words[: m.end()]):
            return ""
        theirs = _SAYS.theirs.search(words[: m.start("a") if m.groupdict().get("a") else m.start()])
        if theirs is not None:
            whose = theirs["whose"].lower()
            return self.your if whose == "your" else "" if whose == "their" else self._meant(_HE[whose], self.about)
        head = heads.HEAD.match(words[: m.end()]) or _THEY.match(m.group())
        if head is not None and head["they"]:
            return self._meant(head["they"], self.about)
        if head is not None and head["who"] and is_name(head["who"]) and head.start("who") < m.start("v"):
            return which_one(head["who"], head["which"])
        kin = _SAYS.kin_head.match(words[: m.end()])
        role = (m.groupdict().get("a") or "").strip().lower()
        mine = kin is not None and _SAYS.my.search(words[kin.end() : m.end()])
        if heads.KIN_AND.match(words[: m.start("v")]):
            return ""
        if kin is not None and not mine and kin["who"] != m["v"].strip() and kin["kin"].lower() != role:
            return kin["who"] or f"{self.speaker}'s {kin['kin'].lower()}"
        if not self._opens_the_sentence() and not self.clause.subject:
            first = heads.HEAD.match(self.clause.sentence)
            if (
                first is not None
                and first["who"]
                and is_name(first["who"])
                and heads.NO_SUBJECT.match(self.clause.text)
            ):
                return which_one(first["who"], first["which"])
        if not self.clause.subject and of_another(words[: m.start()], words[m.start() :]):
            return ""
        return self.clause.subject or self.speaker

    def _meant(self, pronoun: str, about: str) -> str:
        """Whom "he" or "she" means, unless a title says that it is not the one."""
        other = {"he": ("Mrs", "Ms", "Miss"), "she": ("Mr",)}.get(pronoun.lower(), ())
        return "" if about.split(" ")[0].rstrip(".") in other else about

    def _is_a_time(self, start: int, end: int) -> bool:
        return any(one.start <= start and end <= one.end for one in self.all_times)

    def _from(self, near: int) -> datetime | None:
        """When it holds from: a certain day that the clause or its sentence names, else the time of speaking."""
        end = self.clause.sentence_start + len(self.clause.sentence)
        here = self.times or [one for one in self.all_times if self.clause.sentence_start <= one.start < end]
        days = [
            one for one in here if one.precision in ("day", "week", "month", "year") and one.sense in ("at", "since")
        ]
        if not days:
            return self.said_at
        best = min(days, key=lambda one: abs(one.start - near))
        if self.said_at is not None and best.at > self.said_at and not _SAYS.future_words.search(self.clause.sentence):
            return self.said_at
        return best.at

    def endings(self) -> Iterator[Statement]:
        letters = frozenset(LETTERS.findall(self.clause.text.lower()))
        for attribute, (words, pattern) in WHOLE:
            m = None if words and words.isdisjoint(letters) else pattern.search(self.clause.text)
            if m is not None and modality_of(self.clause.text[: m.end()]) not in heads.UNREAL:
                yield self._over(m, attribute, "asserted")
        for patterns, modality in ((ENDINGS, "asserted"), (CANCELLED, "cancelled")):
            for words, pattern in patterns:
                if words and words.isdisjoint(letters):
                    continue
                for m in pattern.finditer(self.clause.text):
                    value = self._without_time(m["v"], self.clause.start + m.start("v"))
                    if not names_something(value) or modality_of(self.clause.text[: m.end()]) in heads.UNREAL:
                        continue
                    yield self._over(m, value, "cancelled" if modality == "cancelled" else "asserted")

    def _over(self, m: re.Match[str], value: str, modality: Modality) -> Statement:
        start, end = self.clause.start + m.start(), self.clause.start + m.end()
        at = self._from(end)
        subject = self.clause.subject or self.speaker
        return Statement(subject, "over", value, -1, at, None, start, end, 0.8, modality, self.speaker, (), "ended")

    def diary(self, event: str) -> tuple[list[Statement], str]:
        """Dates of events that the clause names, and the event that a later "moved to ..." would mean."""
        text = self.clause.text
        days = [
            one
            for one in self.times
            if one.precision in ("day", "minute", "hour")
            and not _SAYS.denied.search(text[: one.start - self.clause.start])
        ]
        named = ""
        found: list[Statement] = []
        for day in days[-1:]:
            before = text[: max(0, day.start - self.clause.start)]
            m = _SAYS.event_at.search(before)
            if m is not None:
                named = event_name(m["e"])
            elif _SAYS.new_date.search(before[-60:]) and event:
                named = event
            elif (comes := _COMES.search(before)) is not None and is_name(comes["who"]):
                found.append(self._comes(day, comes))
                continue
            if not named or modality_of(before) in heads.UNREAL or not self._ahead(day, before):
                continue
            subject, what = self._whose(named)
            moved = _SAYS.moved.search(text) is not None
            last = day.end
            for one in self.times:
                gap = text[last - self.clause.start : one.start - self.clause.start]
                if one.start >= last and len(gap) <= 6 and not _SAYS.denied.search(gap):
                    last = one.end
            value = " ".join(text[day.start - self.clause.start : last - self.clause.start].split())
            clock = re.match(r"\W{0,3}(?:at\s)?\d{1,2}[:.]\d\d", text[last - self.clause.start :])
            if clock is not None:
                value = " ".join((value + clock.group()).split())
            change = "corrected" if self.clause.corrects else "changed" if moved else ""
            found.append(
                Statement(
                    subject,
                    f"date of {what}",
                    f"{value} ({dates.say(day.at, 'day')})",
                    1,
                    self.said_at,
                    day.until,
                    self.clause.start,
                    self.clause.start + len(text),
                    0.8,
                    "planned" if self.said_at is None or day.at >= self.said_at else "asserted",
                    self.speaker,
                    (),
                    change,  # type: ignore[arg-type]
                )
            )
        if not named:
            m = _SAYS.event_at.search(text)
            named = event_name(m["e"]) if m is not None else ""
        return found, named or event

    def _comes(self, day: dates.TimeExpression, m: re.Match[str]) -> Statement:
        """ "Rita is visiting on the 27th"."""
        start, end = self.clause.start + m.start(), day.end
        return Statement(
            m["who"],
            f"date of {m['v'].lower()}",
            f"{day.text} ({dates.say(day.at, 'day')})",
            1,
            self.said_at,
            day.until,
            start,
            end,
            0.8,
            "planned",
            self.speaker,
            (),
            "corrected" if self.clause.corrects else "",
        )

    def recurring(self) -> Iterator[Statement]:
        """ "swimming mondays 17:15": the day of the week of something that returns."""
        if not self._opens_the_sentence():
            return
        text, offset = self.clause.sentence[:400], self.clause.sentence_start
        for m in _SAYS.recurring.finditer(text):
            if modality_of(text[: m.start("v")]) in heads.UNREAL or m["e"].casefold().startswith("more "):
                continue
            subject, what = self._whose(event_name(m["e"]))
            yield Statement(
                subject,
                f"time of {what}",
                " ".join(m["v"].split()),
                at=self._from(offset + m.end()),
                start=offset + m.start(),
                end=offset + m.end(),
                certainty=0.8,
                speaker=self.speaker,
                change="changed" if _SAYS.moved.search(self.clause.sentence) else "",
            )

    def _opens_the_sentence(self) -> bool:
        return self.clause.start - self.clause.sentence_start <= 3

    def labels(self) -> Iterator[Statement]:
        """ "boss: Paula"."""
        if not self._opens_the_sentence():
            return
        offset = self.clause.sentence_start
        for attribute, m in labelled(self.clause.sentence[:200]):
            value = trimmed(m["v"])
            if not names_something(value) and not value[:1].isdigit():
                continue
            start, end = offset + m.start("v"), offset + m.end("v")
            yield Statement(
                self.clause.subject or self.speaker,
                attribute,
                value,
                at=self._from(end),
                start=start,
                end=end,
                certainty=0.8,
                speaker=self.speaker,
                change="corrected" if self.clause.corrects else "changed",
            )

    def _ahead(self, day: dates.TimeExpression, before: str) -> bool:
        """A day to come, or one that is named by its date; "was moved yesterday" names no day of the event."""
        if self.said_at is None or day.at.date() > self.said_at.date():
            return True
        return bool(re.search(r"\d", day.text)) and not _SAYS.moved.search(before)

    def _without_time(self, value: str, start: int) -> str:
        for one in self.times:
            if start < one.start < start + len(value):
                value = value[: one.start - start]
        return trimmed(value)

    def _whose(self, name: str) -> tuple[str, str]:
        """ "Ida's orthodontist" is Ida's; "my sister's wedding" is hers; a bare event is the speaker's."""
        m = _NAMED.match(name)
        if m is not None and name[m.end() :] and is_name(m["who"]):
            return m["who"], name[m.end() :].lower()
        of = _FOR_NAME.search(self.clause.text)
        if of is not None and is_name(of["who"]):
            return of["who"], name.lower()
        return self.clause.subject or self.speaker, name.lower()


def modality_of(words: str) -> Modality:
    """How the words up to a value mean it."""
    if _SAYS.hypothetical.search(words):
        return "hypothetical"
    if _SAYS.wished.search(words) or _SAYS.open.search(words):
        return "wished"
    if _SAYS.planned.search(words):
        return "planned"
    if _REPORTED.search(words):
        return "reported"
    return "asserted"


def _course(rest: str, at: datetime | None) -> datetime | None:
    """When a course of so many days is over: "10 ml for 3 days"."""
    m = _SAYS.course.match(rest)
    if m is None or at is None:
        return None
    return at + timedelta(days=how_many(m[1].lower())[1] * (7 if m[2].lower() == "week" else 1))


def person_in(text: str) -> str:
    """The last name of a text that what stands behind it shows as a person; "" where there is none."""
    return _last_named(text[:LONGEST], LONGEST)


def _last_named(text: str, end: int) -> str:
    """The last name before a place of the text that what stands behind it shows as a person: a verb, "'s", a colon."""
    found = ""
    for m in _HEADED.finditer(text, 0, end):
        if is_name(m["who"]):
            found = which_one(m["who"], m["which"])
    return found


_HEADED = lazy_pattern(
    r"(?<![\w.])(?:(?P<which>[a-z]{3,12})\s)?(?P<who>[A-ZÀ-Þ][a-zà-ÿ]{2,15})(?:['’]s\b|\s(?:is|was|has|works|started|starts|lives|got|visits|comes|came|"
    r"said|says|cried|had|left|goes|gets|needs|wants|news|update)\b|[:,]\s)"
)


_WHICH = listed(
    """flatmate roommate housemate choir work gym school neighbour neighbor cousin uncle aunt doctor dentist uni office
    football yoga church pub band upstairs downstairs tall big little young bakery library council college club team
    physio teacher landlord boss"""
)


def which_one(name: str, word: str | None) -> str:
    """ "choir Sam" is another Sam than "flatmate Sam"."""
    return f"{name} ({word})" if word is not None and word in _WHICH else name
