"""Fits how sure recall is that memory holds an answer, and reports it on conversations and on sets not seen.

    REMANENCE_DATA=... python experiments/fit_confidence.py [--cache FILE] [--write]

Answerable questions against those that the sets mark as unanswerable (LoCoMo category 5, LongMemEval `_abs`, BEAM
abstention, EPBench, PrecisionMemBench, and two generated sets), and questions of one conversation asked of the next
one with the names exchanged: never said there. A sign may only speak the way it is meant, since a weight of the other
sign is one set's habit and turns the others upside down. Prints the area under the ROC curve and the expected
calibration error.
"""

from __future__ import annotations

import argparse
import os
import pickle
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from remanence import recipes, weights
from remanence.arena.catalogue import find_task
from remanence.arena.core import metrics
from remanence.arena.core.task import Pool, Question
from remanence.memory.memory import Memory
from remanence.recall.answerability import FITTED, features
from remanence.types import Cue, Hits, Where

SETS = {
    "locomo": 1.0,
    "beam": 1.0,
    "longmemeval": 1.0,
    "epbench": 0.5,
    "precisionmembench": 0.0,
    "growing": 0.5,
    "dated-events": 0.5,
}
NEVER = "never said"
SHARES = SETS | {NEVER: 0.5}
"""How much each set weighs in the fit; one that weighs nothing is only judged."""
EVERY = {"locomo": 5, "beam": 3, "longmemeval": 1, "growing": 10, "dated-events": 10}
"""Of a pool's answerable questions, every so many-th is also asked of the next pool."""
SIGNS = {"best": 1, "in one turn": 1, "near": 1, "together of another": -1}
NAMES = tuple(FITTED.weights)
FOLDS = 5

Array = NDArray[np.float64]


@dataclass
class Asked:
    """One question: its features, and whether memory can know the answer. set is `NEVER` for a stranger's question."""

    set: str
    home: str
    pool: str
    features: dict[str, float]
    answerable: bool


def collect() -> list[Asked]:
    """Every question of every set, and some asked where nobody ever spoke of it."""
    found = []
    recipe = recipes.get("default")
    for home in SETS:
        last: tuple[Pool, list[str]] | None = None
        for pool in find_task(home).pools(os.environ.get("REMANENCE_DATA", "")):
            with Memory(":memory:", recipe) as memory:
                memory.remember([record.message() for record in pool.records])
                people = memory._ctx().store.speakers()
                asked = [(home, question.text, answerable(home, question), question.at) for question in pool.questions]
                if last is not None and home in EVERY:
                    strange = [question for question in last[0].questions if question.answerable][:: EVERY[home]]
                    asked += [(NEVER, renamed(one.text, last[1], people), False, None) for one in strange]
                for set_, text, known, at in asked:
                    ctx = memory._ctx()
                    cue = Cue(text, at or memory.clock(), Where())
                    hits = recipe.recall(cue, Hits(ctx.store), ctx)
                    found.append(Asked(set_, home, pool.id, features(cue, hits, ctx), known))
            last = (pool, people)
        print(f"{home}: {sum(one.home == home for one in found)} questions", flush=True)
    return found


def answerable(home: str, question: Question) -> bool:
    """Whether memory can know it; a case of PrecisionMemBench that wants no belief is one that it cannot."""
    return bool(question.evidence) if home == "precisionmembench" else question.answerable


def renamed(text: str, people: Sequence[str], others: Sequence[str]) -> str:
    """A question with the people of one conversation in the place of those of another."""
    for old, new in zip(people, others, strict=False):
        text = re.sub(rf"\b{re.escape(old)}\b", new, text)
    return text


