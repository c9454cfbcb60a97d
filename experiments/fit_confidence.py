"""Fits the one confidence and the chance that a told value is right, and reports both by source.

    REMANENCE_DATA=... python experiments/fit_confidence.py [--cache FILE] [--write]

The talks are those of `confidence_material.py`. Both kinds of question weigh the same in each source, and a sign may
only speak the way it is meant. Prints, with each source left out in turn, the area under the ROC curve, what is right
at each tenth of the confidence, and what `ask` does at thresholds: right, quoted, wrong but told, refused.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch
from confidence_material import Case, Talk, talks
from numpy.typing import NDArray

from remanence import weights
from remanence.arena.core import metrics
from remanence.compose import answer as answering
from remanence.compose.bands import bar_of_quotes, logit, of_quote
from remanence.compose.cited import Answer
from remanence.compose.corrections import as_corrected
from remanence.compose.reading import chosen, read_hits
from remanence.compose.together import as_read_together
from remanence.memory import reading
from remanence.memory.memory import CONSIDERED, Memory
from remanence.memory.trust import unrivalled
from remanence.recall.answerability import features, found_by
from remanence.stage.passages import FIRST, passages, read_each
from remanence.stage.sentences import sentences
from remanence.types import Where

SIDES: Mapping[str, Mapping[str, int]] = {
    "words": {"in one turn": 1, "near": 1, "cosine": 1, "told of another": -1},
    "read": {"reader": 1, "cosine": 1, "told of another": -1},
    "value": {"known": 1, "read": 1, "found": 1, "ahead": 1, "agrees": 1, "verdict": 0, "says": 1, "span": 0, "date": 0,
              "number": 0, "reason": 0, "choice": 0, "list": -1},
    "quote": {"known": 1, "read": 1, "found": 1, "best": 1, "says": 1},
}  # fmt: skip
"""Of each table its signs: 1 may only speak for, -1 only against, 0 either way."""
RIDGE = 0.5
MEASURED_ONLY = ("locomo", "stories judging", "pairs judging")
"""Sources that are reported and fit nothing: one's licence allows measuring only, the other one judges."""
PRIOR = 1.5
"""Questions that memory answers, to one that it does not: in the fit both weigh the same, in use more are answered."""
CHOSEN = {"words": {"told of another": -3.0}, "read": {"told of another": -3.0}}
"""Weights that are not fitted but chosen on LoCoMo's questions about the wrong person, by table."""
NOT_FOR_WORDS = ("stories",)
"""Sources whose questions use other words than their answers on purpose: no fit without a reader can use them."""

Array = NDArray[np.float64]


@dataclass
class Row:
    """One question: its signs, and what a value and a quote would be ("right", "quoted" or "wrong")."""

    home: str
    kind: str
    answerable: bool
    seen: dict[str, float] = field(default_factory=dict)
    value: dict[str, float] = field(default_factory=dict)
    quote: dict[str, float] = field(default_factory=dict)
    if_told: str = ""
    if_quoted: str = ""


def rows_of(talk: Talk) -> list[Row]:
    """Every question of a talk, asked of a memory that has slept."""
    found = []
    with Memory(":memory:") as memory:
        by_session: dict[object, list[dict[str, object]]] = {}
        for message in talk.messages:
            by_session.setdefault(message.get("session"), []).append(message)
        for messages in by_session.values():
            memory.remember(messages)
        memory.sleep()
        for case in talk.cases:
            row = Row(talk.home, case.kind, case.answerable)
            _look(memory, case, row)
            found.append(row)
    return found


def _look(memory: Memory, case: Case, row: Row) -> None:
    """Fill the row with what memory sees of the question."""
    ctx = memory._ctx()
    cue = reading.cue_of(memory._handle, case.text, Where(), CONSIDERED, case.now)
    hits = reading.found(memory._handle, cue, ctx).top(CONSIDERED)
    if not len(hits):
        return
    best = hits.top(FIRST)
    given = passages(cue, best, ctx)
    read = read_each(given, FIRST, ctx.reader) if ctx.reader else []
    row.seen = features(cue, hits, ctx) | {"reader": found_by(read, given, sentences(best, ctx))}
    hits = unrivalled(cue, hits, ctx)
    asked = answering.asked_of(cue, ctx)
    said = answering.candidate_sentences(cue, hits, ctx, asked)
    if not said:
        return
    reads = as_read_together(as_corrected(read_hits(cue, hits, ctx), asked.question), cue, ctx)
    told, signs = answering._value(cue, hits, asked, said, reads, ctx, 0.5, answering.FITTED)
    if told is not None:
        row.value, row.if_told = dict(signs), verdict(told, case)
    if reads:
        row.quote = dict(of_quote(chosen(reads, asked.question)))
    row.if_quoted = verdict(answering._closest_quoted(hits, said, reads, asked, 0.5), case)


