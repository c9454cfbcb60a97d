"""`remanence attach`: the verbs by name, each loaded with its model code when it is called."""

from __future__ import annotations

from importlib import import_module

import click

_VERBS = {
    "chat": "Answer from a space through attached key-value blocks.",
    "promote": "Make a key-value block or a weight memory from items.",
    "demote": "Erase what was made from items; their text stays.",
    "status": "What is where: text, key-value blocks, weights.",
}


class Verbs(click.Group):
    """Listing the verbs loads nothing; calling one needs PyTorch."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _VERBS:
            return None
        try:
            command = getattr(import_module("remanence.serve.cli.attach_verbs"), f"{cmd_name}_verb")
        except ModuleNotFoundError as error:
            raise click.ClickException(f"this needs {error.name}: pip install 'remanence[attach]'") from error
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_VERBS.items()))


@click.group("attach", cls=Verbs)
def attach_command() -> None:
    """Memory attached to a language model on this machine.

    Example: remanence attach chat --space my.db --model model.gguf -q "Where does Ada live?"
    """
