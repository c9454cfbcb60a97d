"""What was erased does not come back: not from an export, nor from a file, a log or a cache of before."""

from __future__ import annotations

import io
import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from remanence import Memory
from remanence.errors import ModelError
from remanence.models.hashing import HashingEmbedder
from remanence.store import ledger
from remanence.store.upkeep import export, import_
from remanence.types import Floats, Scope

WORD = "quokka"
TALK = ["I keep bees in Lund.", f"My locker code is {WORD} nine.", "I moved to Rome in March."]


def opened(path: Path) -> Memory:
    return Memory(path, embedder="hashing")


def told(path: Path) -> tuple[Memory, str]:
    """A memory of the talk, slept over, and the id of what will be erased."""
    memory = opened(path)
    ids = memory.remember([{"who": "Ada", "text": text} for text in TALK]).ids
    memory.sleep()
    return memory, ids[1]


def whole(memory: Memory) -> str:
    """Everything that a scope holds."""
    out = io.StringIO()
    export(memory.store, out, scope=memory.scope)
    return out.getvalue()


def taken_in(memory: Memory, lines: str) -> dict[str, int]:
    return import_(memory.store, iter(lines.splitlines()), memory.embedder, scope=memory.scope, trust=0.9)


def residue(folder: Path) -> list[str]:
    """Files that hold the word."""
    return [one.name for one in folder.iterdir() if WORD.encode() in one.read_bytes()]


def test_another_scopes_export_does_not_bring_back_what_was_erased_here(tmp_path: Path) -> None:
    """Its items have other ids here than in the file, and the marks of these count."""
    memory, _ = told(tmp_path / "a.db")
    lines, bob = whole(memory), memory.within(Scope("bob"))
    taken_in(bob, lines)
    bob.erase([item.id for item in bob.list(limit=0) if WORD in item.text and not item.evidence])

    again = taken_in(bob, lines)
    bob.sleep()

    assert WORD not in whole(bob)
    assert WORD in whole(memory)
    assert again["erased"] >= 1
    memory.close()


@pytest.mark.parametrize("later", [0, 2])
@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("names", [("",), ("-wal",), ("", "-wal"), ("", "-wal", "-shm")])
def test_a_file_of_before_does_not_bring_back_what_was_erased(
    names: tuple[str, ...], closed: bool, later: int, tmp_path: Path
) -> None:
    """A space or a log of before the erase in the place of what is there; nor is a byte of it left."""
    place = tmp_path / "a.db"
    memory, id = told(place)
    if closed:
        memory.close()
    before = {name: one.read_bytes() for name in names if (one := Path(f"{place}{name}")).exists()}
    if closed:
        memory = opened(place)
    memory.erase(id)
    memory.remember([f"Later {n}." for n in range(later)])
    memory.close()
    for name in names:
        Path(f"{place}{name}").unlink(missing_ok=True)
        if name in before:
            Path(f"{place}{name}").write_bytes(before[name])

    with opened(place) as memory:
        memory.sleep()
        found = whole(memory)

    assert WORD not in found
    assert (closed or names != ("",)) is ("bees in Lund" in found)  # else all of it was in the log
    assert [] == residue(tmp_path)


def test_without_the_list_a_log_of_before_brings_it_back(tmp_path: Path) -> None:
    """The test above can fail. What a person put back on purpose is theirs: the list may be deleted."""
    memory, id = told(tmp_path / "a.db")
    log = (tmp_path / "a.db-wal").read_bytes()
    memory.erase(id)
    memory.close()
    (tmp_path / "a.db-wal").write_bytes(log)
    ledger.path_of(str(tmp_path / "a.db")).unlink()

    with opened(tmp_path / "a.db") as memory:
        assert WORD in whole(memory)


def test_a_damaged_line_of_the_list_is_left_out(tmp_path: Path) -> None:
    """The others count, and a list that is none is none."""
    memory, id = told(tmp_path / "a.db")
    memory.erase(id)
    place = ledger.path_of(memory.store.path)
    lines = place.read_text("utf-8").splitlines()
    place.write_text("\n".join(["junk", lines[1].replace('"', "", 1), "[1, 2]", "[[], 2, 3, 4]", *lines]), "utf-8")

    stones = ledger.kept(memory.store.path)

    assert sorted(memory.store.door.every_tombstone()) == sorted(stones)
    assert WORD not in place.read_text("utf-8")
    place.unlink()
    place.mkdir()
    assert [] == ledger.kept(memory.store.path)
    memory.close()


