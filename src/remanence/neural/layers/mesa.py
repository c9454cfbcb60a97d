"""Mesa: the memory that answers with the exact ridge regression over everything it has seen.

o = q (H_kk + diag(ridge))^-1 H_kv, both moments with data-dependent decay and write strength.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from remanence.neural.blocks import Gate, LogDecay, Output
from remanence.neural.heads import PairLayer, RecurrentMemory
from remanence.neural.kernels.regression import Solver, ridge_regression
from remanence.neural.layer import State, layer


@layer("mesa")
class Mesa(PairLayer, RecurrentMemory):
    """`decay=False` never forgets and is solved exactly chunk by chunk; with decay by conjugate gradient.

    ridge: where the learned penalty per key channel starts.
    """

    ridge: float = 0.25
    decay: bool = True
    iterations: int = 30
    chunk: int = 64

    def build(self) -> None:
        self.read = self.projections()
        self.beta = Gate(self.dim, self.heads)
        self.log_decay = LogDecay(self.dim, self.heads) if self.decay else None
        self.ridge_raw = nn.Parameter(torch.full((self.heads, self.read.key), self.ridge).expm1().log())
        self.out = Output(self.dim, self.heads, self.read.value)

    def init_state(self, batch: int) -> State:
        heads, key = self.read.heads, self.read.key
        moments = {"kk": self.zeros(batch, heads, key, key), "kv": self.zeros(batch, heads, key, self.read.value)}
        return {"memory": moments, "read": self.read.init_state(batch)}

    def remember(self, x: Tensor, state: State) -> tuple[Tensor, Tensor, State]:
        q, k, v, read = self.read(x, state["read"])
        gate = None if self.log_decay is None else self.log_decay(x)[0]
        o, moments = ridge_regression(
            q,
            k,
            v,
            ridge=self.penalty(),
            beta=self.beta(x),
            gate=gate,
            state=state["memory"],
            solver=Solver(iterations=self.iterations, chunk=self.chunk),
        )
        return o, q, {"memory": moments, "read": read}

    def answer(self, memory: State, q: Tensor) -> Tensor:
        kk, kv = memory["kk"], memory["kv"]
        whole = kk + torch.diag_embed(self.penalty().to(kk.dtype))
        found = torch.linalg.solve(whole, q.to(kk.dtype).permute(0, 2, 3, 1))  # [B, H, K, T]
        return torch.einsum("bhkt,bhkv->bthv", found, kv)

    def penalty(self) -> Tensor:
        """The ridge per head and key channel: [H, K]."""
        return F.softplus(self.ridge_raw) + 1e-3
