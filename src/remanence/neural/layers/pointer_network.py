"""A pointer network as a layer: additive attention over the past, which can also name the place it reads.

The read is a blend of past tokens, so that it fits any trunk; `point` gives the distribution over places.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from remanence.neural.blocks import ShortConv
from remanence.neural.layer import Layer, State, layer
from remanence.neural.pointer import PointerHead


@layer("pointer")
class PointerNetwork(Layer):
    """Additive attention of width `key` over all tokens so far, after a short convolution."""

    key: int | None = None
    conv: int = 4

    def build(self) -> None:
        self.near = ShortConv(self.dim, self.conv) if self.conv > 0 else None
        self.head = PointerHead(self.dim, inside=self.key)
        self.to_value, self.to_out = (nn.Linear(self.dim, self.dim, bias=False) for _ in range(2))

    def init_state(self, batch: int) -> State:
        past = 0 if self.near is None else self.near.size - 1
        items = self.zeros(batch, 0, self.head.to_item.out_features)
        return {"items": items, "values": self.zeros(batch, 0, self.dim), "past": self.zeros(batch, past, self.dim)}

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        seen, past = (x, state["past"]) if self.near is None else self.near(x, state["past"])
        items = torch.cat([state["items"].to(x.dtype), self.head.to_item(seen)], 1)
        values = torch.cat([state["values"].to(x.dtype), self.to_value(x)], 1)
        log_p = self._past(items, x)
        return self.to_out(log_p.exp() @ values), {"items": items, "values": values, "past": past}

    def point(self, x: Tensor) -> Tensor:
        """Which token so far each token of x: [B, T, dim] points at: log p [B, T, T], -inf for later ones."""
        seen = x if self.near is None else self.near(x, self.init_state(x.shape[0])["past"].to(x.dtype))[0]
        return self._past(self.head.to_item(seen), x)

    def _past(self, items: Tensor, x: Tensor) -> Tensor:
        size, time = items.shape[1], x.shape[1]
        at = torch.arange(size - time, size, device=x.device)[:, None]
        later = torch.arange(size, device=x.device) > at
        return self.head.scores(items, x, later).log_softmax(-1)

    def state_size(self, length: int = 0) -> int:
        return super().state_size() + length * (self.head.to_item.out_features + self.dim)
