"""The command `ui`: the web page of one space."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import click

from remanence.serve.cli import say
from remanence.serve.cli.app import Opening, space_option
from remanence.serve.cli.listening import door, listening
from remanence.serve.keys import Grant


@click.command("ui")
@click.option("--port", default=0, show_default="a free one", type=click.IntRange(0, 65535))
@click.option("--browser/--no-browser", default=True, help="Open the page in the browser.")
@space_option
def ui_command(port: int, browser: bool, as_json: bool, opened: Opening) -> None:
    """Look at a memory in the browser: search, facts over time, links, import. It answers this machine alone.

    \b
    remanence ui --space my.db
    """
    server = listening(
        Path(opened.space).parent,
        lambda _: opened.memory(new=True),
        local=Grant("default", opened.fixed),
    )
    taken = door("127.0.0.1", port)
    address = f"http://127.0.0.1:{taken.getsockname()[1]}/ui/"
    say.document({"url": address}) if as_json else say.out(address)
    if browser:
        webbrowser.open(address)
    server.run(sockets=[taken])
