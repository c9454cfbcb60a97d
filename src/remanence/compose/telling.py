"""Which words of the evidence answer a question: every piece of the best sentences, scored by what speaks for it.

Pure over the cue, the hits and the store. The weights are in `compose.answer_weights`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from remanence.algo.rarity import worth
from remanence.language import dates
from remanence.language.answer_type import AnswerType, expected
from remanence.language.calendar import DAY_NAMES, MONTH_NAMES
from remanence.language.common_words import STOP, VERBS
from remanence.language.sentences import split
from remanence.language.spans import bare, candidate_spans
from remanence.language.speakers import match_speakers, resolve_subjects
from remanence.language.text import HYPHENATED, content_words
from remanence.stage import Ctx
from remanence.types import Cue, Floats, Hit, Hits, Item

TURNS = 6
"""Hits whose sentences are read."""
SENTENCES = 14
"""Best sentences whose pieces are looked at."""
FAINT = 0.25
"""Below this bearing on the question, no piece of a sentence is taken for an answer."""
PEOPLE = 50
"""Above so many speakers, nobody is taken for the only other one."""


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence of a hit: its place, its words, and what speaks for it (each about in [0, 1])."""

    hit: int
    start: int
    text: str
    signs: Mapping[str, float]
    shown: bool = False
    """True for what a picture shows (its caption)."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible answer: its words as an answer, the sentence it stands in, its signs and its score."""

    text: str
    said: int
    sort: str
    signs: Mapping[str, float] = field(default_factory=dict)
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Asking:
    """The question as this file sees it."""

    wanted: AnswerType
    terms: frozenset[str]
    worth: Mapping[str, float]
    people: tuple[str, ...]
    about: tuple[str, ...]


def asking(cue: Cue, ctx: Ctx) -> Asking:
    """Read the question against the store: its terms and their worth, the people it names."""
    people = tuple(ctx.store.speakers()[:PEOPLE])
    about = match_speakers(cue.text, people)
    spoken = {part.lower() for name in about for part in name.split()}
    words = [word for word in content_words(cue.text) if re.split(r"['’]", word)[0] not in spoken]
    terms = list(dict.fromkeys(ctx.store.terms(" ".join(words)) or ctx.store.terms(cue.text)))
    idf = ctx.store.idf(terms, cue.where) if terms else np.zeros(0, np.float32)
    return Asking(
        expected(cue.text),
        frozenset(terms),
        dict(zip(terms, worth(idf).tolist(), strict=True)),
        people,
        about,
    )


# --- sentences -----------------------------------------------------------------------------------


def sentences(cue: Cue, hits: Hits, ctx: Ctx, asked: Asking, *, turns: int = TURNS) -> list[Said]:
    """The sentences of the best hits, with what speaks for each."""
    best = hits.top(turns)
    if not len(best):
        return []
    top = max(float(best.scores[0]), 1e-6)
    before = ctx.store.around(best.rows, 1, 0, cue.where)[:, 0]
    there = before >= 0
    earlier: list[str] = [""] * len(best)
    for place, item in zip(np.flatnonzero(there).tolist(), ctx.store.items(before[there]), strict=True):
        earlier[place] = item.text
    found: list[tuple[int, int, str, bool]] = []
    for number, hit in enumerate(best):
        text = hit.item.text[:20_000]
        found.extend((number, span.start, span.of(text), False) for span in split(text))
        caption = _PHOTO.sub("", str(hit.item.data.get("caption") or ""))
        if caption:
            found.append((number, -1, caption, True))
    if not found:
        return []
    near = np.clip(ctx.embed([text for _, _, text, _ in found]) @ ctx.cue_vector(cue), 0, 1)
    whole = [frozenset(ctx.store.terms(hit.item.text)) for hit in best]
    asked_before = [
        frozenset(ctx.store.terms(text)) if text.rstrip().endswith("?") else frozenset() for text in earlier
    ]
    told: list[Said] = []
    bags = [frozenset(ctx.store.terms(text)) for _, _, text, _ in found]
    for place, ((number, start, text, shown), cosine) in enumerate(zip(found, near.tolist(), strict=True)):
        hit = best[number]
        own = bags[place]
        led = covered(asked, bags[place - 1]) if place and found[place - 1][0] == number and not shown else 0.0
        who = resolve_subjects(text, hit.item.who, asked.people) if not shown else frozenset({hit.item.who or ""})
        told.append(
            Said(
                number,
                start,
                text,
                {
                    "turn score": float(best.scores[number]),
                    "turn share": float(best.scores[number]) / top,
                    "first turn": float(number == 0),
                    "turn rank": 1.0 / (1 + number),
                    "covered": covered(asked, own),
                    "turn covered": covered(asked, whole[number]),
                    "led up to": led,
                    "short": float(len(own) <= 3),
                    "asked before": covered(asked, asked_before[number]) if start <= 0 and not shown else 0.0,
                    "near": cosine,
                    "question": float(text.rstrip().endswith("?")),
                    "caption": float(shown),
                    "opening": float(start == 0),
                    "right person": float(not asked.about or bool(who & set(asked.about))),
                    "named speaks": float(not asked.about or hit.item.who in asked.about),
                },
                shown,
            )
        )
    return told


