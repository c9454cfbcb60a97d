"""Local linear attention: around every query a small linear model of the past, instead of a local mean.

Kernel regression of order one: exact on affine maps, where softmax attention (order zero) is biased.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from remanence.neural.blocks import Output
from remanence.neural.heads import PairLayer
from remanence.neural.kernels.regression import kernel_regression
from remanence.neural.layer import State, layer


@layer("lla")
class LocalLinearAttention(PairLayer):
    """Keys and queries of unit length under a learned temperature; `ridge` per unit of weight.

    ridge -> inf is softmax attention; temperature -> 0 one global regression.
    """

    ridge: float = 1.0
    sharpness: float = 8.0

    def build(self) -> None:
        self.read = self.projections()
        self.out = Output(self.dim, self.heads, self.read.value, gate=False, norm=False)
        self.sharpness_raw = nn.Parameter(torch.tensor(float(self.sharpness)).expm1().log())

    def init_state(self, batch: int) -> State:
        k = self.zeros(batch, 0, self.read.heads, self.read.key)
        v = self.zeros(batch, 0, self.read.heads, self.read.value)
        return {"cache": {"k": k, "v": v}, "read": self.read.init_state(batch)}

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        q, k, v, read = self.read(x, state["read"])
        # with keys of unit length, exp(s q.k) is the Gaussian kernel; s goes into q and k, so that K**0 = 1
        root = F.softplus(self.sharpness_raw).sqrt()
        o, cache = kernel_regression(root * q, root * k, v, ridge=self.ridge, scale=1.0, state=state["cache"])
        return self.out(o, x), {"cache": cache, "read": read}

    def state_size(self, length: int = 0) -> int:
        return super().state_size() + length * self.read.heads * (self.read.key + self.read.value)
