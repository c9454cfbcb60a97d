"""`remanence bio watch`: prints, plots, skips bad rows on request, resumes, and loses nothing when stopped."""

from __future__ import annotations

import gzip
import json
import math
import os
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from remanence.bio.drift import Watcher
from remanence.serve.cli.bio import bio


def table(rows: int, *, spike: int | None = None) -> list[str]:
    """CSV lines of a noisy rhythm, header first."""
    rng = np.random.default_rng(0)
    start = datetime(2026, 1, 1)
    lines = ["timestamp,value"]
    for i in range(rows):
        value = 10 * math.sin(i / 5) + rng.normal() + (200 if i == spike else 0)
        lines.append(f"{start + timedelta(minutes=5 * i):%Y-%m-%d %H:%M:%S},{value:.3f}")
    return lines


def written(path: Path, lines: list[str]) -> str:
    path.write_text("\n".join(lines) + "\n")
    return str(path)


def watch(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(bio, ["watch", "--warmup", "30", *arguments], input=stdin)


def objects(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_every_row_is_told_and_the_spike_is_an_anomaly(tmp_path: Path) -> None:
    """One line per row with value, likelihood, score and note; the picture is an SVG file."""
    file = written(tmp_path / "a.csv", table(120, spike=100))

    result = watch(file, "--plot", str(tmp_path / "a.svg"))

    assert 0 == result.exit_code, result.output
    lines = result.stdout.splitlines()
    assert "time\tvalue\tlikelihood\tscore\tnote" == lines[0]
    assert 121 == len(lines)
    assert lines[101].startswith("2026-01-01 08:20:00\t")
    assert lines[101].endswith("\tanomaly")
    assert "120 rows" in result.stderr
    assert (tmp_path / "a.svg").read_text().startswith("<svg")


def test_json_and_quiet_give_the_events_and_a_summary(tmp_path: Path) -> None:
    """With --quiet --json only the spike and the summary are printed."""
    file = written(tmp_path / "a.csv", table(120, spike=100))

    told = objects(watch(file, "--json", "--quiet"))

    assert 100 in [each.get("row") for each in told]
    assert all(each["anomaly"] or each["drift"] for each in told[:-1])
    assert 120 == told[-1]["summary"]["rows"]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("2026-01-01 05:00:00,abc", "value 'abc' is no number"),
        ("2026-01-01 05:00:00,nan", "is not finite"),
        ("2026-01-01 05:00:00,-inf", "is not finite"),
        ("2026-01-01 05:00:00,1e300", "scale the series down"),
        ("2026-01-01 05:00:00", "has 1 columns"),
        ("yesterday,1", "is no ISO 8601, no calendar date"),
        ("2025-01-01 00:00:00,1", "lies before the row above"),
        ("2026-01-01T05:00:00+02:00,1", "zoned, unlike the rows above"),
    ],
)
def test_a_bad_row_stops_with_its_line_and_a_cure_or_is_skipped(tmp_path: Path, row: str, why: str) -> None:
    """Without --skip-bad: exit 1, line and cure, what came before is kept. With it: reported, and left out."""
    lines = table(50)
    lines.insert(41, row)
    file = written(tmp_path / "a.csv", lines)

    stopped = watch(file, "--state", str(tmp_path / "s"))
    skipped = watch(file, "--skip-bad", "--json")

    assert 1 == stopped.exit_code
    assert f"line 42: {why}" in stopped.output or ("line 42" in stopped.output and why in stopped.output)
    assert "--skip-bad" in stopped.output
    assert 40 == Watcher.load(tmp_path / "s")[0].rows
    assert 0 == skipped.exit_code
    assert {"rows": 50, "bad_rows": 1} == {key: objects(skipped)[-1]["summary"][key] for key in ("rows", "bad_rows")}
    assert "line 42 left out" in skipped.stderr


