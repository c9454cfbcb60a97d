"""Matrix memories in one class: linear attention, RetNet, GLA, Mamba-2, DeltaNet, gated DeltaNet by knobs.

The layer files are presets of this class; the recurrence is in `kernels/gated_delta.py`.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from remanence.errors import InvalidInput
from remanence.neural.blocks import Gate, LogDecay, Output, rotary
from remanence.neural.heads import PairLayer, RecurrentMemory
from remanence.neural.kernels.gated_delta import gated_delta
from remanence.neural.layer import State

DECAYS = ("none", "fixed", "scalar", "channel")


class ChannelDecay(nn.Module):
    """Gate of GLA: log a = logsigmoid(low-rank(x)) / 16, per key channel: [B, T, dim] -> [B, T, H, K]."""

    def __init__(self, dim: int, heads: int, key: int, rank: int = 16) -> None:
        super().__init__()
        self.heads = heads
        self.down, self.up = nn.Linear(dim, rank, bias=False), nn.Linear(rank, heads * key)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, T, dim] -> log decay [B, T, H, K] <= 0."""
        log: Tensor = F.logsigmoid(self.up(self.down(x))) / 16
        return log.reshape(*log.shape[:-1], self.heads, log.shape[-1] // self.heads)


class MatrixMemory(PairLayer, RecurrentMemory):
    """`heads` matrices of `key x value` floats, written by a sum or by the delta rule, with a choice of decay.

    delta: overwrite what the key holds instead of adding, gently at first (write strength 0.27), since keys
    that are not trained yet overlap and full writes would wipe each other. negative: let it reach 2.
    decay: none, fixed (RetNet's 1 - 2^(-5 - h)), scalar (Mamba-2's, data-dependent), channel (GLA's).
    stepped: scale the values by Mamba-2's step size. turned: rotary positions on q and k.
    """

    delta: bool = False
    decay: str = "none"
    unit_keys: bool = True
    negative: bool = False
    stepped: bool = False
    turned: bool = False
    output_gate: bool = True
    chunk: int = 32

    def build(self) -> None:
        if self.decay not in DECAYS:
            raise InvalidInput(f"decay is one of {', '.join(DECAYS)}; got {self.decay!r}")
        if self.stepped and self.decay != "scalar":
            raise InvalidInput("stepped=True uses the step of decay='scalar'; give both")
        self.read = self.projections(unit_keys=self.unit_keys)
        heads, high = self.heads, 2.0 if self.negative else 1.0
        self.beta = Gate(self.dim, heads, bias=-1.0, high=high) if self.delta else None
        self.log_decay = LogDecay(self.dim, heads) if self.decay == "scalar" else None
        self.channel_decay = ChannelDecay(self.dim, heads, self.read.key) if self.decay == "channel" else None
        self.register_buffer("fixed_decay", torch.log1p(-(2.0 ** -(5 + torch.arange(heads)))), persistent=False)
        self.out = Output(self.dim, heads, self.read.value, gate=self.output_gate)

    def init_state(self, batch: int) -> State:
        memory = self.zeros(batch, self.read.heads, self.read.key, self.read.value)
        state = {"memory": memory, "read": self.read.init_state(batch)}
        if self.turned:
            state["place"] = self.clock(batch)
        return state

    def remember(self, x: Tensor, state: State) -> tuple[Tensor, Tensor, State]:
        q, k, v, read = self.read(x, state["read"])
        new: State = {"read": read}
        if self.turned:
            q, k = rotary(q, state["place"]), rotary(k, state["place"])
            new["place"] = state["place"] + x.shape[1]
        gate: Tensor | None = None
        if self.log_decay is not None:
            gate, step = self.log_decay(x)
            v = step[..., None] * v if self.stepped else v
        elif self.channel_decay is not None:
            gate = self.channel_decay(x)
        elif self.decay == "fixed":
            gate = self.get_buffer("fixed_decay").to(q.dtype).expand(q.shape[:3])
        beta = None if self.beta is None else self.beta(x)
        o, new["memory"] = gated_delta(q, k, v, beta=beta, gate=gate, state=state["memory"], chunk=self.chunk)
        return o, q, new

    def answer(self, memory: Tensor, q: Tensor) -> Tensor:
        return torch.einsum("bthk,bhkv->bthv", q.to(memory.dtype), memory)
