"""`python -m remanence.attach`: what needs a model and no space: teach the tiny one, print tables, look at a block."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from remanence.attach import blocks, tiny
from remanence.attach.gguf import FORMATS, open_gguf
from remanence.errors import RemanenceError


@click.group()
def models() -> None:
    """Models that memories attach to.

    Example: python -m remanence.attach tiny --out tiny.safetensors
    """


@models.command("tiny")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Where to write the weights.")
@click.option("--steps", default=1000, show_default=True, type=click.IntRange(1), help="Batches of 32 to learn from.")
@click.option("--seed", default=0, show_default=True, help="Of the weights and of the batches.")
def tiny_command(out: Path, steps: int, seed: int) -> None:
    """Teach the tiny model its language: minutes on one core.

    Example: python -m remanence.attach tiny --out tiny.safetensors
    """
    language = tiny.Language()
    learner = tiny.train(language, steps, seed=seed, every=100)
    tiny.save(learner, out)
    click.echo(
        f"{out}: weights {tiny.closed_book(learner, language):.3f}, context {tiny.in_context(learner, language):.3f}"
    )


@models.command("show")
@click.argument("file", type=click.Path(path_type=Path))
def show_command(file: Path) -> None:
    """What a GGUF model or a saved block is.

    Example: python -m remanence.attach show model.gguf
    """
    if file.suffix == ".gguf":
        opened = open_gguf(file)
        kinds = sorted(
            {FORMATS[e.type].name if e.type in FORMATS else f"type {e.type}" for e in opened.entries.values()}
        )
        click.echo(f"{opened.meta.get('general.name', file.name)}: {len(opened.entries)} tensors, {', '.join(kinds)}")
        return
    block = blocks.load(file)
    click.echo(f"{file.name}: {len(block)} tokens of {len(block.sources)} items, made by model {block.model}")
    for source in block.sources:
        click.echo(f"  {source.id} version {source.version}, tokens {source.first} to {source.last}")


def main() -> None:
    """Run; an error is one line."""
    try:
        models(prog_name="python -m remanence.attach")
    except RemanenceError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(1)
