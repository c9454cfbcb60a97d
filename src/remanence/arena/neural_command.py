"""The command `neural`: climb the ladder of neural memory layers and print it."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from remanence.errors import RemanenceError


@dataclass(frozen=True)
class Options:
    """What the command line says about the runs; the help of each option is beside it below."""

    layers: str | None
    task_names: str | None
    steps: int | None
    seeds: int | None
    lrs: tuple[float, ...] | None
    alike: bool
    results: Path | None
    plots: Path | None
    wide: bool
    threads: int
    jobs: int

    def changes(self) -> dict[str, Any]:
        """The fields of the ladder that were given."""
        given = {
            "steps": self.steps,
            "alike": self.alike or None,
            "seeds": None if self.seeds is None else tuple(range(self.seeds)),
            "lrs": self.lrs,
        }
        return {field: value for field, value in given.items() if value is not None}


def _rates(context: click.Context, option: click.Parameter, given: str | None) -> tuple[float, ...] | None:
    try:
        rates = None if given is None else tuple(float(rate) for rate in given.split(","))
    except ValueError:
        rates = ()
    if rates is not None and not (rates and all(0.0 < rate < math.inf for rate in rates)):
        raise click.BadParameter(f"{given!r} is no list of numbers above 0: give some like 0.005,0.015")
    return rates


@click.command("neural")
@click.option(
    "--ladder",
    "which",
    type=click.Choice(["orderings", "full"]),
    default="orderings",
    show_default=True,
    help="Six layers on three recall tasks, 108 runs; or everything, which takes hours.",
)
@click.option("--smoke", is_flag=True, help="A minute: five layers, two tasks, few steps.")
@click.option("--layers", help="Only these layers, comma-separated.")
@click.option("--tasks", "task_names", help="Only these tasks, comma-separated.")
@click.option("--steps", type=click.IntRange(1), help="Training steps a run.")
@click.option("--seeds", type=click.IntRange(1), help="How many seeds: 0, 1, ...")
@click.option("--lrs", callback=_rates, help="Learning rates, comma-separated; the best in validation counts.")
@click.option("--alike", is_flag=True, help="Let keys begin as queries do, in layers that have both.")
@click.option("--results", type=click.Path(path_type=Path), help="JSON file of runs; goes on where it stopped.")
@click.option("--plots", type=click.Path(path_type=Path), help="Folder for pictures of accuracy against state.")
@click.option("--wide", is_flag=True, help="One line per layer, one column per task.")
@click.option("--threads", type=click.IntRange(1), default=1, show_default=True, help="Processor threads of a run.")
@click.option(
    "--jobs", type=click.IntRange(1), default=1, show_default=True, help="Runs at a time; times a step suffer."
)
def neural(which: str, smoke: bool, **options: Any) -> None:
    """Compare neural memory layers on synthetic tasks: accuracy, state, parameters, speed.

    A run trains one layer on one task with one learning rate and seed; progress goes to standard error, the table to
    standard output: mean accuracy on sequences that training never drew, with the lowest and highest seed, at the rate
    that did best in validation. State is what one sequence keeps, in floats. With --results Ctrl-C loses the present
    run alone and the same command goes on; without it nothing is kept.

    \b
    Examples:
      remanence bench neural --smoke
      remanence bench neural --ladder full --layers mesa,mom --tasks forgetting_mqar --seeds 1 --results runs.json
      remanence bench neural --ladder full --results full.json --wide --plots plots/
    """
    try:
        from remanence.arena import neural as bench
    except RemanenceError as missing:
        raise click.ClickException(str(missing)) from missing
    import torch

    how = Options(**options)
    torch.set_num_threads(how.threads)
    base = bench.smoke() if smoke else {"orderings": bench.orderings, "full": bench.full}[which]()
    try:
        ladder = bench.subset(base, how.layers, how.task_names)
        ladder = bench.Ladder(**{**ladder.__dict__, **how.changes()})
        began = time.monotonic()
        rows = bench.climb(ladder, how.results, lambda line: click.echo(line, err=True), jobs=how.jobs)
    except RemanenceError as wrong:
        raise click.ClickException(str(wrong)) from wrong
    found = bench.rungs(rows)
    click.echo(bench.matrix(found) if how.wide else bench.table(found))
    click.echo(f"{len(rows)} runs in {time.monotonic() - began:.0f} s", err=True)
    if how.plots is not None:
        for path in bench.plot(found, how.plots):
            click.echo(f"drew {path}", err=True)


if __name__ == "__main__":
    neural()
