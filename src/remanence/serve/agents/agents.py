"""The coding agents that can be connected: where each keeps its settings, and what is written there.

Formats: code.claude.com/docs (settings, hooks, mcp), developers.openai.com/codex (config.toml, hooks.json),
cursor.com/docs (mcp.json, hooks.json), code.visualstudio.com/docs (mcp.json), docs.windsurf.com (mcp_config.json),
zed.dev/docs (context_servers), as of November 2026.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from remanence.errors import InvalidInput

SERVER = "remanence"
"""What our MCP server is called in every agent."""
SECONDS = 10
"""So long an agent waits for a hook at most; ours ends itself before that."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One entry of one file: what stands under `path`, or at the end of the list under it (`in_list`)."""

    file: Path
    path: tuple[str, ...]
    value: Any
    in_list: bool = False


@dataclass(frozen=True, slots=True)
class Agent:
    """A coding agent: its MCP file for the user and for a project, the key of servers, and its hooks.

    form: "json" (with comments) or "toml". extra: further fields of a server's entry. folder: what stands for the open
    folder in its settings. hooks: event -> our hook; hooks_file: where they stand; nested: hooks are lists in groups.
    """

    name: str
    title: str
    user_file: Path
    project_file: Path | None
    key: str = "mcpServers"
    form: str = "json"
    extra: Mapping[str, Any] | None = None
    folder: str = "."
    hooks: Mapping[str, str] | None = None
    user_hooks: Path | None = None
    project_hooks: Path | None = None
    nested: bool = True


_CLAUDE_EVENTS = {"SessionStart": "start", "UserPromptSubmit": "prompt", "Stop": "stop"}
_CURSOR_EVENTS = {"sessionStart": "start", "beforeSubmitPrompt": "prompt", "stop": "stop"}


def _editor(home: Path, name: str) -> Path:
    """The folder of settings of an application, as the system has it."""
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / name
    if sys.platform == "win32":
        return home / "AppData" / "Roaming" / name
    return home / ".config" / name


def _hooks(home: Path, events: Mapping[str, str], file: Path) -> dict[str, Any]:
    """Hooks that stand in the same file below the user's folder and below a project's."""
    return {"hooks": events, "user_hooks": home / file, "project_hooks": file}


def agents(home: Path) -> dict[str, Agent]:
    """Every agent by its name on the command line; paths of projects are relative."""
    zed = _editor(home, "Zed") if sys.platform == "win32" else home / ".config" / "zed"
    known = (
        Agent(
            "claude-code",
            "Claude Code",
            home / ".claude.json",
            Path(".mcp.json"),
            extra={"type": "stdio"},
            **_hooks(home, _CLAUDE_EVENTS, Path(".claude", "settings.json")),
        ),
        Agent(
            "cursor",
            "Cursor",
            home / ".cursor" / "mcp.json",
            Path(".cursor", "mcp.json"),
            folder="${workspaceFolder}",
            **_hooks(home, _CURSOR_EVENTS, Path(".cursor", "hooks.json")),
            nested=False,
        ),
        Agent(
            "codex",
            "Codex",
            home / ".codex" / "config.toml",
            Path(".codex", "config.toml"),
            key="mcp_servers",
            form="toml",
            **_hooks(home, _CLAUDE_EVENTS, Path(".codex", "hooks.json")),
        ),
        Agent(
            "vscode",
            "VS Code",
            _editor(home, "Code") / "User" / "mcp.json",
            Path(".vscode", "mcp.json"),
            key="servers",
            extra={"type": "stdio"},
            folder="${workspaceFolder}",
        ),
        Agent("windsurf", "Windsurf", home / ".codeium" / "windsurf" / "mcp_config.json", None),
        Agent(
            "zed",
            "Zed",
            zed / "settings.json",
            Path(".zed", "settings.json"),
            key="context_servers",
            extra={"source": "custom"},
        ),
    )
    return {agent.name: agent for agent in known}


def program() -> list[str]:
    """The words that start this program again, from any folder: its script beside the interpreter, or the module."""
    script = Path(sys.executable).with_name("remanence.exe" if sys.platform == "win32" else "remanence")
    return [str(script)] if script.is_file() else [sys.executable, "-m", "remanence"]


def edits(agent: Agent, project: Path | None, *, hooks: list[str] | None, words: list[str]) -> list[Edit]:
    """What is written for an agent; project: into the files of that project instead of the user's.

    hooks: flags of each hook; None for no hooks.
    """
    if project is not None and agent.project_file is None:
        raise InvalidInput(f"{agent.title} has no settings of a project; leave --project out")
    file = project / agent.project_file if project is not None and agent.project_file else agent.user_file
    entry = {**(agent.extra or {}), "command": words[0], "args": [*words[1:], "mcp", "--project", agent.folder]}
    found = [Edit(file, (agent.key, SERVER), entry)]
    hooks_file = project / agent.project_hooks if project is not None and agent.project_hooks else agent.user_hooks
    if hooks is None or agent.hooks is None or hooks_file is None:
        return found
    if not agent.nested:
        found.append(Edit(hooks_file, ("version",), 1))
    for event, hook in agent.hooks.items():
        line = command_line([*words, "hook", hook, "--agent", agent.name, *hooks])
        one: dict[str, Any] = {"command": line, "timeout": SECONDS}
        value = {"hooks": [{"type": "command", **one}]} if agent.nested else one
        found.append(Edit(hooks_file, ("hooks", event), value, in_list=True))
    return found


def command_line(words: list[str]) -> str:
    """Words as one line for the system's shell."""
    return subprocess.list2cmdline(words) if sys.platform == "win32" else shlex.join(words)


def is_ours(value: Any) -> bool:
    """Whether an entry of a hooks list is one of ours, whichever version wrote it."""
    if isinstance(value, Mapping):
        command = value.get("command")
        if isinstance(command, str) and SERVER in command and " hook " in command and "--agent" in command:
            return True
        return any(is_ours(inner) for inner in value.get("hooks") or ())
    return False
