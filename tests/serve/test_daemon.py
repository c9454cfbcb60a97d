"""The process that stays open: it gives the command's own answers, to this user alone, and nothing rests on it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from remanence.memory.memory import Memory
from remanence.serve.agents.project import place_of
from remanence.serve.daemon import client
from remanence.serve.daemon.kept import Kept
from remanence.serve.daemon.server import Daemon

PORT = "The staging server of the kiln listens on port 8443."
HEAVY = ("numpy", "click", "json", "re", "typing", "socket", "pathlib", "dataclasses", "enum")
RUN = [sys.executable, "-m", "remanence"]


@pytest.fixture
def home() -> Iterator[Path]:
    """A home folder with a project in it; its path is short, as a socket's must be."""
    folder = Path(tempfile.mkdtemp(prefix="rem-"))
    (folder / "kiln" / ".git").mkdir(parents=True)
    place = place_of(folder / "kiln", folder)
    place.folder.mkdir(parents=True)
    with Memory(place.space) as memory:
        memory.remember({"text": PORT, "role": "user", "session": "s-1"})
    yield folder
    shutil.rmtree(folder)


def socket_of(home: Path) -> Path:
    path = client.socket_path(str(home))
    assert path is not None
    return Path(path)


class Running:
    """A daemon in a process of its own."""

    def __init__(self, home: Path) -> None:
        self.socket = socket_of(home)
        self.process = subprocess.Popen([sys.executable, "-m", "remanence.serve.daemon", str(self.socket)])
        while not said(home, "status"):
            assert self.process.poll() is None
            time.sleep(0.02)

    def end(self, how: int = signal.SIGTERM) -> int:
        self.process.send_signal(how)
        return self.process.wait(timeout=60)


@pytest.fixture
def running(home: Path) -> Iterator[Running]:
    daemon = Running(home)
    yield daemon
    daemon.end()


def said(home: Path, verb: str) -> str:
    """What the daemon says of itself, or to being told to stop; empty when there is none."""
    return client.told(str(home), verb) or ""


def prompt(
    home: Path, *flags: str, text: str = "Which port does the staging server use?"
) -> subprocess.CompletedProcess[str]:
    """The hook at a prompt, as an agent calls it."""
    given = json.dumps({"session_id": "s-2", "cwd": str(home / "kiln"), "prompt": text})
    words = [sys.executable, *flags, "-m", "remanence", "hook", "prompt", "--seconds", "600", "--home", str(home)]
    return subprocess.run(words, input=given, capture_output=True, text=True, check=True)


def ended(home: Path) -> str:
    """What the daemon that a hook has left in the background says of itself; it is ended."""
    while not (told := said(home, "status")):
        time.sleep(0.02)
    said(home, "stop")
    return told


