"""Speed of the five kernels: fast form against naive loop, and how time grows with length.

Run: OMP_NUM_THREADS=1 python experiments/neural_kernels.py [--length 2048] [--width 64]
Prints, per kernel, milliseconds of the naive loop and the fast form at the full length (best of 3, forward
pass, one sequence, one head, one thread), their ratio, and the exponent of the fast form's time in T: from
T to 4 T for attention and local regression, which are quadratic; from 4 T to 16 T for the others, where fixed
costs no longer show.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from remanence.neural.kernels.block_attention import Blocks, Sight, block_attention, block_attention_naive
from remanence.neural.kernels.gated_delta import gated_delta, gated_delta_naive
from remanence.neural.kernels.inner_gradient import Gates, Rule, inner_gradient, inner_gradient_naive, inner_state
from remanence.neural.kernels.regression import (
    kernel_regression,
    kernel_regression_naive,
    ridge_regression,
    ridge_regression_naive,
)
from remanence.neural.kernels.scan_conv import causal_conv, causal_conv_naive, scan, scan_naive

QUADRATIC = {"block_attention: causal", "block_attention: 2 blocks of 64", "regression: order 1"}
Form = Callable[[int], Callable[[], Any]]


def qkv(length: int, width: int) -> tuple[Tensor, Tensor, Tensor]:
    q, k, v = (torch.randn(1, length, 1, width) for _ in range(3))
    return F.normalize(q, dim=-1), F.normalize(k, dim=-1), v


def gated(f: Callable[..., Any], width: int, beta: bool, gate: str) -> Form:
    def at(length: int) -> Callable[[], Any]:
        q, k, v = qkv(length, width)
        b = torch.rand(1, length, 1) if beta else None
        shape = (1, length, 1, width) if gate == "channel" else (1, length, 1)
        g = -0.1 * torch.rand(shape) if gate else None
        return lambda: f(q, k, v, beta=b, gate=g)

    return at


def plain(f: Callable[..., Any], width: int, **knobs: Any) -> Form:
    def at(length: int) -> Callable[[], Any]:
        q, k, v = qkv(length, width)
        own = dict(knobs)
        if own.pop("blocks", False):
            own["blocks"] = Blocks(torch.randint(0, max(1, length // 64), (1, length, 1, 2)))
        if own.pop("decayed", False):
            own["gate"] = -0.1 * torch.rand(1, length, 1)
        return lambda: f(q, k, v, **own)

    return at


def inner(f: Callable[..., Any], width: int, deep: bool) -> Form:
    def matrix(linear: Any, x: Tensor) -> Tensor:
        y: Tensor = linear("w", x)
        return y

    def mlp(linear: Any, x: Tensor) -> Tensor:
        return x + F.layer_norm(linear("down", F.gelu(linear("up", x))), (width,))

    def at(length: int) -> Callable[[], Any]:
        q, k, v = qkv(length, width)
        rate, fade, drop = (0.1 * torch.rand(1, length, 1) for _ in range(3))
        shapes = {"up": (width, 4 * width), "down": (4 * width, width)} if deep else {"w": (width, width)}
        start = {name: 0.05 * torch.randn(1, 1, *shape) for name, shape in shapes.items()}
        state = inner_state(start, momentum=True, chunk=64)
        net = mlp if deep else matrix
        return lambda: f(net, state, q, k, v, Gates(rate, momentum=fade, decay=drop), Rule(chunk=64))

    return at


def over_time(f: Callable[..., Any], width: int, taps: int) -> Form:
    def at(length: int) -> Callable[[], Any]:
        x = torch.randn(1, length, width)
        second = torch.randn(width, taps) if taps else torch.rand(1, length, width)
        return (lambda: f(x, second)) if taps else (lambda: f(second, x))

    return at


def pairs(width: int) -> dict[str, tuple[Form, Form]]:
    return {
        "gated_delta: Hebb": (gated(gated_delta_naive, width, False, ""), gated(gated_delta, width, False, "")),
        "gated_delta: Hebb, scalar gate": (
            gated(gated_delta_naive, width, False, "scalar"),
            gated(gated_delta, width, False, "scalar"),
        ),
        "gated_delta: Hebb, channel gate": (
            gated(gated_delta_naive, width, False, "channel"),
            gated(gated_delta, width, False, "channel"),
        ),
        "gated_delta: delta": (gated(gated_delta_naive, width, True, ""), gated(gated_delta, width, True, "")),
        "gated_delta: delta, scalar gate": (
            gated(gated_delta_naive, width, True, "scalar"),
            gated(gated_delta, width, True, "scalar"),
        ),
        "gated_delta: delta, channel gate": (
            gated(gated_delta_naive, width, True, "channel"),
            gated(gated_delta, width, True, "channel"),
        ),
        "block_attention: causal": (plain(block_attention_naive, width), plain(block_attention, width)),
        "block_attention: window 64": (
            plain(block_attention_naive, width, sight=Sight(window=64)),
            plain(block_attention, width, sight=Sight(window=64)),
        ),
        "block_attention: 2 blocks of 64": (
            plain(block_attention_naive, width, blocks=True),
            plain(block_attention, width, blocks=True),
        ),
        "inner_gradient: matrix, chunk 64": (
            inner(inner_gradient_naive, width, False),
            inner(inner_gradient, width, False),
        ),
        "inner_gradient: MLP x4, chunk 64": (
            inner(inner_gradient_naive, width, True),
            inner(inner_gradient, width, True),
        ),
        "regression: order 1": (
            plain(kernel_regression_naive, width, scale=1.0),
            plain(kernel_regression, width, scale=1.0),
        ),
        "regression: ridge": (plain(ridge_regression_naive, width), plain(ridge_regression, width)),
        "regression: ridge, gated": (
            plain(ridge_regression_naive, width, decayed=True),
            plain(ridge_regression, width, decayed=True),
        ),
        "scan_conv: scan": (over_time(scan_naive, width, 0), over_time(scan, width, 0)),
        "scan_conv: 4 taps": (over_time(causal_conv_naive, width, 4), over_time(causal_conv, width, 4)),
        "scan_conv: 256 taps": (over_time(causal_conv_naive, width, 256), over_time(causal_conv, width, 256)),
    }


def seconds(call: Callable[[], Any], repeats: int) -> float:
    best = math.inf
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
    return best


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--length", type=int, default=2048)
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    print(f"T={options.length}, d={options.width} a head, one thread, torch {torch.__version__}")
    print(f"{'kernel':36} {'naive ms':>9} {'fast ms':>9} {'ratio':>6} {'exponent':>9}")
    with torch.no_grad():
        for name, (naive, fast) in pairs(options.width).items():
            seconds(fast(options.length), 1)
            slow = seconds(naive(options.length), min(2, options.repeats))
            quick = seconds(fast(options.length), options.repeats)
            quadratic = name in QUADRATIC
            near = quick if quadratic else seconds(fast(4 * options.length), options.repeats)
            far = seconds(fast((4 if quadratic else 16) * options.length), options.repeats)
            exponent = math.log(far / near) / math.log(4)
            print(f"{name:36} {1e3 * slow:9.1f} {1e3 * quick:9.2f} {slow / quick:6.1f} {exponent:9.2f}")


if __name__ == "__main__":
    main()
