"""The anomaly detectors of `river` on the NAB series, beside the window memory: same rows, same scorer, same rule.

Run: pip install river; OMP_NUM_THREADS=1 python experiments/bio_river.py --data NAB

Detectors have their default settings, on the value (scaled to what was seen so far) and, where they take several
features, on the last five values. Each is scored as it comes and behind the anomaly likelihood that ours sit behind.
"""

from __future__ import annotations

import argparse
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remanence.algo.surprise import out_of_range
from remanence.arena.nab import Series, evaluate, load_corpus, load_profiles
from remanence.arena.nab_detectors import head
from remanence.arena.nab_table import held_out, window_memory

Floats = NDArray[np.float64]
WIDTH = 5


def single(make: Callable[[], Any]) -> Callable[[Series], Floats]:
    """Scores of a detector that learns one value at a time and judges it first."""

    def scores(series: Series) -> Floats:
        detector, found = make(), []
        for value in series.values.tolist():
            found.append(float(detector.score_one(None, value)))
            detector.learn_one(None, value)
        return np.array(found)

    return scores


def several(make: Callable[[], Any]) -> Callable[[Series], Floats]:
    """Scores of a detector that reads the last five values, scaled to [0, 1] by what was seen so far."""

    def scores(series: Series) -> Floats:
        detector, last, found = make(), deque([float(series.values[0])] * WIDTH, maxlen=WIDTH), []
        low = high = float(series.values[0])
        for value in series.values.tolist():
            low, high = min(low, value), max(high, value)
            last.append(value)
            x = {str(n): (v - low) / (high - low or 1.0) for n, v in enumerate(last)}
            found.append(float(detector.score_one(x)))
            detector.learn_one(x)
        return np.array(found)

    return scores


def detectors() -> dict[str, Callable[[Series], Floats]]:
    """Every detector by the name it has in the table."""
    from river import anomaly

    return {
        "river GaussianScorer": single(anomaly.GaussianScorer),
        "river StandardAbsoluteDeviation": single(anomaly.StandardAbsoluteDeviation),
        "river HalfSpaceTrees": several(lambda: anomaly.HalfSpaceTrees(seed=0)),
    }


def main() -> None:
    """Print a line a detector: with the out-of-range rule, without it, and each folder at the others' threshold."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--data", required=True)
    given = reader.parse_args()
    corpus, profile = load_corpus(given.data), load_profiles(given.data)[0]
    ruled = {s.name: out_of_range(s.values) for s in corpus}
    print("detector | without the rule | with the rule | other | rows a CPU second", flush=True)

    def line(name: str, found: dict[str, Floats], seconds: float) -> None:
        full = {s.name: np.where(ruled[s.name], np.inf, found[s.name]) for s in corpus}
        full = {n: np.nan_to_num(scores, posinf=1e9) for n, scores in full.items()}
        told = [evaluate(corpus, found, profile).score, evaluate(corpus, full, profile).score]
        told.append(held_out(corpus, full, profile))
        rows = sum(len(s.values) for s in corpus)
        print(f"{name} | " + " | ".join(f"{x:.2f}" for x in told) + f" | {rows / seconds:.0f}", flush=True)

    for name, scores in {"window memory": window_memory, **detectors()}.items():
        start = time.process_time()
        found = {s.name: scores(s) for s in corpus}
        spent = time.process_time() - start
        line(name, found, spent)
        if name != "window memory":
            line(f"{name}, likelihood", {s.name: head(s, found[s.name]) for s in corpus}, spent)


if __name__ == "__main__":
    main()
