"""A log that is deleted, cut or exchanged takes commits along: that is noticed and said until somebody acts."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from remanence.memory import Memory
from remanence.store.upkeep.check import doctor

FILES = ("", "-wal", "-lock")


def opened(path: Path, seed: int | None = None) -> Memory:
    return Memory(path, "plain", "hashing", seed=seed)


def copied(space: Path, folder: Path) -> Path:
    """The files of a space as a kill leaves them: its last commits are in the log only."""
    folder.mkdir()
    for end in FILES:
        shutil.copy(f"{space}{end}", folder / f"a.db{end}")
    return folder / "a.db"


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A space with six commits, and the same with twelve; the first of all is in the file, the others in the log."""
    folder = tmp_path_factory.mktemp("places")
    with opened(folder / "a.db") as memory:
        memory.remember("The kiln was lit.")
    with opened(folder / "a.db") as memory:
        for number in range(5):
            memory.remember(f"Firing {number} went well.")
        early = copied(folder / "a.db", folder / "early")
        for number in range(6):
            memory.remember(f"Glaze {number} was blue.")
        return early, copied(folder / "a.db", folder / "late")


def _gone(log: Path, early: Path) -> None:
    log.unlink()


def _empty(log: Path, early: Path) -> None:
    log.write_bytes(b"")


def _cut(log: Path, early: Path) -> None:
    log.write_bytes(log.read_bytes()[: log.stat().st_size // 2])


def _blank(log: Path, early: Path) -> None:
    held = bytearray(log.read_bytes())
    held[len(held) // 2 : len(held) // 2 + 4096] = bytes(4096)
    log.write_bytes(held)


def _older(log: Path, early: Path) -> None:
    shutil.copy(f"{early}-wal", log)


@pytest.mark.parametrize("harm", [_gone, _empty, _cut, _blank, _older])
def test_lost_commits_are_told_until_the_note_is_deleted(
    harm: Callable[[Path, Path], None], places: tuple[Path, Path], tmp_path: Path
) -> None:
    """In the first receipt, in what the handle has met damaged, and by every doctor, also after later commits."""
    early, late = places
    space = copied(late, tmp_path / "place")
    harm(Path(f"{space}-wal"), early)

    with opened(space) as memory:
        first = memory.store.commit
        receipt, told = memory.remember("A new firing."), list(memory.store.damaged)
    with opened(space) as memory:
        memory.remember("Another one.")
        later = doctor(memory.store).problems
    notes = list(space.parent.glob("a.db-wal.missing-*"))
    for note in notes:
        note.unlink()

    said = f"commits {first + 1} to 12, acknowledged here, are not in the space"
    assert first < 12
    assert [True, True, True] == [any(said in one for one in where) for where in (receipt.degraded, told, later)]
    assert [f"a.db-wal.missing-{first + 1}-12"] == [note.name for note in notes]
    with opened(space) as memory:
        assert doctor(memory.store).ok


def test_a_log_that_held_all_of_a_new_space_is_missed_too(tmp_path: Path) -> None:
    """The file is as blank as one that was just made; only the lock file knows."""
    with opened(tmp_path / "b.db") as memory:
        memory.remember("The kiln was lit.")
        space = copied(tmp_path / "b.db", tmp_path / "place")
    header = bytearray(space.read_bytes()[:4096])
    header[40:72] = bytes(32)  # before the schema was written
    header[28:32] = (1).to_bytes(4, "big")
    header[103:105] = bytes(2)
    space.write_bytes(header)
    Path(f"{space}-wal").unlink()

    with opened(space) as memory:
        assert any("commits up to 1, acknowledged here" in one for one in memory.store.damaged)


def test_what_is_whole_says_nothing(places: tuple[Path, Path], tmp_path: Path) -> None:
    """As a kill left it; where it came between a commit and its mark; where a power cut tore the mark; without one."""
    early, late = places
    marks = {"now": None, "lags": Path(f"{early}-lock").read_bytes(), "torn": b"\0" * 16 + b"rem1 torn", "none": b""}
    found = {}
    for name, mark in marks.items():
        space = copied(late, tmp_path / name)
        if mark is not None:
            Path(f"{space}-lock").write_bytes(mark)
        with opened(space) as memory:
            found[name] = (memory.store.commit, doctor(memory.store).problems)

    assert dict.fromkeys(marks, (12, ())) == found


def test_another_space_at_the_same_place_is_not_compared(places: tuple[Path, Path], tmp_path: Path) -> None:
    """One that replaces it, and one that is made anew from the same seed after it was deleted."""
    space = copied(places[1], tmp_path / "other")
    with opened(tmp_path / "mine.db") as memory:
        memory.remember("Mine.")
    shutil.copy(tmp_path / "mine.db", space)
    Path(f"{space}-wal").unlink()
    with opened(tmp_path / "seeded.db", seed=1) as memory:
        memory.remember(["one", "two"])
    (tmp_path / "seeded.db").unlink()

    with opened(space) as memory, opened(tmp_path / "seeded.db", seed=1) as again:
        assert () == doctor(memory.store).problems
        assert () == doctor(again.store).problems


def test_an_older_history_with_as_many_commits_is_noticed(places: tuple[Path, Path], tmp_path: Path) -> None:
    """The number alone would not tell: the last link of the chain does."""
    early, late = places
    fork = copied(early, tmp_path / "fork")
    with opened(fork) as memory:
        for number in range(8):
            memory.remember(f"Something else {number}.")
    space = copied(late, tmp_path / "place")
    shutil.copy(fork, space)
    Path(f"{space}-wal").unlink()

    with opened(space) as memory:
        assert any("commits up to 12, acknowledged here" in one for one in doctor(memory.store).problems)


def test_without_the_mark_a_lost_log_goes_unnoticed(places: tuple[Path, Path], tmp_path: Path) -> None:
    """The tests above can fail: nothing in the file itself tells."""
    space = copied(places[1], tmp_path / "place")
    Path(f"{space}-wal").unlink()
    Path(f"{space}-lock").write_bytes(b"")

    with opened(space) as memory:
        assert doctor(memory.store).ok


def test_a_cache_that_a_kill_left_half_written_goes_with_an_erase(tmp_path: Path) -> None:
    """It holds the words of what is erased, under a name that nobody reads again."""
    with opened(tmp_path / "a.db") as memory:
        kept = memory.remember("The password of the kiln is xylophone.").ids
        left, other = tmp_path / "a.db-index.4711.part", tmp_path / "b.db-index.4711.part"
        left.write_bytes(b"xylophone")
        other.write_bytes(b"of another space")

        memory.erase(kept)

        assert [False, True] == [left.exists(), other.exists()]
