"""Which words of the evidence answer a question: every piece of the best sentences, scored by what speaks for it.

Pure over the cue, the hits and the store. The weights are the fit "answer" of `remanence.weights`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

import numpy as np

from remanence.algo.rarity import idf_weights
from remanence.compose.candidates import Candidate, CandidateSentence, PlacedSpan
from remanence.language import dates
from remanence.language.answer_type import AnswerType
from remanence.language.calendar import DAY_NAMES, MONTH_NAMES
from remanence.language.common_words import STOP, VERBS
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.question import Question
from remanence.language.spans import bare, candidate_spans
from remanence.language.text import HYPHENATED
from remanence.records import dataclass
from remanence.stage import Ctx
from remanence.stage.question import cue_terms, cue_vector, question
from remanence.stage.sentences import PEOPLE, sentences
from remanence.types import Cue, Hits, Item
from remanence.weights import Table

TURNS = 6
"""Hits whose sentences are read."""
SENTENCES = 14
"""Best sentences whose pieces are looked at."""
FAINT = 0.25
"""Below this bearing on the question, no piece of a sentence is taken for an answer."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The question with its index terms and their idf weights; people are the speakers of the store."""

    question: Question
    weights: Mapping[str, float]
    people: tuple[str, ...]

    @property
    def expected(self) -> AnswerType:
        return self.question.expected

    @property
    def about(self) -> tuple[str, ...]:
        return self.question.people

    @property
    def terms(self) -> Set[str]:
        return self.weights.keys()


def asked_of(cue: Cue, ctx: Ctx) -> Asked:
    """The question against the store."""
    terms = cue_terms(cue, ctx)
    idf = ctx.store.idf(terms, cue.where) if terms else np.zeros(0, np.float32)
    weights = dict(zip(terms, idf_weights(idf).tolist(), strict=True))
    return Asked(question(cue, ctx), weights, tuple(ctx.store.speakers()[:PEOPLE]))


# --- sentences -----------------------------------------------------------------------------------


def candidate_sentences(cue: Cue, hits: Hits, ctx: Ctx, asked: Asked, *, turns: int = TURNS) -> list[CandidateSentence]:
    """The sentences of the best hits, with what speaks for each."""
    best = hits.top(turns)
    if not len(best):
        return []
    read = sentences(best, ctx)
    near = iter(np.clip(ctx.embed([one.text for each in read for one in each]) @ cue_vector(cue, ctx), 0, 1).tolist())
    asked_before = _coverage_before(cue, best, ctx, asked)
    top = max(float(best.scores[0]), 1e-6)
    found: list[CandidateSentence] = []
    for number, (each, item) in enumerate(zip(read, best.items, strict=True)):
        whole = query_coverage(asked, frozenset[str]().union(*(one.terms for one in each if not one.shown)))
        score = float(best.scores[number])
        turn = {
            "turn score": score,
            "turn share": score / top,
            "first turn": float(number == 0),
            "turn rank": 1.0 / (1 + number),
            "turn coverage": whole,
            "named speaks": float(not asked.about or item.who in asked.about),
        }
        for place, one in enumerate(each):
            led = query_coverage(asked, each[place - 1].terms) if place and not one.shown else 0.0
            told = {
                "coverage": query_coverage(asked, one.terms),
                "led up to": led,
                "short": float(len(one.terms) <= 3),
                "asked before": asked_before[number] if one.start == 0 else 0.0,
                "near": next(near),
                "question": float(one.asks),
                "caption": float(one.shown),
                "opening": float(one.start == 0),
                "right person": float(not asked.about or bool(one.subjects & set(asked.about))),
            }
            text = _PHOTO.sub("", one.text) if one.shown else one.text
            found.append(CandidateSentence(number, one.start, text, turn | told, one.shown))
    return found


def _coverage_before(cue: Cue, best: Hits, ctx: Ctx, asked: Asked) -> list[float]:
    """For each hit the share of the question that the turn before it asks; 0 where that turn does not ask."""
    before = ctx.store.around(best.rows, 1, 0, cue.where)[:, 0]
    there = np.flatnonzero(before >= 0)
    found = [0.0] * len(best)
    for place, item in zip(there.tolist(), ctx.store.items(before[there]), strict=True):
        if item.text.rstrip().endswith("?"):
            found[place] = query_coverage(asked, frozenset(ctx.store.terms(item.text)))
    return found


def query_coverage(asked: Asked, terms: Set[str]) -> float:
    """The share of the question, by idf weight, that the terms hold."""
    return sum(weight for term, weight in asked.weights.items() if term in terms)


