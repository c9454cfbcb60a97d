"""What commands for coding agents share: the names of the agents, and the home folder; cheap to load."""

from __future__ import annotations

from pathlib import Path

import click

NAMES = ("claude-code", "codex", "cursor", "vscode", "windsurf", "zed")
home_option = click.option(
    "--home", type=click.Path(file_okay=False, path_type=Path), default=Path.home, hidden=True, help="The home folder."
)
