"""HTM and the watcher on streams: surprise where it belongs, drift apart from anomaly, bad input, save and resume."""

from __future__ import annotations

import json
import math
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from remanence.algo.surprise import AnomalyLikelihood
from remanence.bio import snapshot
from remanence.bio.chart import Chart
from remanence.bio.drift import OncePerEvent, Sighting, Watcher
from remanence.bio.encoders import StreamEncoder
from remanence.bio.htm import HTM
from remanence.bio.pooler import SpatialPooler
from remanence.bio.temporal import TemporalMemory
from remanence.bio.windows import WindowMemory
from remanence.errors import IngestError, IntegrityError, InvalidInput


def small(
    *, calibrate: int | tuple[float, float] = 100, initial: float = 0.24, time_of_day: bool = True, **knobs: Any
) -> HTM:
    """A detector that learns within a second."""
    encoder = StreamEncoder(time_of_day=time_of_day)
    memory = TemporalMemory(
        columns=512, cells=8, activation=10, minimum=7, grow=15, synapses=32, initial=initial, increment=0.04,
        decrement=0.008, punish=0.001, merge=True, seed=1960,
    )  # fmt: skip
    pooler = SpatialPooler(encoder.size, columns=512, active=20)
    return HTM(calibrate=calibrate, encoder=encoder, pooler=pooler, memory=memory, **knobs)


def head() -> AnomalyLikelihood:
    """A likelihood that speaks after 100 rows."""
    return AnomalyLikelihood(learning_period=50, samples=50)


