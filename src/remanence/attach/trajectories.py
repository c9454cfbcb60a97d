"""CoMEM: only verified runs enter, each as a fixed number of vectors; a task reads the nearest runs of other tasks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from remanence.attach.model import Model
from remanence.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Run:
    """A run of an agent: the task, its steps as texts, and whether it was verified to succeed."""

    id: str
    task: str
    steps: tuple[str, ...]
    verified: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a run did not enter."""

    id: str
    reason: str


class Trajectories:
    """A bank of runs, eight vectors each whatever their length (Wu et al. 2025), found by the task's own vector."""

    def __init__(self, model: Model, *, vectors: int = 8, shortest: int = 2, longest: int = 50) -> None:
        self.model, self.vectors, self.shortest, self.longest = model, vectors, shortest, longest
        self.runs: dict[str, tuple[Run, Tensor, Tensor]] = {}

    def add(self, run: Run) -> Refused | None:
        """Keep a run that succeeded and is neither too short nor too long; else say why not."""
        if not run.verified:
            return Refused(run.id, "its success was not verified")
        if not self.shortest <= len(run.steps) <= self.longest:
            return Refused(run.id, f"{len(run.steps)} steps; {self.shortest} to {self.longest} are kept")
        self.runs[run.id] = (run, self._vector(run.task), self.payload(run))
        return None

    def payload(self, run: Run) -> Tensor:
        """[vectors, W]: means of the last layer's states over equal stretches of the run's text."""
        states = self._states(" ".join(run.steps))
        if len(states) < self.vectors:
            states = states.repeat_interleave(-(-self.vectors // len(states)), 0)
        return torch.stack([part.mean(0) for part in torch.tensor_split(states, self.vectors)])

    def read(self, task: str, *, top: int = 3) -> tuple[list[str], Tensor]:
        """(ids, vectors [n * vectors, W]) of the nearest runs; never one of the same task: that would be its answer."""
        if top < 1:
            raise InvalidInput("top is at least 1")
        asked = self._vector(task)
        others = [(run, key, load) for run, key, load in self.runs.values() if run.task != task]
        best = sorted(others, key=lambda entry: -float(entry[1] @ asked))[:top]
        if not best:
            return [], torch.zeros(0, self.model.shape.width)
        return [run.id for run, _, _ in best], torch.cat([load for _, _, load in best])

    def _states(self, text: str) -> Tensor:
        place = (self.model.shape.layers - 1, "resid")
        ids = self.model.encode(text)[: self.model.shape.context]
        with torch.no_grad():
            return self.model.forward(torch.tensor([ids]), watch=[place], keep=1).seen[place][0]

    def _vector(self, text: str) -> Tensor:
        ids = self.model.encode(text)
        if not ids:
            raise InvalidInput("a task needs words")
        return F.normalize(self.model.embeddings()[torch.tensor(ids)].float().mean(0), dim=0)


def votes(told: Sequence[str]) -> str:
    """The answer that most of the runs that were read lead to; ties go to the nearest."""
    return max(told, key=lambda answer: (list(told).count(answer), -list(told).index(answer)))