def test_a_list_is_added_to_and_a_line_that_broke_off_spoils_no_other(tmp_path: Path) -> None:
    """What stands in it is not written again, however long it has become."""
    memory, id = told(tmp_path / "a.db")
    memory.erase(id)
    place = ledger.path_of(memory.store.path)
    with place.open("a", encoding="utf-8") as out:
        out.write('["torn", "00')
    before, later = place.read_bytes(), memory.remember("the plum tree bears").ids
    memory.erase(later)

    assert place.read_bytes().startswith(before)
    assert sorted(memory.store.door.every_tombstone()) == sorted(ledger.kept(memory.store.path))
    memory.close()


def test_an_erasure_that_cannot_be_listed_says_so(tmp_path: Path) -> None:
    """The erasure itself stands."""
    memory, id = told(tmp_path / "a.db")
    ledger.path_of(memory.store.path).mkdir()

    receipt = memory.erase(id)

    assert any("could not be written beside the space" in note for note in receipt.degraded)
    assert WORD not in whole(memory)
    memory.close()


def test_a_list_that_could_not_be_written_is_made_up_for(tmp_path: Path) -> None:
    """At the next erasure or opening, with all that it lacks; of a space that was moved without its list too."""
    memory, id = told(tmp_path / "a.db")
    place = ledger.path_of(memory.store.path)
    place.mkdir()
    memory.erase(id)
    place.rmdir()
    memory.erase(memory.remember("the plum tree bears").ids)
    again = set(ledger.kept(memory.store.path))
    memory.close()
    place.unlink()
    with opened(tmp_path / "a.db") as memory:
        moved = set(ledger.kept(memory.store.path))

        assert set(memory.store.door.every_tombstone()) == again == moved
        assert len(moved) >= 2


def test_a_list_of_an_earlier_version_counts(tmp_path: Path) -> None:
    """It had each mark on a line of its own, and its space does not hold how long it is."""
    memory, id = told(tmp_path / "a.db")
    log = (tmp_path / "a.db-wal").read_bytes()
    memory.erase(id)
    memory.close()
    place = ledger.path_of(str(tmp_path / "a.db"))
    marks = [mark for line in place.read_text("utf-8").splitlines() if line for mark in json.loads(line)]
    place.write_text("".join(f"\n{json.dumps(mark)}\n" for mark in marks), "utf-8")
    (tmp_path / "a.db-wal").write_bytes(log)

    with opened(tmp_path / "a.db") as memory:
        assert WORD not in whole(memory)


# --- killed processes ----------------------------------------------------------------------------

SAID = [f"Word {number}." for number in range(40)]


def _before(folder: Path) -> tuple[Path, list[str]]:
    """A closed space of forty notes, with a copy of it, and their ids."""
    place = folder / "a.db"
    with Memory(place, "plain", "hashing") as memory:
        ids = list(memory.remember(SAID).ids)
    shutil.copytree(folder, folder / "before")
    return place, ids


