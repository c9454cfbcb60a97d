"""Softmax attention: the memory that keeps every key and value and blends them by similarity."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from remanence.neural.blocks import Output, Projections, rotary, split
from remanence.neural.kernels.block_attention import block_attention
from remanence.neural.layer import Layer, State, layer


@layer(
    "softmax",
    paper="Attention Is All You Need (Vaswani et al. 2017)",
    architecture="list of keys and values",
    bias="kernel regression of order 0",
    learner="append",
    growth="every token",
)
class SoftmaxAttention(Layer):
    """Full causal attention, or over the last `window` tokens; without positions it cannot tell new from old.

    conv: short convolution before q, k, v (0: none). turned: rotary positions.
    persistent: learned tokens that every query reads, outside the window and without position.
    """

    def __init__(
        self,
        dim: int,
        *,
        heads: int = 4,
        key: int | None = None,
        value: int | None = None,
        conv: int = 4,
        turned: bool = True,
        window: int | None = None,
        persistent: int = 0,
        output_gate: bool = False,
    ) -> None:
        super().__init__(dim)
        self.read = Projections(dim, heads, key, value, conv=conv, unit_keys=False)
        self.out = Output(dim, heads, self.read.value, gate=output_gate, norm=output_gate)
        self.turned, self.window = turned, window
        self.prefix = nn.Parameter(torch.randn(1, persistent, dim) / dim**0.5) if persistent else None

    def init_state(self, batch: int) -> State:
        k = self.zeros(batch, 0, self.read.heads, self.read.key)
        v = self.zeros(batch, 0, self.read.heads, self.read.value)
        place = torch.zeros(batch, dtype=torch.long, device=k.device)
        return {"cache": {"k": k, "v": v}, "place": place, "read": self.read.init_state(batch)}

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        q, k, v, read = self.read(x, state["read"])
        if self.turned:
            q, k = rotary(q, state["place"]), rotary(k, state["place"])
        prefix: tuple[Tensor, Tensor] | None = None
        if self.prefix is not None:
            _, first, second = (
                split(part, self.read.heads) for part in self.read.to_qkv(self.prefix).split(self.read.sizes, -1)
            )
            prefix = (first, second)
        o, cache = block_attention(q, k, v, state=state["cache"], window=self.window, prefix=prefix)
        return self.out(o, x), {"cache": cache, "place": state["place"] + x.shape[1], "read": read}

    def state_size(self, length: int = 0) -> int:
        kept = length if self.window is None else min(length, self.window - 1)
        return super().state_size() + kept * self.read.heads * (self.read.key + self.read.value)


@layer(
    "window",
    paper="Longformer: The Long-Document Transformer (Beltagy et al. 2020)",
    architecture="list of keys and values",
    bias="kernel regression of order 0",
    retention="hard window",
    learner="append",
    growth="first in, first out",
)
def WindowAttention(
    dim: int,
    *,
    window: int = 16,
    heads: int = 4,
    key: int | None = None,
    value: int | None = None,
    conv: int = 4,
    turned: bool = True,
) -> SoftmaxAttention:
    """Softmax attention over the last `window` tokens, itself included."""
    return SoftmaxAttention(dim, window=window, heads=heads, key=key, value=value, conv=conv, turned=turned)
