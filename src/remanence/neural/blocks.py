"""Pieces that layers are put together from: heads, short convolution, gates, output, positions."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from remanence.errors import InvalidInput
from remanence.neural.kernels.scan_conv import causal_conv
from remanence.neural.layer import Layer, State


def unit(x: Tensor) -> Tensor:
    """Scale the last axis to length one."""
    return F.normalize(x, dim=-1)


def split(x: Tensor, heads: int) -> Tensor:
    """Cut the last axis into heads: [B, T, H * K] -> [B, T, H, K]."""
    return x.reshape(*x.shape[:-1], heads, x.shape[-1] // heads)


def per_head(dim: int, heads: int, size: int | None) -> int:
    """Give the floats per head: `size`, or `dim / heads` when it is None."""
    if size is not None:
        return size
    if dim % heads:
        raise InvalidInput(f"dim={dim} cannot be cut into heads={heads}; use a divisor, or give key=, value=")
    return dim // heads


def rotary(x: Tensor, start: Tensor, base: float = 10000.0) -> Tensor:
    """Turn pairs of channels by their position (RoPE); x: [B, T, H, K], start: [B] first position."""
    half = x.shape[-1] // 2
    exact = torch.float64 if x.dtype == torch.float64 else torch.float32  # bf16 cannot tell place 4000 from 4001
    rates = base ** (-torch.arange(half, device=x.device, dtype=exact) / max(half, 1))
    position = start[:, None] + torch.arange(x.shape[1], device=x.device)
    angle = (position[..., None].to(exact) * rates)[:, :, None]  # [B, T, 1, half]
    a, b, rest = x[..., :half].to(exact), x[..., half : 2 * half].to(exact), x[..., 2 * half :]
    cos, sin = angle.cos(), angle.sin()
    turned = torch.cat([a * cos - b * sin, a * sin + b * cos], -1).to(x.dtype)
    return torch.cat([turned, rest], -1)


class Norm(nn.RMSNorm):
    """RMS norm that computes in the precision of its gain, whatever comes in, and gives back what came."""

    def __init__(self, width: int) -> None:
        super().__init__(width, eps=1e-6)

    def forward(self, x: Tensor) -> Tensor:
        """x: [..., width] -> the same shape and type."""
        return super().forward(x.to(self.weight.dtype)).to(x.dtype)


class ShortConv(nn.Module):
    """Depthwise causal convolution over the last `size` tokens, then SiLU; state: [B, size - 1, width]."""

    def __init__(self, width: int, size: int = 4) -> None:
        super().__init__()
        self.width, self.size = width, size
        bound = 1 / math.sqrt(size)
        self.taps = nn.Parameter(torch.empty(width, size).uniform_(-bound, bound))

    def forward(self, x: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
        """x: [B, T, width] -> the same shape."""
        y, past = causal_conv(x, self.taps, past)
        return F.silu(y), past


class Projections(nn.Module):
    """Queries, keys and values in heads, each after an optional short convolution; q, k of unit length.

    `forward(x: [B, T, dim], state)` gives q, k: [B, T, H, K], v: [B, T, H, V] and the new state.
    `conv=0` leaves the convolution out; `unit_keys=False` the normalisation.
    """

    def __init__(
        self,
        dim: int,
        heads: int,
        key: int | None = None,
        value: int | None = None,
        *,
        conv: int = 4,
        unit_keys: bool = True,
    ) -> None:
        super().__init__()
        self.heads, self.key, self.value = heads, per_head(dim, heads, key), per_head(dim, heads, value)
        self.unit_keys = unit_keys
        self.sizes = [heads * self.key, heads * self.key, heads * self.value]
        self.to_qkv = nn.Linear(dim, sum(self.sizes), bias=False)
        self.conv = ShortConv(sum(self.sizes), conv) if conv > 0 else None

    def start_alike(self) -> None:
        """Let keys begin as queries do."""
        begin_alike(self.to_qkv, self.conv, self.sizes)

    def init_state(self, batch: int) -> State:
        """The tokens that the convolution still sees: [B, conv - 1, H * (2 K + V)]."""
        past = 0 if self.conv is None else self.conv.size - 1
        return {"past": self.to_qkv.weight.new_zeros(batch, past, sum(self.sizes))}

    def forward(self, x: Tensor, state: State) -> tuple[Tensor, Tensor, Tensor, State]:
        """x: [B, T, dim] -> q, k: [B, T, H, K], v: [B, T, H, V], state."""
        mixed = self.to_qkv(x)
        if self.conv is not None:
            mixed, past = self.conv(mixed, state["past"])
            state = {"past": past}
        q, k, v = (split(part, self.heads) for part in mixed.split(self.sizes, -1))
        if self.unit_keys:
            q, k = unit(q), unit(k)
        return q, k, v, state


def start_alike(module: nn.Module) -> nn.Module:
    """Let the keys of the layers in `module` begin as their queries do, and return it; for fresh, untrained layers.

    A question then finds its fact from the first step; with the usual random start they must meet first. Layers
    without queries and keys (recurrent ones, slots, convolutions) stay as they are; mixtures begin so anyway.
    """
    for part in module.modules():
        if isinstance(part, Projections | Layer):
            part.start_alike()
    return module


def begin_alike(to_qkv: nn.Linear, conv: ShortConv | None, sizes: list[int], copies: int = 1) -> None:
    """Let keys begin as queries do, and each of `copies` keys and values as the first; `sizes` of q, k and v."""
    for weights in (to_qkv.weight, *(() if conv is None else (conv.taps,))):
        q, k, v = weights.detach().split(sizes)
        k.copy_(q.repeat(copies, 1))
        v.copy_(v[: len(v) // copies].repeat(copies, 1))


def undecided(router: nn.Linear, scale: float = 0.1) -> nn.Linear:
    """The router with its starting weights times `scale`."""
    with torch.no_grad():
        router.weight *= scale
    return router


class Gate(nn.Module):
    """A number between `low` and `high` per token and head, read from the token: [B, T, dim] -> [B, T, H]."""

    def __init__(self, dim: int, heads: int, *, bias: float = 0.0, low: float = 0.0, high: float = 1.0) -> None:
        super().__init__()
        self.low, self.high = low, high
        self.to_gate = nn.Linear(dim, heads)
        nn.init.constant_(self.to_gate.bias, bias)

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, T, dim] -> [B, T, H]."""
        return self.low + (self.high - self.low) * torch.sigmoid(self.to_gate(x))


