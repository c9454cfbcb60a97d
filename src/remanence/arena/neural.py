"""The neural ladder: every memory layer on every synthetic task, with what it cost and how sure we are.

A run is one (layer, task, learning rate, seed).  Runs are kept in a JSON file, so a ladder can be stopped and
gone on with.  The learning rate is chosen on validation sequences, the accuracy reported on others.
"""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from typing import Any

import torch

from remanence.errors import InvalidInput
from remanence.neural import tasks
from remanence.neural.blocks import start_alike
from remanence.neural.layer import find, knobs_of, make, names
from remanence.neural.train import evaluate, train
from remanence.neural.trunk import Model

STACKED = {"stacked_mqar", "forgetting_mqar", "compositional_mqar"} | {
    "value_outliers",
    "correlated_keys",
    "long_tail_recall",
}
"""Tasks whose tokens are whole pairs: one layer, no convolution, no feed-forward network."""


@dataclass(frozen=True)
class Ladder:
    """Which runs to make: every layer on every task with every seed, and the learning rates tried.

    With `sweep_once` the first seed tries all rates, and the other seeds take the one that did best in validation.
    """

    layers: tuple[str, ...]
    tasks: tuple[str, ...]
    lrs: tuple[float, ...] = (3e-3, 1e-2)
    seeds: tuple[int, ...] = (0, 1, 2)
    steps: int = 600
    batch: int = 32
    d_model: int = 64
    key: int = 16
    value: int = 32
    depth: int = 2
    """Layers of the model, where one is not enough by construction (see `STACKED`)."""
    sweep_once: bool = False
    alike: bool = False
    """Keys begin as queries do (`neural.start_alike`)."""
    knobs: dict[str, dict[str, Any]] = field(default_factory=lambda: {"window": {"window": 8}})
    """Knobs of single layers that replace the common ones."""
    task_knobs: dict[str, dict[str, Any]] = field(default_factory=dict)

    def rates(self, first: dict[float, float]) -> tuple[float, ...]:
        """The rates of one more seed, when the first seed's validation scores by rate are `first`."""
        return (max(self.lrs, key=lambda lr: first[lr]),) if self.sweep_once and first else self.lrs


def smoke() -> Ladder:
    """A ladder of under a minute: does every part run, and does softmax beat a short window?"""
    return Ladder(
        layers=("softmax", "window", "linear_attention", "delta_net", "titans"),
        tasks=("stacked_mqar", "token_mqar"),
        lrs=(1e-2,),
        seeds=(0,),
        steps=40,
        task_knobs={"stacked_mqar": {"pairs": 8}, "token_mqar": {"pairs": 2, "length": 16, "vocab": 32}},
    )


def full() -> Ladder:
    """Every layer on every task, one layer deep and short: what the memory itself learns in few steps.  Hours."""
    vectors = {"codes": 64, "width": 16}
    grammar = {"length": 32}
    return Ladder(
        tuple(names()),
        tuple(tasks.names()),
        lrs=(5e-3, 1.5e-2),
        steps=200,
        d_model=32,
        value=16,
        depth=1,
        sweep_once=True,
        knobs={"window": {"window": 8}, "pmi": {"cues": 16}},
        task_knobs={
            "characters": {"length": 64},
            "compositional_mqar": {"side": 3, **vectors},
            "copy": {"size": 5, "delay": 8},
            "correlated_keys": {"pairs": 8, **vectors},
            "forgetting_mqar": {"pairs": 8, "updates": 4, **vectors},
            "grammar_complexity": grammar,
            "grammar_distractors": grammar,
            "grammar_longer_gaps": grammar,
            "grammar_noisy_gaps": grammar,
            "joint_recall": {"contexts": 3, "keys": 3, "values": 8},
            "long_tail_recall": {"pairs": 8, "tells": 24, **vectors},
            "needle": {"keys": 4, "values": 8, "noise": 16, "length": 32},
            "selective_copy": {"size": 5, "length": 20},
            "stacked_mqar": {"pairs": 8, **vectors},
            "state_tracking": {"length": 16},
            "token_mqar": {"pairs": 3, "length": 20, "vocab": 32},
            "value_outliers": {"pairs": 8, **vectors},
        },
    )