def test_a_mended_row_is_read_by_the_next_run(tmp_path: Path) -> None:
    """Stopped at a bad row; mended; the same command goes on there and ends like an unbroken run."""
    good, broken = table(80), table(80)
    broken[41] = broken[41].split(",")[0] + ",oops"
    state = ["--state", str(tmp_path / "s")]
    file = written(tmp_path / "a.csv", broken)

    assert 1 == watch(file, *state, "--json").exit_code
    written(tmp_path / "a.csv", good)
    rest = objects(watch(file, *state, "--json"))
    whole = objects(watch(written(tmp_path / "b.csv", good), "--json"))

    assert whole[40:] == rest


def test_a_grown_file_is_gone_on_with_and_nothing_is_taken_in_twice(tmp_path: Path) -> None:
    """Half the file, then all of it, then again: the readings are those of one run."""
    lines = table(100)
    file = written(tmp_path / "a.csv", lines[:51])
    state = ["--state", str(tmp_path / "s")]
    whole = objects(watch(written(tmp_path / "b.csv", lines), "--json"))

    first = objects(watch(file, *state, "--json"))
    written(tmp_path / "a.csv", lines)
    second = objects(watch(file, *state, "--json"))
    third = objects(watch(file, *state, "--json"))

    assert whole == first[:-1] + second
    assert [{"summary": whole[-1]["summary"]}] == third


def test_another_file_is_taken_as_the_continuation(tmp_path: Path) -> None:
    """The second file begins where the first ended, with its own header."""
    lines = table(100)
    state = ["--state", str(tmp_path / "s")]
    whole = objects(watch(written(tmp_path / "w.csv", lines), "--json"))

    first = objects(watch(written(tmp_path / "a.csv", lines[:51]), *state, "--json"))
    second = objects(watch(written(tmp_path / "b.csv", [lines[0], *lines[51:]]), *state, "--json"))

    assert whole == first[:-1] + second


def test_a_pipe_of_bare_values_needs_no_header_and_no_time() -> None:
    """One column from standard input; blank lines are passed over."""
    result = watch("-", "--json", stdin="\n".join(["1.5", "", *[str(i % 7) for i in range(40)]]))

    told = objects(result)
    assert (1.5, None) == (told[0]["value"], told[0]["time"])
    assert 41 == told[-1]["summary"]["rows"]


def test_columns_are_chosen_by_name_or_number(tmp_path: Path) -> None:
    """Time and value may stand anywhere; seconds since 1970 are times; a wrong name lists the right ones."""
    file = written(tmp_path / "a.csv", ["host,load,when", "a,1.0,1767225600", "a,2.0,1767225900"])

    named = objects(watch(file, "--json", "--value", "load", "--time", "when"))
    numbered = objects(watch(file, "--json", "--value", "2", "--no-time"))
    wrong = watch(file, "--value", "cpu")

    assert "2026-01-01T00:00:00+00:00" == named[0]["time"]
    assert [1.0, 2.0] == [each["value"] for each in numbered[:-1]]
    assert (1, True) == (wrong.exit_code, "host, load, when" in wrong.output)


def test_gzipped_missing_and_damaged_files(tmp_path: Path) -> None:
    """Gzip is read; a missing file, a damaged one and a damaged state are told in words."""
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress("\n".join(table(40)).encode()))
    (tmp_path / "b.csv.gz").write_bytes(b"\x1f\x8b" + b"nonsense" * 9)
    (tmp_path / "state").write_bytes(b"nonsense")

    assert 40 == objects(watch(str(tmp_path / "a.csv.gz"), "--json"))[-1]["summary"]["rows"]
    assert "no file" in watch(str(tmp_path / "nowhere.csv")).output
    assert "damaged" in watch(str(tmp_path / "b.csv.gz")).output
    refused = watch(str(tmp_path / "a.csv.gz"), "--state", str(tmp_path / "state"))
    assert (1, True) == (refused.exit_code, "cannot be read as a saved model" in refused.output)
    assert b"nonsense" == (tmp_path / "state").read_bytes()


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_stream_loses_nothing(tmp_path: Path, stop: signal.Signals) -> None:
    """Ctrl-C (or a polite kill) in the middle of a pipe: every row read is in the state, and the picture is drawn."""
    heard = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "  # a shell's background is deaf
    code = heard + "from remanence.serve.cli.bio import bio; bio()"
    arguments = ["watch", "-", "--json", "--warmup", "30", "--state", "s", "--plot", "p.svg"]
    with subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("".join(f"{i % 9}\n" for i in range(60)))
        process.stdin.flush()
        for _ in range(60):
            process.stdout.readline()
        process.send_signal(stop)
        out, err = process.communicate(timeout=60)

    assert 130 == process.returncode, err
    assert {"rows": 60} == {"rows": json.loads(out.splitlines()[-1])["summary"]["rows"]}
    assert 60 == Watcher.load(tmp_path / "s")[0].rows
    assert (tmp_path / "p.svg").exists()


