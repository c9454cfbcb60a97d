"""Reads any series of surprise scores: how unlikely each one is, where the level drifts, where to cut.

Surprise is one number per step, higher = less expected: an HTM anomaly score, 1 - similarity to the turn before,
1 - familiarity, a language model's loss. Everything here is plain numpy and works step by step, online.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right, insort
from collections import deque
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from remanence.errors import InvalidInput

Floats = NDArray[np.float64]

_RED = 1e-5  # a tail this thin is an alarm
_YELLOW = 1e-3  # what an alarm that follows an alarm is relaxed to
_MEAN_FLOOR = 0.03
_VARIANCE_FLOOR = 0.0003
_FLAT_VARIANCE = 1.5e-5  # a metric that varies less than this carries no signal
_NORMAL = NormalDist()
_ECHO_EVERY = 50  # values between two looks at how neighbours depend on each other


def finite_series(series: ArrayLike, name: str = "series") -> Floats:
    """The series as a 1-d float array; raises InvalidInput at the first value that is no finite number."""
    values = np.asarray(series, dtype=np.float64)
    if values.ndim != 1:
        raise InvalidInput(f"{name} must be one number per step, not an array of shape {values.shape}")
    bad = np.flatnonzero(~np.isfinite(values))
    if len(bad):
        raise InvalidInput(f"{name}[{bad[0]}] is {values[bad[0]]}: every value must be finite; drop or fill it")
    return values


def _finite(value: float, name: str) -> float:
    value = float(value)
    if not math.isfinite(value):
        raise InvalidInput(f"{name} is {value}: every value must be finite; drop or fill it")
    return value


def gaussian_tail(value: float, mean: float, deviation: float) -> float:
    """Q((value - mean) / deviation), mirrored below the mean: small for values far away on either side."""
    return 0.5 * math.erfc(abs(value - mean) / deviation / math.sqrt(2.0))


def log_likelihood(likelihood: float) -> float:
    """Stretch a likelihood near 1 over [0, 1]: ln(1 - L) / ln(1e-10), so .99 -> .2, .99999 -> .5."""
    return math.log(1.0000000001 - likelihood) / math.log(1e-10)


@dataclass(kw_only=True, eq=False, repr=False)
class AnomalyLikelihood:
    """How unlikely the recent surprise is, given the history of surprise (Ahmad, Lavin, Purdy, Agha 2017).

    The mean of the last `average` scores is held against a normal distribution fitted to the averages of the
    last `history` steps, leaving out the first `learning_period` steps; refitted every `refit` steps.
    Gives .5 until learning_period + samples steps are in. An alarm right after an alarm is relaxed.
    With `one_sided`, an average below the mean is never unlikely; the published form mirrors the tail.
    """

    learning_period: int = 288
    samples: int = 100
    history: int = 8640
    refit: int = 100
    average: int = 10
    one_sided: bool = False

    def __post_init__(self) -> None:
        if min(self.samples, self.history, self.refit, self.average) < 1 or self.learning_period < 0:
            raise InvalidInput("samples, history, refit and average must be at least 1, learning_period 0")
        self.steps = 0
        self._scores: deque[float] = deque(maxlen=self.history)
        self._values: deque[float] = deque(maxlen=self.history)
        self._recent: deque[float] = deque(maxlen=self.average)
        self._mean = 0.5
        self._deviation = 0.0  # 0 = not fitted yet
        self._before = 1.0  # tail probability one step before

    def step(self, score: float, value: float | None = None) -> float:
        """Likelihood in [0, 1] that this is an anomaly. `value` is the metric behind the score, if any:
        while it does not vary at all, nothing is unlikely."""
        score = _finite(score, "score")
        metric = score if value is None else _finite(value, "value")
        self._recent.append(score)
        if self.steps >= self.learning_period + self.samples:
            if self._deviation == 0.0 or self.steps % self.refit == 0:
                self._fit()
            likelihood = 1.0 - self._relaxed_tail()
        else:
            likelihood = 0.5
        self._scores.append(score)
        self._values.append(metric)
        self.steps += 1
        return likelihood

    def forget(self) -> None:
        """Start again, as after a drift: the old history says nothing about the new regime."""
        self._scores.clear()
        self._values.clear()
        self._recent.clear()
        self.steps = 0
        self._deviation = 0.0
        self._before = 1.0

    def _relaxed_tail(self) -> float:
        mean = sum(self._recent) / len(self._recent)
        if self.one_sided and mean < self._mean:
            tail = 0.5
        else:
            tail = gaussian_tail(mean, self._mean, self._deviation)
        alarm_goes_on = tail <= _RED and self._before <= _RED
        self._before = tail
        return _YELLOW if alarm_goes_on else tail

    def _fit(self) -> None:
        scores = np.array(self._scores)
        # The start of the stream, where the model knows nothing, is left out while it is in the window.
        dropped = max(0, self.steps - self.history)
        skip = min(len(scores), max(0, self.learning_period - dropped))
        total = np.cumsum(scores)
        width = np.minimum(np.arange(1, len(scores) + 1), self.average)
        lagged = np.concatenate([np.zeros(min(self.average, len(scores))), total[: -self.average]])
        averages = ((total - lagged) / width)[skip:]
        if len(averages) == 0 or np.array(self._values)[skip:].var() < _FLAT_VARIANCE:
            self._mean, self._deviation = 0.5, 1e3
            return
        self._mean = max(float(averages.mean()), _MEAN_FLOOR)
        self._deviation = math.sqrt(max(float(averages.var()), _VARIANCE_FLOOR))

    def state(self) -> dict[str, NDArray[np.generic]]:
        """Everything that steps change, as arrays."""
        return {
            "scores": np.array(self._scores, dtype=np.float64),
            "values": np.array(self._values, dtype=np.float64),
            "recent": np.array(self._recent, dtype=np.float64),
            "fit": np.array([self._mean, self._deviation, self._before, self.steps], dtype=np.float64),
        }

    def restore(self, state: dict[str, NDArray[np.generic]]) -> None:
        """Take back what `state` gave."""
        self._scores = deque(state["scores"].astype(np.float64).tolist(), maxlen=self.history)
        self._values = deque(state["values"].astype(np.float64).tolist(), maxlen=self.history)
        self._recent = deque(state["recent"].astype(np.float64).tolist(), maxlen=self.average)
        mean, deviation, before, steps = state["fit"].astype(np.float64).tolist()
        self._mean, self._deviation, self._before, self.steps = mean, deviation, before, int(steps)


def likelihoods(series: ArrayLike, **knobs: Any) -> Floats:
    """Anomaly likelihood of every step of a whole series; the knobs are those of AnomalyLikelihood."""
    head = AnomalyLikelihood(**knobs)
    return np.array([head.step(value) for value in finite_series(series).tolist()])


@dataclass(kw_only=True, eq=False, repr=False)
class OutOfRange:
    """The out-of-range rule: a value beyond everything seen so far, by more than `tolerance` of that range.

    It is no model and learns no sequence; NAB's published HTM detector adds it, so results are given with and
    without it.
    """

    tolerance: float = 0.05

    def __post_init__(self) -> None:
        if self.tolerance < 0.0:
            raise InvalidInput(f"tolerance must be at least 0, not {self.tolerance}")
        self.low = 0.0
        self.high = 0.0
        self.steps = 0

    def step(self, value: float) -> bool:
        """Whether the value is out of range; the range then grows to hold it."""
        value = _finite(value, "value")
        if self.steps == 0:
            self.low = self.high = value
        slack = self.tolerance * (self.high - self.low)
        beyond = self.high > self.low and not self.low - slack <= value <= self.high + slack
        self.low, self.high = min(self.low, value), max(self.high, value)
        self.steps += 1
        return beyond


def out_of_range(series: ArrayLike, *, tolerance: float = 0.05) -> NDArray[np.bool_]:
    """The out-of-range rule over a whole series."""
    rule = OutOfRange(tolerance=tolerance)
    return np.array([rule.step(value) for value in finite_series(series).tolist()], dtype=bool)


@dataclass(kw_only=True, eq=False, repr=False)
class SequentialTest:
    """Wald's sequential probability ratio test on yes/no flags, restarted after each decision.

    H0: flags come at rate p0, H1: at rate p1. Each decision is wrong with probability at most about
    alpha (drift called on a steady stream) and beta (steady called on a drifted one).
    With p0 .01, p1 .1, alpha = beta = .01 two flags in a row just decide; one alone fades in about 24 steps.
    """

    p0: float = 0.01
    p1: float = 0.1
    alpha: float = 0.01
    beta: float = 0.01

    def __post_init__(self) -> None:
        if not 0.0 < self.p0 < self.p1 < 1.0:
            raise InvalidInput(f"need 0 < p0 < p1 < 1, not p0 = {self.p0}, p1 = {self.p1}")
        if not (0.0 < self.alpha < 0.5 and 0.0 < self.beta < 0.5):
            raise InvalidInput(f"alpha and beta must lie in (0, .5), not {self.alpha} and {self.beta}")
        self.gain = math.log(self.p1 / self.p0)
        self.loss = math.log((1.0 - self.p1) / (1.0 - self.p0))
        self.upper = math.log((1.0 - self.beta) / self.alpha)
        self.lower = math.log(self.beta / (1.0 - self.alpha))
        self.evidence = 0.0  # log-likelihood ratio since the last decision
        self.decisions = 0

    def step(self, flag: bool) -> Literal["drift", "steady"] | None:
        """Take in one flag; None while undecided."""
        self.evidence += self.gain if flag else self.loss
        if self.lower < self.evidence < self.upper:
            return None
        drifted = self.evidence >= self.upper
        self.evidence = 0.0
        self.decisions += 1
        return "drift" if drifted else "steady"


@dataclass(kw_only=True, eq=False, repr=False)
class PageHinkley:
    """Page-Hinkley test: drift when the running sum of (x - mean so far - slack) rises `threshold` above its
    lowest point. `slack` and `threshold` are in the units of the series."""

    slack: float = 0.005
    threshold: float = 50.0
    warmup: int = 30

    def __post_init__(self) -> None:
        if self.threshold <= 0 or self.slack < 0 or self.warmup < 1:
            raise InvalidInput("threshold must be above 0, slack at least 0, warmup at least 1")
        self.forget()

    def forget(self) -> None:
        """Start again with an empty baseline."""
        self.steps = 0
        self._mean = 0.0
        self._sum = 0.0
        self._lowest = 0.0

    def step(self, value: float) -> bool:
        """True at the step where drift is called; the test then starts again."""
        value = _finite(value, "value")
        self.steps += 1
        self._mean += (value - self._mean) / self.steps
        self._sum += value - self._mean - self.slack
        self._lowest = min(self._lowest, self._sum)
        drifted = self.steps >= self.warmup and self._sum - self._lowest > self.threshold
        if drifted:
            self.forget()
        return drifted


@dataclass(frozen=True)
class DriftStep:
    """What the drift test says about one step. `since` is the step where the drift seems to have begun."""

    anomaly: bool
    drift: bool
    evidence: float
    since: int | None = None


@dataclass(kw_only=True, eq=False, repr=False)
class DriftTest:
    """Cumulative sum test (CUSUM, Page 1954) for a lasting rise of any surprise series, whatever its distribution.

    A value's rank in the baseline is turned into a normal score z, and the log-likelihood ratio of
    "mean risen by `shift` standard deviations" against "unchanged" is summed, never below 0.
    Drift is called at ln(horizon / alpha): by Ville's inequality and the union over starting points, a steady
    stream of independent values sees a false drift within `horizon` steps with probability at most `alpha`.
    Neighbours may depend on each other: what the value before foretells (the baseline's correlation r of neighbours,
    taken one standard error too high) is taken off first, so a steady autoregressive stream is steady.
    A rank gains at most about 2.6, so a lone spike is an anomaly (more than `anomaly_sd` deviations above the
    baseline's mean) but never a drift. After a drift the baseline is learned anew.
    `block` values are averaged into one before testing, for series whose neighbours depend on each other.
    """

    alpha: float = 0.01
    horizon: int = 10_000
    shift: float = 1.0
    baseline: int = 200
    keep: int = 2000
    block: int = 1
    anomaly_sd: float = 4.0

    def __post_init__(self) -> None:
        if not 0.0 < self.alpha < 1.0:
            raise InvalidInput(f"alpha must lie in (0, 1), not {self.alpha}")
        if self.horizon < 1 or self.block < 1 or self.shift <= 0.0 or not 20 <= self.baseline <= self.keep:
            raise InvalidInput("need horizon >= 1, block >= 1, shift > 0 and 20 <= baseline <= keep")
        self.limit = math.log(self.horizon / self.alpha)
        self.steps = 0
        self.evidence = 0.0
        self._since = 0
        self._known: deque[float] = deque()  # the baseline in order of arrival
        self._sorted: list[float] = []
        self._pending: list[float] = []  # values under suspicion, not in the baseline yet
        self._gathered: list[float] = []  # values of an unfinished block
        self._sum = 0.0
        self._squares = 0.0
        self._learned = 0
        self._before = 0.0  # the normal score one step before
        self._echo = 0.0  # correlation of neighbours in the baseline

    @property
    def ready(self) -> bool:
        """Whether the baseline is learned."""
        return len(self._sorted) >= self.baseline

    def step(self, value: float) -> DriftStep:
        """Take in one surprise value."""
        value = _finite(value, "surprise")
        self.steps += 1
        anomaly = self.ready and value > self._usual_limit()
        self._gathered.append(value)
        if len(self._gathered) < self.block:
            return DriftStep(anomaly, False, self.evidence)
        mean = sum(self._gathered) / self.block
        self._gathered.clear()
        if not self.ready:
            self._learn(mean)
            return DriftStep(anomaly, False, 0.0)
        return self._test(mean, anomaly)

    def _test(self, mean: float, anomaly: bool) -> DriftStep:
        count = len(self._sorted)
        rank = (bisect_left(self._sorted, mean) + bisect_right(self._sorted, mean)) / 2
        score = _NORMAL.inv_cdf((rank + 0.5) / (count + 1))
        # The baseline is a sample: its mean may be off by two standard errors.
        score -= 2.0 / math.sqrt(count) * math.sqrt((1.0 + self._echo) / (1.0 - self._echo))
        # z_t - r z_(t-1) is white; a rise by s of all z moves it by s (1 - r), in units of sqrt(1 - r^2).
        before, self._before = self._before, score
        white = math.sqrt(1.0 - self._echo**2)
        score, shift = (score - self._echo * before) / white, self.shift * (1.0 - self._echo) / white
        if self.evidence == 0.0:
            self._since = self.steps - self.block
        self.evidence = max(0.0, self.evidence + shift * score - shift**2 / 2)
        self._pending.append(mean)
        if self.evidence >= self.limit:
            evidence, since = self.evidence, self._since
            self.forget()
            return DriftStep(anomaly, True, evidence, since)
        if self.evidence == 0.0:
            for known in self._pending:
                self._learn(known)
            self._pending.clear()
        return DriftStep(anomaly, False, self.evidence)

    def forget(self) -> None:
        """Learn the baseline anew from the next values, as after a drift."""
        self.evidence = 0.0
        self._known.clear()
        self._sorted.clear()
        self._pending.clear()
        self._gathered.clear()
        self._sum = self._squares = 0.0
        self._before = self._echo = 0.0

    def _learn(self, value: float) -> None:
        self._known.append(value)
        insort(self._sorted, value)
        self._sum += value
        self._squares += value * value
        if len(self._known) > self.keep:
            oldest = self._known.popleft()
            del self._sorted[bisect_left(self._sorted, oldest)]
            self._sum -= oldest
            self._squares -= oldest * oldest
        self._learned += 1
        held = len(self._known)
        if held == self.baseline or (held > self.baseline and self._learned % _ECHO_EVERY == 0):
            self._echo = self._correlation()

    def _correlation(self) -> float:
        """Rank correlation of neighbours in the baseline, one standard error too high, between 0 and .95.

        Equal values share the mean of their ranks: told apart by their place, a baseline of zeros would be all echo.
        """
        known = np.array(self._known)
        _, at, counts = np.unique(known, return_inverse=True, return_counts=True)
        ranks = (np.cumsum(counts) - counts / 2)[at]
        if min(np.ptp(ranks[:-1]), np.ptp(ranks[1:])) == 0.0:
            return 0.0
        found = float(np.corrcoef(ranks[:-1], ranks[1:])[0, 1]) + 1.0 / math.sqrt(len(known))
        return min(max(found, 0.0), 0.95)

    def _usual_limit(self) -> float:
        count = len(self._sorted)
        mean = self._sum / count
        # Block means vary less than single values by the square root of the block.
        variance = max(0.0, self._squares / count - mean * mean) * self.block
        return max(mean + self.anomaly_sd * math.sqrt(variance), mean + 1e-9 * max(1.0, abs(mean)))

    def state(self) -> dict[str, NDArray[np.generic]]:
        """Everything that steps change, as arrays."""
        return {
            "known": np.array(self._known, dtype=np.float64),
            "pending": np.array(self._pending, dtype=np.float64),
            "gathered": np.array(self._gathered, dtype=np.float64),
            "evidence": np.array(self.evidence, dtype=np.float64),
            "sums": np.array([self._sum, self._squares, self._before, self._echo], dtype=np.float64),
            "steps": np.array([self.steps, self._since, self._learned], dtype=np.int64),
        }

    def restore(self, state: dict[str, NDArray[np.generic]]) -> None:
        """Take back what `state` gave."""
        self._known = deque(state["known"].astype(np.float64).tolist())
        self._sorted = sorted(self._known)
        self._pending = state["pending"].astype(np.float64).tolist()
        self._gathered = state["gathered"].astype(np.float64).tolist()
        self.evidence = float(state["evidence"].astype(np.float64))
        self._sum, self._squares, self._before, self._echo = state["sums"].astype(np.float64).tolist()
        self.steps, self._since, self._learned = state["steps"].astype(np.int64).tolist()


def drifts(series: ArrayLike, **knobs: Any) -> list[int]:
    """Steps at which a whole series is found to have drifted; the knobs are those of DriftTest."""
    test = DriftTest(**knobs)
    return [i for i, value in enumerate(finite_series(series).tolist()) if test.step(value).drift]


def boundaries(
    series: ArrayLike,
    *,
    sensitivity: float = 1.0,
    minimum_gap: int = 2,
    window: int = 50,
    share: float | None = None,
) -> list[int]:
    """Steps at which to cut: peaks of surprise that stand out from their surroundings. Ascending.

    A cut at i means that a new segment begins with step i; step 0 is never a cut.
    A peak is the largest value within `minimum_gap` steps; it stands out when it exceeds the mean of the
    `window` steps around it by `sensitivity` standard deviations. With `share`, sensitivity is not used:
    the most outstanding peaks are taken until there are share * len(series) cuts.
    A constant series has no cuts.
    """
    values = finite_series(series)
    if minimum_gap < 1 or window < 2:
        raise InvalidInput("minimum_gap must be at least 1 and window at least 2")
    if share is not None and not 0.0 <= share <= 1.0:
        raise InvalidInput(f"share must lie in [0, 1], not {share}")
    found: list[tuple[float, int]] = []
    for i in range(1, len(values)):
        around = values[max(0, i - window // 2) : i + window // 2 + 1]
        spread = float(around.std())
        height = float(values[i] - around.mean())
        if spread <= 1e-12 or height <= 0.0:
            continue
        left, right = values[max(1, i - minimum_gap + 1) : i], values[i + 1 : i + minimum_gap]
        if (left >= values[i]).any() or (right > values[i]).any():
            continue
        if share is not None or height >= sensitivity * spread:
            found.append((-height / spread, i))
    if share is not None:
        found = sorted(found)[: round(share * len(values))]
    return sorted(i for _, i in found)
