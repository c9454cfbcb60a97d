"""Reads passages in any language for a question: by what small words mean, and by which other words are alike.

The English network reads whole words instead of word pieces: a small word as its English one ("wann" as "when"; a
table of some languages), any other as the mean of its pieces. An adapter of low rank (Hu et al. 2021) adds to each
word its form and how far the other side matches it, and to the attention which words are the same, alike, or in one
sentence. The English weights stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from remanence.errors import IntegrityError
from remanence.models.packed import Matrix
from remanence.models.reader.network import Network, best_span, gelu, normed, softmax
from remanence.models.reader.reading import Reading, chance
from remanence.models.reader.signs import FORMS, SmallWords, Words, alike, forms, words_of
from remanence.models.reader.weights import CURE, read_weights
from remanence.models.wordpiece import WordPiece

BUNDLED = Path(__file__).parent / "data" / "neutral.json"
LONGEST, QUESTION, STEP = 192, 40, 40
"""Words of one input, of its question, and that neighbouring stretches of a long passage share."""
_ANSWER, _PIECES = 20, 12  # longest answer in words, and pieces of a word that are looked at
SUREST = 0.9
"""No reading of a language that may not have trained is surer."""
_MARK, _STOP = FORMS.index("mark"), FORMS.index("stop")
_ENGLISH = {"many": "how many", "digit": "three", "month": "may", "hour": "time", "unit": "miles", "role": "king"} | {
    "tongue": "language", "big": "million"
}  # fmt: skip
MATCHES, PAIRS = 8, 4
"""What is known of how far a word is matched, and of a pair of words (columns of `Signs`)."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text, ready to be read: its words, what they may mean [N, names], their forms [N, FORMS], their sentence."""

    words: Words
    means: Matrix
    forms: Matrix
    sentence: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Signs:
    """One input: a start, the question's words, a mark between, the passage's words; T in all.

    means [T, names], forms [T, FORMS], matches [T, MATCHES], pairs [PAIRS, T, T] (same and alike content words, same
    word, same sentence); side [T]: 0 start, 1 question, 2 mark, 3 passage.
    """

    means: Matrix
    forms: Matrix
    matches: Matrix
    pairs: Matrix
    side: NDArray[np.intp]

    @property
    def passage(self) -> int:
        """Where the passage begins."""
        return int((self.side < 3).sum())


def text_of(text: str, small: SmallWords, language: str) -> Text:
    """Cuts a text and looks its words up."""
    words = words_of(text)
    means = np.zeros((len(words.shown), len(small.names)), np.float32)
    for row, places in enumerate(small.meanings(words.folded, language)):
        means[row, list(places)] = 1
    sentence = np.zeros(len(words.shown), dtype=np.intp)
    shape = forms(words)
    if len(sentence):
        sentence[1:] = np.cumsum(shape[:-1, _STOP])
    return Text(words, means, shape, sentence)


def signs_of(asked: Text, told: Text, soft: Matrix, same: Matrix, start: int = 0) -> Signs:
    """The input of a question and the stretch of a passage from `start` on; soft, same: [Q + P, Q + P] of `alike`."""
    q = min(len(asked.words.shown), QUESTION)
    p = min(len(told.words.shown) - start, LONGEST - q - 2)
    inside = slice(start, start + p)
    side = np.repeat([0, 1, 2, 3], [1, q, 1, p])
    spread = np.flatnonzero((side == 1) | (side == 3))
    whole = np.r_[np.arange(q), len(asked.words.shown) + start + np.arange(p)]

    def placed(ours: Matrix, theirs: Matrix) -> Matrix:
        out = np.zeros((len(side), ours.shape[1]), np.float32)
        out[spread] = np.concatenate([ours[:q], theirs[inside]])
        return out

    means, shape = placed(asked.means, told.means), placed(asked.forms, told.forms)
    content = (means.sum(1) == 0) & (shape[:, _MARK] == 0) & ((side == 1) | (side == 3))
    sentence = -1 - side
    sentence[side == 3] = told.sentence[inside]
    both = np.outer(content, content).astype(np.float32)
    pairs = np.zeros((PAIRS, len(side), len(side)), np.float32)
    grid, full = np.ix_(spread, spread), np.ix_(whole, whole)
    pairs[2][grid] = same[full]
    pairs[1][grid] = soft[full]
    pairs[0], pairs[1] = pairs[2] * both, pairs[1] * both
    pairs[3] = sentence[:, None] == sentence[None, :]
    return Signs(means, shape, _matches(pairs, side, sentence, content), pairs, side)


