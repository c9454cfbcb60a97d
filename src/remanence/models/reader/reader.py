"""Reads passages for a question, and turns for what they state, with the bundled weights."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np

from remanence.errors import IntegrityError
from remanence.models.packed import Matrix
from remanence.models.reader.network import PRICE, Network, best_span, softmax
from remanence.models.reader.neutral import NeutralReader
from remanence.models.reader.pieces import Pieces, cut
from remanence.models.reader.reading import Reading, chance
from remanence.models.reader.signs import SmallWords, latin
from remanence.models.reader.weights import BUNDLED, read_weights
from remanence.models.static import StaticEmbedder

_QUESTION = 48  # pieces of a question that are read
_INPUT = 192  # pieces of question and passage together; a longer passage is read in stretches
_STEP = 40  # pieces that neighbouring stretches share
_ANSWER = 30  # longest answer, in pieces
_TURN = 94  # pieces of a stretch of a turn
_SUBJECT = 10
_BATCH = 800  # pieces of one forward: what it holds stays in the cache of a core
_END = re.compile(r"[.!?;\n]")


@dataclass(frozen=True, slots=True)
class ReadStatement:
    """One statement of a turn: `attribute` of the subject is `text[start:end]`.

    `subject` is a span of the text, or None for the speaker. `polarity` is "affirmed" or "denied",
    `modality` "holds", "ended", "planned" or "wished"; `certainty` is the mean probability of the value's
    pieces.
    """

    attribute: str
    start: int
    end: int
    subject: tuple[int, int] | None
    polarity: str
    modality: str
    certainty: float


@dataclass(frozen=True, slots=True)
class _Input:
    """One input of the network: whose it is, its ids, where the passage begins, its pieces' offsets."""

    owner: int
    ids: list[int]
    passage: int
    starts: list[int]
    ends: list[int]


class Reader:
    """A four-layer transformer in numpy (English word pieces) that answers from passages and reads statements.

    It was trained on talk: a passage is one or more lines "Name: text", a question names persons or begins
    with the asker as "Maya: where do I live?". Everything is deterministic; float sums may differ in the last
    bits between batches. Raises ModelMissing or IntegrityError when the weights are absent or damaged.
    """

    def __init__(self, path: str | Path = BUNDLED) -> None:
        weights = read_weights(Path(path))
        static = StaticEmbedder.bundled()
        self.card = weights.card
        self.model = f"{weights.card['name']}@{weights.fingerprint}"
        if weights.card["static"] not in static.model:
            raise IntegrityError(f"{path} was built on another word table than {static.model}")
        self.pieces = static.pieces
        self.network = Network(weights.tensors, static.packed, heads=int(weights.card["heads"]), packed=weights.packed)
        self._attributes: tuple[str, ...] = tuple(weights.card["attributes"])
        self._polarities: tuple[str, ...] = tuple(weights.card["polarities"])
        self._modalities: tuple[str, ...] = tuple(weights.card["modalities"])
        self._layers = int(weights.card["statement_layer"])
        self._curve = tuple(float(x) for x in weights.card["answerable"])
        self._best = tuple(float(x) for x in weights.card["best"])
        self._gate = weights.tensors["gate"]
        self._first, self._last = self.pieces.id("[CLS]"), self.pieces.id("[SEP]")

    def __repr__(self) -> str:
        return f"Reader({self.model})"

    @cached_property
    def _small(self) -> SmallWords:
        return SmallWords()

    @cached_property
    def _neutral(self) -> NeutralReader:
        return NeutralReader(self.network, self.pieces, self._small)

    @staticmethod
    def bundled() -> Reader:
        """The reader with the shipped weights; loaded once (about 0.1 s), shared, safe to use from threads."""
        return _bundled()

    @property
    def attributes(self) -> tuple[str, ...]:
        """The closed list of attributes."""
        return self._attributes

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        """One reading for each passage, all in as few forwards as their lengths allow.

        >>> reading, = Reader.bundled().read("Where does Maya live?", ["Maya: I moved to Oslo in May."])
        """
        asks, tells = self._small.languages(question, passages)
        if passages and (asks not in ("en", "") or not latin(question)):
            return self._neutral.read(question, passages, asks, tells)
        asked = cut(question, self.pieces).ids[:_QUESTION]
        head = [self._first, *asked, self._last]
        inputs = [
            _Input(owner, [*head, *part.ids, self._last], len(head), part.starts, part.ends)
            for owner, passage in enumerate(passages)
            for part in _stretches(cut(passage, self.pieces), _INPUT - len(head) - 1)
        ]
        best: dict[int, Reading] = {}
        for group in _grouped(inputs):
            states = self.network.states([x.ids for x in group], [x.passage for x in group], self.network.layers)
            for one, mine in zip(group, states, strict=True):
                reading = self._reading(one, self.network.head("span", mine), self.network.head("verdict", mine[0]))
                if one.owner not in best or reading.score - reading.null > best[one.owner].score - best[one.owner].null:
                    best[one.owner] = reading
        return [best[owner] for owner in range(len(passages))]

    def best(self, readings: Sequence[Reading]) -> tuple[int, float]:
        """The place of the reading with the largest margin, and the probability that it is the right answer.

        Of many passages one always looks somewhat like an answer, so this is less than its `answerable`; fitted on
        held-out scenes read whole, half of the questions from other scenes. Raises ValueError without readings.
        """
        place = max(range(len(readings)), key=lambda i: readings[i].score - readings[i].null)
        curve = self._best if readings[place].by == "network" else self._neutral.best
        return place, chance(curve, readings[place].score - readings[place].null, readings[place].verdict)

    def statements(self, turns: Sequence[tuple[str, str]], *, minimum: float = 0.5) -> list[list[ReadStatement]]:
        """What each (speaker, text) states, values of at least `minimum` certainty.

        Turns without any word that hints at a statement are not read at all (see `hints`).
        """
        inputs = []
        for owner, (_, text) in enumerate(turns):
            pieces = cut(text, self.pieces)
            if self._hints(pieces.ids):
                for part in _sentences(pieces, text):
                    inputs.append(_Input(owner, [self._first, *part.ids, self._last], 1, part.starts, part.ends))
        out: list[list[ReadStatement]] = [[] for _ in turns]
        for group in _grouped(inputs):
            states = self.network.states([x.ids for x in group], [1] * len(group), self._layers)
            for one, mine in zip(group, states, strict=True):
                out[one.owner] += self._stated(one, mine, softmax(self.network.head("tag", mine)), minimum)
        return [sorted(found, key=lambda one: one.start) for found in out]

    def hints(self, text: str) -> bool:
        """Whether a turn has the words of a statement: a sum of word weights, no network."""
        return self._hints(cut(text, self.pieces).ids)

    def _hints(self, ids: list[int]) -> bool:
        return bool(ids) and float(self._gate[list(set(ids))].sum()) + float(self._gate[self._first]) > 0

    def _reading(self, one: _Input, spans: Matrix, verdict: Matrix) -> Reading:
        count = len(one.starts)
        null = float(spans[0, 0] + spans[0, 1])
        yes_no = softmax(verdict[1:].copy())
        if not count:
            return Reading(0, 0, null - 20.0, null, -20.0, 0.0, float(yes_no[1]), float(yes_no[2]))
        inside = spans[one.passage : one.passage + count]
        first, last = best_span(inside[:, 0], inside[:, 1], _ANSWER, PRICE)
        score = float(inside[first, 0] + inside[last, 1])
        answerable = chance(self._curve, score - null, float(verdict[0]))
        start, end = one.starts[first], one.ends[last]
        return Reading(start, end, score, null, float(verdict[0]), answerable, float(yes_no[1]), float(yes_no[2]))

    def _stated(self, one: _Input, states: Matrix, odds: Matrix, minimum: float) -> list[ReadStatement]:
        count = len(one.starts)
        spans = [span for span in _values(odds[1 : count + 1]) if span[2] >= minimum]
        if not spans:
            return []
        kinds = [self.network.head("kind", states[first + 1 : last + 2]).mean(axis=0) for first, last, _ in spans]
        asks, begins, ends = np.split(self.network.head("pointer", states[: count + 1]), 3, axis=1)
        out = []
        for (first, last, certainty), kind in zip(spans, kinds, strict=True):
            n = len(self._attributes)
            subject = _pointed(begins @ asks[first + 1], ends @ asks[first + 1])
            out.append(
                ReadStatement(
                    self._attributes[int(kind[:n].argmax())],
                    one.starts[first],
                    one.ends[last],
                    None if subject is None else (one.starts[subject[0] - 1], one.ends[subject[1] - 1]),
                    self._polarities[int(kind[n : n + 2].argmax())],
                    self._modalities[int(kind[n + 2 :].argmax())],
                    certainty,
                )
            )
        return out


