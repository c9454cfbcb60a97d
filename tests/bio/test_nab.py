"""NAB in the arena: the official scoring against hand-computed cases, loading, detectors, the table, the command."""

from __future__ import annotations

import gzip
import json
import math
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from remanence.arena import nab_table
from remanence.arena.nab import (
    OUTSIDE,
    PROBATION,
    PROFILES,
    Series,
    evaluate,
    load_corpus,
    load_profiles,
    point_weights,
    probation_rows,
    sigmoid,
)
from remanence.arena.nab_command import nab
from remanence.arena.nab_detectors import CHEAP, bayesian_changepoint, windowed_gaussian
from remanence.errors import IngestError, InvalidInput

STANDARD = PROFILES[0]


def made(rows: int = 1000, *windows: tuple[int, int], name: str = "made/one.csv") -> Series:
    """A noisy series with a burst at the start of every window."""
    rng = np.random.default_rng(0)
    values = rng.normal(size=rows)
    for first, _ in windows:
        values[first + 2 : first + 6] += 12.0
    start = datetime(2026, 1, 1)
    times = tuple(start + timedelta(minutes=5 * i) for i in range(rows))
    return Series(name, times, values, windows)


def flags(series: Series, *rows: int) -> dict[str, np.ndarray]:  # type: ignore[type-arg]
    scores = np.zeros(len(series.values))
    scores[list(rows)] = 1.0
    return {series.name: scores}


def curve(place: float) -> float:
    return 2.0 / (1.0 + math.exp(5.0 * place)) - 1.0


def test_the_sigmoid_has_the_published_values() -> None:
    """.98661 at the left edge, .84828 in the middle, 0 at the right edge, -.98661 one width behind, -1 far away."""
    values = sigmoid(np.array([-1.0, -0.5, 0.0, 1.0, 3.0, 50.0]))

    assert np.allclose([0.98661, 0.84828, 0.0, -0.98661, -1.0, -1.0], values, atol=1e-5)


def test_probation_is_fifteen_percent_of_at_most_five_thousand_rows() -> None:
    """604 of 4,032 rows, and never more than 750."""
    assert [604, 750, 750, 0] == [probation_rows(n) for n in (4032, 5000, 22695, 3)]


def test_every_row_has_its_weight() -> None:
    """Before any window -1; in one, falling from 1; behind it, falling from 0 to -1; the probation counts nothing."""
    series = made(1000, (400, 499))

    weight, window = point_weights(series)

    assert PROBATION == window[149]
    assert OUTSIDE == window[150]
    assert -1.0 == weight[200]
    assert math.isclose(1.0, weight[400])
    assert math.isclose(curve(-0.01) / curve(-1.0), weight[499])
    assert math.isclose(curve(1 / 99), weight[500])
    assert -1.0 == weight[900]
    assert {0} == set(window[400:500].tolist())


def test_only_the_earliest_detection_in_a_window_counts() -> None:
    """One at row 410 and many later ones: the reward is that of row 410."""
    series = made(1000, (400, 499))

    result = evaluate([series], flags(series, 410, 450, 480), STANDARD, threshold=1.0)

    assert math.isclose(curve(-90 / 100) / curve(-1.0), result.raw)


def test_false_alarms_and_misses_cost_what_the_profile_says() -> None:
    """Two alarms before the window and no hit: -1 - 2 * .11 standard, -1 - 2 * .22 low FP, -2 - 2 * .11 low FN."""
    series = made(1000, (400, 499))

    raw = [evaluate([series], flags(series, 200, 300), profile, 1.0).raw for profile in PROFILES]

    assert np.allclose([-1.22, -1.44, -2.22], raw)


def test_null_is_zero_and_perfect_is_a_hundred() -> None:
    """Nothing detected: 0. The first row of every window and nothing else: 100. A flag in probation is free."""
    series = made(2000, (400, 499), (900, 1020))

    nothing = evaluate([series], flags(series), STANDARD, threshold=1.0)
    perfect = evaluate([series], flags(series, 10, 400, 900), STANDARD)

    assert 0.0 == nothing.score
    assert math.isclose(100.0, perfect.score)
    assert 1.0 == perfect.threshold


def test_one_threshold_serves_the_whole_corpus_and_is_the_best_one() -> None:
    """Against brute force over all thresholds, ties and several series included."""
    rng = np.random.default_rng(1)
    corpus = [made(300, (100, 129), name="a/x.csv"), made(400, (200, 239), (300, 339), name="b/y.csv")]
    scores = {series.name: np.round(rng.random(len(series.values)), 1) for series in corpus}

    for profile in PROFILES:
        tried = [evaluate(corpus, scores, profile, level).raw for level in np.arange(0, 1.15, 0.1).round(1)]

        assert math.isclose(max(tried), evaluate(corpus, scores, profile).raw)


