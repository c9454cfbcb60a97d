"""The one confidence: how likely memory holds an answer, from what the best hits say, in which sentence, and of whom.

A question about the wrong person finds the right sentence in the wrong mouth; a question about something that was
never said finds sentences that share its topic and not its point. What there is to read is taken along when something
is recalled; words are weighed, and hits are read by the reader, when somebody looks at the confidence, since both cost
more than the recall.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from remanence.algo.distinct import distinct
from remanence.algo.rarity import idf_weights
from remanence.errors import ModelError
from remanence.recall import score
from remanence.stage import Ctx
from remanence.stage.passages import FIRST, Passages, passages_later, read_each
from remanence.stage.question import cue_terms, cue_vector, question
from remanence.stage.sentences import Sentence, sentences_later
from remanence.types import Cue, Floats, Hits, Later, Reading
from remanence.weights import Table, table

WORDS = table("answerability", "words")
"""Without a reader."""
READ = table("answerability", "read")
"""With what the reader finds in the first hits."""

BEST, CLOSEST = 3, 3
"""Hits whose sentences are read: so many by score, and so many that share most with the cue, whoever said it."""
NEAREST, MOST = 8, 100
"""Best hits that are read by the reader, searched for the nearest one, and of another recipe weighed."""
LONGEST = 2_000
"""Sentences that start later in a hit are not read."""
A_QUESTION = 0.7
"""What a sentence that asks counts, against one that tells."""
AHEAD = 0.5
"""By so much at most a sentence of somebody else is ahead."""
SURE = 0.01
"""No probability counts as nearer to 0 or 1 than about this."""


def answerability(cue: Cue, hits: Hits, ctx: Ctx, *, words: Table = WORDS, read: Table = READ) -> float | Later:
    """How likely memory holds an answer, in [0, 1]: a logistic sum over `features` and `found_by`; 0 without hits.

    It is worked out when it is first looked at, from what was there at the recall.
    """
    if not len(hits.rows):
        return 0.0
    seen = features_later(cue, hits, ctx)
    if ctx.reader is None:
        return Later(lambda: _logistic(words.total(seen())))
    best, reader = hits.top(FIRST), ctx.reader
    given_later, said_later = passages_later(cue, best, ctx), sentences_later(best, ctx)

    def worked_out() -> float:
        given = given_later()
        said = said_later() if given.about else []
        return _logistic(read.total(seen() | {"reader": found_by(read_each(given, FIRST, reader), given, said)}))

    return Later(worked_out)


def found_by(readings: Sequence[Reading], given: Passages, said: Sequence[Sequence[Sentence]]) -> float:
    """How likely any of the readings answers, as a logit, as if each went by itself.

    One whose span speaks of nobody that is asked about does not count.
    """
    none = 1.0
    for place, one in enumerate(readings):
        start = (
            one.start - len(given.heads[place]) + given.starts[place] if one.start >= len(given.heads[place]) else -1
        )
        if not given.about or _speaks_of(given.about, start, given.texts[place], said[place]):
            none *= 1 - one.answerable
    return math.log((1 - none + SURE) / (none + SURE))


def _speaks_of(about: frozenset[str], start: int, text: str, said: Sequence[Sentence]) -> bool:
    """Whether the sentence at a place of a text, or all of it where the place is outside, is about one of the people.

    One who is named anywhere in the text is spoken of.
    """
    own = [one.subjects for one in said if one.start <= start < one.start + len(one.text)]
    subjects = frozenset[str]().union(*(own or [one.subjects for one in said]))
    low = text.lower()
    return bool(about & subjects) or any(person.split()[0].lower() in low for person in about)


def features(cue: Cue, hits: Hits, ctx: Ctx) -> dict[str, float]:
    """What speaks for and against an answer being there, each in [0, 1]; empty without hits.

    cosine: of the nearest of the best hits. in one turn: the share of the question's words, by rarity, that one hit
    says about the person that the question names (about anybody when it names none). near: the cosine of the closest
    such sentence. told of another: by how much a sentence that tells of somebody else does better in words and cosine
    at once.
    """
    return features_later(cue, hits, ctx)() if len(hits.rows) else {}


def features_later(cue: Cue, hits: Hits, ctx: Ctx) -> Callable[[], dict[str, float]]:
    """What gives `features` of some hits when it is called, of the texts and the rarities that are there now."""
    if "evidence" not in hits.channels:
        hits = _weighed(cue, hits, ctx)
    best, read = _cosine(hits), _worth_reading(hits)
    said, about = sentences_later(read, ctx), frozenset(question(cue, ctx).people)
    terms, vector = cue_terms(cue, ctx), cue_vector(cue, ctx)
    rarities = ctx.store.idf(terms, cue.where) if terms else np.zeros(0, np.float32)

    def features() -> dict[str, float]:
        found = {"cosine": best, "in one turn": 0.0, "near": 0.0, "told of another": 0.0}
        spoken = [(n, one) for n, each in enumerate(said()) for one in each if one.start < LONGEST] if terms else []
        return found | _of_sentences(spoken, about, terms, rarities, vector, ctx) if spoken else found

    return features


def _of_sentences(
    spoken: Sequence[tuple[int, Sentence]],
    about: frozenset[str],
    terms: Sequence[str],
    rarities: Floats,
    vector: Floats,
    ctx: Ctx,
) -> dict[str, float]:
    """What (number of its hit, sentence) each say of the terms [T] of a question, by the rarities of these [T]."""
    weight = idf_weights(rarities).astype(np.float64)
    hit = np.array([number for number, _ in spoken])
    mine = np.array([not about or bool(about & one.subjects) for _, one in spoken])
    held = np.array([[term in one.terms for term in terms] for _, one in spoken], np.float64)
    near = _nearness([one.text for _, one in spoken], vector, ctx)
    tells = np.array([not one.asks for _, one in spoken])
    together = (held @ weight + near) / 2
    ours, theirs = _most(together * np.where(tells, 1.0, A_QUESTION), mine), _most(together, ~mine & tells)
    whole = [held[(hit == number) & mine].any(axis=0) @ weight for number in set(hit.tolist())]
    return {
        "in one turn": float(max(whole)),
        "near": _most(near, mine),
        "told of another": min(max(theirs - ours, 0.0), AHEAD),
    }


def _cosine(hits: Hits) -> float:
    """The highest cosine among the best hits, in [0, 1]."""
    near = hits.channels.get("vectors")
    return 0.0 if near is None else float(np.nanmax(near[hits.order(NEAREST)], initial=0.0))


def _nearness(texts: Sequence[str], vector: Floats, ctx: Ctx) -> NDArray[np.float64]:
    """Cosine of each text with the cue's vector, in [0, 1]; zeros, and a word about it, where the embedder fails."""
    try:
        cosine: NDArray[np.float64] = np.clip(ctx.embed(texts) @ vector, 0, 1).astype(np.float64)
        return cosine
    except ModelError as error:
        ctx.degraded.append(f"confidence without meaning: {error}")
        return np.zeros(len(texts), np.float64)


def _weighed(cue: Cue, hits: Hits, ctx: Ctx) -> Hits:
    """The hits of a recipe that scores in its own way, weighed as `default` weighs them; their scores stay."""
    best = hits.top(MOST)
    weighed = score.evidence(let_in=0)(cue, best, ctx)
    return weighed.take(np.argsort(weighed.rows)).with_(scores=best.take(np.argsort(best.rows)).scores)


def _worth_reading(hits: Hits) -> Hits:
    """The hits that are read for how sure one can be."""
    shared = sum(np.nan_to_num(hits.channels[name]) for name in ("coverage", "vectors") if name in hits.channels)
    first = np.argsort(-hits.scores, kind="stable")[:BEST]
    close = np.argsort(-shared, kind="stable")[:CLOSEST] if np.ndim(shared) else first
    return hits.take(distinct(np.concatenate([first, close])))


def _most(values: NDArray[np.float64], mask: NDArray[np.bool_]) -> float:
    return float(values[mask].max()) if mask.any() else 0.0


def _logistic(total: float) -> float:
    return 1 / (1 + math.exp(-total))
