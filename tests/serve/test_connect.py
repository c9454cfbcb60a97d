"""`remanence connect`: every agent gets its entry, keeps what it had, and can be let go without a trace."""

from __future__ import annotations

import json
import os
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from remanence.serve.agents.agents import agents, is_ours
from remanence.serve.agents.jsonc import parse
from remanence.serve.agents.project import place_of, root_of
from remanence.serve.cli.app import app
from remanence.serve.cli.home import NAMES

THEIRS = {
    ".claude.json": '{\n  "numStartups": 7,\n  "mcpServers": {"files": {"command": "fs"}}\n}',
    ".claude/settings.json": '{\n  "hooks": {\n    "Stop": [{"hooks": [{"type": "command", "command": "x"}]}]\n  }\n}',
    ".cursor/mcp.json": '{"mcpServers": {}}\n',
    ".cursor/hooks.json": '{"version": 1, "hooks": {"stop": [{"command": "./mine.sh"}]}}\n',
    ".codex/config.toml": '# mine\nmodel = "o4"\n\n[mcp_servers.files]\ncommand = "fs"\n',
    ".codex/hooks.json": '{"hooks": {}}',
    ".codeium/windsurf/mcp_config.json": "",
    ".config/zed/settings.json": '// mine\n{\n  "theme": "One", // eyes\n  "context_servers": {},\n}\n',
}


def connect(home: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["connect", *words, "--home", str(home)])


def files(home: Path) -> dict[str, bytes]:
    """Every file of a home but our own backups."""
    return {
        path.relative_to(home).as_posix(): path.read_bytes()
        for path in home.rglob("*")
        if path.is_file() and "remanence" not in path.relative_to(home).as_posix()
    }


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home in which every agent has settings already."""
    for name, text in THEIRS.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return tmp_path


def loaded(path: Path) -> Any:
    text = path.read_text("utf-8")
    return tomllib.loads(text) if path.suffix == ".toml" else parse(text).value


@pytest.mark.parametrize("name", NAMES)
def test_an_agent_is_connected_and_let_go_to_the_byte(name: str, home: Path) -> None:
    """The entry starts our server; everything else is there; undoing leaves no trace."""
    before, agent = files(home), agents(home)[name]

    done = connect(home, name, "--yes")

    assert 0 == done.exit_code, done.output
    held = loaded(agent.user_file)
    entry = held[agent.key]["remanence"]
    assert [*entry["args"][-3:-1], agent.folder] == ["mcp", "--project", entry["args"][-1]]
    theirs = {} if agent.user_file.relative_to(home).as_posix() not in before else before
    assert all(
        word in agent.user_file.read_text() for word in ("// eyes", "// mine") if word in str(theirs) and name == "zed"
    )
    assert "files" in held[agent.key] or name not in ("claude-code", "codex")

    assert 0 == connect(home, name, "--undo", "--yes").exit_code
    assert before == files(home)


@pytest.mark.parametrize("name", ["claude-code", "codex", "cursor"])
def test_hooks_stand_beside_those_of_others(name: str, home: Path) -> None:
    """One of ours at each of three events, which runs our command for this agent."""
    connect(home, name, "--yes")

    agent = agents(home)[name]
    assert agent.user_hooks is not None
    assert agent.hooks is not None
    hooks = loaded(agent.user_hooks)["hooks"]
    assert set(agent.hooks) == {event for event, held in hooks.items() if any(is_ours(one) for one in held)}
    assert all(f"--agent {name}" in json.dumps(hooks[event]) for event in agent.hooks)
    assert ('"x"' in json.dumps(hooks)) == (name == "claude-code")
    assert ("./mine.sh" in json.dumps(hooks)) == (name == "cursor")


@pytest.mark.parametrize("name", NAMES)
def test_connecting_twice_changes_nothing(name: str, home: Path) -> None:
    """And says so; the backup stays that of the first time."""
    before = files(home)
    connect(home, name, "--yes")
    once = files(home)

    again = connect(home, name, "--yes")

    assert "nothing to change" in again.output
    assert once == files(home)
    connect(home, name, "--undo", "--yes")
    assert before == files(home)


@pytest.mark.parametrize("name", NAMES)
def test_a_first_connection_makes_the_files_and_undoing_removes_them(name: str, tmp_path: Path) -> None:
    """On a home without any settings."""
    connect(tmp_path, name, "--yes")
    assert files(tmp_path)

    connect(tmp_path, name, "--undo", "--yes")

    assert {} == files(tmp_path)


@pytest.mark.parametrize("name", NAMES)
def test_what_others_wrote_since_survives_undoing(name: str, home: Path) -> None:
    """Our entries go, theirs stay, though the file is no longer as we left it."""
    agent = agents(home)[name]
    before = loaded(agent.user_file) if agent.user_file.exists() and agent.user_file.read_text() else {}
    connect(home, name, "--yes")
    text = agent.user_file.read_text("utf-8")
    added = text + "\n[later]\nx = 1\n" if agent.form == "toml" else text.replace("{", '{"later": 1,', 1)
    agent.user_file.write_text(added, "utf-8")

    connect(home, name, "--undo", "--yes")

    left = loaded(agent.user_file)
    assert left.pop("later") in (1, {"x": 1})
    assert {k: v for k, v in before.items() if v} == {k: v for k, v in left.items() if v}
    assert "remanence" not in agent.user_file.read_text("utf-8")


def test_nothing_is_written_without_a_yes(home: Path) -> None:
    """A dry run, a JSON run and a run without a terminal only show the change."""
    before = files(home)

    dry = connect(home, "claude-code", "--dry-run")
    asked = connect(home, "claude-code")
    told = json.loads(connect(home, "claude-code", "--json").stdout)

    assert '+    "remanence": {' in dry.output or '+  "mcpServers"' in dry.output or "+" in dry.output
    assert "nobody to ask" in asked.stderr
    assert (False, 2) == (told["written"], len(told["files"]))
    assert all(one["diff"] for one in told["files"])
    assert before == files(home)


@pytest.mark.parametrize(
    ("name", "text"), [("cursor", "{ nope"), ("cursor", '{"mcpServers": []}'), ("codex", "x = = 1"), ("zed", "\xff")]
)
def test_a_file_that_cannot_be_read_is_left_alone(name: str, text: str, home: Path) -> None:
    """In one line, with the file and the cure; none of the agent's files is touched."""
    file = agents(home)[name].user_file
    file.write_bytes(text.encode("latin-1"))
    before = files(home)

    done = CliRunner().invoke(app, ["connect", name, "--yes", "--home", str(home)])

    assert str(file) in str(done.exception)
    assert "nothing was changed" in str(done.exception)
    assert before == files(home)


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_a_link_stays_a_link_and_permissions_stay(home: Path) -> None:
    """Settings that live in a repository of dot files."""
    real = home / "dots" / "settings.json"
    real.parent.mkdir()
    file = home / ".claude" / "settings.json"
    os.replace(file, real)
    real.chmod(0o640)
    file.symlink_to(real)

    connect(home, "claude-code", "--yes")

    assert file.is_symlink()
    assert 0o640 == real.stat().st_mode & 0o777
    assert "SessionStart" in real.read_text()


