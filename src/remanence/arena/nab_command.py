"""`remanence bench nab`: score anomaly detectors on the Numenta Anomaly Benchmark, beside the published ones."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from remanence.arena import nab_table
from remanence.arena.nab import load_corpus, load_profiles
from remanence.arena.nab_table import ROWS, Table
from remanence.errors import RemanenceError


@click.command()
@click.option(
    "--data",
    required=True,
    type=click.Path(path_type=Path),
    help="Root of the NAB files: data/, labels/, and where present config/ and results/. Plain or gzipped.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder to keep per-series scores and nab.json in; a second run goes on from there.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of the table.")
@click.option("--group", "groups", multiple=True, help="Only this folder of series; may be repeated.")
@click.option("--row", "names", multiple=True, help="Only this row of the table; may be repeated.")
@click.option("--jobs", default=1, show_default=True, type=click.IntRange(1), help="Processes to use.")
@click.option(
    "--list",
    "list_rows",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=lambda c, p, v: _list(v),
    help="List the rows and stop.",
)
def nab(
    data: Path, out: Path | None, as_json: bool, groups: tuple[str, ...], names: tuple[str, ...], jobs: int
) -> None:
    """Streaming anomaly detection on NAB: 0 = detects nothing, 100 = perfect, per cost profile.

    Every row is given without and with the out-of-range rule, because the rule alone scores high.
    One threshold serves all series; "other" judges each folder at the threshold of the other folders.

    Example: remanence bench nab --data NAB --out runs/nab
    """
    root = data / "nab" if not (data / "labels").is_dir() and (data / "nab").is_dir() else data
    try:
        rows = nab_table.select_rows(names)
        corpus = load_corpus(root, groups)
        profiles = load_profiles(root)
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
        shown = sys.stderr.isatty()
        table = nab_table.run(
            corpus,
            profiles,
            rows=rows,
            keep=out,
            jobs=jobs,
            progress=lambda text: click.echo(f"\r\033[K{text}", nl=False, err=True) if shown else None,
        )
        if shown:
            click.echo("\r\033[K", nl=False, err=True)
        table.published_all = nab_table.published_all(root)
        if out is not None:
            nab_table.write(table, out / "nab.json")
    except RemanenceError as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        kept = f"; finished series are kept in {out}, run the same command to go on" if out else ""
        click.echo(f"\nstopped{kept}", err=True)
        sys.exit(130)
    click.echo(json.dumps(table.as_dict(), allow_nan=False) if as_json else text_of(table))


def _list(wanted: bool) -> None:
    if wanted:
        for row in ROWS:
            click.echo(row.name)
        raise click.exceptions.Exit(0)


def text_of(table: Table) -> str:
    """The table in plain text: our rows, then the published detectors on the same folders and on all 58 series."""
    profiles = list(table.published_here)
    short = [name.removeprefix("reward_").removesuffix("_rate").replace("_", " ") for name in profiles]
    wide = max([24, *(len(line.name) for line in table.lines)])
    out = [
        f"NAB: {table.series} series, {table.rows} rows, {table.windows} scored windows in {', '.join(table.groups)}",
        "",
        f"{'detector':{wide}}  {'without the out-of-range rule':^29}  {'with it':^29}  {'other':>6}  {'rows/s':>8}",
        f"{'':{wide}}  " + "  ".join("".join(f"{name:>9} " for name in short)[:-1] for _ in range(2)),
    ]
    for line in table.lines:
        bare = " ".join(f"{line.without_rule[name]:9.2f}" for name in profiles)
        full = " ".join(f"{line.with_rule[name]:9.2f}" for name in profiles)
        speed = f"{line.rows_per_second:8.0f}" if line.rows_per_second else f"{'-':>8}"
        out.append(f"{line.name:{wide}}  {bare}  {full}  {line.held_out:6.2f}  {speed}")
    here = table.published_here
    if any(score is not None for scores in here.values() for score in scores.values()):
        out += ["", "published, these folders (their threshold was chosen on all 58 series):"]
        for name in next(iter(here.values())):
            cells = " ".join(
                f"{'-':>9}" if here[profile][name] is None else f"{here[profile][name]:9.2f}" for profile in profiles
            )
            out.append(f"{name:{wide}}  {'':29}  {cells}")
    if table.published_all:
        out += ["", "published, all 58 series (not comparable with a run on fewer):"]
        ranked = sorted(table.published_all.items(), key=lambda pair: -pair[1].get(profiles[0], 0.0))
        for name, scores in ranked:
            cells = " ".join(f"{scores.get(profile, float('nan')):9.2f}" for profile in profiles)
            out.append(f"{name:{wide}}  {'':29}  {cells}")
    return "\n".join(out)
