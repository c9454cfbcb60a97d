"""Softmax attention: the memory that keeps every key and value and blends them by similarity."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from remanence.neural.blocks import Output, rotary, split
from remanence.neural.heads import CacheLayer
from remanence.neural.kernels.block_attention import Prefix, Sight, block_attention
from remanence.neural.layer import State, layer


@layer("softmax")
class SoftmaxAttention(CacheLayer):
    """Full causal attention, or over the last `window` tokens; without positions it cannot tell new from old.

    conv: short convolution before q, k, v (0: none). turned: rotary positions.
    persistent: learned tokens that every query reads, outside the window, all at place 0.
    """

    window: int | None = None
    persistent: int = 0
    output_gate: bool = False

    def build(self) -> None:
        super().build()
        self.out = Output(self.dim, self.heads, self.read.value, gate=self.output_gate, norm=self.output_gate)
        self.prefix = (
            nn.Parameter(torch.randn(1, self.persistent, self.dim) / self.dim**0.5) if self.persistent else None
        )

    def init_state(self, batch: int) -> State:
        return {"cache": self.empty(batch), "place": self.clock(batch), "read": self.read.init_state(batch)}

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        q, k, v, read = self.read(x, state["read"])
        if self.turned:
            q, k = rotary(q, state["place"]), rotary(k, state["place"])
        prefix: Prefix | None = None
        if self.prefix is not None:
            _, *first = (split(part, self.heads) for part in self.read.to_qkv(self.prefix).split(self.read.sizes, -1))
            prefix = (first[0], first[1])
        o, cache = block_attention(q, k, v, state=state["cache"], sight=Sight(window=self.window), prefix=prefix)
        return self.out(o, x), {"cache": cache, "place": state["place"] + x.shape[1], "read": read}

    def state_size(self, length: int = 0) -> int:
        return super().state_size() + self.kept(length if self.window is None else min(length, self.window - 1))


@layer("window")
class WindowAttention(SoftmaxAttention, window=16):
    """Softmax attention over the last `window` tokens, itself included."""
