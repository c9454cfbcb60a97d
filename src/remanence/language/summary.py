"""Which sentences to keep of a text: extractive summaries from position, centrality, names and variety.

With sentence vectors the centre is their mean (Radev et al. 2004); without, it is a tf-idf sum. Sentences are then
taken one at a time by maximal marginal relevance (Carbonell and Goldstein 1998), so that no two say the same.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remanence.errors import InvalidInput
from remanence.language.entities import find_each
from remanence.language.phrases import tokens_each
from remanence.language.sentences import parts_each

_FloatArray = NDArray[np.floating[Any]]


def extractive(
    sentences: Sequence[str],
    vectors: _FloatArray | None = None,
    k: int | None = None,
    *,
    budget: int | None = None,
    diversity: float = 0.3,
) -> list[int]:
    """Indices of the sentences to keep, in text order: at most `k`, and at most `budget` characters together.

    `vectors` is one row per sentence, [n, d], any length; `diversity` in [0, 1] weighs variety against importance.
    With neither `k` nor `budget`, three sentences. A budget below the shortest sentence gives an empty list.
    """
    n = len(sentences)
    if (k is not None and k < 0) or (budget is not None and budget < 0):
        raise InvalidInput("k and budget count sentences and characters: give numbers of at least 0")
    if not 0.0 <= diversity <= 1.0:
        raise InvalidInput(f"diversity is {diversity}: give a number between 0 and 1")
    if vectors is not None and (vectors.ndim != 2 or vectors.shape[0] != n):
        raise InvalidInput(f"vectors have shape {vectors.shape}: give one row for each of the {n} sentences")
    if n == 0:
        return []
    if k is None:
        k = 3 if budget is None else n
    words = tokens_each(sentences)
    similar = _cosines(vectors) if vectors is not None else _overlaps(words)
    importance = _importance(sentences, words, vectors)
    chosen: list[int] = []
    left = budget if budget is not None else sum(len(s) + 1 for s in sentences)
    open_ = [i for i in range(n) if sentences[i].strip()]
    while open_ and len(chosen) < k:
        fitting = [i for i in open_ if len(sentences[i]) <= left]
        if not fitting:
            break
        best = max(
            fitting, key=lambda i: ((1 - diversity) * importance[i] - diversity * _nearest(similar, i, chosen), -i)
        )
        chosen.append(best)
        open_.remove(best)
        left -= len(sentences[best]) + 1
    return sorted(chosen)


def summarise(texts: Sequence[str], most: int = 3) -> str:
    """The `most` telling sentences of several texts, in their order, as one text without vectors."""
    sentences = [part for parts in parts_each(texts) for part in parts]
    return " ".join(" ".join(sentences[i].split()) for i in extractive(sentences, k=most))


def _nearest(similar: _FloatArray, i: int, chosen: list[int]) -> float:
    return float(max((similar[i, j] for j in chosen), default=0.0))


def _cosines(vectors: _FloatArray) -> _FloatArray:
    unit = _unit(vectors)
    similar: _FloatArray = unit @ unit.T
    return similar


def _unit(vectors: _FloatArray) -> _FloatArray:
    rows = np.nan_to_num(np.asarray(vectors, dtype=np.float64))
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: _FloatArray = np.divide(rows, length, out=np.zeros_like(rows), where=length > 0)
    return unit


def _overlaps(words: list[list[str]]) -> _FloatArray:
    """Jaccard similarity of the word sets."""
    sets = [frozenset(w) for w in words]
    out = np.zeros((len(sets), len(sets)))
    for i, a in enumerate(sets):
        for j in range(i + 1, len(sets)):
            union = len(a | sets[j])
            out[i, j] = out[j, i] = len(a & sets[j]) / union if union else 0.0
    return out


def _importance(sentences: Sequence[str], words: list[list[str]], vectors: _FloatArray | None) -> list[float]:
    """0.55 centrality + 0.15 position + 0.2 names and numbers + 0.1 length, each in [0, 1]; questions count half."""
    n = len(sentences)
    if vectors is not None:
        unit = _unit(vectors)
        centre = unit.mean(axis=0)
        length = float(np.linalg.norm(centre))
        central = [float(x) for x in unit @ (centre / length)] if length > 0 else [0.0] * n
    else:
        central = _tfidf_centrality(words)
    top = max(central) or 1.0
    names: dict[str, int] = {}
    named: list[set[str]] = []
    for mentioned in find_each(sentences):
        found = {e.norm for e in mentioned}
        named.append(found)
        for name in found:
            names[name] = names.get(name, 0) + 1
    most = max(sum(math.log1p(names[x]) for x in found) for found in named) or 1.0
    out = []
    for i, sentence in enumerate(sentences):
        position = 1.0 / (1.0 + i) if n > 1 else 1.0
        coverage = sum(math.log1p(names[x]) for x in named[i]) / most
        length_fit = min(1.0, len(words[i]) / 8.0)
        score = 0.55 * max(0.0, central[i]) / top + 0.15 * position + 0.2 * coverage + 0.1 * length_fit
        if sentence.rstrip().endswith("?"):
            score *= 0.5
        if len(words[i]) < 2:
            score *= 0.3
        out.append(score)
    return out


def _tfidf_centrality(words: list[list[str]]) -> list[float]:
    """How many sentences share a sentence's words, damped; words of one sentence alone count little."""
    n = len(words)
    held: dict[str, int] = {}
    for w in words:
        for word in set(w):
            held[word] = held.get(word, 0) + 1
    out = []
    for w in words:
        distinct = set(w)
        weight = sum(math.log1p(held[x]) * math.log(1 + n / held[x]) for x in distinct)
        out.append(weight / math.sqrt(len(distinct)) if distinct else 0.0)
    return out
