"""Is the difference real: confidence intervals, paired tests, correction for many tests, letters.

All draws come from a seed; the same numbers in give the same numbers out.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence

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


def permutation_test(
    left: Sequence[float],
    right: Sequence[float],
    *,
    clusters: Sequence[Hashable] = (),
    rounds: int = 10_000,
    seed: int = 0,
) -> float:
    """Two-sided p of a paired randomisation test: the signs of the differences are flipped at random.

    clusters: the conversation of each question; a conversation is flipped as a whole, because its questions share
    what its memory holds. All 2^n flips are counted when that is at most `rounds`; else (extreme + 1) / (rounds + 1).
    """
    gaps = np.asarray(left, dtype=np.float64) - np.asarray(right, dtype=np.float64)
    return float(_flipped(_sums(gaps[:, None], clusters), rounds, seed)[0])


def _sums(gaps: NDArray[np.float64], clusters: Sequence[Hashable]) -> NDArray[np.float64]:
    """Differences [N, pairs] added up in each conversation: [G, pairs]; each question alone without `clusters`."""
    if not len(clusters):
        return gaps
    place = {name: at for at, name in enumerate(dict.fromkeys(clusters))}
    if len(place) == 1:  # one memory for all: its questions are the sample
        return gaps
    sums = np.zeros((len(place), gaps.shape[1]))
    np.add.at(sums, [place[name] for name in clusters], gaps)
    return sums


def _flipped(sums: NDArray[np.float64], rounds: int, seed: int) -> NDArray[np.float64]:
    """p of each column: how often random signs of its rows give a total as far from 0 as the one seen."""
    count = len(sums)
    seen = np.abs(sums.sum(axis=0)) - 1e-12
    exact = count < 31 and 2**count <= rounds
    total = 2**count if exact else rounds
    rng = np.random.default_rng(seed)
    extreme = np.zeros(sums.shape[1])
    for start in range(0, total, 2000):
        size = min(2000, total - start)
        if exact:
            signs = ((np.arange(start, start + size)[:, None] >> np.arange(count)) & 1) * 2.0 - 1.0
        else:
            signs = rng.integers(0, 2, (size, count), dtype=np.int8) * 2.0 - 1.0
        extreme += (np.abs(signs @ sums) >= seen).sum(axis=0)
    shares: NDArray[np.float64] = extreme / total if exact else (extreme + 1) / (total + 1)
    return shares


def student_test(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Two-sided p of Student's t over the conversations' sums [G, pairs], G - 1 degrees of freedom.

    For so few conversations that no flip of signs can be rare enough; 1 where all sums are equal to 0.
    """
    count = len(sums)
    if count < 2:
        return np.ones(sums.shape[1])
    spread = sums.std(axis=0, ddof=1) / math.sqrt(count)
    middle = sums.mean(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(spread > 0, np.abs(middle) / spread, np.where(np.abs(middle) > 0, np.inf, 0.0))
    return np.asarray([_tail(float(one), count - 1) for one in t])


def _tail(t: float, free: int) -> float:
    """Two-sided tail of Student's t, by Simpson's rule over the angle arctan(t / sqrt(free))."""
    if math.isinf(t):
        return 0.0
    angles = np.linspace(0.0, math.atan2(t, math.sqrt(free)), 2001)
    heights = np.cos(angles) ** (free - 1)
    weights = np.ones(2001)
    weights[1:-1:2], weights[2:-1:2] = 4.0, 2.0
    area = float((heights * weights).sum()) * (angles[1] - angles[0]) / 3
    whole = math.exp(math.lgamma((free + 1) / 2) - math.lgamma(free / 2)) / math.sqrt(math.pi)
    return float(min(1.0, max(0.0, 1.0 - 2 * whole * area)))


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


def pairwise(
    columns: Mapping[str, Sequence[float]],
    *,
    clusters: Sequence[Hashable] = (),
    against: str | None = None,
    seed: int = 0,
) -> dict[tuple[str, str], float]:
    """p of each pair of rows (or of each row against one), corrected for being many (Holm).

    Signs are flipped by whole conversations, in as many rounds as the number of pairs asks for: a corrected p can
    only be as small as the flips are many. Where there are so few conversations that even all their flips cannot
    reach 5 %, Student's t over the conversations' sums decides.
    """
    names = list(columns)
    pairs = [(one, two) for at, one in enumerate(names) for two in names[at + 1 :] if against in (None, one, two)]
    if not pairs:
        return {}
    values = {name: np.asarray(column, dtype=np.float64) for name, column in columns.items()}
    sums = _sums(np.stack([values[one] - values[two] for one, two in pairs], axis=1), clusters)
    if 2.0 ** (1 - len(sums)) * len(pairs) >= ALPHA / 2:
        found = student_test(sums)
    else:
        found = _flipped(sums, max(10_000, 400 * len(pairs)), seed)
    return dict(zip(pairs, holm(found.tolist()), strict=True))


ALPHA = 0.05
"""A difference is called real below this corrected p."""


def letters(
    columns: Mapping[str, Sequence[float]],
    *,
    clusters: Sequence[Hashable] = (),
    against: str | None = None,
    alpha: float = ALPHA,
    seed: int = 0,
) -> dict[str, str]:
    """For each row the letters of the rows that it beats significantly (`pairwise`).

    Rows are lettered a, b, c ... in the order given; columns must be paired, one value a question, and `clusters`
    names the conversation of each question. against: test only the pairs with this row.
    """
    names = list(columns)
    beats: dict[str, list[str]] = {name: [] for name in names}
    for (one, two), p in pairwise(columns, clusters=clusters, against=against, seed=seed).items():
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
