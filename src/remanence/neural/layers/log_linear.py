"""Log-linear attention: one matrix memory per power of two of the past, each weighed by what the token asks for.

The near past is kept finely, the far past in ever longer stretches; with equal weights it is the linear layer.
"""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from remanence.neural.blocks import Gate, LogDecay, Output, split
from remanence.neural.heads import PairLayer
from remanence.neural.kernels.fenwick import Past, log_linear
from remanence.neural.layer import State, layer


@layer("log_linear")
class LogLinear(PairLayer):
    """delta: gated delta rule in every memory (of gated DeltaNet), else gated sums (of Mamba-2).

    levels: weights a token and head has, for 2^(levels - 2) tokens of past; what is farther shares the last one.
    """

    delta: bool = True
    levels: int = 16
    chunk: int = 32

    def build(self) -> None:
        self.read = self.projections()
        self.beta = Gate(self.dim, self.heads, bias=-1.0) if self.delta else None
        self.log_decay = LogDecay(self.dim, self.heads)
        self.to_level = nn.Linear(self.dim, self.heads * self.levels)
        nn.init.constant_(self.to_level.bias, 0.5413)  # softplus(0.5413) = 1
        self.out = Output(self.dim, self.heads, self.read.value)

    def init_state(self, batch: int) -> State:
        memory = self.zeros(batch, 0, self.heads, self.read.key, self.read.value)
        return {"memory": memory, "read": self.read.init_state(batch), "place": self.clock(batch)}

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        q, k, v, read = self.read(x, state["read"])
        gate, step = self.log_decay(x)
        beta = None if self.beta is None else self.beta(x)
        weight = split(F.softplus(self.to_level(x)), self.heads)
        v = v if self.delta else step[..., None] * v
        past = Past(state["memory"], int(state["place"][0]))
        o, past = log_linear(q, k, v, weight, past, gate=gate, beta=beta, chunk=self.chunk)
        return self.out(o, x), {"memory": past.memories, "read": read, "place": state["place"] + x.shape[1]}

    def state_size(self, length: int = 0) -> int:
        return super().state_size() + length.bit_count() * self.heads * self.read.key * self.read.value
