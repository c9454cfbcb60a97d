"""Answers from stored statements: the value that holds, all of them, how many, yes or no, at a time, for how long."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from remanence.compose.kin_meant import ROLE_BEHIND
from remanence.compose.stated import DIGIT, MATCHES, Match, one_kind
from remanence.language.question import Question
from remanence.language.statements.attributes import DIED, SOMEBODY, one_at_a_time
from remanence.language.statements.kin import KIN
from remanence.language.statements.talk.grammar import ROLE_WORD
from remanence.language.statements.talk.labels import SAME_NAME
from remanence.language.statements.values import alike
from remanence.language.text import content_words
from remanence.records import dataclass
from remanence.stage import Ctx
from remanence.stage.standing import Known, known_statements
from remanence.types import EVERYTHING, Cue

DISPUTED = 0.8
"""What is left of the confidence in a value where another one is stated too."""


@dataclass(frozen=True, slots=True)
class Stated:
    """What stored statements answer: the short answer, the statements it rests on, and how sure that is."""

    short: str
    rests_on: tuple[Known, ...]
    confidence: float


def from_statements(matches: Sequence[Match], asked: Question, cue: Cue) -> Stated | None:
    """The answer that the statements give, or None where none of them is what is asked."""
    if not matches or matches[0].match < MATCHES:
        return None
    best = matches[0]
    group = [one.known for one in matches if one.key == best.key]
    if asked.expected.form == "duration":
        return _duration([one for one in group if _named(one, asked)] or _at_time(group, asked, cue), cue, best.match)
    chosen = _at_any_time(group) if asked.ever else _at_time(group, asked, cue)
    if not chosen and _REFUSES.search(asked.text) and asked.expected.form not in ("whether", "number"):
        chosen = [one for one in group if one.says.polarity < 0 and one.state in ("holds", "disputed")]
    if not chosen:
        return _over(group, asked, best.match)
    sure = _sure(best.match, chosen)
    if asked.expected.form == "whether":
        return _whether(group, chosen, asked, sure)
    if asked.expected.form == "number" and not any(DIGIT.search(one.says.value) for one in chosen):
        if any(_several(one.says.value, asked.expected.counts) for one in chosen):
            return None
        return Stated(str(len(_values(chosen))), tuple(chosen), sure)
    if one_at_a_time(best.known.says.attribute) and not asked.many and not asked.ever:
        disputed = len(_values(chosen)) > 1 and any(one.state == "disputed" for one in chosen)
        if not disputed:
            chosen = [_fullest(chosen[-1], chosen)]
        return Stated(_bare(" or ".join(_values(chosen)), asked), tuple(chosen), sure * (DISPUTED if disputed else 1.0))
    if not asked.many and not asked.ever:
        named = [one.known for one in matches if one.key == best.key and one.match >= best.match - 0.05]
        chosen = [one for one in chosen if one in named] or chosen
    return Stated(_bare(", ".join(_values(chosen)), asked), tuple(chosen), sure)


def _several(value: str, counted: str) -> bool:
    """Whether a value is what is counted, in the plural: "iron tablets" are no one tablet."""
    noun, last = counted.rpartition(" ")[2].casefold(), value.rpartition(" ")[2].casefold()
    return noun.endswith("s") and noun == last


def is_sure_of(found: Stated) -> bool:
    """Whether an answer needs no reading to bear it out: a list, a day, or what follows from a statement (yes, 3)."""
    if len(found.rests_on) > 1:
        return True
    (one,) = found.rests_on
    return one.says.attribute.startswith("date of") or not alike(one.says.value, found.short)


def _bare(short: str, asked: Question) -> str:
    """Values without the role behind them that the question itself says: "Halina (sister)" for my sister's name."""
    if ROLE_BEHIND.search(short) is None:
        return short
    topic = {one_kind(re.split(r"['’]", word)[0]) for word in asked.topic}
    return ROLE_BEHIND.sub(lambda m: "" if one_kind(m[1]) in topic else m[0], short)


_REFUSES = re.compile(r"\w['’]t\b|\b(?:not|never|cannot|cant|dont|doesnt|avoid\w*)\b", re.I)
"""Asked for what is not: "What can't Halina eat?"."""
_DAY = re.compile(r"\((\d[^()]{5,30})\)$")


def _fullest(last: Known, chosen: Sequence[Known]) -> Known:
    """The last of them in its fullest words: "Harbour" may be short for "Harbour Energy"."""
    same = [one for one in chosen if alike(one.says.value, last.says.value) and not DIGIT.search(one.says.value)]
    return max(reversed(same), key=lambda one: len(one.says.value), default=last)