def _bearing(said: CandidateSentence) -> float:
    """How much a sentence has to do with the question: a name in one that has nothing is no answer."""
    s = said.features
    return max(s["coverage"], s["led up to"], s["asked before"], 0.7 * s["turn coverage"]) + 0.5 * s["near"]


def _first_look(said: CandidateSentence) -> float:
    """A rough order of sentences, before their pieces are read."""
    s = said.features
    return (
        s["turn share"]
        + 0.8 * s["coverage"]
        + 0.4 * s["near"]
        + 0.5 * s["asked before"]
        + 0.3 * s["right person"]
        - 0.6 * s["question"]
        - 0.2 * s["caption"]
    )


# --- candidates ----------------------------------------------------------------------------------


def candidates(
    cue: Cue, hits: Hits, ctx: Ctx, asked: Asked, said: Sequence[CandidateSentence], fitted: Table
) -> list[Candidate]:
    """Every possible answer, best first."""
    if not said:
        return []
    best = hits.top(TURNS)
    if asked.expected.form == "date":
        found = _dates(best, asked, said)
    else:
        found = _pieces(ctx, asked, said)
    if not found:
        return []
    scores = fitted.totals([one.features for one in found])
    scored = [replace(one, score=score) for one, score in zip(found, scores, strict=True)]
    return sorted(scored, key=lambda one: -one.score)


_THIS = lazy_pattern(r"\bthis\b|\bdies\w*\b|\best[ea]\b|\bcette\b", re.I)
"""What only says that it is about now: "71 this year" is no time at which something is due."""


def times_told(item: Item, asked: Question) -> list[dates.TimeExpression]:
    """The times that a text names; "this year" tells only of what is past when it was."""
    times = dates.find(item.text[:20_000], item.said_at)
    return [e for e in times if e.precision != "year" or asked.tense == "past" or not _THIS.search(e.text)]


_TO_COME = lazy_pattern(r"\bwhen (?:is|are|do|does|will|should|must|can|am|shall)\b", re.I)
"""Asked of what is regular or to come: the day on which it was spoken of is no answer."""
_WEEKDAY = lazy_pattern(r"\b(mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:day)?s?\b", re.I)


def dated(e: dates.TimeExpression, item: Item, grain: str) -> str:
    """A time expression as an answer; a named weekday stays in it, and a month or year is told when asked for."""
    precision = e.precision
    if grain == "year":
        return str(e.at.year)
    if grain == "month" and precision not in ("year", "decade", "season"):
        return f"{MONTH_NAMES[e.at.month - 1]} {e.at.year}"
    if precision in ("minute", "hour") and grain != "time":
        precision = "day"
    told = dates.say(e.at, precision, item.said_at, e.until)
    if precision == "day" and _WEEKDAY.search(e.text):
        return f"{DAY_NAMES[e.at.weekday()]} {told}"
    return f"since {told}" if e.sense == "since" else told


def _dates(best: Hits, asked: Asked, said: Sequence[CandidateSentence]) -> list[Candidate]:
    """Every time that the hits name, and the time of each hit itself."""
    found: list[Candidate] = []
    prefix = "date:"
    for number, hit in enumerate(best):
        item = hit.item
        own = [place for place, one in enumerate(said) if one.hit == number and not one.shown]
        if not own:
            continue
        times = times_told(item, asked.question)
        for e in times:
            place = next((p for p in own if said[p].start <= e.start < said[p].start + len(said[p].text)), own[0])
            features = dict(said[place].features) | {
                "certain": float(e.certain),
                "day": float(e.precision in ("day", "minute", "hour")),
                "relative": float(not re.search(r"\d{4}", e.text)),
                "long ago": float(item.at is not None and abs((item.at - e.at).days) > 400),
                "alone": float(len(times) == 1),
                "future": float(item.at is not None and e.at > item.at),
            }
            found.append(Candidate(dated(e, item, asked.expected.grain), place, "date", _prefixed(prefix, features)))
        if item.said_at is not None and not _TO_COME.search(asked.question.text):
            place = max(own, key=lambda p: _first_look(said[p]))
            features = dict(said[place].features) | {"day of the talk": 1.0, "talk names none": float(not times)}
            e = dates.TimeExpression(0, 0, "", item.said_at, item.said_at, "day", True)
            found.append(Candidate(dated(e, item, asked.expected.grain), place, "talk", _prefixed(prefix, features)))
    return found


def _prefixed(prefix: str, features: Mapping[str, float]) -> dict[str, float]:
    return {prefix + name: value for name, value in features.items()}


