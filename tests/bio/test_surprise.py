"""Any surprise series: likelihood, sequential tests, drift, cuts; and the same for sentence vectors."""

from __future__ import annotations

import math

import numpy as np
import pytest

from remanence.algo.surprise import (
    AnomalyLikelihood,
    DriftTest,
    PageHinkley,
    SequentialTest,
    boundaries,
    drifts,
    gaussian_tail,
    likelihoods,
    log_likelihood,
    out_of_range,
)
from remanence.bio.surprise import surprise_series
from remanence.errors import InvalidInput


def test_the_tail_and_its_log_are_those_of_the_paper() -> None:
    """Q(0) = 1/2, mirrored below the mean; L = .99999 maps to one half, L = .99 to one fifth."""
    assert 0.5 == gaussian_tail(3.0, 3.0, 2.0)
    assert gaussian_tail(1.0, 3.0, 2.0) == gaussian_tail(5.0, 3.0, 2.0)
    assert math.isclose(0.15865525, gaussian_tail(5.0, 3.0, 2.0), rel_tol=1e-6)
    assert math.isclose(0.5, log_likelihood(0.99999), rel_tol=1e-4)
    assert math.isclose(0.2, log_likelihood(0.99), rel_tol=1e-4)


def test_a_burst_of_surprise_is_unlikely_and_told_once() -> None:
    """Quiet history, then a burst: likelihood passes .99999 at its start; while it lasts it is relaxed to .999."""
    rng = np.random.default_rng(0)
    series = rng.random(600) * 0.1
    series[500:515] = 1.0

    seen = likelihoods(series, learning_period=50, samples=50)

    assert (seen[:100] == 0.5).all()
    assert seen[100:500].max() < 0.9999
    first = int(np.flatnonzero(seen > 0.99999)[0])
    assert first in (500, 501, 502)
    assert math.isclose(0.999, seen[first + 1], rel_tol=1e-9)


def test_the_likelihood_matches_a_fit_by_hand() -> None:
    """Mean and variance of the ten-step averages after the learning period, with their floors."""
    rng = np.random.default_rng(1)
    series = rng.random(201)
    averages = np.array([series[max(0, i - 9) : i + 1].mean() for i in range(201)])
    known = averages[60:200]
    tail = gaussian_tail(float(averages[200]), float(known.mean()), float(known.std()))

    seen = likelihoods(series, learning_period=60, samples=140)

    assert math.isclose(1.0 - tail, seen[200], rel_tol=1e-9)


def test_a_constant_metric_is_never_unlikely() -> None:
    """While the metric does not vary, the likelihood stays near one half whatever the score does."""
    head = AnomalyLikelihood(learning_period=10, samples=10)

    seen = [head.step(float(i % 7 == 0), value=5.0) for i in range(200)]

    assert max(seen) < 0.51


def test_two_flags_in_a_row_just_decide_and_one_alone_fades() -> None:
    """Wald's bounds for alpha = beta = .01 are +-4.595; a flag gives 2.303, a quiet step takes .0953."""
    test = SequentialTest()

    assert math.isclose(4.59512, test.upper, rel_tol=1e-5)
    assert math.isclose(2.302585, test.gain, rel_tol=1e-6)
    assert math.isclose(-0.0953102, test.loss, rel_tol=1e-6)
    assert [None, "drift"] == [test.step(True), test.step(True)]
    assert test.step(True) is None
    assert [None] * 24 == [test.step(False) for _ in range(24)]
    assert test.evidence < 0.03


def test_wrong_decisions_of_the_flag_test_stay_within_alpha_and_beta() -> None:
    """At rate p0 at most 1 % of decisions say drift; at rate p1 about 1 % say steady."""
    rng = np.random.default_rng(2)

    def decisions(rate: float) -> list[str]:
        test = SequentialTest()
        found = [test.step(bool(flag)) for flag in rng.random(60_000) < rate]
        return [each for each in found if each]

    steady, drifted = decisions(0.01), decisions(0.1)

    assert steady.count("drift") <= 0.01 * len(steady)
    assert drifted.count("steady") <= 0.015 * len(drifted)


def test_page_hinkley_finds_a_rise_and_starts_again() -> None:
    """A rise of the mean is called once, soon; a steady series never."""
    rng = np.random.default_rng(3)
    steady = rng.normal(size=2000)
    raised = steady + np.where(np.arange(2000) >= 1000, 2.0, 0.0)

    def calls(series: np.ndarray) -> list[int]:  # type: ignore[type-arg]
        test = PageHinkley(slack=0.5, threshold=20.0)
        return [i for i, value in enumerate(series) if test.step(value)]

    assert [] == calls(steady)
    assert 1000 <= calls(raised)[0] < 1040


@pytest.mark.parametrize("law", ["normal", "exponential", "flags"])
def test_a_steady_stream_drifts_falsely_no_more_than_alpha(law: str) -> None:
    """Of 30 steady streams of 2,000 steps not one drifts at alpha .01, whatever the distribution."""
    rng = np.random.default_rng(4)
    make = {
        "normal": lambda: rng.normal(size=2000),
        "exponential": lambda: rng.exponential(size=2000),
        "flags": lambda: (rng.random(2000) < 0.05).astype(float),
    }[law]

    assert 0 == sum(len(drifts(make(), alpha=0.01, horizon=2000)) > 0 for _ in range(30))


