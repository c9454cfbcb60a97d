"""Causal scan and convolution: first-order recurrences and depthwise filters over time.

Scan: h_t = a_t h_{t-1} + b_t, elementwise.
Convolution: y_t = sum_l taps_l x_{t-l}, a filter of its own for every channel.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from remanence.errors import InvalidInput


def scan_naive(a: Tensor, b: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """h_t = a_t h_{t-1} + b_t, one step at a time: the definition. a, b: [B, T, ...], state: [B, ...]."""
    h = torch.zeros_like(b[:, :1]).sum(1) if state is None else state
    out = []
    for t in range(b.shape[1]):
        h = a[:, t] * h + b[:, t]
        out.append(h)
    return (torch.stack(out, 1) if out else torch.zeros_like(b)), h


def scan(a: Tensor, b: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """h_t = a_t h_{t-1} + b_t for all t: a, b: [B, T, ...], state: [B, ...] -> h: [B, T, ...], last h.

    About 2 sqrt(T) vectorised steps: all blocks of sqrt(T) tokens run side by side from zero, then the carry
    goes from block to block. Linear work in T; exact for a = 0.
    """
    a = a.expand_as(b)
    first = b.new_zeros(b.shape[:1] + b.shape[2:]) if state is None else state
    time = b.shape[1]
    if time == 0:
        return b, first
    block = max(1, math.isqrt(time))
    pad = -time % block
    if pad:
        a = torch.cat([a, a.new_ones(a.shape[0], pad, *a.shape[2:])], 1)
        b = torch.cat([b, b.new_zeros(b.shape[0], pad, *b.shape[2:])], 1)
    blocks = (b.shape[0], b.shape[1] // block, block, *b.shape[2:])
    a, b = a.reshape(blocks), b.reshape(blocks)
    h, decay = b[:, :, 0], a[:, :, 0]
    inside, decays = [h], [decay]
    for i in range(1, block):
        h = a[:, :, i] * h + b[:, :, i]
        decay = a[:, :, i] * decay
        inside.append(h)
        decays.append(decay)
    carry, carries = first, []
    for n in range(b.shape[1]):
        carries.append(carry)
        carry = decay[:, n] * carry + h[:, n]
    full = torch.stack(inside, 2) + torch.stack(decays, 2) * torch.stack(carries, 1)[:, :, None]
    return full.flatten(1, 2)[:, :time], carry


def causal_conv_naive(x: Tensor, taps: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """y_t = sum_l taps[:, -1 - l] x_{t-l}, one step at a time: the definition. Shapes as `causal_conv`."""
    past = x.new_zeros(x.shape[0], taps.shape[1] - 1, x.shape[2]) if state is None else state
    out = []
    for t in range(x.shape[1]):
        window = torch.cat([past, x[:, t : t + 1]], 1)
        out.append((window * taps.T).sum(1))
        past = window[:, 1:]
    return (torch.stack(out, 1) if out else torch.zeros_like(x)), past


def causal_conv(x: Tensor, taps: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Filter each channel by its own causal taps: x: [B, T, D], taps: [D, L] -> y: [B, T, D], last inputs.

    `taps[:, -1]` weighs the present token; state: [B, L - 1, D].
    Up to 64 taps run directly, longer filters through the Fourier transform, O(T log T).
    """
    width, length = taps.shape
    if x.dim() != 3 or x.shape[2] != width:
        raise InvalidInput(
            f"causal_conv: x must be [batch, time, {width}] for taps {list(taps.shape)}, got {list(x.shape)}"
        )
    past = x.new_zeros(x.shape[0], length - 1, width) if state is None else state.to(x.dtype)
    if x.shape[1] == 0:
        return x, past
    long = torch.cat([past, x], 1)
    if length <= 64:
        y = F.conv1d(long.transpose(1, 2), taps[:, None].to(x.dtype), groups=width).transpose(1, 2)
    else:
        size = 1 << (long.shape[1] + length - 2).bit_length()
        spectrum = torch.fft.rfft(long, size, 1) * torch.fft.rfft(taps.flip(1).T, size, 0)
        y = torch.fft.irfft(spectrum, size, 1)[:, length - 1 : length - 1 + x.shape[1]]
    return y, long[:, long.shape[1] - (length - 1) :]
