"""The command that agents call as a hook: it answers in time or with nothing, and never makes the agent fail."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from remanence.serve.cli.home import NAMES, home_option
from remanence.serve.daemon.client import SECONDS, start


class Lenient(click.Command):
    """A command whose usage errors are no errors: an agent would take their exit code for a refusal."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            click.echo(f"remanence hook: {error.format_message()}", err=True)
            ctx.exit(0)


@click.command("hook", cls=Lenient)
@click.argument("hook", type=click.Choice(["start", "prompt", "stop"]))
@click.option("--agent", type=click.Choice(NAMES), default="claude-code", show_default=True, help="Who calls.")
@click.option("--seconds", default=SECONDS, show_default=True, help="Answer with nothing after so long.")
@click.option("--wait", is_flag=True, help="At a stop: remember before the end, not in a process of its own.")
@click.option("--no-daemon", is_flag=True, help="Do all in this process, and leave none in the background.")
@home_option
def hook_command(hook: str, agent: str, seconds: float, wait: bool, no_daemon: bool, home: Path) -> None:
    """Answer a coding agent's hook: its JSON on standard input, the answer on standard output.

    `remanence connect` writes these lines into an agent's settings.
    Whatever happens, the exit code is 0 and the agent goes on.
    The first hook leaves a process in the background that answers the next ones; see `remanence daemon`.

    \b
    echo '{"cwd": ".", "prompt": "Which port does the server use?"}' | remanence hook prompt
    remanence hook stop --agent codex --wait < payload.json
    """
    raw = sys.stdin.buffer.read()
    try:
        given: Any = json.loads(raw)
    except ValueError:
        given = {}
    given = given if isinstance(given, dict) else {}
    if hook == "stop" and not wait:
        _apart(raw, agent, home)
        click.echo("{}")
        return
    kept = click.get_current_context().obj
    limit = seconds if kept is None and not wait else None
    click.echo(_in_time(limit, hook, agent, given, home, kept))
    sys.stdout.flush()
    if kept is None and not wait and not no_daemon:
        start(str(home), import_module("remanence.serve.agents.hook").spaces(agent, given, home))


def _in_time(seconds: float | None, hook: str, agent: str, given: dict[str, Any], home: Path, kept: Any) -> str:
    """The answer, or the process ends with none: what another program holds up must not hold up the agent."""
    clock = threading.Timer(seconds or 0, os._exit, (0,))
    clock.daemon = True
    if seconds is not None:
        clock.start()
    try:
        told: str = import_module("remanence.serve.agents.hook").run(hook, agent, given, home, kept)
    except Exception as error:  # the edge: an agent must not fail because of us
        click.echo(f"remanence hook: {type(error).__name__}: {error}", err=True)
        told = "{}"
    clock.cancel()
    return told


def _apart(raw: bytes, agent: str, home: Path) -> None:
    """Remember in a process of its own, which outlives the agent."""
    words = [sys.executable, "-m", "remanence", "hook", "stop", "--agent", agent, "--wait", "--home", str(home)]
    quiet = subprocess.DEVNULL
    with suppress(OSError):
        child = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet, start_new_session=True)
        if child.stdin is not None:
            with suppress(OSError):
                child.stdin.write(raw)
                child.stdin.close()