@pytest.mark.parametrize("echo", [0.3, 0.6, 0.9])
def test_a_steady_stream_whose_neighbours_depend_on_each_other_is_steady(echo: float) -> None:
    """Autoregressive streams of 2,000 values, ten each: at most one false drift, and a rise is still found."""
    rng = np.random.default_rng(1)
    false, found = 0, 0
    for _ in range(10):
        noise, series = rng.normal(size=3000), np.zeros(3000)
        for i in range(1, 3000):
            series[i] = echo * series[i - 1] + noise[i]
        false += bool(drifts(series[:2000], horizon=2000))
        series[2000:] += 3 * series[:2000].std()
        found += any(at >= 2000 for at in drifts(series, horizon=2000))

    assert false <= 1
    assert found >= 9


def test_a_lone_spike_is_an_anomaly_and_no_drift() -> None:
    """Spikes of fifty deviations are told as anomalies; the drift test stays silent."""
    rng = np.random.default_rng(5)
    series = rng.normal(size=1200)
    series[[700, 900]] += 50.0
    test = DriftTest()

    steps = [test.step(value) for value in series]

    assert [700, 900] == [i for i, step in enumerate(steps) if step.anomaly]
    assert not any(step.drift for step in steps)


def test_a_lasting_shift_is_found_soon_and_the_baseline_is_learned_anew() -> None:
    """Two deviations up: drift within 25 steps, its beginning told within 5; the new level is no drift again."""
    rng = np.random.default_rng(6)
    series = rng.normal(size=2500)
    series[1000:] += 2.0
    test = DriftTest()

    found = [(i, step.since) for i, step in enumerate(map(test.step, series)) if step.drift]

    assert 1 == len(found)
    at, since = found[0]
    assert 1000 < at <= 1025
    assert since is not None
    assert abs(since - 1000) <= 5


def test_a_second_drift_is_found_after_the_first() -> None:
    """Level 0, 2, 4: two drifts."""
    rng = np.random.default_rng(7)
    series = rng.normal(size=2400) + np.repeat([0.0, 2.0, 4.0], 800)

    found = drifts(series)

    assert 2 == len(found)
    assert 800 < found[0] < 840
    assert 1600 < found[1] < 1640


def test_a_restored_drift_test_goes_on_exactly_as_the_original() -> None:
    """Saved in the middle of a block and of a suspicion, both copies say the same."""
    rng = np.random.default_rng(8)
    series = np.concatenate([rng.normal(size=703), rng.normal(size=97) + 1.0, rng.normal(size=200)])
    test, copy = DriftTest(block=2), DriftTest(block=2)
    for value in series[:715]:
        test.step(value)

    copy.restore(test.state())

    assert [test.step(v) for v in series[715:]] == [copy.step(v) for v in series[715:]]


def test_the_out_of_range_rule_fires_beyond_five_percent() -> None:
    """Range 0..10: 10.4 is within the slack, 10.6 of the then wider range is not; a first value never fires."""
    assert [False, False, False, True, True] == out_of_range([0.0, 10.0, 10.4, 11.0, -2.0]).tolist()


def test_cuts_fall_on_the_peaks() -> None:
    """Three peaks over noise: three cuts; step 0 and a constant series give none."""
    rng = np.random.default_rng(9)
    series = rng.random(60) * 0.2
    series[[15, 31, 47]] = 1.0

    assert [15, 31, 47] == boundaries(series, sensitivity=2.0)
    assert [15, 31, 47] == boundaries(series, share=3 / 60)
    assert [] == boundaries([5.0] * 20)
    assert [] == boundaries([])
    assert 0 not in boundaries([1.0, 0.0, 0.0, 0.0], sensitivity=0.1)


def test_a_series_with_nan_is_refused_with_its_place() -> None:
    """The message names the index."""
    with pytest.raises(InvalidInput, match=r"series\[1\] is nan"):
        boundaries([0.0, math.nan])
    with pytest.raises(InvalidInput, match="finite"):
        DriftTest().step(math.inf)


def topics(seed: int) -> tuple[np.ndarray, list[int]]:  # type: ignore[type-arg]
    """Noisy vectors around a centre that changes every 8 to 13 steps, and where it changes."""
    rng = np.random.default_rng(seed)
    rows: list[np.ndarray] = []  # type: ignore[type-arg]
    changes: list[int] = []
    for _ in range(8):
        centre = rng.normal(size=64)
        if rows:
            changes.append(len(rows))
        rows += [centre + 0.8 * rng.normal(size=64) for _ in range(int(rng.integers(8, 14)))]
    return np.array(rows), changes


@pytest.mark.parametrize(("method", "least"), [("distance", 0.8), ("hopfield", 0.8), ("sparsey", 0.5), ("htm", 0.5)])
def test_surprise_of_vectors_peaks_where_the_topic_changes(method: str, least: float) -> None:
    """Cuts from surprise find the changes of topic far better than as many random cuts would (about .1)."""
    right = total = 0
    for seed in range(4):
        vectors, changes = topics(seed)
        found = boundaries(surprise_series(vectors, method), share=len(changes) / len(vectors))  # type: ignore[arg-type]
        right += len(set(found) & set(changes))
        total += len(changes)

    assert right / total >= least


def test_vectors_that_cannot_be_read_are_refused() -> None:
    """Wrong shape, NaN and an unknown method each get a message."""
    with pytest.raises(InvalidInput, match=r"\[T, D\]"):
        surprise_series([1.0, 2.0])
    with pytest.raises(InvalidInput, match="not finite"):
        surprise_series([[math.nan, 1.0]])
    with pytest.raises(InvalidInput, match="choose one of htm"):
        surprise_series([[1.0, 2.0]], "guess")  # type: ignore[arg-type]
    assert 0 == len(surprise_series(np.zeros((0, 4))))
