"""The verbs of `remanence attach`: memories of a space on a local language model: chat, promote, demote, status."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import click

from remanence.attach import blocks
from remanence.attach.artefacts import Artefacts
from remanence.attach.chat import LocalChat, open_local
from remanence.attach.model import generate
from remanence.attach.promote import demote, open_block, promote
from remanence.errors import NotFound
from remanence.memory import Memory

FRAME = "Answer in one short sentence, from these notes only. If they do not say it, say that you do not know.\n"


def _space(function: Any) -> Any:
    function = click.option("--user", default="default", show_default=True, help="Whose memory.")(function)
    return click.option(
        "--space", required=True, type=click.Path(path_type=Path), callback=_there, help="The space file."
    )(function)


def _there(_: click.Context, __: click.Parameter, space: Path) -> Path:
    if not space.exists():
        raise click.UsageError(f"there is no space {space}; fill one with: remanence import FILE --space {space}")
    return space


def _known(memory: Memory, id: str, user: str, space: Path) -> None:
    try:
        memory.get(id)
    except NotFound:
        raise NotFound(f"no item {id!r} of {user!r}; ids are told by: remanence list --space {space}") from None


@click.command("chat")
@_space
@click.option("--model", required=True, type=click.Path(path_type=Path), help="A GGUF file or a transformers folder.")
@click.option("--question", "-q", multiple=True, help="Ask this and stop; may be repeated. Else ask line by line.")
@click.option("-k", default=12, show_default=True, type=click.IntRange(1), help="Items that are read.")
@click.option("--plain", is_flag=True, help="Read the text with every question, without a cached block: the control.")
def chat_verb(space: Path, user: str, model: Path, question: tuple[str, ...], k: int, plain: bool) -> None:
    """Answer from a space through attached key-value blocks, with citations and the time to the first word.

    Example: remanence attach chat --space my.db --model model.gguf -q "Where does Ada live?"
    """
    if question and not any(map(str.strip, question)):
        raise click.UsageError("the question is empty: -q 'Where does Ada live?'")
    speaker = open_local(model)
    with Memory(space, user=user) as memory:
        for asked in question or (line.strip() for line in sys.stdin):
            if asked.strip():
                _answer(memory, Artefacts.beside(space), speaker, asked, k, plain)


def _answer(memory: Memory, artefacts: Artefacts, speaker: LocalChat, asked: str, k: int, plain: bool) -> None:
    hits = memory.recall(asked, k=k)
    if not hits:
        click.echo("nothing is remembered about that")
        return
    ids = sorted(hit.item.id for hit in hits)
    tail = speaker.framed(asked)
    if plain:
        texts = [(id, memory.get(id).text) for id in ids]
        start = time.perf_counter()
        block = blocks.build(speaker.inner, texts, head=speaker.opening(FRAME))
    else:
        names = [
            a.name
            for a in artefacts.of(ids, "kv")
            if [o.id for o in a.origins] == ids and a.model == speaker.inner.fingerprint
        ]
        known = next((name for name in names if not artefacts.stale(artefacts.kept[name], memory)), None)
        name = (
            known
            or promote(memory, ids, "kv", model=speaker.inner, artefacts=artefacts, head=speaker.opening(FRAME)).name
        )
        block = open_block(memory, artefacts, name, speaker.inner)
        start = time.perf_counter()
    first = generate(speaker.inner, tail, kv=block.kv, most=1)
    waited = time.perf_counter() - start
    said = generate(speaker.inner, tail, kv=block.kv, most=48, stop=speaker.ends()) if first else []
    click.echo(speaker.inner.decode(said).strip())
    click.echo(f"  first word after {waited:.2f} s; read: {', '.join(ids[:3])}{' ...' if len(ids) > 3 else ''}")


@click.command("promote")
@_space
@click.option("--model", required=True, type=click.Path(path_type=Path), help="A GGUF file or a transformers folder.")
@click.option("--to", "form", default="kv", show_default=True, type=click.Choice(["kv", "weights"]), help="Into what.")
@click.option("--bits", default=0, show_default=True, type=click.Choice(["0", "8", "4"]), help="Pack a block.")
@click.option("--asked", is_flag=True, help="Weights that speak only where this fact is asked for.")
@click.argument("ids", nargs=-1, required=True)
def promote_verb(space: Path, user: str, model: Path, form: Any, bits: str, asked: bool, ids: tuple[str, ...]) -> None:
    """Make a key-value block or a weight memory from items.

    Example: remanence attach promote --space my.db --model model.gguf ID ID
    """
    if (form == "kv" and asked) or (form == "weights" and int(bits)):
        raise click.UsageError("--bits packs a block (--to kv), and --asked is for weights (--to weights)")
    knobs: dict[str, Any] = {"bits": int(bits)} if form == "kv" else {"asked": asked}
    with Memory(space, user=user) as memory:
        for id in ids:
            _known(memory, id, user, space)
        speaker = open_local(model)
        made = promote(memory, ids, form, model=speaker.inner, artefacts=Artefacts.beside(space), **knobs)
    told = ", ".join(f"{name} {value:.3g}" for name, value in made.fidelity.items())
    click.echo(f"{made.name}: {made.bytes} bytes, {made.seconds:.1f} s, {told}")


@click.command("demote")
@_space
@click.argument("ids", nargs=-1, required=True)
def demote_verb(space: Path, user: str, ids: tuple[str, ...]) -> None:
    """Erase every artefact that holds any of the items; their text stays. An item that is not there is an error.

    Example: remanence attach demote --space my.db ID
    """
    with Memory(space, user=user) as memory:
        artefacts = Artefacts.beside(space)
        for id in ids:
            if not artefacts.of([id], scope=memory.scope):  # what is left of an item that is gone is erased too
                _known(memory, id, user, space)
        gone = demote(artefacts, ids, scope=memory.scope)
    click.echo(f"erased {', '.join(gone)}" if gone else "nothing was made from these items")


@click.command("status")
@_space
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--sweep", is_flag=True, help="Erase what is stale.")
def status_verb(space: Path, user: str, as_json: bool, sweep: bool) -> None:
    """What is where: text, key-value blocks, weights; their fidelity, cost, use, and why one is stale.

    Example: remanence attach status --space my.db
    """
    artefacts = Artefacts.beside(space)
    with Memory(space, user=user) as memory:
        lines = artefacts.status(memory)
        items = memory.stats()["items"]
        if sweep:
            artefacts.sweep(memory)
    if as_json:
        click.echo(json.dumps({"text": items, "artefacts": lines}, default=str))
        return
    click.echo(f"text: {items} items")
    for line in lines:
        told = ", ".join(f"{name} {value:.3g}" for name, value in line["fidelity"].items())
        state = f"STALE: {line['stale']}" if line["stale"] else "fresh"
        cost = f"{line['bytes']} bytes, {line['seconds']:.1f} s, used {line['uses']}"
        click.echo(f"{line['name']}: {len(line['items'])} items, {cost}, {told}, {state}")
