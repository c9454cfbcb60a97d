"""Reads the data that trains and judges the reader, and cuts it into numbered pieces with labels."""

from __future__ import annotations

import gzip
import itertools
import json
import random
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from hard import HardQuestions
from questions import Asked, Questions
from talk import ATTRIBUTES, MODALITIES, POLARITIES, Said, Talk, Turn

from remanence.models.reader.pieces import Pieces, cut
from remanence.models.wordpiece import WordPiece

LONGEST = 192  # pieces of one input
ATTRIBUTE_IDS = {name: place for place, name in enumerate((*ATTRIBUTES, "other"))}
_PERSONA = {
    "like": "likes",
    "favorite": "likes",
    "dislike": "likes",
    "have_pet": "pet",
    "employed_by_general": "job",
    "employed_by_company": "employer",
    "physical_attribute": "looks",
    "own": "owns",
    "live_in": "home",
    "have_vehicle": "vehicle",
    "has_ability": "ability",
    "want_job": "job",
    "attend_school": "school",
    "have_family": "child",
    "have_chidren": "child",
    "have_children": "child",
    "marital_status": "marital_status",
    "diet": "diet",
    "have_sibling": "sibling",
    "school_status": "school",
    "name": "name",
    "health_status": "health",
    "has_degree": "study",
    "job_status": "job",
    "member_of": "member",
    "relationship": "partner",
    "belief": "belief",
    "international_exp": "trip",
    "do_not_eat": "diet",
    "do_not_drink": "diet",
    "gender": "looks",
    "race": "origin",
    "doing": "hobby",
    "pre_employed": "employer",
    "have_no_children": "child",
    "have_no_sibling": "sibling",
    "like_activity": "hobby",
    "favorite_hobby": "hobby",
}
_I = frozenset("i my me mine we our us".split())


@dataclass
class Row:
    """One input: ids, where the passage starts, and what is known about it (None: not asked)."""

    ids: list[int]
    passage: int
    spans: list[tuple[int, int]] = field(default_factory=list)  # answer, first and last piece
    answerable: bool | None = None
    says: int = -1
    said: list[tuple[int, int, int, int, int, int, int]] | None = (
        None  # first, last, attribute, polarity, modality, subject
    )
    weight: float = 1.0
    group: int = 0  # rows of one question, one of which answers, among which the reader is to choose; 0: none


def load(name: str, folder: Path) -> Any:
    """One gzip JSON file of the development data."""
    return json.loads(gzip.decompress((folder / name).read_bytes()))


def pieces_in(cutting: Pieces, start: int, end: int) -> tuple[int, int] | None:
    """First and last piece that touch the characters [start, end)."""
    touched = [i for i, (a, b) in enumerate(zip(cutting.starts, cutting.ends, strict=True)) if a < end and b > start]
    return (touched[0], touched[-1]) if touched else None


def question_row(asked: Asked, words: WordPiece, *, known: bool = True, weight: float = 1.0) -> Row:
    """[CLS] question [SEP] passage [SEP]; `known` is False where "not in there" is only likely."""
    q, p = cut(asked.question, words), cut(asked.passage, words)
    head = [words.id("[CLS]"), *q.ids[:48], words.id("[SEP]")]
    room = LONGEST - len(head) - 1
    row = Row([*head, *p.ids[:room], words.id("[SEP]")], len(head), weight=weight)
    span = pieces_in(p, *asked.answer) if asked.answer else None
    row.answerable = span is not None if known else None
    if span and span[1] < room:
        row.spans = [(span[0] + len(head), span[1] + len(head))]
        row.says = asked.says
    elif span:
        row.answerable = None
    return row


def turn_row(turn: Turn, words: WordPiece, *, weight: float = 1.0) -> Row:
    """[CLS] turn [SEP] with the pieces of each value and subject; subject 0 is the speaker."""
    p = cut(turn.text, words)
    row = Row([words.id("[CLS]"), *p.ids[:94], words.id("[SEP]")], 1, said=[], weight=weight)
    for one in turn.said:
        value = pieces_in(p, *one.value)
        subject = pieces_in(p, *one.subject) if one.subject else (-1, -1)
        if one.subject == (0, 0):  # somebody whom the turn does not name
            subject = (-2, -2)
        if value and subject and max(value[1], subject[1]) < 94:
            assert row.said is not None
            row.said.append(
                (
                    value[0] + 1,
                    value[1] + 1,
                    ATTRIBUTE_IDS[one.attribute],
                    POLARITIES.index(one.polarity),
                    MODALITIES.index(one.modality),
                    subject[0] + 1,
                    subject[1] + 1,
                )
            )
    return row


