"""Do the brain-inspired memories help the engine? Association as a recall channel, surprise as a cutter of episodes.

    REMANENCE_DATA=... python experiments/bio_engine.py [--parts associate,boundaries,episodes]

On LoCoMo's development conversations (categories 1 to 4, corrected labels), static embedder, nothing tuned here:

    associate    fraction of the evidence among the first 10, for `default` and `plain` with and without the channel
    boundaries   each conversation as one row of turns, without sessions or times: does the signal know where a new
                 session began? AUC (a session's first turn against all others), and F1 of the cuts at the default
                 threshold, a cut counting when it is at most one turn off
    episodes     fraction among the first 10 when episodes cut by each signal are recalled too and lead to their turns
"""

from __future__ import annotations

import argparse
import operator
import os
import time
from dataclasses import replace
from functools import reduce

import numpy as np
from remanence.recall.associate import completed

from remanence import recipes
from remanence.algo.boundaries import Signal, cuts
from remanence.algo.boundaries import signal as series_of
from remanence.arena.catalogue import find_task
from remanence.arena.core.task import Pool
from remanence.bio.surprise import Surprise
from remanence.evolve import link
from remanence.form import segment
from remanence.memory.memory import Memory
from remanence.models import by_name
from remanence.stage import Recipe, at_sleep

SIGNALS: dict[str, str | Signal] = {
    "contrast": "contrast",
    "distance": "distance",
    "novelty": "novelty",
    "bio distance": Surprise("distance"),
    "hopfield": Surprise("hopfield"),
    "sparsey": Surprise("sparsey"),
    "htm": Surprise("htm"),
}


def pools() -> list[Pool]:
    return list(find_task("locomo").pools(os.environ["REMANENCE_DATA"]))


def fraction(recipe: Recipe, *, sleep: bool = False) -> tuple[float, float, list[float]]:
    """(mean share of the evidence among the first 10, milliseconds of processor a recall, shares)."""
    shares, times = [], []
    for pool in pools():
        with Memory(":memory:", recipe) as memory:
            memory.remember([record.message() for record in pool.records])
            if sleep:
                memory.sleep()
            known = {record.source for record in pool.records}
            for question in pool.questions:
                wanted = set(question.evidence) & known
                if not wanted or not question.answerable or question.category == "adversarial":
                    continue
                started = time.process_time()
                hits = memory.recall(question.text, k=10, now=question.at)
                times.append(1e3 * (time.process_time() - started))
                shares.append(len(wanted & {hit.item.source for hit in hits}) / len(wanted))
    return float(np.mean(shares)), float(np.mean(times)), shares


def versus(base: list[float], other: list[float]) -> str:
    """Mean difference with its 95 % interval, paired over questions."""
    gap = np.array(other) - np.array(base)
    return f"{100 * gap.mean():+.2f} +- {196 * gap.std() / np.sqrt(len(gap)):.2f} points"


def associate() -> None:
    for name in ("plain", "default"):
        recipe = recipes.get(name)
        score, each, base = fraction(recipe)
        print(f"{name:8} alone                          {score:.4f}  {each:.1f} ms", flush=True)
        variants = {
            "| completed()": recipe.recall | completed(),
            **{f"+ completed() * {w}": recipe.recall + completed() * w for w in (0.1, 0.3)},
            "+ completed(beta=64) * 0.1": recipe.recall + completed(beta=64.0) * 0.1,
            "+ completed(beta=4) * 0.1": recipe.recall + completed(beta=4.0) * 0.1,
        }
        if recipe.recall.name == "then":
            finders, *rest = recipe.recall.parts
            variants["as a further finder"] = reduce(operator.rshift, rest, finders | completed())
        for told, recall in variants.items():
            score, each, other = fraction(replace(recipe, recall=recall))
            print(f"{name:8} {told:30} {score:.4f}  {each:.1f} ms  {versus(base, other)}", flush=True)


def boundaries() -> None:
    model = by_name("static")
    found: dict[str, list[tuple[float, float, int, float]]] = {}
    for pool in pools():
        vectors = model.embed([record.key for record in pool.records])
        sessions = [record.session for record in pool.records]
        starts = np.array([n > 0 and sessions[n] != sessions[n - 1] for n in range(len(sessions))])
        for name, one in SIGNALS.items():
            started = time.process_time()
            series = series_of(one, vectors)
            spent = time.process_time() - started
            places = np.array(cuts(series, max_steps=200)[1:], int)
            found.setdefault(name, []).append((auc(series[1:], starts[1:]), f1(places, starts), len(places), spent))
        print(f"{sessions[0]}: {len(sessions)} turns, {int(starts.sum()) + 1} sessions", flush=True)
    for name, rows in found.items():
        area, score, count, spent = np.mean(np.array(rows, float), axis=0)
        print(f"{name:14} AUC {area:.3f}  F1 {score:.3f}  {count:.0f} cuts  {spent:.2f} s a conversation")


def auc(series: np.ndarray, truth: np.ndarray) -> float:
    """Chance that a true place has the greater value; ties count half."""
    true, other = series[truth][:, None], series[~truth][None]
    return float(((true > other) + 0.5 * (true == other)).mean())


def f1(places: np.ndarray, truth: np.ndarray, slack: int = 1) -> float:
    wanted = np.flatnonzero(truth)
    near = np.abs(places[:, None] - wanted[None]) <= slack if len(places) else np.zeros((0, len(wanted)), bool)
    hit, got = int(near.any(axis=1).sum()), int(near.any(axis=0).sum())
    return 2 * hit * got / max(hit * len(wanted) + got * len(places), 1)


def episodes() -> None:
    recipe = replace(recipes.get("default"), evolve=link.given())
    score, each, base = fraction(recipe)
    print(f"{'no episodes':14} {score:.4f}  {each:.1f} ms", flush=True)
    for name, one in SIGNALS.items():
        form = at_sleep(segment.episodes(by="surprise", signal=one))
        score, each, other = fraction(replace(recipe, form=form), sleep=True)
        print(f"{name:14} {score:.4f}  {each:.1f} ms  {versus(base, other)}", flush=True)


def main() -> None:
    parts = {"associate": associate, "boundaries": boundaries, "episodes": episodes}
    parser = argparse.ArgumentParser()
    parser.add_argument("--parts", default=",".join(parts))
    for name in parser.parse_args().parts.split(","):
        print(f"-- {name}")
        parts[name]()


if __name__ == "__main__":
    main()
