"""Locas: a small feed-forward block beside a layer's own, started from neurons that a text wakes; merged or removed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from remanence.attach.model import Hook, Llama, Place
from remanence.attach.side import Side, beside
from remanence.errors import InvalidInput


class SideFFN(Side):
    """`slots` neurons (gate g, key u, value v) beside the feed-forward part of each of `layers`:

        y = W_d [silu(W_g z) * W_u z] + V [silu(G z) * (U z)]

    Values start at zero, so attaching changes no logit. `start` copies the gate and key rows of the model's own
    neurons that some text wakes most, which is where its gradient will be large. `clip` bounds each value's norm.
    `merged` puts the slots into a copy of the dense model; `forget` zeroes the slots of an item.
    """

    def __init__(self, model: Llama, layers: Sequence[int], slots: int, *, seed: int = 0) -> None:
        super().__init__(model)
        if slots < 1 or not layers:
            raise InvalidInput("a side block has at least one slot in at least one layer")
        chance = torch.Generator().manual_seed(seed)
        width, self.layers = model.shape.width, tuple(layers)

        def rows() -> nn.ParameterList:
            spread = width**-0.5
            return nn.ParameterList(torch.randn(slots, width, generator=chance) * spread for _ in self.layers)

        self.gates, self.keys = rows(), rows()
        self.values = nn.ParameterList(torch.zeros(slots, width) for _ in self.layers)

    def hooks(self) -> dict[Place, Hook]:
        made: dict[Place, Hook] = {}
        for number, layer in enumerate(self.layers):
            made |= self._pair(number, layer)
        return made

    def _pair(self, number: int, layer: int) -> dict[Place, Hook]:
        def add(y: Tensor, z: Tensor) -> Tensor:
            woken = F.silu(F.linear(z, self.gates[number])) * F.linear(z, self.keys[number])
            return y + torch.matmul(woken, self.values[number])

        return beside(layer, "ffn_in", add)

    @torch.no_grad()
    def start(self, texts: Sequence[Sequence[int]]) -> None:
        """Clone the gate and key rows of the model's neurons that `texts` wake most (sum of |activation|)."""
        model = self.model
        assert isinstance(model, Llama)
        watch: list[Place] = [(layer, "ffn_mid") for layer in self.layers]
        woken = [torch.zeros(model.shape.hidden) for _ in self.layers]
        for ids in texts:
            seen = model.forward(torch.tensor([list(ids)]), watch=watch, keep=1).seen
            for total, place in zip(woken, watch, strict=True):
                total += seen[place][0].abs().sum(0)
        for number, layer in enumerate(self.layers):
            best = woken[number].topk(len(self.gates[number])).indices
            block = model.blocks[layer]
            self.gates[number].copy_(block.gate[best])  # type: ignore[index]
            self.keys[number].copy_(block.up[best])  # type: ignore[index]

    @torch.no_grad()
    def clip(self, most: float) -> None:
        """Bound the norm of every value row."""
        for value in self.values:
            value.mul_((most / value.norm(dim=-1, keepdim=True).clamp_min(1e-9)).clamp_max(1.0))

    @torch.no_grad()
    def forget(self, source: str) -> list[int]:
        """Zero the slots that only this item wrote, in every layer; the others stay bit for bit."""
        slots = self.ledger.drop(source)
        for rows in (*self.gates, *self.keys, *self.values):
            rows[slots] = 0.0
        return slots

    def merged(self) -> Llama:
        """A model whose dense feed-forward parts contain the slots; the first stays as it was."""
        model = self.model
        assert isinstance(model, Llama)
        if len(self.layers) != model.shape.layers:
            raise InvalidInput("merging needs slots in every layer, as all layers of a model have one hidden size")
        shape = replace(model.shape, hidden=model.shape.hidden + len(self.gates[0]))
        made = Llama(shape, model.tokens, tied=model.output is None, seed=None)
        weights = dict(model.state_dict())
        for number, layer in enumerate(self.layers):
            name = f"blocks.{layer}."
            weights[name + "gate"] = torch.cat([weights[name + "gate"], self.gates[number].detach()])
            weights[name + "up"] = torch.cat([weights[name + "up"], self.keys[number].detach()])
            weights[name + "down"] = torch.cat([weights[name + "down"], self.values[number].detach().T], 1)
        made.load_state_dict(weights)
        return made.requires_grad_(False)
