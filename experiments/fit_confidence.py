"""Fits the one confidence and the chance that a told value is right, and reports both by source.

    REMANENCE_DATA=... python experiments/fit_confidence.py [--cache FILE] [--write]

The talks are those of `confidence_material.py`. Both kinds of question weigh the same in each source, and a sign may
only speak the way it is meant. Prints, with each source left out in turn, the area under the ROC curve, what is right
at each tenth of the confidence, and what `ask` does at thresholds: right, quoted, wrong but told, refused.
"""

from __future__ import annotations

import argparse
import json
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
from remanence.compose.bands import LIKELIER, logit
from remanence.memory import reading
from remanence.memory.memory import CONSIDERED, Memory
from remanence.memory.trust import unrivalled
from remanence.recall.answerability import FIRST, features, found_by
from remanence.stage.passages import known_readings, passages, read_each
from remanence.stage.question import question
from remanence.stage.sentences import sentences
from remanence.types import Where

SIDES: Mapping[str, Mapping[str, int]] = {
    "words": {"in one turn": 1, "near": 1, "cosine": 1, "told of another": -1},
    "read": {"reader": 1, "cosine": 1, "told of another": -1},
    "value": {"known": 1, "read": 1, "agrees": 1, "verdict": 0, "says": 1, "span": 0, "date": 0, "number": 0,
              "reason": 0, "choice": 0, "list": 0},
}  # fmt: skip
"""Of each table its signs: 1 may only speak for, -1 only against, 0 either way."""
RIDGE = 0.5

Array = NDArray[np.float64]


@dataclass
class Row:
    """One question: its signs, and what a value and a quote would be ("right", "quoted" or "wrong")."""

    home: str
    kind: str
    answerable: bool
    seen: dict[str, float] = field(default_factory=dict)
    value: dict[str, float] = field(default_factory=dict)
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
    best, about = hits.top(FIRST), frozenset(question(cue, ctx).people)
    given = passages(cue, best, ctx)
    read = read_each(given.asks, given.whole(FIRST), ctx.reader, known_readings(ctx)) if ctx.reader else []
    row.seen = features(cue, hits, ctx) | {"reader": found_by(read, given, sentences(best, ctx), about)}
    hits = unrivalled(cue, hits, ctx)
    asked = answering.asked_of(cue, ctx)
    said = answering.candidate_sentences(cue, hits, ctx, asked)
    if not said:
        return
    reads = answering.read_hits(cue, hits, ctx)
    told, signs = answering._value(cue, hits, asked, said, reads, ctx, 0.5, answering.FITTED)
    if told is not None:
        row.value, row.if_told = dict(signs), verdict(told, case)
    row.if_quoted = verdict(answering._closest_quoted(hits, said, reads, asked, 0.5), case)


def verdict(told: answering.Answer, case: Case) -> str:
    """Right: the short answer holds an accepted one or is nearly it. Quoted: the text does, or evidence is cited."""
    texts = [str(one) for one in case.answers]
    short = max((metrics.token_f1(told.short, one) for one in texts), default=0.0)
    if metrics.contains(told.short, texts) or short >= 0.6:
        return "right"
    if metrics.contains(told.text, texts) or set(told.sources) & set(case.evidence):
        return "quoted"
    return "wrong"


# --- fitting -------------------------------------------------------------------------------------


def fit(x: Array, y: Array, home: Array, sides: Sequence[int]) -> Array:
    """Logistic regression, both classes equal in each source, weights on their sides of 0. The last is the bias."""
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
    optimiser = torch.optim.LBFGS([free, bias], max_iter=300, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        theta = torch.where(side == 0, free, side * free.square())
        each = torch.nn.functional.binary_cross_entropy_with_logits(z @ theta + bias, goal, share, reduction="sum")
        total = each + RIDGE * theta.square().sum()
        total.backward()
        return total

    optimiser.step(loss)
    theta = torch.where(side == 0, free, side * free.square()).detach().numpy() / spread
    return np.append(theta, float(bias.detach()) - float(theta @ middle))


def matrix(rows: Sequence[Mapping[str, float]], names: Sequence[str]) -> Array:
    return np.array([[row.get(name, 0.0) for name in names] for row in rows])


def chances(x: Array, theta: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-(x @ theta[:-1] + theta[-1]))))