def scenes(rows: list[dict[str, Any]], *, held: bool) -> list[dict[str, Any]]:
    """Three quarters of the scenes train; every fourth is held out."""
    return [row for place, row in enumerate(rows) if (place % 4 == 1) == held]


def bag(text: str) -> set[str]:
    """The words of three letters or more."""
    return set(re.findall(r"\w{3,}", text.lower()))


def _line(turn: dict[str, Any]) -> str:
    return f"{turn['who'] or '?'}: {' '.join(turn['text'].split())}"


def friends(rows: list[dict[str, Any]], words: WordPiece, rng: random.Random) -> list[Row]:
    """For each question: a stretch with the answer, one without, the turn alone, another turn alone."""
    out = []
    for scene in rows:
        lines = [_line(turn) for turn in scene["turns"]]
        for asked in scene["questions"]:
            golds = {a["turn"] for a in asked["answers"]}
            answer = rng.choice(asked["answers"])
            turn = answer["turn"]
            first = max(0, turn - rng.randint(0, 5))
            last = min(len(lines), turn + rng.randint(1, 5))
            span = _inside(lines, first, turn, answer)
            if span:
                asks = asked["question"]
                out.append(question_row(Asked(asks, "\n".join(lines[first:last]), span), words))
                out.append(question_row(Asked(asks, lines[turn], _inside(lines, turn, turn, answer)), words))
            far = [i for i in range(len(lines)) if all(abs(i - gold) > 1 for gold in golds)]
            if far:
                out.append(question_row(Asked(asked["question"], lines[rng.choice(far)], None), words))
                place = rng.choice(far)
                stop = min([gold for gold in golds if gold > place], default=len(lines))
                stretch = "\n".join(lines[place : min(stop, place + rng.randint(2, 6))])
                out.append(question_row(Asked(asked["question"], stretch, None), words, weight=0.7))
    return out


def friends_without(rows: list[dict[str, Any]], words: WordPiece, rng: random.Random) -> list[Row]:
    """For each question three passages that come near: the likest other turn, the answer cut out, another person."""
    out = []
    for place, scene in enumerate(rows):
        lines = [_line(turn) for turn in scene["turns"]]
        bags = [set(re.findall(r"\w+", line.lower())) for line in lines]
        cast = sorted({turn["who"] for turn in scene["turns"] if turn["who"]})
        for asked in scene["questions"]:
            question = asked["question"]
            golds = {a["turn"] for a in asked["answers"]}
            own = set(re.findall(r"\w+", question.lower()))
            far = [i for i in range(len(lines)) if all(abs(i - gold) > 1 for gold in golds)]
            if far:
                near = sorted(far, key=lambda i: -len(own & bags[i]) / (8 + len(bags[i])))[:3]
                out.append(question_row(Asked(question, lines[rng.choice(near)], None), words))
            if len(golds) == 1:
                (gold,) = golds
                first, last = max(0, gold - rng.randint(1, 4)), gold + rng.randint(2, 5)
                left = [line for i, line in enumerate(lines[first:last], first) if i != gold]
                out.append(question_row(Asked(question, "\n".join(left), None), words, weight=0.7))
            swapped = other_person(question, cast, rng)
            if swapped:
                out.append(question_row(Asked(swapped, lines[rng.choice(sorted(golds))], None), words, weight=0.6))
        foreign = rng.sample(
            rows[(place + 1) % len(rows)]["questions"], k=min(2, len(rows[(place + 1) % len(rows)]["questions"]))
        )
        for asked in foreign:
            start = rng.randrange(max(1, len(lines) - 3))
            out.append(question_row(Asked(asked["question"], "\n".join(lines[start : start + 4]), None), words))
    return out