_GROUP = {
    "duration": "count",
    "frequency": "count",
    "number": "count",
    "person": "who",
    "place": "where",
    "reason": "why",
    "manner": "how",
}
_SORT = {"duration": "duration", "frequency": "frequency", "number": "number"}
_PURPOSE = lazy_pattern(r"^(?:to|because|since|for|so)\b", re.I)
_PLACE_BEFORE = lazy_pattern(
    r"\b(?:in|at|to|from|near|around|through|visit(?:ed|ing)?|via)\s+(?:the\s+|my\s+|a\s+)?$", re.I
)
_TALK = lazy_pattern(
    r"^(?:thanks|thank|wow|hey|hi|yeah|yep|yes|sure|great|awesome|cool|glad|congrats|absolutely)\b", re.I
)
_AFTER_TO = lazy_pattern(r"\b(?:to|because|since)\s+$", re.I)
_FIRST_PERSON = lazy_pattern(r"\b(?:i|we|you)\b", re.I)
_PHOTO = lazy_pattern(
    r"^(?:a|an|the)\s+(?:close-?up\s+)?(?:photo(?:graph(?:y)?)?|picture|image)\s+of\s+(?:(?:a|an|the|some)\s+)?", re.I
)


def _pieces(ctx: Ctx, asked: Asked, said: Sequence[CandidateSentence]) -> list[Candidate]:
    """The candidate spans of the most promising sentences."""
    order = sorted(range(len(said)), key=lambda place: -_first_look(said[place]))[:SENTENCES]
    spans = _spans(said, order)
    if not spans:
        return []
    noun = asked.expected.noun
    like = np.clip(ctx.embed([one.answer for one in spans]) @ ctx.embed([noun])[0], 0, 1) if noun else None
    first, *owns = ctx.store.terms_each([noun, *(one.answer for one in spans)])
    noun_terms = frozenset(first)
    rests = ctx.store.terms_each([said[one.place].text[:READ][one.end : one.end + 40] for one in spans])
    spots = _spots(ctx, asked, said, order)
    group = _GROUP.get(asked.expected.form, "list" if asked.expected.many else "what")
    found: list[Candidate] = []
    for number, span in enumerate(spans):
        one, words = said[span.place], [m.group().lower() for m in HYPHENATED.finditer(span.answer)]
        own = owns[number]
        if not words or (not own and span.sort == "phrase") or _calls_somebody(words, asked):
            continue
        shape = _form_features(span, one, words, asked.expected)
        shape |= _relation_features(span, own, rests[number][:3], spots[span.place], asked, noun_terms)
        shape["like the noun"] = float(like[number]) if like is not None else 0.0
        features = dict(one.features) | {"promising": 1.0 / (1 + order.index(span.place))}
        features |= {f"{group} {name}": features[name] for name in ("question", "caption", "coverage", "led up to")}
        features |= _prefixed("is:", shape)
        features |= {f"{group}:{name}": value for name, value in shape.items() if value and name in _BY_GROUP}
        features |= {
            "coverage and near": one.features["coverage"] * shape["close"],
            "answers the question": one.features["asked before"] * float(span.start == 0 or len(words) <= 3),
        }
        if asked.expected.name:
            features["asked for a name:name"] = shape["name"]
        found.append(Candidate(span.answer, span.place, span.sort, features))
    return found


def _spots(ctx: Ctx, asked: Asked, said: Sequence[CandidateSentence], order: Sequence[int]) -> dict[int, list[int]]:
    """Where words of the question stand in each sentence."""
    words = [(place, m) for place in order for m in HYPHENATED.finditer(said[place].text[:READ])]
    found: dict[int, list[int]] = {place: [] for place in order}
    for (place, m), own in zip(words, ctx.store.terms_each([m.group() for _, m in words]), strict=True):
        if asked.terms & set(own):
            found[place].append(m.start())
    return found


READ = 600
"""Characters of one sentence whose pieces are looked at."""


def _spans(said: Sequence[CandidateSentence], order: Sequence[int]) -> list[PlacedSpan]:
    """Every distinct piece of each sentence, and the sentence itself."""
    found: list[PlacedSpan] = []
    seen: set[tuple[int, str]] = set()
    for place in order:
        text = said[place].text[:READ]
        for start, end, sort in [
            *((p.start, p.end, p.sort) for p in candidate_spans(text)),
            (0, len(text), "sentence"),
        ]:
            answer = bare(text[start:end]) if sort != "sentence" else text.strip()
            if answer and (place, answer.lower()) not in seen:
                seen.add((place, answer.lower()))
                found.append(PlacedSpan(start, end, sort, place, answer))
    return found


