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

from remanence.algo.distinct import distinct_places, without
from remanence.algo.rarity import idf_weights
from remanence.language.calendar import MONTHS
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.question import Question
from remanence.language.speakers import ASSISTANTS, USERS
from remanence.language.text_flags import ASKS, NUMBER, TIME
from remanence.recall.bridge import named_by_the_best
from remanence.recall.find import DERIVED, VERBATIM, seen_by
from remanence.records import dataclass
from remanence.stage import Ctx, reads, union
from remanence.stage.question import ReadCue, cue_terms, cue_vector, question, read_cue
from remanence.types import NEVER, Cue, Floats, Hits, Rows, Where, micros
from remanence.weights import Table, table

REACH = 2
"""Turns to each side that a candidate is seen with."""

TALK, DOCUMENTS, NAMES = (table("evidence", name) for name in ("talk", "documents", "names"))

COSINES = ("cosine", "cosine before", "cosine after")
SHOWN = {
    "vectors": "vectors",
    "words": "share of words",
    "coverage": "coverage",
    "coverage around": "coverage around",
    "speaker": "speaker",
}
"""Channels that a hit shows in its `why`, and the measure of each."""

SAMPLE = 192
"""Rows from which a store's coherence and its usual similarity are estimated."""
FULL_COHERENCE = 0.5
"""Standard deviations by which true neighbours must be more alike than strangers to count in full."""

FEW = 16
"""With so many pairs of neighbours an estimate of coherence counts half."""

_IDENTIFIER = lazy_pattern(r"(?<![\w-])(?:[A-Za-z]+[-_/]?\d[\w.-]*\w|[A-Za-z]+[-_/]?\d|#\d+)(?![\w-])")

_DATE = lazy_pattern(
    rf"(?<!\w)(?:(?:{'|'.join(MONTHS)})\.? \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th|\.)?(?: of)? (?:{'|'.join(MONTHS)})\.?,? \d{{4}})(?!\w)",
    re.I,
)
"""A day with its year."""

_MICROS_A_DAY = 86_400_000_000


# --- what the store is like ----------------------------------------------------------------------


def verbatim(cue: Cue, ctx: Ctx) -> Where:
    """The cue's filter on verbatim kinds; as it is in a store that holds no other kind."""
    key = ("verbatim", cue.where)
    if key not in ctx.memo:
        derived = not ctx.store.columns.kinds.keys().isdisjoint(DERIVED)
        ctx.memo[key] = seen_by(cue, VERBATIM) if derived else cue.where
    where: Where = ctx.memo[key]
    return where


