"""One table of recipes over sets: a number a set, and which rows differ from one row beyond chance.

python experiments/ideas.py RUNS [--against plain]: reads the runs that `remanence bench run` wrote and
prints Markdown. `+` and `-` mark a row that is better or worse than the row it is held against (paired, by
conversation, Holm's correction over the rows, 5 %).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from remanence.arena.core.cell import load
from remanence.arena.core.stats import letter
from remanence.arena.report.compare import Table, shown, tables

OWN = {"factconsolidation": "newest@1", "personamem": "choice", "prefeval": "fraction@10"}
OWN |= dict.fromkeys(("hotpotqa", "musique"), "fraction@5")
COSTS = ("items_per_cpu_second", "sleep_cpu_ms_per_item", "query_cpu_p50_ms", "bytes_per_item", "llm_calls")


def measure(task: str) -> str:
    """The measure of a set, by its name without knobs."""
    return OWN.get(task.partition(":")[0], "told@1000")


def marked(table: Table, name: str, against: str) -> dict[str, str]:
    """Each row's number with its mark; the row that is held against has none."""
    beaten = table.cells[against, name].beats if (against, name) in table.cells else ""
    base = letter(table.systems.index(against)) if against in table.systems else ""
    worse = {
        system
        for at, system in enumerate(table.systems)
        if letter(at) in _marks(beaten, len(table.systems)) and system != against
    }
    told = {}
    for system in table.systems:
        cell = table.cells.get((system, name))
        if cell is not None:
            better = base and base in _marks(cell.beats, len(table.systems)) and system != against
            told[system] = shown(name, cell.mean) + ("+" if better else "-" if system in worse else "")
    return told


def _marks(text: str, rows: int) -> list[str]:
    """The letters of a cell: two characters each beyond the twenty-sixth row."""
    known = sorted((letter(at) for at in range(rows)), key=len, reverse=True)
    found = []
    while text:
        one = next(mark for mark in known if text.startswith(mark))
        found.append(one)
        text = text[len(one) :]
    return found


def overview(runs: Sequence[Mapping[str, Any]], against: str) -> str:
    """Recipes by sets, and what they cost on the first set."""
    made = [tables([r for r in runs if r["made"]["task"] == task], columns=[measure(task)], against=against)[0]
            for task in dict.fromkeys(run["made"]["task"] for run in runs)]  # fmt: skip
    columns = [(f"{table.task} {measure(table.task)}", marked(table, measure(table.task), against)) for table in made]
    systems = dict.fromkeys(system for _, column in columns for system in column)
    first = made[0].costs
    lines = [
        f"| recipe | {' | '.join(name for name, _ in columns)} | {' | '.join(COSTS)} |",
        f"|---|{'---:|' * (len(columns) + len(COSTS))}",
    ]
    for system in systems:
        cells = [column.get(system, "") for _, column in columns]
        cells += [shown(name, first.get(system, {}).get(name, float("nan"))) for name in COSTS]
        lines.append(f"| `{system}` | {' | '.join(cells)} |")
    counts = ", ".join(f"{table.task} {max(cell.n for cell in table.cells.values())}" for table in made)
    return "\n".join([*lines, "", f"Questions: {counts}."])


@click.command()
@click.argument("runs", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--against", default="plain", show_default=True, help="The row that the others are held against.")
def main(runs: Path, against: str) -> None:
    """Print the table."""
    click.echo(overview(load(runs), against))


if __name__ == "__main__":
    main()