def test_a_project_gets_its_own_files(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the root of the repository, from any folder of it; Windsurf has none."""
    repo = tmp_path / "repo"
    (repo / ".git").mkdir(parents=True)
    (repo / "src").mkdir()
    monkeypatch.chdir(repo / "src")
    before = files(home)

    connect(home, "claude-code", "--project", "--yes")

    assert {"repo/.mcp.json", "repo/.claude/settings.json"} == set(files(home)) - set(before)
    assert "has no settings of a project" in str(connect(home, "windsurf", "--project", "--yes").exception)


def test_only_the_server_can_be_had(home: Path) -> None:
    """Without hooks nothing is said unasked."""
    connect(home, "claude-code", "--no-hooks", "--yes")

    assert THEIRS[".claude/settings.json"].encode() == files(home)[".claude/settings.json"]


# --- projects ------------------------------------------------------------------------------------


def test_a_project_is_its_git_root_wherever_one_stands(tmp_path: Path) -> None:
    """Sub-folders and worktrees share it; folders of the same name do not; home is no project."""
    for name in ("a/app", "b/app"):
        (tmp_path / name / ".git" / "worktrees" / "fix").mkdir(parents=True)
        (tmp_path / name / "src" / "deep").mkdir(parents=True)
    (tmp_path / "fix").mkdir()
    (tmp_path / "fix" / ".git").write_text(f"gitdir: {tmp_path}/a/app/.git/worktrees/fix\n")

    one = place_of(tmp_path / "a" / "app", tmp_path)

    assert one == place_of(tmp_path / "a" / "app" / "src" / "deep", tmp_path)
    assert one == place_of(tmp_path / "fix", tmp_path)
    assert one.space != place_of(tmp_path / "b" / "app", tmp_path).space
    assert one.space != one.user
    assert None is root_of(tmp_path, tmp_path)
    assert None is root_of(Path("/"), tmp_path)


def test_the_place_of_a_project_is_told(tmp_path: Path) -> None:
    """As a path for other commands, or all of it as JSON."""
    (tmp_path / "app" / ".git").mkdir(parents=True)
    words = ["project", str(tmp_path / "app"), "--home", str(tmp_path)]

    plain, told = CliRunner().invoke(app, words), json.loads(CliRunner().invoke(app, [*words, "--json"]).stdout)

    assert told["space"] == plain.stdout.strip()
    assert str(tmp_path / "app") == told["root"]
    assert Path(told["space"]).parent.is_dir()  # so that the next command can remember there


def test_hooks_can_be_written_that_leave_no_process_behind(home: Path) -> None:
    """And written anew without the flag, and taken back by whom it does not matter."""
    before = files(home)
    connect(home, "claude-code", "--yes", "--no-daemon")
    alone = (home / ".claude/settings.json").read_text("utf-8")
    connect(home, "claude-code", "--yes")
    usual = (home / ".claude/settings.json").read_text("utf-8")
    connect(home, "claude-code", "--undo", "--yes", "--no-daemon")

    assert (3, 3) == (alone.count("--no-daemon"), alone.count(" hook "))
    assert (0, 3) == (usual.count("--no-daemon"), usual.count(" hook "))
    assert before == files(home)
