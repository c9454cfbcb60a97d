"""What a record may ask of texts alone: each verb takes some, and shows how the program reads every one of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from remanence.errors import InvalidInput
from remanence.language import dates, entities, phrases, secrets, sentences, spans, value_forms
from remanence.language.contrast import contrasts
from remanence.language.person import resolve
from remanence.language.question import read as question
from remanence.language.statements.corrected import corrected
from remanence.language.statements.happened import happened
from remanence.language.statements.passing.reader import passing_statements, reply_statements
from remanence.language.statements.plain import plain_statements
from remanence.language.statements.predicates.focus import Focus
from remanence.language.statements.predicates.reader import clause_statements
from remanence.language.statements.read import read as statements
from remanence.language.statements.statement import Statement
from remanence.language.statements.talk.reader import talk_statements
from remanence.language.summary import summarise


def times(said: str, *texts: str) -> Iterable[str]:
    """The times that texts name which are said at a moment; what is guessed has a question mark."""
    at = datetime.fromisoformat(f"{said}+00:00")
    for text in texts:
        yield f"{text}: {'; '.join(map(_time, dates.find(text, at))) or 'no time'}"


def periods(asked: str, *texts: str) -> Iterable[str]:
    """The intervals that questions ask about."""
    at = datetime.fromisoformat(f"{asked}+00:00")
    for text in texts:
        yield f"{text}: {'; '.join(map(_time, dates.cue_interval(text, at))) or 'no time'}"


def moments(*texts: str) -> Iterable[str]:
    """Whole dates as other programs write them, and how they would be said."""
    for text in texts:
        try:
            at, grain = dates.parse_when(text)
        except InvalidInput:
            yield f"{text}: none"
        else:
            yield f"{text}: {at.isoformat()} ({grain}), said {dates.say(at, grain)}"


def questions(asked: str, asker: str, people: Sequence[str], *texts: str) -> Iterable[str]:
    """What questions are read to want."""
    at = datetime.fromisoformat(f"{asked}+00:00")
    for text in texts:
        one = question(text, at=at, asker=asker, people=people)
        form, told = one.expected, [one.expected.form]
        told += [f"{name} {value}" for name in ("noun", "grain", "value", "counts") if (value := getattr(form, name))]
        told += [f"of {' / '.join(form.options)}"] if form.options else []
        told += [name for name in ("many", "ago", "name") if getattr(form, name)]
        told += [name for name in ("to_you", "ever", "sums_up") if getattr(one, name)]
        told += [f"{one.tense} tense"] if one.tense else []
        told += [f"about {', '.join(one.subjects)}"] if one.subjects else []
        told += [f"names {', '.join(one.names)}"] if one.names else []
        told += [f"first of all {one.attributes[0]}"] if one.attributes else []
        told += [f"in {_span(*one.interval)}"] if one.interval else []
        yield f"{text} {'; '.join(told)}; essence {' '.join(one.essence)}"


def says(who: str, said: str, *texts: str) -> Iterable[str]:
    """The statements of texts that somebody says at a moment."""
    at = datetime.fromisoformat(f"{said}+00:00")
    for text in texts:
        yield text
        yield from (f"  {_told(one, at)}" for one in statements(text, speaker=who, at=at))


def by_each(who: str, said: str, *texts: str) -> Iterable[str]:
    """What each of four readers states by itself, which one of the others may state too."""
    at = datetime.fromisoformat(f"{said}+00:00")
    for text in texts:
        yield text
        found, (parts, asking) = dates.find(text, at), sentences.split_asking(text)
        telling = [one for one in parts if one.start not in asking]
        yield from _stated("plain", plain_statements(text, who, at, found, parts), at)
        yield from _stated("talk", talk_statements(text, who, at, found, parts=parts), at)
        focus = Focus()
        yield from _stated("clause", clause_statements(text, who, at, parts, asking, focus), at)
        yield from _stated("passing", passing_statements(text, who, at, found, telling, focus), at)


def replied(asker: str, who: str, said: str, *turns: tuple[str, str]) -> Iterable[str]:
    """What somebody's replies say of what the turn before them asked, before anything is weighed."""
    at = datetime.fromisoformat(f"{said}+00:00")
    for asked, reply in turns:
        focus = Focus()
        clause_statements(asked, asker, at, sentences.split(asked), set(), focus)
        yield f"{asked} - {reply}"
        yield from (f"  {_told(one, at)}" for one in reply_statements(asked, asker, reply, who, at, focus))


