"""Train a model on a task: one plain loop with progress, seeds, checkpoints and exact resumption."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from remanence.errors import InvalidInput
from remanence.neural.checkpoint import load_checkpoint, save_checkpoint
from remanence.neural.muon import Muon
from remanence.neural.tasks.task import Task
from remanence.neural.trunk import Model


@dataclass(frozen=True)
class Report:
    """What came out of a run; `accuracy` is on fresh sequences, over the labelled positions."""

    accuracy: float
    loss: float
    steps: int
    ms_per_step: float
    tokens_per_second: float
    diverged: bool


@dataclass(frozen=True, kw_only=True)
class Course:
    """How to train: AdamW (or Muon for the matrices) on fresh batches that depend on `seed` alone.

    The learning rate warms up over a share `warm_up` of the steps, then falls by a cosine.
    """

    steps: int = 300
    batch: int = 32
    lr: float = 3e-3
    seed: int = 0
    optimiser: str = "adamw"
    weight_decay: float = 0.01
    clip: float = 1.0
    warm_up: float = 0.05
    test_batches: int = 8

    def share(self, step: int) -> float:
        """The share of the learning rate at a step."""
        return (
            min(1.0, (step + 1) / max(1, self.warm_up * self.steps)) * (1 + math.cos(math.pi * step / self.steps)) / 2
        )


def train(
    model: Model,
    task: Task,
    *,
    checkpoint: str | Path | None = None,
    every: int = 100,
    progress: Callable[[int, float], None] | None = None,
    **course: Any,
) -> Report:
    """Train as `Course(**course)` says (steps=, batch=, lr=, seed=, optimiser=, ...), then test.

    checkpoint: a safetensors file written every `every` steps and at the end; if it exists, the run goes on
    from there and ends with the same numbers as an unbroken one. progress: called with (step, loss).
    A loss that is not finite ends the run and is reported as diverged.
    """
    how = Course(**course)
    draws = torch.Generator().manual_seed(how.seed)
    optimisers = _optimisers(model, how.optimiser, how.lr, how.weight_decay)
    first = 0
    if checkpoint is not None and Path(checkpoint).exists():
        first = load_checkpoint(checkpoint, model, optimisers, draws)
    loss_now, spent = math.inf, 0.0
    model.train()
    for step in range(first, how.steps):
        x, y = task.draw(how.batch, draws)
        began = time.perf_counter()
        loss_now = _learn(model, x, y, optimisers, how, step)
        if not math.isfinite(loss_now):
            break
        spent += time.perf_counter() - began
        if progress is not None:
            progress(step + 1, loss_now)
        if checkpoint is not None and ((step + 1) % every == 0 or step + 1 == how.steps):
            save_checkpoint(checkpoint, model, optimisers, draws, step + 1)
    diverged = first < how.steps and not math.isfinite(loss_now)
    per_step = spent / max(1, how.steps - first)
    tested = {"batches": how.test_batches, "batch": how.batch, "seed": how.seed + 10**6}
    accuracy = 0.0 if diverged else evaluate(model, task, **tested)
    rate = how.batch * task.length / per_step if per_step else 0.0
    return Report(accuracy, loss_now, how.steps, 1e3 * per_step, rate, diverged)


def _learn(
    model: Model, x: Tensor, y: Tensor, optimisers: list[torch.optim.Optimizer], how: Course, step: int
) -> float:
    """One step of all optimisers on one batch, unless the loss is not finite; gives the loss."""
    for opt in optimisers:
        for group in opt.param_groups:
            group["lr"] = how.share(step) * group["peak"]
    logits, _ = model(x)
    loss = F.cross_entropy(logits.flatten(0, 1), y.flatten(), ignore_index=-100)
    extra = model.extra_loss()
    total = loss if extra is None else loss + extra
    for opt in optimisers:
        opt.zero_grad()
    total.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(model.parameters(), how.clip)
    if math.isfinite(loss.item()):
        for opt in optimisers:
            opt.step()
    return loss.item()


def evaluate(model: Model, task: Task, *, batches: int = 8, batch: int = 32, seed: int = 10**6) -> float:
    """Share of labelled positions answered right on sequences that training never drew."""
    draws, right, asked = torch.Generator().manual_seed(seed), 0, 0
    model.eval()
    with torch.no_grad():
        for _ in range(batches):
            x, y = (task.draw_test or task.draw)(batch, draws)
            guess = model(x)[0].argmax(-1)
            right += int((guess == y).sum())
            asked += int((y != -100).sum())
    return right / max(1, asked)


def _optimisers(model: Model, name: str, lr: float, weight_decay: float) -> list[torch.optim.Optimizer]:
    matrices = [p for n, p in model.named_parameters() if p.dim() == 2 and not n.startswith(("embed", "head"))]
    matrix_ids = {id(p) for p in matrices}
    others = [p for p in model.parameters() if id(p) not in matrix_ids]
    if name == "adamw":
        groups = [{"params": matrices, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
        made: list[torch.optim.Optimizer] = [torch.optim.AdamW(groups, lr=lr, betas=(0.9, 0.98), fused=True)]
    elif name == "muon":
        made = [Muon(matrices, lr=lr), torch.optim.AdamW(others, lr=lr, weight_decay=0.0)]
    else:
        raise InvalidInput(f"optimiser is adamw or muon, got {name!r}")
    for opt in made:
        for group in opt.param_groups:
            group["peak"] = lr
    return made