def orderings() -> Ladder:
    """The runs behind the three orderings: softmax over window, delta over linear, softmax over delta."""
    return Ladder(
        layers=("softmax", "window", "linear_attention", "delta_net", "gated_delta_net", "mesa"),
        tasks=("stacked_mqar", "forgetting_mqar", "compositional_mqar"),
        steps=400,
    )


Run = tuple[str, str, float, int]
"""One run: layer, task, learning rate, seed."""


def climb(
    ladder: Ladder, results: Path | None = None, said: Callable[[str], None] = lambda line: None, *, jobs: int = 1
) -> list[dict[str, Any]]:
    """Make all runs that the results file does not hold yet, `jobs` at a time; returns the rows of this ladder.

    Every finished run is in the file: stop it at any time, and the same call goes on.
    """
    held = {} if results is None else _held(results)

    alike = " alike" if ladder.alike else ""

    def key(one: Run) -> str:
        name, task, lr, seed = one
        return f"{name} {task} lr={lr:g} seed={seed} steps={ladder.steps} {_settings(ladder, name, task)}{alike}"

    rows: list[dict[str, Any]] = []
    for seed in ladder.seeds:
        swept = (row for row in rows if row["seed"] == ladder.seeds[0])
        first = {(row["layer"], row["task"], row["lr"]): row["validation"] for row in swept}
        wave: list[Run] = [
            (name, task, lr, seed)
            for task in ladder.tasks
            for name in ladder.layers
            for lr in ladder.rates({lr: first[name, task, lr] for lr in ladder.lrs if (name, task, lr) in first})
        ]
        for one, row in _made(ladder, [one for one in wave if key(one) not in held], jobs):
            held[key(one)] = row
            if results is not None:
                part = results.with_suffix(".part")
                part.write_text(json.dumps(held, indent=0, sort_keys=True), "utf-8")
                part.replace(results)
            name, task, lr, _ = one
            done = sum(key(other) in held for other in wave)
            said(f"seed {seed} {done}/{len(wave)} {name:22} {task:20} lr={lr:g} accuracy={row['accuracy']:.3f}")
        rows += [held[key(one)] for one in wave]
    return rows


def _held(results: Path) -> dict[str, dict[str, Any]]:
    """The runs of an earlier ladder; refuses a file that is none, and a folder that is not there."""
    if not results.exists():
        if not results.parent.is_dir():
            raise InvalidInput(f"{results}: there is no folder {results.parent}; make it first")
        return {}
    try:
        runs = json.loads(results.read_text("utf-8"))
    except (ValueError, IsADirectoryError) as error:
        raise InvalidInput(f"{results} holds no runs of a ladder ({error}): name another file") from error
    if not isinstance(runs, dict) or not all(isinstance(row, dict) and "accuracy" in row for row in runs.values()):
        raise InvalidInput(f"{results} holds no runs of a ladder: name another file")
    return runs


def _made(ladder: Ladder, wanted: list[Run], jobs: int) -> Iterator[tuple[Run, dict[str, Any]]]:
    """Make the runs, in order or as they get ready."""
    if jobs < 2 or len(wanted) < 2:
        for one in wanted:
            yield one, run(ladder, *one)
        return
    threads = torch.get_num_threads()
    clean = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, clean, torch.set_num_threads, (threads,))
    try:
        asked = {pool.submit(run, ladder, *one): one for one in wanted}
        for ready in as_completed(asked):
            yield asked[ready], ready.result()
    finally:
        pool.shutdown(cancel_futures=True)


def run(ladder: Ladder, name: str, task_name: str, lr: float, seed: int) -> dict[str, Any]:
    """Train one layer on one task once."""
    task = tasks.make(task_name, **ladder.task_knobs.get(task_name, {}))
    stacked = task_name in STACKED
    torch.manual_seed(seed)
    model = Model(
        lambda dim: make(name, dim, **_knobs(ladder, name, stacked)),
        ladder.d_model,
        1 if stacked else ladder.depth,
        mlp=0 if stacked else 2,
        **task.sizes(),
    )
    if ladder.alike:
        start_alike(model)
    report = train(model, task, steps=ladder.steps, batch=ladder.batch, lr=lr, seed=seed)
    validation = 0.0 if report.diverged else evaluate(model, task, batches=4, seed=2 * 10**6 + seed)
    return {
        "layer": name,
        "task": task_name,
        "lr": lr,
        "seed": seed,
        "accuracy": report.accuracy,
        "validation": validation,
        "diverged": report.diverged,
        "chance": task.chance,
        "state": model.state_size(task.length),
        "parameters": sum(p.numel() for p in model.parameters()),
        "tokens_per_second": report.tokens_per_second,
        "ms_per_step": report.ms_per_step,
    }


