"""The commands of the arena: list tasks, run them, compare runs, measure speed, write the report."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from remanence.arena import catalogue
from remanence.arena.core.cell import load
from remanence.arena.core.task import Task
from remanence.arena.report.compare import as_data, markdown_table, ordered, tables, text_table
from remanence.arena.report.page import write_report
from remanence.arena.run import Plan, Ran
from remanence.arena.run import run as run_all
from remanence.arena.speed import as_text, sweep
from remanence.arena.systems import BASELINES, PEERS
from remanence.arena.systems.recipes import recipe_names
from remanence.errors import RemanenceError, Skipped


@contextmanager
def _told() -> Iterator[None]:
    """Errors in the user's words, exit code 2; Ctrl-C keeps what is finished, exit code 130."""
    try:
        yield
    except RemanenceError as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        click.echo("stopped; finished pools are kept, run the same command to go on", err=True)
        sys.exit(130)


def _print(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=1, default=str))


def _words(ctx: click.Context, param: click.Parameter, value: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in value.split(",") if word.strip())


def _numbers(ctx: click.Context, param: click.Parameter, value: str) -> tuple[int, ...]:
    try:
        return tuple(int(word) for word in _words(ctx, param, value))
    except ValueError:
        raise click.BadParameter(f"{value!r} should be numbers by comma, such as 500,1000") from None


DATA = click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of benchmark downloads (generated tasks need none).",
)
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
RUNS = click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=Path("runs"), show_default=True,
    help="Folder of runs.",
)  # fmt: skip


@click.command()
@DATA
@JSON
def tasks(data: Path | None, as_json: bool) -> None:
    """List the tasks: what they measure and where to get them.

    Example: remanence bench tasks --data DATA
    """
    rows = [
        {
            "name": name,
            "about": one.about,
            "measures": list(one.measures),
            "headline": one.headline,
            "state": _state(one, data),
            "where": one.where,
        }
        for name, one in catalogue.TASKS.items()
    ]
    if as_json:
        _print(rows)
        return
    width = max(len(str(row["name"])) for row in rows)
    for row in rows:
        click.echo(f"{row['name']:<{width}}  {row['about']}\n{'':<{width}}  {row['state']}; {row['where']}")


def _state(one: Task, data: Path | None) -> str:
    """Can this task run here: generated, ready, or SKIPPED with the reason."""
    if one.generated:
        return "generated"
    try:
        next(iter(one.pools(data)))
    except StopIteration:
        return "SKIPPED (the files hold no pool)"
    except Skipped as skipped:
        return f"SKIPPED ({skipped.reason})"
    except RemanenceError as error:
        return f"SKIPPED ({error})"
    return "ready"


@click.command()
@JSON
def systems(as_json: bool) -> None:
    """List what can run: baselines, peers, recipes.

    Example: remanence bench systems
    """
    found = {"baselines": list(BASELINES), "peers": list(PEERS), "recipes": recipe_names()}
    if as_json:
        _print(found)
        return
    for kind, names in found.items():
        click.echo(f"{kind}: {', '.join(names)}")


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="TASK...")
@click.option("--recipes", default="default", show_default=True, help="Recipes, baselines and peers: a,b@minilm.")
@click.option(
    "--baselines/--no-baselines", default=True, show_default=True, help="Also the rows that are always there."
)
@click.option("--peers/--no-peers", default=False, show_default=True, help="Also the peers that are installed.")
@click.option("--embedder", default="static", show_default=True, help="Embedder of every system without its own @.")
@click.option("--seed", default=0, show_default=True, type=int)
@click.option("--depth", default=50, show_default=True, type=click.IntRange(1, 1000), help="Results asked for.")
@click.option("--limit", type=click.IntRange(1), help="Ask at most so many questions of each pool, spread evenly.")
@click.option("--pools", type=click.IntRange(1), help="Take at most so many pools of each task, drawn by seed.")
@click.option("--measures", callback=_words, default="", help="Of a task's measures only these: turn,context,newest.")
@click.option(
    "--budgets",
    callback=_numbers,
    default="500,1000,2000,4000",
    show_default=True,
    help="Token budgets of the contexts.",
)
@click.option("--fresh", is_flag=True, help="Run again what is already there.")
@DATA
@RUNS
@JSON
def run(names: tuple[str, ...], recipes: str, baselines: bool, peers: bool, as_json: bool, **how: Any) -> None:
    """Run tasks against systems; resumes, one JSON per run.

    Example: remanence bench run locomo growing --recipes default,plain --data DATA --out runs
    """
    wanted = [name.strip() for name in recipes.split(",") if name.strip()]
    wanted += [*(BASELINES if baselines else ()), *(PEERS if peers else ())]
    plan = Plan(names, tuple(dict.fromkeys(wanted)), **how)
    with _told(), _progress() as tell:
        ran = list(_announced(run_all(plan, tell)))
        made = tables(_runs_of(plan.out, ran)) if any(cell.path for cell in ran) else []
    if as_json:
        skipped = [
            {"task": cell.task, "system": cell.system, "reason": cell.skipped, "where": cell.where}
            for cell in ran
            if cell.skipped
        ]
        paths = sorted({str(cell.path) for cell in ran if cell.path is not None})
        _print({"runs": paths, "skipped": skipped, "tables": [as_data(table) for table in made]})
        return
    for table in made:
        click.echo(text_table(table) + "\n")