def covered(asked: Asking, terms: frozenset[str]) -> float:
    """The share of the question, by worth, that the terms hold."""
    return sum(worth for term, worth in asked.worth.items() if term in terms)


def _bearing(said: Said) -> float:
    """How much a sentence has to do with the question: a name in one that has nothing is no answer."""
    s = said.signs
    return max(s["covered"], s["led up to"], s["asked before"], 0.7 * s["turn covered"]) + 0.5 * s["near"]


def _first_look(said: Said) -> float:
    """A rough order of sentences, before their pieces are read."""
    s = said.signs
    return (
        s["turn share"]
        + 0.8 * s["covered"]
        + 0.4 * s["near"]
        + 0.5 * s["asked before"]
        + 0.3 * s["right person"]
        - 0.6 * s["question"]
        - 0.2 * s["caption"]
    )


# --- candidates ----------------------------------------------------------------------------------


def candidates(
    cue: Cue, hits: Hits, ctx: Ctx, asked: Asking, said: Sequence[Said], weights: Mapping[str, float]
) -> list[Candidate]:
    """Every possible answer, best first."""
    if not said:
        return []
    best = hits.top(TURNS)
    if asked.wanted.form == "date":
        found = _dates(best, asked, said)
    else:
        found = _pieces(ctx, best, asked, said)
    if not found:
        return []
    scored = [replace(one, score=_sum(one.signs, weights)) for one in found]
    return sorted(scored, key=lambda one: -one.score)


def _sum(signs: Mapping[str, float], weights: Mapping[str, float]) -> float:
    return sum(weights.get(name, 0.0) * value for name, value in signs.items())


_WEEKDAY = re.compile(r"\b(mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:day)?s?\b", re.I)


def dated(e: dates.TimeExpression, item: Item, grain: str) -> str:
    """A time expression as an answer; a named weekday stays in it, and a month or year is told when asked for."""
    precision = e.precision
    if grain == "year":
        return str(e.at.year)
    if grain == "month" and precision not in ("year", "decade", "season"):
        return f"{MONTH_NAMES[e.at.month - 1]} {e.at.year}"
    if precision in ("minute", "hour") and grain != "time":
        precision = "day"
    told = dates.say(e.at, precision, item.at, e.until)
    if precision == "day" and _WEEKDAY.search(e.text):
        return f"{DAY_NAMES[e.at.weekday()]} {told}"
    return f"since {told}" if e.sense == "since" else told


