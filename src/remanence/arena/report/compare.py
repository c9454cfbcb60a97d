"""Tables: systems as rows, measures as columns, letters for what is beaten significantly, costs beside it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from remanence.arena.core.score import higher_is_better
from remanence.arena.core.stats import letter, letters, win_tie_loss
from remanence.arena.systems import BASELINES, PEERS

COSTS = (
    "items_per_second", "items_per_cpu_second", "sleep_cpu_ms_per_item", "query_p50_ms", "query_p95_ms",
    "query_p99_ms", "query_cpu_p50_ms", "bytes_per_item", "rss_mb", "llm_calls",
)  # fmt: skip
"""Cost columns, in order."""
USUAL = (
    "fraction@5", "fraction@10", "all@10", "ndcg@10", "mrr", "map", "session_all@10", "told@1000", "told@full",
    "context@1000", "answer_in@1000", "sides@10", "tau", "auroc", "ece", "newest@1", "choice", "episode",
    "redundancy", "simple_recall", "item_f1", "chronology", "passed", "precision", "f1", "em", "holds", "refused",
    "wrongly_refused",
    "extracted", "updated", "invented", "missed_updates", "contradictions_left", "duplicates",
)  # fmt: skip
"""Columns that a table shows when a run has them, in this order."""
USUAL_COSTS = ("items_per_second", "query_p95_ms", "bytes_per_item", "llm_calls")


@dataclass(slots=True)
class Number:
    """One number of a table: mean, interval, how many questions, which rows it beats, best of its column?"""

    mean: float
    low: float
    high: float
    n: int
    beats: str = ""
    best: bool = False


@dataclass(slots=True)
class Table:
    """One task: systems by measures, with costs and the win / tie / loss counts on the headline measure."""

    task: str
    headline: str
    systems: list[str]
    columns: list[str]
    cells: dict[tuple[str, str], Number]
    costs: dict[str, dict[str, float]]
    categories: dict[str, dict[str, dict[str, float]]]
    duels: dict[tuple[str, str], tuple[int, int, int]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def tables(
    runs: Sequence[Mapping[str, Any]], *, columns: Sequence[str] = (), against: str | None = None, seed: int = 0
) -> list[Table]:
    """One table per task, rows in the order in which the runs are given; "all" shows every measure.

    against: test each row against this one only, so that fewer comparisons are made.
    """
    grouped: dict[str, list[Mapping[str, Any]]] = {}
    for run in runs:
        grouped.setdefault(run["made"]["task"], []).append(run)
    made = [_table(task, mine, columns) for task, mine in grouped.items()]
    for table, mine in zip(made, grouped.values(), strict=True):
        for name in table.columns:
            _mark(table, name, mine, against, seed)
    return made


def ordered(runs: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Recipes first, then the baselines in their usual order, then peers."""
    usual = {name: at for at, name in enumerate((*BASELINES, *PEERS), 1)}
    return sorted(runs, key=lambda run: usual.get(run["made"]["system"].partition("@")[0], 0))


def _table(task: str, runs: Sequence[Mapping[str, Any]], wanted: Sequence[str]) -> Table:
    systems = [run["made"]["system"] for run in runs]
    held = [name for run in runs for name in run["summary"]["all"]]
    columns = [name for name in (wanted or USUAL) if name in held]
    if list(wanted) == ["all"]:
        columns = sorted(set(held), key=held.index)
    headline = runs[0]["summary"].get("headline", "")
    if not wanted and headline in held and headline not in columns:
        columns.insert(0, headline)
    cells: dict[tuple[str, str], Number] = {}
    for run in runs:
        for name in columns:
            if name in run["summary"]["all"]:
                got = run["summary"]["all"][name]
                cells[run["made"]["system"], name] = Number(
                    got["mean"], got.get("low", float("nan")), got.get("high", float("nan")), int(got["n"])
                )
    table = Table(
        task,
        headline,
        systems,
        columns,
        cells,
        {run["made"]["system"]: run["summary"]["cost"] for run in runs},
        {run["made"]["system"]: run["summary"]["categories"] for run in runs},
    )
    paired, _ = _paired(runs, headline)
    names = list(paired)
    for at, one in enumerate(names):
        for two in names[at + 1 :]:
            table.duels[one, two] = win_tie_loss(paired[one], paired[two])
    for key, what in (("data_fingerprint", "other data"), ("limit", "another limit"), ("depth", "another depth")):
        if len({str(run["made"].get(key)) for run in runs}) > 1:
            table.notes.append(f"some rows were made with {what}: they are not comparable")
    gone = runs[0]["summary"].get("lost", {})
    if gone.get("questions"):
        table.notes.append(
            f"{gone['questions']} questions name evidence that the data does not hold ({gone['pieces']} pieces)"
        )
    if gone.get("left_out"):
        table.notes.append(f"{gone['left_out']} rows of the data could not be used and were left out")
    return table


