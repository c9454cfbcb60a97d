"""Erased bytes are gone from every file of a space, whatever SQLite has done with its pages before."""

from __future__ import annotations

import random
from pathlib import Path

import apsw
import pytest

from remanence.memory import Memory
from remanence.recipes import get, names
from remanence.store.tables import Tables
from remanence.testing import HashingEmbedder

EMBEDDER = HashingEmbedder(32)


def _session(path: Path, seed: int) -> list[str]:
    """Turns with canaries in every field, revised, slept on, hidden, erased; the canaries that are left."""
    chance = random.Random(seed)

    def canary() -> str:
        return chance.choice("XZQJV") + "".join(chance.choice("aeiou") + chance.choice("bdfgklmnz") for _ in range(5))

    words: list[str] = []
    ids: list[str] = []
    with Memory(path, get("default"), EMBEDDER) as memory:
        for n in range(30):
            memory.remember(
                {"who": "Ada", "text": f"harmless turn {n} about tea and Rome with Mary", "session": f"s{n % 3}"}
            )
        for number in range(20):
            own = [canary() for _ in range(8)]
            words += own
            message = {
                "who": own[0], "text": f"My sister {own[1]} moved to {own[2]} and works at {own[3]}. I love {own[7]}.",
                "session": f"sess{own[4]}", "source": f"src/{own[5]}", "data": {"note": own[6], f"k{own[6]}": 1},
            }  # fmt: skip
            ids.append(memory.remember(message, key=f"k{number}" if number % 2 else None).ids[0])
            if number % 4 == 0:
                words.append(canary())
                memory.update(ids[-1], f"My sister {own[1]} moved to {words[-1]}.")
        memory.sleep()
        memory.sleep()
        for id in ids[::5]:
            memory.forget(id)
        memory.erase(ids, force=True)
        memory.sleep()
    held = {file.name: file.read_bytes().lower() for file in path.parent.iterdir()}
    return [f"{name}: {word}" for name, data in held.items() for word in words if word.lower().encode() in data]


@pytest.mark.parametrize("seed", range(4))
def test_no_canary_is_left(tmp_path: Path, seed: int) -> None:
    """Texts, people, sessions, sources, data, versions, derived facts and names: in no file of the folder."""
    assert [] == _session(tmp_path / "a.db", seed)


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(4, 64))
def test_no_canary_is_left_after_many_sessions(tmp_path: Path, seed: int) -> None:
    """The same for sixty more seeds."""
    assert [] == _session(tmp_path / "a.db", seed)


def _free_pages(path: Path) -> int:
    db = apsw.Connection(str(path))
    free = db.pragma("freelist_count")
    db.close()
    return int(free)


def test_an_erase_writes_the_file_anew(tmp_path: Path) -> None:
    """No freed page stays in it, where bytes could stand."""
    _session(tmp_path / "a.db", 1)

    assert 0 == _free_pages(tmp_path / "a.db")


def test_that_the_file_is_written_anew_can_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the defence off freed pages stay, and the gaps of rebalanced ones with them."""
    monkeypatch.setattr(Tables, "scrub", lambda self: None)
    _session(tmp_path / "a.db", 1)

    assert _free_pages(tmp_path / "a.db") > 0


CORRECTED = (
    "I live in Rome.", "Sorry, I meant Zedikafo, not Rome.", "Correction: I live in Xubodefi.", "No, wait, Quvamoli.",
    "I moved to Juzebako. My boss is Vogatelu.", "My boss is Vimarenu now, not Vogatelu. Zamubido is my doctor.",
    "My dentist is Qolamise, not Zamubido.",
)  # fmt: skip


@pytest.mark.parametrize("recipe", names())
def test_no_reason_keeps_what_was_erased(tmp_path: Path, recipe: str) -> None:
    """Corrections, an update and versions that were taken back since: neither journal nor history quotes them."""
    path = tmp_path / "a.db"
    with Memory(path, recipe, EMBEDDER, seed=1) as memory:
        ids = []
        for day, text in enumerate(CORRECTED, 1):
            message = {"who": "Ada", "text": text, "at": f"2025-02-0{day}", "session": "s"}
            ids.append(memory.remember(message).ids[0])
            memory.sleep()
        memory.remember({"who": "Ada", "text": "My sister lives in Bergen.", "session": "s", "at": "2025-03-01"})
        memory.update(ids[-1], "My dentist is Zebulani. I moved to Xerasomi.")
        memory.sleep()
        memory.erase(ids[1:], force=True)
        memory.sleep()
    held = b" ".join(file.read_bytes().lower() for file in path.parent.iterdir())
    words = {word.strip(".,") for text in CORRECTED for word in text.split() if word[0] in "XZQJV"}

    assert set() == {word for word in {*words, "Zebulani", "Xerasomi"} if word.lower().encode() in held}
