"""The report, the plots, the speed sweep and the command line."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from xml.dom.minidom import parseString

import pytest
from click.testing import CliRunner

from remanence.arena import speed
from remanence.arena.command import bench
from remanence.arena.core.task import GENERATED, Pool, Question, Record, Task
from remanence.arena.report import plots
from remanence.arena.report.page import write_report
from remanence.arena.run import Plan, run

NASTY = '<script>alert("x")</script> & <img src=http://example.org/x.png>'


def nasty(files):
    """A pool whose texts try to break the page."""
    records = (Record(NASTY, f"the kite {NASTY}"), Record("b", "a boat"))
    asked = tuple(Question(f"q{n}", f"{NASTY} zebra {n}?", evidence=("b",), category=NASTY) for n in range(3))
    yield Pool("p", records, asked)


@pytest.fixture
def runs(tmp_path):
    """Runs of a growing history and of a task whose texts try to break the page."""
    hostile = Task("nasty", nasty, "hostile text", GENERATED, ("turn", "context"), "fraction@10")
    wanted = ("growing:sizes=1+3,histories=1", hostile)
    list(run(Plan(wanted, ("bm25", "full-context"), tmp_path / "runs", embedder="hashing")))
    return tmp_path / "runs"


def test_the_page_needs_nothing_else_and_escapes_what_it_shows(runs, tmp_path):
    """No script, no address to load, hostile text as text, plots inline."""
    (page,) = write_report(runs, tmp_path / "arena.html")

    text = page.read_text()
    assert "<script" not in text
    assert "<img" not in text
    assert [] == re.findall(r'\b(?:src|href)\s*=\s*"(?!#)', text)
    assert "&lt;script&gt;" in text
    assert "default-src 'none'" in text
    assert text.count("<svg") >= 4
    assert "missed" in text
    assert "remanence bench run nasty --recipes bm25" in text


def test_the_page_begins_with_a_summary_and_names_its_commit(runs, tmp_path):
    """One line a task: the first row, the best of the others, and whether the difference is real."""
    page, text = write_report(runs, tmp_path / "a.html", tmp_path / "a.md")

    html, plain = page.read_text(), text.read_text()
    assert html.index("<h2>Summary</h2>") < html.index("<h2 id=")
    assert "| nasty | fraction@10 | bm25" in plain
    commit = json.loads(next(runs.glob("*.json")).read_text())["made"]["commit"] or "an unknown commit"
    assert f"commit {commit}" in html
    assert f"commit {commit}" in plain


def test_a_table_is_cut_into_parts_that_fit(runs, tmp_path):
    """No part has more than four measures, and each begins with the rows' names."""
    (page,) = write_report(runs, tmp_path / "a.html")

    parts = re.findall(r"<table><thead><tr><th></th>(.*?)</tr>", page.read_text())
    assert len(parts) >= 6
    assert all(part.startswith("<th class=name>system</th>") and part.count("<th") <= 5 for part in parts)


def test_shares_are_drawn_from_nothing_to_everything():
    """An axis of per cent ends at 100, whatever the values are; another one does not."""
    share = plots.lines("t", {"a": [(1, 40.0), (10, 43.0)]}, "k", "fraction (%)")
    cost = plots.lines("t", {"a": [(1, 40.0), (10, 43.0)]}, "k", "tokens")

    assert ">100</text>" in share
    assert ">0</text>" in share
    assert ">100</text>" not in cost


def test_the_report_says_where_recall_overtakes_full_context(runs, tmp_path):
    """In the page and in Markdown, which carries the tables too."""
    page, text, *_ = write_report(runs, tmp_path / "a.html", tmp_path / "a.md")

    for path in (page, text):
        assert "reads less than full context" in path.read_text()
    assert "<sup>" in text.read_text() or "**" in text.read_text()


def test_every_plot_is_a_file_of_its_own_and_well_formed(runs, tmp_path):
    """For documents that cannot hold the page."""
    written = write_report(runs, tmp_path / "a.html", None, tmp_path / "plots")

    pictures = [path for path in written if path.suffix == ".svg"]
    assert len(pictures) >= 4
    for path in pictures:
        assert "svg" == parseString(path.read_text()).documentElement.tagName


def test_plots_leave_out_what_is_not_a_number():
    """A NaN point is not drawn, nothing but NaN gives no picture, labels are escaped."""
    nan = float("nan")

    drawn = plots.scatter("<t>", {"a<b": (1.0, 50.0), "c": (nan, 1.0)}, "x", "y")

    assert 1 == drawn.count("<circle")
    assert "a&lt;b" in parseString(drawn).toxml()
    assert "" == plots.scatter("t", {"c": (nan, 1.0)}, "x", "y")
    assert "" == plots.bars("t", {"g": {"a": nan}})
    assert parseString(plots.lines("t", {"a": [(1, 1), (10, 2)]}, "x", "y", log_y=True))