def fit(asked: Sequence[Asked], ridge: float) -> Array:
    """Logistic regression within `SIGNS`; both kinds of question weigh the same in each set. The last is the bias."""
    x, y = torch.tensor(matrix(asked)), torch.tensor([float(one.answerable) for one in asked]).double()
    weight = torch.zeros_like(y)
    for name, share in SHARES.items():
        for kind in (False, True):
            mask = torch.tensor([one.set == name and one.answerable == kind for one in asked])
            if mask.any():
                weight[mask] = share * 10 / float(mask.sum()) ** 0.5
    side = torch.tensor([SIGNS[name] for name in NAMES]).double()
    free = torch.full((len(NAMES),), 0.5, dtype=torch.double, requires_grad=True)
    bias = torch.zeros(1, dtype=torch.double, requires_grad=True)
    optimiser = torch.optim.LBFGS([free, bias], max_iter=500, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        theta = side * free.square()
        logit = x[:, :-1] @ theta + bias
        each = torch.nn.functional.binary_cross_entropy_with_logits(logit, y, weight=weight, reduction="sum")
        total = each + ridge / 2 * theta.square().sum()
        total.backward()
        return total

    optimiser.step(loss)
    return torch.cat([side * free.square(), bias]).detach().numpy()


def matrix(asked: Sequence[Asked]) -> Array:
    return np.array([[one.features.get(name, 0.0) for name in NAMES] + [1.0] for one in asked])


def sure(asked: Sequence[Asked], theta: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-matrix(asked) @ theta)))


def held_out(asked: Sequence[Asked], ridge: float, fold: Callable[[Asked], object]) -> Array:
    """Each question's confidence from weights fitted on the other folds."""
    p = np.zeros(len(asked))
    for one in {fold(one) for one in asked}:
        out = np.array([fold(other) == one for other in asked])
        theta = fit([other for other in asked if fold(other) != one], ridge)
        p[out] = sure([other for other in asked if fold(other) == one], theta)
    return p


def told(asked: Sequence[Asked], p: Array) -> str:
    """Area and calibration error of each set; LoCoMo with LongMemEval; answerable against never said."""
    parts = []
    for label, sets in [(name, (name,)) for name in SETS] + [("locomo+longmemeval", ("locomo", "longmemeval"))]:
        mask = np.array([one.set in sets for one in asked])
        right = [one.answerable for one in asked if one.set in sets]
        area, error = metrics.auroc(list(p[mask]), right), metrics.calibration_error(list(p[mask]), right)
        parts.append(f"{label} {area:.3f} (error {error:.3f})")
    for home in EVERY:
        chosen = [one.home == home and (one.answerable or one.set == NEVER) for one in asked]
        right = [one.answerable for one, keep in zip(asked, chosen, strict=True) if keep]
        parts.append(f"never said of {home} {metrics.auroc(list(p[np.array(chosen)]), right):.3f}")
    return " | ".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--ridge", type=float, default=0.1)
    given = parser.parse_args()
    torch.set_num_threads(1)
    if given.cache and given.cache.exists():
        asked: list[Asked] = pickle.loads(given.cache.read_bytes())
    else:
        asked = collect()
        if given.cache:
            given.cache.write_bytes(pickle.dumps(asked))
    for name in NAMES:
        alone = SIGNS[name] * np.array([one.features.get(name, 0.0) for one in asked])
        print(f"{name:22s}", told(asked, 1 / (1 + np.exp(-alone))), flush=True)
    pools = sorted({(one.home, one.pool) for one in asked})
    number = {pool: place % FOLDS for place, pool in enumerate(pools)}
    print(f"{'pools held out':22s}", told(asked, held_out(asked, given.ridge, lambda one: number[one.home, one.pool])))
    print(f"{'sets held out whole':22s}", told(asked, held_out(asked, given.ridge, lambda one: one.home)))
    theta = fit(asked, given.ridge)
    print(f"{'seen by the fit':22s}", told(asked, sure(asked, theta)))
    mask = np.array([one.set == "locomo" for one in asked])
    right = np.array([one.answerable for one in asked])
    p = sure(asked, theta)
    for least in (0.3, 0.4, 0.5, 0.6, 0.7):
        kept, refused = float((p[mask & right] >= least).mean()), float((p[mask & ~right] < least).mean())
        print(
            f"threshold {least:.1f}: keeps {kept:.0%} of what LoCoMo holds, refuses {refused:.0%} of what it does not"
        )
    if given.write:
        fitted = weights.Table({n: round(float(v), 2) for n, v in zip(NAMES, theta, strict=False)}, round(theta[-1], 2))
        weights.write("answerability", {"answerability": fitted}, date=f"{datetime.now(UTC):%Y-%m-%d}")


if __name__ == "__main__":
    main()