def _dates(best: Hits, asked: Asking, said: Sequence[Said]) -> list[Candidate]:
    """Every time that the hits name, and the time of each hit itself."""
    found: list[Candidate] = []
    prefix = "date:"
    for number, hit in enumerate(best):
        item = hit.item
        own = [place for place, one in enumerate(said) if one.hit == number and not one.shown]
        if not own:
            continue
        times = dates.find(item.text[:20_000], item.at)
        for e in times:
            place = next((p for p in own if said[p].start <= e.start < said[p].start + len(said[p].text)), own[0])
            signs = dict(said[place].signs) | {
                "certain": float(e.certain),
                "day": float(e.precision in ("day", "minute", "hour")),
                "relative": float(not re.search(r"\d{4}", e.text)),
                "long ago": float(item.at is not None and abs((item.at - e.at).days) > 400),
                "alone": float(len(times) == 1),
                "future": float(item.at is not None and e.at > item.at),
            }
            found.append(Candidate(dated(e, item, asked.wanted.grain), place, "date", _prefixed(prefix, signs)))
        if item.at is not None:
            place = max(own, key=lambda p: _first_look(said[p]))
            signs = dict(said[place].signs) | {"day of the talk": 1.0, "talk names none": float(not times)}
            e = dates.TimeExpression(0, 0, "", item.at, item.at, "day", True)
            found.append(Candidate(dated(e, item, asked.wanted.grain), place, "talk", _prefixed(prefix, signs)))
    return found


def _prefixed(prefix: str, signs: Mapping[str, float]) -> dict[str, float]:
    return {prefix + name: value for name, value in signs.items()}


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
_PURPOSE = re.compile(r"^(?:to|because|since|for|so)\b", re.I)
_PLACE_BEFORE = re.compile(
    r"\b(?:in|at|to|from|near|around|through|visit(?:ed|ing)?|via)\s+(?:the\s+|my\s+|a\s+)?$", re.I
)
_TALK = re.compile(
    r"^(?:thanks|thank|wow|hey|hi|yeah|yep|yes|sure|great|awesome|cool|glad|congrats|absolutely)\b", re.I
)
_FIRST_PERSON = re.compile(r"\b(?:i|we|you)\b", re.I)
_PHOTO = re.compile(
    r"^(?:a|an|the)\s+(?:close-?up\s+)?(?:photo(?:graph(?:y)?)?|picture|image)\s+of\s+(?:(?:a|an|the|some)\s+)?", re.I
)