@lru_cache(maxsize=1)
def _bundled() -> Reader:
    return Reader()


def _grouped(inputs: Sequence[_Input]) -> Iterator[list[_Input]]:
    """Inputs in their order, as many as one forward takes."""
    group: list[_Input] = []
    for one in inputs:
        if group and len(one.ids) + sum(len(other.ids) for other in group) > _BATCH:
            yield group
            group = []
        group.append(one)
    if group:
        yield group


def _stretches(pieces: Pieces, room: int) -> Iterator[Pieces]:
    """The passage whole, or in stretches of `room` pieces that overlap."""
    count = len(pieces.ids)
    for start in range(0, max(1, count - _STEP), max(1, room - _STEP)):
        yield Pieces(*(part[start : start + room] for part in pieces))


def _sentences(pieces: Pieces, text: str) -> Iterator[Pieces]:
    """A turn in stretches of at most _TURN pieces, cut behind the end of a sentence where there is one."""
    start = 0
    while len(pieces.ids) - start > _TURN:
        stop = start + _TURN
        for place in range(stop - 1, start + _TURN // 3, -1):
            if _END.search(text[pieces.starts[place] : pieces.ends[place]]):
                stop = place + 1
                break
        yield Pieces(*(part[start:stop] for part in pieces))
        start = stop
    yield Pieces(*(part[start:] for part in pieces))


def _values(odds: Matrix) -> list[tuple[int, int, float]]:
    """First piece, last piece and certainty of each value from [T, 3] odds (outside, first, inside)."""
    out: list[tuple[int, int, float]] = []
    start = -1
    value = 1 - odds[:, 0]
    for place in range(len(odds) + 1):
        ended = place == len(odds) or value[place] < 0.4
        opened = not ended and odds[place, 1] >= odds[place, 2]
        if start >= 0 and (ended or opened):
            out.append((start, place - 1, float(value[start:place].mean())))
            start = -1
        if not ended and start < 0:
            start = place
    return out


def _pointed(begins: Matrix, ends: Matrix) -> tuple[int, int] | None:
    """First and last place of the subject; None is place 0, the speaker."""
    first = int(begins.argmax())
    if first == 0:
        return None
    return first, first + int(ends[first : first + _SUBJECT].argmax())