@dataclass(frozen=True)
class Rung:
    """One layer on one task at the learning rate that did best in validation; spread over the seeds."""

    layer: str
    task: str
    mean: float
    low: float
    high: float
    lr: float
    seeds: int
    diverged: int
    state: int
    parameters: int
    tokens_per_second: float
    ms_per_step: float


def rungs(rows: Iterable[dict[str, Any]]) -> list[Rung]:
    """Gather runs into one line per layer and task, best first within a task.

    The rate is chosen on the seeds that every rate was tried with.
    """
    cells: dict[tuple[str, str], dict[float, list[dict[str, Any]]]] = {}
    for row in rows:
        cells.setdefault((row["task"], row["layer"]), {}).setdefault(row["lr"], []).append(row)
    made = []
    for (task, name), by_lr in cells.items():
        shared = set.intersection(*({r["seed"] for r in runs} for runs in by_lr.values()))
        tried = {rate: [r["validation"] for r in runs if r["seed"] in shared] for rate, runs in by_lr.items()}
        own = by_lr[lr := max(tried, key=lambda rate: fmean(tried[rate] or [0.0]))]
        scores = [r["accuracy"] for r in own]
        made.append(
            Rung(
                name,
                task,
                fmean(scores),
                min(scores),
                max(scores),
                lr,
                len(own),
                sum(r["diverged"] for r in own),
                own[0]["state"],
                own[0]["parameters"],
                fmean(r["tokens_per_second"] for r in own),
                fmean(r["ms_per_step"] for r in own),
            )
        )
    return sorted(made, key=lambda rung: (rung.task, -rung.mean, rung.layer))


def table(rungs: Iterable[Rung]) -> str:
    """The ladder as a Markdown table."""
    lines = [
        "| task | layer | accuracy | lowest - highest | seeds | lr | state floats | parameters | tokens/s | ms/step |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {r.task} | {r.layer} | {r.mean:.3f} | {r.low:.3f} - {r.high:.3f} | {r.seeds}"
        f"{f' ({r.diverged} diverged)' if r.diverged else ''} | {r.lr:g} | {r.state} | {r.parameters} "
        f"| {r.tokens_per_second:.0f} | {r.ms_per_step:.1f} |"
        for r in rungs
    ]
    return "\n".join(lines)


def matrix(rungs: Iterable[Rung]) -> str:
    """The ladder as a Markdown table with a line per layer and a column per task, best layer on average first.

    A cell is the mean accuracy over the seeds, with half of the spread behind it when there are several.
    """
    cells: dict[str, dict[str, Rung]] = {}
    for rung in rungs:
        cells.setdefault(rung.layer, {})[rung.task] = rung
    columns = sorted({task for row in cells.values() for task in row})
    lines = [
        f"| layer | {' | '.join(columns)} | mean | state floats | parameters | tokens/s |",
        "|---" * (len(columns) + 5) + "|",
    ]
    means = {name: fmean(rung.mean for rung in row.values()) for name, row in cells.items()}
    for name in sorted(cells, key=lambda name: (-means[name], name)):
        row = cells[name]
        told = [_cell(row.get(task)) for task in columns]
        sizes = (fmean(getattr(r, size) for r in row.values()) for size in ("state", "parameters", "tokens_per_second"))
        lines.append(
            f"| {name} | {' | '.join(told)} | {means[name]:.2f} | " + " | ".join(f"{x:.0f}" for x in sizes) + " |"
        )
    return "\n".join(lines)


def _cell(rung: Rung | None) -> str:
    if rung is None:
        return "-"
    return f"{rung.mean:.2f}" + (f" ±{(rung.high - rung.low) / 2:.2f}" if rung.seeds > 1 else "")


