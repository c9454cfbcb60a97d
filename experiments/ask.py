"""Measures `Memory.ask` without a language model and fits its weights; every number is on conversations held out.

    REMANENCE_DATA=... python experiments/ask.py answers [--write]    LoCoMo token F1, by category
    REMANENCE_DATA=... python experiments/ask.py facts                FactConsolidation, the newest fact, chains

`--spaces DIR` keeps the filled memories between runs. `--write` fits on everything and writes the weights into the
package. Weights of answers maximise the expected F1 of a softmax over all candidates of a question.
"""

from __future__ import annotations

import argparse
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from remanence import weights
from remanence.arena.catalogue import find_task
from remanence.arena.core import metrics
from remanence.arena.core.task import Pool, Question
from remanence.compose import answer as answering
from remanence.compose import answer_extraction
from remanence.memory.memory import Memory
from remanence.types import Cue, Hits, Where

DEVELOPED_ON = ("conv-26", "conv-30", "conv-41")
"""Conversations whose questions were read while this was made; conv-42 and conv-43 were not."""

Array = NDArray[np.float64]


def opened(task: str, folder: Path) -> Iterator[tuple[Pool, Memory]]:
    """Each pool of a task in a memory of its own, filled once."""
    for pool in find_task(task).pools(os.environ["REMANENCE_DATA"]):
        path = folder / f"{task}-{pool.id.replace('/', '_')}.db"
        fresh = not path.exists()
        with Memory(path, durability="relaxed") as memory:
            if fresh:
                memory.remember([record.message() for record in pool.records])
            yield pool, memory


# --- answers -------------------------------------------------------------------------------------


@dataclass
class Asked:
    """One question with every candidate: its signs as a row of x, its F1 in y."""

    pool: str
    question: Question
    many: bool
    form: str
    said: list[answer_extraction.CandidateSentence]
    candidates: list[answer_extraction.Candidate]
    plain: str
    x: Array
    y: Array


def collected(folder: Path) -> tuple[list[Asked], list[str]]:
    """Every LoCoMo question of categories 1 to 4 and the names of all features."""
    found: list[Asked] = []
    for pool, memory in opened("locomo", folder):
        for question in pool.questions:
            if not question.answers:
                continue
            ctx = memory._ctx()
            cue = Cue(question.text, question.at or memory.clock(), Where(), 200)
            hits = memory.recipe.recall(cue, Hits(ctx.store), ctx).top(200)
            asked = answer_extraction.asked_of(cue, ctx)
            said = answer_extraction.candidate_sentences(cue, hits, ctx, asked)
            plain = ""
            some: list[answer_extraction.Candidate] = []
            if asked.expected.form in ("whether", "choice"):
                told = answering.extracted(cue, hits, ctx, 1.0, weights.Table({}))
                plain = told.short if told else ""
            else:
                some = answer_extraction.candidates(cue, hits, ctx, asked, said, weights.Table({}))
            y = np.array([metrics.locomo_f1(c.text, question.answers[0], question.category) for c in some])
            form = asked.expected.form
            found.append(Asked(pool.id, question, asked.expected.many, form, said, some, plain, np.zeros((0, 0)), y))
    names = sorted({name for one in found for c in one.candidates for name in c.features})
    place = {name: number for number, name in enumerate(names)}
    for one in found:
        one.x = np.zeros((len(one.candidates), len(names)))
        for row, candidate in enumerate(one.candidates):
            for name, value in candidate.features.items():
                one.x[row, place[name]] = value
    return found, names