def test_help_shows_an_example() -> None:
    """Group and command explain themselves."""
    runner = CliRunner()

    assert "Example: remanence bio watch" in runner.invoke(bio, ["--help"]).output
    assert "--skip-bad" in runner.invoke(bio, ["watch", "--help"]).output


def test_a_european_table_is_watched_and_its_picture_has_a_time_axis(tmp_path: Path) -> None:
    """Semicolons, decimal commas, day.month.year: the spike is found, and the picture names first and last time."""
    start = datetime(2026, 1, 1)
    rows = [line.split(",")[1].replace(".", ",") for line in table(120, spike=100)[1:]]
    lines = [f"{start + timedelta(minutes=5 * i):%d.%m.%Y %H:%M};{value}" for i, value in enumerate(rows)]
    file = written(tmp_path / "a.csv", ["Zeit;Wert", *lines])

    result = watch(file, "--quiet", "--json", "--plot", str(tmp_path / "a.svg"))

    assert 0 == result.exit_code, result.output
    assert 100 in [one["row"] for one in objects(result)[:-1] if one["anomaly"]]
    picture = (tmp_path / "a.svg").read_text()
    assert "2026-01-01 00:00" in picture
    assert "2026-01-01 09:55" in picture


def test_the_model_can_be_chosen_and_a_state_keeps_it(tmp_path: Path) -> None:
    """Window memory by default; a state begun with another model says so."""
    file = written(tmp_path / "a.csv", table(60))
    state = str(tmp_path / "s")
    assert 0 == watch(file, "--model", "htm", "--state", state).exit_code

    refused = watch(file, "--model", "windows", "--state", state)

    assert 1 == refused.exit_code
    assert "begun with --model htm" in refused.output


def test_what_cannot_be_written_or_read_is_refused_before_the_first_row(tmp_path: Path) -> None:
    """A picture or state in no folder, a folder in place of a file, junk in place of a state: each with its reason."""
    file, junk = written(tmp_path / "a.csv", table(40)), tmp_path / "junk.state"
    junk.write_text("junk")
    refused = {
        ("--plot", str(tmp_path / "no" / "a.svg")): "there is no folder",
        ("--state", str(tmp_path / "no" / "a.state")): "there is no folder",
        ("--plot", str(tmp_path)): "is a folder: name a file in it",
        ("--state", str(junk)): "it is no archive of arrays",
    }
    for arguments, why in refused.items():
        result = watch(file, *arguments)

        assert 1 == result.exit_code
        assert why in result.stderr
        assert "pickle" not in result.stderr
        assert "" == result.stdout
    assert "is a folder: give one CSV file" in watch(str(tmp_path)).stderr


def test_a_series_shorter_than_the_warm_up_is_told_so(tmp_path: Path) -> None:
    """Nothing was reported because nothing could be; a longer one gets no such line, and JSON stays JSON."""
    short, long = written(tmp_path / "s.csv", table(20)), written(tmp_path / "l.csv", table(40))

    assert "nothing is reported for the first 30 rows" in watch(short).stderr
    assert "first 30 rows" not in watch(long).stderr
    assert {"rows": 20, "anomalies": 0, "drifts": 0, "bad_rows": 0} == objects(watch(short, "--json"))[-1]["summary"]
