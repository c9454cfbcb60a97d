"""Whether the default recall is behind any single channel or baseline, by set and by category of question.

    REMANENCE_DATA=... python experiments/best_channel.py [--sets locomo,beam,...] [--pools 25] [--least 30] [--sleep]

Fraction of the evidence among the first ten, of `default`, of its channels alone (`find.vectors`, `find.words`) and of
the arena's baselines, on questions that have an answer. A row for each set and for each category with at least
`--least` questions; "behind" names what found more, by how much, and on how many questions it was better and worse.
`--pools` takes so many pools of a set, spread evenly.
"""

from __future__ import annotations

import argparse
import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from remanence.arena.catalogue import find_task
from remanence.arena.core.system import Setting, System
from remanence.arena.core.task import Pool, Question
from remanence.arena.systems.baselines import BASELINES
from remanence.memory.memory import Memory
from remanence.models import by_name
from remanence.recall import find
from remanence.types import Cue, Hits, Where

SETS = (
    "locomo,beam,longmemeval,longmemeval-strangers,everyday,prefeval,hotpotqa,musique,epbench,precisionmembench,"
    "proced,platforms"
)
CHANNELS = {"vectors": find.vectors(k=10), "words": find.words(k=10)}
RIVALS = ("grep", "bm25", "bm25-newest", "dense", "rrf")


def spread(pools: list[Pool], most: int) -> list[Pool]:
    """At most so many pools, evenly."""
    return pools[:: max(1, -(-len(pools) // most))]


def found(pool: Pool, memory: Memory, rivals: dict[str, System], question: Question) -> dict[str, float]:
    """The share of the question's evidence among the first ten, by what looked for it."""
    ctx = memory._ctx()
    cue = Cue(question.text, question.at or memory.clock(), Where())
    sources = {"default": [hit.item.source for hit in memory.recall(question.text, k=10, now=question.at)]}
    for name, stage in CHANNELS.items():
        sources[name] = [hit.item.source for hit in stage(cue, Hits(ctx.store), ctx)]
    for name, system in rivals.items():
        sources[name] = [one.source for one in system.search(question, 10)]
    wanted = set(question.evidence)
    return {name: len(wanted & set(some)) / len(wanted) for name, some in sources.items()}


def shares(task: str, most: int, sleep: bool) -> Iterator[tuple[str, dict[str, float]]]:
    """(category, shares) of each question that has an answer and evidence."""
    setting = Setting(by_name("static"), "static", Path())
    data = None if find_task(task).generated else os.environ["REMANENCE_DATA"]
    for pool in spread(list(find_task(task).pools(data)), most):
        known = {record.source for record in pool.records}
        asked = [one for one in pool.questions if one.answerable and set(one.evidence) & known]
        asked = [one for one in asked if task == "beam" or one.category != "adversarial"]
        if not asked:
            continue
        memory = Memory(":memory:")
        memory.remember([record.message() for record in pool.records])
        if sleep:
            memory.sleep()
        rivals = {name: BASELINES[name](setting) for name in RIVALS}
        for system in rivals.values():
            system.add(pool.records)
        for question in asked:
            yield question.category, found(pool, memory, rivals, question)
        memory.close()


def row(title: str, some: list[dict[str, float]]) -> str:
    """One line: the means, and what default is behind."""
    means = {name: 100 * float(np.mean([one[name] for one in some])) for name in some[0]}
    line = f"{title:42s} {len(some):5d}  " + " ".join(f"{value:6.1f}" for value in means.values())
    for name, value in means.items():
        if value > means["default"] + 0.05:
            better = sum(one[name] > one["default"] for one in some)
            worse = sum(one[name] < one["default"] for one in some)
            line += f"  behind {name} by {value - means['default']:.1f} ({better} better, {worse} worse)"
    return line


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", default=SETS)
    parser.add_argument("--pools", type=int, default=25)
    parser.add_argument("--least", type=int, default=30)
    parser.add_argument("--sleep", action="store_true")
    given = parser.parse_args()
    print(f"{'':42s} {'n':>5s}  " + " ".join(f"{name[:6]:>6s}" for name in ("default", *CHANNELS, *RIVALS)))
    for task in given.sets.split(","):
        by_category = defaultdict(list)
        for category, share in shares(task, given.pools, given.sleep):
            by_category[category].append(share)
        every = [one for some in by_category.values() for one in some]
        if every:
            print(row(task, every), flush=True)
        for category, some in sorted(by_category.items()):
            if len(by_category) > 1 and len(some) >= given.least:
                print(row(f"  {category}", some), flush=True)


if __name__ == "__main__":
    main()
