"""Mixture of Mesa memories: keys are routed to one of several memories, each the exact ridge regression of its own.

A new combination: the key router of MoM over the closed-form memory of MesaNet.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from remanence.neural.blocks import Gate, Output, undecided
from remanence.neural.heads import PairLayer
from remanence.neural.kernels.regression import Solver, ridge_regression
from remanence.neural.layer import State, layer


@layer("mesa_mom")
class MesaMoM(PairLayer):
    """`memories` ridge memories; a key writes into the one that its router picks, a query reads by the same map."""

    memories: int = 4
    ridge: float = 0.25
    balance: float = 0.01
    chunk: int = 64

    def build(self) -> None:
        self.read = self.projections()
        self.read.start_alike()
        self.router = undecided(nn.Linear(self.heads * self.read.key, self.memories, bias=False))
        self.beta = Gate(self.dim, self.heads)
        self.ridge_raw = nn.Parameter(torch.full((self.memories * self.heads, self.read.key), self.ridge).expm1().log())
        self.out = Output(self.dim, self.heads, self.read.value)

    def init_state(self, batch: int) -> State:
        lanes, key = self.memories * self.read.heads, self.read.key
        moments = {"kk": self.zeros(batch, lanes, key, key), "kv": self.zeros(batch, lanes, key, self.read.value)}
        return {"moments": moments, "read": self.read.init_state(batch)}

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        q, k, v, read = self.read(x, state["read"])
        writes, chances = self.route(k)
        reads, _ = self.route(q)
        self.extra_loss = self.balance * self.memories * ((writes > 0).to(x.dtype) * chances).mean((0, 1)).sum()
        lanes = (*x.shape[:2], self.memories * self.read.heads)
        wide = (q[:, :, None], k[:, :, None] * writes[..., None, None], v[:, :, None])  # a key of zero writes nothing
        spread = [part.expand(-1, -1, self.memories, -1, -1).reshape(*lanes, -1) for part in wide]
        o, moments = ridge_regression(
            *spread,
            ridge=F.softplus(self.ridge_raw) + 1e-3,
            beta=self.beta(x).repeat(1, 1, self.memories),
            state=state["moments"],
            solver=Solver(chunk=self.chunk),
        )
        o = torch.einsum("btm,btmhv->bthv", reads, o.reshape(*x.shape[:2], self.memories, self.read.heads, -1))
        return self.out(o, x), {"moments": moments, "read": read}

    def route(self, k: Tensor) -> tuple[Tensor, Tensor]:
        """Weight 1 at the picked memory, with a gradient, 0 elsewhere; and all chances: two [B, T, memories]."""
        chances = self.router(k.flatten(-2)).softmax(-1)
        best, at = chances.max(-1, keepdim=True)
        return torch.zeros_like(chances).scatter(-1, at, best / best.detach()), chances
