"""Reads stories of talk, written by hand with their questions and statements, and makes rows to learn from them.

A file of stories/ is one story (the form stands in stories/README.md): turns, what each turn states, and questions with
the turn and the words that answer, or none.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import material as m
import numpy as np
from questions import NEITHER, NO, YES, Asked
from talk import Said, Turn

from remanence.models.static import StaticEmbedder
from remanence.models.wordpiece import WordPiece

HOME = Path(__file__).parent / "stories"
PAIRS = "ghijk"  # writers of short talks: of each kind of question one that was told and one that nobody told
LATER = "qrstuvwxz"  # writers of long stories with several people and things of one kind in each
OTHER = "f"  # a writer whose stories train nothing: the first ones fit, the others judge
UNSEEN = "y"  # a writer whose stories judge only
FIRST = 24
NEAREST, AMONG, LEAD = 6, 5, 200
_I = re.compile(r"\b(i|i'm|i've|i'd|me|my|mine|we|our|ours|us)\b", re.I)
_THEY = re.compile(r"\b(he|she|they|his|her|their|him|them|he's|she's|they're|it|its|it's)\b", re.I)
_NOBODY = ("never_said", "wrong_person")


@dataclass(frozen=True)
class StoryTurn:
    """One turn: when (ISO time), who, and what was said."""

    at: str
    who: str
    text: str


@dataclass(frozen=True)
class StoryQuestion:
    """A question: who asks what, the turns that answer (places, the one with the span first) and the span there."""

    asker: str
    kind: str
    text: str
    evidence: tuple[int, ...]
    span: str
    answers: tuple[str, ...]
    wrong: tuple[str, ...]

    @property
    def answerable(self) -> bool:
        """Whether anything in the story answers."""
        return self.kind not in _NOBODY


@dataclass
class Story:
    """Turns, (place, whom, attribute, value, state) statements, and questions asked at `now`."""

    name: str
    kind: str = ""
    now: str = ""
    turns: list[StoryTurn] = field(default_factory=list)
    statements: list[tuple[int, str, str, str, str]] = field(default_factory=list)
    questions: list[StoryQuestion] = field(default_factory=list)


def stories(folder: Path = HOME, *, use: str = "train") -> list[Story]:
    """The stories of one use, in the order of their names.

    "train"; "near" are every fifth of the same writers, which the reader has not seen; of another writer the stories
    that "fit" a confidence and those that "judge". Of every ten talks of minimal pairs, and of the later long stories,
    one fits and one judges.
    """
    return [read(path) for path in sorted(folder.glob("*.txt")) if _use(path.stem) == use]


def _use(name: str) -> str:
    number = int(re.sub(r"\D", "", name))
    if name[0].lower() == OTHER:
        return "fit" if number <= FIRST else "judge"
    if name[0] == UNSEEN:
        return "judge"
    if name[0] in PAIRS + LATER and number % 5 == 0:
        return "judge" if number % 10 == 0 else "fit"
    return "near" if number % 5 == 0 else "train"


def read(path: Path) -> Story:
    """One file as a story; lines that say nothing well-formed are left out."""
    story, at, part = Story(path.stem), "", "turns"
    for line in path.read_text(encoding="utf-8").splitlines():
        line = line.strip()
        if line.startswith("= "):
            part = line.split()[1]
            story.now = line.split()[-1] if part == "questions" else story.now
        elif line.startswith("@"):
            at = line[1:].strip()
        elif line.startswith("kind:") and not story.turns:
            story.kind = line[5:].split("#")[0].strip()
        elif part == "turns" and (turn := re.match(r"\d+\s+([^:]{1,40}):\s*(.+)", line)):
            story.turns.append(StoryTurn(at, turn[1].strip(), turn[2]))
        elif part == "statements" and line.count("|") == 4:
            place, whom, attribute, value, state = (x.strip() for x in line.split("|"))
            story.statements.append((int(place) - 1, whom, attribute, value, state))
        elif part == "questions" and line.count("|") >= 5:
            story.questions.append(_question(line, story))
    return story


def _question(line: str, story: Story) -> StoryQuestion:
    asker, kind, text, evidence, span, answers, *wrong = (x.strip() for x in line.split("|"))
    places = [int(x) - 1 for x in re.findall(r"\d+", evidence)]
    if span == "-" or kind in _NOBODY:
        span = ""
    places.sort(key=lambda place: span.lower() not in story.turns[place].text.lower())
    return StoryQuestion(asker, kind, text, tuple(places), span, _several(answers), _several(wrong[0] if wrong else ""))


def _several(text: str) -> tuple[str, ...]:
    return tuple(x.strip() for x in text.split(";") if x.strip() not in ("", "-"))


def lines(story: Story) -> list[str]:
    """Each turn as "Who: text"."""
    return [f"{turn.who}: {' '.join(turn.text.split())}" for turn in story.turns]


def led(said: list[str], place: int) -> str:
    """A turn behind the question that it answers, as it is read in use."""
    before = said[place - 1] if place else ""
    who, _, text = before.partition(": ")
    return f"{who}: {text[-LEAD:]}\n{said[place]}" if before.rstrip().endswith("?") else said[place]


def asks(one: StoryQuestion) -> str:
    """The question, behind who asks it where it speaks of "I"."""
    return f"{one.asker}: {one.text}" if _I.search(one.text) else one.text


def _within(passage: str, line: str, span: str) -> tuple[int, int] | None:
    """Offsets of the span in its line's text within the passage; without a span, of who said the line."""
    start = passage.find(line)
    head = len(line.partition(": ")[0]) + 2
    if not span:
        return (start, start + head - 2) if start >= 0 else None
    at = line.lower().find(" ".join(span.lower().split()), head)
    return (start + at, start + at + len(" ".join(span.split()))) if start >= 0 and at >= 0 else None