def _announced(cells: Iterator[Ran]) -> Iterator[Ran]:
    """The cells as they end; a skipped one is told at once on standard error."""
    for cell in cells:
        if cell.skipped:
            where = f"; get it: {cell.where}" if cell.where else ""
            click.echo(f"{cell.task} {cell.system}: SKIPPED ({cell.skipped}){where}", err=True)
        yield cell


def _runs_of(out: Path, ran: Sequence[Ran]) -> list[dict[str, Any]]:
    """The files of these cells, in the order in which they ran."""
    order = {(cell.task, cell.system): at for at, cell in enumerate(ran) if cell.path is not None}
    held = {(made["task"], made["system"]): run for run in load(out) if (made := run["made"])}
    return [held[key] for key in sorted(order, key=order.__getitem__)]


@click.command()
@click.argument("names", nargs=-1, metavar="[TASK...]")
@click.option("--columns", default="", help="Measures to show, by comma, or all.")
@click.option("--recipes", default="", help="Only these rows, in this order.")
@click.option("--against", help="Test each row against this one only: fewer comparisons, more letters.")
@click.option("--markdown", is_flag=True, help="As Markdown.")
@RUNS
@JSON
def compare(
    names: tuple[str, ...], columns: str, recipes: str, against: str | None, markdown: bool, out: Path, as_json: bool
) -> None:
    """Compare runs in a table with significance letters.

    A letter behind a number names a row that it beats (paired test by conversation, Holm, 5 %).

    Example: remanence bench compare locomo --columns fraction@10,all@10,told@1000
    """
    with _told():
        runs = [run for run in ordered(load(out)) if not names or run["made"]["task"] in names]
        if recipes:
            order = recipes.split(",")
            runs = [run for run in runs if run["made"]["system"] in order]
            runs.sort(key=lambda run: order.index(run["made"]["system"]))
        made = tables(runs, columns=[name for name in columns.split(",") if name], against=against)
    if as_json:
        _print([as_data(table) for table in made])
        return
    for table in made:
        click.echo((markdown_table(table) if markdown else text_table(table)) + "\n")


@click.command()
@click.option(
    "--html", "page", type=click.Path(dir_okay=False, path_type=Path), default=Path("arena.html"), show_default=True
)
@click.option("--markdown", "text", type=click.Path(dir_okay=False, path_type=Path), help="Also as Markdown.")
@click.option("--plots", type=click.Path(file_okay=False, path_type=Path), help="Also each plot as an SVG file.")
@RUNS
@JSON
def report(page: Path, text: Path | None, plots: Path | None, out: Path, as_json: bool) -> None:
    """Write one self-contained HTML page and Markdown.

    Example: remanence bench report --out runs --html arena.html --markdown arena.md
    """
    with _told():
        written = write_report(out, page, text, plots)
    if as_json:
        _print({"written": [str(path) for path in written]})
        return
    for path in written:
        click.echo(f"wrote {path}")


@click.command()
@click.option("--sizes", default="1000,10000,100000", show_default=True, help="Numbers of items, up to 1,000,000.")
@click.option("--systems", "names", default="default", show_default=True, help="Recipes, baselines and peers.")
@click.option("--embedder", default="static", show_default=True)
@click.option("--queries", default=200, show_default=True, type=click.IntRange(10), help="Timed queries a size.")
@click.option("--seed", default=0, show_default=True, type=int)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the numbers as JSON.")
@JSON
def speed(sizes: str, names: str, embedder: str, queries: int, seed: int, out: Path | None, as_json: bool) -> None:
    """Sweep the number of items; print times and growth exponents.

    Each size of each system runs in a process of its own, so that memory is its own as well.

    Example: remanence bench speed --sizes 1000,10000,100000 --systems default,chroma
    """
    with _told(), _progress() as tell:
        try:
            counts = [int(part) for part in sizes.replace("_", "").split(",") if part]
        except ValueError:
            raise click.BadParameter("sizes are whole numbers by comma, such as 1000,10000") from None
        told = sweep(counts, [n for n in names.split(",") if n], embedder, queries=queries, seed=seed, tell=tell)
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps(told, indent=1), encoding="utf-8")
    if as_json:
        _print(told)
    else:
        click.echo(as_text(told))


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """A status line on standard error: live on a terminal, a line every few seconds elsewhere."""
    if sys.stderr.isatty():
        from rich.console import Console

        console = Console(stderr=True)
        with console.status("starting") as status:
            yield lambda text: status.update(text)
        return
    last = 0.0

    def tell(text: str) -> None:
        nonlocal last
        if time.monotonic() - last >= 5:
            last = time.monotonic()
            click.echo(text, err=True)

    yield tell
