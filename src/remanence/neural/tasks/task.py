"""What a task is: a generator of labelled sequences with known width, number of answers and chance level."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import torch
from torch import Tensor

from remanence.registry import Registry

Draw = Callable[[int, torch.Generator], tuple[Tensor, Tensor]]
"""draw(batch, generator) -> inputs (ids [B, T] or vectors [B, T, F]) and labels [B, T], -100 where none."""


@dataclass(frozen=True)
class Task:
    """A generator of `(inputs, labels)`; equal generators draw equal batches."""

    name: str
    draw: Draw
    classes: int
    """How many answers there are."""
    chance: float
    """Accuracy of a blind guess."""
    length: int
    """Tokens in a training sequence."""
    vocab: int | None = None
    features: int | None = None
    codes: Tensor | None = None
    """[classes, e]: fixed vectors of the answers, when the model answers with a vector."""
    draw_test: Draw | None = None
    """Longer or harder sequences to test on, when they differ from the training ones."""

    def sizes(self) -> dict[str, Any]:
        """The arguments with which `Model` fits this task."""
        classes = self.classes if self.codes is None else self.codes
        return {"vocab": self.vocab, "features": self.features, "classes": classes}


Builder = Callable[..., Task]
T = TypeVar("T", bound=Builder)
TASKS: Registry[Builder] = Registry("task", folders=("remanence.neural.tasks",))
"""Every task's builder by name."""


def task(builder: T) -> T:
    """Register a task builder under its function name."""
    TASKS.add(builder.__name__, builder)
    return builder


def names() -> list[str]:
    """List all tasks, sorted."""
    return TASKS.names()


def make(name: str, **knobs: Any) -> Task:
    """Build the task called `name`."""
    return TASKS.get(name)(**knobs)


def describe(name: str) -> str:
    """What the task called `name` asks, with its worked example."""
    return inspect.getdoc(TASKS.get(name)) or ""


def shuffled(rows: int, items: int, generator: torch.Generator) -> Tensor:
    """A random order of `items` in every row: [rows, items]."""
    return torch.rand(rows, items, generator=generator).argsort(-1)


def sphere(count: int, width: int, seed: int) -> Tensor:
    """Fixed random unit vectors: [count, width]."""
    drawn = torch.randn(count, width, generator=torch.Generator().manual_seed(seed))
    return torch.nn.functional.normalize(drawn, dim=-1)