def _says(one: StoryQuestion) -> int:
    first = one.answers[0].lower() if one.answers else ""
    if one.kind not in ("yesno", "never_happened"):
        return NEITHER
    return YES if first.startswith("yes") else NO if first.startswith("no") else NEITHER


def examples(story: Story, embedder: StaticEmbedder, rng: random.Random) -> Iterator[tuple[Asked, float]]:
    """(question with a passage, weight): the answering turn, alone and among others, and the likest other turns."""
    said = lines(story)
    for one, likest in zip(story.questions, nearest(story, embedder), strict=True):
        asked = asks(one) if rng.random() < 0.85 else one.text
        if one.span or _by_speaker(one, story):
            yield from _answered(one, asked, said, rng)
        near = likest[:NEAREST]
        count = 1 if one.answerable else 3
        for place in near[:1] + rng.sample(near[1:], min(count, len(near[1:]))):
            yield Asked(asked, led(said, place), None), 1.0
        if not one.answerable and len(near) > 2:
            some = sorted([near[0], *rng.sample(near[1:], min(len(near) - 1, rng.randint(1, 3)))])
            yield Asked(asked, "\n".join(said[n] for n in some), None), 1.0
        if not one.answerable and near:
            first = max(0, near[0] - rng.randint(0, 2))
            yield Asked(asked, "\n".join(said[first : near[0] + 2]), None), 1.0


def question_rows(story: Story, embedder: StaticEmbedder, rng: random.Random) -> Iterator[m.Row]:
    """The examples as rows to learn from, and each question's turn among the turns that are likest the question."""
    for one, weight in examples(story, embedder, rng):
        yield m.question_row(one, embedder.pieces, weight=weight)
    said = lines(story)
    for one, near in zip(story.questions, nearest(story, embedder), strict=True):
        if one.span or _by_speaker(one, story):
            asked, place = asks(one) if rng.random() < 0.85 else one.text, one.evidence[0]
            alone = led(said, place)
            among = [Asked(asked, alone, _within(alone, said[place], one.span), _says(one))]
            together = _together(one, asked, said, near, rng)
            if together is not None:
                yield m.question_row(together, embedder.pieces)
            among += [Asked(asked, led(said, other), None) for other in near[:AMONG]]
            yield from m.grouped(m.question_row(x, embedder.pieces, weight=1.0 if x.answer else 0.4) for x in among)


