"""Hooks of coding agents: they tell what is known, remember the turns, never what they said, and never fail."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from remanence.memory.memory import Memory
from remanence.serve.agents import hook
from remanence.serve.agents.call import Call
from remanence.serve.agents.project import place_of
from remanence.serve.cli.app import app

PORT = "The staging server of the kiln listens on port 8443."


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    (tmp_path / "kiln" / ".git").mkdir(parents=True)
    return tmp_path / "kiln"


def payload(repo: Path, **more: Any) -> dict[str, Any]:
    return {"session_id": "s-2", "cwd": str(repo), "hook_event_name": "x"} | more


def record(uuid: str, role: str, text: str, session: str = "s-1") -> str:
    about = {"sessionId": session, "parentUuid": None, "timestamp": f"2026-03-02T10:00:0{uuid[-1]}Z", "cwd": "/x"}
    return json.dumps(about | {"type": role, "uuid": uuid, "message": {"role": role, "content": text}}) + "\n"


def called(name: str, given: dict[str, Any], repo: Path, agent: str = "claude-code") -> dict[str, Any]:
    """What the agent reads."""
    told: dict[str, Any] = json.loads(hook.run(name, agent, given, repo.parent))
    return told


def context_of(told: dict[str, Any]) -> str:
    inner = told.get("hookSpecificOutput", told)
    return str(inner.get("additionalContext", inner.get("additional_context", "")))


@pytest.fixture
def transcript(repo: Path) -> Path:
    """A session that was remembered when it stopped."""
    path = repo.parent / "s-1.jsonl"
    path.write_text(record("u-1", "user", PORT) + record("u-2", "assistant", "I noted the port of the kiln."), "utf-8")
    called("stop", payload(repo, session_id="s-1", transcript_path=str(path)), repo)
    return path


def turns(repo: Path) -> list[str]:
    with Memory(place_of(repo, repo.parent).space) as memory:
        return [item.text for item in memory.list(kinds=("turn",), limit=0)]


def test_a_stop_remembers_the_turns_of_the_project(repo: Path, transcript: Path) -> None:
    """In the project's own space, which no other project sees."""
    other = repo.parent / "other"
    (other / ".git").mkdir(parents=True)

    assert [PORT, "I noted the port of the kiln."] == turns(repo)
    assert {} == called("prompt", payload(other, prompt="Which port does the staging server use?"), repo)


def test_the_next_stop_reads_only_what_is_new(repo: Path, transcript: Path) -> None:
    """From where the last one ended, also when its last line was not whole."""
    with transcript.open("a") as file:
        file.write(record("u-3", "user", "Use tabs.") + record("u-4", "user", "And four of them.")[:30])
    given = payload(repo, session_id="s-1", transcript_path=str(transcript))

    assert 1 == hook.stop(Call.of("claude-code", given), repo.parent, hook.opened)
    with transcript.open("a") as file:
        file.write(record("u-4", "user", "And four of them.")[30:])
    assert 1 == hook.stop(Call.of("claude-code", given), repo.parent, hook.opened)
    assert ["Use tabs.", "And four of them."] == turns(repo)[2:]


def test_two_stops_at_once_keep_both_marks(repo: Path, transcript: Path) -> None:
    """Each had read the marks before the other wrote its own."""
    place = place_of(repo, repo.parent)
    one, other = hook._Marks(place, new=False), hook._Marks(place, new=False)

    one.keep(repo / "a.jsonl", 10)
    other.keep(repo / "b.jsonl", 20)

    now = hook._Marks(place, new=False)
    assert (10, 20) == (now.place(repo / "a.jsonl"), now.place(repo / "b.jsonl"))
    assert now.place(transcript) > 0


def test_a_prompt_is_answered_with_what_bears_on_it(repo: Path, transcript: Path) -> None:
    """In the form of the agent, fenced; nothing for what memory does not hold or for a mere yes."""
    told = called("prompt", payload(repo, prompt="Which port does the staging server of the kiln use?"), repo)

    assert "UserPromptSubmit" == told["hookSpecificOutput"]["hookEventName"]
    assert "port 8443" in context_of(told)
    assert '<memory id="' in context_of(told)
    assert {} == called("prompt", payload(repo, prompt="Paint the garden fence in cobalt blue, please."), repo)
    assert {} == called("prompt", payload(repo, prompt="yes"), repo)


def test_a_session_is_not_told_its_own_words(repo: Path, transcript: Path) -> None:
    """They stand in the agent's window already."""
    asked = payload(repo, session_id="s-1", prompt="Which port does the staging server of the kiln use?")

    assert {} == called("prompt", asked, repo)
    assert {} == called("start", asked, repo)


def test_a_start_tells_what_was_said_last_and_what_is_known_of_the_user(repo: Path, transcript: Path) -> None:
    """Both memories are mounted, each in its own fence."""
    with Memory(place_of(repo, repo.parent).user) as mine:
        mine.remember("The user likes to work with short functions and tabs.")

    told = context_of(called("start", payload(repo), repo))

    assert "From memory of kiln:" in told
    assert "port 8443" in told
    assert "short functions" in told
    assert 2 == told.count('\n<memory id="')


