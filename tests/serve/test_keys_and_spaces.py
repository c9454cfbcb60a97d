"""Keys open one space and one scope; spaces are opened lazily, bounded, and closed when nobody uses them."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from remanence.errors import BudgetExceeded, InvalidInput, NotFound, ScopeError
from remanence.memory import Memory
from remanence.serve.keys import Grant, Keys
from remanence.serve.spaces import Spaces
from remanence.types import Scope


def _memory(path: Path) -> Memory:
    return Memory(path, embedder="hashing")


def test_a_key_is_shown_once_and_kept_as_a_hash(tmp_path: Path) -> None:
    """Whoever reads the folder cannot open anything."""
    keys = Keys(tmp_path)

    told, key = keys.make("team", user="ada", label="laptop")

    assert told not in (tmp_path / "keys.json").read_text("utf-8")
    assert (tmp_path / "keys.json").stat().st_mode & 0o077 == 0
    assert keys.find(told) == Grant("team", {"user": "ada"})
    assert [one.id for one in keys.list()] == [key.id]


def test_a_revoked_key_opens_nothing_also_in_a_running_server(tmp_path: Path) -> None:
    """Another process takes the key away; the next look notices."""
    server, admin = Keys(tmp_path), Keys(tmp_path)
    told, key = admin.make("team")
    assert server.find(told) is not None

    admin.revoke(key.id)

    assert server.find(told) is None
    with pytest.raises(NotFound, match="keys list"):
        admin.revoke(key.id)


MANY = """
import sys
from remanence.serve.keys import Keys
keys = Keys(sys.argv[1])
for number in range(8):
    told, key = keys.make("team")
    print(told, flush=True)
    if number % 2:
        keys.revoke(key.id)
"""


def test_six_processes_that_make_and_revoke_keys_lose_none_and_bring_none_back(tmp_path: Path) -> None:
    """Each reads the file and writes it anew, so only one may do so at a time."""
    running = [subprocess.Popen([sys.executable, "-c", MANY, tmp_path], stdout=subprocess.PIPE) for _ in range(6)]

    told = [one.communicate()[0].decode().split() for one in running]

    keys = Keys(tmp_path)
    opens = [[keys.find(key) is not None for key in made] for made in told]
    assert [0] * 6 == [one.returncode for one in running]
    assert [[True, False] * 4] * 6 == opens


def test_a_kill_while_keys_are_written_leaves_the_old_ones_and_no_pile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was begun takes a name that the next change takes again."""
    keys = Keys(tmp_path)
    kept, _ = keys.make("team")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr("remanence.serve.whole_file.os.replace", killed)
        for _ in range(3):
            with pytest.raises(KeyboardInterrupt):
                keys.make("team")
    pile = sorted(path.name for path in tmp_path.iterdir())
    later, _ = keys.make("team")

    assert [".keys.json.remanence", "keys.json", "keys.json-lock"] == pile
    assert ["keys.json", "keys.json-lock"] == sorted(path.name for path in tmp_path.iterdir())
    assert None not in (keys.find(kept), keys.find(later))
    assert 2 == len(keys.list())


def test_a_request_can_narrow_a_grant_and_never_leave_it() -> None:
    """What the key fixes stays fixed; what it leaves open is chosen, and user falls back to the default."""
    grant = Grant("team", {"user": "ada"})

    assert grant.narrowed({"session": "s1"}) == Scope("ada", None, "s1")
    assert grant.narrowed({"user": "ada"}) == Scope("ada")
    with pytest.raises(ScopeError, match="does not open that user"):
        grant.narrowed({"user": "bob"})
    assert Grant("team", {}).narrowed({}) == Scope("default")


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "a" * 65, "ü", "a b", "-x"])
def test_a_space_is_never_a_path(name: str, tmp_path: Path) -> None:
    """A name from outside becomes a file in the folder, or nothing."""
    with pytest.raises(InvalidInput, match="a space is named by"):
        Keys(tmp_path).make(name)


def test_two_scopes_of_a_space_share_one_open_file_and_no_word(tmp_path: Path) -> None:
    """One handle per file, and each scope sees its own."""
    opened: list[Path] = []

    def open_(path: Path) -> Memory:
        opened.append(path)
        return _memory(path)

    spaces = Spaces(tmp_path, open_)
    with spaces.use("team", Scope("ada")) as ada, spaces.use("team", Scope("bob")) as bob:
        ada.remember("My locker code is 4711.")

        assert [hit.text for hit in ada.recall("locker code")] == ["My locker code is 4711."]
        assert len(bob.recall("locker code")) == 0
    spaces.close()

    assert opened == [tmp_path / "team.db"]


def test_no_more_spaces_are_open_than_the_bound(tmp_path: Path) -> None:
    """The longest unused one makes room; when all are in use, the caller hears so and nothing waits for ever."""
    spaces = Spaces(tmp_path, _memory, most=2)
    for name in ("a", "b", "c"):
        with spaces.use(name, Scope()) as memory:
            memory.remember("hello there")
    assert spaces.open_now == 2

    with (
        spaces.use("a", Scope()),
        spaces.use("b", Scope()),
        pytest.raises(BudgetExceeded, match="2 spaces"),
        spaces.use("c", Scope()),
    ):
        pass
    spaces.close()


def test_closing_waits_for_requests_in_flight(tmp_path: Path) -> None:
    """A graceful stop lets a running request end, and refuses the next."""
    spaces = Spaces(tmp_path, _memory)
    entered, leave = threading.Event(), threading.Event()
    ids: list[str] = []

    def request() -> None:
        with spaces.use("a", Scope()) as memory:
            entered.set()
            leave.wait(10)
            ids.extend(memory.remember("said at the last moment").ids)

    worker = threading.Thread(target=request)
    worker.start()
    entered.wait(10)
    threading.Timer(0.05, leave.set).start()
    spaces.close()
    worker.join()

    with pytest.raises(BudgetExceeded, match="stopping"), spaces.use("a", Scope()):
        pass
    with _memory(tmp_path / "a.db") as memory:
        assert [memory.get(ids[0]).text] == ["said at the last moment"]