def _matches(pairs: Matrix, side: NDArray[np.intp], sentence: NDArray[np.intp], content: NDArray[np.bool_]) -> Matrix:
    """[T, MATCHES] how far each word is matched by the other side, and of a passage's word how its sentence is."""
    out = np.zeros((len(side), MATCHES), np.float32)
    ours, theirs = np.flatnonzero(side == 1), np.flatnonzero(side == 3)
    if not len(ours) or not len(theirs):
        return out
    soft, same = pairs[1][np.ix_(ours, theirs)], pairs[0][np.ix_(ours, theirs)]
    out[theirs, 0], out[ours, 0] = soft.max(0), soft.max(1)
    out[theirs, 1], out[ours, 1] = same.max(0), same.max(1)
    found = (soft >= 0.5).sum(1)
    rare = np.where(found > 0, 1 / np.sqrt(np.maximum(found, 1)), 0).astype(np.float32)
    out[theirs, 2], out[ours, 2] = (soft * rare[:, None]).max(0), rare
    places = sentence[theirs]
    first = int(places.min())
    scores = np.zeros(int(places.max()) - first + 1, np.float32)
    for place in range(len(scores)):
        here = places - first == place
        if here.any():
            scores[place] = (soft[:, here].max(1) * rare).sum()
    mine = scores[places - first]
    out[theirs, 3] = mine / max(1, int(content[ours].sum()))
    out[theirs, 4] = mine / max(float(scores.max()), 1e-6)
    out[theirs, 5] = places - first == int(scores.argmax())
    hits = np.flatnonzero(out[theirs, 2] > 0)
    if len(hits):
        apart = np.abs(np.arange(len(theirs))[:, None] - hits[None, :])
        out[theirs, 6] = np.exp(-apart.min(1) / 4)
        near = np.exp(-apart / 6) @ out[theirs, 2][hits]
        out[theirs, 7] = near / max(float(near.max()), 1e-6)
    return out


class NeutralReader:
    """Finds the span that answers in passages of any language; as sure as its curve says, which was fitted on languages
    and passages that did not train. Without a path it has no `network` yet: training sets it."""

    def __init__(self, english: Network, pieces: WordPiece, small: SmallWords, path: Path | None = BUNDLED) -> None:
        self.curve: tuple[float, ...] = (1.0, 0.0, 0.0)
        self.best: tuple[float, ...] = self.curve
        if path is not None:
            weights = read_weights(path)
            if tuple(weights.card["small words"]) != small.names:
                raise IntegrityError(f"{path} was built with other small words: {CURE}")
            self.curve = tuple(float(x) for x in weights.card["answerable"])
            self.best = tuple(float(x) for x in weights.card["best"])
            self.network = NeutralNetwork(english, weights.tensors)
        self._english, self._pieces, self.small = english, pieces, small
        self._names = self.means_of([_ENGLISH.get(name, name) for name in small.names])
        self.ends = english.words(np.array([pieces.id("[CLS]"), pieces.id("[SEP]")], dtype=np.intp))

    def read(self, question: str, passages: Sequence[str], asks: str, tells: Sequence[str]) -> list[Reading]:
        """One reading for each passage; the languages of the question and of each, whose small words are looked up."""
        asked = text_of(question, self.small, asks)
        return [self._read(asked, text_of(one, self.small, told)) for one, told in zip(passages, tells, strict=True)]

    def vectors(self, text: Text) -> Matrix:
        """[N, width] what the English network takes a text's words for."""
        out = self.means_of(text.words.folded)
        small = text.means.sum(1) > 0
        out[small] = self.named(text.means[small])
        return out

    def named(self, means: Matrix) -> Matrix:
        """[..., width] of small words by what they may mean, [..., names]."""
        out: Matrix = (means / means.sum(-1, keepdims=True)) @ self._names
        return out

    def means_of(self, texts: Sequence[str]) -> Matrix:
        """[N, width] the mean of each text's pieces."""
        ids = [self._pieces.encode(text)[:_PIECES] or [self._pieces.unknown] for text in texts]
        if not ids:
            return np.zeros((0, self._english.width), np.float32)
        counts = np.array([len(one) for one in ids])
        rows = self._english.words(np.array([piece for one in ids for piece in one], dtype=np.intp))
        sums: Matrix = np.add.reduceat(rows, np.r_[0, np.cumsum(counts)[:-1]], axis=0)
        sums /= counts[:, None].astype(np.float32)
        return sums

    def _read(self, asked: Text, told: Text) -> Reading:
        count = len(told.words.shown)
        if not count:
            return Reading(0, 0, -20.0, 0.0, -20.0, 0.0, 0.0, 0.0, "signs")
        listed = [*asked.words.folded, *told.words.folded]
        same, soft = alike(listed, listed)
        ours, theirs = self.vectors(asked)[:QUESTION], self.vectors(told)
        best: Reading | None = None
        for start in range(0, max(1, count - STEP), LONGEST - QUESTION - 2 - STEP):
            signs = signs_of(asked, told, soft, same, start)
            held = theirs[start : start + int((signs.side == 3).sum())]
            spans, verdict = self.network.read(signs, np.concatenate([self.ends[:1], ours, self.ends[1:], held]))
            inside, null = spans[signs.passage :], float(spans[0].sum())
            first, last = best_span(inside[:, 0], inside[:, 1], _ANSWER)
            score = float(inside[first, 0] + inside[last, 1])
            if best is None or score - null > best.score - best.null:
                a, b = told.words.starts[start + first], told.words.ends[start + last]
                there = min(SUREST, chance(self.curve, score - null, verdict))
                best = Reading(a, b, score, null, verdict, there, 0.0, 0.0, "signs")
        assert best is not None
        return best


