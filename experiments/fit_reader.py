"""Fits what the reader's probability adds to the confidence of recall: two logits and a bias.

    REMANENCE_DATA=... python experiments/fit_reader.py [--write]

Every second question of two LoCoMo conversations, and FriendsQA's first development scenes with three questions of the
scene after each, which nobody answers there. Three quarters of the scenes trained the reader. Both kinds of question
weigh the same in each set. Prints the area under the ROC curve of each set.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np

from remanence import weights
from remanence.arena.catalogue import find_task
from remanence.arena.core import metrics
from remanence.compose.reading import FIRST, read_hits
from remanence.memory import reading
from remanence.memory.memory import Memory
from remanence.types import Where

CONVERSATIONS = (0, 3)
SCENES = 24

Row = tuple[str, float, float, bool]
"""Set, confidence of recall, the reader's best probability in the first passages, and whether memory can know it."""


def row(home: str, memory: Memory, text: str, at: datetime | str | None, known: bool) -> Row:
    """One question, recalled and read."""
    ctx = memory._handle.ctx()
    cue = reading.cue_of(memory._handle, text, Where(), 200, at)
    hits = reading.found(memory._handle, cue, ctx)
    read = max((one.answerable for one in read_hits(cue, hits, ctx) if one.number < FIRST), default=0.0)
    return home, float(hits.confidence or 0.0), read, known


def locomo() -> Iterator[Row]:
    """Questions with and without an answer in two conversations."""
    for number, pool in enumerate(find_task("locomo").pools(os.environ["REMANENCE_DATA"])):
        if number in CONVERSATIONS:
            with Memory(":memory:") as memory:
                memory.remember([record.message() for record in pool.records])
                for question in pool.questions[::2]:
                    yield row("locomo", memory, question.text, question.at, question.answerable)


def friends() -> Iterator[Row]:
    """Questions of a scene, and three of the next one."""
    path = Path(os.environ["REMANENCE_DATA"]) / "reading" / "friendsqa_dev.json.gz"
    scenes = json.loads(gzip.decompress(path.read_bytes()))
    for scene, other in pairwise(scenes[: SCENES + 1]):
        turns = [turn for turn in scene["turns"] if turn["text"].strip()]
        with Memory(":memory:") as memory:
            memory.remember([{"who": turn["who"] or "?", "text": turn["text"], "session": "s"} for turn in turns])
            for questions, known in ((scene["questions"], True), (other["questions"][:3], False)):
                for one in questions:
                    if one["answers"] or not known:
                        yield row("friends", memory, one["question"], None, known)


def logit(p: float) -> float:
    bounded = min(max(p, 1e-3), 1 - 1e-3)
    return float(np.log(bounded / (1 - bounded)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    rows = [*locomo(), *friends()]
    x = np.array([[logit(known), logit(read), 1.0] for _, known, read, _ in rows])
    y = np.array([answerable for *_, answerable in rows], np.float64)
    kind = [(home, answerable) for home, *_, answerable in rows]
    weight = np.array([1 / kind.count(one) for one in kind])
    theta = np.zeros(3)
    for _ in range(5_000):
        p = 1 / (1 + np.exp(-x @ theta))
        theta -= 0.02 * (x.T @ (weight * (p - y)) / weight.sum() + 1e-3 * theta)
    for home in ("locomo", "friends"):
        mine = np.array([one == home for one, *_ in rows])
        for name, score in (("recall", x[:, 0]), ("reader", x[:, 1]), ("both", x @ theta)):
            print(home, name, f"AUROC {metrics.auroc(score[mine].tolist(), (y[mine] > 0).tolist()):.3f}")
    fitted = weights.Table({"known": round(theta[0], 2), "read": round(theta[1], 2)}, round(theta[2], 2))
    print(dict(fitted.weights), fitted.bias)
    if given.write:
        weights.write("answerability", {"reader": fitted}, date=f"{datetime.now(UTC):%Y-%m-%d}")


if __name__ == "__main__":
    main()
