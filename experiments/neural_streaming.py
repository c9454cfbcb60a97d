"""Memory and time of streaming: bytes of state and microseconds a token after ever more tokens.

Run: OMP_NUM_THREADS=1 python experiments/neural_streaming.py [--layers delta_net,titans] [--lengths 256,1024,4096]
For every layer: bytes of its state after each length (counted on the tensors), and the time of one `step`
there (median of 50).  Fixed-state layers must show one number of bytes for all lengths.
"""

from __future__ import annotations

import argparse
import statistics
import time
from typing import Any

import torch

from remanence import neural


def size(state: dict[str, Any]) -> int:
    return sum(size(v) if isinstance(v, dict) else v.numel() * v.element_size() for v in state.values())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--layers", default=",".join(neural.names()))
    parser.add_argument("--lengths", default="256,1024,4096")
    parser.add_argument("--width", type=int, default=64)
    options = parser.parse_args()
    lengths = [int(n) for n in options.lengths.split(",")]
    torch.set_num_threads(1)
    torch.manual_seed(0)
    print(f"{'layer':24}" + "".join(f"{f'bytes at {n}':>16}{'us a step':>12}" for n in lengths) + "  constant")
    for name in options.layers.split(","):
        layer = neural.make(name, options.width).eval()
        line, sizes, state, done = f"{name:24}", [], None, 0
        with torch.no_grad():
            for length in lengths:
                while done < length:
                    stretch = min(256, length - done)
                    _, state = layer(torch.randn(1, stretch, options.width), state)
                    done += stretch
                x, spent = torch.randn(1, options.width), []
                for _ in range(50):
                    began = time.perf_counter()
                    layer.step(x, state)
                    spent.append(time.perf_counter() - began)
                assert state is not None
                sizes.append(size(state))
                line += f"{sizes[-1]:16}{1e6 * statistics.median(spent):12.0f}"
        print(f"{line}  {'yes' if len(set(sizes)) == 1 else 'grows'}", flush=True)


if __name__ == "__main__":
    main()
