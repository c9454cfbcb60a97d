"""How sure it is that memory holds an answer: what the best hits say, in which sentence, and of whom.

A question about the wrong person finds the right sentence in the wrong mouth; a question about something that was
never said finds sentences that share its topic and not its point.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from remanence.algo.rarity import worth
from remanence.language.sentences import split
from remanence.language.speakers import match_speakers, resolve_subjects
from remanence.language.text import content_words
from remanence.recall.weights import CONFIDENCE, CONFIDENCE_BIAS
from remanence.stage import Ctx
from remanence.types import Cue, Hits, Item

BEST, CLOSEST = 3, 3
"""Hits whose sentences are read: so many by score, and so many that share most with the cue, whoever said it."""
LONGEST = 2_000
"""Characters of one hit that are read."""
PEOPLE = 50
"""Speakers of a store that are told apart."""


def sure(
    cue: Cue,
    hits: Hits,
    ctx: Ctx,
    *,
    weights: Mapping[str, float] = CONFIDENCE,
    bias: float = CONFIDENCE_BIAS,
) -> float:
    """How likely memory holds an answer, in [0, 1]: a logistic sum over `signs`; 0 without hits."""
    seen = signs(cue, hits, ctx)
    total = bias + sum(weights.get(name, 0.0) * value for name, value in seen.items())
    return 1 / (1 + math.exp(-total)) if seen else 0.0


def signs(cue: Cue, hits: Hits, ctx: Ctx) -> dict[str, float]:
    """What speaks for and against an answer being there, each about in [-1, 1]; empty without hits.

    best: the first score. in one turn: the share of the question's words, by rarity, that one hit says about the
    person that the question names (about anybody when it names none). near: the cosine of the closest such sentence.
    together of another: by how much a sentence about somebody else does better in words and cosine at once.
    """
    if not len(hits):
        return {}
    best = _telling(hits)
    found = {"best": float(hits.scores.max()), "in one turn": 0.0, "near": 0.0, "together of another": 0.0}
    people = tuple(ctx.store.speakers()[:PEOPLE])
    about = frozenset(match_speakers(cue.text, people))
    terms, weight = _asked(cue, about, ctx)
    spoken = [(number, *one) for number, item in enumerate(best.items) for one in _sentences(item, about, people)]
    if not terms or not spoken:
        return found
    hit = np.array([number for number, *_ in spoken])
    texts = [text for _, text, _ in spoken]
    mine = np.array([own for *_, own in spoken])
    bags = [frozenset(ctx.store.terms(text)) for text in texts]
    held = np.array([[term in bag for term in terms] for bag in bags], np.float64)
    near = np.clip(ctx.embed(texts) @ ctx.cue_vector(cue), 0, 1).astype(np.float64)
    together = (held @ weight + near) / 2 * np.where([text.endswith("?") for text in texts], 0.7, 1.0)
    whole = [held[(hit == number) & mine].any(axis=0) @ weight for number in range(len(best))]
    return found | {
        "in one turn": float(max(whole)),
        "near": _most(near, mine),
        "together of another": 0.0 if mine.all() else max(2 * (_most(together, ~mine) - _most(together, mine)), -0.5),
    }


def _telling(hits: Hits) -> Hits:
    """The hits that are worth reading for how sure one can be."""
    shared = sum(np.nan_to_num(hits.channels[name]) for name in ("covered", "vectors") if name in hits.channels)
    first = np.argsort(-hits.scores, kind="stable")[:BEST]
    close = np.argsort(-shared, kind="stable")[:CLOSEST] if np.ndim(shared) else first
    return hits.take(np.unique(np.concatenate([first, close])))


def _asked(cue: Cue, about: frozenset[str], ctx: Ctx) -> tuple[list[str], NDArray[np.float64]]:
    """The question's terms without the names of those whom it is about, and what each is worth, 1 in all."""
    names = {part.lower() for name in about for part in name.split()}
    words = [word for word in content_words(cue.text) if re.split(r"['’]", word)[0] not in names]
    terms = list(dict.fromkeys(ctx.store.terms(" ".join(words)) or ctx.store.terms(cue.text)))
    if not terms:
        return [], np.zeros(0)
    return terms, worth(ctx.store.idf(terms, cue.where)).astype(np.float64)


def _sentences(item: Item, about: frozenset[str], people: tuple[str, ...]) -> list[tuple[str, bool]]:
    """Each sentence of a hit, and whether it is about one of `about` (always when there is none)."""
    text = item.text[:LONGEST]
    found = [
        (sentence, not about or bool(about & resolve_subjects(sentence, item.who, people)))
        for sentence in (span.of(text) for span in split(text))
    ]
    caption = item.data.get("caption")
    if caption:
        found.append((str(caption), not about or item.who in about))
    return found


def _most(values: NDArray[np.float64], mask: NDArray[np.bool_]) -> float:
    return float(values[mask].max()) if mask.any() else 0.0
