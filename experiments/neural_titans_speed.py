"""Tokens a second of the Titans memory against the titans-pytorch package, same sizes, same CPU.

Run: OMP_NUM_THREADS=1 python experiments/neural_titans_speed.py [--length 1024] [--chunk 16,64]
Both: width 64, one head, momentum and decay, depth 1 and 2 (expansion 2), no convolution, batch 4.  Theirs
takes its gradients at the weights of the last chunk boundary (batch_size = chunk), as ours does.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable

import torch

from remanence.neural.network import NetworkMemory


def seconds(call: Callable[[], object], repeats: int = 3) -> float:
    best = float("inf")
    for _ in range(repeats):
        began = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - began)
    return best


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--length", type=int, default=1024)
    parser.add_argument("--chunk", default="16,64")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    warnings.simplefilter("ignore")
    from titans_pytorch import NeuralMemory

    x = torch.randn(4, options.length, 64)
    print(f"T={options.length}, width 64, batch 4, one thread; tokens a second")
    for depth in (1, 2):
        for chunk in (int(c) for c in options.chunk.split(",")):
            theirs = NeuralMemory(
                dim=64,
                chunk_size=chunk,
                batch_size=chunk,
                default_model_kwargs={"depth": depth, "expansion_factor": 2.0},
            )
            ours = NetworkMemory(64, heads=1, conv=0, depth=depth, expansion=2, chunk=chunk)

            def train(layer: torch.nn.Module) -> None:
                layer(x)[0].square().mean().backward()

            line = f"depth {depth}, chunk {chunk:3}:"
            for kind in ("forward", "forward and backward"):
                if kind == "forward":
                    with torch.no_grad():
                        their, our = seconds(lambda t=theirs: t(x)), seconds(lambda o=ours: o(x))
                else:
                    their, our = seconds(lambda t=theirs: train(t)), seconds(lambda o=ours: train(o))
                tokens = x.shape[0] * x.shape[1]
                line += f"  {kind} {tokens / our:.0f} against {tokens / their:.0f} ({their / our:.1f} x)"
            print(line, flush=True)


if __name__ == "__main__":
    main()
