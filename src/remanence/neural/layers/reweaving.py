"""Contextual memory reweaving: the salient tokens of earlier chunks come back by gated cross-attention.

y = inner(x) + sigmoid(g) attend(x, salient tokens so far); with the gate shut it is the inner layer exactly.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from remanence.errors import InvalidInput
from remanence.neural.blocks import Output, per_head, split
from remanence.neural.heads import PairLayer
from remanence.neural.kernels.block_attention import Sight, block_attention
from remanence.neural.layer import State, fitted, layer


@layer("reweaving")
class Reweaving(PairLayer):
    """Keeps the `keep` most salient tokens of every `chunk`, at most `capacity`, beside the layer `inner`."""

    inner: str = "gated_delta_net"
    chunk: int = 16
    keep: int = 4
    capacity: int = 64
    gate: float = -2.0

    def build(self) -> None:
        if not 1 <= self.keep <= self.chunk or self.capacity < self.keep:
            raise InvalidInput(
                f"needs keep={self.keep} between 1 and chunk={self.chunk}, and capacity={self.capacity} >= keep"
            )
        sizes = {"heads": self.heads, "key": self.key, "value": self.value, "conv": self.conv}
        self.layer = fitted(self.inner, self.dim, **sizes)
        key, value = per_head(self.dim, self.heads, self.key), per_head(self.dim, self.heads, self.value)
        self.sizes = [self.heads * key, self.heads * value]
        self.to_q = nn.Linear(self.dim, self.sizes[0], bias=False)
        self.to_kv = nn.Linear(self.dim, sum(self.sizes), bias=False)
        self.salience = nn.Linear(self.dim, 1, bias=False)
        self.gate_raw = nn.Parameter(torch.full((self.dim,), self.gate))
        self.out = Output(self.dim, self.heads, value, gate=False, norm=False)

    def init_state(self, batch: int) -> State:
        none, score = self.zeros(batch, 0, self.dim), self.zeros(batch, 0)
        return {"inner": self.layer.init_state(batch), "kept": none, "score": score, "present": none}

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        y, inner = self.layer(x, state["inner"])
        kept, score, present = (state[n].to(x.dtype) for n in ("kept", "score", "present"))
        out, t = [], 0
        while t < x.shape[1]:
            piece = x[:, t : t + self.chunk - present.shape[1]]
            out.append(self.reweave(piece, kept, score))
            present, t = torch.cat([present, piece], 1), t + piece.shape[1]
            if present.shape[1] == self.chunk:
                learned = self.salience(present)[..., 0]
                best = self.salient(present).topk(self.keep, -1).indices.sort(-1).values
                rows = torch.arange(x.shape[0], device=x.device)[:, None]
                kept = torch.cat([kept, present[rows, best]], 1)[:, -self.capacity :]
                score = torch.cat([score, learned[rows, best]], 1)[:, -self.capacity :]
                present = present[:, :0]
        new = {"inner": inner, "kept": kept, "score": score, "present": present}
        return y + torch.sigmoid(self.gate_raw) * torch.cat(out, 1), new

    def salient(self, present: Tensor) -> Tensor:
        """How much each token of a chunk [B, C, dim] stands out: distance from the mean, and a learned score."""
        odd = (present - present.mean(1, keepdim=True)).norm(dim=-1) / (1e-6 + present.norm(dim=-1))
        learned: Tensor = self.salience(present)[..., 0]
        score: Tensor = odd + torch.tanh(learned)
        return score

    def reweave(self, x: Tensor, kept: Tensor, score: Tensor) -> Tensor:
        """What tokens x: [B, T, dim] read from the kept ones [B, N, dim] of salience [B, N]: [B, T, dim]."""
        q = split(self.to_q(x), self.heads)
        k, v = self.to_kv(kept).split(self.sizes, -1)
        k, v = split(k, self.heads), split(v, self.heads)
        bias = score[:, None, None].expand(-1, 1, x.shape[1], -1)
        o, _ = block_attention(q, k, v, sight=Sight(causal=False, bias=bias))
        y: Tensor = self.out(o, x)
        return y

    def state_size(self, length: int = 0) -> int:
        kept = min(length // self.chunk * self.keep, self.capacity)
        return self.layer.state_size(length) + kept * (self.dim + 1) + length % self.chunk * self.dim
