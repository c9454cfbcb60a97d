"""Rot: one flipped bit anywhere in a space changes no answer without a word, and brings nothing erased back."""

from __future__ import annotations

import io
import random
from itertools import pairwise
from pathlib import Path
from typing import Any

import apsw
import pytest

from remanence.errors import RemanenceError
from remanence.memory import Memory
from remanence.recipes import get
from remanence.store import rows, tables
from remanence.store.upkeep import doctor, export
from remanence.testing import HashingEmbedder
from remanence.types import Change, Link

EMBEDDER = HashingEmbedder(32)
WORDS = ["heron", "lake", "fox", "wood", "rain", "river", "museum", "bakery", "garden", "harbour"]


def opened(path: Path) -> Memory:
    return Memory(path, get("plain"), EMBEDDER, user="ann", seed=1)


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Turns of two people in three sessions, updated, linked, and one erased; closed, so that all is in the file."""
    path = tmp_path_factory.mktemp("rot") / "a.db"
    chance = random.Random(5)
    with opened(path) as memory:
        said = [
            {"who": chance.choice(["Ann", "Bo"]), "text": " ".join(chance.choices(WORDS, k=5)), "session": f"s{n % 3}"}
            | {"source": f"chat/{n}", "at": f"2025-01-{1 + n:02d}"}
            for n in range(28)
        ]
        ids = memory.remember(said).ids
        memory.update(ids[3], "heron in the harbour")
        memory.forget(ids[4])
        memory.store.apply(Change(links=tuple(Link(a, "about", b) for a, b in pairwise(ids))), scope=memory.scope)
        memory.erase(memory.remember({"text": "my locker code is 5577", "source": "chat/secret"}).ids[0])
    return path


def told(memory: Memory) -> list[Any]:
    """What the space answers on every way in; and what it says of its own health is told apart."""
    found: list[Any] = [sorted((item.id, item.text, item.who, item.tier) for item in memory.list(limit=0, tiers=()))]
    for word in WORDS[:6]:
        found.append([(hit.id, round(hit.score, 6)) for hit in memory.recall(word, 10)])
        found.append([hit.id for hit in memory.recall(word, 10, who="Bo", before="2025-01-20")])
    out = io.StringIO()
    export(memory.store, out, scope=memory.scope)
    found.append(out.getvalue())
    edges = memory.store.view(memory.scope).edges()
    found.append((edges.src.tolist(), edges.dst.tolist(), edges.weight.tolist(), edges.names))
    found.append(sorted(memory.store.tombstones(["chat/secret", "chat/1"], memory.scope)))
    known = memory.remember(
        [{"text": "heron in the harbour", "source": "chat/3"}, {"text": "x", "source": "chat/secret"}]
    )
    found.append((known.put, known.updated, known.duplicates))
    return found


def outcomes(path: Path, folder: Path, places: list[tuple[int, int]]) -> dict[str, list[tuple[int, int]]]:
    """Flips by what came of them: the right answer, a typed error, said, silent or raw."""
    whole = path.read_bytes()
    (folder / "right.db").write_bytes(whole)
    with opened(folder / "right.db") as memory:
        right = told(memory)
    found: dict[str, list[tuple[int, int]]] = {"right": [], "refused": [], "said": [], "silent": [], "raw": []}
    damaged = folder / "damaged.db"
    for place, bit in places:
        changed = bytearray(whole)
        changed[place] ^= 1 << bit
        for name in ("damaged.db", "damaged.db-wal", "damaged.db-shm"):
            folder.joinpath(name).unlink(missing_ok=True)
        damaged.write_bytes(changed)
        found[_outcome(damaged, right)].append((place, bit))
    return found


def _outcome(path: Path, right: list[Any]) -> str:
    try:
        memory = opened(path)
    except RemanenceError:
        return "refused"
    except Exception:
        return "raw"
    try:
        answered = told(memory)
    except RemanenceError:
        return "said"
    except Exception:
        return "raw"
    else:
        if answered == right:
            return "right"
        problems = doctor(memory.store, deep=True).problems
        return "said" if problems or memory.store.damaged else "silent"
    finally:
        memory.close()


def places(path: Path, count: int, seed: int) -> list[tuple[int, int]]:
    """Places in used bytes: a flip in an empty one says little."""
    whole, chance = path.read_bytes(), random.Random(seed)
    used = [place for place in range(100, len(whole)) if whole[place]]
    return [(chance.choice(used), chance.randrange(8)) for _ in range(count)]


def test_a_flipped_bit_changes_no_answer_silently(space: Path, tmp_path: Path) -> None:
    """Of 150 flips in used bytes, each answers rightly, refuses with our error, or says that something is damaged."""
    found = outcomes(space, tmp_path, places(space, 150, 11))

    assert ([], []) == (found["silent"], found["raw"])
    assert len(found["refused"]) + len(found["said"]) > 30


@pytest.mark.parametrize("said", [b"n INTEGER PRIMARY KEY, data", b"seq INTEGER PRIMARY KEY", b"reason TEXT", b"tier"])
def test_a_bit_of_what_the_file_says_of_its_tables_is_refused(space: Path, tmp_path: Path, said: bytes) -> None:
    """Every bit of these words: a key that is none any more would find nothing, and say nothing."""
    first = space.read_bytes().find(said, 100, 8_192)
    every = [(first + place, bit) for place in range(len(said)) for bit in (0, 1, 5)]
    found = outcomes(space, tmp_path, every)

    assert 0 < first
    assert ([], [], []) == (found["silent"], found["raw"], found["right"])


def test_tables_of_others_beside_them_and_a_space_that_says_nothing_of_its_own_are_opened(space: Path) -> None:
    """What counts of a query is written into the file by SQLite itself; earlier programs kept no such sum."""
    path = space.with_name("b.db")
    path.write_bytes(space.read_bytes())
    db = apsw.Connection(str(path))
    db.execute("ANALYZE; CREATE TABLE mine(a)")
    db.close()
    with opened(path) as memory:
        assert memory.recall("heron")
    db = apsw.Connection(str(path))
    db.execute("DELETE FROM meta WHERE key='shape'")
    db.close()
    with opened(path) as memory:
        assert memory.recall("heron")


def heads(path: Path, count: int, bits: range) -> list[tuple[int, int]]:
    """Bits of the first `count` bytes of every page but the first: what SQLite says of it, and the head of a row."""
    return [(page + n, bit) for page in range(4_096, path.stat().st_size, 4_096) for n in range(count) for bit in bits]


def test_a_bit_of_a_pages_head_ends_in_no_raw_error(space: Path, tmp_path: Path) -> None:
    """Two bits of each: where a row is said to begin elsewhere, its bytes are something else."""
    found = outcomes(space, tmp_path, [one for one in heads(space, 12, range(2)) if one[0] % 4_096 in (5, 8, 10)])

    assert ([], []) == (found["silent"], found["raw"])


@pytest.mark.campaign
def test_no_bit_of_a_pages_head_ends_in_a_raw_error(space: Path, tmp_path: Path) -> None:
    """The same, all of them."""
    found = outcomes(space, tmp_path, heads(space, 12, range(8)))

    assert ([], []) == (found["silent"], found["raw"])


@pytest.mark.campaign
@pytest.mark.parametrize("seed", [12, 13, 14])
def test_a_thousand_flipped_bits_change_no_answer_silently(space: Path, tmp_path: Path, seed: int) -> None:
    """The same, a thousand times."""
    found = outcomes(space, tmp_path, places(space, 1_000, seed))

    assert ([], []) == (found["silent"], found["raw"])


def test_the_rot_test_can_see_a_silent_change(space: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the defence off (checksums of columns and small tables not compared) flips do change answers silently."""
    monkeypatch.setattr(tables, "check", lambda *values: 0)
    monkeypatch.setattr(rows, "sound", lambda row: True)
    monkeypatch.setattr(tables.Tables, "columns", _unchecked)

    found = outcomes(space, tmp_path, places(space, 150, 11))

    assert found["silent"] or found["raw"]