def _forked(work: Callable[[int], None]) -> tuple[int, int]:
    """(pid, end of a pipe) of a child that does work with the other end, and dies of any error with 1."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.close(reading)
            work(writing)
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    return child, reading


def _erases(place: Path, ids: Sequence[str], last_line: int, pipe: int) -> None:
    """Erase items one by one with an acknowledgement each, the last until a line of the code that erases."""
    memory, lines = Memory(place, "plain", "hashing"), 0

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal lines
        if not frame.f_code.co_filename.endswith(("store/erasing.py", "store/ledger.py")):
            return None
        lines += event == "line"
        if lines == last_line:
            os.kill(os.getpid(), signal.SIGKILL)
        return trace

    for id in ids:
        if id == ids[-1] and last_line:
            sys.settrace(trace)
        memory.erase(id, force=True)
        os.write(pipe, f"{id}\n".encode())


def _acknowledged(child: int, reading: int) -> tuple[list[str], bool]:
    """(ids, whether the child was killed) once it is dead."""
    with os.fdopen(reading, "rb") as lines:
        told = lines.read().decode()
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return [line.strip() for line in told.splitlines(keepends=True) if line.endswith("\n")], os.WIFSIGNALED(status)


def _there(place: Path) -> set[str]:
    with Memory(place, "plain", "hashing") as memory:
        return {item.id for item in memory.list(limit=0)}


def _wrong_after(place: Path, ids: Sequence[str], acknowledged: Sequence[str], tried: int) -> list[str]:
    """What is wrong of a space whose writer died: as it is, and with the file of before in its place."""
    now = _there(place)
    wrong = [f"{id} was erased and is there" for id in acknowledged if id in now]
    wrong += [f"{id} is lost" for id in ids[tried:] if id not in now]
    for name in ("", "-wal", "-shm"):
        Path(f"{place}{name}").unlink(missing_ok=True)
    shutil.copy(place.parent / "before" / place.name, place)
    then = _there(place)
    return [*wrong, *(f"{id} came back" for id in then - now), *(f"{id} went too" for id in now - then)]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("step", [6, pytest.param(1, marks=pytest.mark.campaign)])
def test_an_erase_that_is_killed_at_any_line_is_whole_or_finished_and_stays_so(step: int, tmp_path: Path) -> None:
    """What is gone at the next opening stays gone when the file of before is put back, and nothing else goes."""
    wrong: list[str] = []
    killed, line = True, 0
    while killed:
        line += step
        folder = tmp_path / str(line)
        folder.mkdir()
        place, ids = _before(folder)
        acknowledged, killed = _acknowledged(*_forked(partial(_erases, place, ids[:2], line)))
        assert len(acknowledged) == 2 - killed
        wrong += [f"line {line}: {one}" for one in _wrong_after(place, ids, acknowledged, 2)]
        shutil.rmtree(folder)

    assert [] == wrong
    assert line > 60


@pytest.mark.campaign
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_so_are_erasures_that_are_killed_at_random_moments(tmp_path: Path) -> None:
    """Three hundred writers that erase one item after the other, each killed after its first acknowledgement."""
    wrong: list[str] = []
    for seed in range(300):
        folder = tmp_path / str(seed)
        folder.mkdir()
        place, ids = _before(folder)
        child, reading = _forked(partial(_erases, place, ids, 0))
        first = os.read(reading, 27)
        time.sleep(random.Random(seed).uniform(0.0, 0.1))
        os.kill(child, signal.SIGKILL)
        later, _ = _acknowledged(child, reading)
        acknowledged = [*first.decode().split(), *later]
        assert acknowledged[0] == ids[0]
        wrong += [f"seed {seed}: {one}" for one in _wrong_after(place, ids, acknowledged, len(acknowledged) + 1)]
        shutil.rmtree(folder)

    assert [] == wrong


class Quoting:
    """An embedder that is down, and later fails in the words that it was given, which somebody erases meanwhile."""

    def __init__(self, place: Path) -> None:
        self._inner, self._place = HashingEmbedder(), place
        self.model, self.dim, self.embed_query = self._inner.model, self._inner.dim, self._inner.embed_query
        self.erases = ""

    def embed(self, texts: Sequence[str]) -> Floats:
        if self.erases:
            with opened(self._place) as other:
                other.erase(self.erases)
            self.erases = ""
        raise ModelError(f"cannot embed {texts!r}")


def test_an_error_that_quotes_what_was_erased_meanwhile_is_kept_without_its_words(tmp_path: Path) -> None:
    """Work that is tried again keeps why it failed; whoever slept is told all of it."""
    embedder = Quoting(tmp_path / "a.db")
    with Memory(tmp_path / "a.db", embedder=embedder) as memory:
        ids = memory.remember(TALK).ids
        failed = memory.sleep()
        before = [job.error for job in memory.store.jobs()]
        embedder.erases = ids[1]
        memory.sleep()
        after = [job.error for job in memory.store.jobs()]

    assert any(WORD in one for one in failed.degraded)
    assert any(WORD in one for one in before)
    assert not any(WORD in one for one in after)
    assert [] == residue(tmp_path)


def test_what_is_erased_again_is_told(tmp_path: Path) -> None:
    """Beside the commits that are missing; and an old export stays out of what was put back."""
    memory, id = told(tmp_path / "a.db")
    lines, space = whole(memory), (tmp_path / "a.db-wal").read_bytes()
    memory.erase(id)
    memory.close()
    (tmp_path / "a.db-wal").write_bytes(space)

    with opened(tmp_path / "a.db") as memory:
        taken_in(memory, lines)
        said = " ".join(memory.store.warnings)
        found = whole(memory)

    assert "erased again" in said
    assert "are not in the space" in said
    assert WORD not in found