def sample_of(cue: Cue, ctx: Ctx) -> Rows:
    """At most `SAMPLE` verbatim rows, evenly over the store."""
    key = ("sample", cue.where)
    if key not in ctx.memo:
        rows = ctx.store.rows(verbatim(cue, ctx))
        ctx.memo[key] = rows[:: max(1, -(-len(rows) // SAMPLE))]
    sample: Rows = ctx.memo[key]
    return sample


def coherence(cue: Cue, ctx: Ctx) -> float:
    """How far turns next to each other belong together in this store, in [0, 1].

    Neighbours' cosine less the cosine of turns paired across the store, in standard deviations of the
    pairs (Cohen's d), over `FULL_COHERENCE`. About 0 for a heap of unrelated texts.
    """
    sample = sample_of(cue, ctx)
    after = ctx.store.around(sample, 0, 1, cue.where)[:, 1]
    sample, after = sample[after >= 0], after[after >= 0]
    if len(sample) < 8:
        return 0.0
    left, right = ctx.store.vectors(sample), ctx.store.vectors(after)
    true = np.einsum("nd,nd->n", left, right)
    other = np.einsum("nd,nd->n", left, np.roll(right, len(right) // 2, axis=0))
    spread = float(np.sqrt((true.var() + other.var()) / 2))
    effect = float(true.mean() - other.mean()) / max(spread, 1e-6)
    return float(np.clip(effect * len(true) / (len(true) + FEW) / FULL_COHERENCE, 0, 1))


def context_weight(cue: Cue, ctx: Ctx) -> float:
    """How much a turn's meaning rests on the turns round it, in [0, 1]: coherence, less where texts are long.

    Times sqrt(30 / (15 + mean terms)), at most 1, as the prior of a smoothed language model weighs less on long texts.
    """

    def measure() -> float:
        rows = sample_of(cue, ctx)
        mean = float(ctx.store.columns.length[rows].mean()) if len(rows) else 0.0
        return coherence(cue, ctx) * min(1.0, float(np.sqrt(30 / (15 + mean))))

    return ctx.store.cached("context weight", measure, cue.where)


# --- the weighted sum ----------------------------------------------------------------------------


@reads
def evidence(
    cue: Cue,
    hits: Hits,
    ctx: Ctx,
    *,
    talk: Table = TALK,
    documents: Table = DOCUMENTS,
    names: Table = NAMES,
    let_in: int = 40,
) -> Hits:
    """How likely each candidate is evidence: a logistic sum of weighted measures, in [0, 1].

    What somebody said is weighed by `talk`, what has no speaker by `documents`, and by `names` where the best such
    passages name what it is about. Channels that a candidate lacks
    are computed, exactly; its own is `evidence`. The turns round the best `let_in` candidates become candidates where
    the store is coherent.
    """
    whole, measures = measured(cue, hits, ctx, let_in=let_in)
    count = len(whole.rows)
    if not count:
        return whole
    said = measures["said"] > 0
    spoken = _weighed(measures, talk, count) if said.any() else np.float32(0)
    written = (
        spoken if said.all() else _written(cue, whole.rows, ~said, _weighed(measures, documents, count), names, ctx)
    )
    total = np.where(said, spoken, written)
    scores = (1 / (1 + np.exp(-total))).astype(np.float32)
    shown = {name: measures[measure] for name, measure in SHOWN.items() if measure in measures}
    return whole.ranked(scores, channels={**shown, "evidence": scores})


def _weighed(measures: Mapping[str, Floats], by: Table, count: int) -> Floats:
    total = np.full(count, by.bias, np.float32)
    for name, weight in by.weights.items():
        if name in measures:
            total += np.float32(weight) * measures[name]
    return total


def _written(cue: Cue, rows: Rows, where: NDArray[np.bool_], total: Floats, names: Table, ctx: Ctx) -> Floats:
    """The logits of passages [N], and what those that stand best name: another hop of a question."""
    if not names.weights:
        return total
    named = named_by_the_best(cue, rows[where], total[where], ctx)
    whole = total.copy()
    whole[where] += _weighed(named, names, int(where.sum()))
    return whole


def measured(cue: Cue, hits: Hits, ctx: Ctx, *, let_in: int = 40) -> tuple[Hits, dict[str, Floats]]:
    """The candidates and their measures, float32 [N] each, by the names that the weights use and of what is shown.

    For a summary each turn stands for itself, whoever said it: what a question asks and what answers it are both in it.
    """
    if not len(hits.rows):
        return hits, {}
    cue_read = read_cue(cue, ctx)
    asked = cue_read.question
    near = 0.0 if asked.sums_up else context_weight(cue, ctx)
    if near > 0 and let_in:
        hits = _with_neighbours(cue, hits, ctx, let_in)
    rows = hits.rows
    seen = _Window(ctx.store.around(rows, REACH, REACH, cue.where) if near > 0 else rows[:, None])
    columns = _columns(cue, cue_read, seen, ctx)
    previous = seen.window[:, seen.own - 1] if near > 0 else np.full(len(rows), -1)
    here_and_before = np.concatenate([rows, np.maximum(previous, 0)])
    columns_of = ctx.store.columns
    who, length, flags = columns_of.who[rows], columns_of.length[rows], columns_of.flags[here_and_before]
    bits = flags[: len(rows)]
    measures = _own(seen, columns) | {"identifier": _identified(cue, rows, ctx), "said": (who >= 0).astype(np.float32)}
    measures |= _roles(asked, who, ctx) | _times(asked, rows, ctx)
    if "stated" in hits.channels:
        measures["stated"] = np.nan_to_num(hits.channels["stated"])
    if near > 0:
        measures |= _around(seen, columns, near)
        measures["opens a session"] = _opening(seen, near) if asked.many else np.zeros(len(rows), np.float32)
    measures |= _surface(asked, bits, np.where(previous >= 0, flags[len(rows) :], 0), length, near)
    if near > 0:
        measures |= _exchanged(measures)
    measures |= _joined(measures)
    return hits, measures


def _with_neighbours(cue: Cue, hits: Hits, ctx: Ctx, let_in: int) -> Hits:
    """The hits, and the turns beside the best `let_in` of them, which score 0 so far."""
    ring = ctx.store.around(hits.top(let_in).rows, 1, 1, cue.where)
    new = without(ring[ring >= 0], hits.rows)
    if not len(new):
        return hits
    paths = {int(row): ("neighbour",) for row in new}
    return union([hits, Hits(ctx.store, new, np.zeros(len(new), np.float32), paths=paths)])


class _Window:
    """Candidates with the turns round them, as places in one list of distinct rows.

    window: rows [N, 1 or 2 * REACH + 1], -1 where none. place: where each stands in `known`, [M] rows; `absent` marks
    the one that stands for none. own: the column of the candidates themselves.
    """

    def __init__(self, window: Rows) -> None:
        self.window, self.own = window, window.shape[1] // 2
        seen, place = distinct_places(window)
        self.place = place.reshape(window.shape)
        self.absent = seen < 0
        self.known = np.where(self.absent, window[0, self.own], seen)

    @property
    def here(self) -> Rows:
        """Places of the candidates themselves."""
        return self.place[:, self.own]


@dataclass(frozen=True, slots=True)
class _Columns:
    """What is measured of each row of a window, [M]: cosine as it is and in standard deviations of this cue's cosines,
    BM25 by the best row's and by the most possible, terms held [T, M] and their idf weights [T], idf-weighted coverage.
    """

    similarity: Floats
    cosine: Floats
    words: Floats
    share: Floats
    held: NDArray[np.bool_]
    weight: Floats
    coverage: Floats
    named: Floats


def _columns(cue: Cue, asked: ReadCue, seen: _Window, ctx: Ctx) -> _Columns:
    similarity = np.nan_to_num(ctx.store.similarity(asked.vector, seen.known))
    middle, spread = _usual(asked.vector, sample_of(cue, ctx), ctx)
    cosine = np.clip((similarity - middle) / spread, -1, 6).astype(np.float32) / 4
    found = ctx.store.term_matches(asked.terms, seen.known, verbatim(cue, ctx))
    raw, share = found.scores, found.share
    words = raw / np.float32(max(float(raw[~seen.absent].max(initial=0)), 1e-6))
    cosine[seen.absent] = 0
    words[seen.absent] = 0
    held, weight = found.held & ~seen.absent, idf_weights(found.idf)
    coverage = weight @ held if len(held) else np.zeros(len(seen.known), np.float32)
    return _Columns(similarity, cosine, words, share, held, weight, coverage, _named(asked, held, weight))


def _own(seen: _Window, columns: _Columns) -> dict[str, Floats]:
    """What each candidate says itself."""
    here = seen.here
    return {
        "cosine": columns.cosine[here],
        "vectors": np.clip(columns.similarity[here], 0, 1),
        "words": columns.words[here].astype(np.float32),
        "share of words": columns.share[here],
        "coverage": columns.coverage[here].astype(np.float32),
        "named": columns.named[here],
    }


def _around(seen: _Window, columns: _Columns, near: float) -> dict[str, Floats]:
    """What the turns beside a candidate say, times how far turns lean on each other here."""
    before, after = seen.place[:, seen.own - 1], seen.place[:, seen.own + 1]
    joint = columns.held[:, seen.place].any(axis=2) if len(columns.held) else columns.held
    together = columns.weight @ joint if len(columns.held) else np.zeros(len(seen.place))
    return {
        "cosine before": columns.cosine[before] * near,
        "cosine after": columns.cosine[after] * near,
        "words before": columns.words[before] * near,
        "words after": columns.words[after] * near,
        "coverage around": ((together - columns.coverage[seen.here]) * near).astype(np.float32),
    }


def _opening(seen: _Window, near: float) -> Floats:
    """Whether it is among the first `REACH` turns of its session, where people tell what is new."""
    return (seen.window[:, 0] < 0).astype(np.float32) * np.float32(near)


def _named(asked: ReadCue, held: NDArray[np.bool_], weight: Floats) -> Floats:
    """The share of the cue's capitalised names that each row holds, by rarity; speakers are not among them."""
    mine = np.array([term in asked.names for term in asked.terms], bool)
    if not mine.any():
        return np.zeros(held.shape[1], np.float32)
    mine_only = weight[mine] / max(float(weight[mine].sum()), 1e-6)
    return np.asarray(mine_only @ held[mine], np.float32)


def _identified(cue: Cue, rows: Rows, ctx: Ctx) -> Floats:
    """The share of the cue's identifiers ("ORB-12", "#340", "May 11, 2226") that each row holds, every part of each."""
    found = np.zeros(len(rows), np.float32)
    if not any(letter.isdigit() for letter in cue.text):
        return found  # each of them holds a digit
    identifiers = dict.fromkeys([*_IDENTIFIER.findall(cue.text), *_DATE.findall(cue.text)])
    for identifier in identifiers:
        parts = ctx.store.terms(identifier)
        if parts:
            found += ctx.store.coverage(parts, rows).all(axis=0)
    return found / np.float32(max(1, len(identifiers)))


def _usual(vector: Floats, sample: Rows, ctx: Ctx) -> tuple[float, float]:
    """Mean and standard deviation of this cue's cosine with the store's rows, from an even sample."""
    if len(sample) < 16:
        return 0.1, 0.12
    cosine = np.nan_to_num(ctx.store.similarity(vector, sample))
    return float(cosine.mean()), max(float(cosine.std()), 0.02)


def _roles(asked: Question, who: NDArray[np.integer], ctx: Ctx) -> dict[str, Floats]:
    """Who says it: the one speaker that the cue names; the one asked for "did you"; else the asker, if one is known.

    who: codes of the speakers [N].

    Who asks of a chat with an assistant, in "I" or in keywords, nearly always wants what they have said themselves.
    """
    none = np.zeros(len(who), np.float32)
    found = {"speaker": none, "user turn": none, "assistant turn": none}
    codes = ctx.store.speaker_codes((*USERS, *ASSISTANTS, *asked.people[:1]))
    if len(asked.people) == 1:
        found["speaker"] = (who == codes.pop()).astype(np.float32)
    users = [code for code in codes[: len(USERS)] if code >= 0]
    helpers = [code for code in codes[len(USERS) : len(USERS) + len(ASSISTANTS)] if code >= 0]
    if users and not (asked.people or asked.to_you or asked.sums_up):
        found["user turn"] = np.isin(who, users).astype(np.float32)
    if helpers and asked.to_you:
        found["assistant turn"] = np.isin(who, helpers).astype(np.float32)
    return found


def _times(asked: Question, rows: Rows, ctx: Ctx) -> dict[str, Floats]:
    """Whether it was said in the time that the cue certainly names, or within a week after."""
    if asked.interval is None:
        return {}
    since, before = micros(asked.interval[0]), micros(asked.interval[1])
    assert since is not None
    assert before is not None
    at = ctx.store.columns.at[rows]
    inside = (at >= since) & (at < before)
    soon = (at >= before) & (at < before + 7 * _MICROS_A_DAY)
    return {"in time": inside.astype(np.float32), "soon after": soon.astype(np.float32)}


def _surface(
    asked: Question, bits: NDArray[np.uint8], earlier: NDArray[np.uint8], length: NDArray[np.int32], near: float
) -> dict[str, Floats]:
    """Surface features of a text [N]: it is a question, it answers one, it names a time or a number.

    bits, earlier: flags of the text and of the one before it. length: terms; a long text names some time or number
    anyway, so there it tells less.
    """
    telling = np.minimum(1, np.sqrt(30 / (15 + length))).astype(np.float32)
    none = np.zeros(len(bits), np.float32)
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
        "cosine asked": tells * measures["cosine before"],
        "cosine answered": asks * measures["cosine after"],
        "words answered": asks * measures["words after"],
    }


def _joined(measures: Mapping[str, Floats]) -> dict[str, Floats]:
    """What counts together: the right words and most of them; and what the user said, by its cosine.

    Chats with an assistant are asked about in the first person and hold long turns round one point, so the
    cosine weighs otherwise there than in talk between people.
    """
    mine = measures["user turn"]
    return {
        "words and coverage": measures["words"] * measures["coverage"],
        **{f"user {name}": mine * measures[name] for name in COSINES if name in measures},
    }


# --- channels, by hand ---------------------------------------------------------------------------


@reads
def complete(cue: Cue, hits: Hits, ctx: Ctx) -> Hits:
    """Give every hit its exact `vectors` and `words` channel, also where no finder saw it."""
    if not len(hits):
        return hits
    terms = cue_terms(cue, ctx)
    cosine = np.clip(np.nan_to_num(ctx.store.similarity(cue_vector(cue, ctx), hits.rows)), 0, 1)
    found = ctx.store.term_matches(terms, hits.rows, cue.where)
    return hits.with_(channels={"vectors": cosine.astype(np.float32), "words": found.share})


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
    return hits.ranked(np.clip(total / np.float32(sum(weights.values()) or 1), 0, 1))


# --- priors --------------------------------------------------------------------------------------


@reads
def recency(cue: Cue, hits: Hits, ctx: Ctx, *, half_life_days: float = 14.0, floor: float = 0.3) -> Hits:
    """Times floor + (1 - floor) * 2^(-age / half-life); items without a time keep their score."""
    at = ctx.store.columns.at[hits.rows]
    now = micros(cue.at) or 0
    age_days = np.maximum(now - at, 0) / _MICROS_A_DAY
    factor = floor + (1 - floor) * np.exp2(-age_days / half_life_days)
    factor = np.where(at == NEVER, 1.0, factor)
    return _times_factor(hits, factor, "recency")


@reads
def speaker(cue: Cue, hits: Hits, ctx: Ctx, *, weight: float = 0.3) -> Hits:
    """Raise what the one speaker said whom the cue names (else the user): score + weight * (1 - score) * score."""
    found = _roles(question(cue, ctx), ctx.store.columns.who[hits.rows], ctx)
    told = np.maximum(np.maximum(found["speaker"], found["user turn"]), found["assistant turn"])
    raised = hits.scores + np.float32(weight) * told * (1 - hits.scores) * hits.scores
    raised = np.clip(raised, 0, 1).astype(np.float32)
    return hits.ranked(raised, channels={"speaker": told})


@reads
def trust(cue: Cue, hits: Hits, ctx: Ctx, *, power: float = 0.5) -> Hits:
    """Times trust ** power."""
    return _times_factor(hits, ctx.store.columns.trust[hits.rows] ** power, "trust")


@reads
def strength(cue: Cue, hits: Hits, ctx: Ctx, *, share: float = 0.5, top: int = 100) -> Hits:
    """Times 1 - share + share * strength (capped at 1), over the best `top` hits; the rest are dropped."""
    best = hits.top(top)
    held = np.array([min(max(item.strength, 0.0), 1.0) for item in best.items], np.float32)
    return _times_factor(best, 1 - share + share * held, "strength")


@reads
def length(cue: Cue, hits: Hits, ctx: Ctx, *, typical: int = 12, power: float = 0.3) -> Hits:
    """Times (terms / typical) ** power for items shorter than `typical` terms: "Thanks!" is seldom evidence."""
    terms = np.maximum(ctx.store.columns.length[hits.rows], 1)
    return _times_factor(hits, np.minimum(terms / typical, 1.0) ** power, "length")


def _times_factor(hits: Hits, factor: NDArray[np.floating], name: str) -> Hits:
    column = np.asarray(factor, np.float32)
    scores = np.clip(hits.scores * column, 0, 1).astype(np.float32)
    return hits.ranked(scores, channels={name: np.clip(column, 0, 1)})
