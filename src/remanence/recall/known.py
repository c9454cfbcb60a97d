"""How sure it is that memory holds an answer: the signs of the ranking, and what single sentences say, and of whom.

A question about the wrong person finds the right sentence in the wrong mouth; a question about something that was
never said finds sentences that share its topic and not its point.
"""

from __future__ import annotations

import math
import re

import numpy as np
from numpy.typing import NDArray

from remanence.algo.sentences import split
from remanence.algo.text import content_words
from remanence.algo.wanted import wanted
from remanence.algo.whose import named, subjects
from remanence.recall import gate
from remanence.stage import Ctx, reads
from remanence.types import Cue, Hits

TURNS = 40
"""Hits whose sentences are read."""
LONGEST = 8_000
"""Characters of one hit that are read."""
PEOPLE = 50
"""Speakers of a store that are told apart."""

KNOWN: dict[str, float] = {
    "asks many words": -0.22,
    "best": 0.77,
    "best is asked": -0.91,
    "by the named": -1.06,
    "cosine": 0.93,
    "covered by another": -1.83,
    "crowd": 0.73,
    "in one turn": 1.70,
    "margin": -0.35,
    "near": 1.68,
    "near to another": -0.88,
    "rarest": 0.06,
    "said": -0.01,
    "said of another": 0.02,
    "share": -1.11,
    "shared by another": 1.41,
    "together": 0.64,
    "together of another": -2.38,
    "typed": -0.07,
    "unknown": -0.23,
}
KNOWN_BIAS = -0.92
"""Weights of `sure`, fitted by `python experiments/ask.py known --write`."""

_NUMBER = re.compile(r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|once|twice|dozen|hundred)\b", re.I)


def sure(cue: Cue, hits: Hits, ctx: Ctx) -> float:
    """How likely memory holds an answer, in [0, 1]: a logistic sum over `signs`; 0 without hits."""
    seen = signs(cue, hits, ctx)
    if not seen:
        return 0.0
    return 1 / (1 + math.exp(-KNOWN_BIAS - sum(KNOWN.get(name, 0.0) * value for name, value in seen.items())))


def signs(cue: Cue, hits: Hits, ctx: Ctx) -> dict[str, float]:
    """What speaks for and against an answer being there: `gate.signs` and `of_sentences`; empty without hits."""
    return gate.signs(cue, hits, ctx) | of_sentences(cue, hits, ctx)


def of_sentences(cue: Cue, hits: Hits, ctx: Ctx, *, turns: int = TURNS) -> dict[str, float]:
    """What the sentences of the best hits say, each about in [-1, 1]; empty without hits.

    said: the share of the question's words, by rarity, in the best sentence about the person that it names (about
    anybody when it names none); near: the cosine of the best such sentence; together: both at once. said of another,
    near to another, together of another: by how much sentences about others do better. in one turn: the best share in
    a whole turn of the named person. rarest: whether the rarest word stands in one of the three best sentences.
    typed: whether the best sentences hold what is asked for, where that is a number. asks many words: how long the
    question is.
    """
    best = hits.top(turns)
    if not len(best):
        return {}
    people = tuple(ctx.store.speakers()[:PEOPLE])
    about = named(cue.text, people)
    spoken = {part.lower() for name in about for part in name.split()}
    words = [word for word in content_words(cue.text) if re.split(r"['’]", word)[0] not in spoken]
    terms = list(dict.fromkeys(ctx.store.terms(" ".join(words)) or ctx.store.terms(cue.text)))
    if not terms:
        return {}
    idf = ctx.store.idf(terms, cue.where)
    worth = np.where(idf > 0, idf, float(idf.max(initial=1.0)))
    worth = worth / max(float(worth.sum()), 1e-6)

    texts: list[str] = []
    turn: list[int] = []
    mine: list[bool] = []
    others: list[bool] = []
    asks: list[bool] = []
    for number, item in enumerate(best.items):
        text = item.text[:LONGEST]
        for span in split(text):
            sentence = span.of(text)
            who = subjects(sentence, item.who, people)
            texts.append(sentence)
            turn.append(number)
            mine.append(not about or bool(who & set(about)))
            others.append(bool(about) and not who & set(about))
            asks.append(sentence.endswith("?"))
        caption = item.data.get("caption")
        if caption:
            texts.append(str(caption))
            turn.append(number)
            mine.append(not about or item.who in about)
            others.append(bool(about) and item.who not in about)
            asks.append(False)
    if not texts:
        return {}
    bags = [frozenset(ctx.store.terms(text)) for text in texts]
    held = np.array([[term in bag for term in terms] for bag in bags], np.float64)
    share = held @ worth
    near = np.clip(ctx.embed(texts) @ ctx.cue_vector(cue), 0, 1).astype(np.float64)
    own = np.array(mine)
    other = np.array(others)
    asking = np.array(asks)
    both = share + near
    both[asking] *= 0.7

    def top(values: NDArray[np.float64], mask: NDArray[np.bool_]) -> float:
        return float(values[mask].max()) if mask.any() else 0.0

    places = np.array(turn)
    whole = np.zeros((len(best), len(terms)))
    for number in range(len(best)):
        chosen = (places == number) & own
        if chosen.any():
            whole[number] = held[chosen].max(axis=0)
    order = np.argsort(-np.where(own, both, -1), kind="stable")[:3]
    rarest = int(np.argmax(worth))
    form = wanted(cue.text).form
    return {
        "said": top(share, own),
        "near": top(near, own),
        "together": top(both, own) / 2,
        "said of another": max(top(share, other) - top(share, own), -0.5) if other.any() else 0.0,
        "near to another": max(top(near, other) - top(near, own), -0.5) if other.any() else 0.0,
        "together of another": max(top(both, other) - top(both, own), -0.5) if other.any() else 0.0,
        "in one turn": float((whole @ worth).max()),
        "rarest": float(held[order, rarest].any()),
        "typed": float(any(_NUMBER.search(texts[place]) for place in order)) if form == "number" else 0.5,
        "asks many words": min(len(terms), 10) / 10,
        "best is asked": float(asking[order[0]]),
    }


@reads
def confidence(cue: Cue, hits: Hits, ctx: Ctx) -> Hits:
    """Say how likely memory holds an answer at all, by `sure`; hits keep their scores and their order."""
    return Hits(hits.view, hits.rows, hits.scores, hits.channels, hits.paths, confidence=sure(cue, hits, ctx))