class NeutralNetwork:
    """The English layers with an adapter: to each product one of low rank, to the attention what pairs of words are."""

    def __init__(self, english: Network, tensors: Mapping[str, Matrix]) -> None:
        self._english = english
        self._t = {name: np.ascontiguousarray(x.T if name.endswith(".weight") else x) for name, x in tensors.items()}

    def read(self, signs: Signs, vectors: Matrix) -> tuple[Matrix, float]:
        """Logits of where an answer starts and ends [T, 2], and one that there is an answer; vectors: [T, width]."""
        t, base = self._t, self._english.tensors
        x: Matrix = vectors + base["places"][: len(vectors)] + base["types"][(signs.side == 3).astype(np.intp)]
        x += signs.forms @ t["form.weight"]
        x += signs.means @ t["mean.weight"]
        asked = (signs.side == 1)[:, None]
        x += np.where(asked, signs.matches @ t["asked.weight"], signs.matches @ t["told.weight"])
        x = normed(x, t["norm.weight"], t["norm.bias"])
        flat = signs.pairs.reshape(PAIRS, -1)
        for layer in range(self._english.layers):
            x = self._layer(f"layers.{layer}.", x, flat)
        spans: Matrix = x @ t["span.weight"] + t["span.bias"]
        return spans, float((x[:1] @ t["verdict.weight"] + t["verdict.bias"])[0, 0])

    def _layer(self, name: str, x: Matrix, flat: Matrix) -> Matrix:
        t, (count, width), heads = self._t, x.shape, self._english.heads
        q, k, v = self._product(name + "qkv", x).reshape(count, 3, heads, width // heads).transpose(1, 2, 0, 3)
        q *= np.float32((width // heads) ** -0.5)
        scores: Matrix = q @ k.transpose(0, 2, 1)
        scores += (t[name + "pairs"] @ flat).reshape(heads, count, count)
        odds: Matrix = softmax(scores) @ v
        mixed = odds.transpose(1, 0, 2).reshape(count, width)
        x = normed(x + self._product(name + "out", mixed), t[name + "norm1.weight"], t[name + "norm1.bias"])
        inner = gelu(self._product(name + "up", x))
        return normed(x + self._product(name + "down", inner), t[name + "norm2.weight"], t[name + "norm2.bias"])

    def _product(self, name: str, x: Matrix) -> Matrix:
        base = self._english.tensors
        out: Matrix = x @ base[name + ".weight"]
        out += base[name + ".bias"]
        out += (x @ self._t[name + ".low.weight"]) @ self._t[name + ".high.weight"]
        return out
