"""Questions in many languages as inputs of the reader by signs, and questions made out of passages by a gap."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import material as m
import numpy as np
from numpy.typing import NDArray

from remanence.models.packed import Matrix
from remanence.models.reader.neutral import LONGEST, QUESTION, NeutralReader, Signs, Text, signs_of, text_of
from remanence.models.reader.signs import FORMS, Words, alike

LANGUAGES = ("en", "de", "es", "ro", "el", "hi", "ru", "th", "zh")
_FORM = {name: place for place, name in enumerate(FORMS)}
_CAPITALS = [_FORM["capital"], _FORM["capitals"], _FORM["latin"]]
_WORDS_FOR = {
    "year": ("when", "which year", "in which year", "what year"),
    "digit": ("many", "many", "what number", "which"),
    "capital": ("who", "who", "where", "what", "which", "what called", "which person", "which city", "which country"),
    "other": ("what", "what", "what", "which", "how", "why", "what kind"),
}


@dataclass(frozen=True)
class Asked:
    """A question, where its answers stand in the passage (first and last word), and the answers."""

    text: Text
    spans: tuple[tuple[int, int], ...]
    answers: tuple[str, ...]
    said: str


@dataclass(frozen=True)
class Passage:
    """A passage with its questions; `group` numbers the passages of which this is one translation."""

    language: str
    group: int
    said: str
    text: Text
    asked: tuple[Asked, ...]


@dataclass
class Row:
    """One input, the vectors of its words, and the spans that answer; none: it is not in there."""

    signs: Signs
    vectors: Matrix
    spans: list[tuple[int, int]]


def held(group: int) -> bool:
    """A quarter of the articles (five passages each) is held out, in every language."""
    return group // 5 % 4 == 0


def xquad(folder: Path, language: str, reader: NeutralReader) -> list[Passage]:
    """The passages of one language, in the order that all languages share."""
    rows = m.load(f"xquad.{language}.json.gz", folder)
    return [passage(language, group, row, reader) for group, row in enumerate(rows)]


def talk(folder: Path, reader: NeutralReader) -> list[Passage]:
    """Six lines of talk at a time with their questions (FriendsQA's training scenes)."""
    out = []
    for scene in m.scenes(m.load("friendsqa_dev.json.gz", folder), held=False):
        lines = [f"{turn['who'] or '?'}: {' '.join(turn['text'].split())}" for turn in scene["turns"]]
        for start in range(0, len(lines), 6):
            here = range(start, min(start + 6, len(lines)))
            asked = [
                {"question": one["question"], "answers": [a["text"] for a in one["answers"] if a["turn"] in here]}
                for one in scene["questions"]
            ]
            row = {"context": "\n".join(lines[i] for i in here), "questions": [one for one in asked if one["answers"]]}
            if row["questions"]:
                out.append(passage("en", -1, row, reader))
    return out


def passage(language: str, group: int, row: dict[str, Any], reader: NeutralReader) -> Passage:
    """One row of a set with its questions cut into words."""
    told = text_of(row["context"], reader.small, language)
    asked = tuple(
        Asked(
            text_of(one["question"], reader.small, language),
            tuple(sorted({span for answer in one["answers"] for span in _spans(row["context"], told.words, answer)})),
            tuple(one["answers"]),
            one["question"],
        )
        for one in row["questions"]
    )
    return Passage(language, group, row["context"], told, asked)


def _spans(text: str, words: Words, answer: str) -> list[tuple[int, int]]:
    out = []
    place = text.find(answer) if answer else -1
    while place >= 0:
        stop = place + len(answer)
        touched = [i for i, (a, b) in enumerate(zip(words.starts, words.ends, strict=True)) if a < stop and b > place]
        if touched:
            out.append((touched[0], touched[-1]))
        place = text.find(answer, place + 1)
    return out


def question_row(asked: Asked, told: Passage, own: bool, reader: NeutralReader, rng: random.Random) -> Row:
    """A question with its own passage, or with another one that does not answer it."""
    listed = [*asked.text.words.folded, *told.text.words.folded]
    same, soft = alike(listed, listed)
    start = _stretch(len(told.text.words.shown), asked.spans[0][0] if own and asked.spans else 0, rng)
    signs = signs_of(asked.text, told.text, soft, same, start)
    vectors = _placed(signs, reader, reader.vectors(asked.text), reader.vectors(told.text)[start:])
    return Row(signs, vectors, _moved(asked.spans if own else (), signs, start))


def _stretch(count: int, answer: int, rng: random.Random) -> int:
    room = LONGEST - QUESTION - 2
    return max(0, min(count - room, answer - rng.randrange(30, 120))) if count > room else 0


def _moved(spans: tuple[tuple[int, int], ...], signs: Signs, start: int) -> list[tuple[int, int]]:
    first, total = signs.passage, len(signs.side)
    moved = [(a - start + first, b - start + first) for a, b in spans]
    return [(a, b) for a, b in moved if a >= first and b < total]


def _placed(signs: Signs, reader: NeutralReader, asked: Matrix, told: Matrix) -> Matrix:
    ours, theirs = int((signs.side == 1).sum()), int((signs.side == 3).sum())
    return np.concatenate([reader.ends[:1], asked[:ours], reader.ends[1:], told[:theirs]])


def gap_row(told: Passage, reader: NeutralReader, rng: random.Random) -> Row | None:
    """A question made of a sentence without a part of it, which is the answer; words are lost or change endings."""
    text = told.text
    place = rng.randrange(int(text.sentence.max()) + 1)
    inside = np.flatnonzero(text.sentence == place)
    if not 7 <= len(inside) <= 60:
        return None
    part = _part(text, int(inside[0]), int(inside[-1]), rng)
    if part is None:
        return None
    first, last = part
    low, high = max(int(inside[0]), first - rng.randrange(4, 16)), min(int(inside[-1]), last + rng.randrange(4, 16))
    small = text.means.sum(1) > 0
    kept = [
        i
        for i in range(low, high + 1)
        if not first <= i <= last and not text.forms[i, _FORM["mark"]] and rng.random() > (0.45 if small[i] else 0.25)
    ]
    if sum(not small[i] for i in kept) < 2:
        return None
    if rng.random() < 0.3:
        kept = kept[len(kept) // 2 :] + kept[: len(kept) // 2]
    asking = rng.choice(_WORDS_FOR[_sort(text, first)]).split()
    return _gap_row(text, reader, kept, [name for name in asking if name in reader.small.names], part, rng)


def _sort(text: Text, place: int) -> str:
    form = text.forms[place]
    if form[_FORM["year"]]:
        return "year"
    return "digit" if form[_FORM["digit"]] else "capital" if form[_CAPITALS[:2]].any() else "other"


def _part(text: Text, start: int, stop: int, rng: random.Random) -> tuple[int, int] | None:
    """A name whole, a number, or one to five other words."""
    first = last = rng.randrange(start, stop + 1)
    small = (text.means.sum(1) > 0) & (text.forms[:, _FORM["digit"]] == 0)
    mark = text.forms[:, _FORM["mark"]] > 0
    named = text.forms[:, _CAPITALS[:2]].any(1)
    if mark[first] or small[first]:
        return None
    if named[first]:
        while last < stop and named[last + 1]:
            last += 1
        while first > start and named[first - 1]:
            first -= 1
        return first, last
    while last < stop and last - first < 4 and rng.random() < 0.45 and not mark[last + 1]:
        last += 1
    while last > first and small[last]:
        last -= 1
    return first, last


def _gap_row(
    text: Text, reader: NeutralReader, kept: list[int], asking: list[str], part: tuple[int, int], rng: random.Random
) -> Row | None:
    names, count = reader.small.names, len(asking) + len(kept)
    front = rng.random() < 0.7
    places = [-1] * len(asking) + kept if front else kept + [-1] * len(asking)
    means = np.zeros((count, len(names)), np.float32)
    shape = np.zeros((count, len(FORMS)), np.float32)
    means[[i for i, place in enumerate(places) if place < 0], [names.index(name) for name in asking]] = 1
    own = [i for i, place in enumerate(places) if place >= 0]
    means[own], shape[own] = text.means[kept], text.forms[kept]
    shape[:, _FORM["middle"]][means.sum(1) == 0] = 1
    told_same, told_soft = alike(text.words.folded, text.words.folded)
    index = np.array([max(place, 0) for place in places])
    share = np.array([_kept_share(not means[i].any(), rng) if place >= 0 else 0.0 for i, place in enumerate(places)])
    cross_soft = told_soft[index] * share[:, None]
    cross_same = told_same[index] * (share == 1)[:, None]
    soft = np.block([[np.eye(count, dtype=np.float32), cross_soft], [cross_soft.T, told_soft]])
    same = np.block([[np.eye(count, dtype=np.float32), cross_same], [cross_same.T, told_same]])
    blank = Words(["x"] * count, ["x"] * count, [0] * count, [1] * count)
    asked = Text(blank, means, shape, np.zeros(count, dtype=np.intp))
    start = _stretch(len(text.words.shown), part[0], rng)
    signs = signs_of(asked, text, soft.astype(np.float32), same.astype(np.float32), start)
    whole = reader.vectors(text)
    ours = whole[index]
    for i in range(count):
        if means[i].any():
            ours[i] = reader.named(means[i])
        elif share[i] == 0:
            ours[i] = whole[rng.randrange(len(whole))]
    spans = _moved((part,), signs, start)
    return Row(signs, _placed(signs, reader, ours, whole[start:]), spans) if spans else None


def _kept_share(content: bool, rng: random.Random) -> float:
    """1 for the same word, less for another form of it, 0 for another word."""
    chance = rng.random()
    if not content or chance < 0.62:
        return 1.0
    return rng.uniform(0.5, 0.95) if chance < 0.85 else 0.0


def varied(row: Row, pool: Matrix, rng: random.Random) -> Row:
    """The row with made-up words (the same in question and passage), some small words unknown, or without capitals."""
    signs, vectors = row.signs, row.vectors.copy()
    means, shape = signs.means.copy(), signs.forms.copy()
    if rng.random() < 0.6:
        share = rng.choice((0.5, 1.0, 1.0))
        kinds: NDArray[np.intp] = signs.pairs[2].argmax(1)
        content = (means.sum(1) == 0) & (shape[:, _FORM["mark"]] == 0) & (signs.side % 2 == 1)
        for kind in set(kinds[content].tolist()):
            if rng.random() < share:
                vectors[content & (kinds == kind)] = pool[rng.randrange(len(pool))]
    if rng.random() < 0.08:
        means[:] = 0
    else:
        means[np.array([rng.random() < 0.1 for _ in means])] = 0
    if rng.random() < 0.33:
        shape[:, _CAPITALS] = 0
    return Row(replace(signs, means=means, forms=shape), vectors, row.spans)