class LogDecay(nn.Module):
    """Data-dependent decay of Mamba-2 and gated DeltaNet: log a = -exp(A) softplus(W x + dt)."""

    def __init__(self, dim: int, heads: int) -> None:
        super().__init__()
        self.to_step = nn.Linear(dim, heads, bias=False)
        # A from 1 to 16 by equal ratios; drawn at random, one or two heads may all forget within a few tokens
        self.rate_log = nn.Parameter(torch.linspace(0, math.log(16), heads))
        step = torch.exp(torch.empty(heads).uniform_(math.log(1e-3), math.log(0.1))).clamp(min=1e-4)
        self.step_bias = nn.Parameter(step + torch.log(-torch.expm1(-step)))  # inverse of softplus

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """x: [B, T, dim] -> log decay [B, T, H] and the step size dt [B, T, H]."""
        step = F.softplus(self.to_step(x) + self.step_bias)
        return -self.rate_log.exp() * step, step


class Output(nn.Module):
    """Heads back to tokens: RMS norm per head, SiLU gate from the token, projection."""

    def __init__(self, dim: int, heads: int, value: int, *, gate: bool = True, norm: bool = True) -> None:
        super().__init__()
        self.norm = Norm(value) if norm else None
        self.to_gate = nn.Linear(dim, heads * value) if gate else None
        if self.to_gate is not None:  # starts open: a gate around zero would shut out the gradient as well
            nn.init.normal_(self.to_gate.weight, std=0.02)
            nn.init.constant_(self.to_gate.bias, 1.28)
        self.to_out = nn.Linear(heads * value, dim, bias=False)

    def forward(self, o: Tensor, x: Tensor) -> Tensor:
        """o: [B, T, H, V] read from memory, x: [B, T, dim] the tokens -> [B, T, dim]."""
        o = o.to(x.dtype)
        if self.norm is not None:
            o = self.norm(o)
        o = o.flatten(-2)
        if self.to_gate is not None:
            o = o * F.silu(self.to_gate(x))
        y: Tensor = self.to_out(o)
        return y
