"""Train a model on a task: one plain loop with progress, seeds, checkpoints and exact resumption."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

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


def train(
    model: Model,
    task: Task,
    *,
    steps: int = 300,
    batch: int = 32,
    lr: float = 3e-3,
    seed: int = 0,
    optimiser: str = "adamw",
    weight_decay: float = 0.01,
    clip: float = 1.0,
    warm_up: float = 0.05,
    test_batches: int = 8,
    checkpoint: str | Path | None = None,
    every: int = 100,
    progress: Callable[[int, float], None] | None = None,
) -> Report:
    """Run `steps` steps of AdamW (or Muon for the matrices) on fresh batches, then test.

    The batches depend on `seed` alone; the learning rate warms up, then falls by a cosine.
    checkpoint: a safetensors file written every `every` steps and at the end; if it exists, the run goes on
    from there and ends with the same numbers as an unbroken one. progress: called with (step, loss).
    A loss that is not finite ends the run and is reported as diverged.
    """
    draws = torch.Generator().manual_seed(seed)
    optimisers = _optimisers(model, optimiser, lr, weight_decay)
    first = 0
    if checkpoint is not None and Path(checkpoint).exists():
        first = load_checkpoint(checkpoint, model, optimisers, draws)
    loss_now, spent, diverged = math.inf, 0.0, False
    model.train()
    for step in range(first, steps):
        x, y = task.draw(batch, draws)
        began = time.perf_counter()
        share = min(1.0, (step + 1) / max(1, warm_up * steps)) * (1 + math.cos(math.pi * step / steps)) / 2
        for opt in optimisers:
            for group in opt.param_groups:
                group["lr"] = share * group["peak"]
        logits, _ = model(x)
        loss = F.cross_entropy(logits.flatten(0, 1), y.flatten(), ignore_index=-100)
        extra = model.extra_loss()
        total = loss if extra is None else loss + extra
        for opt in optimisers:
            opt.zero_grad()
        total.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(model.parameters(), clip)
        loss_now = loss.item()
        if not math.isfinite(loss_now):
            diverged = True
            break
        for opt in optimisers:
            opt.step()
        spent += time.perf_counter() - began
        if progress is not None:
            progress(step + 1, loss_now)
        if checkpoint is not None and ((step + 1) % every == 0 or step + 1 == steps):
            save_checkpoint(checkpoint, model, optimisers, draws, step + 1)
    done = max(1, steps - first)
    accuracy = 0.0 if diverged else evaluate(model, task, batches=test_batches, batch=batch, seed=seed + 10**6)
    per_step = spent / done
    rate = batch * task.length / per_step if per_step else 0.0
    return Report(accuracy, loss_now, steps, 1e3 * per_step, rate, diverged)


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
