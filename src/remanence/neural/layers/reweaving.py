"""Contextual memory reweaving: the salient tokens of earlier chunks come back by gated cross-attention.

y = inner(x) + sigmoid(g) attend(x, salient tokens so far); with the gate shut it is the inner layer exactly.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from remanence.errors import InvalidInput
from remanence.neural.blocks import Output, per_head, split
from remanence.neural.kernels.block_attention import block_attention
from remanence.neural.layer import Layer, State, layer, make


@layer(
    "reweaving",
    ledger="S039",
    paper="Contextual Memory Reweaving in Large Language Models Using Layered Latent State Reconstruction (2025)",
    architecture="list of salient tokens round any layer",
    bias="kernel regression of order 0",
    retention="first in, first out",
    learner="append",
    schedule="chunk",
    routing="salience",
    growth="a few tokens a chunk, bounded",
    fusion="gated sum",
    faithful="mechanism",
    notes="The paper gives no equations; this is the smallest reading of its abstract. Salience is the distance "
    "from the chunk's mean plus a learned score, which also biases the attention.",
)
class Reweaving(Layer):
    """Keeps the `keep` most salient tokens of every `chunk`, at most `capacity`, beside the layer `inner`."""

    def __init__(
        self,
        dim: int,
        *,
        inner: str = "gated_delta_net",
        heads: int = 4,
        key: int | None = None,
        value: int | None = None,
        conv: int = 4,
        chunk: int = 16,
        keep: int = 4,
        capacity: int = 64,
        gate: float = -2.0,
    ) -> None:
        super().__init__(dim)
        if not 1 <= keep <= chunk or capacity < keep:
            raise InvalidInput(f"needs keep={keep} between 1 and chunk={chunk}, and capacity={capacity} >= keep")
        self.inner = make(inner, dim, heads=heads, key=key, value=value, conv=conv)
        self.heads, self.key, self.value = heads, per_head(dim, heads, key), per_head(dim, heads, value)
        self.to_q = nn.Linear(dim, heads * self.key, bias=False)
        self.to_kv = nn.Linear(dim, heads * (self.key + self.value), bias=False)
        self.salience = nn.Linear(dim, 1, bias=False)
        self.gate = nn.Parameter(torch.full((dim,), gate))
        self.out = Output(dim, heads, self.value, gate=False, norm=False)
        self.chunk, self.keep, self.capacity = chunk, keep, capacity

    def init_state(self, batch: int) -> State:
        none, score = self.zeros(batch, 0, self.dim), self.zeros(batch, 0)
        return {"inner": self.inner.init_state(batch), "kept": none, "score": score, "present": none}

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        y, inner = self.inner(x, state["inner"])
        kept, score, present = (state[n].to(x.dtype) for n in ("kept", "score", "present"))
        out, t = [], 0
        while t < x.shape[1]:
            piece = x[:, t : t + self.chunk - present.shape[1]]
            out.append(self.reweave(piece, kept, score))
            present, t = torch.cat([present, piece], 1), t + piece.shape[1]
            if present.shape[1] == self.chunk:
                learned = self.salience(present)[..., 0]
                odd = (present - present.mean(1, keepdim=True)).norm(dim=-1) / (1e-6 + present.norm(dim=-1))
                best = (odd + torch.tanh(learned)).topk(self.keep, -1).indices.sort(-1).values
                rows = torch.arange(x.shape[0], device=x.device)[:, None]
                kept = torch.cat([kept, present[rows, best]], 1)[:, -self.capacity :]
                score = torch.cat([score, learned[rows, best]], 1)[:, -self.capacity :]
                present = present[:, :0]
        new = {"inner": inner, "kept": kept, "score": score, "present": present}
        return y + torch.sigmoid(self.gate) * torch.cat(out, 1), new

    def reweave(self, x: Tensor, kept: Tensor, score: Tensor) -> Tensor:
        """What tokens x: [B, T, dim] read from the kept ones [B, N, dim] of salience [B, N]: [B, T, dim]."""
        q = split(self.to_q(x), self.heads)
        k, v = self.to_kv(kept).split([self.heads * self.key, self.heads * self.value], -1)
        k, v = split(k, self.heads), split(v, self.heads)
        bias = score[:, None, None].expand(-1, 1, x.shape[1], -1)
        o, _ = block_attention(q, k, v, causal=False, bias=bias)
        y: Tensor = self.out(o, x)
        return y

    def state_size(self, length: int = 0) -> int:
        kept = min(length // self.chunk * self.keep, self.capacity)
        return self.inner.state_size(length) + kept * (self.dim + 1) + length % self.chunk * self.dim
