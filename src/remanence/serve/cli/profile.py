"""The command that tells everything known about somebody."""

from __future__ import annotations

import click

from remanence.compose.profile import names
from remanence.serve import shapes
from remanence.serve.cli import say
from remanence.serve.cli.app import Opening, space_option
from remanence.serve.cli.filters import now_option

SHOWN = 12
"""Names that are told where nothing is known of the one that is asked for."""


@click.command("profile")
@click.argument("who", nargs=-1)
@click.option("--as-of", default=None, help='The moment that is asked about: "2025-05-08".')
@now_option
@space_option
def profile_command(who: tuple[str, ...], as_of: str | None, now: str | None, as_json: bool, opened: Opening) -> None:
    """Tell everything known about a person, place, project or thing, with history and sources.

    Without a name it lists whom and what can be asked of. Who talks with an assistant is called "user", whatever the
    name that they told.

    \b
    remanence profile Ada --as-of 2025-05-08 --space my.db
    remanence profile --space my.db
    """
    with opened.memory() as memory:
        found = memory.profile(" ".join(who), as_of=as_of, now=now) if who else None
        known = memory.look(names) if not found else []
    if found is None:
        if as_json:
            say.document({"names": known})
        else:
            say.out("\n".join(known) or "nobody is spoken of yet")
        return
    if as_json:
        say.document(shapes.profile(found))
        return
    say.out(str(found))
    if not found and known:
        say.note(f"known here: {', '.join(known[:SHOWN])}{', ...' if len(known) > SHOWN else ''}")