def other_person(question: str, cast: list[str], rng: random.Random) -> str | None:
    """The question with the first person that it names in the place of another one of the cast, or None."""
    for name in cast:
        first = name.split()[0]
        if re.search(rf"\b{re.escape(first)}\b", question):
            others = [one.split()[0] for one in cast if one.split()[0] not in question]
            return re.sub(rf"\b{re.escape(first)}\b", rng.choice(others), question) if others else None
    return None


def _inside(lines: list[str], first: int, turn: int, answer: dict[str, Any]) -> tuple[int, int] | None:
    before = sum(len(line) + 1 for line in lines[first:turn])
    head, _, body = lines[turn].partition(": ")
    text = " ".join(answer["text"].split())
    at = 0 if answer["by_speaker"] else body.find(text) + len(head) + 2
    if not answer["by_speaker"] and body.find(text) < 0:
        return None
    return (before + at, before + at + (len(head) if answer["by_speaker"] else len(text)))


def molweni(rows: list[dict[str, Any]], words: WordPiece) -> list[Row]:
    """Whole dialogues with their answerable and unanswerable questions."""
    out = []
    for talk in rows:
        passage = "\n".join(_line(turn) for turn in talk["turns"])
        low = passage.lower()
        for asked in talk["questions"]:
            spans = [low.find(" ".join(a.lower().split())) for a in asked["answers"]]
            if asked["answerable"] and min(spans, default=-1) < 0:
                continue
            span = (spans[0], spans[0] + len(asked["answers"][0])) if asked["answerable"] else None
            out.append(question_row(Asked(asked["question"], passage, span), words))
    return out


def xquad(rows: list[dict[str, Any]], words: WordPiece, rng: random.Random) -> list[Row]:
    """The sentences around each answer, and now and then sentences of another passage (not in there)."""
    out = []
    for place, row in enumerate(rows):
        text, ends = row["context"], [m.end() for m in re.finditer(r"[.!?] ", row["context"])]
        for asked in row["questions"]:
            at = text.find(asked["answers"][0])
            if at < 0:
                continue
            start = max([e for e in ends if e <= max(0, at - rng.randint(0, 250))], default=0)
            stop = min([e for e in ends if e >= at + len(asked["answers"][0]) + rng.randint(0, 200)], default=len(text))
            span = (at - start, at - start + len(asked["answers"][0]))
            out.append(question_row(Asked(asked["question"], text[start:stop], span), words))
            if rng.random() < 0.5:
                other = rows[(place + rng.choice([0, 0, 0, 1])) % len(rows)]["context"]
                parts = [s for s in re.split(r"(?<=[.!?]) ", other) if asked["answers"][0] not in s]
                if parts:
                    out.append(question_row(Asked(asked["question"], rng.choice(parts), None), words))
    return out


def persona_turn(row: dict[str, Any]) -> Turn:
    """A sentence of PersonaExt with its statements, attributes mapped to ours."""
    said, text = [], row["text"]
    for one in row["statements"]:
        found = re.search(rf"\b{re.escape(one['value'])}\b", text)
        if not found:
            continue
        name = one["attribute"]
        attribute = _PERSONA.get(name) or next((v for k, v in _PERSONA.items() if name.startswith(k)), "other")
        denied = name.startswith(("dislike", "do_not", "have_no", "want_no", "weakness"))
        modality = (
            "wished" if name.startswith("want_job") else "ended" if name.startswith(("used_to", "pre_")) else "holds"
        )
        subject = None
        if one["subject"] not in _I:
            at = re.search(rf"\b{re.escape(one['subject'])}\b", text)
            subject = at.span() if at else None
        said.append(Said(attribute, found.span(), subject, "denied" if denied else "affirmed", modality))
    return Turn("user", text, tuple(said))


def persona(rows: list[dict[str, Any]], words: WordPiece) -> list[Row]:
    """Rows of PersonaExt sentences whose value stands in the text."""
    turns = [persona_turn(row) for row in rows]
    return [turn_row(turn, words) for turn in turns if turn.said]


