"""`remanence attach`: the verbs by name, each loaded with its model code when it is called."""

from __future__ import annotations

import click

from remanence.command_group import CommandGroup

_VERBS = {
    "chat": ("remanence.serve.cli.attach_verbs:chat_verb", "Answer from a space through attached key-value blocks."),
    "promote": (
        "remanence.serve.cli.attach_verbs:promote_verb",
        "Make a key-value block or a weight memory from items.",
    ),
    "demote": ("remanence.serve.cli.attach_verbs:demote_verb", "Erase what was made from items; their text stays."),
    "status": ("remanence.serve.cli.attach_verbs:status_verb", "What is where: text, key-value blocks, weights."),
}


@click.group("attach", cls=CommandGroup, late=_VERBS, missing="this needs {package}: pip install 'remanence[attach]'")
def attach_command() -> None:
    """Memory attached to a language model on this machine.

    Example: remanence attach chat --space my.db --model model.gguf -q "Where does Ada live?"
    """