def test_growth_exponents_are_slopes_of_logarithms():
    """Ten times the items for ten times the seconds: 1; for the same query time: 0."""
    still = {"query_p50_ms": 2.0, "context_p95_ms": 1.0, "rss_mb": 5.0, "bytes_per_item": 3.0}
    points = [
        {"items": 10.0**n, "add_seconds": 10.0**n, "query_p95_ms": 2.0 * 10 ** (n / 2), **still} for n in (3, 4, 5)
    ]

    assert {
        "add_seconds": 1.0,
        "query_p50_ms": 0.0,
        "query_p95_ms": 0.5,
        "context_p95_ms": 0.0,
        "rss_mb": 0.0,
        "bytes": 1.0,
    } == speed.exponents(points)


def test_ratios_compare_at_equal_size():
    """The other system's value over the first one's."""
    own = {
        "items": 100,
        "add_seconds": 2.0,
        "query_p50_ms": 1.0,
        "query_p95_ms": 4.0,
        "bytes_per_item": 10.0,
        "rss_mb": 0.0,
    }
    other = own | {"add_seconds": 6.0, "query_p95_ms": 2.0}

    got = speed.ratios({"ours": [own], "theirs": [other]})

    assert {"add_seconds": 3.0, "query_p50_ms": 1.0, "query_p95_ms": 0.5, "bytes_per_item": 1.0} == got["theirs"]["100"]


def test_the_sweep_runs_each_point_apart_and_skips_what_is_missing(monkeypatch):
    """A peer that is not installed is a reason, not an error."""
    told = speed.sweep([100, 200], ["bm25", "txtai"], "hashing", queries=10)

    assert [100, 200] == [point["items"] for point in told["points"]["bm25"]]
    assert "add_seconds" in told["growth"]["bm25"]
    if "txtai" not in told["points"]:
        assert "txtai is not installed" == told["skipped"]["txtai"]
    assert "growth of bm25" in speed.as_text(told)


def invoke(*words):
    return CliRunner().invoke(bench, [str(word) for word in words])


def test_listing_the_commands_imports_nothing_heavy():
    """`bench --help` names every command, the lazy ones too."""
    shown = invoke("--help")

    assert 0 == shown.exit_code
    for name in ("tasks", "run", "compare", "speed", "report", "nab", "neural"):
        assert f"  {name} " in shown.output


@pytest.mark.parametrize("name", ["tasks", "systems", "run", "compare", "speed", "report"])
def test_every_command_shows_an_example(name):
    """In its help."""
    assert "Example: remanence bench" in invoke(name, "--help").output


def test_tasks_says_what_is_ready_and_where_to_get_the_rest():
    """As JSON on standard output."""
    rows = {row["name"]: row for row in json.loads(invoke("tasks", "--json").stdout)}

    assert "generated" == rows["t-maze"]["state"]
    assert rows["locomo"]["state"].startswith("SKIPPED (")
    assert "snap-research" in rows["locomo"]["where"]


def test_run_compare_and_report_work_from_the_command_line(tmp_path):
    """One JSON document each; a skipped cell is listed with its reason."""
    out = tmp_path / "runs"
    words = ("--recipes", "bm25", "--no-baselines", "--embedder", "hashing", "--json")
    ran = invoke("run", "growing:sizes=1,histories=1", "locomo", *words, "--out", out)
    compared = invoke("compare", "--out", out, "--json")
    report = invoke("report", "--out", out, "--html", tmp_path / "a.html", "--json")

    told = json.loads(ran.stdout)
    assert ["no data folder given (--data DIR)"] == [cell["reason"] for cell in told["skipped"]]
    assert "bm25" == told["tables"][0]["rows"][0]["system"]
    assert "growing:histories=1,sizes=1" == json.loads(compared.stdout)[0]["task"]
    assert [str(tmp_path / "a.html")] == json.loads(report.stdout)["written"]


def test_a_wrong_name_is_one_clear_line(tmp_path):
    """No traceback."""
    got = invoke("run", "locomoo", "--recipes", "bm25", "--out", tmp_path)

    assert 1 == got.exit_code
    assert "no task 'locomoo'; near: locomo" in got.output


def test_the_arena_imports_no_deep_learning():
    """Listing and running baselines needs neither torch nor scipy."""
    import subprocess

    code = "import sys; from remanence.arena.catalogue import find_task; find_task('growing'); import remanence.arena.run; print([m for m in ('torch','scipy','pandas') if m in sys.modules])"  # noqa: E501  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "[]" == done.stdout.strip()


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_a_real_browser_shows_the_page(runs, tmp_path):
    """Headless Chromium lays it out: headings, tables, drawn plots, and nothing of the hostile text runs."""
    write_report(runs, tmp_path / "arena.html")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
             "--disable-background-networking", "--disable-component-update"]  # fmt: skip

    shown = subprocess.run(
        [CHROMIUM, *flags, f"--user-data-dir={tmp_path / 'profile'}", "--window-size=1200,2000",
         f"--screenshot={tmp_path / 'page.png'}", "--dump-dom", (tmp_path / "arena.html").as_uri()],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip

    assert "<h1>" in shown.stdout
    assert shown.stdout.count("<svg") >= 4
    assert "<script" not in shown.stdout
    assert (tmp_path / "page.png").stat().st_size > 20_000
