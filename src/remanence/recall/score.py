"""Scores for candidates: one weighted sum over every channel, and single priors that multiply a score.

The weighted sum looks at each candidate and at the turns round it.
Every measure is relative to the store and the cue, so that one set of weights serves short talk and long:
cosines in standard deviations of this cue's cosines, words as a share of the best candidate, and whatever
comes from neighbours times how far turns lean on each other there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from remanence.algo.rarity import worth
from remanence.language.speakers import ASSISTANTS, USERS
from remanence.language.text_flags import ASKS, NUMBER, TIME
from remanence.recall.cue import Reading, read
from remanence.recall.expand import SAMPLE, leaning
from remanence.recall.find import idf_of, verbatim, word_share
from remanence.recall.weights import BIAS, DOCUMENT_BIAS, DOCUMENT_WEIGHTS, WEIGHTS
from remanence.stage import Ctx, reads, union
from remanence.types import NEVER, Cue, Floats, Hits, Rows, micros

REACH = 2
"""Turns to each side that a candidate is seen with."""

MEANINGS = ("meaning", "meaning before", "meaning after")

_IDENTIFIER = re.compile(r"(?<![\w-])(?:[A-Za-z]+[-_/]?\d[\w.-]*\w|[A-Za-z]+[-_/]?\d|#\d+)(?![\w-])")

_MICROS_A_DAY = 86_400_000_000


# --- the weighted sum ----------------------------------------------------------------------------


@reads
def evidence(
    cue: Cue,
    hits: Hits,
    ctx: Ctx,
    *,
    weights: Mapping[str, float] = WEIGHTS,
    bias: float = BIAS,
    documents: Mapping[str, float] = DOCUMENT_WEIGHTS,
    document_bias: float = DOCUMENT_BIAS,
    let_in: int = 40,
) -> Hits:
    """How likely each candidate is evidence: a logistic sum of weighted measures, in [0, 1].

    What somebody said is weighed by `weights`, what has no speaker by `documents`. Channels that a candidate lacks
    are computed, exactly. The turns round the best `let_in` candidates become candidates where the store is coherent.
    """
    whole, measures = measured(cue, hits, ctx, let_in=let_in)
    if not len(whole):
        return whole
    said = ctx.store.column("who", whole.rows) >= 0
    talk = _weighed(measures, weights, bias, len(whole)) if said.any() else np.float32(0)
    told = talk if said.all() else _weighed(measures, documents, document_bias, len(whole))
    total = np.where(said, talk, told)
    scores = (1 / (1 + np.exp(-total))).astype(np.float32)
    return whole.scored(scores).top(len(whole))


def _weighed(measures: Mapping[str, Floats], weights: Mapping[str, float], bias: float, count: int) -> Floats:
    total = np.full(count, bias, np.float32)
    for name, weight in weights.items():
        if name in measures:
            total += np.float32(weight) * measures[name]
    return total


def measured(
    cue: Cue,
    hits: Hits,
    ctx: Ctx,
    *,
    let_in: int = 40,
) -> tuple[Hits, dict[str, Floats]]:
    """The candidates and their measures, float32 [N] each, by the names that `WEIGHTS` uses."""
    if not len(hits):
        return hits, {}
    store, asked = ctx.store, read(cue, ctx)
    near = leaning(cue, ctx)
    where = verbatim(cue, ctx)
    rows = hits.rows
    if near > 0 and let_in:
        ring = store.around(hits.top(let_in).rows, 1, 1, cue.where)
        new = np.setdiff1d(ring[ring >= 0], rows)
        if len(new):
            added = Hits(store, new, np.zeros(len(new), np.float32), {}, {int(row): ("neighbour",) for row in new})
            hits = union([hits, added])
            rows = hits.rows
    window = store.around(rows, REACH, REACH, cue.where) if near > 0 else rows[:, None]
    own = window.shape[1] // 2
    seen, place = np.unique(window, return_inverse=True)
    place = place.reshape(window.shape)
    absent = seen < 0
    known = np.where(absent, rows[0], seen)

    cosine = np.nan_to_num(store.similarity(ctx.cue_vector(cue), known))
    middle, spread = _usual(cue, ctx)
    meaning = np.clip((cosine - middle) / spread, -1, 6).astype(np.float32) / 4
    raw = store.word_scores(asked.terms, known, where) if asked.terms else np.zeros(len(known), np.float32)
    idf = idf_of(asked.terms, ctx, where)
    share = word_share(raw, asked.terms, idf)
    words = raw / np.float32(max(float(raw[~absent].max(initial=0)), 1e-6))
    meaning[absent] = 0
    words[absent] = 0

    held = store.coverage(asked.terms, known) & ~absent if asked.terms else np.zeros((0, len(known)), bool)
    weight = worth(idf)
    covered = weight @ held if len(held) else np.zeros(len(known), np.float32)

    here = place[:, own]
    measures: dict[str, Floats] = {
        "meaning": meaning[here],
        "words": words[here].astype(np.float32),
        "covered": covered[here].astype(np.float32),
        "named": _named(asked, held, weight, ctx)[here],
        "identifier": _identified(cue, rows, ctx),
        **_roles(asked, rows, ctx),
        **_times(asked, rows, ctx),
    }
    if near > 0:
        before, after = place[:, own - 1], place[:, own + 1]
        measures |= {
            "meaning before": meaning[before] * near,
            "meaning after": meaning[after] * near,
            "words before": words[before] * near,
            "words after": words[after] * near,
        }
        joint = held[:, place].any(axis=2) if len(held) else held
        gain = (weight @ joint if len(held) else np.zeros(len(rows))) - covered[here]
        measures["covered around"] = (gain * near).astype(np.float32)
    previous = window[:, own - 1] if near > 0 else np.full(len(rows), -1)
    measures |= _glances(asked, rows, previous, near, ctx)
    if near > 0:
        measures |= _exchanged(measures)
    measures |= _joined(measures)
    shown = {"vectors": np.clip(cosine[here], 0, 1), "words": share[here], "covered": measures["covered"]}
    for name in ("covered around", "speaker"):
        if name in measures:
            shown[name] = measures[name]
    return Hits(ctx.store, rows, hits.scores, {**hits.channels, **shown}, hits.paths), measures


def _named(asked: Reading, held: NDArray[np.bool_], weight: Floats, ctx: Ctx) -> Floats:
    """The share of the cue's capitalised names that each row holds, by rarity; speakers are not among them."""
    names = set(ctx.store.terms(" ".join(asked.names))) if asked.names else set()
    mine = np.array([term in names for term in asked.terms], bool)
    if not mine.any():
        return np.zeros(held.shape[1], np.float32)
    mine_only = weight[mine] / max(float(weight[mine].sum()), 1e-6)
    return np.asarray(mine_only @ held[mine], np.float32)