def _pieces(ctx: Ctx, best: Hits, asked: Asking, said: Sequence[Said]) -> list[Candidate]:
    """The pieces of the most promising sentences."""
    order = sorted(range(len(said)), key=lambda place: -_first_look(said[place]))[:SENTENCES]
    group = _GROUP.get(asked.wanted.form, "list" if asked.wanted.many else "what")
    want = asked.wanted
    noun_terms = frozenset(ctx.store.terms(want.noun))
    raw: list[tuple[int, int, int, str, str]] = []
    seen: set[tuple[int, str]] = set()
    for place in order:
        text = said[place].text[:600]
        spans = [(p.start, p.end, p.sort) for p in candidate_spans(text)]
        spans.append((0, len(text), "sentence"))
        for start, end, sort in spans:
            answer = bare(text[start:end]) if sort != "sentence" else text.strip()
            if not answer or (place, answer.lower()) in seen:
                continue
            seen.add((place, answer.lower()))
            raw.append((place, start, end, sort, answer))
    if not raw:
        return []
    spoken = {part.lower() for person in asked.about for part in person.split()}
    addressed = {part.lower() for person in asked.people for part in person.split()}
    like: Floats
    if want.noun:
        vectors = ctx.embed([answer for *_, answer in raw])
        like = np.clip(vectors @ ctx.embed([want.noun])[0], 0, 1)
    else:
        like = np.zeros(len(raw), np.float32)
    spots: dict[int, list[int]] = {}
    for place in order:
        text = said[place].text[:600]
        spots[place] = [m.start() for m in HYPHENATED.finditer(text) if asked.terms & set(ctx.store.terms(m.group()))]
    rank = {place: number for number, place in enumerate(order)}
    found: list[Candidate] = []
    for (place, start, end, sort, answer), likeness in zip(raw, like.tolist(), strict=True):
        sentence = said[place].text[:600]
        words = [m.group().lower() for m in HYPHENATED.finditer(answer)]
        if not words:
            continue
        own = ctx.store.terms(answer)
        if not own and sort == "phrase":
            continue
        calls = all(any(len(word) >= 3 and name.startswith(word) for name in addressed) for word in words)
        if calls and (want.form != "person" or words[0] in spoken):
            continue
        count = len(words)
        inside = len([t for t in own if t in asked.terms]) / max(len(own), 1)
        gaps = [start - spot if spot < start else spot - end for spot in spots[place] if not start <= spot < end]
        gap = min(gaps) if gaps else 200
        follows = any(0 < start - spot for spot in spots[place])
        bearing = _bearing(said[place])
        rest = ctx.store.terms(sentence[end : end + 40])[:3]
        shape = {
            "one": float(count == 1),
            "two": float(count == 2),
            "three": float(count == 3),
            "some": float(4 <= count <= 6),
            "many": float(7 <= count <= 10),
            "long": float(count > 10),
            "whole": float(sort == "sentence" or end - start >= len(sentence) - 2),
            "name": bearing * float(sort == "name"),
            "kin": bearing * float(sort == "kin"),
            "number": bearing * float(sort == "number"),
            "fits": float(_SORT.get(want.form) == sort),
            "echo": inside,
            "echoes only": float(inside > 0.99),
            "close": 1.0 / (1.0 + max(gap, 0) / 12.0),
            "after": float(follows),
            "like the noun": likeness,
            "has the noun": float(bool(noun_terms & set(own))),
            "counted": float(bool(noun_terms & set(rest))) if sort == "number" else 0.0,
            "purpose": float(_PURPOSE.match(sentence[start:end].strip()) is not None),
            "after to": float(re.search(r"\b(?:to|because|since)\s+$", sentence[:start], re.I) is not None),
            "in a place": float(_PLACE_BEFORE.search(sentence[:start]) is not None),
            "talk": float(_TALK.match(answer) is not None),
            "says I": float(_FIRST_PERSON.search(answer) is not None),
            "quoted": float(sentence[max(0, start - 1) : start] in ("'", '"', "“")),
            "ends": float(not sentence[end:].strip(" .!?\"'”)")),
            "starts": float(not sentence[:start].strip()),
            "comma": float("," in answer or " and " in answer),
            "ing": float(words[0].endswith("ing")),
            "new": min(len(set(own) - asked.terms), 4) / 4,
            "said": sum(w not in STOP and w not in VERBS for w in words) / count,
            "capital": bearing * float(answer[:1].isupper() and start > 0),
        }
        signs = dict(said[place].signs)
        signs["promising"] = 1.0 / (1 + rank[place])
        signs |= {f"{group} {name}": signs[name] for name in ("question", "caption", "covered", "led up to")}
        signs |= _prefixed("is:", shape)
        signs |= {f"{group}:{name}": value for name, value in shape.items() if value and name in _BY_GROUP}
        signs |= {
            "covered and near": said[place].signs["covered"] * shape["close"],
            "answers the question": said[place].signs["asked before"] * float(start == 0 or count <= 3),
        }
        if want.name:
            signs["asked for a name:name"] = shape["name"]
        found.append(Candidate(answer, place, sort, signs))
    return found


_BY_GROUP = frozenset(
    """one two three some many long whole name kin number fits purpose comma ing close capital""".split()
) | {"after to", "in a place", "like the noun", "says I", "ends"}


def choose(
    found: Sequence[Candidate], said: Sequence[Said], many: bool, *, most: int = 5, within: float = 1.5
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


def hit_of(best: Hits, said: Sequence[Said], one: Candidate) -> Hit:
    """The hit in which a candidate stands."""
    return best[said[one.said].hit]
