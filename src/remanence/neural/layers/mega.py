"""MEGA and TCNCA: attention inside chunks only; a moving average, or a dilated convolution, carries the rest.

What one chunk knows of earlier ones has come through the average (MEGA) or the convolution (TCNCA).
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from remanence.errors import InvalidInput
from remanence.neural.kernels.block_attention import Blocks, block_attention
from remanence.neural.kernels.scan_conv import causal_conv, scan
from remanence.neural.layer import Layer, State, layer


class MovingAverage(nn.Module):
    """Damped exponential moving average with `order` rates per channel: [B, T, D] -> the same, state [B, D, n]."""

    def __init__(self, dim: int, order: int) -> None:
        super().__init__()
        self.delta, self.alpha = (nn.Parameter(0.2 * torch.randn(dim, order)) for _ in range(2))
        sign = 1.0 - 2.0 * (torch.arange(order) % 2)
        self.beta = nn.Parameter(sign + 0.02 * torch.randn(dim, order))
        self.gamma, self.omega = nn.Parameter(torch.randn(dim, order)), nn.Parameter(torch.randn(dim))

    def forward(self, x: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """x: [B, T, D] -> y: [B, T, D], state: [B, D, n]."""
        p = torch.sigmoid(self.delta)
        h, last = scan(1 - p * torch.sigmoid(self.alpha), p * self.beta * x[..., None], state.to(x.dtype))
        y = (self.gamma * h).sum(-1) / math.sqrt(self.gamma.shape[1]) + self.omega * x
        return F.silu(y), last


class DilatedConvolution(nn.Module):
    """Causal convolutions of `taps` taps, each `taps` times as far apart as the one before, with residuals."""

    def __init__(self, dim: int, taps: int, depth: int) -> None:
        super().__init__()
        self.size, self.depth, self.dim = taps, depth, dim
        self.taps = nn.Parameter(torch.randn(depth, dim, taps) / math.sqrt(taps))

    def reach(self) -> int:
        """The receptive field in tokens, the present one included."""
        return int(self.size**self.depth)

    def spread(self, n: int) -> Tensor:
        """The taps of layer n with zeros between: [dim, (taps - 1) * taps^n + 1]."""
        step = self.size**n
        taps = F.pad(self.taps[n][..., None], (0, step - 1)).flatten(-2)
        return taps[:, : (self.size - 1) * step + 1]

    def forward(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """x: [B, T, D] -> y: [B, T, D], state {"n": [B, (taps - 1) * taps^n, D]}."""
        new = {}
        for n in range(self.depth):
            y, new[str(n)] = causal_conv(x, self.spread(n), state[str(n)].to(x.dtype))
            x = x + F.silu(y)
        return x, new


class ChunkedGatedAttention(Layer):
    """One head of gated attention inside chunks of `chunk` tokens over `smooth(x)` (MEGA's unit).

    chunk: tokens that attend to each other, never across the boundary. `plain` drops the multiplicative gates.
    """

    key: int | None = None
    chunk: int = 16
    plain: bool = False

    def build(self) -> None:
        self.width = self.dim if self.key is None else self.key
        self.to_z, self.to_v = nn.Linear(self.dim, self.width), nn.Linear(self.dim, self.dim)
        self.gain = nn.Parameter(1 + 0.02 * torch.randn(2, self.width))
        self.shift = nn.Parameter(torch.zeros(2, self.width))
        self.to_gates, self.to_out = nn.Linear(self.dim, 3 * self.dim), nn.Linear(self.dim, self.dim, bias=False)

    def smooth(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """What carries context across chunks."""
        raise NotImplementedError

    def init_cache(self, batch: int) -> State:
        """The keys and values of the unfinished chunk, none yet."""
        return {"k": self.zeros(batch, 0, 1, self.width), "v": self.zeros(batch, 0, 1, self.dim)}

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        m, carry = self.smooth(x, state["carry"])
        z = F.silu(self.to_z(m))
        q, k = (self.gain[:, None, None] * z + self.shift[:, None, None])[..., None, :]
        v = F.silu(self.to_v(x))[..., None, :]
        held = state["cache"]["k"].shape[1]
        own = torch.arange(held, held + x.shape[1], device=x.device) // self.chunk
        index = own[:, None, None].expand(x.shape[0], -1, 1, 1)
        o, cache = block_attention(q, k, v, state=state["cache"], blocks=Blocks(index, self.chunk))
        done = (held + x.shape[1]) // self.chunk * self.chunk
        cache = {n: part[:, done:] for n, part in cache.items()}
        reset, update, seen = self.to_gates(m).chunk(3, -1)
        if self.plain:
            return self.to_out(o[:, :, 0]) + m, {"carry": carry, "cache": cache}
        h = F.silu(seen + self.to_out(o[:, :, 0] * F.silu(reset)))
        return torch.sigmoid(update) * (h - x), {"carry": carry, "cache": cache}

    def state_size(self, length: int = 0) -> int:
        return super().state_size() + length % self.chunk * (self.width + self.dim)


@layer("mega")
class Mega(ChunkedGatedAttention):
    """`order` averages per channel carry the past into chunks of `chunk` tokens."""

    order: int = 4

    def build(self) -> None:
        super().build()
        self.average = MovingAverage(self.dim, self.order)

    def smooth(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """The moving average."""
        y, average = self.average(x, state["average"])
        return y, {"average": average}

    def init_state(self, batch: int) -> State:
        return {"carry": {"average": self.zeros(batch, *self.average.beta.shape)}, "cache": self.init_cache(batch)}


@layer("tcnca")
class TCNCA(ChunkedGatedAttention):
    """Convolutions of `taps` taps, `depth` deep: they reach taps ** depth tokens back, the present one included."""

    taps: int = 4
    depth: int = 3

    def build(self) -> None:
        if self.taps < 2:
            raise InvalidInput(f"taps is at least 2, got {self.taps}")
        super().build()
        self.convolution = DilatedConvolution(self.dim, self.taps, self.depth)

    def smooth(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """The dilated convolutions."""
        y, carry = self.convolution(x, state)
        return y, carry

    def init_state(self, batch: int) -> State:
        taps = self.convolution.size
        carry = {str(n): self.zeros(batch, (taps - 1) * taps**n, self.dim) for n in range(self.convolution.depth)}
        return {"carry": carry, "cache": self.init_cache(batch)}
