"""Each agent's own settings, as `connect` wrote them, start a server that the reference client speaks to."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

mcp = pytest.importorskip("mcp", reason="the reference client is not installed")

from remanence.memory import Memory  # noqa: E402
from remanence.serve.agents.agents import agents  # noqa: E402
from remanence.serve.agents.jsonc import parse  # noqa: E402
from remanence.serve.agents.project import place_of  # noqa: E402
from remanence.serve.cli.home import NAMES  # noqa: E402

TOOLS = {"memory_add", "memory_search", "memory_ask", "memory_context", "memory_get", "memory_list"}
PORT = "The staging server of the kiln listens on port 8443."


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """A home with a project in it."""
    (tmp_path / "home" / "kiln" / ".git").mkdir(parents=True)
    (tmp_path / "home" / "kiln" / "src").mkdir()
    return tmp_path / "home" / "kiln"


def environment(repo: Path) -> dict[str, str]:
    return dict(os.environ) | {"HOME": str(repo.parent), "USERPROFILE": str(repo.parent)}


def connected(repo: Path, name: str, *words: str) -> None:
    """What a person types, in the project's folder."""
    command = [sys.executable, "-m", "remanence", "connect", name, "--yes", *words]
    done = subprocess.run(command, cwd=repo, env=environment(repo), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def settings(path: Path) -> Any:
    """A file of settings as its agent reads it."""
    import tomllib

    text = path.read_text("utf-8")
    return tomllib.loads(text) if path.suffix == ".toml" else parse(text).value


def started(entry: dict[str, Any], repo: Path, *, fills_in: bool = True) -> Any:
    """How an agent starts a server: it knows the open folder, and puts it where the settings name it."""
    args = [one.replace("${workspaceFolder}", str(repo)) if fills_in else one for one in entry["args"]]
    return mcp.StdioServerParameters(command=entry["command"], args=args, env=environment(repo), cwd=repo)


async def spoken(server: Any, mode: str, *calls: tuple[str, dict[str, Any]]) -> tuple[set[str], list[Any]]:
    """The names of the tools, and the structured answer to each call."""
    async with mcp.Client(mcp.stdio_client(server), mode=mode) as client:
        tools = {tool.name for tool in (await client.list_tools()).tools}
        return tools, [(await client.call_tool(name, given)).structured_content for name, given in calls]


@pytest.mark.parametrize("whose", ["user", "project"])
def test_every_agent_starts_its_server_and_finds_what_the_others_kept(repo: Path, whose: str) -> None:
    """One memory of the project, whichever agent asks, whether it fills in the folder and however it shakes hands."""
    known = {name: agent for name, agent in agents(repo.parent).items() if whose == "user" or agent.project_file}
    assert set(NAMES) - set(known) <= {"windsurf"}

    for number, (name, agent) in enumerate(known.items()):
        connected(repo, name, *([] if whose == "user" else ["--project"]))
        file = agent.user_file if whose == "user" else repo / str(agent.project_file)
        entry = settings(file)[agent.key]["remanence"]
        keep = ("memory_add", {"content": f"The word of the day in {name} is number {number}."})
        ask = ("memory_list", {"limit": 50})
        server = started(entry, repo, fills_in=number % 2 == 0)
        tools, (kept, listed) = asyncio.run(spoken(server, "legacy" if number % 3 else "auto", keep, ask))

        assert tools > TOOLS
        assert 1 == len(kept["ids"])
        assert number + 1 == len(listed["items"])

    with Memory(place_of(repo, repo.parent).space) as memory:
        assert [f"is number {n}." in item.text for n, item in enumerate(memory.list())] == [True] * len(known)


def said(line: str, repo: Path, given: dict[str, Any], tries: int) -> str:
    """What a hook's line answers. One that is late says nothing, so that on a busy machine it is asked again."""
    for _ in range(tries):
        done = subprocess.run(
            line, shell=True, cwd=repo, env=environment(repo), input=json.dumps(given), capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert (0, "") == (done.returncode, done.stderr)
        if done.stdout.strip():
            break
    return done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="a line for another shell")
@pytest.mark.parametrize("name", [name for name, agent in agents(Path()).items() if agent.hooks])
def test_the_hooks_as_they_are_written_tell_what_the_server_kept(repo: Path, name: str) -> None:
    """Their lines are run by the shell, as agents do; what was kept over MCP comes back before a prompt."""
    connected(repo, name, "--no-daemon")
    agent = agents(repo.parent)[name]
    assert agent.hooks is not None
    assert agent.user_hooks is not None
    entry = settings(agent.user_file)[agent.key]["remanence"]
    asyncio.run(spoken(started(entry, repo), "legacy", ("memory_add", {"content": PORT})))
    written = settings(agent.user_hooks)["hooks"]

    told: dict[str, str] = {}
    for event, hook in agent.hooks.items():
        [one] = written[event]
        line = one["hooks"][0]["command"] if agent.nested else one["command"]
        given = {
            "session_id": "s-1",
            "conversation_id": "s-1",
            "hook_event_name": event,
            "workspace_roots": [str(repo)],
        }
        given |= {"cwd": str(repo / "src"), "prompt": "Which port does the staging server of the kiln use?"}
        told[hook] = said(line, repo, given, tries=10 if hook == "prompt" else 1)

    assert "8443" in told["prompt"]
    assert all(isinstance(json.loads(each), dict) for each in told.values() if each.strip())


def test_a_server_over_http_serves_the_same_memory(repo: Path) -> None:
    """What an agent kept through its settings is found by the reference client at the server's address."""
    pytest.importorskip("fastapi", reason="the server needs the extra serve")
    from running import Server

    connected(repo, "claude-code", "--no-hooks")
    entry = settings(agents(repo.parent)["claude-code"].user_file)["mcpServers"]["remanence"]
    asyncio.run(spoken(started(entry, repo), "legacy", ("memory_add", {"content": PORT})))
    space = place_of(repo, repo.parent).space
    server = Server(space.parent, "--default-space", space.stem, "--embedder", "static")

    async def asked() -> Any:
        async with mcp.Client(f"{server.client.base_url}/mcp") as client:
            return (await client.call_tool("memory_search", {"q": "Which port?"})).structured_content

    found = asyncio.run(asked())
    server.stop()

    assert PORT == found["hits"][0]["text"]
