"""Commands for coding agents: connect one, and say where its memory is."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from remanence.errors import InvalidInput
from remanence.serve import whole_file
from remanence.serve.agents import agents, settings_files
from remanence.serve.agents.project import data_folder, place_of
from remanence.serve.cli import say
from remanence.serve.cli.home import NAMES, home_option


@click.command("connect")
@click.argument("agent", type=click.Choice(NAMES))
@click.option("--project", is_flag=True, help="Into the files of the project here, not the user's.")
@click.option("--no-hooks", is_flag=True, help="Only the MCP server: memory is used when the agent asks for it.")
@click.option("--no-daemon", is_flag=True, help="Hooks leave no process in the background: half a second each.")
@click.option("--undo", is_flag=True, help="Take it back; byte by byte when nothing else changed the files.")
@click.option("--dry-run", is_flag=True, help="Show what would change, and stop.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output; asks nothing.")
@home_option
def connect_command(agent: str, project: bool, undo: bool, home: Path, **chosen: bool) -> None:
    """Give a coding agent memory: an MCP server, and hooks where it has them.

    It shows the change and asks. What was in the files stays, comments too; a backup is kept.

    \b
    remanence connect claude-code
    remanence connect cursor --dry-run
    remanence connect codex --project --yes
    remanence connect claude-code --undo
    """
    one = agents.agents(home)[agent]
    root = place_of(Path.cwd(), home).root if project else None
    if project and root is None:
        raise InvalidInput("there is no project here; go to its folder, or leave --project out")
    backups = data_folder(home) / "connect"
    flags = ["--no-daemon"] if chosen["no_daemon"] else []
    hooks = flags if undo or not chosen["no_hooks"] else None
    dry_run, yes, as_json = chosen["dry_run"], chosen["yes"], chosen["as_json"]
    wanted = agents.edits(one, root, hooks=hooks, words=agents.program())
    planned = settings_files.disconnected(wanted, backups) if undo else settings_files.connected(wanted)
    changing = [each for each in planned if each.changes]
    written = bool(changing) and not dry_run and (yes or (not as_json and _agreed(changing)))
    if written:
        with whole_file.alone(backups, "lock"):
            settings_files.write(changing, None if undo else backups)
            if undo:
                settings_files.forget([each.file for each in planned], backups)
    if as_json:
        files = [{"file": str(each.file), "new": each.before is None, "diff": each.diff} for each in changing]
        say.document({"agent": agent, "undo": undo, "written": written, "files": files})
    else:
        _told(one.title, [each.file for each in planned], changing, written=written, shown=yes or dry_run, undo=undo)


def _agreed(changing: list[settings_files.Planned]) -> bool:
    """Show the change and ask; without anybody to ask nothing is written."""
    for each in changing:
        click.echo(each.diff, nl=False)
    if not sys.stdin.isatty():
        say.note("nothing was written: there is nobody to ask; add --yes")
        return False
    return click.confirm("Write this?", default=True)


def _told(
    title: str,
    files: list[Path],
    changing: list[settings_files.Planned],
    *,
    written: bool,
    shown: bool,
    undo: bool,
) -> None:
    if not changing:
        say.out(f"{title}: nothing to change ({', '.join(map(str, files))})")
        return
    if shown:
        for each in changing:
            click.echo(each.diff, nl=False)
    if written:
        say.out(f"{title} is {'no longer connected' if undo else 'connected; start it anew'}")


@click.command("project")
@click.argument("folder", type=click.Path(path_type=Path), default=Path())
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@home_option
def project_command(folder: Path, as_json: bool, home: Path) -> None:
    """Say which memory belongs to a folder: the project's space and the user's. Their folder is made.

    \b
    remanence project
    remanence recall "Which port does the server use?" --space "$(remanence project)"
    """
    place = place_of(folder, home)
    place.folder.mkdir(parents=True, exist_ok=True)
    if as_json:
        root = None if place.root is None else str(place.root)
        say.document({"root": root, "space": str(place.space), "user": str(place.user)})
    else:
        say.out(str(place.space))
