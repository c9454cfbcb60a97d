"""Reads turns for what they state: the English network with an adapter of low rank, a gate and heads of its own.

To each matrix of the layers that statements are read after an adapter of low rank is added (Hu et al. 2021), once, when
the weights are loaded; so a turn costs what it would without, and questions keep the network as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from remanence.errors import IntegrityError
from remanence.models.packed import Matrix
from remanence.models.reader.inputs import Input, grouped, sentences
from remanence.models.reader.network import Network, softmax
from remanence.models.reader.pieces import cut
from remanence.models.reader.reading import ReadStatement
from remanence.models.reader.weights import CURE, read_weights
from remanence.models.wordpiece import WordPiece

HEADS = ("tag", "kind", "pointer")
_SUBJECT = 10
_OPEN = 0.4  # least probability of each piece of a value


class StatementReader:
    """What turns state, by the adapter at `path` to the network of `english`, whose fingerprint it must name.

    Raises ModelMissing or IntegrityError when the weights are absent, damaged or made for another network.
    """

    def __init__(self, english: Network, fingerprint: str, pieces: WordPiece, path: Path) -> None:
        weights = read_weights(path)
        card, t = weights.card, weights.tensors
        if card["reader"] != fingerprint:
            raise IntegrityError(f"{path} was trained on another reader than {fingerprint}: {CURE}")
        self.model = f"{card['name']}@{weights.fingerprint}"
        self._layers = int(card["statement_layer"])
        self.network = english.changed(adapted(english, t))
        self.attributes: tuple[str, ...] = tuple(card["attributes"])
        self._polarities: tuple[str, ...] = tuple(card["polarities"])
        self._modalities: tuple[str, ...] = tuple(card["modalities"])
        self.curve: Matrix = np.array(card["certainty"], np.float32)
        self._gate, self._bar = t["gate"][0], float(card["gate"])
        self._pieces = pieces
        self._first, self._last = pieces.id("[CLS]"), pieces.id("[SEP]")

    def __repr__(self) -> str:
        return f"StatementReader({self.model})"

    def read(self, turns: Sequence[tuple[str, str]], minimum: float) -> list[list[ReadStatement]]:
        """What each (speaker, text) states, values of at least `minimum` certainty."""
        inputs = []
        for owner, (_, text) in enumerate(turns):
            pieces = cut(text, self._pieces)
            if self._hints(pieces.ids):
                for part in sentences(pieces, text):
                    inputs.append(Input(owner, [self._first, *part.ids, self._last], 1, part.starts, part.ends))
        out: list[list[ReadStatement]] = [[] for _ in turns]
        for group in grouped(inputs):
            states = self.network.states([x.ids for x in group], [1] * len(group), self._layers)
            for one, mine in zip(group, states, strict=True):
                out[one.owner] += self._stated(one, mine, softmax(self.network.head("tag", mine)), minimum)
        return [sorted(found, key=lambda one: one.start) for found in out]

    def hints(self, text: str) -> bool:
        """Whether a turn has the words of a statement: a sum of word weights, no network."""
        return self._hints(cut(text, self._pieces).ids)

    def _hints(self, ids: list[int]) -> bool:
        return bool(ids) and float(self._gate[list(set(ids))].sum()) > self._bar

    def _stated(self, one: Input, states: Matrix, odds: Matrix, minimum: float) -> list[ReadStatement]:
        count, n = len(one.starts), len(self.attributes)
        found = []
        for first, last in values(odds[: count + 1]):
            kind = self.network.head("kind", states[first : last + 1]).mean(axis=0)
            certainty = float(1 / (1 + np.exp(-self.curve @ signs(odds, first, last, kind[:n]))))
            if certainty >= minimum:
                found.append((first, last, kind, certainty))
        if not found:
            return []
        asks, begins, ends = np.split(self.network.head("pointer", states[: count + 1]), 3, axis=1)
        out = []
        for first, last, kind, certainty in found:
            subject = _pointed(begins @ asks[first], ends @ asks[first])
            out.append(
                ReadStatement(
                    self.attributes[int(kind[:n].argmax())],
                    one.starts[first - 1],
                    one.ends[last - 1],
                    None if subject is None else (one.starts[subject[0] - 1], one.ends[subject[1] - 1]),
                    self._polarities[int(kind[n : n + 2].argmax())],
                    self._modalities[int(kind[n + 2 :].argmax())],
                    certainty,
                )
            )
        return out


def adapted(english: Network, tensors: Mapping[str, Matrix]) -> dict[str, Matrix]:
    """The tensors that change, as the network holds them: matrices [in, out] with their adapter, norms, biases, heads.

    tensors: "NAME.low" [rank, in] and "NAME.high" [rank, out] of an adapter, others as [out, in] in NAME's place.
    """
    out: dict[str, Matrix] = {}
    for name, value in tensors.items():
        if name.endswith(".low"):
            matrix = name.removesuffix(".low")
            out[f"{matrix}.weight"] = english.tensors[f"{matrix}.weight"] + value.T @ tensors[f"{matrix}.high"]
        elif name != "gate" and not name.endswith(".high"):
            out[name] = np.ascontiguousarray(value.T if value.ndim == 2 else value)
    return out


def values(odds: Matrix) -> list[tuple[int, int]]:
    """First and last place of each value from [T, 3] odds (outside, first, inside); place 0 is [CLS]."""
    out: list[tuple[int, int]] = []
    start = 0
    for place in range(1, len(odds) + 1):
        ended = place == len(odds) or 1 - odds[place, 0] < _OPEN
        opened = not ended and odds[place, 1] >= odds[place, 2]
        if start and (ended or opened):
            out.append((start, place - 1))
            start = 0
        if not ended and not start:
            start = place
    return out


def signs(odds: Matrix, first: int, last: int, attributes: Matrix) -> Matrix:
    """[7] what tells how likely a value is right: how sure its pieces are (mean, least), that it begins where it does
    and goes on no further, how long it is, how sure its attribute is, and 1. odds: [T, 3] with [CLS] and [SEP]."""
    inside = 1 - odds[first : last + 1, 0]
    beside = max(1 - odds[first - 1, 0] if first > 1 else 0.0, 1 - odds[last + 1, 0])
    attribute = softmax(attributes.copy()).max()
    sure = [inside.mean(), inside.min(), odds[first, 1], 1 - beside, attribute]
    x = np.clip(np.array(sure, np.float32), 1e-3, 1 - 1e-3)
    return np.append(np.log(x / (1 - x)), [np.log(last - first + 1), 1]).astype(np.float32)


def _pointed(begins: Matrix, ends: Matrix) -> tuple[int, int] | None:
    """First and last place of the subject; None is place 0, the speaker."""
    first = int(begins.argmax())
    if first == 0:
        return None
    return first, first + int(ends[first : first + _SUBJECT].argmax())
