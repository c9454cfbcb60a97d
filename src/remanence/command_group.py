"""A group of commands of which each is imported when it is called: listing them loads nothing."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click


class CommandGroup(click.Group):
    """`@click.group("bench", cls=CommandGroup, late={"run": ("package.module:run", "Run tasks.")})`.

    late: the name of each command, where it is, and what it does in one line.
    missing: what is said where a package is not installed; `{command}` and `{package}` stand for their names.
    """

    def __init__(
        self,
        *given: Any,
        late: Mapping[str, tuple[str, str]],
        missing: str = "`{command}` needs {package}, which is not installed",
        **settings: Any,
    ) -> None:
        super().__init__(*given, **settings)
        self._late, self._missing = late, missing

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which they were given."""
        return list(self._late)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, loaded now; None where there is no such name."""
        if cmd_name not in self._late:
            return None
        module, _, name = self._late[cmd_name][0].partition(":")
        try:
            command = getattr(import_module(module), name)
        except ModuleNotFoundError as error:
            raise click.ClickException(self._missing.format(command=cmd_name, package=error.name)) from error
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Names and what they do, of none of which the file is loaded."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, says) for name, (_, says) in self._late.items()])
