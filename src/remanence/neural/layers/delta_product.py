"""DeltaProduct: several delta-rule steps per token, so that a token can apply any product of reflections.

Between tokens the memory decays once; within a token `householders` keys and values are written one after another.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from remanence.neural.blocks import Gate, LogDecay, Output, ShortConv, begin_alike, per_head, split, unit
from remanence.neural.heads import PairLayer, RecurrentMemory
from remanence.neural.kernels.gated_delta import gated_delta
from remanence.neural.layer import State, layer


@layer("delta_product")
class DeltaProduct(PairLayer, RecurrentMemory):
    """`householders` steps a token, each with keys, values and strength of its own; strengths up to 2 with `negative`.

    One step is gated DeltaNet (DeltaNet where `decay` is off).
    """

    householders: int = 2
    decay: bool = True
    negative: bool = True
    chunk: int = 32

    def build(self) -> None:
        key, value = per_head(self.dim, self.heads, self.key), per_head(self.dim, self.heads, self.value)
        n = self.householders
        self.sizes = [self.heads * key, n * self.heads * key, n * self.heads * value]
        self.to_qkv = nn.Linear(self.dim, sum(self.sizes), bias=False)
        self.near = ShortConv(sum(self.sizes), self.conv) if self.conv else None
        self.beta = Gate(self.dim, n * self.heads, bias=-1.0, high=2.0 if self.negative else 1.0)
        self.log_decay = LogDecay(self.dim, self.heads) if self.decay else None
        self.out = Output(self.dim, self.heads, value)

    def start_alike(self) -> None:
        """Let the keys of all steps begin as the query does, their values as that of the first."""
        begin_alike(self.to_qkv, self.near, self.sizes, self.householders)

    def init_state(self, batch: int) -> State:
        past = 0 if self.near is None else self.near.size - 1
        wide = self.heads * self.householders
        memory = self.zeros(batch, self.heads, self.sizes[0] // self.heads, self.sizes[2] // wide)
        return {"memory": memory, "past": self.to_qkv.weight.new_zeros(batch, past, sum(self.sizes))}

    def remember(self, x: Tensor, state: State) -> tuple[Tensor, Tensor, State]:
        mixed, past, n = self.to_qkv(x), state["past"], self.householders
        if self.near is not None:
            mixed, past = self.near(mixed, past)
        q, k, v = mixed.split(self.sizes, -1)
        q = unit(split(q, self.heads))
        # n steps a token, in a stream n times as long; the question is asked at the last of them
        k, v, beta = (self._steps(part) for part in (k, v, self.beta(x)))
        gate = None
        if self.log_decay is not None:
            first = self.log_decay(x)[0]
            gate = torch.stack([first, *[torch.zeros_like(first)] * (n - 1)], 2).flatten(1, 2)
        asked = q.repeat_interleave(n, 1)
        o, memory = gated_delta(
            asked, unit(k), v, beta=beta[..., 0], gate=gate, state=state["memory"], chunk=self.chunk
        )
        return o[:, n - 1 :: n], q, {"memory": memory, "past": past}

    def answer(self, memory: Tensor, q: Tensor) -> Tensor:
        return torch.einsum("bthk,bhkv->bthv", q.to(memory.dtype), memory)

    def _steps(self, part: Tensor) -> Tensor:
        """[B, T, n * H * K] -> [B, T * n, H, K]."""
        return part.reshape(part.shape[0], -1, self.heads, part.shape[-1] // (self.householders * self.heads))
