"""The command `remanence`: a thin caller of Memory."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from remanence import __version__
from remanence.errors import MigrationError, RemanenceError
from remanence.serve.cli.settings import settings

if TYPE_CHECKING:
    from remanence.serve.daemon.kept import Kept

_HOME = {
    "ask": "ask",
    "attach": "attach",
    "keys": "serve",
    "mcp": "serve",
    "serve": "serve",
    "audit": "audit",
    "backup": "upkeep",
    "connect": "connect",
    "hook": "hook",
    "project": "connect",
    "context": "recall",
    "daemon": "daemon",
    "demo": "demo",
    "doctor": "upkeep",
    "erase": "verbs",
    "export": "upkeep",
    "forget": "verbs",
    "get": "verbs",
    "history": "verbs",
    "import": "upkeep",
    "list": "verbs",
    "profile": "profile",
    "recall": "recall",
    "recipes": "recipes",
    "reembed": "upkeep",
    "remember": "verbs",
    "replay": "upkeep",
    "restore": "verbs",
    "sleep": "verbs",
    "stats": "verbs",
    "ui": "ui",
    "update": "verbs",
}
"""Built-in commands and the file of `serve` that holds each; others come from the entry points below."""

GROUP = "remanence.commands"
"""Entry points of this group become sub-commands; each names a `click.Command`."""

ERROR, USAGE, NEWER, PROBLEMS, STOPPED = 1, 2, 3, 4, 130
"""Exit codes: an error, wrong usage, a space newer than this program, doctor found problems, Ctrl-C."""


class Commands(click.Group):
    """Loads a command's file when it is first named, so that `remanence --help` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({name for name in _HOME if self._there(name)} | {point.name for point in _plugged()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in _HOME:
            module = import_module(f"remanence.serve.cli.{_HOME[cmd_name]}")
            command: click.Command | None = getattr(module, f"{cmd_name}_command", None)
            return command
        for point in _plugged():
            if point.name == cmd_name:
                try:
                    loaded: click.Command = point.load()
                except ImportError as error:
                    return _absent(cmd_name, error)
                return loaded
        return None

    def _there(self, name: str) -> bool:
        return hasattr(import_module(f"remanence.serve.cli.{_HOME[name]}"), f"{name}_command")

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            import difflib

            near = difflib.get_close_matches(args[0], self.list_commands(ctx), n=3) if args else []
            raise click.UsageError(error.message + (f" Near: {', '.join(near)}." if near else "")) from None


def _absent(name: str, error: ImportError) -> click.Command:
    """A command whose package cannot be loaded: it says so when it is called, and nothing else breaks."""

    def refuse(**_: Any) -> None:
        raise click.UsageError(f"{name} cannot be loaded: {error}; install what it needs, then try again")

    return click.Command(name, callback=refuse, short_help=f"(not available: {error})")


def _plugged() -> list[Any]:
    from importlib.metadata import entry_points  # slow to import, and only a plugged-in command needs it

    return list(entry_points(group=GROUP))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="remanence")
def app() -> None:
    """Memory for agents in one file.

    \b
    remanence demo                                      see it work on a ready conversation
    remanence import chat.json --space my.db            keep a history (many formats)
    remanence recall "Where does Ada live?" --space my.db
    remanence context "Where does Ada live?" --budget 500 --space my.db
    """


def space_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options that every command on a space has."""
    given = settings()
    for option in (
        click.option("--user", default=given.user, show_default=True, help="Whose memory."),
        click.option("--agent", default=None, help="Narrow to one agent."),
        click.option("--app", "app_name", default=None, help="Narrow to one application."),
        click.option(
            "--recipe", default=given.recipe, show_default=True, help="How memory works; see: remanence recipes."
        ),
        click.option(
            "--embedder", default=given.embedder, show_default=True, help="static, minilm, hashing or openai:MODEL."
        ),
        click.option(
            "--space", default=given.space, show_default=True, type=click.Path(dir_okay=False), help="The space file."
        ),
        click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output."),
    ):
        function = option(function)

    @wraps(function)
    def call(
        *args: Any,
        space: str,
        user: str,
        agent: str | None,
        app_name: str | None,
        recipe: str,
        embedder: str,
        **rest: Any,
    ) -> Any:
        return function(*args, opened=Opening(space, user, agent, app_name, recipe, embedder), **rest)

    return call


secrets_option = click.option(
    "--secrets",
    type=click.Choice(["mask", "keep", "refuse"]),
    default="mask",
    show_default=True,
    help="Credentials: hide them outside their message, keep them as text, or refuse the message.",
)
"""What becomes of API keys, tokens and private keys in what comes in."""


class Opening:
    """How a command opens its space."""

    def __init__(self, space: str, user: str, agent: str | None, app: str | None, recipe: str, embedder: str) -> None:
        self.space, self.user, self.agent, self.app = space, user, agent, app
        self.recipe, self.embedder = recipe, embedder

    @property
    def fixed(self) -> dict[str, str]:
        """The parts of the scope that the options name."""
        named = {"user": self.user, "agent": self.agent, "app": self.app}
        return {part: value for part, value in named.items() if value is not None}

    def memory(
        self, *, new: bool = False, session: str | None = None, secrets: str = "mask", reads: bool = True
    ) -> Any:
        """The memory; a missing file is an error unless `new`. reads: whether the learned reader may be loaded."""
        from remanence.memory.memory import READER, Memory

        if not new and self.space != ":memory:" and not Path(self.space).exists():
            raise click.UsageError(
                f"there is no space {self.space}; fill one with: remanence import FILE --space {self.space}"
            )

        def opened(space: str | Path) -> Memory:
            return Memory(
                space,
                self.recipe,
                self.embedder,
                _llm(),
                user=self.user,
                agent=self.agent,
                app=self.app,
                session=session,
                secrets=secrets,
                reader=READER if reads else None,
            )

        context = click.get_current_context(silent=True)  # none in a thread of the server
        kept: Kept | None = context.obj if context is not None else None
        if kept is None or not Path(self.space).exists():
            return opened(self.space)
        path = Path(self.space).absolute()
        how = repr((self.recipe, self.embedder, self.fixed, session, secrets, reads))
        return kept.use(path, how, lambda: opened(path))


def _llm() -> Any:
    given = settings()
    if not given.llm_url:
        return None
    from remanence.models.chat import OpenAIChat

    return OpenAIChat(given.llm_url, given.llm_model, given.llm_key or None)


def run(words: list[str] | None = None, kept: Kept | None = None) -> int:
    """Run one command line; every error is one line that names the cure. Returns the exit code.

    words: without the program's name; those of this process when left out. kept: memories that stay open.
    """
    try:
        code = app.main(words, standalone_mode=False, prog_name="remanence", obj=kept)
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.UsageError as error:
        error.show()
        return USAGE
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("stopped; what was committed is kept", err=True)
        return STOPPED
    except MigrationError as error:
        click.echo(f"error: {error}", err=True)
        return NEWER
    except RemanenceError as error:
        click.echo(f"error: {type(error).__name__}: {error}", err=True)
        return ERROR
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except OSError as error:
        click.echo(f"error: {error.filename or 'the system'}: {error.strerror or error}", err=True)
        return ERROR


def main() -> None:
    """The command line of this process."""
    sys.exit(run())


if __name__ == "__main__":
    main()
