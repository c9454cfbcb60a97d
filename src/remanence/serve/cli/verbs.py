"""Commands that remember, list and change: one per verb of Memory."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import click

from remanence.serve import shapes
from remanence.serve.cli import say
from remanence.serve.cli.app import Opening, secrets_option, space_option
from remanence.serve.cli.filters import chosen, filters
from remanence.types import Item, Receipt, iso

_MESSAGE = {
    "who": "Who says it.",
    "role": "user, assistant or tool.",
    "at": 'When: "2025-05-08 13:56" or "1:56 pm on 8 May, 2025".',
    "session": "Which chat it belongs to.",
    "source": "Your own id for it; the same source is never kept twice.",
}


def _message_options(command: Callable[..., None]) -> Callable[..., None]:
    """An option for each field of a message."""
    for name, says in reversed(_MESSAGE.items()):
        command = click.option(f"--{name}", default=None, help=says)(command)
    return command


@click.command("remember")
@click.argument("text", nargs=-1)
@_message_options
@click.option("--key", default=None, help="Idempotency key: a repeated call changes nothing.")
@secrets_option
@space_option
def remember_command(
    text: tuple[str, ...], key: str | None, secrets: str, as_json: bool, opened: Opening, **fields: Any
) -> None:
    """Keep one message (or standard input).

    \b
    remanence remember "I moved to Rome last week." --who Ada --space my.db
    """
    told = " ".join(text) if text else sys.stdin.read()
    message = {"text": told} | {name: value for name, value in fields.items() if value is not None}
    with opened.memory(new=True, secrets=secrets) as memory:
        receipt = memory.remember(message, key=key)
    line = f"kept as {', '.join(receipt.ids) or 'nothing new'} (commit {receipt.commit})"
    _tell(receipt, as_json, line, (*receipt.refused, *receipt.notes))


def _tell(receipt: Receipt, as_json: bool, line: str, notes: Iterable[str]) -> None:
    """A receipt as JSON, or as one line with its notes."""
    if as_json:
        say.document(receipt)
        return
    say.out(line)
    for note in notes:
        say.note(note)


@click.command("list")
@click.option("--limit", default=20, show_default=True, help="Most items; 0 for all.")
@click.option("--offset", default=0, help="Leave out the first so many.")
@click.option("--newest", is_flag=True, help="Newest first.")
@filters
@space_option
def list_command(limit: int, offset: int, newest: bool, as_json: bool, opened: Opening, **given: Any) -> None:
    """List items in the order in which they were remembered.

    \b
    remanence list --kind fact --newest --space my.db
    """
    with opened.memory() as memory:
        found = memory.list(limit=limit, offset=offset, newest_first=newest, **chosen(given))
    if as_json:
        say.document({"items": [shapes.item(one) for one in found]})
    else:
        for one in found:
            say.out(f"{one.id}  {say.line_of(one)}")


@click.command("update")
@click.argument("id")
@click.argument("text", required=False)
@click.option("--who", default=None)
@click.option("--at", default=None)
@click.option("--until", default=None, help="When it stopped being true.")
@click.option("--if-version", type=int, default=None, help="Fail when the item has moved on.")
@space_option
def update_command(
    id: str, text: str | None, if_version: int | None, as_json: bool, opened: Opening, **fields: Any
) -> None:
    """Give an item a new version; the old one stays in its history.

    \b
    remanence update 6wbr8cpmrgfjagyx "I live in Oslo now." --space my.db
    """
    chosen = {name: value for name, value in fields.items() if value is not None}
    with opened.memory() as memory:
        receipt = memory.update(id, text, if_version=if_version, **chosen)
    say.document(receipt) if as_json else say.out(f"updated (commit {receipt.commit})")


def _on_ids(verb: str, done: str, help: str) -> click.Command:
    @click.command(verb, help=help)
    @click.argument("ids", nargs=-1, required=True)
    @click.option("--force", is_flag=True, help="Even when it is a large share of the space.")
    @space_option
    def command(ids: tuple[str, ...], force: bool, as_json: bool, opened: Opening) -> None:
        with opened.memory() as memory:
            knobs = {} if verb == "restore" else {"force": force}
            receipt = getattr(memory, verb)(list(ids), **knobs)
        line = f"{done} {len(ids)} (commit {receipt.commit})"
        _tell(receipt, as_json, line, (*receipt.notes, *receipt.degraded))

    return command


forget_command = _on_ids(
    "forget",
    "hidden:",
    "Hide items from recall; `restore` brings them back.\n\n\b\nremanence forget 6wbr8cpmrgfjagyx --space my.db",
)
restore_command = _on_ids(
    "restore",
    "back:",
    "Bring forgotten or demoted items back.\n\n\b\nremanence restore 6wbr8cpmrgfjagyx --space my.db",
)
erase_command = _on_ids(
    "erase",
    "erased:",
    "Truly delete items, bytes and derived memories included.\n\n\b\nremanence erase 6wbr8cpmrgfjagyx --space my.db",
)


def _of_one(
    verb: str, help: str, document: Callable[[Any], Any], lines: Callable[[Any], Iterable[str]]
) -> click.Command:
    @click.command(verb, help=f"{help}\n\n\b\nremanence {verb} 6wbr8cpmrgfjagyx --space my.db")
    @click.argument("id")
    @space_option
    def command(id: str, as_json: bool, opened: Opening) -> None:
        with opened.memory() as memory:
            found = getattr(memory, verb)(id)
        if as_json:
            say.document(document(found))
        else:
            for line in lines(found):
                say.out(line)

    return command


def _fields(item: Item) -> Iterator[str]:
    return (f"{name}: {value}" for name, value in shapes.item(item).items())


def _versions(items: list[Item]) -> Iterator[str]:
    for one in items:
        until = f" .. {iso(one.retired)}" if one.retired else ""
        yield f"v{one.version}  believed {iso(one.seen)}{until}"
        yield f"    {say.line_of(one)}"


get_command = _of_one("get", "Show one item.", shapes.item, _fields)
history_command = _of_one(
    "history",
    "Show all versions of an item, oldest first.",
    lambda versions: {"versions": [shapes.item(one) for one in versions]},
    _versions,
)


@click.command("sleep")
@click.option("--most", type=int, default=None, help="Look at no more than so many items now.")
@click.option("--force", is_flag=True, help="Even when much would be hidden.")
@space_option
def sleep_command(most: int | None, force: bool, as_json: bool, opened: Opening) -> None:
    """Do the derived work that waits: episodes, facts, links, forgetting.

    It can be stopped at any moment and goes on at the next call.

    \b
    remanence sleep --space my.db
    """
    progress = say.Progress("sleep")
    with opened.memory() as memory:
        told = memory.sleep(on_progress=progress, most=most, force=force)
    progress.close()
    if as_json:
        say.document(told)
        return
    say.out(
        f"looked at {told.looked_at}: added {told.put}, linked {told.linked}, updated {told.updated}, "
        f"superseded {told.superseded}, retired {told.retired}, demoted {told.demoted}; "
        f"items {told.before} -> {told.after}, waiting {told.waiting}"
    )
    for line in (*told.degraded, *told.failed):
        say.note(line)
    if told.shrink_alarm:
        say.note("shrink alarm: a change would have hidden more than a fifth of the space; it was not applied")


@click.command("stats")
@space_option
def stats_command(as_json: bool, opened: Opening) -> None:
    """Count what is there.

    \b
    remanence stats --space my.db
    """
    with opened.memory() as memory:
        told = memory.stats()
    if as_json:
        say.document(told)
    else:
        for name, value in told.items():
            say.out(f"{name}: {value}")
