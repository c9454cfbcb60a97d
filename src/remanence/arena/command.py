"""`remanence bench`: list tasks, run them, compare runs, measure speed, write the report."""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from remanence.errors import RemanenceError

_LAZY = {
    "tasks": ("remanence.arena.command:tasks", "List the tasks: what they measure and where to get them."),
    "systems": ("remanence.arena.command:systems", "List what can run: baselines, peers, recipes."),
    "run": ("remanence.arena.command:run", "Run tasks against systems; resumes, one JSON per run."),
    "compare": ("remanence.arena.command:compare", "Compare runs in a table with significance letters."),
    "report": ("remanence.arena.command:report", "Write one self-contained HTML page and Markdown."),
    "speed": ("remanence.arena.command:speed", "Sweep the number of items; print times and growth exponents."),
    "nab": ("remanence.arena.nab_command:nab", "Streaming surprise on the Numenta Anomaly Benchmark."),
    "neural": ("remanence.arena.neural_command:neural", "Memory layers on synthetic recall tasks."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called; listing them imports nothing."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_LAZY)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _LAZY:
            return None
        module, _, name = _LAZY[cmd_name][0].partition(":")
        try:
            command = getattr(importlib.import_module(module), name)
        except ModuleNotFoundError as error:
            raise click.ClickException(f"`bench {cmd_name}` needs {error.name}, which is not installed") from error
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, says) for name, (_, says) in _LAZY.items()])


@click.group(cls=LazyGroup, name="bench")
def bench() -> None:
    """The arena: every recipe, baseline and peer on the same data under the same rules.

    Example: remanence bench run locomo --recipes default,plain,bm25 --data DATA --out runs
    """


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
    from remanence.arena import generators, tasks  # noqa: F401  (both fill TASKS)
    from remanence.arena.task import TASKS, Skipped

    rows = []
    for name, one in TASKS.items():
        state = "generated" if one.generated else ""
        if not one.generated:
            try:
                next(iter(one.pools(data)))
                state = "ready"
            except Skipped as skipped:
                state = f"SKIPPED ({skipped.reason})"
            except StopIteration:
                state = "SKIPPED (the files hold no pool)"
            except RemanenceError as error:
                state = f"SKIPPED ({error})"
        rows.append(
            {
                "name": name,
                "about": one.about,
                "measures": list(one.measures),
                "headline": one.headline,
                "state": state,
                "where": one.where,
            }
        )
    if as_json:
        _print(rows)
        return
    width = max(len(row["name"]) for row in rows)
    for row in rows:
        click.echo(f"{row['name']:<{width}}  {row['about']}\n{'':<{width}}  {row['state']}; {row['where']}")


@click.command()
@JSON
def systems(as_json: bool) -> None:
    """List what can run: baselines, peers, recipes.

    Example: remanence bench systems
    """
    from remanence.arena.baselines import ALWAYS
    from remanence.arena.peers import PEERS
    from remanence.arena.recipes import recipe_names

    found = {"baselines": list(ALWAYS), "peers": list(PEERS), "recipes": recipe_names()}
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
@click.option("--limit", type=click.IntRange(1), help="Ask at most so many questions of each pool.")
@click.option("--fresh", is_flag=True, help="Run again what is already there.")
@DATA
@RUNS
@JSON
def run(
    names: tuple[str, ...],
    recipes: str,
    baselines: bool,
    peers: bool,
    embedder: str,
    seed: int,
    depth: int,
    limit: int | None,
    fresh: bool,
    data: Path | None,
    out: Path,
    as_json: bool,
) -> None:
    """Run tasks against systems; resumes, one JSON per run.

    Example: remanence bench run locomo growing --recipes default,plain --data DATA --out runs
    """
    from remanence.arena.baselines import ALWAYS
    from remanence.arena.compare import as_data, tables, text_table
    from remanence.arena.peers import PEERS
    from remanence.arena.run import Plan, load
    from remanence.arena.run import run as run_all

    wanted = [name.strip() for name in recipes.split(",") if name.strip()]
    wanted += [*(ALWAYS if baselines else ()), *(PEERS if peers else ())]
    chosen = tuple(dict.fromkeys(wanted))
    plan = Plan(names, chosen, out, data, embedder, seed, depth, limit=limit, fresh=fresh)
    ran = []
    with _told(), _progress() as tell:
        for cell in run_all(plan, tell):
            ran.append(cell)
            if cell.skipped:
                where = f"; get it: {cell.where}" if cell.where else ""
                click.echo(f"{cell.task} {cell.system}: SKIPPED ({cell.skipped}){where}", err=True)
    paths = {str(cell.path) for cell in ran if cell.path is not None}
    skipped = [
        {"task": cell.task, "system": cell.system, "reason": cell.skipped, "where": cell.where}
        for cell in ran
        if cell.skipped
    ]
    made = []
    if paths:
        with _told():
            order = {cell.system: at for at, cell in enumerate(ran)}
            mine = {(cell.task, cell.system) for cell in ran if cell.path is not None}
            held = [r for r in load(out) if (r["made"]["task"], r["made"]["system"]) in mine]
            held.sort(key=lambda r: order[r["made"]["system"]])
            made = tables(held)
    if as_json:
        _print({"runs": sorted(paths), "skipped": skipped, "tables": [as_data(table) for table in made]})
        return
    for table in made:
        click.echo(text_table(table) + "\n")


@click.command()
@click.argument("names", nargs=-1, metavar="[TASK...]")
@click.option("--columns", default="", help="Measures to show, by comma, or all.")
@click.option("--recipes", default="", help="Only these rows, in this order.")
@click.option("--markdown", is_flag=True, help="As Markdown.")
@RUNS
@JSON
def compare(names: tuple[str, ...], columns: str, recipes: str, markdown: bool, out: Path, as_json: bool) -> None:
    """Compare runs in a table with significance letters.

    A letter behind a number names a row that it beats (paired permutation test, Holm, 5 %).

    Example: remanence bench compare locomo --columns fraction@10,all@10,context@1000
    """
    from remanence.arena.compare import as_data, markdown_table, ordered, tables, text_table
    from remanence.arena.run import load

    with _told():
        runs = [run for run in ordered(load(out)) if not names or run["made"]["task"] in names]
        if recipes:
            order = recipes.split(",")
            runs = [run for run in runs if run["made"]["system"] in order]
            runs.sort(key=lambda run: order.index(run["made"]["system"]))
        made = tables(runs, columns=[name for name in columns.split(",") if name])
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
    from remanence.arena.report import write_report

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
    from remanence.arena.speed import as_text, sweep

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
