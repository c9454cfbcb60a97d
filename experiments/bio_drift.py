"""How soon the sequential test finds a drift, beside Page-Hinkley at the same number of false alarms.

Run: python experiments/bio_drift.py
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from remanence.algo.surprise import DriftTest, PageHinkley

Floats = NDArray[np.float64]
LENGTH, CHANGE = 2000, 1000


def streams(kind: str, count: int, seed: int) -> list[Floats]:
    """Steady noise for 1,000 steps, then what `kind` says; deviation 1."""
    rng = np.random.default_rng(seed)
    late = np.arange(LENGTH) - CHANGE
    made = []
    for _ in range(count):
        noise = rng.exponential(size=LENGTH) - 1.0 if kind.startswith("skewed") else rng.normal(size=LENGTH)
        if kind.endswith("step"):
            noise += 1.0 * (late >= 0)
        elif kind == "ramp":
            noise += np.clip(late / 200, 0, 2.0)
        elif kind == "variance":
            noise = np.where(late >= 0, 2.0 * noise, noise)
        elif kind == "spikes":
            noise[CHANGE::50] += 15.0
        made.append(noise)
    return made


def sequential(series: Floats, *, alpha: float) -> list[int]:
    test = DriftTest(alpha=alpha, horizon=LENGTH)
    return [i for i, value in enumerate(series.tolist()) if test.step(value).drift]


def page_hinkley(series: Floats, *, threshold: float) -> list[int]:
    test = PageHinkley(slack=0.5, threshold=threshold)
    return [i for i, value in enumerate(series.tolist()) if test.step(value)]


def false_share(detect: Callable[[Floats], list[int]], made: list[Floats]) -> float:
    return float(np.mean([bool(detect(series)) for series in made]))


def delays(detect: Callable[[Floats], list[int]], made: list[Floats]) -> tuple[float, float]:
    """(share found, median steps from the change to the call)."""
    found = [next((i - CHANGE for i in detect(series) if i >= CHANGE), None) for series in made]
    hits = [each for each in found if each is not None]
    return len(hits) / len(found), float(np.median(hits)) if hits else float("nan")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=60)
    count = parser.parse_args().streams
    print(f"{count} streams of {LENGTH} steps each; change at {CHANGE}; alpha .01")
    for steady in ("steady", "skewed steady"):
        calm = streams(steady, count, seed=1)
        share = false_share(partial(sequential, alpha=0.01), calm)
        fair = 2
        while false_share(partial(page_hinkley, threshold=fair), calm) > max(share, 0.01):
            fair += 1
        print(
            f"{steady}: sequential test calls a false drift in {share:.3f} of streams; "
            f"Page-Hinkley does as rarely from threshold {fair} on"
        )
        for kind in ("step", "ramp", "variance", "spikes") if steady == "steady" else ("skewed step",):
            made = streams(kind, count, seed=2)
            ours = delays(partial(sequential, alpha=0.01), made)
            theirs = delays(partial(page_hinkley, threshold=fair), made)
            print(
                f"  {kind:12s} sequential: found {ours[0]:.2f}, median delay {ours[1]:6.1f}   "
                f"Page-Hinkley: found {theirs[0]:.2f}, median delay {theirs[1]:6.1f}"
            )


if __name__ == "__main__":
    main()