def plot(rungs: Iterable[Rung], folder: Path) -> list[Path]:
    """Draw accuracy against state size, one picture per task: PNG with matplotlib, SVG without."""
    folder.mkdir(parents=True, exist_ok=True)
    by_task: dict[str, list[Rung]] = {}
    for rung in rungs:
        by_task.setdefault(rung.task, []).append(rung)
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return [_svg(task, points, folder / f"{task}.svg") for task, points in by_task.items()]
    made = []
    for task, points in by_task.items():
        figure = Figure(figsize=(7, 4.5), layout="constrained")
        axes = figure.subplots()
        for r in points:
            bars = [[r.mean - r.low], [r.high - r.mean]]
            axes.errorbar([max(r.state, 1)], [r.mean], yerr=bars, fmt="o", capsize=2)
            axes.annotate(r.layer, (max(r.state, 1), r.mean), fontsize=7, xytext=(4, 3), textcoords="offset points")
        axes.set(xscale="log", ylim=(-0.05, 1.05), xlabel="state, floats a sequence", ylabel="accuracy", title=task)
        made.append(folder / f"{task}.png")
        figure.savefig(made[-1], dpi=120)
    return made


def _svg(task: str, points: list[Rung], path: Path) -> Path:
    from math import ceil, floor, log10

    sizes = [log10(max(r.state, 1)) for r in points]
    low, high = min(sizes) - 0.2, max(sizes) + 0.4
    dots = []
    for r, size in zip(points, sizes, strict=True):
        x, y = 60 + 560 * (size - low) / (high - low), 340 - 300 * r.mean
        top, end = 340 - 300 * r.high, 340 - 300 * r.low
        dots.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top:.1f}" y2="{end:.1f}" stroke="grey"/>'
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3"/>'
            f'<text x="{x + 5:.1f}" y="{y - 3:.1f}" font-size="9">{r.layer}</text>'
        )
    frame = '<path d="M60 30V340H630" fill="none" stroke="black"/>'
    frame += "".join(
        f'<text x="52" y="{344 - 300 * share:.0f}" font-size="10" text-anchor="end">{share:g}</text>'
        for share in (0, 0.25, 0.5, 0.75, 1)
    )
    frame += "".join(
        f'<text x="{60 + 560 * (power - low) / (high - low):.0f}" y="356" font-size="10" text-anchor="middle">'
        f"{10**power:,}</text>"
        for power in range(ceil(low), floor(high) + 1)
    )
    words = f'<text x="60" y="20">{task}: accuracy against floats of state a sequence</text>'
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="660" height="370">{frame}{words}{"".join(dots)}</svg>',
        "utf-8",
    )
    return path


def subset(ladder: Ladder, layers: str | None, task_names: str | None) -> Ladder:
    """The ladder with only the named layers and tasks (comma-separated; None keeps all)."""
    chosen = ladder.layers if layers is None else tuple(name.strip() for name in layers.split(","))
    wanted = ladder.tasks if task_names is None else tuple(name.strip() for name in task_names.split(","))
    for name in chosen:
        if name not in names():
            raise InvalidInput(f"no layer {name!r}; there are: {', '.join(names())}")
    for name in wanted:
        if name not in tasks.names():
            raise InvalidInput(f"no task {name!r}; there are: {', '.join(tasks.names())}")
    return Ladder(**{**ladder.__dict__, "layers": chosen, "tasks": wanted})


def _knobs(ladder: Ladder, name: str, stacked: bool) -> dict[str, Any]:
    """The common sizes, as far as the layer has knobs for them."""
    has = knobs_of(find(name))
    common = {"heads": 1, "key": ladder.key, "value": ladder.value, "conv": 0 if stacked else 4}
    if "value" not in has and "key" in has:
        common["key"] = ladder.value  # one width for both
    return {k: v for k, v in {**common, **ladder.knobs.get(name, {})}.items() if k in has}


def _settings(ladder: Ladder, name: str, task: str) -> str:
    stacked = task in STACKED
    knobs = {**_knobs(ladder, name, stacked), **ladder.task_knobs.get(task, {}), "batch": ladder.batch}
    deep = {} if stacked or ladder.depth == 2 else {"depth": ladder.depth}
    return json.dumps({"d_model": ladder.d_model, **deep, **knobs}, sort_keys=True)
