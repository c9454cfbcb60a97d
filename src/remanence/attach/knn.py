"""kNN-LM: what a model saw and what came next, looked up by hidden state and mixed into the next word."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from remanence.attach.model import Model, Place
from remanence.attach.side import Ledger
from remanence.errors import InvalidInput


def hidden(model: Model, ids: Tensor, place: Place) -> Tensor:
    """The states that keys are made of: the input of a feed-forward part, or the last states, [B, T, W]."""
    with torch.no_grad():
        return model.forward(ids, watch=[place], keep=int(place[1] != "final")).seen[place]


class Datastore:
    """(state, next token, item) triples of one place of a model (Khandelwal et al. 2020).

    p(y) = (1 - lam) p_lm(y) + lam sum over the k nearest of [v = y] softmax(-|h - key|^2 / T).
    With `gate` the weight is zero where the nearest key is farther than that: out of scope nothing changes.
    """

    def __init__(self, model: Model, place: Place, *, k: int = 32, temperature: float = 0.0) -> None:
        self.model, self.place, self.k, self.temperature = model, place, k, temperature
        self.keys, self.tokens = torch.zeros(0, model.shape.width), torch.zeros(0, dtype=torch.long)
        self.names: list[str] = []
        self.ledger = Ledger()
        self.opened = 0
        """Times that it was searched."""

    def add(self, ids: Sequence[int], source: str = "") -> None:
        """Keep every (state, next token) of a text."""
        if len(ids) < 2:
            raise InvalidInput("a text of one token says nothing about what comes next")
        states = hidden(self.model, torch.tensor([list(ids)]), self.place)[0, :-1]
        start = len(self.names)
        self.keys = torch.cat([self.keys, states])
        self.tokens = torch.cat([self.tokens, torch.tensor(list(ids[1:]))])
        self.names += [source] * len(states)
        self.ledger.note(source, range(start, start + len(states)))

    def forget(self, source: str) -> int:
        """Drop the rows of an item, exactly; how many."""
        kept = [n for n, name in enumerate(self.names) if name != source]
        gone = len(self.names) - len(kept)
        self.keys, self.tokens = self.keys[kept].clone(), self.tokens[kept].clone()
        names, self.names = [self.names[n] for n in kept], []
        self.ledger.writes.clear()
        for number, name in enumerate(names):
            self.names.append(name)
            self.ledger.note(name, [number])
        return gone

    def near(self, states: Tensor, *, without: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """(squared distances, rows) [N, k] of states [N, W]; `without` [N] leaves one row out for each."""
        self.opened += 1
        if not len(self.names):
            raise InvalidInput("the datastore is empty")
        apart = torch.cdist(states.float(), self.keys.float()).square()
        if without is not None:
            apart[torch.arange(len(states)), without] = float("inf")
        found = apart.topk(min(self.k, len(self.names)), -1, largest=False)
        return found.values, found.indices

    def says(self, states: Tensor, *, without: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """(p_knn [N, V], least distance [N]); the temperature is the mean distance to the k-th where none is given."""
        apart, rows = self.near(states, without=without)
        finite = apart.clamp_max(1e9)
        heat = self.temperature or max(float(finite[:, -1].mean()) / 4, 1e-6)
        weight = (-finite / heat).softmax(-1)
        made = torch.zeros(len(states), self.model.shape.vocab)
        made.scatter_add_(1, self.tokens[rows], weight)
        return made, apart[:, 0]

    def mixed(self, ids: Tensor, *, lam: float = 0.25, gate: float = float("inf")) -> Tensor:
        """Log-probabilities [B, T, V] of the model and the datastore together."""
        with torch.no_grad():
            out = self.model.forward(ids, watch=[self.place])
        states = out.seen[self.place].flatten(0, 1)
        told, least = self.says(states)
        return mix(out.logits.log_softmax(-1), told.view(*ids.shape, -1), (lam * (least <= gate)).view(*ids.shape, 1))


def mix(base: Tensor, told: Tensor, lam: Tensor | float) -> Tensor:
    """log((1 - lam) exp(base) + lam told): base log-probabilities and a distribution; lam = 0 gives base."""
    weight = torch.as_tensor(lam)
    mixed = torch.logaddexp(
        base + torch.log1p(-weight.clamp_max(1 - 1e-7)), (told.clamp_min(1e-10) * weight.clamp_min(1e-10)).log()
    )
    return torch.where(weight > 0, mixed, base)


def perplexity(logs: Tensor, ids: Tensor) -> float:
    """exp of the mean NLL of ids[:, 1:] under log-probabilities [B, T, V]."""
    picked = logs[:, :-1].gather(-1, ids[:, 1:, None])
    return float(torch.exp(-picked.mean()))