def _together(one: StoryQuestion, asked: str, said: list[str], near: list[int], rng: random.Random) -> Asked | None:
    """Turns of several days as one passage, in order of time: the evidence, what it replaced, and what is like it.

    What is so now, what was before and what was set right can be told apart only so.
    """
    place = one.evidence[0]
    stale = [n for n, line in enumerate(said) if n != place and any(f" {x.lower()}" in line.lower() for x in one.wrong)]
    places = {*one.evidence, *stale[:2], *near[: rng.randint(0, 2)]}
    if len(places) < 2 or len(places) > 5:
        return None
    kept = [said[n] for n in sorted(places)]
    passage = "\n".join(kept)
    found = _within(passage, said[place], one.span)
    return Asked(asked, passage, found, _says(one)) if found else None


def nearest(story: Story, embedder: StaticEmbedder) -> list[list[int]]:
    """For each question the places of the turns that do not answer it, the likest first; worked out once a story."""
    if story.name not in _NEAREST:
        said = lines(story)
        vectors, bags = embedder.embed(said), [m.bag(line) for line in said]
        _NEAREST[story.name] = [_likest(one, said, vectors, bags, embedder) for one in story.questions]
    return _NEAREST[story.name]


_NEAREST: dict[str, list[list[int]]] = {}


def _likest(
    one: StoryQuestion, said: list[str], vectors: np.ndarray, bags: list[set[str]], embedder: StaticEmbedder
) -> list[int]:
    own = m.bag(one.text)
    likeness = vectors @ embedder.embed([one.text])[0]
    likeness = likeness + 0.4 * np.array([len(own & bag) / (3 + len(own)) for bag in bags])
    return [int(place) for place in np.argsort(-likeness) if not _answers(one, int(place), said)]


def _by_speaker(one: StoryQuestion, story: Story) -> bool:
    """Whether who said it is the answer."""
    if one.span or not one.answerable or not one.evidence:
        return False
    who = story.turns[one.evidence[0]].who.casefold()
    return who not in ("user", "assistant") and who in (answer.casefold() for answer in one.answers)


def _answered(one: StoryQuestion, asked: str, said: list[str], rng: random.Random) -> Iterator[tuple[Asked, float]]:
    place = one.evidence[0]
    alone = led(said, place)
    yield Asked(asked, alone, _within(alone, said[place], one.span), _says(one)), 1.0
    first, last = max(0, place - rng.randint(0, 4)), place + rng.randint(1, 4)
    stretch = "\n".join(said[first:last])
    yield Asked(asked, stretch, _within(stretch, said[place], one.span), _says(one)), 0.7


def _answers(one: StoryQuestion, place: int, said: list[str]) -> bool:
    """Whether a turn is evidence, or holds an answer or a stale one, so that it is no clear "not in here"."""
    text = said[place].lower()
    values = (one.span, *one.answers, *(() if not one.answerable else one.wrong))
    return place in one.evidence or any(value and value.lower() in text for value in values)


def statement_rows(story: Story, words: WordPiece) -> Iterator[m.Row]:
    """Each turn with what it states; most turns state nothing. A story whose statements nobody wrote down has none."""
    if not story.statements:
        return
    for place, turn in enumerate(story.turns):
        said = [_said(turn, one) for one in story.statements if one[0] == place]
        yield m.turn_row(Turn(turn.who, turn.text, tuple(x for x in said if x)), words)


def _said(turn: StoryTurn, one: tuple[int, str, str, str, str]) -> Said | None:
    _, whom, attribute, value, state = one
    at = turn.text.lower().find(value.lower())
    if at < 0:
        return None
    polarity, modality = ("denied", "holds") if state == "denied" else ("affirmed", state)
    attribute, polarity = ("likes", "denied") if attribute == "dislikes" else (attribute, polarity)
    attribute = attribute if attribute in m.ATTRIBUTE_IDS else "other"
    return Said(attribute, (at, at + len(value)), subject_of(turn, whom), polarity, modality)


def subject_of(turn: StoryTurn, whom: str) -> tuple[int, int] | None:
    """Where a turn names whom it is about, by name or by a pronoun; None for its speaker."""
    if whom.lower() == turn.who.lower():
        return None
    for name in (whom, whom.split()[0], whom.split()[-1]):
        found = re.search(rf"\b{re.escape(name)}\b", turn.text, re.I)
        if found:
            return found.span()
    found = _THEY.search(turn.text)
    return found.span() if found else (0, 0)
