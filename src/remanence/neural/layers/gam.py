"""GAM: a short convolution and a static bank of patterns, gated; it remembers what training put there, nothing else.

y = sigmoid(g1) conv(x) + sigmoid(g2) softmax(x M^T) M. The bank does not change while reading.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from remanence.neural.kernels.scan_conv import causal_conv
from remanence.neural.layer import Layer, State, layer


@layer("gam")
class GAM(Layer):
    """`slots` learned patterns, `conv` tokens of local context."""

    slots: int = 128
    conv: int = 3

    def build(self) -> None:
        self.bank = nn.Parameter(torch.empty(self.slots, self.dim))
        nn.init.xavier_uniform_(self.bank)
        size = max(1, self.conv)
        self.taps = nn.Parameter(torch.empty(self.dim, size).uniform_(-1 / math.sqrt(size), 1 / math.sqrt(size)))
        self.to_gates = nn.Linear(self.dim, 2 * self.dim)

    def init_state(self, batch: int) -> State:
        return {"past": self.zeros(batch, self.taps.shape[1] - 1, self.dim)}

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        near, past = causal_conv(x, self.taps, state["past"])
        local, stored = torch.sigmoid(self.to_gates(x)).chunk(2, -1)
        return local * near + stored * self.recall(x), {"past": past}

    def recall(self, x: Tensor, sharpness: float = 1.0) -> Tensor:
        """The pattern of the bank most like x: [..., dim] -> [..., dim], one step of a Hopfield network."""
        return (sharpness * x @ self.bank.T).softmax(-1) @ self.bank
