"""Huber delta: gated DeltaNet that mistrusts a value far from what it expected, so that outliers write little.

A new combination: Yaad's Huber objective on a matrix memory in the chunk form of the delta rule.
S_t = a_t S_{t-1} + b_t min(1, limit_t / |v_t - k_t S_c|) k_t^T (v_t - k_t S_{t-1}),  S_c: start of the chunk.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from remanence.errors import InvalidInput
from remanence.neural.blocks import Gate, LogDecay, Output
from remanence.neural.heads import PairLayer
from remanence.neural.kernels.gated_delta import full_precision, gated_delta
from remanence.neural.layer import State, layer


@layer("huber_delta")
class HuberDelta(PairLayer):
    """limit: where the learned threshold on |v - k S| starts. robust=False is gated DeltaNet."""

    decay: bool = True
    limit: float = 1.0
    robust: bool = True
    chunk: int = 16

    def build(self) -> None:
        if self.limit <= 0:
            raise InvalidInput(f"limit must be positive, got {self.limit}")
        self.read = self.projections()
        self.beta = Gate(self.dim, self.heads, bias=-1.0)
        self.log_decay = LogDecay(self.dim, self.heads) if self.decay else None
        self.limit_raw = nn.Parameter(torch.full((self.heads,), float(self.limit)).expm1().log())
        self.out = Output(self.dim, self.heads, self.read.value)

    def init_state(self, batch: int) -> State:
        memory = self.zeros(batch, self.read.heads, self.read.key, self.read.value)
        place = self.clock(batch)
        return {"memory": memory, "anchor": memory, "place": place, "read": self.read.init_state(batch)}

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        q, k, v, read = self.read(x, state["read"])
        beta, gate = self.beta(x), None if self.log_decay is None else self.log_decay(x)[0]
        memory, anchor, place = state["memory"], state["anchor"], int(state["place"][0])
        out, t = [], 0
        while t < x.shape[1]:
            at = place % self.chunk
            here = slice(t, min(t + self.chunk - at, x.shape[1]))
            anchor = memory if at == 0 else anchor
            trust = self.trust(k[:, here], v[:, here], anchor) if self.robust else 1.0
            o, memory = gated_delta(
                q[:, here],
                k[:, here],
                v[:, here],
                beta=beta[:, here] * trust,
                gate=None if gate is None else gate[:, here],
                state=memory,
            )
            out.append(o)
            place, t = place + here.stop - t, here.stop
        new = {"memory": memory, "anchor": anchor, "place": torch.full_like(state["place"], place), "read": read}
        return self.out(torch.cat(out, 1), x), new

    def trust(self, k: Tensor, v: Tensor, memory: Tensor) -> Tensor:
        """min(1, limit / |v - k S|) of pairs k, v: [B, T, H, .] against S: [B, H, K, V] -> [B, T, H]."""
        error = full_precision(v) - torch.einsum("bthk,bhkv->bthv", full_precision(k), full_precision(memory))
        size = error.norm(dim=-1).clamp(min=1e-6)
        trust: Tensor = (F.softplus(self.limit_raw) / size).clamp(max=1.0)
        return trust.to(v.dtype)
