"""DeltaNet: a matrix memory that overwrites what a key already holds (the delta rule).

S_t = (I - b_t k_t^T k_t) S_{t-1} + b_t k_t^T v_t,  o_t = q_t S_t: one gradient step on |k S - v|^2 / 2.
"""

from __future__ import annotations

from torch import Tensor

from remanence.neural.blocks import Gate, Output, Projections
from remanence.neural.kernels.gated_delta import gated_delta
from remanence.neural.layer import Layer, State, layer


@layer(
    "delta_net",
    paper="Parallelizing Linear Transformers with the Delta Rule over Sequence Length (Yang et al. 2024)",
    architecture="matrix",
    bias="l2",
    retention="none (the delta rule projects out the old value)",
)
class DeltaNet(Layer):
    """`heads` matrices of `key x value`; `negative=True` lets b reach 2, to track state such as parity."""

    def __init__(
        self,
        dim: int,
        *,
        heads: int = 4,
        key: int | None = None,
        value: int | None = None,
        conv: int = 4,
        negative: bool = False,
        chunk: int = 64,
    ) -> None:
        super().__init__(dim)
        self.read = Projections(dim, heads, key, value, conv=conv)
        self.beta = Gate(dim, heads, high=2.0 if negative else 1.0)
        self.out = Output(dim, heads, self.read.value)
        self.chunk = chunk

    def init_state(self, batch: int) -> State:
        memory = self.zeros(batch, self.read.heads, self.read.key, self.read.value)
        return {"memory": memory, "read": self.read.init_state(batch)}

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        q, k, v, read = self.read(x, state["read"])
        o, memory = gated_delta(q, k, v, beta=self.beta(x), state=state["memory"], chunk=self.chunk)
        return self.out(o, x), {"memory": memory, "read": read}
