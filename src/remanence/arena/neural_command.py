"""The command `neural`: climb the ladder of neural memory layers and print it."""

from __future__ import annotations

import time
from pathlib import Path

import click

from remanence.errors import RemanenceError


@click.command("neural")
@click.option("--ladder", "which", type=click.Choice(["orderings", "full"]), default="orderings", show_default=True)
@click.option("--smoke", is_flag=True, help="A minute: five layers, two tasks, few steps.")
@click.option("--layers", help="Only these layers, comma-separated.")
@click.option("--tasks", "task_names", help="Only these tasks, comma-separated.")
@click.option("--steps", type=int, help="Training steps a run.")
@click.option("--seeds", type=int, help="How many seeds.")
@click.option("--lrs", help="Learning rates, comma-separated; the best in validation counts.")
@click.option("--alike", is_flag=True, help="Let keys begin as queries do, in layers that have both.")
@click.option("--results", type=click.Path(path_type=Path), help="JSON file of runs; goes on where it stopped.")
@click.option("--plots", type=click.Path(path_type=Path), help="Folder for pictures of accuracy against state.")
@click.option("--wide", is_flag=True, help="One line per layer, one column per task.")
@click.option("--threads", type=int, default=1, show_default=True)
@click.option("--jobs", type=int, default=1, show_default=True, help="Runs at a time; times a step suffer.")
def neural(
    which: str,
    smoke: bool,
    layers: str | None,
    task_names: str | None,
    steps: int | None,
    seeds: int | None,
    lrs: str | None,
    alike: bool,
    results: Path | None,
    plots: Path | None,
    wide: bool,
    threads: int,
    jobs: int,
) -> None:
    """Compare neural memory layers on synthetic tasks: accuracy, state, parameters, speed."""
    try:
        from remanence.arena import neural as bench
    except RemanenceError as missing:
        raise click.ClickException(str(missing)) from missing
    import torch

    torch.set_num_threads(threads)
    base = bench.smoke() if smoke else {"orderings": bench.orderings, "full": bench.full}[which]()
    try:
        ladder = bench.subset(base, layers, task_names)
        changed = {
            "steps": steps,
            "alike": alike or None,
            "seeds": None if seeds is None else tuple(range(seeds)),
            "lrs": None if lrs is None else tuple(float(lr) for lr in lrs.split(",")),
        }
        ladder = bench.Ladder(**{**ladder.__dict__, **{k: v for k, v in changed.items() if v is not None}})
        began = time.monotonic()
        rows = bench.climb(ladder, results, lambda line: click.echo(line, err=True), jobs=jobs)
    except RemanenceError as wrong:
        raise click.ClickException(str(wrong)) from wrong
    found = bench.rungs(rows)
    click.echo(bench.matrix(found) if wide else bench.table(found))
    click.echo(f"{len(rows)} runs in {time.monotonic() - began:.0f} s", err=True)
    if plots is not None:
        for path in bench.plot(found, plots):
            click.echo(f"drew {path}", err=True)


if __name__ == "__main__":
    neural()
