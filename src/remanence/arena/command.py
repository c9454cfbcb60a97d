"""`remanence bench`: the arena's commands by name, each imported when it is called."""

from __future__ import annotations

import importlib

import click

_LAZY = {
    "tasks": ("remanence.arena.commands:tasks", "List the tasks: what they measure and where to get them."),
    "systems": ("remanence.arena.commands:systems", "List what can run: baselines, peers, recipes."),
    "run": ("remanence.arena.commands:run", "Run tasks against systems; resumes, one JSON per run."),
    "compare": ("remanence.arena.commands:compare", "Compare runs in a table with significance letters."),
    "report": ("remanence.arena.commands:report", "Write one self-contained HTML page and Markdown."),
    "speed": ("remanence.arena.commands:speed", "Sweep the number of items; print times and growth exponents."),
    "nab": ("remanence.arena.nab_command:nab", "Streaming surprise on the Numenta Anomaly Benchmark."),
    "attach": ("remanence.arena.attach_command:attach", "Memories attached to a language model."),
    "neural": ("remanence.arena.neural_command:neural", "Memory layers on synthetic recall tasks."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called; listing them imports nothing."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_LAZY)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _LAZY:
            return None
        module, _, name = _LAZY[cmd_name][0].partition(":")
        try:
            command = getattr(importlib.import_module(module), name)
        except ModuleNotFoundError as error:
            raise click.ClickException(f"`bench {cmd_name}` needs {error.name}, which is not installed") from error
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, says) for name, (_, says) in _LAZY.items()])


@click.group(cls=LazyGroup, name="bench")
def bench() -> None:
    """The arena: every recipe, baseline and peer on the same data under the same rules.

    Example: remanence bench run locomo --recipes default,plain,bm25 --data DATA --out runs
    """