def _paired(runs: Sequence[Mapping[str, Any]], metric: str) -> tuple[dict[str, list[float]], list[str]]:
    """Values on the questions that every row which has the measure answered, and the conversation of each question."""
    held: dict[str, dict[tuple[str, str], float]] = {}
    for run in runs:
        values = {
            (row["pool"], row["id"]): row["values"][metric] for row in run["questions"] if metric in row["values"]
        }
        if values:
            held[run["made"]["system"]] = values
    common = sorted(set.intersection(*(set(values) for values in held.values()))) if held else []
    paired = {name: [values[key] for key in common] for name, values in held.items()} if common else {}
    return paired, [pool for pool, _ in common]


def _mark(table: Table, name: str, runs: Sequence[Mapping[str, Any]], against: str | None, seed: int) -> None:
    """Letters and the best of one column."""
    sign = 1.0 if higher_is_better(name) else -1.0
    here = [system for system in table.systems if (system, name) in table.cells]
    means = {system: sign * table.cells[system, name].mean for system in here}
    finite = [value for value in means.values() if not math.isnan(value)]
    for system in here:
        table.cells[system, name].best = bool(finite) and means[system] == max(finite)
    values, clusters = _paired(runs, name)
    if len(values) < 2 or len(clusters) < 5 or (against is not None and against not in values):
        return
    paired = {system: [sign * value for value in column] for system, column in values.items()}
    order = {letter(at): system for at, system in enumerate(paired)}
    for system, beaten in letters(paired, clusters=clusters, against=against, seed=seed).items():
        rows = [table.systems.index(order[mark]) for mark in _split(beaten, len(paired))]
        table.cells[system, name].beats = "".join(letter(row) for row in sorted(rows))


def _split(marks: str, count: int) -> list[str]:
    """Letters of up to 26 rows are one character each; beyond that, two."""
    if count <= 26:
        return list(marks)
    found, at = [], 0
    known = [letter(number) for number in range(count)]
    while at < len(marks):
        size = 2 if marks[at : at + 2] in known and len(marks[at : at + 2]) == 2 else 1
        found.append(marks[at : at + size])
        at += size
    return found


def shown(name: str, value: float) -> str:
    """A number as a table shows it: shares as per cent with one decimal, counts and costs plainly."""
    if value is None or math.isnan(value):
        return "-"
    base = name.split("@")[0]
    if name in COSTS or base in ("tokens", "duplicates", "junk", "re_ingested", "invented", "missed_updates"):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.2f}".rstrip("0").rstrip(".")
    if base in ("tau", "chronology", "contradictions_left"):
        return f"{value:.2f}"
    return f"{100 * value:.1f}"


def text_table(table: Table, *, costs: Sequence[str] = USUAL_COSTS) -> str:
    """A table in plain text."""
    header = ["", table.task, *table.columns, *costs]
    rows = [header]
    for at, system in enumerate(table.systems):
        row = [letter(at), system]
        for name in table.columns:
            cell = table.cells.get((system, name))
            mark = f" {cell.beats}" if cell and cell.beats else ""
            row.append(("*" if cell and cell.best else "") + shown(name, cell.mean) + mark if cell else "-")
        row += [shown(name, table.costs[system].get(name, float("nan"))) for name in costs]
        rows.append(row)
    widths = [max(len(row[at]) for row in rows) for at in range(len(header))]
    lines = [
        "  ".join(
            word.ljust(width) if at < 2 else word.rjust(width) for at, (word, width) in enumerate(zip(row, widths))
        )
        for row in rows
    ]
    return "\n".join([*(line.rstrip() for line in lines), *(f"note: {note}" for note in table.notes)])


def markdown_table(table: Table, *, costs: Sequence[str] = USUAL_COSTS) -> str:
    """A table in Markdown, with superscript letters and the best of each column in bold."""
    names = [*table.columns, *costs]
    lines = [f"| | {table.task} | {' | '.join(names)} |", f"|---|---|{'---:|' * len(names)}"]
    for at, system in enumerate(table.systems):
        row = [letter(at), system]
        for name in table.columns:
            cell = table.cells.get((system, name))
            if cell is None:
                row.append("-")
                continue
            value = shown(name, cell.mean)
            row.append((f"**{value}**" if cell.best else value) + (f"<sup>{cell.beats}</sup>" if cell.beats else ""))
        row += [shown(name, table.costs[system].get(name, float("nan"))) for name in costs]
        lines.append(f"| {' | '.join(row)} |")
    return "\n".join([*lines, *(f"\nNote: {note}." for note in table.notes)])


def as_data(table: Table) -> dict[str, Any]:
    """A table as plain data for `--json`."""
    return {
        "task": table.task,
        "headline": table.headline,
        "rows": [
            {
                "letter": letter(at),
                "system": system,
                "values": {
                    name: {
                        "mean": cell.mean,
                        "low": _plain(cell.low),
                        "high": _plain(cell.high),
                        "n": cell.n,
                        "beats": cell.beats,
                    }
                    for name in table.columns
                    if (cell := table.cells.get((system, name)))
                },
                "cost": {name: _plain(value) for name, value in table.costs[system].items()},
            }
            for at, system in enumerate(table.systems)
        ],
        "duels": [
            {"left": one, "right": two, "win": win, "tie": tie, "loss": loss}
            for (one, two), (win, tie, loss) in table.duels.items()
        ],
        "notes": table.notes,
    }


def _plain(value: float) -> float | None:
    return None if math.isnan(value) else value
