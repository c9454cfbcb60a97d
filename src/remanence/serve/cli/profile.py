"""The command that tells everything known about somebody."""

from __future__ import annotations

import click

from remanence.serve import shapes
from remanence.serve.cli import say
from remanence.serve.cli.app import Opening, space_option
from remanence.serve.cli.filters import now_option


@click.command("profile")
@click.argument("who", nargs=-1, required=True)
@click.option("--as-of", default=None, help='The moment that is asked about: "2025-05-08".')
@now_option
@space_option
def profile_command(who: tuple[str, ...], as_of: str | None, now: str | None, as_json: bool, opened: Opening) -> None:
    """Tell everything known about a person, place, project or thing, with history and sources.

    \b
    remanence profile Ada --as-of 2025-05-08 --space my.db
    """
    with opened.memory() as memory:
        found = memory.profile(" ".join(who), as_of=as_of, now=now)
    if as_json:
        say.document(shapes.profile(found))
    else:
        say.out(str(found))
