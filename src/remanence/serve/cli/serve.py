"""Commands that let others in: serve, mcp, keys."""

from __future__ import annotations

import ipaddress
import sys
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import click

from remanence.serve.agents.project import place_of
from remanence.serve.cli import say
from remanence.serve.cli.app import Opening, space_option
from remanence.serve.cli.home import home_option
from remanence.serve.cli.listening import ANSWER_S, door, listening
from remanence.serve.cli.settings import settings


@click.command("serve")
@click.option(
    "--folder", type=click.Path(file_okay=False), default="spaces", show_default=True, help="Where spaces lie."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", default=8377, show_default=True, type=click.IntRange(0, 65535))
@click.option("--allow-host", multiple=True, help="A name that requests may have in Host, beside localhost.")
@click.option("--default-space", default="default", show_default=True, help="The space that is served without keys.")
@click.option(
    "--answer-seconds",
    default=ANSWER_S,
    show_default=True,
    type=click.FloatRange(min=0, min_open=True),
    help="An answer that takes longer is not waited for.",
)
@click.option("--recipe", default=settings().recipe, show_default=True, help="How memory works.")
@click.option("--embedder", default=settings().embedder, show_default=True)
def serve_command(
    folder: str,
    host: str,
    port: int,
    allow_host: tuple[str, ...],
    default_space: str,
    answer_seconds: float,
    recipe: str,
    embedder: str,
) -> None:
    """Serve memory over HTTP (REST at /v1, mem0's paths at /mem0, MCP at /mcp).

    Without keys only this machine is answered; an address that others reach needs a key first.

    \b
    remanence serve --folder spaces
    remanence keys make alice --user alice --folder spaces
    curl -H "Authorization: Bearer rk_..." http://localhost:8377/v1/stats
    """
    from remanence.serve.keys import Grant, Keys

    host = host.strip("[]")
    named = f"[{host}]" if ":" in host else host
    keys = Keys(folder)
    known = keys.list()
    if not known and not _is_loopback(host):
        raise click.UsageError(
            f"{host} can be reached by others and there is no key; first: remanence keys make NAME --folder {folder}"
        )
    opening = Opening("", "default", None, None, recipe, embedder)
    server = listening(
        folder,
        partial(_opened, opening),
        keys=keys,
        open_until_keys=not known and _is_loopback(host),
        local=Grant(default_space, {}),
        hosts=(named, *allow_host),
        answer_s=answer_seconds,
    )
    taken = door(host, port)
    port = taken.getsockname()[1]
    say.note(f"http://{named}:{port} serves {folder} ({len(known) or 'no'} keys); Ctrl-C stops it, nothing is lost")
    say.note(f"the page is at http://{'localhost' if named == '127.0.0.1' else named}:{port}/ui/")
    server.run(sockets=[taken])


def _opened(opening: Opening, path: Path) -> Any:
    opening.space = str(path)
    return opening.memory(new=True)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


@click.command("mcp")
@click.option("--profile", default="default", show_default=True, help="Which tools: default, compat, chatgpt or files.")
@click.option("--project", default=None, help="The memory of the project that this folder belongs to, not --space.")
@home_option
@space_option
def mcp_command(profile: str, project: str | None, home: Path, as_json: bool, opened: Opening) -> None:
    """Speak the Model Context Protocol on standard input and output.

    \b
    remanence mcp --space my.db
    remanence mcp --project .
    """
    if project is not None:
        place = place_of(Path() if project.startswith("${") else Path(project), home)
        place.folder.mkdir(parents=True, exist_ok=True)
        opened.space = str(place.space)
    from remanence.serve.mcp.protocol import Protocol
    from remanence.serve.mcp.stdio import own_standard_output, serve

    wire = own_standard_output()
    held: list[Any] = []

    @contextmanager
    def use() -> Any:
        if not held:
            held.append(opened.memory(new=True))
        yield held[0]

    try:
        serve(Protocol(use, profile=profile), sys.stdin.buffer, wire)
    finally:
        for memory in held:
            memory.close()


@click.group("keys")
def keys_command() -> None:
    """Keys of the server: each opens one space and one scope.

    \b
    remanence keys make alice --user alice --folder spaces
    remanence keys list --folder spaces
    remanence keys revoke 1f2e3d4c --folder spaces
    """


_FOLDER = click.option("--folder", type=click.Path(file_okay=False), default="spaces", show_default=True)


@keys_command.command("make")
@click.argument("space")
@click.option("--user", default=None, help="Fix the user.")
@click.option("--agent", default=None, help="Fix the agent.")
@click.option("--session", default=None, help="Fix the session.")
@click.option("--app", "app_name", default=None, help="Fix the application.")
@click.option("--label", default="", help="A note for you.")
@_FOLDER
def make_key(
    space: str, user: str | None, agent: str | None, session: str | None, app_name: str | None, label: str, folder: str
) -> None:
    """Make a key for one space; it is shown once."""
    from remanence.serve.keys import Keys

    told, key = Keys(folder).make(space, label=label, user=user, agent=agent, session=session, app=app_name)
    say.note(f"key {key.id} opens space {key.space}; keep it, it is not shown again")
    say.out(told)


@keys_command.command("list")
@click.option("--json", "as_json", is_flag=True)
@_FOLDER
def list_keys(as_json: bool, folder: str) -> None:
    """Every key by its id, never the key itself."""
    from remanence.serve.keys import Keys

    rows = [
        {"id": key.id, "space": key.space, **key.fixed, "label": key.label, "made": key.made}
        for key in Keys(folder).list()
    ]
    if as_json:
        say.document(rows)
        return
    for row in rows:
        say.out("  ".join(f"{name}={value}" for name, value in row.items() if value))
    if not rows:
        say.note("there are no keys")


@keys_command.command("revoke")
@click.argument("id")
@_FOLDER
def revoke_key(id: str, folder: str) -> None:
    """Take a key away at once."""
    from remanence.serve.keys import Keys

    gone = Keys(folder).revoke(id)
    say.out(f"key {gone.id} of space {gone.space} opens nothing any more")
