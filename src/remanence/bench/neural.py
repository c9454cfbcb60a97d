"""The neural ladder: every memory layer on every synthetic task, with what it cost and how sure we are.

A run is one (layer, task, learning rate, seed).  Runs are kept in a JSON file, so a ladder can be stopped and
gone on with.  The learning rate is chosen on validation sequences, the accuracy reported on others.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from typing import Any

import torch

from remanence.errors import InvalidInput
from remanence.neural import tasks
from remanence.neural.layer import builder, make, names
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
    """Which runs to make: the product of layers, tasks, learning rates and seeds."""

    layers: tuple[str, ...]
    tasks: tuple[str, ...]
    lrs: tuple[float, ...] = (3e-3, 1e-2)
    seeds: tuple[int, ...] = (0, 1, 2)
    steps: int = 600
    batch: int = 32
    d_model: int = 64
    key: int = 16
    value: int = 32
    knobs: dict[str, dict[str, Any]] = field(default_factory=lambda: {"window": {"window": 8}})
    """Knobs of single layers that replace the common ones."""
    task_knobs: dict[str, dict[str, Any]] = field(default_factory=dict)

    def runs(self) -> Iterator[tuple[str, str, float, int]]:
        """All runs, one seed of everything before the next seed."""
        for seed in self.seeds:
            for task in self.tasks:
                for name in self.layers:
                    for lr in self.lrs:
                        yield name, task, lr, seed


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
    """Every layer on every task, three seeds, two learning rates: hours."""
    return Ladder(tuple(names()), tuple(tasks.names()))


def orderings() -> Ladder:
    """The runs behind the three orderings: softmax over window, delta over linear, softmax over delta."""
    return Ladder(
        layers=("softmax", "window", "linear_attention", "delta_net", "gated_delta_net", "mesa"),
        tasks=("stacked_mqar", "forgetting_mqar", "compositional_mqar"),
        steps=400,
    )


def climb(
    ladder: Ladder, results: Path | None = None, said: Callable[[str], None] = lambda line: None
) -> list[dict[str, Any]]:
    """Make all runs that the results file does not hold yet; returns the rows of this ladder."""
    held: dict[str, dict[str, Any]] = {}
    if results is not None and results.exists():
        held = json.loads(results.read_text("utf-8"))
    rows, all_runs = [], list(ladder.runs())
    for n, (name, task, lr, seed) in enumerate(all_runs):
        key = f"{name} {task} lr={lr:g} seed={seed} steps={ladder.steps} {_settings(ladder, name, task)}"
        if key not in held:
            held[key] = run(ladder, name, task, lr, seed)
            if results is not None:
                part = results.with_suffix(".part")
                part.write_text(json.dumps(held, indent=0, sort_keys=True), "utf-8")
                part.replace(results)
        row = held[key]
        rows.append(row)
        said(f"{n + 1}/{len(all_runs)} {name:22} {task:20} lr={lr:g} seed={seed} accuracy={row['accuracy']:.3f}")
    return rows


def run(ladder: Ladder, name: str, task_name: str, lr: float, seed: int) -> dict[str, Any]:
    """Train one layer on one task once."""
    task = tasks.make(task_name, **ladder.task_knobs.get(task_name, {}))
    stacked = task_name in STACKED
    torch.manual_seed(seed)
    model = Model(
        lambda dim: make(name, dim, **_knobs(ladder, name, stacked)),
        ladder.d_model,
        1 if stacked else 2,
        mlp=0 if stacked else 2,
        **task.sizes(),
    )
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
    """Gather runs into one line per layer and task, best first within a task."""
    cells: dict[tuple[str, str], dict[float, list[dict[str, Any]]]] = {}
    for row in rows:
        cells.setdefault((row["task"], row["layer"]), {}).setdefault(row["lr"], []).append(row)
    made = []
    for (task, name), by_lr in cells.items():
        lr = max(by_lr, key=lambda rate: fmean(r["validation"] for r in by_lr[rate]))
        own = by_lr[lr]
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
    from math import log10

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
    words = f'<text x="60" y="20">{task}: accuracy (0 to 1) against state floats (log)</text>'
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="660" height="370">{frame}{words}{"".join(dots)}</svg>',
        "utf-8",
    )
    return path


def subset(ladder: Ladder, layers: str | None, task_names: str | None) -> Ladder:
    """The ladder with only the named layers and tasks (comma-separated; None keeps all)."""
    chosen = ladder.layers if layers is None else tuple(layers.split(","))
    wanted = ladder.tasks if task_names is None else tuple(task_names.split(","))
    for name in chosen:
        if name not in names():
            raise InvalidInput(f"no layer {name!r}; there are: {', '.join(names())}")
    for name in wanted:
        if name not in tasks.names():
            raise InvalidInput(f"no task {name!r}; there are: {', '.join(tasks.names())}")
    return Ladder(**{**ladder.__dict__, "layers": chosen, "tasks": wanted})


def _knobs(ladder: Ladder, name: str, stacked: bool) -> dict[str, Any]:
    """The common sizes, as far as the layer has knobs for them."""
    has = inspect.signature(builder(name)).parameters
    common = {"heads": 1, "key": ladder.key, "value": ladder.value, "conv": 0 if stacked else 4}
    if "value" not in has and "key" in has:
        common["key"] = ladder.value  # one width for both
    return {k: v for k, v in {**common, **ladder.knobs.get(name, {})}.items() if k in has}


def _settings(ladder: Ladder, name: str, task: str) -> str:
    stacked = task in STACKED
    knobs = {**_knobs(ladder, name, stacked), **ladder.task_knobs.get(task, {}), "batch": ladder.batch}
    return json.dumps({"d_model": ladder.d_model, **knobs}, sort_keys=True)