def left_out(x: Array, y: Array, home: Array, sides: Sequence[int]) -> Array:
    """The chance of each row from weights that saw nothing of its source."""
    p = np.zeros(len(y))
    for one in set(home):
        mine = home == one
        p[mine] = chances(x[mine], fit(x[~mine], y[~mine], home[~mine], sides))
    return p


# --- telling -------------------------------------------------------------------------------------


def curve(p: Array, y: Array) -> str:
    """By tenths of the confidence: how many, and how often it is right."""
    at = np.minimum((p * 10).astype(int), 9)
    return " ".join(f".{n}: {y[at == n].mean():.2f} ({(at == n).sum()})" for n in range(10) if (at == n).any())


def told(rows: Sequence[Row], known: Array, chance: Array, least: float) -> str:
    """What `ask` does at a threshold."""
    counts: Counter[tuple[bool, str]] = Counter()
    for row, p, right in zip(rows, known, chance, strict=True):
        outcome = "refused" if p < least or not row.if_quoted else row.if_told if right >= LIKELIER else row.if_quoted
        counts[row.answerable, outcome] += 1
    yes, no = (max(1, sum(n for (kind, _), n in counts.items() if kind is side)) for side in (True, False))
    parts = [f"{name} {counts[True, name] / yes:.2f}" for name in ("right", "quoted", "wrong", "refused")]
    return " ".join(parts) + f" | unanswerable refused {counts[False, 'refused'] / no:.2f}"


def report(rows: Sequence[Row], home: Array, known: Array, chance: Array) -> None:
    y = np.array([float(row.answerable) for row in rows])
    for one in sorted(set(home)):
        mine = home == one
        area = metrics.auroc(known[mine].tolist(), (y[mine] > 0).tolist())
        error = metrics.calibration_error(known[mine].tolist(), (y[mine] > 0).tolist())
        print(f"{one}: {mine.sum()} questions, AUROC {area:.3f}, calibration error {error:.3f}")
        for least in (0.5, 0.55, 0.6, 0.65):
            some = [row for row, own in zip(rows, mine, strict=True) if own]
            print(f"  at {least}: {told(some, known[mine], chance[mine], least)}")
    print("reliability", curve(known, y))


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
    y = np.array([float(row.answerable) for row in rows])
    tables: dict[str, weights.Table] = {}
    known = np.zeros(len(rows))
    for name in ("words", "read"):
        names, sides = list(SIDES[name]), list(SIDES[name].values())
        x = matrix([row.seen for row in rows], names)
        known = left_out(x, y, home, sides)
        area = [
            f"{one} {metrics.auroc(known[home == one].tolist(), (y[home == one] > 0).tolist()):.3f}"
            for one in sorted(set(home))
        ]
        print(name, "left out:", " ".join(area))
        tables[name] = _table(names, fit(x, y, home, sides))
    names, sides = list(SIDES["value"]), list(SIDES["value"].values())
    x = matrix([row.value | {"known": logit(p)} for row, p in zip(rows, known, strict=True)], names)
    right = np.array([float(row.answerable and row.if_told == "right") for row in rows])
    has = np.array([bool(row.if_told) and row.answerable for row in rows])
    chance = np.zeros(len(rows))
    told_of = np.array([bool(row.if_told) for row in rows])
    for one in set(home):  # a value's chance where memory holds an answer, from the other sources
        mine, others = told_of & (home == one), has & (home != one)
        chance[mine] = chances(x[mine], fit(x[others], right[others], home[others], sides))
    report(rows, home, known, chance)
    tables["value"] = _table(names, fit(x[has], right[has], home[has], sides))
    print({name: (dict(one.weights), one.bias) for name, one in tables.items()})
    if given.write:
        weights.write("answerability", tables, date=f"{datetime.now(UTC):%Y-%m-%d}")


def _table(names: Sequence[str], theta: Array) -> weights.Table:
    kept = {name: round(float(value), 2) for name, value in zip(names, theta, strict=False) if abs(value) >= 0.01}
    return weights.Table(kept, round(float(theta[-1]), 2))


if __name__ == "__main__":
    main()