def verdict(told: Answer, case: Case) -> str:
    """Right: the short answer holds an accepted one or is nearly it. Quoted: the text does, or evidence is cited."""
    texts = [str(one) for one in case.answers]
    short = max((metrics.token_f1(told.short, one) for one in texts), default=0.0)
    if metrics.contains(told.short, texts) or short >= 0.6:
        return "right"
    if metrics.contains(told.text, texts) or set(told.sources) & set(case.evidence):
        return "quoted"
    return "wrong"


# --- fitting -------------------------------------------------------------------------------------


def fit(x: Array, y: Array, home: Array, sides: Sequence[int], held: Mapping[int, float] = {}) -> Array:
    """Logistic regression, both classes equal in each source, weights on their sides of 0. The last is the bias.

    held: columns whose weight is given.
    """
    weight = np.zeros(len(y))
    for one in set(home):
        for kind in (0.0, 1.0):
            mask = (home == one) & (y == kind)
            if mask.any():
                weight[mask] = mask.sum() ** -0.5
    weight *= len(y) / weight.sum() / 10
    middle, spread = x.mean(axis=0), np.maximum(x.std(axis=0), 0.1)  # a sign that is hardly ever seen is held small
    z, goal, share = torch.tensor((x - middle) / spread), torch.tensor(y), torch.tensor(weight)
    free = torch.full((x.shape[1],), 0.3, dtype=torch.double, requires_grad=True)
    bias = torch.zeros(1, dtype=torch.double, requires_grad=True)
    side = torch.tensor([float(one) for one in sides])
    given = torch.tensor([held.get(n, math.nan) * spread[n] for n in range(x.shape[1])])
    optimiser = torch.optim.LBFGS([free, bias], max_iter=300, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        theta = torch.where(given.isnan(), torch.where(side == 0, free, side * free.square()), given)
        each = torch.nn.functional.binary_cross_entropy_with_logits(z @ theta + bias, goal, share, reduction="sum")
        total = each + RIDGE * theta.square().sum()
        total.backward()
        return total

    optimiser.step(loss)
    theta = torch.where(given.isnan(), torch.where(side == 0, free, side * free.square()), given)
    theta = theta.detach().numpy() / spread
    return np.append(theta, float(bias.detach()) - float(theta @ middle))


def matrix(rows: Sequence[Mapping[str, float]], names: Sequence[str]) -> Array:
    return np.array([[row.get(name, 0.0) for name in names] for row in rows])


def chances(x: Array, theta: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-(x @ theta[:-1] + theta[-1]))))


def left_out(x: Array, y: Array, home: Array, sides: Sequence[int], fits: Array, held: Mapping[int, float]) -> Array:
    """The chance of each row from weights that saw nothing of its source."""
    p = np.zeros(len(y))
    for one in set(home):
        mine, others = home == one, (home != one) & fits
        p[mine] = chances(x[mine], fit(x[others], y[others], home[others], sides, held))
    return p


# --- telling -------------------------------------------------------------------------------------


def curve(p: Array, y: Array) -> str:
    """By tenths of the confidence: how many, and how often it is right."""
    at = np.minimum((p * 10).astype(int), 9)
    return " ".join(f".{n}: {y[at == n].mean():.2f} ({(at == n).sum()})" for n in range(10) if (at == n).any())


def told(rows: Sequence[Row], known: Array, value: Array, quote: Array, least: float) -> str:
    """What `ask` does at a threshold."""
    counts: Counter[tuple[bool, str]] = Counter()
    for row, p, right, holds in zip(rows, known, value, quote, strict=True):
        outcome = "refused"
        if min(p, right) >= least and row.if_told:
            outcome = row.if_told
        elif min(p, holds) >= bar_of_quotes(least) and row.if_quoted:
            outcome = row.if_quoted
        counts[row.answerable, outcome] += 1
    yes, no = (max(1, sum(n for (kind, _), n in counts.items() if kind is side)) for side in (True, False))
    parts = [f"{name} {counts[True, name] / yes:.2f}" for name in ("right", "quoted", "wrong", "refused")]
    return " ".join(parts) + f" | unanswerable refused {counts[False, 'refused'] / no:.2f}"