def test_scores_of_the_wrong_length_or_not_finite_are_refused() -> None:
    """The message names the series."""
    series = made(300, (100, 129))

    with pytest.raises(InvalidInput, match=r"made/one.csv: 3 scores for 300 rows"):
        evaluate([series], {series.name: np.zeros(3)}, STANDARD)
    with pytest.raises(InvalidInput, match="not finite"):
        evaluate([series], {series.name: np.full(300, math.nan)}, STANDARD)


def written(root: Path, *, zipped: bool = True) -> Path:
    """A small corpus on disk in the official layout: two groups, three series."""
    windows: dict[str, list[list[str]]] = {}
    for name, spans in {"g1/a.csv": [(300, 339)], "g1/b.csv": [], "g2/c.csv": [(200, 239), (400, 439)]}.items():
        series = made(600, *spans, name=name)
        text = "timestamp,value\n" + "".join(
            f"{at:%Y-%m-%d %H:%M:%S},{value}\n" for at, value in zip(series.times, series.values)
        )
        path = root / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if zipped:
            Path(f"{path}.gz").write_bytes(gzip.compress(text.encode()))
        else:
            path.write_text(text)
        stamp = "%Y-%m-%d %H:%M:%S.%f"
        windows[name] = [[f"{series.times[a]:{stamp}}", f"{series.times[b]:{stamp}}"] for a, b in spans]
    (root / "labels").mkdir(exist_ok=True)
    (root / "labels" / "combined_windows.json").write_text(json.dumps(windows))
    return root


@pytest.mark.parametrize("zipped", [True, False])
def test_the_official_layout_is_read_plain_and_gzipped(tmp_path: Path, zipped: bool) -> None:
    """Names, rows and windows come back; the built-in profiles stand in for a missing file."""
    corpus = load_corpus(written(tmp_path, zipped=zipped))

    assert ["g1/a.csv", "g1/b.csv", "g2/c.csv"] == [series.name for series in corpus]
    assert ((200, 239), (400, 439)) == corpus[2].windows
    assert 600 == len(corpus[0].values)
    assert PROFILES == load_profiles(tmp_path)
    assert ["g2/c.csv"] == [series.name for series in load_corpus(tmp_path, ["g2"])]


def test_what_cannot_be_read_is_told_with_file_line_and_cure(tmp_path: Path) -> None:
    """No labels, a bad value, a series without labels, an empty folder."""
    with pytest.raises(IngestError, match="point --data at the root"):
        load_corpus(tmp_path)
    written(tmp_path, zipped=False)
    (tmp_path / "data/g1/new.csv").write_text("timestamp,value\n2026-01-01 00:00:00,1\n")
    with pytest.raises(IngestError, match=r"g1/new.csv has no entry"):
        load_corpus(tmp_path)
    (tmp_path / "data/g1/new.csv").unlink()
    (tmp_path / "data/g1/a.csv").write_text("timestamp,value\n2026-01-01 00:00:00,nan\n")
    with pytest.raises(IngestError, match=r"a.csv line 2: value nan"):
        load_corpus(tmp_path)
    with pytest.raises(IngestError, match="no series"):
        load_corpus(tmp_path, ["nothing"])


def test_every_cheap_detector_scores_every_row_between_zero_and_one() -> None:
    """Also on a constant series, which none of them may trip over."""
    flat = Series("made/flat.csv", made(700).times, np.full(700, 3.0), ())
    for name, detect in CHEAP.items():
        for series in (made(700, (400, 439)), flat):
            scores = detect(series)

            assert (700,) == scores.shape, name
            assert scores.min() >= 0.0, name
            assert scores.max() <= 1.0, name


def test_detectors_look_at_the_past_only() -> None:
    """Changing the last hundred values changes no score before them."""
    whole = made(700, (400, 439))
    changed = Series(whole.name, whole.times, np.append(whole.values[:600], np.full(100, 50.0)), whole.windows)
    for name, detect in {**CHEAP, "window memory": nab_table.window_memory}.items():
        assert (detect(whole)[:600] == detect(changed)[:600]).all(), name


def test_the_changepoint_detector_peaks_at_a_change() -> None:
    """A jump of the mean makes a young run probable; a steady stretch does not."""
    series = made(600)
    jumped = Series(series.name, series.times, series.values + 8.0 * (np.arange(600) >= 400), ())

    scores = bayesian_changepoint(jumped)

    assert scores[400:404].max() > 0.9
    assert scores[200:400].max() < 0.5
    assert windowed_gaussian(jumped)[400] > 0.99