def _calls_somebody(words: Sequence[str], asked: Asked) -> bool:
    """Whether a span is only the name by which somebody is called; that answers only who, of somebody else."""
    spoken = {part.lower() for person in asked.about for part in person.split()}
    addressed = {part.lower() for person in asked.people for part in person.split()}
    calls = all(any(len(word) >= 3 and name.startswith(word) for name in addressed) for word in words)
    return calls and (asked.expected.form != "person" or words[0] in spoken)


def _form_features(
    span: PlacedSpan, said: CandidateSentence, words: Sequence[str], expected: AnswerType
) -> dict[str, float]:
    """What a span is like, on the face of it: how long, of which sort, where in its sentence, after which word."""
    sentence, start, end, count = said.text[:READ], span.start, span.end, len(words)
    bearing = _bearing(said)
    return {
        "one": float(count == 1),
        "two": float(count == 2),
        "three": float(count == 3),
        "some": float(4 <= count <= 6),
        "many": float(7 <= count <= 10),
        "long": float(count > 10),
        "whole": float(span.sort == "sentence" or end - start >= len(sentence) - 2),
        "name": bearing * float(span.sort == "name"),
        "kin": bearing * float(span.sort == "kin"),
        "number": bearing * float(span.sort == "number"),
        "fits": float(_SORT.get(expected.form) == span.sort),
        "purpose": float(_PURPOSE.match(sentence[start:end].strip()) is not None),
        "after to": float(_AFTER_TO.search(sentence[:start]) is not None),
        "in a place": float(_PLACE_BEFORE.search(sentence[:start]) is not None),
        "talk": float(_TALK.match(span.answer) is not None),
        "says I": float(_FIRST_PERSON.search(span.answer) is not None),
        "quoted": float(sentence[max(0, start - 1) : start] in ("'", '"', "“")),
        "ends": float(not sentence[end:].strip(" .!?\"'”)")),
        "starts": float(not sentence[:start].strip()),
        "comma": float("," in span.answer or " and " in span.answer),
        "ing": float(words[0].endswith("ing")),
        "said": sum(w not in STOP and w not in VERBS for w in words) / count,
        "capital": bearing * float(span.answer[:1].isupper() and start > 0),
    }


def _relation_features(
    span: PlacedSpan,
    own: Sequence[str],
    rest: Sequence[str],
    spots: Sequence[int],
    asked: Asked,
    noun_terms: frozenset[str],
) -> dict[str, float]:
    """How a span stands to the question: its words in it, how near to them, the noun that is asked for."""
    inside = len([t for t in own if t in asked.terms]) / max(len(own), 1)
    gaps = [span.start - spot if spot < span.start else spot - span.end for spot in spots]
    gaps = [gap for gap, spot in zip(gaps, spots, strict=True) if not span.start <= spot < span.end]
    gap = min(gaps) if gaps else 200
    return {
        "echo": inside,
        "echoes only": float(inside > 0.99),
        "close": 1.0 / (1.0 + max(gap, 0) / 12.0),
        "after": float(any(0 < span.start - spot for spot in spots)),
        "has the noun": float(bool(noun_terms & set(own))),
        "counted": float(bool(noun_terms & set(rest))) if span.sort == "number" else 0.0,
        "new": min(len(set(own) - asked.terms), 4) / 4,
    }


_BY_GROUP = frozenset(
    """one two three some many long whole name kin number fits purpose comma ing close capital""".split()
) | {"after to", "in a place", "like the noun", "says I", "ends"}


def choose(
    found: Sequence[Candidate], said: Sequence[CandidateSentence], many: bool, *, most: int = 5, within: float = 1.5
) -> list[Candidate]:
    """The best answer, or for a list at most `most` that say different things.

    None when the best one's sentence has little to do with the question. within: how far behind the best a further
    entry of a list may score.
    """
    if not found or (found[0].sort not in ("date", "talk") and _bearing(said[found[0].said]) < FAINT):
        return []
    kept = [found[0]]
    if not many:
        return kept
    used = [set(HYPHENATED.findall(found[0].text.lower())) - STOP]
    for one in found[1:]:
        if len(kept) >= most or one.score < found[0].score - within:
            break
        words = set(HYPHENATED.findall(one.text.lower())) - STOP
        if not words or any(words & other for other in used) or len(words) > 8:
            continue
        kept.append(one)
        used.append(words)
    return kept