_WHO_IS = re.compile(
    r"^\W*(?:[Ss]o |[Aa]nd )?(?:[Ww]ho(?:['’]s| is| was)|(?:[Ww]hat(?:['’]s| is| was)|[Hh]ow is)(?=.* to ))"
    r" (?P<n>[A-ZÀ-Þ][\w'’-]+(?: [A-ZÀ-Þ][\w'’-]+)?)(?:(?: related)? to (?P<to>[\w'’-]+(?: [\w'’-]+)?))?\W*$"
)
_RELATIVES = ("siblings", "parents", "children", "relatives", "partner", "boss", "landlord", "friend", "reviewer")


def relation(asked: Question, cue: Cue, ctx: Ctx) -> Stated | None:
    """ "Who is Arjun?": whose what he is, by the statements whose value he is; None where none names him so."""
    m = _WHO_IS.match(asked.text)
    if m is None:
        return None
    where = replace(cue.where, kinds=("fact",), who=(), ended=True, as_of=None, since=None, before=None)
    rows, _ = ctx.store.matching(ctx.store.terms(m["n"]), 20, where)
    for one in known_statements(ctx.store.items(rows), cue, ctx):
        says, role = one.says, one.says.attribute.removesuffix(" name")
        named = says.value.casefold().startswith(m["n"].casefold()) and _whose(says.subject, m["to"] or "", asked)
        kin = says.attribute in _RELATIVES or role != says.attribute or ROLE_WORD.fullmatch(role)
        if named and kin and says.polarity > 0 and one.state in ("holds", "disputed", "ended"):
            told = ROLE_BEHIND.search(says.value)
            former = "former " if one.state == "ended" else ""
            short = f"{says.subject}'s {former}{told[1] if told is not None else _called(role, m['n'], one, ctx)}"
            return Stated(short, (one,), 0.5 + 0.45 * says.certainty)
    return None


def _called(role: str, name: str, one: Known, ctx: Ctx) -> str:
    """What its source calls a relation beside a name: "wife" of "his wife Noreen", stored as a partner."""
    rows = ctx.store.rows_of([one.source], EVERYTHING)
    text = "".join(item.text[:2_000] for item in ctx.store.items(rows[rows >= 0]))
    place = text.find(name.split()[0])
    named = [
        m for m in _WORD.finditer(text) if role in (m[0].lower(), SAME_NAME.get(m[0].lower()), KIN.get(m[0].lower()))
    ]
    near = min(named, key=lambda m: max(m.start() - place - len(name), place - m.end()), default=None)
    return near[0].lower() if near is not None else role


_WORD = re.compile(r"[^\W\d_]{3,}")


def _whose(subject: str, to: str, asked: Question) -> bool:
    """Whether a relation is one to whom the question says: to a name, or to the asker for "me"."""
    if to.casefold() in ("", "me", "us"):
        return not to or asked.asker is None or subject.casefold() == asked.asker.casefold()
    return to.casefold().split()[0] in subject.casefold()


def _sure(match: float, chosen: Sequence[Known]) -> float:
    """How likely it is right, in [0, 0.87]: of 48 told in 77 stories, 34 were (docs/log.d/ask.md)."""
    return 0.51 + 0.36 * match * max(one.says.certainty for one in chosen)


def _values(known: Sequence[Known]) -> list[str]:
    return list({value.casefold(): value for one in known if (value := _value(one))}.values())


def _value(one: Known) -> str:
    """The value; of "Friday (14 June 2024)" the day."""
    day = _DAY.search(one.says.value) if one.says.attribute.startswith("date of") else None
    return day[1] if day is not None else one.says.value.removeprefix("eats " if one.says.polarity < 0 else "")


def _begins(one: Known) -> datetime | None:
    return one.fact.at


def _at_time(group: Sequence[Known], asked: Question, cue: Cue) -> list[Known]:
    """Those that hold at the time that is asked about, oldest first: now, a named time, or before the last change.

    Without a named time a plan counts only where a plan is asked for.
    """
    order = sorted(
        (one for one in group if one.says.polarity > 0),
        key=lambda one: (one.fact.at is not None, one.fact.at.timestamp() if one.fact.at is not None else 0.0),
    )
    if asked.interval is not None and asked.expected.form != "date":
        since, before = asked.interval
        held = [one for one in order if one.state not in ("corrected", "cancelled", "denied")]
        return [one for one in held if _meets(one, since, before)]
    if asked.tense == "before":
        return _before(group, order, asked)
    if asked.expected.form == "date":  # a day that is over stays the day that it was
        dated = [one for one in order if one.state == "ended" and one.by is None]
        return [one for one in order if one in dated or one.state in ("holds", "disputed", "planned", "wished")]
    planned = _plans(asked)
    wanted = ("holds", "disputed", "planned", "wished") if planned else ("holds", "disputed")
    return [one for one in order if one.state in wanted and (planned or not _to_come(one, cue.at))]