def wave(rows: int, period: int = 20) -> NDArray[np.float64]:
    """A repeating shape with steps, so that every place in it looks different."""
    shape = np.concatenate([np.linspace(0, 10, period // 2), np.linspace(30, 20, period - period // 2)])
    return np.tile(shape, rows // period + 1)[:rows]


def times(rows: int) -> list[datetime]:
    return [datetime(2026, 1, 1) + timedelta(minutes=5 * i) for i in range(rows)]


def test_a_known_rhythm_stops_surprising_and_a_break_in_it_surprises() -> None:
    """Raw anomaly falls with the laps; a value out of its turn, well within the range, raises it."""
    series = wave(900)
    series[800] = 25.0  # at a place where 0 to 10 is due
    htm = small(calibrate=(0.0, 30.0), initial=0.5, time_of_day=False)

    raw = [htm.step(value).raw for value in series]

    assert np.mean(raw[:20]) > 0.8
    assert max(raw[800:802]) > 0.8
    assert np.mean(raw[600:800]) < 0.1


def test_the_rule_is_separate_and_can_be_switched_off() -> None:
    """A value far out of range scores 1 with the rule and is flagged, but not scored, without."""
    series = np.append(wave(400), 500.0)

    ruled = [small().step(v) for v in series[:1]]
    with_rule, without = small(), small(range_rule=False)
    last = [(with_rule.step(v), without.step(v)) for v in series][-1]

    assert not ruled[0].out_of_range
    assert (1.0, True) == (last[0].score, last[0].out_of_range)
    assert last[1].out_of_range
    assert last[1].score < 1.0
    assert last[0].likelihood == last[1].likelihood


def test_a_constant_series_is_never_surprising() -> None:
    """No division by a range of zero, no alarm."""
    htm = small()

    readings = [htm.step(7.0) for _ in range(500)]

    assert max(reading.score for reading in readings) < 0.1


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e200])
def test_a_value_that_is_no_number_is_refused_and_changes_nothing(value: float) -> None:
    """The stream goes on as if the bad value had never come."""
    series = wave(300)
    calm, disturbed = small(), small()
    for each in series[:150]:
        calm.step(each)
        disturbed.step(each)

    with pytest.raises(InvalidInput, match="cannot take in"):
        disturbed.step(value)

    assert [calm.step(v) for v in series[150:]] == [disturbed.step(v) for v in series[150:]]


@pytest.mark.parametrize("cut", [40, 250])
def test_a_saved_stream_goes_on_exactly_where_it_stopped(tmp_path: Path, cut: int) -> None:
    """Saved while the range is measured or long after: the loaded copy gives the same readings to the bit."""
    rng = np.random.default_rng(0)
    series, at = wave(400) + rng.normal(size=400), times(400)
    htm = small()
    for value, when in zip(series[:cut], at):
        htm.step(value, when)
    htm.save(tmp_path / "htm.npz")
    copy = HTM.load(tmp_path / "htm.npz")

    rest = list(zip(series[cut:], at[cut:]))

    assert [htm.step(*pair) for pair in rest] == [copy.step(*pair) for pair in rest]


def test_a_damaged_or_foreign_file_is_refused(tmp_path: Path) -> None:
    """Every flipped byte is found by the checksum or the archive; another model's file names its kind."""
    path = tmp_path / "state.npz"
    snapshot.save(path, "thing", {"a": 1}, {"x": np.arange(50)})
    whole = path.read_bytes()
    refused = 0
    for place in range(0, len(whole), 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        try:
            settings, arrays = snapshot.load(path, "thing")
        except (IntegrityError, IngestError):
            refused += 1
        else:  # a byte of the archive that carries nothing
            assert {"a": 1} == settings
            assert np.arange(50).tolist() == arrays["x"].tolist()
    path.write_bytes(whole)

    assert refused > 20
    with pytest.raises(IngestError, match="holds a thing, not a htm"):
        HTM.load(path)
    with pytest.raises(IngestError, match="no saved model"):
        HTM.load(tmp_path / "nowhere")
    path.write_bytes(whole[:100])
    with pytest.raises(IntegrityError):
        snapshot.load(path, "thing")


def test_nan_objects_and_pickles_are_never_written_or_read(tmp_path: Path) -> None:
    """NaN in arrays or settings is refused before the file exists; a pickled array is not opened."""
    path = tmp_path / "state.npz"

    with pytest.raises(InvalidInput, match="not finite"):
        snapshot.save(path, "thing", {}, {"x": np.array([1.0, math.nan])})
    with pytest.raises(InvalidInput, match="settings"):
        snapshot.save(path, "thing", {"a": math.nan}, {})
    with pytest.raises(InvalidInput, match="only numbers"):
        snapshot.save(path, "thing", {}, {"x": np.array([object()])})
    assert not path.exists()
    np.savez(path, remanence=np.array([{"a": 1}], dtype=object))
    with pytest.raises(IntegrityError):
        snapshot.load(path, "thing")


def test_window_memory_is_surprised_by_a_window_it_never_saw() -> None:
    """A flat stretch in a rhythm is far from all past windows; the rhythm itself is not; and it resumes exactly."""
    rng = np.random.default_rng(1)
    series = wave(1200) + 0.2 * rng.normal(size=1200)
    series[900:930] = 5.0
    memory, copy = WindowMemory(warmup=100), WindowMemory(warmup=100)

    scores = [memory.step(value) for value in series[:1000]]
    copy.restore({name: array.copy() for name, array in memory.state().items()})

    assert max(scores[900:930]) > 0.5
    assert np.quantile(scores[400:900], 0.99) < 0.5
    assert [memory.step(v) for v in series[1000:]] == [copy.step(v) for v in series[1000:]]


def test_window_memory_stays_bounded() -> None:
    """Ten times more rows than it keeps: its arrays do not grow, and only the recent rows count."""
    memory = WindowMemory(width=4, nearest=1, keep=50, warmup=20)
    held = len(memory._values)

    for i in range(600):
        far = memory.distance(float(i % 7))

    assert held == len(memory._values)
    assert 0.0 == far


def test_an_event_is_told_once() -> None:
    """A repeat within the quiet rows is halved, a higher score and a later one are not."""
    once = OncePerEvent(quiet=3)

    told = [once.step(score) for score in (0.6, 0.6, 0.8, 0.6, 0.2, 0.0, 0.1, 0.6)]

    assert [0.6, 0.3, 0.8, 0.3, 0.1, 0.0, 0.05, 0.6] == told


def test_a_spike_is_an_anomaly_and_a_new_regime_is_a_drift() -> None:
    """One odd value: anomaly without drift. A lasting new shape: drift within 150 rows, then quiet again."""
    rng = np.random.default_rng(2)
    series = wave(1700) + 0.3 * rng.normal(size=1700)
    series[900] = 80.0
    series[1400:] = 60.0 + 25.0 * rng.normal(size=300)
    watcher = Watcher(calibrate=100, htm=small(initial=0.5, time_of_day=False, likelihood=head()))

    seen = [watcher.step(value) for value in series]

    assert seen[900].anomaly
    drifts = [each.row for each in seen if each.drift]
    assert drifts
    assert 1400 < drifts[0] < 1550
    assert abs((seen[drifts[0]].since or 0) - 1400) < 60


def test_a_watcher_resumes_exactly(tmp_path: Path) -> None:
    """Everything it holds is saved: HTM, windows, quiet time, drift test; extra JSON comes back too."""
    rng = np.random.default_rng(3)
    series, at = wave(500) + rng.normal(size=500), times(500)
    watcher = Watcher(calibrate=100, htm=small(likelihood=head()))
    for value, when in zip(series[:333], at):
        watcher.step(value, when)
    watcher.save(tmp_path / "w.state", {"note": "here"})
    copy, extra = Watcher.load(tmp_path / "w.state")

    rest = list(zip(series[333:], at[333:]))

    assert {"note": "here"} == extra
    assert [watcher.step(*pair) for pair in rest] == [copy.step(*pair) for pair in rest]


def test_no_unit_of_the_values_changes_what_is_said() -> None:
    """A series in volts, in microvolts and in millions: the same scores, anomalies and drifts."""
    rng = np.random.default_rng(0)
    series = wave(500) + rng.normal(scale=0.3, size=500)
    series[400] = 90.0
    said = []
    for unit in (1.0, 1e-5, 1e7):
        watcher, htm = Watcher(calibrate=100), small(likelihood=head())
        said.append([(watcher.step(unit * v).score, htm.step(unit * v).score) for v in series])

    assert max(max(pair) for pair in said[0][390:]) > 0.5
    for other in said[1:]:
        assert np.allclose(said[0], other, atol=1e-6)


def test_htm_follows_a_stream_to_another_level_and_a_lone_spike_moves_nothing() -> None:
    """Ten times as high from row 500 on: the rhythm there is known after some laps; without `adapt` it stays new."""
    rng = np.random.default_rng(0)
    series = np.concatenate([wave(500), 10 * wave(1000)])
    series += np.repeat([0.5, 5.0], [500, 1000]) * rng.normal(size=1500)
    raw = {}
    for adapt in (True, False):
        htm = small(adapt=adapt, initial=0.5, time_of_day=False)
        raw[adapt] = [htm.step(value).raw for value in series]
    spiked = small(initial=0.5, time_of_day=False)
    for value in [*wave(300), 1e4, *wave(50)]:
        spiked.step(value)

    assert np.mean(raw[True][1300:]) < 0.5 * np.mean(raw[False][1300:])
    assert (0.0, 30.0) == spiked.encoder.range


def test_a_chart_of_any_length_stays_small_and_resumes() -> None:
    """A hundred thousand rows give a picture below 300 kB with every extreme in it; its state is plain JSON."""
    chart = Chart()
    for i in range(30_000):
        value = 99.5 if i == 17_001 else math.sin(i)
        chart.add(Sighting(i, value, 0.2, 0.5, 0.1, i == 17_001, i == 20_000, None))
    copy = Chart.from_state(json.loads(json.dumps(chart.state())))

    picture = chart.svg("a <b> & c")

    assert len(picture) < 300_000
    assert ">99.5<" in picture
    assert "a &lt;b&gt; &amp; c: 30000 rows, 1 anomalies, 1 drifts" in picture
    assert picture == copy.svg("a <b> & c")
    assert "0 rows" in Chart().svg("empty")