def report(rows: Sequence[Row], home: Array, known: Array, value: Array, quote: Array) -> None:
    y = np.array([float(row.answerable) for row in rows])
    for one in sorted(set(home)):
        mine = home == one
        area = metrics.auroc(known[mine].tolist(), (y[mine] > 0).tolist())
        error = metrics.calibration_error(known[mine].tolist(), (y[mine] > 0).tolist())
        print(f"{one}: {mine.sum()} questions, AUROC {area:.3f}, calibration error {error:.3f}")
        some = [row for row, own in zip(rows, mine, strict=True) if own]
        for least in (0.5, 0.62, 0.7, 0.8):
            print(f"  at {least}: {told(some, known[mine], value[mine], quote[mine], least)}")
    print("memory holds an answer:", curve(known, y))
    for name, p, outcomes in (("told", value, ["right"]), ("quoted", quote, ["right", "quoted"])):
        result = [row.if_told if name == "told" else row.if_quoted for row in rows]
        good = [row.answerable and one in outcomes for row, one in zip(rows, result, strict=True)]
        has = np.array([bool(one) for one in result])
        print(f"right if {name}:", curve(np.minimum(known, p)[has], np.array(good, float)[has]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    torch.set_num_threads(1)
    if given.cache and given.cache.exists():
        rows = [Row(**one) for one in json.loads(given.cache.read_text("utf-8"))]
    else:
        rows = [row for talk in talks() for row in rows_of(talk)]
        if given.cache:
            given.cache.write_text(json.dumps([asdict(row) for row in rows]), "utf-8")
    home = np.array([row.home for row in rows])
    fits = ~np.isin(home, MEASURED_ONLY)
    y = np.array([float(row.answerable) for row in rows])
    tables: dict[str, weights.Table] = {}
    known = np.zeros(len(rows))
    for name in ("words", "read"):
        names, sides = list(SIDES[name]), list(SIDES[name].values())
        x = matrix([row.seen for row in rows], names)
        chosen_ones = CHOSEN.get(name, {})
        held = {n: chosen_ones[one] for n, one in enumerate(names) if one in chosen_ones}
        usable = fits & ~np.isin(home, NOT_FOR_WORDS) if name == "words" else fits
        known = left_out(x, y, home, sides, usable, held)
        known = 1 / (1 + (1 - known) / np.maximum(known, 1e-9) / PRIOR)
        area = [
            f"{one} {metrics.auroc(known[home == one].tolist(), (y[home == one] > 0).tolist()):.3f}"
            for one in sorted(set(home))
        ]
        print(name, "left out:", " ".join(area))
        fitted = fit(x[usable], y[usable], home[usable], sides, held)
        fitted[-1] += math.log(PRIOR)
        tables[name] = _table(names, fitted)
    chance = {name: np.zeros(len(rows)) for name in ("value", "quote")}
    for name, outcomes in (("value", ["right"]), ("quote", ["right", "quoted"])):
        names, sides = list(SIDES[name]), list(SIDES[name].values())
        result = "if_told" if name == "value" else "if_quoted"
        x = matrix([getattr(row, name) | {"known": logit(p)} for row, p in zip(rows, known, strict=True)], names)
        good = np.array([float(row.answerable and getattr(row, result) in outcomes) for row in rows])
        has = np.array([bool(getattr(row, result)) for row in rows])
        for one in set(home):  # from the other sources
            mine, others = has & (home == one), has & fits & (home != one)
            chance[name][mine] = chances(x[mine], fit(x[others], good[others], home[others], sides))
        tables[name] = _table(names, fit(x[has & fits], good[has & fits], home[has & fits], sides))
    report(rows, home, known, chance["value"], chance["quote"])
    print({name: (dict(one.weights), one.bias) for name, one in tables.items()})
    if given.write:
        weights.write("answerability", tables, date=f"{datetime.now(UTC):%Y-%m-%d}")


def _table(names: Sequence[str], theta: Array) -> weights.Table:
    kept = {name: round(float(value), 2) for name, value in zip(names, theta, strict=False) if abs(value) >= 0.01}
    return weights.Table(kept, round(float(theta[-1]), 2))


if __name__ == "__main__":
    main()
