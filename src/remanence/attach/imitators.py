"""What imitates a datastore: Memory Decoder (a small language model) and MLP Memory (a network on one state)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from remanence.attach.knn import Datastore, hidden, mix
from remanence.attach.model import Llama, Model, Place
from remanence.errors import InvalidInput


def teacher(store: Datastore, texts: Sequence[Sequence[int]]) -> list[Tensor]:
    """For each text of the store, in the order in which they were added, p_knn after each token: [T - 1, V].

    The row of the very token is left out, or the teacher would only repeat the text.
    """
    told, row = [], 0
    for ids in texts:
        states = hidden(store.model, torch.tensor([list(ids)]), store.place)[0, :-1]
        own = torch.arange(row, row + len(states))
        if own[-1] >= len(store.names):
            raise InvalidInput("the texts of a teacher are those that its datastore was filled with, in their order")
        told.append(store.says(states, without=own)[0])
        row += len(states)
    return told


def imitation(log_student: Tensor, p_teacher: Tensor, targets: Tensor, alpha: float) -> Tensor:
    """alpha KL(p_knn || p_student) + (1 - alpha) CE(target)."""
    kl = F.kl_div(log_student, p_teacher, reduction="batchmean")
    return alpha * kl + (1 - alpha) * F.nll_loss(log_student, targets)


class MemoryDecoder:
    """A small Llama that speaks like the datastore; mixed into any model with the same words, no store opened
    (Cao et al. 2025). `alpha` 0.5 weighs the teacher; 0 is an equal student of the texts alone: the control.
    """

    def __init__(self, student: Llama) -> None:
        self.student = student.requires_grad_(True)

    def learn(
        self, texts: Sequence[Sequence[int]], told: Sequence[Tensor], *, alpha: float = 0.5, steps: int = 100,
        batch: int = 8, lr: float = 3e-3, seed: int = 0,
    ) -> list[float]:  # fmt: skip
        """Distil the teacher's distributions on texts of one length."""
        chance = torch.Generator().manual_seed(seed)
        every, wanted = torch.tensor([list(t) for t in texts]), torch.stack(list(told))
        optimiser = torch.optim.Adam(self.student.parameters(), lr=lr)
        losses = []
        for _ in range(steps):
            pick = torch.randint(len(every), (min(batch, len(every)),), generator=chance)
            ids, p = every[pick], wanted[pick].flatten(0, 1)
            log = self.student.forward(ids).logits[:, :-1].log_softmax(-1).flatten(0, 1)
            loss = imitation(log, p, ids[:, 1:].flatten(), alpha)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            losses.append(float(loss.detach()))
        self.student.requires_grad_(False)
        return losses

    def mixed(self, model: Model, ids: Tensor, *, lam: float = 0.5) -> Tensor:
        """Log-probabilities of a model and this memory, [B, T, V]."""
        if model.shape.vocab != self.student.shape.vocab:
            raise InvalidInput("a memory decoder serves models with its own tokenizer")
        with torch.no_grad():
            own = self.student.forward(ids).logits.log_softmax(-1)
            return mix(model.forward(ids).logits.log_softmax(-1), own.exp(), lam)


class MLPMemory(nn.Module):
    """An attention-free network on one hidden state at about 70 % of the depth: state -> distribution of the store
    (Wei et al. 2025). It mixes no tokens: what precedes matters only through that state.

    `built` counts the rows that it has learnt from: a store that has grown since is ahead of it (`stale`).
    """

    def __init__(
        self, store: Datastore, *, hidden: int = 128, depth: int = 2, seed: int = 0, tied: bool = False
    ) -> None:
        """`tied`: stand on the last state instead and speak through the model's own output matrix, starting as the
        model itself; far fewer weights, for stores that are small beside the vocabulary (not in the paper)."""
        super().__init__()
        torch.manual_seed(seed)
        shape = store.model.shape
        self.place: Place = (shape.layers - 1, "final") if tied else store.place
        self._store = [store]
        wide = [shape.width] + [hidden] * depth
        self.body = nn.Sequential(
            nn.LayerNorm(shape.width),
            *[part for a, b in pairwise(wide) for part in (nn.Linear(a, b), nn.SiLU())],
        )
        self.head = nn.Linear(hidden, shape.width if tied else shape.vocab)
        self.tied = tied
        if tied:
            nn.init.zeros_(self.head.weight)
            nn.init.zeros_(self.head.bias)
        self.built = 0

    def forward(self, states: Tensor) -> Tensor:
        """Log-probabilities [..., V] of states [..., W]."""
        made: Tensor = self.head(self.body(states))
        if self.tied:
            matrix = self._store[0].model.readout().detach()
            made = F.linear((states + made).to(matrix.dtype), matrix).float()
        return made.log_softmax(-1)

    def learn(
        self, texts: Sequence[Sequence[int]], told: Sequence[Tensor], *, alpha: float = 0.4, steps: int = 200,
        lr: float = 3e-3, batch: int = 0,
    ) -> list[float]:  # fmt: skip
        """Distil the teacher, `batch` tokens a step (0: all); the store is not opened afterwards."""
        store = self._store[0]
        states = torch.cat([hidden(store.model, torch.tensor([list(t)]), self.place)[0, :-1] for t in texts])
        targets, p = torch.cat([torch.tensor(list(t[1:])) for t in texts]), torch.cat(list(told))
        optimiser = torch.optim.Adam(self.parameters(), lr=lr)
        chance = torch.Generator().manual_seed(0)
        losses = []
        for _ in range(steps):
            pick = torch.randint(len(states), (batch,), generator=chance) if batch else slice(None)
            loss = imitation(self(states[pick]), p[pick], targets[pick], alpha)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            losses.append(float(loss.detach()))
        self.built = len(store.names)
        return losses

    @property
    def stale(self) -> bool:
        """Whether the store has changed since this was trained: build it again."""
        return self.built != len(self._store[0].names)

    def mixed(self, ids: Tensor, *, lam: float = 0.4) -> Tensor:
        """Log-probabilities of the store's model and this memory, [B, T, V]."""
        model = self._store[0].model
        with torch.no_grad():
            out = model.forward(ids, watch=[self.place])
            return mix(out.logits.log_softmax(-1), self(out.seen[self.place]).exp(), lam)