def persona_split(rows: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Four fifths train, every fifth sentence is held out."""
    return [r for i, r in enumerate(rows) if i % 5 != 2], [r for i, r in enumerate(rows) if i % 5 == 2]


def made_questions(count: int, seed: int, words: WordPiece, *, unseen: bool = False) -> list[Row]:
    """Made-up talk with questions."""
    source = Questions(seed, unseen=unseen)
    return [question_row(source.asked(), words) for _ in range(count)]


def hard_questions(count: int, seed: int, words: WordPiece) -> list[Row]:
    """Made-up talk with questions that it comes near to."""
    source = HardQuestions(seed)
    return [question_row(source.asked(), words) for _ in range(count)]


def made_turns(count: int, seed: int, words: WordPiece, *, unseen: bool = False) -> list[Row]:
    """Made-up turns, a quarter of them without a statement."""
    talk = Talk(seed, unseen=unseen)
    turns = [talk.empty_turn("a") if i % 4 == 0 else talk.speaker_turn("a") for i in range(count)]
    return [turn_row(turn, words) for turn in turns]


_TELLING = re.compile(r"\b(i|my|we|our|me|he|she|his|her|they)\b", re.I)
_DOUBT = 0.35  # weight of a turn that most likely, and not surely, states nothing


def plain_turns(rows: list[dict[str, Any]], words: WordPiece) -> list[Row]:
    """Turns of recorded talk that speak of nobody, and so state nothing."""
    texts = [" ".join(turn["text"].split()) for scene in rows for turn in scene["turns"]]
    return [turn_row(Turn("a", text), words) for text in texts if text and not _TELLING.search(text)]


def doubtful_turns(rows: list[dict[str, Any]], words: WordPiece) -> list[Row]:
    """Turns of recorded talk that speak of somebody; few of them state a lasting thing, so they weigh less."""
    texts = [" ".join(turn["text"].split()) for scene in rows for turn in scene["turns"]]
    return [turn_row(Turn("a", text), words, weight=_DOUBT) for text in texts if _TELLING.search(text)]


def batches(rows: list[Row], rng: random.Random, tokens: int) -> list[list[Row]]:
    """Rows of like length together, groups whole, at most `tokens` pieces a batch with padding, in random order."""
    groups: dict[int, list[Row]] = {}
    for place, row in enumerate(rows):
        groups.setdefault(row.group or -1 - place, []).append(row)
    units = [(max(len(row.ids) for row in unit), unit) for unit in groups.values()]
    out: list[list[Row]] = [[]]
    for longest, unit in sorted(units, key=lambda one: one[0] + rng.random() * 8):
        if out[-1] and longest * (len(out[-1]) + len(unit)) > tokens:
            out.append([])
        out[-1] += unit
    rng.shuffle(out)
    return out


def grouped(rows: Iterable[Row]) -> list[Row]:
    """The rows as one group: one question with passages of which the first one answers."""
    rows = list(rows)
    number = next(_GROUPS)
    return [replace(row, group=number) for row in rows] if rows and rows[0].spans else []


_GROUPS = itertools.count(1)


def friends_among(rows: list[dict[str, Any]], words: WordPiece, rng: random.Random, *, near: int = 5) -> list[Row]:
    """For each question its turn among the turns of the scene that are most like the question."""
    out = []
    for scene in rows:
        lines = [_line(turn) for turn in scene["turns"]]
        bags = [bag(line) for line in lines]
        for asked in scene["questions"]:
            question, own = asked["question"], bag(asked["question"])
            answer = rng.choice(asked["answers"])
            golds = {a["turn"] for a in asked["answers"]}
            span = _inside(lines, answer["turn"], answer["turn"], answer)
            far = [i for i in range(len(lines)) if all(abs(i - gold) > 1 for gold in golds)]
            far.sort(key=lambda i: -len(own & bags[i]) / (8 + len(bags[i])) + rng.random() * 0.04)
            asks = [Asked(question, lines[answer["turn"]], span)]
            asks += [Asked(question, lines[i], None) for i in far[:near]]
            out += grouped(question_row(one, words, weight=1.0 if one.answer else 0.4) for one in asks)
    return out


def padded(rows: list[Row]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """ids, token types and mask, [B, T]."""
    longest = max(len(row.ids) for row in rows)
    ids = np.zeros((len(rows), longest), dtype=np.int64)
    types, mask = np.zeros_like(ids), np.zeros(ids.shape, dtype=bool)
    for place, row in enumerate(rows):
        ids[place, : len(row.ids)] = row.ids
        types[place, row.passage : len(row.ids)] = 1
        mask[place, : len(row.ids)] = True
    return ids, types, mask