def put_right(who: str, said: str, *turns: tuple[str, str]) -> Iterable[str]:
    """What a short correction makes of what the same speaker said last."""
    at = datetime.fromisoformat(f"{said}+00:00")
    for first, then in turns:
        last = statements(first, speaker=who, at=at)[-1]
        right = corrected(then, last, at)
        yield f"{first} {then}"
        yield f"  {_told(right, at)}" if right is not None else "  no correction"


def resolved(who: str, to: str, *texts: str) -> Iterable[str]:
    """Texts with names for "I" and "you"."""
    for text in texts:
        yield f"{text} -> {resolve(text, who, to).text}"


def split(*texts: str) -> Iterable[str]:
    """Texts in sentences."""
    for text in texts:
        yield " | ".join(span.of(text) for span in sentences.split(text))


def named(*texts: str) -> Iterable[str]:
    """The names in texts, with what they are taken for."""
    for text in texts:
        yield f"{text}: {', '.join(f'{one.text} ({one.label})' for one in entities.find(text)) or 'nobody'}"


def values(form: Any, *texts: str) -> Iterable[str]:
    """What of a form stands in texts."""
    for text in texts:
        yield f"{text}: {', '.join(one.of(text) for one in value_forms.values(text, form)) or 'none'}"


def became(asked: str, *texts: str) -> Iterable[str]:
    """What sentences say became of something."""
    for text in texts:
        yield f"{text}: {happened(text, asked.split())}"


def against(*texts: str) -> Iterable[str]:
    """Values that texts set against each other."""
    for text in texts:
        found = [f"{text[slice(*one.stands)]}, not {text[slice(*one.gone)]}" for one in contrasts(text)]
        yield f"{text}: {'; '.join(found) or 'none'}"


def masked(*texts: str) -> Iterable[str]:
    """Texts without their credentials."""
    for text in texts:
        yield secrets.mask(text)


def tied(*texts: str) -> Iterable[str]:
    """Keyphrases and triples of texts."""
    for text in texts:
        yield f"{text} [{', '.join(one.text for one in phrases.keyphrases(text))}]"
        for one in phrases.triples(text):
            yield f"  {one.subject} | {one.relation} | {one.object}"


def pieces(*texts: str) -> Iterable[str]:
    """The stretches of sentences that may be an answer."""
    for text in texts:
        found = {one.of(text) for one in spans.candidate_spans(text)}
        yield " | ".join(sorted(found, key=lambda piece: (text.find(piece), len(piece))))


def shortened(most: int, *texts: str) -> Iterable[str]:
    """A summary of some texts."""
    yield summarise(texts, most)


def _told(one: Statement, said: datetime) -> str:
    notes = [one.modality] if one.modality != "asserted" else []
    notes += [one.change] if one.change else []
    notes += [f"replaces {one.replaces}"] if one.replaces else []
    notes += [_span(one.at, one.until)] if one.at not in (None, said) else []
    told = f" ({', '.join(notes)})" if notes else ""
    value = one.value if one.polarity > 0 else f"not {one.value}"
    return f"{one.subject} | {one.attribute} | {value}{told}"


def _stated(reader: str, found: Iterable[Statement], said: datetime) -> Iterable[str]:
    return (f"  {reader}: {_told(one, said)} [{one.start}:{one.end}]" for one in found)


VERBS = {
    one.__name__: one
    for one in (times, periods, moments, questions, says, by_each, replied, put_right, resolved, split, named, values,
                became, against, masked, tied, pieces, shortened)
}  # fmt: skip


def _time(one: dates.TimeExpression) -> str:
    sense = f"{one.sense} " if one.sense != "at" else ""
    return f'"{one.text}" {sense}{_span(one.at, one.until)} ({one.precision}{"" if one.certain else "?"})'


def _span(at: datetime, until: datetime | None) -> str:
    return _moment(at) if until is None else f"{_moment(at)} to {_moment(until)}"


def _moment(at: datetime) -> str:
    return at.isoformat(" ")[: 10 if (at.hour, at.minute) == (0, 0) else 16]
