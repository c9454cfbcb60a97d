"""`remanence bench`: the arena's commands by name, each imported when it is called."""

from __future__ import annotations

import click

from remanence.command_group import CommandGroup

_LATE = {
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


@click.group("bench", cls=CommandGroup, late=_LATE, missing="`bench {command}` needs {package}, which is not installed")
def bench() -> None:
    """The arena: every recipe, baseline and peer on the same data under the same rules.

    Example: remanence bench run locomo --recipes default,plain,bm25 --data DATA --out runs
    """
