"""Matrix memories in one class: linear attention, RetNet, GLA, Mamba-2, DeltaNet, gated DeltaNet by knobs.

The layer files are presets of this class; the recurrence is in `kernels/gated_delta.py`.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from remanence.errors import InvalidInput
from remanence.neural.blocks import Gate, LogDecay, Output, rotary, split
from remanence.neural.heads import PairLayer, RecurrentMemory
from remanence.neural.kernels.gated_delta import gated_delta
from remanence.neural.layer import State

DECAYS = ("none", "fixed", "scalar", "channel", "steps")


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


class ChannelSteps(nn.Module):
    """Gate of Kimi Delta Attention: log a = -exp(A) softplus(low-rank(x) + dt), per key channel: [B, T, H, K]."""

    def __init__(self, dim: int, heads: int, key: int, rank: int = 16) -> None:
        super().__init__()
        self.heads = heads
        self.down, self.up = nn.Linear(dim, rank, bias=False), nn.Linear(rank, heads * key, bias=False)
        self.rate_log = nn.Parameter(torch.linspace(0, math.log(16), heads)[:, None])
        step = torch.exp(torch.empty(heads * key).uniform_(math.log(1e-3), math.log(0.1))).clamp(min=1e-4)
        self.step_bias = nn.Parameter(step + torch.log(-torch.expm1(-step)))  # inverse of softplus

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, T, dim] -> log decay [B, T, H, K] <= 0."""
        step = split(F.softplus(self.up(self.down(x)) + self.step_bias), self.heads)
        return -self.rate_log.exp() * step


class MatrixMemory(PairLayer, RecurrentMemory):
    """`heads` matrices of `key x value` floats, written by a sum or by the delta rule, with a choice of decay.

    delta: overwrite what the key holds instead of adding, gently at first (write strength 0.27), since keys
    that are not trained yet overlap and full writes would wipe each other. negative: let it reach 2, from 0.54.
    decay: none, fixed (RetNet's 1 - 2^(-5 - h)), scalar (Mamba-2's, data-dependent), channel (GLA's), steps (Kimi's).
    split_gates: erase per key channel and write per value channel, each with a gate of its own (Gated DeltaNet-2).
    closed_loop: erase less than is written, and take a share of the key off the query (Comba).
    stepped: scale the values by Mamba-2's step size. turned: rotary positions on q and k.
    """

    delta: bool = False
    decay: str = "none"
    unit_keys: bool = True
    negative: bool = False
    stepped: bool = False
    turned: bool = False
    split_gates: bool = False
    closed_loop: bool = False
    output_gate: bool = True
    chunk: int = 32

    def build(self) -> None:
        if self.decay not in DECAYS:
            raise InvalidInput(f"decay is one of {', '.join(DECAYS)}; got {self.decay!r}")
        if self.stepped and self.decay != "scalar":
            raise InvalidInput("stepped=True uses the step of decay='scalar'; give both")
        self.read = self.projections(unit_keys=self.unit_keys)
        heads, high = self.heads, 2.0 if self.negative else 1.0
        if ((self.split_gates or self.closed_loop) and not self.delta) or (self.split_gates and self.closed_loop):
            raise InvalidInput("split_gates and closed_loop are two kinds of delta=True; give one of them with it")
        self.beta = Gate(self.dim, heads, bias=-1.0, high=high) if self.delta and not self.split_gates else None
        if self.split_gates:
            self.to_erase = Gate(self.dim, heads * self.read.key, bias=-1.0, high=high)
            self.to_write = Gate(self.dim, heads * self.read.value, bias=-1.0)
        if self.closed_loop:
            self.erase_raw, self.loop_raw = nn.Parameter(torch.zeros(heads)), nn.Parameter(torch.full((heads,), -4.0))
        self.log_decay = LogDecay(self.dim, heads) if self.decay == "scalar" else None
        channels = {"channel": ChannelDecay, "steps": ChannelSteps}.get(self.decay)
        self.channel_decay = None if channels is None else channels(self.dim, heads, self.read.key)
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
        beta, erase = None if self.beta is None else self.beta(x), None
        if self.split_gates:
            erase, v = split(self.to_erase(x), self.heads) * k, split(self.to_write(x), self.heads) * v
        elif self.closed_loop and beta is not None:
            erase, v = (torch.sigmoid(self.erase_raw) * beta)[..., None] * k, beta[..., None] * v
            q, beta = q - torch.sigmoid(self.loop_raw)[:, None] * k, None
        memory, chunk = state["memory"], self.chunk
        o, new["memory"] = gated_delta(q, k, v, beta=beta, gate=gate, erase=erase, state=memory, chunk=chunk)
        return o, q, new

    def answer(self, memory: Tensor, q: Tensor) -> Tensor:
        return torch.einsum("bthk,bhkv->bthv", q.to(memory.dtype), memory)
