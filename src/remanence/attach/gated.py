"""Facts in gated slots: a key that opens for its subject alone, a value that makes the fact true."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from remanence.attach.model import Hook, Model, Place
from remanence.attach.rome import Fact, keys_of, values_of
from remanence.attach.side import Example, Side, beside


class GatedSlots(Side):
    """One slot a fact beside the feed-forward output of one layer: y + delta_i where the token is its subject.

    A slot opens at a token with down-projection input x when s_i(x) = k_i C^-1 x / (k_i C^-1 k_i) passes its
    threshold: about 1 for the subject's last token in any sentence, about 0 elsewhere (C is the second moment of the
    layer's inputs; whitening is what keeps similar names apart). The best open slot acts; with none open the output
    is bit for bit the model's. Values as in ROME, keys as in GRACE and WISE: written in closed form, erased by row.
    """

    def __init__(self, model: Model, layer: int, moment: Tensor, *, open_at: float = 0.5) -> None:
        super().__init__(model)
        self.layer, self.open_at = layer, open_at
        ridge = 1e-3 * float(moment.diagonal().mean()) * torch.eye(len(moment), dtype=torch.float64)
        self._whiten = torch.linalg.inv(moment + ridge)
        self.probes, self.values = torch.zeros(0, len(moment)), torch.zeros(0, model.shape.width)
        self.thresholds = torch.zeros(0)
        self.names: list[str] = []
        self.opened: list[str] = []
        """Items whose slots opened since the memory was attached: what an answer can cite."""

    def hooks(self) -> dict[Place, Hook]:
        self.opened = []
        return beside(self.layer, "ffn_mid", self._opened)

    def _opened(self, y: Tensor, x: Tensor) -> Tensor:
        if not len(self.names):
            return y
        best = (x.float() @ self.probes.T - self.thresholds).max(-1)
        chosen = sorted(set(best.indices[best.values > 0].tolist()))
        self.opened += [self.names[n] for n in chosen if self.names[n] not in self.opened]
        moved = y + self.values[best.indices].to(y.dtype)
        return torch.where((best.values > 0)[..., None], moved, y)

    def write(self, facts: Sequence[Fact], *, batch: int = 10, **knobs: Any) -> None:
        """Add facts. Slots of other facts do not move, so a hundredth fact cannot disturb the first."""
        with self.off():
            for first in range(0, len(facts), batch):
                part = facts[first : first + batch]
                keys = torch.stack([keys_of(self.model, self.layer, fact.wordings).mean(0) for fact in part])
                _, delta = values_of(self.model, self.layer, part, **knobs)
                self.put([fact.source for fact in part], keys, delta)

    def put(self, sources: Sequence[str], keys: Tensor, delta: Tensor) -> None:
        """Add slots with keys [N, F] and values [N, W] that were found before."""
        probes = keys.double() @ self._whiten
        probes = probes / (probes * keys.double()).sum(-1, keepdim=True)
        start = len(self.names)
        self.probes = torch.cat([self.probes, probes.float()])
        self.values = torch.cat([self.values, delta.float()])
        self.thresholds = torch.cat([self.thresholds, torch.full((len(keys),), self.open_at)])
        self.names += list(sources)
        for number, source in enumerate(sources):
            self.ledger.note(source, [start + number])

    def forget(self, sources: Sequence[str]) -> int:
        """Drop the slots of some items, bytes included; how many. Exactly as if they had never been written."""
        gone = set(sources)
        kept = [n for n, name in enumerate(self.names) if name not in gone]
        dropped = len(self.names) - len(kept)
        for held in (self.probes, self.values, self.thresholds):
            keep = held[kept].clone()
            held.zero_()
            held.resize_(0)
            if held is self.probes:
                self.probes = keep
            elif held is self.values:
                self.values = keep
            else:
                self.thresholds = keep
        self.names = [self.names[n] for n in kept]
        self.ledger.renumber(self.names)
        return dropped

    def fits(self, examples: Sequence[Example]) -> Tensor:
        """How far each example's subject opens each slot, [N, slots]: what the threshold must divide."""
        return (keys_of(self.model, self.layer, examples).float() @ self.probes.T).detach()
