"""Mesa: the memory that answers with the exact ridge regression over everything it has seen.

o = q (H_kk + diag(ridge))^-1 H_kv, both moments with data-dependent decay and write strength.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from remanence.neural.blocks import Gate, LogDecay, Output, Projections
from remanence.neural.kernels.regression import ridge_regression
from remanence.neural.layer import Layer, State, layer


@layer(
    "mesa",
    paper="MesaNet: Sequence Modeling by Locally Optimal Test-Time Training (von Oswald et al. 2025)",
    architecture="two matrices",
    bias="least squares",
    retention="data-dependent scalar, or none",
    learner="closed form",
)
class Mesa(Layer):
    """`decay=False` never forgets and is solved exactly chunk by chunk; with decay by conjugate gradient.

    ridge: where the learned penalty per key channel starts.
    """

    def __init__(
        self,
        dim: int,
        *,
        heads: int = 4,
        key: int | None = None,
        value: int | None = None,
        conv: int = 4,
        ridge: float = 0.25,
        decay: bool = True,
        iterations: int = 30,
        chunk: int = 64,
    ) -> None:
        super().__init__(dim)
        self.read = Projections(dim, heads, key, value, conv=conv)
        self.beta = Gate(dim, heads)
        self.log_decay = LogDecay(dim, heads) if decay else None
        self.ridge_raw = nn.Parameter(torch.full((heads, self.read.key), ridge).expm1().log())
        self.out = Output(dim, heads, self.read.value)
        self.iterations, self.chunk = iterations, chunk

    def init_state(self, batch: int) -> State:
        heads, key = self.read.heads, self.read.key
        moments = {"kk": self.zeros(batch, heads, key, key), "kv": self.zeros(batch, heads, key, self.read.value)}
        return {"moments": moments, "read": self.read.init_state(batch)}

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        q, k, v, read = self.read(x, state["read"])
        gate = None if self.log_decay is None else self.log_decay(x)[0]
        o, moments = ridge_regression(
            q,
            k,
            v,
            ridge=F.softplus(self.ridge_raw) + 1e-3,
            beta=self.beta(x),
            gate=gate,
            state=state["moments"],
            chunk=self.chunk,
            iterations=self.iterations,
        )
        return self.out(o, x), {"moments": moments, "read": read}
