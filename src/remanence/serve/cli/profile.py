"""The command that tells everything known about somebody."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from remanence.compose.profile import Known, Profile
from remanence.serve.cli import say
from remanence.serve.cli.app import Opening, space_option
from remanence.serve.cli.filters import now_option
from remanence.types import iso


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
        say.document(document(found))
    else:
        say.out(str(found))


def document(found: Profile) -> dict[str, Any]:
    """A profile as JSON: attribute -> its statements, for what holds, is planned, held, and roles."""

    def rows(part: dict[str, tuple[Known, ...]]) -> dict[str, Any]:
        return {
            name: [asdict(one) | {"since": iso(one.since), "until": iso(one.until)} for one in known]
            for name, known in part.items()
        }

    parts = {"current": found.current, "planned": found.planned, "roles": found.roles, "history": found.history}
    return {"who": found.who, "as_of": iso(found.as_of), **{title: rows(dict(part)) for title, part in parts.items()}}
