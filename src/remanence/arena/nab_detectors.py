"""Detectors for NAB: cheap controls, each a function from a series to one score in [0, 1] per row.

All work online: the score of a row depends on that row and the ones before it.
"""

from __future__ import annotations

import math
import zlib
from bisect import bisect_left, insort
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from remanence.algo.surprise import AnomalyLikelihood, gaussian_tail, log_likelihood
from remanence.arena.nab import Series

Floats = NDArray[np.float64]
Detector = Callable[[Series], Floats]


def head(series: Series, surprise: Floats) -> Floats:
    """Anomaly-likelihood head with NAB's settings: half of the probation to learn, half to fit; log-stretched."""
    learning = series.probation // 2
    likelihood = AnomalyLikelihood(learning_period=learning, samples=max(1, series.probation - learning))
    pairs = zip(surprise.tolist(), series.values.tolist())
    return np.array([log_likelihood(likelihood.step(score, value)) for score, value in pairs])


def null(series: Series) -> Floats:
    """Never detects anything: the zero of the scale."""
    return np.full(len(series.values), 0.5)


def random(series: Series) -> Floats:
    """Uniform random scores, the same at every run."""
    return np.random.default_rng(zlib.crc32(series.name.encode("utf-8"))).random(len(series.values))


def range_only(series: Series) -> Floats:
    """Gives 0 everywhere, so that with the out-of-range rule the rule acts alone."""
    return np.zeros(len(series.values))


def windowed_gaussian(series: Series, *, window: int = 6400, refit: int = 100) -> Floats:
    """1 - tail probability under a normal fitted to the last `window` values, refitted every `refit` rows."""
    values = series.values
    scores = np.zeros(len(values))
    mean, deviation = 0.0, 0.0
    for i, value in enumerate(values.tolist()):
        if deviation > 0.0:
            scores[i] = 1.0 - gaussian_tail(value, mean, deviation)
        if i < window or i % refit == 0:
            past = values[max(0, i + 1 - window) : i + 1]
            if i % 10 == 0 or i >= window:  # while filling, every tenth row: the fit hardly moves in between
                mean, deviation = float(past.mean()), max(float(past.std()), 1e-6)
    return scores


def difference_rank(series: Series) -> Floats:
    """Rank of |x(t) - x(t-1)| among all differences before, through the likelihood head."""
    return head(series, difference_ranks(series.values))


def difference_ranks(values: Floats) -> Floats:
    """Share of earlier absolute differences that are smaller than the present one."""
    past: list[float] = []
    ranks = np.zeros(len(values))
    for i, step in enumerate(np.abs(np.diff(values)).tolist(), start=1):
        ranks[i] = bisect_left(past, step) / len(past) if past else 0.0
        insort(past, step)
    return ranks


def bayesian_changepoint(series: Series, *, hazard: float = 1 / 250, longest: int = 400, fresh: int = 5) -> Floats:
    """Posterior probability that the current run began at most `fresh` rows ago (Adams, MacKay 2007).

    Normal data with unknown mean and variance (normal-inverse-gamma prior scaled by the probation);
    run lengths beyond `longest` are dropped.
    """
    start = series.values[: max(2, series.probation)]
    centre, spread = float(start.mean()), max(float(start.std()), 1e-9)
    scores = np.zeros(len(series.values))
    run = np.array([1.0])
    mean, kappa, alpha, beta = np.zeros(1), np.ones(1), np.ones(1), np.ones(1)
    for i, value in enumerate(((series.values - centre) / spread).tolist()):
        scale = beta * (kappa + 1) / (alpha * kappa)
        freedom = 2 * alpha
        logs = _log_t(freedom) - 0.5 * np.log(scale)
        logs -= (freedom + 1) / 2 * np.log1p((value - mean) ** 2 / (freedom * scale))
        joint = run * np.exp(logs)
        total = float(joint.sum())
        joint = joint / total if total > 1e-300 else run
        run = np.concatenate([[hazard], joint * (1 - hazard)])[:longest]
        run /= run.sum()
        beta = np.concatenate([[1.0], beta + kappa * (value - mean) ** 2 / (2 * (kappa + 1))])[:longest]
        mean = np.concatenate([[0.0], (kappa * mean + value) / (kappa + 1)])[:longest]
        kappa = np.concatenate([[1.0], kappa + 1])[:longest]
        alpha = np.concatenate([[1.0], alpha + 0.5])[:longest]
        scores[i] = float(run[: fresh + 1].sum()) if i > fresh else 0.0
    return np.clip(scores, 0.0, 1.0)


_LOG_T = np.array([math.lgamma(n / 2 + 1) - math.lgamma(n / 2 + 0.5) for n in range(1, 4100)])


def _log_t(freedom: Floats) -> Floats:
    """log of the Student t density's constant for whole degrees of freedom 2, 3, .."""
    whole = np.minimum(freedom.astype(np.int64) - 2, len(_LOG_T) - 1)
    return np.asarray(_LOG_T[whole] - 0.5 * np.log(np.pi * freedom))


CHEAP: dict[str, Detector] = {
    "null": null,
    "random": random,
    "range rule alone": range_only,
    "windowed Gaussian": windowed_gaussian,
    "|difference| rank": difference_rank,
    "Bayesian changepoint": bayesian_changepoint,
}