def test_what_a_hook_said_is_never_remembered(repo: Path, transcript: Path) -> None:
    """Neither the project's block nor the user's, whole or in the middle of a message, comes back as news."""
    with Memory(place_of(repo, repo.parent).user) as mine:
        mine.remember("The user likes to work with short functions and tabs.")
    said = context_of(called("start", payload(repo), repo))
    prompt = context_of(called("prompt", payload(repo, prompt="Which port has the staging server of the kiln?"), repo))
    path = repo.parent / "s-2.jsonl"
    path.write_text(record("v-1", "user", said) + record("v-2", "user", f"{prompt}\nDeploy it there."), "utf-8")

    called("stop", payload(repo, transcript_path=str(path)), repo)

    new = "\n".join(turns(repo)[2:])
    assert "8443" not in new
    assert "short functions" not in new
    assert "memory" not in new.lower()
    assert "Deploy it there." in new


def test_cursor_is_answered_in_its_own_form(repo: Path) -> None:
    """Its transcripts and folders have other names."""
    path = repo.parent / "c.jsonl"
    rows = [{"role": "user", "message": {"content": PORT}}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    given = {"conversation_id": "c", "workspace_roots": [str(repo)], "transcript_path": str(path)}

    assert {} == called("stop", given, repo, "cursor")
    asked = {**given, "conversation_id": "d", "prompt": "Which port does the staging server of the kiln use?"}
    told = called("prompt", asked, repo, "cursor")

    assert told["continue"] is True
    assert "8443" in told["additional_context"]
    assert {"continue": True} == called("prompt", {**asked, "prompt": "yes"}, repo, "cursor")


ODD = [
    "",
    "nonsense",
    "[]",
    "5",
    '{"cwd": 7, "workspace_roots": [3], "transcript_path": {}}',
    '{"cwd": "/nowhere", "transcript_path": "/nowhere/x.jsonl", "prompt": "What is the port of it?"}',
]


@pytest.mark.parametrize("given", ODD)
@pytest.mark.parametrize("name", ["start", "prompt", "stop"])
def test_whatever_comes_in_the_agent_goes_on(name: str, given: str, tmp_path: Path) -> None:
    """Exit code 0, JSON, and no traceback."""
    done = CliRunner().invoke(app, ["hook", name, "--wait", "--home", str(tmp_path)], input=given)

    assert (0, {}) == (done.exit_code, json.loads(done.stdout))
    assert "Traceback" not in done.output


@pytest.mark.parametrize("words", [["dance"], ["start", "--agent", "abacus"], ["start", "--no-such"], []])
def test_wrong_usage_is_no_refusal(words: list[str]) -> None:
    """An agent takes exit code 2 for a no."""
    assert 0 == CliRunner().invoke(app, ["hook", *words], input="{}").exit_code


def test_a_damaged_or_foreign_space_is_no_matter_to_the_agent(repo: Path, transcript: Path) -> None:
    """The hook says nothing."""
    space = place_of(repo, repo.parent).space
    space.write_bytes(b"not a space" * 1000)

    assert {} == called("prompt", payload(repo, prompt="Which port does the staging server use?"), repo)
    assert {} == called("start", payload(repo), repo)


def test_a_hook_that_takes_too_long_ends_with_nothing(repo: Path, transcript: Path) -> None:
    """A real process with no time at all: exit code 0 and no output."""
    words = [sys.executable, "-m", "remanence", "hook", "prompt", "--seconds", "0", "--home", str(repo.parent)]

    given = json.dumps(payload(repo, prompt="Which port does the staging server use?"))
    done = subprocess.run(words, input=given, capture_output=True, text=True, check=False)

    assert (0, "") == (done.returncode, done.stdout)


def test_a_stop_waits_for_another_writer_and_an_answer_does_not(repo: Path, transcript: Path) -> None:
    """What was said last must not be lost to a long sleep beside it: no later stop may come."""
    with transcript.open("a") as file:
        file.write(record("u-3", "user", "Use tabs."))
    given = payload(repo, session_id="s-1", transcript_path=str(transcript))
    asked: list[float] = []

    class Opened(Memory):
        def __init__(self, *args: Any, timeout: float, **options: Any) -> None:
            asked.append(timeout)
            super().__init__(*args, timeout=timeout, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hook, "Memory", Opened)
        called("prompt", payload(repo, prompt="Which port does the staging server use?"), repo)
        called("stop", given, repo)

    assert [1, 60] == asked
    assert "Use tabs." in turns(repo)


def test_a_stop_in_the_background_outlives_the_hook(repo: Path) -> None:
    """The command answers at once and the memory is there soon after."""
    path = repo.parent / "s-1.jsonl"
    path.write_text(record("u-1", "user", PORT), "utf-8")
    words = [sys.executable, "-m", "remanence", "hook", "stop", "--home", str(repo.parent)]
    given = json.dumps(payload(repo, transcript_path=str(path)))

    done = subprocess.run(words, input=given, capture_output=True, text=True, check=False)

    assert (0, "{}") == (done.returncode, done.stdout.strip())
    space = place_of(repo, repo.parent).space
    last = time.monotonic() + 300  # only a process that never comes takes so long
    while (not space.exists() or not turns(repo)) and time.monotonic() < last:
        time.sleep(0.05)
    assert [PORT] == turns(repo)


def test_the_server_that_an_agent_starts_opens_the_memory_of_the_project(repo: Path, transcript: Path) -> None:
    """As `connect` writes it, also where the agent left its name for the folder in."""
    about = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    search = {"name": "memory_search", "arguments": {"query": "staging port"}}
    asked = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": about},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": search},
    ]
    words = [sys.executable, "-m", "remanence", "mcp", "--project", "${workspaceFolder}", "--home", str(repo.parent)]

    lines = "".join(json.dumps(one) + "\n" for one in asked)
    done = subprocess.run(words, input=lines, capture_output=True, text=True, check=False, cwd=repo)

    assert "8443" in done.stdout.splitlines()[-1]
