"""How often what `ask` tells is right, by how sure it says it is.

    REMANENCE_DATA=... python experiments/sure.py

Asks every question of the everyday stories, of y31 to y60 and of every 24th of z365 to z821, which the reader that
ships has not read, in a memory with `default` that has slept. Right: the short answer holds an accepted one and no
outdated one; quoted: the text does, or a turn is cited that answers. Prints both, what is wrong and told, and what is
refused, by source, and of all that is told how often it is right or quoted at each confidence.
"""

from __future__ import annotations

import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from stories import holds
from story_pools import pool_of

from remanence import Memory
from remanence.arena.catalogue import find_task
from remanence.arena.core import metrics
from remanence.arena.core.task import Pool, Question
from remanence.compose.cited import Answer

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts/reader"))
import story as st

EDGES = (0.0, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 1.01)


def sources() -> Iterator[tuple[str, Iterable[Pool]]]:
    """The stories by where they come from."""
    yield "everyday", find_task("everyday").pools(os.environ["REMANENCE_DATA"])
    yield "y31 to y60", (pool_of(st.read(st.HOME / f"y{number}.txt")) for number in range(31, 61))
    yield "every 24th of z365 to z821", (pool_of(st.read(st.HOME / f"z{n}.txt")) for n in range(365, 822, 24))


def asked(pool: Pool) -> Iterator[tuple[Question, Answer]]:
    """Every question of a story with its answer."""
    with Memory(":memory:") as memory:
        sessions: dict[object, list[dict[str, Any]]] = defaultdict(list)
        for record in pool.records:
            sessions[record.session].append(record.message())
        for messages in sessions.values():
            memory.remember(messages)
        memory.sleep()
        for question in pool.questions:
            yield question, memory.ask(question.text, now=question.at)


def verdict(question: Question, told: Answer) -> str:
    """What became of a question."""
    if not told.in_memory:
        return "refused"
    outdated = any(holds(told.short, one) for one in question.wrong)
    outdated = outdated and not any(holds(good, bad) for good in question.answers for bad in question.wrong)
    if not question.answerable or outdated:
        return "wrong"
    if any(holds(told.short, one) for one in question.answers):
        return "right"
    cites = bool(set(question.evidence) & set(told.sources))
    return "quoted" if cites or any(holds(told.text, one) for one in question.answers) else "wrong"


def main() -> None:
    told: list[tuple[float, bool]] = []
    for name, pools in sources():
        counts: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
        sure: list[float] = []
        there: list[bool] = []
        for question, answer in (one for pool in pools for one in asked(pool)):
            outcome = verdict(question, answer)
            counts[question.answerable][outcome] += 1
            sure.append(answer.confidence)
            there.append(question.answerable)
            if answer.in_memory:
                told.append((answer.confidence, outcome in ("right", "quoted")))
        yes, no = (sum(counts[kind].values()) for kind in (True, False))
        parts = ", ".join(f"{kind} {counts[True][kind] / yes:.3f}" for kind in ("right", "quoted", "wrong", "refused"))
        refused = counts[False]["refused"] / max(no, 1)
        print(f"{name}: {yes} with an answer: {parts}; {no} without: refused {refused:.3f}")
        print(f"    with an answer against without, by confidence: AUROC {metrics.auroc(sure, there):.3f}", flush=True)
    print(f"{len(told)} told, {sum(good for _, good in told) / len(told):.3f} right or quoted with the answer")
    for low, high in pairwise(EDGES):
        some = [(p, good) for p, good in told if low <= p < high]
        if some:
            mean, right = (sum(float(one[n]) for one in some) / len(some) for n in (0, 1))
            print(f"  from {low}: {len(some)} told, says {mean:.2f}, right {right:.2f}")
    error = metrics.calibration_error([p for p, _ in told], [good for _, good in told])
    area = metrics.auroc([p for p, _ in told], [good for _, good in told])
    print(f"calibration error {error:.3f}, right against wrong AUROC {area:.3f}")


if __name__ == "__main__":
    main()
