"""Fits how sure recall is that memory holds an answer, and reports it on conversations that it has not seen.

    REMANENCE_DATA=... python experiments/fit_confidence.py [--cache FILE] [--write]

Answerable questions against those that the sets mark as unanswerable (LoCoMo category 5, LongMemEval `_abs`, BEAM
abstention). Prints the area under the ROC curve and the expected calibration error; folds hold out conversations.
"""

from __future__ import annotations

import argparse
import os
import pickle
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from remanence import recipes
from remanence.bench.task import find_task
from remanence.engine import Memory
from remanence.recall.gate import signs
from remanence.recall.weights import CONFIDENCE
from remanence.types import Cue, Hits, Where

SETS = {"locomo": 1.0, "beam": 1.0, "longmemeval": 1.0, "epbench": 0.5, "growing": 0.5, "dated-events": 0.5}
SIGNS = {"best": 1, "margin": 1, "cosine": 1, "share": 1, "unknown": -1, "covered by another": -1}
"""What each sign may say: a weight of the other sign fits one set's habit and turns the others upside down."""
NAMES = tuple(CONFIDENCE)
FOLDS = 5


@dataclass
class Asked:
    """One question: its signs, and whether memory can know the answer."""

    set: str
    pool: str
    signs: dict[str, float]
    answerable: bool


def collect() -> list[Asked]:
    """Every question of every set."""
    found = []
    recipe = recipes.get("default")
    for name in SETS:
        for pool in find_task(name).open(os.environ["REMANENCE_DATA"])[0]:
            memory = Memory(":memory:", recipe)
            memory.remember([record.message() for record in pool.records])
            for question in pool.questions:
                ctx = memory._ctx()
                cue = Cue(question.text, question.at or memory.clock(), Where())
                hits = recipe.recall(cue, Hits(ctx.store), ctx)
                found.append(Asked(name, pool.id, signs(cue, hits, ctx), question.answerable))
            memory.close()
    return found


def fit(asked: list[Asked], names: tuple[str, ...], ridge: float) -> NDArray[np.float64]:
    """Logistic regression under `SIGNS`, by Newton steps on what may move; classes weigh the same in each set.

    The last weight is the bias.
    """
    x = matrix(asked, names)
    y = np.array([one.answerable for one in asked], float)
    weight = np.ones(len(asked))
    for name, share in SETS.items():
        for kind in (False, True):
            mask = np.array([one.set == name and one.answerable == kind for one in asked])
            if mask.any():
                weight[mask] = share * np.sqrt(mask.sum()) * 10 / mask.sum()
    theta = np.zeros(x.shape[1])
    penalty = np.full(x.shape[1], ridge)
    penalty[-1] = 1e-6
    side = np.array([SIGNS.get(name, 0) for name in names] + [0])
    for _ in range(200):
        p = 1 / (1 + np.exp(-x @ theta))
        gradient = x.T @ (weight * (p - y)) + penalty * theta
        free = ~((theta == 0) & (side != 0) & (-gradient * side <= 0))
        hessian = (x[:, free] * (weight * p * (1 - p))[:, None]).T @ x[:, free] + np.diag(penalty[free])
        step = np.zeros_like(theta)
        step[free] = np.linalg.solve(hessian, gradient[free])
        following = theta - 0.5 * step
        following[(side != 0) & (following * side < 0)] = 0.0
        if np.abs(following - theta).max() < 1e-8:
            break
        theta = following
    return theta


def matrix(asked: list[Asked], names: tuple[str, ...]) -> NDArray[np.float64]:
    return np.array([[one.signs.get(name, 0.0) for name in names] + [1.0] for one in asked])


def auroc(score: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Chance that an answerable question scores above an unanswerable one."""
    return float((np.sign(score[right][:, None] - score[~right][None]) / 2 + 0.5).mean())


def calibration(p: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Expected calibration error over ten bins."""
    place = np.minimum((p * 10).astype(int), 9)
    return float(sum(abs(p[place == b].mean() - right[place == b].mean()) * (place == b).mean() for b in set(place)))


def crossed(asked: list[Asked], names: tuple[str, ...], ridge: float) -> str:
    groups = sorted({(one.set, one.pool) for one in asked})
    fold = {group: sum(g[0] == group[0] for g in groups[:place]) % FOLDS for place, group in enumerate(groups)}
    p = np.zeros(len(asked))
    for number in range(FOLDS):
        held = np.array([fold[(one.set, one.pool)] == number for one in asked])
        theta = fit([one for one, out in zip(asked, held, strict=True) if not out], names, ridge)
        p[held] = 1 / (1 + np.exp(-matrix([one for one, out in zip(asked, held, strict=True) if out], names) @ theta))
    right = np.array([one.answerable for one in asked])
    parts = []
    for name in SETS:
        mask = np.array([one.set == name for one in asked])
        parts.append(f"{name} {auroc(p[mask], right[mask]):.3f} (error {calibration(p[mask], right[mask]):.3f})")
    both = np.array([one.set in ("locomo", "longmemeval") for one in asked])
    parts.append(f"locomo+longmemeval {auroc(p[both], right[both]):.3f}")
    return " | ".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--ridge", type=float, default=0.1)
    given = parser.parse_args()
    if given.cache and given.cache.exists():
        asked: list[Asked] = pickle.loads(given.cache.read_bytes())
    else:
        asked = collect()
        if given.cache:
            given.cache.write_bytes(pickle.dumps(asked))
    print("signs:", ", ".join(sorted(asked[0].signs)))
    for name in sorted(asked[0].signs):
        print(f"{name:20s}", crossed(asked, (name,), given.ridge))
    print(f"{'all signs':20s}", crossed(asked, tuple(sorted(asked[0].signs)), given.ridge))
    print(f"{'shipped signs':20s}", crossed(asked, NAMES, given.ridge))
    for name in SETS:
        theta = fit([one for one in asked if one.set != name], NAMES, given.ridge)
        out = [one for one in asked if one.set == name]
        p, right = 1 / (1 + np.exp(-matrix(out, NAMES) @ theta)), np.array([one.answerable for one in out])
        print(f"{name} held out whole: {auroc(p, right):.3f} (error {calibration(p, right):.3f}), {len(out)} questions")
    if given.write:
        theta = fit(asked, NAMES, given.ridge)
        print("CONFIDENCE: dict[str, float] = {")
        for name, value in zip(NAMES, theta, strict=False):
            print(f'    "{name}": {value:.2f},')
        print(f"}}\nCONFIDENCE_BIAS = {theta[-1]:.2f}")


if __name__ == "__main__":
    main()
