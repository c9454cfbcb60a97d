"""The command that shows, starts and ends the process that answers hooks."""

from __future__ import annotations

import click

from remanence.serve.cli import say
from remanence.serve.cli.home import home_option
from remanence.serve.daemon import client


@click.command("daemon")
@click.option("--start", is_flag=True, help="Start it now.")
@click.option("--stop", is_flag=True, help="End it; nothing is lost.")
@home_option
def daemon_command(start: bool, stop: bool, home: str) -> None:
    """Show the process that answers hooks and reading commands of this user, or start or end it.

    Hooks start it. It keeps spaces open and everything loaded, only reads, ends after half an hour without a question,
    and listens on a socket in the cache folder that only this user can open; there is no network.

    \b
    remanence daemon
    remanence daemon --stop
    """
    if start and stop:
        raise click.UsageError("--start and --stop exclude each other")
    told = client.told(str(home), "stop" if stop else "status")
    if told is not None:
        say.out(told)
    elif start and not client.start(str(home), []):
        raise click.UsageError("there can be none here: no unix sockets, or the path of the home folder is too long")
    else:
        say.out("started" if start else "there is none")
