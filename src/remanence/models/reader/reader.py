"""Reads passages for a question, and turns for what they state, with the bundled weights."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path

from remanence.errors import IntegrityError
from remanence.models.packed import Matrix
from remanence.models.reader.inputs import Input, grouped, stretches
from remanence.models.reader.network import PRICE, Network, best_span, softmax
from remanence.models.reader.neutral import NeutralReader
from remanence.models.reader.pieces import cut
from remanence.models.reader.reading import Reading, ReadStatement, chance
from remanence.models.reader.signs import SmallWords, latin
from remanence.models.reader.statements import StatementReader
from remanence.models.reader.weights import BUNDLED, read_weights
from remanence.models.static import StaticEmbedder

_QUESTION = 48  # pieces of a question that are read
_INPUT = 192  # pieces of question and passage together; a longer passage is read in stretches
_ANSWER = 30  # longest answer, in pieces


class Reader:
    """A four-layer transformer in numpy (English word pieces) that answers from passages and reads statements.

    It was trained on talk: a passage is one or more lines "Name: text", a question names persons or begins
    with the asker as "Maya: where do I live?". Everything is deterministic; float sums may differ in the last
    bits between batches. Raises ModelMissing or IntegrityError when the weights are absent or damaged.
    """

    def __init__(self, path: str | Path = BUNDLED) -> None:
        weights = read_weights(Path(path))
        self._told = Path(path).with_name("statements.json"), weights.fingerprint
        static = StaticEmbedder.bundled()
        self.card = weights.card
        self.model = f"{weights.card['name']}@{weights.fingerprint}"
        if weights.card["static"] not in static.model:
            raise IntegrityError(f"{path} was built on another word table than {static.model}")
        self.pieces = static.pieces
        self.network = Network(weights.tensors, static.packed, heads=int(weights.card["heads"]), packed=weights.packed)
        self._curve = tuple(float(x) for x in weights.card["answerable"])
        self._best = tuple(float(x) for x in weights.card["best"])
        self._first, self._last = self.pieces.id("[CLS]"), self.pieces.id("[SEP]")

    def __repr__(self) -> str:
        return f"Reader({self.model})"

    @cached_property
    def _small(self) -> SmallWords:
        return SmallWords()

    @cached_property
    def _neutral(self) -> NeutralReader:
        return NeutralReader(self.network, self.pieces, self._small)

    @cached_property
    def stating(self) -> StatementReader:
        """Who reads statements, by the file beside the reader's; loaded when it is first asked."""
        path, fingerprint = self._told
        return StatementReader(self.network, fingerprint, self.pieces, path)

    @staticmethod
    def bundled() -> Reader:
        """The reader with the shipped weights; loaded once (about 0.1 s), shared, safe to use from threads."""
        return _bundled()

    @property
    def attributes(self) -> tuple[str, ...]:
        """The closed list of attributes."""
        return self.stating.attributes

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
            Input(owner, [*head, *part.ids, self._last], len(head), part.starts, part.ends)
            for owner, passage in enumerate(passages)
            for part in stretches(cut(passage, self.pieces), _INPUT - len(head) - 1)
        ]
        best: dict[int, Reading] = {}
        for group in grouped(inputs):
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
        return self.stating.read(turns, minimum)

    def hints(self, text: str) -> bool:
        """Whether a turn has the words of a statement: a sum of word weights, no network."""
        return self.stating.hints(text)

    def _reading(self, one: Input, spans: Matrix, verdict: Matrix) -> Reading:
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


@lru_cache(maxsize=1)
def _bundled() -> Reader:
    return Reader()
