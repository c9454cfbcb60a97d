"""How often does the arena see a difference that is not there, and how often one that is?

    python experiments/significance.py

Two systems, or fifteen, answer the same questions of several conversations. A conversation is easier for one system
than for the other by chance (a random effect of standard deviation .15 on each system's share), which is what makes
questions of one conversation dependent. Without a true difference every letter is false; with one of .15 every
letter that names the better row is right.
"""

from __future__ import annotations

import numpy as np

from remanence.arena.core.stats import letters, permutation_test

ROUNDS = 400


def drawn(
    rng: np.random.Generator, rows: int, talks: int, each: int, gain: float
) -> tuple[dict[str, list[float]], list[int]]:
    """Right or wrong of some systems on conversations of about `each` questions; the first is better by `gain`."""
    sizes = rng.integers(each // 2, each * 3 // 2, talks)
    clusters = np.repeat(np.arange(talks), sizes)
    hard = rng.normal(0, 0.3, len(clusters))
    columns = {}
    for row in range(rows):
        own = rng.normal(0, 0.15, talks)[clusters]
        chance = np.clip(0.55 + hard + own + (gain if row == 0 else 0.0), 0.02, 0.98)
        columns[f"s{row}"] = (rng.random(len(clusters)) < chance).astype(float).tolist()
    return columns, clusters.tolist()


def main() -> None:
    """Print false and true positives."""
    rng = np.random.default_rng(7)
    print(
        "two rows: share of draws with a letter\n"
        "talks  plain flips (no difference)  by talk (no difference)  by talk (a gain of .15)"
    )
    for talks in (3, 5, 10, 24, 60):
        plain = false = true = 0
        for number in range(ROUNDS):
            columns, clusters = drawn(rng, 2, talks, 60, 0.0)
            plain += permutation_test(*columns.values(), rounds=2000, seed=number) < 0.05
            false += any(letters(columns, clusters=clusters, seed=number).values())
            columns, clusters = drawn(rng, 2, talks, 60, 0.15)
            true += bool(letters(columns, clusters=clusters, seed=number)["s0"])
        print(f"{talks:5}  {plain / ROUNDS:30.3f}  {false / ROUNDS:23.3f}  {true / ROUNDS:23.3f}")
    print("fifteen rows: share of draws with any false letter, and letters of 14 that the better row (gain .15) has")
    print("talks  all pairs: false  true  against one row: false  true")
    for talks in (5, 10, 24, 60):
        told = []
        for against in (None, "s0"):
            false, true, rounds = 0, 0, 60
            for number in range(rounds):
                columns, clusters = drawn(rng, 15, talks, 60, 0.0)
                false += any(letters(columns, clusters=clusters, against=against, seed=number).values())
                columns, clusters = drawn(rng, 15, talks, 60, 0.15)
                true += len(letters(columns, clusters=clusters, against=against, seed=number)["s0"])
            told += [false / rounds, true / rounds]
        print(f"{talks:5}  {told[0]:16.3f}  {told[1]:4.1f}  {told[2]:22.3f}  {told[3]:4.1f}")


if __name__ == "__main__":
    main()