def _to_come(one: Known, now: datetime) -> bool:
    """Whether it begins on a later day than it is asked: "my new address from 1 July is ..." in June."""
    begins = _begins(one)
    return begins is not None and begins > now


def _before(group: Sequence[Known], order: Sequence[Known], asked: Question) -> list[Known]:
    """What held last before now; before a value that the question names, what held last before that one began."""
    gone = [one for one in order if one.state == "ended" and not _named(one, asked)]
    named = [one.fact.at for one in order if _named(one, asked) and one.fact.at is not None]
    if not named:
        return gone[-1:]
    left = [one for one in group if one.says.polarity < 0 and not _named(one, asked)]
    every = [one for one in (*left, *gone) if one.fact.at is not None and one.fact.at <= named[0]]
    return sorted(every, key=lambda one: one.fact.at.timestamp() if one.fact.at is not None else 0.0)[-1:]


def _at_any_time(group: Sequence[Known]) -> list[Known]:
    """Those that held at some time, oldest first."""
    held = [one for one in group if one.says.polarity > 0 and one.state in ("holds", "disputed", "ended")]
    return sorted(held, key=lambda one: one.fact.at.timestamp() if one.fact.at is not None else 0.0)


def _meets(one: Known, since: datetime, before: datetime) -> bool:
    begins = _begins(one)
    return (begins is None or begins < before) and (one.until is None or one.until > since)


def _plans(asked: Question) -> bool:
    return any(name in ("plan", "wants") or name.startswith("date of") for name in asked.attributes)


def _over(group: Sequence[Known], asked: Question, match: float) -> Stated | None:
    """Nothing holds: what was cancelled, denied or ended is told as such, unless another time is asked about."""
    ended = [one for one in group if one.over or (one.says.polarity < 0 and _named(one, asked))]
    if not ended or asked.interval is not None or asked.tense == "before":
        return None
    last = max(ended, key=lambda one: one.until.timestamp() if one.until is not None else 0.0)
    if asked.expected.form == "whether":
        return Stated("no", (last,), _sure(match, [last]))
    if last.newer is not None and last.newer.attribute == DIED and last.says.attribute not in SOMEBODY:
        return Stated(f"{last.newer.subject} died", (last,), _sure(match, [last]))
    if last.state in ("cancelled", "denied"):
        return Stated(last.state, (last,), _sure(match, [last]))
    return None


def _whether(group: Sequence[Known], chosen: Sequence[Known], asked: Question, sure: float) -> Stated | None:
    """Yes where a value that holds is in the question, no where it is over or another one has its place."""
    named = [one for one in chosen if _named(one, asked)]
    if named:
        return Stated("yes", tuple(named), sure)
    gone = [one for one in group if (one.over or one.says.polarity < 0) and _named(one, asked)]
    if gone:
        return Stated("no", (*gone[-1:], *chosen[-1:]), sure)
    return None


def _named(one: Known, asked: Question) -> bool:
    """Whether the question names the value."""
    own = set(content_words(one.says.value))
    return bool(own) and own <= set(asked.topic)


def _duration(chosen: Sequence[Known], cue: Cue, match: float) -> Stated | None:
    """From when it began to when it ended; only where both were said, or where it began with a change and goes on."""
    if not chosen:
        return None
    one, sure = chosen[-1], _sure(match, chosen)
    if DIGIT.search(one.says.value):
        return Stated(one.says.value, (one,), sure)
    begins = _begins(one)
    if begins is None or (one.until is None and one.says.change != "changed"):
        return None
    return Stated(lasted(begins, one.until or cue.at), (one,), sure * 0.9)


def lasted(begins: datetime, ends: datetime) -> str:
    """A span of time as people say it: days below two weeks, weeks below two months, months below two years, years."""
    days = max((ends - begins).days, 0)
    for most, size, unit in ((14, 1, "day"), (61, 7, "week"), (730, 30.44, "month"), (10**9, 365.25, "year")):
        if days < most:
            count = round(days / size)
            return f"{count} {unit}" + ("" if count == 1 else "s")
    raise AssertionError(days)