def fit_answers(asked: Sequence[Asked], *, decay: float = 5e-4, steps: int = 300, rate: float = 0.05) -> Array:
    """Weights that maximise the mean expected F1 of a softmax over each question's candidates (Adam)."""
    some = [one for one in asked if len(one.candidates)]
    x = np.concatenate([one.x for one in some]).astype(np.float32)
    y = np.concatenate([one.y for one in some]).astype(np.float32)
    group = np.concatenate([np.full(len(one.y), number) for number, one in enumerate(some)])
    start = np.searchsorted(group, np.arange(len(some)))
    w = np.zeros(x.shape[1], np.float32)
    first, second = np.zeros_like(w), np.zeros_like(w)
    for step in range(1, steps + 1):
        z = x @ w
        z -= np.maximum.reduceat(z, start)[group]
        p = np.exp(z)
        p /= np.add.reduceat(p, start)[group]
        expected = np.add.reduceat(p * y, start)
        gradient = -(x.T @ (p * (y - expected[group]))) / len(some) + decay * w
        first = 0.9 * first + 0.1 * gradient
        second = 0.99 * second + 0.01 * gradient * gradient
        w -= rate * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-8)
    return w.astype(np.float64)


def told(one: Asked, w: Array) -> str:
    """What `ask` would answer with these weights."""
    if not one.candidates:
        return one.plain
    scores = one.x @ w
    order = np.argsort(-scores, kind="stable")
    ranked = [
        answer_extraction.Candidate(c.text, c.said, c.sort, {}, float(scores[k]))
        for k in order
        for c in [one.candidates[k]]
    ]
    chosen = answer_extraction.choose(ranked, one.said, one.many)
    return ", ".join(c.text for c in chosen) or answering.closest(one.said).text


def scored(asked: Sequence[Asked], answers: Sequence[str]) -> str:
    """Mean F1 by category and over all of them."""
    by: dict[str, list[float]] = defaultdict(list)
    for one, text in zip(asked, answers, strict=True):
        value = metrics.locomo_f1(text, one.question.answers[0], one.question.category)
        by[one.question.category].append(value)
        by["all"].append(value)
    return "  ".join(f"{name} {100 * np.mean(values):.1f} ({len(values)})" for name, values in sorted(by.items()))


def answers(folder: Path, write: bool) -> None:
    asked, names = collected(folder)
    pools = sorted({one.pool for one in asked})
    sentence = [one.said[0].text if one.said else "" for one in asked]
    print("first sentence of the first hit:", scored(asked, sentence))
    best = [max(zip(one.y, (c.text for c in one.candidates), strict=True), default=(0, one.plain))[1] for one in asked]
    print("best candidate (ceiling):       ", scored(asked, best))
    held: list[str] = [""] * len(asked)
    for pool in pools:
        w = fit_answers([one for one in asked if one.pool != pool])
        for number, one in enumerate(asked):
            if one.pool == pool:
                held[number] = told(one, w)
    print("held-out conversation by turns: ", scored(asked, held))
    w = fit_answers([one for one in asked if one.pool in DEVELOPED_ON])
    rest = [one for one in asked if one.pool not in DEVELOPED_ON]
    print("questions not read (conv-42, -43): ", scored(rest, [told(one, w) for one in rest]))
    if write:
        w = fit_answers(asked)
        kept = {name: round(float(value), 2) for name, value in zip(names, w, strict=True) if abs(value) >= 0.05}
        weights.write("answer", {"answer": weights.Table(kept)}, date=f"{datetime.now(UTC):%Y-%m-%d}")


# --- the newest fact -----------------------------------------------------------------------------


def facts(folder: Path) -> None:
    for pool, memory in opened("factconsolidation", folder):
        right, known_share = [], []
        for question in pool.questions:
            answer = memory.ask(question.text, now=question.at, threshold=0.0)
            right.append(metrics.contains(answer.short, question.answers))
            known_share.append(answer.confidence)
        print(f"{pool.id:28s} substring exact match {np.mean(right):.2f}, mean confidence {np.mean(known_share):.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("answers", "facts"))
    parser.add_argument("--spaces", type=Path)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    with TemporaryDirectory() as empty:
        folder = given.spaces or Path(empty)
        folder.mkdir(parents=True, exist_ok=True)
        if given.what == "answers":
            answers(folder, given.write)
        else:
            facts(folder)


if __name__ == "__main__":
    main()
