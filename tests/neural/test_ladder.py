"""The ladder: resumes, chooses on validation, reports spread; and the package says what it needs."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from remanence.arena import neural as bench
from remanence.arena.neural_command import neural
from remanence.errors import InvalidInput


def tiny() -> bench.Ladder:
    knobs = {"stacked_mqar": {"pairs": 3, "codes": 16}}
    return bench.Ladder(("softmax", "delta_net"), ("stacked_mqar",), lrs=(1e-2,), seeds=(0, 1), steps=2, batch=4,
                        d_model=16, key=8, value=8, task_knobs=knobs)  # fmt: skip


def row(lr: float, seed: int, accuracy: float, validation: float) -> dict[str, Any]:
    return {"layer": "a", "task": "t", "lr": lr, "seed": seed, "accuracy": accuracy, "validation": validation,
            "diverged": False, "state": 8, "parameters": 9, "tokens_per_second": 1.0, "ms_per_step": 2.0}  # fmt: skip


def test_a_ladder_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """Runs in the results file are not made again; the others are added."""
    results = tmp_path / "results.json"
    first = bench.climb(bench.subset(tiny(), "softmax", None), results)
    kept = json.loads(results.read_text())

    lines: list[str] = []
    rows = bench.climb(tiny(), results, lines.append)

    assert len(first) == 2
    assert len(rows) == 4
    assert len(lines) == 2
    held = json.loads(results.read_text())
    assert len(held) == 4
    assert all(held[key] == value for key, value in kept.items())


def test_a_ladder_that_starts_alike_is_another_ladder(tmp_path: Path) -> None:
    """Its runs stand beside the others in the file and are not taken for them."""
    results = tmp_path / "results.json"
    apart = bench.climb(bench.subset(tiny(), "delta_net", None), results)
    alike = bench.climb(replace(bench.subset(tiny(), "delta_net", None), alike=True), results)

    assert len(json.loads(results.read_text())) == 4
    assert [one["validation"] for one in apart] != [one["validation"] for one in alike]


def test_two_runs_at_a_time_give_the_same_rows_as_one_after_the_other() -> None:
    """Other processes make the runs; the order and the numbers stay."""

    def told(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
        return [(row["layer"], row["seed"], row["accuracy"], row["validation"]) for row in rows]

    small = replace(tiny(), layers=("delta_net",))

    assert told(bench.climb(small, jobs=2)) == told(bench.climb(small))


def test_swept_once_the_other_seeds_take_the_best_rate_of_the_first() -> None:
    """Two rates with the first seed, one with each of the others."""
    ladder = replace(tiny(), layers=("softmax",), lrs=(1e-2, 1e-9), seeds=(0, 1, 2), steps=20, sweep_once=True)

    rows = bench.climb(ladder)

    best = max(rows[:2], key=lambda row: row["validation"])["lr"]
    assert [(row["seed"], row["lr"]) for row in rows] == [(0, 1e-2), (0, 1e-9), (1, best), (2, best)]
    assert len(bench.climb(replace(ladder, sweep_once=False))) == 6


def test_a_bad_second_seed_does_not_change_the_rate_of_the_third(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first seed alone decides, whatever the next one does at that rate."""
    validation = {(0, 0.1): 0.9, (0, 0.2): 0.8, (1, 0.1): 0.1}
    monkeypatch.setattr(
        bench, "run", lambda _, name, task, lr, seed: row(lr, seed, 0.5, validation.get((seed, lr), 0.5)) | {
            "layer": name, "task": task}
    )  # fmt: skip
    ladder = replace(tiny(), layers=("softmax",), lrs=(0.1, 0.2), seeds=(0, 1, 2), sweep_once=True)

    rows = bench.climb(ladder)

    assert [(made["seed"], made["lr"]) for made in rows] == [(0, 0.1), (0, 0.2), (1, 0.1), (2, 0.1)]


def test_the_learning_rate_is_chosen_on_validation_and_the_rest_reported() -> None:
    """The rate with the best validation counts, even if another has the better test score."""
    rows = [row(0.1, 0, 0.9, 0.2), row(0.1, 1, 0.9, 0.2), row(0.2, 0, 0.5, 0.8), row(0.2, 1, 0.7, 0.8)]

    (rung,) = bench.rungs(rows)

    assert rung.lr == 0.2
    assert (rung.low, rung.high, rung.seeds) == (0.5, 0.7, 2)
    assert rung.mean == pytest.approx(0.6)


