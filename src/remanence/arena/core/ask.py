"""Fills one system with one pool, asks the pool's questions and scores what comes back."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from remanence.arena.core import metrics
from remanence.arena.core.contexts import packed
from remanence.arena.core.draw import spread
from remanence.arena.core.machine import resident
from remanence.arena.core.points import write_scores
from remanence.arena.core.score import Outcome, score
from remanence.arena.core.shared import Shared
from remanence.arena.core.system import Maker, Setting, SharedPrefix, System
from remanence.arena.core.task import Pool, Question, Skipped, Task
from remanence.models import by_name

SPENT = ("sleep_cpu_seconds", "llm_calls", "llm_tokens")
"""What filling a space costs beside time; bytes are read from the file itself."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How a task's questions are put: how many results, which token budgets, how many questions of a pool."""

    task: Task
    depth: int = 50
    budgets: tuple[int, ...] = metrics.BUDGETS
    limit: int | None = None
    seed: int = 0

    def questions(self, pool: Pool) -> tuple[Question, ...]:
        """The questions of a pool, in order; with a limit so many, spread evenly over all of them."""
        return tuple(spread(pool.questions, self.limit))


class Space(NamedTuple):
    """A space that was filled for all recipes of one prefix, and what filling it cost."""

    path: Path
    seconds: float
    cpu_seconds: float
    cost: Mapping[str, float]


@dataclass(slots=True)
class Bench:
    """What the systems of one task share: embedders, a folder for the pool at hand, spaces filled for a prefix."""

    folder: Path
    embedders: dict[str, Shared] = field(default_factory=dict)
    spaces: dict[Any, Space] = field(default_factory=dict)

    def embedder(self, name: str) -> Shared:
        """One embedder for all systems that name it."""
        if name not in self.embedders:
            self.embedders[name] = Shared(by_name(name))
        return self.embedders[name]

    def clear(self, folder: Path) -> None:
        """The next pool: no vector and no space of the last one is known any more."""
        self.folder = folder
        self.spaces = {}
        for shared in self.embedders.values():
            shared.forget()


def ask_pool(
    asked: Asked, pool: Pool, name: str, maker: Maker, embedder: str, bench: Bench
) -> tuple[list[Outcome], dict[str, Any]]:
    """Outcomes of all questions, and what is told of the pool as a whole (times, sizes, write-side scores)."""
    home = bench.folder / name
    home.mkdir(exist_ok=True)
    setting = Setting(bench.embedder(embedder), embedder, home, asked.seed)
    told: dict[str, Any] = {"pool": pool.id, "records": len(pool.records), "data": dict(pool.data)}
    told["lost"] = [question.lost for question in asked.questions(pool) if question.lost]
    system = _filled(maker, setting, pool, bench, told)
    try:
        outcomes = _ask(asked, pool, system)
        _refuse_strangers(pool, outcomes)
        told["cost"] = {**system.cost(), **told.pop("paid", {})}
        if {"hygiene", "points"} & set(asked.task.measures):
            told["write"] = _write_side(system, pool)
        told["state"] = _pool_values(asked.task, outcomes)
    finally:
        system.close()
    told["query_ms"] = sorted(round(1000 * outcome.seconds, 3) for outcome in outcomes)
    told["query_cpu_ms"] = sorted(round(1000 * outcome.cpu_seconds, 3) for outcome in outcomes)
    told["rss_mb"] = round(resident() / 2**20, 1)
    shutil.rmtree(home, ignore_errors=True)
    return outcomes, told


def _refuse_strangers(pool: Pool, outcomes: Sequence[Outcome]) -> None:
    """`Skipped` where no question found anything among records of which none is a turn: such a system reads talk."""
    kinds = sorted({record.kind for record in pool.records})
    if outcomes and "turn" not in kinds and not any(outcome.found or outcome.extra for outcome in outcomes):
        raise Skipped(f"it reads talk; all records of {pool.id} are of kind {', '.join(kinds)}, and it found none", "")