def by_itself(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command with this home folder."""
    return subprocess.run(
        [*RUN, *words], capture_output=True, text=True, env=os.environ | {"HOME": str(home)}, check=False
    )


def commands(home: Path) -> int:
    """How many commands the daemon has answered."""
    return int(said(home, "status").splitlines()[0].split(" s, ")[1].split()[0])


def test_a_hook_is_answered_by_the_daemon_as_it_would_answer_itself(home: Path, running: Running) -> None:
    """The same JSON, and the daemon has counted it."""
    words = [*RUN, "hook", "prompt", "--no-daemon", "--seconds", "600", "--home", str(home)]
    given = json.dumps({"session_id": "s-2", "cwd": str(home / "kiln"), "prompt": "Which port does staging use?"})
    alone = subprocess.run(words, input=given, capture_output=True, text=True, check=True).stdout

    told = prompt(home, text="Which port does staging use?")

    assert "8443" in alone
    assert (alone, "") == (told.stdout, told.stderr)
    assert 1 == commands(home)


def test_the_way_to_the_daemon_imports_nothing_that_takes_time(home: Path, running: Running) -> None:
    """What the interpreter itself says it imported; without the daemon it is all there."""
    quick = prompt(home, "-X", "importtime")
    running.end()
    slow = prompt(home, "-X", "importtime")
    ended(home)

    def loaded(told: subprocess.CompletedProcess[str]) -> set[str]:
        return {line.rpartition("|")[2].strip() for line in told.stderr.splitlines()}

    assert "8443" in quick.stdout
    assert set() == loaded(quick) & set(HEAVY)
    assert {"numpy", "click", "re"} <= loaded(slow)


def test_the_first_hook_leaves_a_daemon_and_can_be_told_not_to(home: Path) -> None:
    """It is there soon after, and has the project's space open."""
    words = [*RUN, "hook", "prompt", "--no-daemon", "--seconds", "600", "--home", str(home)]
    subprocess.run(words, input="{}", capture_output=True, text=True, check=True)
    assert "" == said(home, "status")

    prompt(home)
    told = ended(home)

    assert str(place_of(home / "kiln", home).space) in told


def test_only_this_user_can_reach_it(home: Path, running: Running) -> None:
    """The socket is a file for its owner, in a folder for its owner."""
    assert 0o600 == stat.S_IMODE(running.socket.stat().st_mode)
    assert 0o700 == stat.S_IMODE(running.socket.parent.stat().st_mode)


def test_a_folder_that_others_can_write_to_is_not_trusted(home: Path, running: Running) -> None:
    """Whoever listens there is not asked, and nobody of ours listens there."""
    running.socket.parent.chmod(0o777)
    told = prompt(home)
    running.socket.parent.chmod(0o700)

    assert "8443" in told.stdout
    assert 0 == commands(home)
    running.end()
    running.socket.parent.chmod(0o777)
    Daemon(str(running.socket)).serve()
    assert not running.socket.exists()


def test_after_a_kill_a_hook_answers_itself_and_the_next_daemon_takes_over(home: Path, running: Running) -> None:
    """The socket of the dead one is in nobody's way."""
    running.end(signal.SIGKILL)
    assert running.socket.exists()

    alone = prompt(home).stdout
    told_of_itself = ended(home)

    assert "8443" in alone
    assert str(running.socket) in told_of_itself


@pytest.mark.parametrize("answer", [b"", client.packed([b"0", b"half an ans"])[:-4], client.packed([b"0"])])
def test_a_daemon_that_dies_meanwhile_costs_nothing_but_time(home: Path, answer: bytes) -> None:
    """The hook has read its input and still answers it."""
    path = socket_of(home)
    path.parent.mkdir(parents=True, mode=0o700)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()

        def break_off() -> None:
            line, _ = listener.accept()
            with line:
                client.whole(line)
                line.sendall(answer)

        dying = threading.Thread(target=break_off)
        dying.start()
        told = prompt(home).stdout
        dying.join()
    ended(home)

    assert "8443" in told


def test_it_ends_when_nobody_asks(home: Path) -> None:
    """And takes its socket with it."""
    Daemon(str(socket_of(home)), idle_s=0.05).serve()

    assert not socket_of(home).exists()


def test_it_ends_when_its_code_has_changed(home: Path) -> None:
    """Rather than answer with code that is no more, it lets the command do the work."""
    old = Daemon(str(socket_of(home)), began=0.0)
    serving = threading.Thread(target=old.serve)
    serving.start()
    while not socket_of(home).exists():
        time.sleep(0.01)

    told = prompt(home)
    serving.join()
    ended(home)

    assert "8443" in told.stdout


def test_a_second_one_leaves_the_place_to_the_first(home: Path, running: Running) -> None:
    """It ends at once, and the first goes on."""
    Daemon(str(running.socket)).serve()

    assert "8443" in prompt(home).stdout
    assert 1 == commands(home)


def test_reading_commands_are_answered_alike_and_from_where_they_are_called(home: Path, running: Running) -> None:
    """Output, errors and exit code; a relative path means the caller's folder."""
    space = place_of(home / "kiln", home).space
    for words in (
        ["recall", "Which port?", "--json", "--space", str(space)],
        ["context", "Which port?", "--space", str(space)],
        ["recall", "Which port?", "--space", str(home / "none.db")],
        ["recall", "--no-such-option"],
    ):
        told = by_itself(home, *words)
        alone = by_itself(home / "elsewhere", *words)
        assert (alone.returncode, alone.stdout, alone.stderr) == (told.returncode, told.stdout, told.stderr)
    here = subprocess.run(
        [*RUN, "recall", "Which port?", "--space", space.name],
        capture_output=True, text=True, check=True, cwd=space.parent, env=os.environ | {"HOME": str(home)},
    )  # fmt: skip

    assert "8443" in here.stdout
    assert 5 == commands(home)


def test_what_is_written_meanwhile_is_seen(home: Path, running: Running) -> None:
    """Another process remembers, and the space that is open knows it; a file that takes its place is another space."""
    space = str(home / "a.db")
    by_itself(home, "remember", "The kiln is red.", "--space", space)
    first = by_itself(home, "recall", "kiln", "--space", space).stdout
    by_itself(home, "remember", "The kiln was sold.", "--space", space)
    second = by_itself(home, "recall", "kiln", "--space", space).stdout
    for file in home.glob("a.db*"):
        file.unlink()
    by_itself(home, "remember", "The kiln is blue.", "--space", space)
    third = by_itself(home, "recall", "kiln", "--space", space).stdout

    assert ("sold" in first, "sold" in second, "red" in third, "blue" in third) == (False, True, False, True)
    assert 3 == commands(home)


def test_other_settings_are_another_daemons(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the environment says decides what a command means."""
    plain = client.socket_path(str(home))
    monkeypatch.setenv("REMANENCE_USER", "ada")

    assert plain != client.socket_path(str(home))


@pytest.mark.parametrize(
    ("words", "asks"),
    [
        (["hook", "prompt", "--agent", "codex", "--home", "/h"], ("/h", 4.0)),
        (["hook", "prompt", "--seconds", "7.5", "--home", "/h"], ("/h", 7.5)),
        (["recall", "x"], (os.path.expanduser("~"), None)),
        (["hook", "prompt", "--seconds", "-1"], ("", None)),
        (["hook", "stop", "--wait"], ("", None)),
        (["hook", "stop", "--no-daemon"], ("", None)),
        (["remember", "x"], ("", None)),
        (["erase", "x"], ("", None)),
        ([], ("", None)),
    ],
)
def test_only_hooks_and_what_reads_is_handed_over(words: list[str], asks: tuple[str, float | None]) -> None:
    """What writes is done by its own process, which is there until it is done."""
    assert asks == client.asked(words)


def test_a_home_too_long_for_a_socket_has_no_daemon() -> None:
    """Commands do the work themselves then."""
    assert client.socket_path("/" + "h" * 100) is None
    assert not client.start("/" + "h" * 100, [])


def test_few_memories_are_open_at_once_and_idle_ones_are_closed(tmp_path: Path) -> None:
    """The one that was not used for longest makes room."""
    for name in ("a", "b", "c"):
        Memory(tmp_path / name).close()
    made: list[str] = []

    def use(kept: Kept, name: str) -> None:
        def make() -> Memory:
            made.append(name)
            return Memory(tmp_path / name)

        with kept.use(tmp_path / name, "", make) as memory:
            memory.count()

    kept = Kept(most=2, idle_s=-1.0)
    for name in ("a", "b", "a", "c", "a", "b"):
        use(kept, name)

    assert ["a", "b", "c", "b"] == made
    assert [str(tmp_path / name) for name in ("a", "b")] == kept.files
    kept.tidy()
    assert [] == kept.files


def test_the_command_shows_and_ends_it(home: Path, running: Running) -> None:
    """And says so when there is none."""
    words = ["daemon", "--home", str(home)]

    shown = by_itself(home, *words).stdout
    ends = by_itself(home, *words, "--stop").stdout
    after = by_itself(home, *words).stdout

    assert str(running.socket) in shown
    assert ("ended\n", "there is none\n") == (ends, after)
    assert 0 == running.process.wait(timeout=60)