def test_the_wide_table_has_a_line_per_layer_and_a_column_per_task() -> None:
    """Best on average first; half the spread stands behind the mean; what was not run is a dash."""
    rows = [row(0.1, 0, 0.9, 0.9), row(0.1, 1, 0.7, 0.9), {**row(0.1, 0, 1.0, 1.0), "layer": "b", "task": "u"}]

    told = bench.matrix(bench.rungs(rows)).splitlines()

    assert told[0].startswith("| layer | t | u | mean |")
    assert told[2].startswith("| b | - | 1.00 | 1.00 |")
    assert told[3].startswith("| a | 0.80 ±0.10 | - | 0.80 |")


def test_a_rate_tried_with_one_seed_is_compared_on_that_seed() -> None:
    """A lucky single run of the other rate does not beat the mean of three seeds at the chosen one."""
    rows = [row(0.1, 0, 0.9, 0.9), row(0.1, 1, 0.5, 0.5), row(0.1, 2, 0.5, 0.5), row(0.2, 0, 0.8, 0.8)]

    (rung,) = bench.rungs(rows)

    assert (rung.lr, rung.seeds) == (0.1, 3)


def test_the_plots_are_drawn_with_and_without_matplotlib(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One picture per task; without matplotlib an SVG with every layer's name."""
    found = bench.rungs([row(0.1, 0, 0.9, 0.2)])
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)

    (drawn,) = bench.plot(found, tmp_path)

    assert drawn.suffix == ".svg"
    assert ">a</text>" in drawn.read_text()


def test_the_command_prints_a_table(tmp_path: Path) -> None:
    """`neural --layers --tasks --steps` runs and prints one line per layer and task."""
    arguments = ["--layers", "delta_net", "--tasks", "copy", "--steps", "1", "--seeds", "1", "--smoke"]

    done = CliRunner().invoke(neural, arguments)

    assert done.exit_code == 0, done.output
    assert "| copy | delta_net |" in done.stdout


def test_unknown_names_are_refused_with_those_there_are() -> None:
    """A wrong layer or task is named before anything runs."""
    with pytest.raises(InvalidInput, match="no layer 'sofmax'"):
        bench.subset(tiny(), "sofmax", None)
    with pytest.raises(InvalidInput, match="no task 'mqar'"):
        bench.subset(tiny(), None, "mqar")


def test_names_may_be_spaced_and_what_cannot_run_is_refused_before_it_does(tmp_path: Path) -> None:
    """Rates, counts and results files that cannot be: one line that says what would do, and no traceback."""
    assert bench.subset(tiny(), "softmax, window", " copy").layers == ("softmax", "window")
    (tmp_path / "list.json").write_text("[1]")
    (tmp_path / "rows.csv").write_text("a,b")
    refused = {
        ("--lrs", "fast"): "numbers above 0",
        ("--lrs", "0.1,-1"): "numbers above 0",
        ("--seeds", "0"): "x>=1",
        ("--steps", "0"): "x>=1",
        ("--threads", "0"): "x>=1",
        ("--results", str(tmp_path / "list.json")): "holds no runs of a ladder",
        ("--results", str(tmp_path / "rows.csv")): "holds no runs of a ladder",
        ("--results", str(tmp_path)): "holds no runs of a ladder",
        ("--results", str(tmp_path / "no" / "runs.json")): "there is no folder",
    }
    for arguments, why in refused.items():
        done = CliRunner().invoke(neural, ["--smoke", "--layers", "delta_net", *arguments])

        assert isinstance(done.exception, SystemExit), arguments
        assert why in done.output, arguments
        assert "seed 0" not in done.output


def test_the_help_shows_a_command_for_a_minute_and_one_that_goes_on() -> None:
    """What the table says, what Ctrl-C costs, and examples."""
    told = CliRunner().invoke(neural, ["--help"]).output

    assert "remanence bench neural --smoke" in told
    assert "--results runs.json" in told
    assert "Ctrl-C" in told


def test_without_torch_the_import_says_what_to_install() -> None:
    """`import remanence.neural` names the extra; `import remanence` works all the same and loads no torch."""
    script = (
        "import sys; sys.modules['torch'] = None\n"
        "import remanence\n"
        "from remanence.errors import ModelMissing\n"
        "try:\n    import remanence.neural\n"
        "except ModelMissing as e:\n    print(e)\n"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert "pip install 'remanence[neural]'" in done.stdout
