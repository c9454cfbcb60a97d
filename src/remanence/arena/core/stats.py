"""Is the difference real: confidence intervals, paired tests, correction for many tests, letters.

All draws come from a seed; the same numbers in give the same numbers out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray


def bootstrap(
    values: Sequence[float], *, rounds: int = 2000, level: float = 0.95, seed: int = 0
) -> tuple[float, float]:
    """Percentile interval of the mean over questions drawn with replacement; (NaN, NaN) of nothing."""
    data = np.asarray(values, dtype=np.float64)
    if not len(data):
        return float("nan"), float("nan")
    rng = np.random.default_rng(seed)
    means = np.empty(rounds)
    for start in range(0, rounds, 200):
        size = min(200, rounds - start)
        means[start : start + size] = data[rng.integers(0, len(data), (size, len(data)))].mean(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def clustered(
    groups: Sequence[Sequence[float]], *, rounds: int = 2000, level: float = 0.95, seed: int = 0
) -> tuple[float, float]:
    """The same, drawing whole conversations: questions about one talk are not independent."""
    sums = np.asarray([sum(group) for group in groups if len(group)], dtype=np.float64)
    sizes = np.asarray([len(group) for group in groups if len(group)], dtype=np.float64)
    if not len(sums):
        return float("nan"), float("nan")
    at = np.random.default_rng(seed).integers(0, len(sums), (rounds, len(sums)))
    means = sums[at].sum(axis=1) / sizes[at].sum(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def wilson(right: int, total: int, z: float = 1.959964) -> tuple[float, float]:
    """Score interval of a proportion (Wilson 1927)."""
    if not total:
        return float("nan"), float("nan")
    share, spread = right / total, z * z / total
    middle = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt(share * (1 - share) / total + spread / (4 * total)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def permutation_test(left: Sequence[float], right: Sequence[float], *, rounds: int = 10_000, seed: int = 0) -> float:
    """Two-sided p of a paired randomisation test: the signs of the differences are flipped at random.

    All 2^n flips are counted when that is at most `rounds`; else (extreme + 1) / (rounds + 1).
    """
    gaps: NDArray[np.float64] = np.asarray(left, dtype=np.float64) - np.asarray(right, dtype=np.float64)
    gaps = gaps[gaps != 0]
    if not len(gaps):
        return 1.0
    seen = abs(gaps.sum()) - 1e-12
    if 2 ** len(gaps) <= rounds:
        flips = (np.arange(2 ** len(gaps))[:, None] >> np.arange(len(gaps))) & 1
        return float((np.abs(((2 * flips - 1) * gaps).sum(axis=1)) >= seen).mean())
    rng = np.random.default_rng(seed)
    extreme = 0
    for start in range(0, rounds, 500):
        size = min(500, rounds - start)
        signs = rng.integers(0, 2, (size, len(gaps)), dtype=np.int8) * 2.0 - 1.0
        extreme += int((np.abs(signs @ gaps) >= seen).sum())
    return (extreme + 1) / (rounds + 1)


def sign_test(left: Sequence[float], right: Sequence[float]) -> float:
    """Two-sided p of the exact sign test; ties are left out."""
    win, _, loss = win_tie_loss(left, right)
    total = win + loss
    if not total:
        return 1.0
    tail = sum(math.comb(total, count) for count in range(min(win, loss) + 1)) / 2**total
    return float(min(1.0, 2 * tail))


def win_tie_loss(left: Sequence[float], right: Sequence[float]) -> tuple[int, int, int]:
    """On how many questions left is better, equal, worse."""
    gaps = np.asarray(left, dtype=np.float64) - np.asarray(right, dtype=np.float64)
    win, loss = int((gaps > 1e-12).sum()), int((gaps < -1e-12).sum())
    return win, len(gaps) - win - loss, loss


def holm(values: Sequence[float]) -> list[float]:
    """p-values corrected for being many (Holm 1979), in the given order."""
    order = sorted(range(len(values)), key=values.__getitem__)
    corrected = [0.0] * len(values)
    highest = 0.0
    for step, at in enumerate(order):
        highest = max(highest, min(1.0, (len(values) - step) * values[at]))
        corrected[at] = highest
    return corrected


def letters(columns: Mapping[str, Sequence[float]], *, alpha: float = 0.05, seed: int = 0) -> dict[str, str]:
    """For each row the letters of the rows that it beats significantly (paired permutation, Holm).

    Rows are lettered a, b, c ... in the order given; columns must be paired, one value a question.
    """
    names = list(columns)
    pairs = [(one, two) for at, one in enumerate(names) for two in names[at + 1 :]]
    corrected = holm([permutation_test(columns[one], columns[two], rounds=2000, seed=seed) for one, two in pairs])
    beats: dict[str, list[str]] = {name: [] for name in names}
    for (one, two), p in zip(pairs, corrected, strict=True):
        if p < alpha:
            better, worse = (one, two) if sum(columns[one]) > sum(columns[two]) else (two, one)
            beats[better].append(letter(names.index(worse)))
    return {name: "".join(sorted(beats[name])) for name in names}


def letter(number: int) -> str:
    """a, b, ... z, then aa, ab, ..."""
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(97 + rest) + text
    return text
