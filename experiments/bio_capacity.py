"""Capacity of the brain-inspired memories: Hopfield rules, Sparsey with and without its floor, CA3, digits.

Run: python experiments/bio_capacity.py
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from remanence.algo.hopfield import complete, diluted_patterns, hebb, multitasking_law, nearest, overlaps, relax
from remanence.bio.ca3 import CA3
from remanence.bio.hopfield import HopfieldNetwork
from remanence.bio.sparsey import Macrocolumn, Sigmoid, code_overlap

Floats = NDArray[np.float64]


def share(found: list[int]) -> float:
    return float(np.mean(np.array(found) == np.arange(len(found))))


def hopfield() -> None:
    print("classical Hopfield, N = 200 random patterns, 10 % of bits flipped: share recalled exactly")
    print("  patterns      " + "".join(f"{p:>7d}" for p in (5, 10, 20, 28, 40, 60, 80)))
    for rule in ("hebb", "pseudo-inverse"):
        row = []
        for count in (5, 10, 20, 28, 40, 60, 80):
            rng = np.random.default_rng(count)
            patterns = rng.choice([-1.0, 1.0], (count, 200))
            network = HopfieldNetwork(200, rule=rule)  # type: ignore[arg-type]
            network.learn(patterns)
            cues = np.where(rng.random(patterns.shape) < 0.1, -patterns, patterns)
            row.append(np.mean([(network.recall(c, rng=rng) == p).all() for c, p in zip(cues, patterns)]))
        print(f"  {rule:14s}" + "".join(f"{x:7.2f}" for x in row))
    print("multitasking, N = 600, three diluted patterns, overlaps measured / (1-d) d^k")
    for d in (0.2, 0.4, 0.6, 0.8):
        measured = []
        for seed in range(8):
            rng = np.random.default_rng(seed)
            patterns = diluted_patterns(3, 600, d, rng)
            state = relax(patterns[0], hebb(patterns), rng=rng)
            measured.append(np.sort(np.abs(overlaps(state, patterns)))[::-1])
        print(f"  d = {d}: {np.round(np.mean(measured, axis=0), 3)} / {np.round(multitasking_law(d, 3), 3)}")


def sparsey() -> None:
    print("Sparsey, 400 inputs, 20 active, 24 modules of 16: found exactly / from 75 % of the bits; G of news")
    rng = np.random.default_rng(1)
    for count in (50, 200, 500, 1000):
        cells = []
        for knobs in ({"adaptive": True}, {"adaptive": False}, {"chi": 0.0}):
            memory = Macrocolumn(400, seed=3, **knobs)  # type: ignore[arg-type]
            patterns = [rng.choice(400, 20, replace=False) for _ in range(count)]
            codes = np.array([memory.learn(p)[0] for p in patterns])

            def found(bits: NDArray[np.int64], memory: Macrocolumn = memory, codes: NDArray[np.int64] = codes) -> int:
                return int((codes == memory.recall(bits)).sum(axis=1).argmax())

            damaged = [np.concatenate([p[:15], rng.choice(np.setdiff1d(np.arange(400), p), 5)]) for p in patterns]
            news = np.mean([memory.familiarity(rng.choice(400, 20, replace=False)) for _ in range(40)])
            cells.append(
                f"{share([found(p) for p in patterns]):.2f} / {share([found(p) for p in damaged]):.2f} G {news:.2f}"
            )
        print(f"  {count:5d}: adaptive {cells[0]}   fixed {cells[1]}   random codes {cells[2]}")
    print("Sparsey, one pattern stored: code overlap of a second one by input overlap")
    for shared in (0.0, 0.25, 0.5, 0.75, 0.9, 1.0):
        values = []
        for seed in range(40):
            memory = Macrocolumn(400, seed=seed)
            base = rng.choice(400, 20, replace=False)
            keep = round(shared * 20)
            other = np.concatenate(
                [base[:keep], rng.choice(np.setdiff1d(np.arange(400), base), 20 - keep, replace=False)]
            )
            values.append(code_overlap(memory.learn(base)[0], memory.learn(other)[0]))
        print(f"  {shared:.2f} -> {np.mean(values):.2f}")


def digits() -> None:
    from sklearn.datasets import load_digits

    images = np.unique(load_digits().data / 16.0, axis=0)
    stored = np.random.default_rng(0).permutation(images)[:200]
    noisy = stored + 0.3 * np.random.default_rng(1).normal(size=stored.shape)
    upper = np.arange(64) < 32

    def bits(image: Floats, seen: NDArray[np.bool_] | None = None) -> list[int]:
        chosen = np.arange(64) if seen is None else np.flatnonzero(seen)
        return (chosen * 3 + np.digitize(image, [0.25, 0.65])[chosen]).tolist()

    def rows(name: str, clean: float, half: float, noise: float) -> None:
        print(f"  {name:36s} {clean:6.2f} {half:9.2f} {noise:6.2f}")

    print("200 digits: share recalled         clean  occluded  noise .3")
    rows(
        "masked nearest neighbour (control)",
        share([nearest(x, stored) for x in stored]),
        share([nearest(x, stored, visible=upper) for x in stored]),
        share([nearest(x, stored) for x in noisy]),
    )
    rows(
        "modern Hopfield, masked",
        share([complete(x, stored, 5000.0).best for x in stored]),
        share([complete(x, stored, 5000.0, visible=upper).best for x in stored]),
        share([complete(x, stored, 256.0, 3).best for x in noisy]),
    )
    rows(
        "modern Hopfield, not told the mask",
        share([complete(x, stored, 5000.0).best for x in stored]),
        share([complete(np.where(upper, x, 0), stored, 5000.0).best for x in stored]),
        float("nan"),
    )
    ca3 = CA3(200, 192)
    for cue, image in enumerate(stored):
        ca3.learn(cue, bits(image))

    def only(found: list[int]) -> int:
        return found[0] if len(found) == 1 else -1

    rows(
        "CA3, whole fragment",
        share([only(ca3.cues_of(bits(x))) for x in stored]),
        share([only(ca3.cues_of(bits(x, upper))) for x in stored]),
        share([only(ca3.cues_of(bits(x))) for x in noisy]),
    )
    rows(
        "CA3, most shared bits",
        *(
            share([int(ca3.closest(b) or 0) for b in cues])
            for cues in ([bits(x) for x in stored], [bits(x, upper) for x in stored], [bits(x) for x in noisy])
        ),
    )
    for name, knobs in {
        "Sparsey": {"sigmoid": Sigmoid(inflection=0.5)},
        "Sparsey, fixed floor": {"sigmoid": Sigmoid(inflection=0.5), "adaptive": False},
    }.items():
        memory = Macrocolumn(192, modules=48, units=48, seed=1, **knobs)  # type: ignore[arg-type]
        codes = np.array([memory.learn(bits(x))[0] for x in stored])
        rows(
            name,
            *(
                share([int((codes == memory.recall(b)).sum(axis=1).argmax()) for b in cues])
                for cues in ([bits(x) for x in stored], [bits(x, upper) for x in stored], [bits(x) for x in noisy])
            ),
        )
    unseen = np.random.default_rng(0).permutation(images)[200:300]
    cues = unseen + 0.3 * np.random.default_rng(2).normal(size=unseen.shape)
    print("distance of what comes back to the clean image, for 100 noisy images that were never stored")
    picked = np.linalg.norm(stored[[nearest(x, stored) for x in cues]] - unseen, axis=1).mean()
    print(f"  nearest neighbour {picked:.2f}; modern Hopfield", end="")
    for beta in (5.0, 20.0, 50.0, 200.0, 5000.0):
        blends = np.array([complete(x, stored, beta).vector for x in cues])
        print(f", beta {beta:g}: {np.linalg.norm(blends - unseen, axis=1).mean():.2f}", end="")
    print()


if __name__ == "__main__":
    hopfield()
    sparsey()
    digits()
