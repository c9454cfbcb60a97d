"""What a handle takes from others at the same space: their commits, and what they left beside the file."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest

from remanence.errors import StoreError
from remanence.memory import Memory
from remanence.recipes import get
from remanence.store.cache import space_id
from remanence.store.upkeep import doctor, export, import_
from remanence.testing import HashingEmbedder


def opened(path: Path) -> Memory:
    return Memory(path, get("plain"), HashingEmbedder(32))


def test_a_doctor_counts_what_another_handle_has_committed(tmp_path: Path) -> None:
    """Its report is of the space as it is now, not as this handle last saw it."""
    with opened(tmp_path / "a.db") as mine, opened(tmp_path / "a.db") as other:
        for number in range(3):
            other.remember(f"A heron flew by, the {number + 1}. today.")

        assert other.store.commit == doctor(mine.store).facts["commit"]


def test_the_note_of_the_last_commit_is_read_as_it_was_always_written(tmp_path: Path) -> None:
    """From byte 16 of the lock file: four signs, the space, the commit, its link, the check of these."""
    with opened(tmp_path / "a.db") as memory:
        memory.remember("A heron flew by.")
        space, here = bytes.fromhex(space_id(memory.store.secret)), memory.store.commit
    told = struct.pack("<4s16sq16s", b"rem1", space, here + 4, bytes(16))
    (tmp_path / "a.db-lock").write_bytes(bytes(16) + told + zlib.crc32(told).to_bytes(4, "big"))

    with opened(tmp_path / "a.db") as memory:
        assert any(
            f"commits {here + 1} to {here + 4}, acknowledged here, are not in" in one for one in memory.store.damaged
        )


def test_an_export_holds_what_another_handle_has_committed(tmp_path: Path) -> None:
    """A backup is of the space as it is now."""
    out = io.StringIO()
    with opened(tmp_path / "a.db") as mine, opened(tmp_path / "a.db") as other:
        other.remember("A heron flew by.")

        told = export(mine.store, out)

    assert 1 == told["items"]
    assert "A heron flew by." in out.getvalue()


def test_an_export_of_a_closed_space_is_refused_in_words(tmp_path: Path) -> None:
    """Nothing is written that looks like an empty backup."""
    out = io.StringIO()
    with opened(tmp_path / "a.db") as memory:
        memory.remember("A heron flew by.")

    with pytest.raises(StoreError, match="is closed"):
        export(memory.store, out)
    assert "" == out.getvalue()


def test_an_import_says_how_many_items_it_has_embedded(tmp_path: Path) -> None:
    """Of how many, up to the last one."""
    out, told = io.StringIO(), list[tuple[int, int | None]]()
    with opened(tmp_path / "a.db") as memory:
        memory.remember(["A heron flew by.", "A fox ran into the wood."])
        export(memory.store, out)

    with opened(tmp_path / "b.db") as memory:
        lines = iter(out.getvalue().splitlines(keepends=True))
        import_(memory.store, lines, memory.embedder, scope=memory.scope, on_progress=lambda *now: told.append(now))

    assert (2, 2) == told[-1]
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_a_space_that_is_begun_again_lacks_nothing(tmp_path: Path) -> None:
    """Whoever deletes it and makes it anew of the same seed is not told that the commits of the old one are lost."""
    path = tmp_path / "a.db"
    for _ in range(2):
        with Memory(path, get("plain"), HashingEmbedder(32), seed=7) as memory:
            assert [] == memory.store.damaged
            memory.remember("A heron flew by.")
            memory.remember("A fox ran into the wood.")
        for end in ("", "-wal", "-shm", "-index"):
            Path(f"{path}{end}").unlink(missing_ok=True)
        assert Path(f"{path}-lock").exists()
