"""`remanence bench attach`: the tables of memories attached to a real language model."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import torch

from remanence.attach.bench import TABLES
from remanence.attach.bench_weights import Bench, Row
from remanence.attach.gguf import load_gguf
from remanence.errors import IngestError, RemanenceError

TOKENS = 6000
"""Most tokens of the talk that are used."""


@click.command()
@click.option("--model", required=True, type=click.Path(path_type=Path), help="A GGUF file of a Llama.")
@click.option(
    "--talk",
    required=True,
    type=click.Path(path_type=Path),
    help="Text, or JSON whose `text` fields are said one after another; plain or gzipped.",
)
@click.option("--table", "names", multiple=True, type=click.Choice(list(TABLES)), help="Only this; may be repeated.")
@click.option("--many", default=50, show_default=True, type=click.IntRange(5), help="Facts or prompts.")
@click.option("--seed", default=0, show_default=True, help="Of facts, people and places in the talk.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON rows.")
def attach(model: Path, talk: Path, names: tuple[str, ...], many: int, seed: int, as_json: bool) -> None:
    """Memories attached to a real language model: what each form keeps, costs and loses.

    Example: remanence bench attach --model SmolLM2.gguf --talk locomo10.json --table compose
    """
    try:
        loaded = load_gguf(model)
        ids = loaded.encode(_said(talk))[:TOKENS]
        if len(ids) < 1024:
            raise IngestError(f"{talk} has {len(ids)} tokens; at least 1024 are needed")
        bench = Bench(loaded, tuple(ids), seed, many)
        torch.set_num_threads(1)
        for name in names or TABLES:
            _print(name, bench, as_json)
    except RemanenceError as error:
        raise click.ClickException(str(error)) from error


def _print(name: str, bench: Bench, as_json: bool) -> None:
    start = time.process_time()
    if not as_json:
        click.echo(f"{name} (seed {bench.seed}, {bench.many})")
    for row in TABLES[name](bench):
        click.echo(json.dumps({"table": name, "seed": bench.seed, **row}) if as_json else "  " + _line(row))
    if not as_json:
        click.echo(f"  {time.process_time() - start:.1f} CPU seconds")


def _line(row: Row) -> str:
    told = {key: f"{value:.4g}" if isinstance(value, float) else value for key, value in row.items()}
    return "  ".join(f"{key} {value}" for key, value in told.items())


def _said(path: Path) -> str:
    if not path.is_file():
        raise IngestError(f"no file {path}")
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    text = raw.decode("utf-8", "replace")
    if path.suffixes and ".json" in path.suffixes:
        return "\n".join(_texts(json.loads(text)))
    return text


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            who = value.get("speaker") or value.get("who")
            yield f"{who}: {value['text']}" if who else value["text"]
            return
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
