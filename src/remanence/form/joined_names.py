"""Reads the facts of a text that join names: those it came with, a model's triples, or sentences and grammar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from remanence import language
from remanence.language import sentences
from remanence.records import dataclass
from remanence.stage import Ctx
from remanence.stage.llm_json import TEXTS, array_of, llm_json, object_of
from remanence.types import Item

_MOST_TRIPLES = 200
_TRIPLES = object_of(triples=array_of({**TEXTS, "minItems": 3, "maxItems": 3}))


@dataclass(frozen=True, slots=True)
class Stated:
    """One fact of a text: its words, the span that says it, the norms of the names that it joins."""

    text: str
    span: tuple[int, int]
    joins: tuple[str, ...]
    data: Mapping[str, Any] = field(default_factory=dict)


Rows = list[tuple[tuple[str, str, str], tuple[int, int]]]
"""(subject, relation, object), each with the span that says it."""
Ends = dict[str, tuple[str, str]]
"""norm -> (name as written, sort)."""


def facts_of(item: Item, title: str, ctx: Ctx, by: str, labels: Sequence[str]) -> tuple[list[Stated], Ends, bool]:
    """The facts of a text, their ends, and whether a model that was asked named none where the rule reads some."""
    given = _given(item)
    told = _by_asking(item, title, ctx) if given is None else None
    if rows := given or told:
        return *_joining([(row, (0, len(item.text))) for row in rows]), False
    if given is not None:
        return [], {}, False
    facts, ends = (_sentences(item, title, labels), {}) if by == "sentence" else _joining(_by_grammar(item, title))
    return facts, ends, told is not None and bool(facts)


def _joining(rows: Rows) -> tuple[list[Stated], Ends]:
    """Triples as facts, and the names that they join."""
    facts: list[Stated] = []
    ends: Ends = {}
    for (subject, relation, obj), span in rows:
        norms = language.entities.norm(subject), language.entities.norm(obj)
        data = {"subject": subject, "slot": relation, "value": obj}
        facts.append(Stated(f"{subject} {relation} {obj}", span, norms, data))
        for norm, text in zip(norms, (subject, obj), strict=True):
            ends.setdefault(norm, (text, "name"))
    return facts, ends


def _by_grammar(item: Item, title: str) -> Rows:
    made: Rows = []
    for one in language.phrases.triples(item.text, title):
        spans = [span for span in (one.subject_span, one.relation_span, one.object_span) if span.end > span.start]
        span = (min(s.start for s in spans), max(s.end for s in spans)) if spans else (0, len(item.text))
        if language.entities.norm(one.subject) and language.entities.norm(one.object):
            made.append(((one.subject, one.relation, one.object), span))
    return made


def _given(item: Item) -> list[tuple[str, str, str]] | None:
    """Triples that came with the item; None where none did."""
    rows = item.data.get("triples")
    return _clean(rows) if isinstance(rows, (list, tuple)) else None


def _by_asking(item: Item, title: str, ctx: Ctx) -> list[tuple[str, str, str]] | None:
    """The model's triples of a text; None when it could not be asked."""
    reply = llm_json(
        ctx.llm,
        ctx.degraded,
        "triples",
        "List the facts of the text as [subject, relation, object]. Name subjects and objects in full, "
        "never by a pronoun; use the text's own words for the relation.",
        {"title": title, "text": item.text},
        _TRIPLES,
    )
    return None if reply is None else _clean(reply["triples"])


def _clean(rows: Sequence[Any]) -> list[tuple[str, str, str]]:
    """The rows that are three texts of which the ends name something."""
    kept: list[tuple[str, str, str]] = []
    for row in rows[:_MOST_TRIPLES]:
        if isinstance(row, (list, tuple)) and len(row) == 3 and all(isinstance(part, str) for part in row):
            subject, relation, obj = (" ".join(part.split())[:300] for part in row)
            if language.entities.norm(subject) and language.entities.norm(obj):
                kept.append((subject, relation, obj))
    return kept


def _sentences(item: Item, title: str, labels: Sequence[str]) -> list[Stated]:
    """One fact for each sentence that joins at least two names, the title being in every sentence."""
    mentions = [one for one in language.entities.find(item.text) if one.label in labels and len(one.norm) > 1]
    made = []
    for span in sentences.split(item.text):
        text = span.of(item.text)
        norms = [language.entities.norm(title)] if title else []
        norms += [one.norm for one in mentions if span.start <= one.start < span.end]
        joined = tuple(norm for norm in dict.fromkeys(norms) if norm)
        if len(joined) > 1:
            told = (
                f"{title}: {text}"
                if title and language.entities.norm(title) not in language.entities.norm(text)
                else text
            )
            made.append(Stated(told, (span.start, span.end), joined))
    return made