def _filled(maker: Maker, setting: Setting, pool: Pool, bench: Bench, told: dict[str, Any]) -> System:
    """A system that holds the records of a pool; recipes of one prefix open the space that the first one filled.

    Each of them is told the whole price of that space, whoever was first.
    """
    started, cpu = time.perf_counter(), time.process_time()
    if isinstance(maker, SharedPrefix) and not pool.streaming and (shape := maker.prefix()) is not None:
        key = (setting.embedder_name, shape)
        told["prefix_shared"] = key in bench.spaces
        if key not in bench.spaces:
            path = bench.folder / f"shared-{len(bench.spaces)}.db"
            spent = maker.build(setting, pool.records, path)
            seconds = time.perf_counter() - started, time.process_time() - cpu
            bench.spaces[key] = Space(path, *seconds, {name: spent[name] for name in SPENT if name in spent})
        space = bench.spaces[key]
        told["add_seconds"], told["add_cpu_seconds"], told["paid"] = space.seconds, space.cpu_seconds, space.cost
        return maker.open(setting, space.path)
    system = maker(setting)
    if not pool.streaming:
        system.add(pool.records)
    told["add_seconds"] = time.perf_counter() - started
    told["add_cpu_seconds"] = time.process_time() - cpu
    told["prefix_shared"] = False
    return system


def _ask(asked: Asked, pool: Pool, system: System) -> list[Outcome]:
    texts = {record.source: (record.text, record.key) for record in pool.records}
    questions = list(asked.questions(pool))
    everything = len(pool.records)
    if pool.streaming:
        questions.sort(key=lambda q: everything if q.after is None else q.after)
    outcomes: list[Outcome] = []
    at = 0
    for question in questions:
        until = everything if question.after is None else question.after
        if pool.streaming and until > at:
            system.add(pool.records[at:until])
            at = until
        outcome = _outcome(asked, pool, system, question, texts)
        outcome.values = score(outcome, pool, asked.task.measures)
        outcomes.append(outcome)
    return outcomes


def _outcome(
    asked: Asked, pool: Pool, system: System, question: Question, texts: Mapping[str, tuple[str, str]]
) -> Outcome:
    """What a system does with one question."""
    measures = set(asked.task.measures)
    pair = bool(question.data.get("pair"))
    start, cpu = time.perf_counter(), time.process_time()
    found = [] if pair else system.search(question, asked.depth)
    outcome = Outcome(pool.id, question, found, seconds=time.perf_counter() - start)
    outcome.cpu_seconds = time.process_time() - cpu
    if system.name == "full-context":
        outcome.extra["unranked"] = True
    elif pair:
        outcome.extra["picked"] = earlier(system, question)
    if "context" in measures:
        outcome.packed = packed(asked.budgets, question, system, texts)
    if {"abstain", "cases"} & measures:
        outcome.confidence = system.confidence(question)
    if "answer" in measures:
        outcome.answer = system.answer(question)
    return outcome


def earlier(system: System, question: Question) -> int | None:
    """Which of two passages came first by the system's own best hits; None when it cannot tell.

    Their times decide; where they are the same or unknown, the order in which the system keeps them, if it keeps one.
    """
    hits = [system.search(Question(question.id, choice, at=question.at), 1) for choice in question.choices]
    if not all(hits):
        return None
    first, second = (found[0] for found in hits)
    if first.at is not None and second.at is not None and first.at != second.at:
        return int(second.at < first.at)
    if first.order is None or second.order is None or first.order == second.order:
        return None
    return int(second.order < first.order)


def _write_side(system: System, pool: Pool) -> dict[str, float]:
    """Counts over what the system holds at the end of a pool."""
    held = system.held()
    current = [one.text for one in held if one.current]
    told: dict[str, float] = {k: float(v) for k, v in metrics.hygiene(current).items()}
    return told | write_scores(held, pool)


def _pool_values(task: Task, outcomes: Sequence[Outcome]) -> dict[str, float]:
    """What only makes sense over all questions of a pool: did a whole episode succeed, how much was reread."""
    if "episode" not in task.measures or any(outcome.extra.get("unranked") for outcome in outcomes):
        return {}
    right = [o.values.get("choice", o.values.get("newest@1", 0.0)) for o in outcomes]
    seen: set[str] = set()
    reads = again = 0
    for outcome in outcomes:
        for one in outcome.found[:5]:
            reads += 1
            again += one.source in seen
            seen.add(one.source)
    return {
        "episode": float(all(value >= 1.0 for value in right)),
        "redundancy": again / reads if reads else 0.0,
    }
