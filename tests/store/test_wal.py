"""A damaged log is noticed before SQLite drops what lies behind the damage; a log that ends as logs end is not."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

from remanence.memory import Memory
from remanence.recipes import get
from remanence.store.upkeep import doctor
from remanence.store.wal import FRAME, HEADER, damage_in
from remanence.testing import HashingEmbedder

EMBEDDER = HashingEmbedder(32)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The log of twenty commits."""
    path = tmp_path_factory.mktemp("log") / "a.db"
    db = apsw.Connection(str(path))
    db.pragma("journal_mode", "wal")
    db.execute("CREATE TABLE t(x)")
    for size in random.Random(1).choices(range(10, 9_000), k=20):
        db.execute("INSERT INTO t VALUES(?)", ("x" * size,))
    return path.with_name("a.db-wal").read_bytes()


def reading(data: bytes | bytearray) -> tuple[Callable[[int, int], bytes], int]:
    return lambda start, count: bytes(data[start : start + count]), len(data)


def test_a_whole_log_is_whole(log: bytes) -> None:
    """Also when it is cut anywhere, as by a crash, or its last page is torn."""
    chance = random.Random(2)
    found = [damage_in(*reading(log))]
    for _ in range(60):
        found.append(damage_in(*reading(log[: chance.randrange(len(log))])))
        torn = bytearray(log)
        start = len(log) - 4096 + 512 * chance.randrange(8)
        torn[start : start + 512] = bytes(512)
        found.append(damage_in(*reading(torn)))

    assert {None} == set(found)


def test_any_flipped_bit_is_noticed(log: bytes) -> None:
    """In the header, in a frame's header, in a page, in the last frame too; and the frame is named."""
    chance = random.Random(3)
    missed = []
    for _ in range(200):
        damaged = bytearray(log)
        place = chance.randrange(len(log))
        damaged[place] ^= 1 << chance.randrange(8)
        found = damage_in(*reading(damaged))
        frame = 0 if place < HEADER else (place - HEADER) // (FRAME + 4096) + 1
        if found is None or found.frame != frame:
            missed.append((place, found))

    assert [] == missed


def test_leftovers_of_an_earlier_log_are_no_damage(tmp_path: Path) -> None:
    """A log that starts anew overwrites the old frames one by one."""
    db = apsw.Connection(str(tmp_path / "a.db"))
    db.pragma("journal_mode", "wal")
    db.execute("CREATE TABLE t(x)")
    for _ in range(9):
        db.execute("INSERT INTO t VALUES('old')")
    db.execute("PRAGMA wal_checkpoint(RESTART)")
    db.execute("INSERT INTO t VALUES('new')")

    assert damage_in(*reading((tmp_path / "a.db-wal").read_bytes())) is None


def _crashed(folder: Path) -> Path:
    """A space as a killed process leaves it: ten commits in its log."""
    live = folder / "live.db"
    memory = Memory(live, get("plain"), EMBEDDER)
    memory.store.door.checkpoint()
    memory.remember("in the file")
    for number in range(10):
        memory.remember(f"in the log {number}")
    for name in ("", "-wal"):
        shutil.copy(f"{live}{name}", f"{folder / 'a.db'}{name}")
    memory.close()
    return folder / "a.db"


def test_a_space_whose_log_is_damaged_says_so_and_keeps_a_copy(tmp_path: Path) -> None:
    """Commits behind the damage are lost to SQLite; a person is told, by every door, until the copy is gone."""
    path = _crashed(tmp_path)
    log = Path(f"{path}-wal")
    data = bytearray(log.read_bytes())
    data[len(data) // 2] ^= 4
    log.write_bytes(data)

    with Memory(path, get("plain"), EMBEDDER) as memory:
        kept = len(memory.list())
        told = memory.remember("afterwards").degraded
        again = memory.remember("and again").degraded
        problems = doctor(memory.store).problems
    copies = list(tmp_path.glob("a.db-wal.damaged-*"))
    with Memory(path, get("plain"), EMBEDDER) as memory:
        later = doctor(memory.store).problems
        kept_bytes = [copy.read_bytes() for copy in copies]
        copies[0].unlink()
        healed = doctor(memory.store).problems

    assert kept < 11
    assert [bytes(data)] == kept_bytes
    assert "damaged at frame" in told[0]
    assert () == again
    assert any("log" in line for line in problems)
    assert any("log" in line for line in later)
    assert () == healed


def test_a_space_whose_log_is_whole_loses_nothing(tmp_path: Path) -> None:
    """And nothing is said."""
    with Memory(_crashed(tmp_path), get("plain"), EMBEDDER) as memory:
        assert 11 == len(memory.list())
        assert () == doctor(memory.store).problems
    assert [] == list(tmp_path.glob("a.db-wal.damaged-*"))


def test_every_flipped_bit_of_the_header_is_noticed(log: bytes) -> None:
    """A header that is nothing like one is that of a log which has just begun."""
    for bit in range(8 * HEADER):
        damaged = bytearray(log)
        damaged[bit // 8] ^= 1 << bit % 8
        assert damage_in(*reading(damaged)) is not None, bit
    other = bytes(HEADER) + log[HEADER:]
    assert damage_in(*reading(other)) is None