def _unchecked(self: tables.Tables, after: int) -> Any:
    for batch in self._batches(f"SELECT {rows.COLUMNS} FROM rows WHERE n > ? ORDER BY n", (after,), size=100):
        yield [(True, *row) for row in batch]


@pytest.mark.parametrize("copy", ["secret", "secret copy", "secret check"])
def test_a_flip_in_the_secret_is_survived_and_said(space: Path, tmp_path: Path, copy: str) -> None:
    """It is kept twice; erased stays erased."""
    path = tmp_path / "a.db"
    path.write_bytes(space.read_bytes())
    db = apsw.Connection(str(path))
    (value,) = db.execute("SELECT value FROM meta WHERE key=?", (copy,)).fetchone()
    flipped = value ^ 1 if isinstance(value, int) else bytes([value[0] ^ 1]) + value[1:]
    db.execute("UPDATE meta SET value=? WHERE key=?", (flipped, copy))
    db.close()

    with opened(path) as memory:
        receipt = memory.remember({"text": "my locker code is 5577", "source": "chat/secret"})

        assert (0, 1) == (receipt.put, receipt.duplicates)
        assert any("secret" in line for line in doctor(memory.store).problems)


def test_a_damaged_mark_of_erasure_still_marks(space: Path, tmp_path: Path) -> None:
    """One flipped bit in a mark is told by doctor, and what it marked does not come back."""
    path = tmp_path / "a.db"
    path.write_bytes(space.read_bytes())
    db = apsw.Connection(str(path))
    for scope, mark in db.execute("SELECT scope, mark FROM tombstones").fetchall():
        flipped = bytes([mark[0] ^ 16]) + mark[1:]
        db.execute("UPDATE tombstones SET mark=? WHERE scope=? AND mark=?", (flipped, scope, mark))
    db.close()

    with opened(path) as memory:
        receipt = memory.remember({"text": "my locker code is 5577", "source": "chat/secret"})

        assert (0, 1) == (receipt.put, receipt.duplicates)
        assert any("mark of erasure" in line for line in doctor(memory.store, deep=True).problems)
