"""Runs tasks against systems, resumes, and writes one JSON file per task and system.

The loop is pools outside, systems inside: what several systems share (the embedded texts, the space that
recipes with the same form and evolve stages fill) is made once per pool. Ctrl-C keeps everything finished.
"""

from __future__ import annotations

import hashlib
import json
import math
import shlex
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from remanence.arena.catalogue import SYSTEMS, find_system, find_task
from remanence.arena.core import metrics
from remanence.arena.core.ask import Asked, Bench, ask_pool
from remanence.arena.core.cell import Cell
from remanence.arena.core.draw import drawn
from remanence.arena.core.machine import code_fingerprint, machine
from remanence.arena.core.system import Maker
from remanence.arena.core.task import Pool, Skipped, Task
from remanence.errors import RemanenceError

DEPTH = 50
"""How many results are asked for; the rank measures look at the first 1 to 50."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run and where the results go."""

    tasks: tuple[str | Task, ...]
    systems: tuple[str, ...]
    out: Path
    data: Path | None = None
    embedder: str = "static"
    seed: int = 0
    depth: int = DEPTH
    budgets: tuple[int, ...] = metrics.BUDGETS
    limit: int | None = None
    """Ask at most so many questions of each pool, spread evenly (a quick look; the file says so)."""
    pools: int | None = None
    """Take at most so many pools of each task, drawn with the seed (the file says so)."""
    measures: tuple[str, ...] = ()
    """Of a task's measures only these; answers and contexts are what takes most of the time."""
    fresh: bool = False
    """Run again what is already there."""
    makers: Mapping[str, Maker] = field(default_factory=dict)
    """Systems of one's own, by name: they come before those of the catalogue."""


@dataclass(slots=True)
class Ran:
    """One finished or skipped cell of the grid."""

    task: str
    system: str
    path: Path | None = None
    skipped: str = ""
    where: str = ""
    reused: bool = False
    summary: dict[str, Any] = field(default_factory=dict)


def run(plan: Plan, tell: Callable[[str], None] | None = None) -> Iterator[Ran]:
    """Run every task against every system, yielding each cell as it ends; `tell` gets a line after each pool."""
    plan.out.mkdir(parents=True, exist_ok=True)
    for name in plan.tasks:
        task = name if isinstance(name, Task) else find_task(name)
        try:
            pools, fingerprint = task.open(plan.data)
            pools = list(drawn(pools, plan.pools, plan.seed))
            if plan.measures:
                task = replace(task, measures=tuple(one for one in task.measures if one in plan.measures))
        except Skipped as skipped:
            for system_name in plan.systems:
                yield Ran(task.name, system_name, skipped=skipped.reason, where=skipped.where)
            continue
        cells: list[Cell] = []
        for system_name in plan.systems:
            cell = _cell(plan, task, system_name, fingerprint)
            summary = None if plan.fresh else cell.finished()
            if summary is not None:
                yield Ran(task.name, system_name, cell.final, reused=True, summary=summary)
                continue
            cell.resume(pools, fresh=plan.fresh)
            cells.append(cell)
        _fill(Asked(task, plan.depth, plan.budgets, plan.limit, plan.seed), pools, cells, tell or (lambda text: None))
        for cell in cells:
            if cell.skipped:
                yield Ran(task.name, cell.name, skipped=cell.skipped, where=cell.where)
            else:
                yield Ran(task.name, cell.name, cell.final, summary=cell.write(task, plan.seed))


def _fill(asked: Asked, pools: Sequence[Pool], cells: Sequence[Cell], say: Callable[[str], None]) -> None:
    """Ask every pool of every cell that has not been asked yet."""
    total = sum(len(asked.questions(pool)) for pool in pools) * len(cells)
    already = sum(len(cell.outcomes) for cell in cells)
    started = time.monotonic()
    bench = Bench(Path())
    for pool in pools:
        with tempfile.TemporaryDirectory(prefix="remanence-bench-") as folder:
            bench.clear(Path(folder))
            for cell in cells:
                if cell.skipped or pool.id in cell.done:
                    continue
                try:
                    outcomes, told = ask_pool(asked, pool, _file_name(cell.name), cell.maker, cell.embedder, bench)
                except Skipped as skipped:
                    cell.skipped, cell.where = skipped.reason, skipped.where
                    continue
                except RemanenceError as error:  # one system that cannot go on does not stop the others
                    cell.skipped = f"{type(error).__name__}: {error}"
                    continue
                cell.append(pool, outcomes, told)
                done = sum(len(one.outcomes) for one in cells)
                rate = (done - already) / max(1e-9, time.monotonic() - started)
                left = (total - done) / rate if rate else float("nan")
                place = f"{asked.task.name}  {cell.name}  {pool.id}"
                say(f"{place}  {done}/{total}  {rate:.0f} q/s  {_clock(left)} left")


def _cell(plan: Plan, task: Task, name: str, fingerprint: str) -> Cell:
    base, _, embedder = name.partition("@")
    embedder = embedder or plan.embedder
    made = {
        "task": task.name,
        "system": name,
        "embedder": embedder,
        "seed": plan.seed,
        "depth": plan.depth,
        "budgets": list(plan.budgets),
        "limit": plan.limit,
        "task_knobs": dict(task.knobs),
        "data_fingerprint": fingerprint,
        "code": code_fingerprint(own=base not in SYSTEMS.known()),
    }
    made |= {"pools": plan.pools, "measures": list(task.measures)}
    key = hashlib.sha256(json.dumps(made, sort_keys=True, default=str).encode()).hexdigest()[:16]
    made |= {"key": key, "command": command(plan, task.name, name), **machine()}
    stem = f"{_file_name(task.name)}__{_file_name(name)}"
    part, final = plan.out / f".{stem}.part.jsonl", plan.out / f"{stem}.json"
    return Cell(name, embedder, plan.makers.get(base) or find_system(base), made, key, part, final)


def command(plan: Plan, task: str, system: str) -> str:
    """The command line that makes one cell again."""
    words = ["remanence", "bench", "run", task, "--recipes", system, "--embedder", plan.embedder]
    words += ["--data", "DIR"] if plan.data is not None else []
    words += ["--seed", str(plan.seed), "--depth", str(plan.depth), "--out", "OUT"]
    words += ["--limit", str(plan.limit)] if plan.limit else []
    words += ["--pools", str(plan.pools)] if plan.pools else []
    words += ["--measures", ",".join(plan.measures)] if plan.measures else []
    words += ["--budgets", ",".join(map(str, plan.budgets))] if plan.budgets != metrics.BUDGETS else []
    return shlex.join(words)


def _file_name(text: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_.@" else "-" for letter in text)


def _clock(seconds: float) -> str:
    if math.isnan(seconds) or seconds > 359_999:
        return "?"
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
