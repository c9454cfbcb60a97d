"""How often what `ask` tells is right, by how sure it says it is.

    REMANENCE_DATA=... python experiments/sure.py [--stories FILE ...]

Asks every question of the everyday stories, of y31 to y60 and of every 24th of z365 to z821, which the reader that
ships has not read (--stories: of these files instead), in a memory with `default` that has slept. Right: the short
answer holds an accepted one and no stale one; quoted: the text does, or a turn is cited that answers. Prints both, what
is wrong and told, and what is refused, by source, and of all that is told how often it is right or quoted at each
confidence.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from remanence import Memory
from remanence.arena.core import metrics
from remanence.compose.cited import Answer

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts/reader"))
import story as st

EDGES = (0.0, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 1.01)
WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Case:
    """A question, when it is asked, whether anything answers it, what is accepted and what is stale, and the turns."""

    text: str
    now: str
    answerable: bool
    answers: Sequence[str]
    stale: Sequence[str]
    evidence: frozenset[str]


Talk = tuple[list[dict[str, Any]], list[Case]]


def everyday(folder: Path) -> Iterator[Talk]:
    """The stories of everyday talk."""
    for path in sorted(folder.glob("*.json")):
        story = json.loads(path.read_text("utf-8"))
        turns = [
            {n: turn[n] for n in ("who", "text", "at", "session")} | {"source": turn["id"]} for turn in story["turns"]
        ]
        yield (
            turns,
            [
                Case(
                    q["question"],
                    q["now"],
                    q["answerable"],
                    q["answers"],
                    q.get("must_not", ()),
                    frozenset(q["evidence"]),
                )
                for q in story["questions"]
            ],
        )


def written(paths: Sequence[Path]) -> Iterator[Talk]:
    """The project's own stories."""
    for one in map(st.read, paths):
        turns = [
            {"who": turn.who, "text": turn.text, "at": turn.at, "session": turn.at, "source": str(number)}
            for number, turn in enumerate(one.turns)
        ]
        yield (
            turns,
            [
                Case(q.text, one.now, q.answerable, q.answers, q.wrong, frozenset(map(str, q.evidence)))
                for q in one.questions
            ],
        )


def asked(talk: Talk) -> Iterator[tuple[Case, Answer]]:
    """Every question of a talk with its answer."""
    turns, cases = talk
    with Memory(":memory:") as memory:
        sessions = defaultdict(list)
        for turn in turns:
            sessions[turn["session"]].append(turn)
        for some in sessions.values():
            memory.remember(some)
        memory.sleep()
        for case in cases:
            yield case, memory.ask(case.text, now=case.now)


def verdict(case: Case, told: Answer) -> str:
    """What became of a question."""
    if not told.in_memory:
        return "refused"
    stale = any(holds(told.short, one) for one in case.stale)
    stale = stale and not any(holds(good, bad) for good in case.answers for bad in case.stale)
    if not case.answerable or stale:
        return "wrong"
    if any(holds(told.short, one) for one in case.answers):
        return "right"
    cites = bool(case.evidence & set(told.sources))
    return "quoted" if cites or any(holds(told.text, one) for one in case.answers) else "wrong"


def holds(text: str, answer: str) -> bool:
    """Whether the words of an answer stand in a text, in a row."""
    said, wanted = WORD.findall(text.lower()), WORD.findall(answer.lower())
    return bool(wanted) and f" {' '.join(wanted)} " in f" {' '.join(said)} "


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", nargs="+", type=Path)
    given = parser.parse_args()
    if given.stories:
        sources = {"stories": written(given.stories)}
    else:
        sources = {
            "everyday": everyday(Path(os.environ["REMANENCE_DATA"]) / "everyday"),
            "y31 to y60": written([st.HOME / f"y{n}.txt" for n in range(31, 61)]),
            "every 24th of z365 to z821": written([st.HOME / f"z{n}.txt" for n in range(365, 822, 24)]),
        }
    told: list[tuple[float, bool]] = []
    for name, talks in sources.items():
        counts: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
        sure: list[float] = []
        there: list[bool] = []
        for case, answer in (one for talk in talks for one in asked(talk)):
            outcome = verdict(case, answer)
            counts[case.answerable][outcome] += 1
            sure.append(answer.confidence)
            there.append(case.answerable)
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