def _identified(cue: Cue, rows: Rows, ctx: Ctx) -> Floats:
    """The share of the cue's identifiers ("ORB-12", "#340") that each row holds, every part of each."""
    found = np.zeros(len(rows), np.float32)
    identifiers = dict.fromkeys(_IDENTIFIER.findall(cue.text))
    for identifier in identifiers:
        parts = ctx.store.terms(identifier)
        if parts:
            found += ctx.store.coverage(parts, rows).all(axis=0)
    return found / np.float32(max(1, len(identifiers)))


def _usual(cue: Cue, ctx: Ctx) -> tuple[float, float]:
    """Mean and standard deviation of this cue's cosine with the store's rows, from an even sample."""
    rows = ctx.store.rows(verbatim(cue, ctx))
    sample = rows[:: max(1, -(-len(rows) // SAMPLE))]
    cosine = np.nan_to_num(ctx.store.similarity(ctx.cue_vector(cue), sample))
    if len(sample) < 16:
        return 0.1, 0.12
    return float(cosine.mean()), max(float(cosine.std()), 0.02)


def _roles(asked: Reading, rows: Rows, ctx: Ctx) -> dict[str, Floats]:
    """Who says it: the one speaker that the cue names; the one asked for "did you"; else the asker, if one is known.

    Who asks of a chat with an assistant, in "I" or in keywords, nearly always wants what they have said themselves.
    """
    who = ctx.store.column("who", rows)
    none = np.zeros(len(rows), np.float32)
    found = {"speaker": none, "asker": none, "asked": none}
    if len(asked.speakers) == 1:
        found["speaker"] = (who == ctx.store.code("who", asked.speakers[0])).astype(np.float32)
    users = [code for name in USERS if (code := ctx.store.code("who", name)) >= 0]
    helpers = [code for name in ASSISTANTS if (code := ctx.store.code("who", name)) >= 0]
    if users and not asked.speakers and not asked.asked:
        found["asker"] = np.isin(who, users).astype(np.float32)
    if helpers and asked.asked:
        found["asked"] = np.isin(who, helpers).astype(np.float32)
    return found


def _times(asked: Reading, rows: Rows, ctx: Ctx) -> dict[str, Floats]:
    """Whether it was said in the time that the cue certainly names, or within a week after."""
    if asked.interval is None:
        return {}
    since, before = micros(asked.interval[0]), micros(asked.interval[1])
    assert since is not None
    assert before is not None
    at = ctx.store.column("at", rows)
    inside = (at >= since) & (at < before)
    soon = (at >= before) & (at < before + 7 * _MICROS_A_DAY)
    return {"in time": inside.astype(np.float32), "soon after": soon.astype(np.float32)}


def _glances(asked: Reading, rows: Rows, before: Rows, near: float, ctx: Ctx) -> dict[str, Floats]:
    """What a glance at the text tells: it is a question, it answers one, it names a time or a number.

    A long text names some time or number anyway, so there it tells less.
    """
    bits = ctx.store.column("signs", rows)
    earlier = np.where(before >= 0, ctx.store.column("signs", np.maximum(before, 0)), 0)
    telling = np.minimum(1, np.sqrt(30 / (15 + ctx.store.column("length", rows)))).astype(np.float32)
    none = np.zeros(len(rows), np.float32)
    return {
        "is question": ((bits & ASKS) > 0).astype(np.float32) * np.float32(near),
        "answers": ((earlier & ASKS) > 0).astype(np.float32) * np.float32(near),
        "names a time": ((bits & TIME) > 0) * telling if asked.asks in ("when", "how long") else none,
        "names a number": ((bits & NUMBER) > 0) * telling if asked.asks == "how many" else none,
    }


def _exchanged(measures: Mapping[str, Floats]) -> dict[str, Floats]:
    """Question and answer belong together: what the turn beside says counts more when one asks and the other tells."""
    tells, asks = (measures[name] > 0 for name in ("answers", "is question"))
    return {
        "named one answers": tells * measures["speaker"],
        "meaning asked": tells * measures["meaning before"],
        "meaning answered": asks * measures["meaning after"],
        "words answered": asks * measures["words after"],
    }


def _joined(measures: Mapping[str, Floats]) -> dict[str, Floats]:
    """What counts together: the right words and most of them; and what an asker said, by its meaning.

    Chats with an assistant are asked about in the first person and hold long turns round one point, so meaning weighs
    otherwise there than in talk between people.
    """
    mine = measures["asker"]
    return {
        "words covered": measures["words"] * measures["covered"],
        **{f"asker {name}": mine * measures[name] for name in MEANINGS if name in measures},
    }


# --- channels, by hand ---------------------------------------------------------------------------


@reads
def complete(cue: Cue, hits: Hits, ctx: Ctx) -> Hits:
    """Give every hit its exact `vectors` and `words` channel, also where no finder saw it."""
    if not len(hits):
        return hits
    asked = read(cue, ctx)
    cosine = np.clip(np.nan_to_num(ctx.store.similarity(ctx.cue_vector(cue), hits.rows)), 0, 1)
    raw = ctx.store.word_scores(asked.terms, hits.rows, cue.where) if asked.terms else np.zeros(len(hits), np.float32)
    share = word_share(raw, asked.terms, idf_of(asked.terms, ctx, cue.where))
    return hits.scored(hits.scores, vectors=cosine.astype(np.float32), words=share)


@reads
def channels(cue: Cue, hits: Hits, ctx: Ctx, *, weights: Mapping[str, float], stretch: bool = True) -> Hits:
    """Weighted mean of named channels; a channel that did not see a hit counts 0.

    With `stretch` each channel is first stretched to [0, 1] over the hits.
    """
    if not len(hits):
        return hits
    total = np.zeros(len(hits), np.float32)
    for name, weight in weights.items():
        column = hits.channels.get(name)
        if column is None:
            continue
        column = np.nan_to_num(column)
        if stretch:
            low, high = float(column.min()), float(column.max())
            column = (column - low) / (high - low) if high - low > 1e-9 else np.zeros_like(column)
        total += np.float32(weight) * column
    return hits.scored(np.clip(total / np.float32(sum(weights.values()) or 1), 0, 1)).top(len(hits))


# --- priors --------------------------------------------------------------------------------------


@reads
def recency(cue: Cue, hits: Hits, ctx: Ctx, *, half_life_days: float = 14.0, floor: float = 0.3) -> Hits:
    """Times floor + (1 - floor) * 2^(-age / half-life); items without a time keep their score."""
    at = ctx.store.column("at", hits.rows)
    now = micros(cue.at) or 0
    age_days = np.maximum(now - at, 0) / _MICROS_A_DAY
    factor = floor + (1 - floor) * np.exp2(-age_days / half_life_days)
    factor = np.where(at == NEVER, 1.0, factor)
    return _times_factor(hits, factor, "recency")


@reads
def speaker(cue: Cue, hits: Hits, ctx: Ctx, *, weight: float = 0.3) -> Hits:
    """Raise what the one speaker said whom the cue names (else the user): score + weight * (1 - score) * score."""
    found = _roles(read(cue, ctx), hits.rows, ctx)
    told = np.maximum(np.maximum(found["speaker"], found["asker"]), found["asked"])
    raised = hits.scores + np.float32(weight) * told * (1 - hits.scores) * hits.scores
    return hits.scored(np.clip(raised, 0, 1).astype(np.float32), speaker=told).top(len(hits))


@reads
def trust(cue: Cue, hits: Hits, ctx: Ctx, *, power: float = 0.5) -> Hits:
    """Times trust ** power."""
    return _times_factor(hits, ctx.store.column("trust", hits.rows) ** power, "trust")


@reads
def strength(cue: Cue, hits: Hits, ctx: Ctx, *, share: float = 0.5, top: int = 100) -> Hits:
    """Times 1 - share + share * strength (capped at 1), over the best `top` hits; the rest are dropped."""
    best = hits.top(top)
    held = np.array([min(max(item.strength, 0.0), 1.0) for item in best.items], np.float32)
    return _times_factor(best, 1 - share + share * held, "strength")


@reads
def length(cue: Cue, hits: Hits, ctx: Ctx, *, typical: int = 12, power: float = 0.3) -> Hits:
    """Times (terms / typical) ** power for items shorter than `typical` terms: "Thanks!" is seldom evidence."""
    terms = np.maximum(ctx.store.column("length", hits.rows), 1)
    return _times_factor(hits, np.minimum(terms / typical, 1.0) ** power, "length")


def _times_factor(hits: Hits, factor: NDArray[np.floating], name: str) -> Hits:
    column = np.asarray(factor, np.float32)
    scores = np.clip(hits.scores * column, 0, 1).astype(np.float32)
    return hits.scored(scores, **{name: np.clip(column, 0, 1)}).top(len(hits))