def test_the_table_beats_null_and_ranks_with_and_without_the_rule() -> None:
    """On bursts out of range: the rule helps the random detector, and the window memory needs no rule."""
    corpus = [made(600, (300, 339), name="g1/a.csv"), made(600, (200, 239), (400, 439), name="g2/c.csv")]
    rows = nab_table.select_rows(["null", "random", "window memory"])

    null, random, memory = nab_table.run(corpus, PROFILES, rows=rows).lines

    assert 0.0 == null.without_rule["standard"]
    assert null.with_rule["standard"] > 50
    assert random.with_rule["standard"] > random.without_rule["standard"]
    assert memory.without_rule["standard"] > 70
    assert memory.held_out > 50


def test_published_detectors_are_shown_only_for_whole_groups() -> None:
    """Sums by group say nothing about a part of a group."""
    names = [f"realKnownCause/{i}.csv" for i in range(7)]
    whole = [made(300, (100, 129), name=name) for name in names]

    assert nab_table.published_here(whole, STANDARD)["Numenta HTM"] is not None
    assert nab_table.published_here(whole[:6], STANDARD)["Numenta HTM"] is None
    assert nab_table.published_here([made(300, (100, 129))], STANDARD)["ARTime"] is None


def test_a_second_run_takes_the_scores_from_the_folder(tmp_path: Path) -> None:
    """Kept scores are used while the series is the same, and computed again when a value changed or a file broke."""
    series = made(400, (200, 239))
    keep = tmp_path / "out"
    first, _ = nab_table._score_series("random", series, keep)
    path = next(keep.rglob("*.npz"))
    with np.load(path) as archive:
        mark = archive["mark"]
    np.savez(path, scores=np.full(400, 0.25), seconds=np.array(1.0), mark=mark)

    again, _ = nab_table._score_series("random", series, keep)
    path.write_bytes(b"broken")
    mended, _ = nab_table._score_series("random", series, keep)

    assert {0.25} == set(again.tolist())
    assert (first == mended).all()


def test_the_command_prints_the_table_and_keeps_it(tmp_path: Path) -> None:
    """Text, JSON and nab.json agree; a wrong row and a wrong folder are told in words."""
    root, out = written(tmp_path / "nab"), tmp_path / "out"
    rows = ["--row", "null", "--row", "windowed Gaussian"]
    runner = CliRunner()

    text = runner.invoke(nab, ["--data", str(tmp_path), "--out", str(out), *rows])
    plain = runner.invoke(nab, ["--data", str(root), "--json", *rows])

    assert 0 == text.exit_code, text.output
    assert "3 series, 1800 rows, 3 scored windows" in text.output
    table = json.loads(plain.output)
    assert ["null", "windowed Gaussian"] == [line["name"] for line in table["lines"]]
    kept = json.loads((out / "nab.json").read_text())
    assert table["lines"][1]["with_rule"] == kept["lines"][1]["with_rule"]
    wrong = runner.invoke(nab, ["--data", str(root), "--row", "magic"])
    assert (1, True) == (wrong.exit_code, "no detector 'magic'" in wrong.output)
    lost = runner.invoke(nab, ["--data", str(tmp_path / "nowhere")])
    assert (1, True) == (lost.exit_code, "point --data" in lost.output)
    assert "HTM" in runner.invoke(nab, ["--list"]).output


def test_htm_finds_a_real_failure_without_the_rule(data: Path) -> None:
    """A CloudWatch load balancer's last 2,500 rows: HTM alone scores well above null and random."""
    whole = next(s for s in load_corpus(data / "nab", ["realAWSCloudwatch"]) if "elb_request" in s.name)
    cut = len(whole.values) - 2500
    windows = tuple((first - cut, last - cut) for first, last in whole.windows if first > cut)
    series = Series(whole.name, whole.times[cut:], whole.values[cut:], windows)

    null, htm = nab_table.run([series], PROFILES, rows=nab_table.select_rows(["null", "HTM"])).lines

    assert windows
    assert 0.0 == null.without_rule["standard"]
    assert htm.without_rule["standard"] > 50


def test_the_real_corpus_scores_the_rule_alone_as_measured(data: Path) -> None:
    """55 scored windows in 35 series; the out-of-range rule without any model gets 41.47 of 100."""
    corpus = load_corpus(data / "nab")

    line = nab_table.run(corpus, load_profiles(data / "nab"), rows=nab_table.select_rows(["range rule alone"])).lines[0]

    assert 35 == len(corpus)
    assert 55 == sum(len(series.windows) for series in corpus)
    assert math.isclose(41.47, line.with_rule["standard"], abs_tol=0.01)
    assert math.isclose(66.47, nab_table.published_here(corpus, STANDARD)["Numenta HTM"] or 0, abs_tol=0.01)
