"""Mamba-3: a state space that turns as it fades, written by the trapezoid rule from this token and the last one.

h_t = a_t e^{i w_t} (h_{t-1} + (1 - l_t) d_t k_{t-1}^T v_{t-1}) + l_t d_t k_t^T v_t,  o_t = Re(conj(q_t) h_t)

with a_t = exp(-exp(A) d_t) and complex k, q: pairs of channels, turned by the angles summed up so far.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from remanence.neural.blocks import Gate, LogDecay, Norm, Output, split
from remanence.neural.heads import PairLayer, RecurrentMemory
from remanence.neural.kernels.gated_delta import full_precision, gated_delta
from remanence.neural.layer import State, layer


@layer("mamba3")
class Mamba3(PairLayer, RecurrentMemory, conv=0):
    """trapezoid: write the last token again, in part, with this one's step; turning: data-dependent angles.

    Keys and queries are RMS-normalised and have a bias each; no short convolution, which the trapezoid replaces.
    Without both and without turning it is Mamba-2 with such keys.
    """

    trapezoid: bool = True
    turning: bool = True

    def build(self) -> None:
        self.read = self.projections(unit_keys=False)
        heads, key = self.heads, self.read.key
        self.q_norm, self.k_norm = Norm(key), Norm(key)
        self.q_bias, self.k_bias = nn.Parameter(torch.ones(heads, key)), nn.Parameter(torch.ones(heads, key))
        self.log_decay = LogDecay(self.dim, heads)
        self.share = Gate(self.dim, heads) if self.trapezoid else None
        self.to_angle = nn.Linear(self.dim, heads * (key // 2), bias=False) if self.turning and key > 1 else None
        self.out = Output(self.dim, heads, self.read.value)

    def init_state(self, batch: int) -> State:
        heads, key, value = self.heads, self.read.key, self.read.value
        return {
            "memory": self.zeros(batch, heads, key, value),
            "angle": self.zeros(batch, heads, key // 2),
            "last": {"k": self.zeros(batch, heads, key), "v": self.zeros(batch, heads, value)},
            "read": self.read.init_state(batch),
        }

    def remember(self, x: Tensor, state: State) -> tuple[Tensor, Tensor, State]:
        q, k, v, read = self.read(x, state["read"])
        q, k = self.q_norm(q) + self.q_bias, self.k_norm(k) + self.k_bias
        gate, step = self.log_decay(x)
        angle = state["angle"]
        if self.to_angle is not None:
            turns = split(full_precision(step[..., None] * split(self.to_angle(x), self.heads)).flatten(-2), self.heads)
            total = angle[:, None] + turns.cumsum(1)
            q, k, angle = _turned(q, total), _turned(k, total), total[:, -1]
        share = 1.0 if self.share is None else self.share(x)[..., None]
        o, memory = gated_delta(q, k, share * step[..., None] * v, gate=gate, state=state["memory"])
        if self.share is not None:
            before = {
                n: torch.cat([state["last"][n][:, None].to(t.dtype), t[:, :-1]], 1) for n, t in (("k", k), ("v", v))
            }
            again = (1 - self.share(x))[..., None] * (step * gate.exp())[..., None] * before["v"]
            more, added = gated_delta(q, before["k"], again, gate=gate)
            o, memory = o + more, memory + added
        last = {"k": k[:, -1], "v": v[:, -1]}
        return o, q, {"memory": memory, "angle": angle, "last": last, "read": read}

    def answer(self, memory: Tensor, q: Tensor) -> Tensor:
        return torch.einsum("bthk,bhkv->bthv", q.to(memory.dtype), memory)


def _turned(x: Tensor, angle: Tensor) -> Tensor:
    """Turn pairs of channels (n, n + K / 2) of x [B, T, H, K] back by angle [B, T, H, K / 2]."""
    half = angle.shape[-1]
    a, b, rest = x[..., :half], x[..., half : 2 * half], x[..., 2 * half :]
    cos, sin = angle.cos().to(x.dtype), angle.sin().to(x.dtype)
    return torch.cat([a * cos + b * sin, b * cos - a * sin, rest], -1)
