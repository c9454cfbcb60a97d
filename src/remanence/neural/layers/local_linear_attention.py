"""Local linear attention: around every query a small linear model of the past, instead of a local mean.

Kernel regression of order one: exact on affine maps, where softmax attention (order zero) is biased.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from remanence.neural.blocks import Output, Projections
from remanence.neural.kernels.regression import kernel_regression
from remanence.neural.layer import Layer, State, layer


@layer(
    "lla",
    ledger="S033",
    paper="Local Linear Attention: An Optimal Interpolation of Linear and Softmax Attention (2025)",
    architecture="list of keys and values",
    bias="kernel regression of order 1",
    learner="append, closed form",
    growth="every token",
)
class LocalLinearAttention(Layer):
    """Keys and queries of unit length under a learned temperature; `ridge` per unit of weight.

    ridge -> inf is softmax attention; temperature -> 0 one global regression.
    """

    def __init__(
        self,
        dim: int,
        *,
        heads: int = 4,
        key: int | None = None,
        value: int | None = None,
        conv: int = 4,
        ridge: float = 1.0,
        sharpness: float = 8.0,
    ) -> None:
        super().__init__(dim)
        self.read = Projections(dim, heads, key, value, conv=conv)
        self.out = Output(dim, heads, self.read.value, gate=False, norm=False)
        self.sharpness_raw = nn.Parameter(torch.tensor(float(sharpness)).expm1().log())
        self.ridge = ridge

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
