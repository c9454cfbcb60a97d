"""A space that an earlier program wrote opens, holds what it held, and is whole."""

from __future__ import annotations

import shutil
from pathlib import Path

import apsw
import pytest

from remanence import Memory
from remanence.errors import Conflict, MigrationError
from remanence.store.migrations import APPLICATION_ID, MIGRATIONS, migrate
from remanence.store.upkeep import doctor

OLD = Path(__file__).parent / "data" / "space-v0.1.db"
"""Written by the first schema: 30 turns, slept on, one updated, one forgotten, one more erased; and one of bob."""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return Path(shutil.copy(OLD, tmp_path / "old.db"))


def test_an_old_space_holds_what_it_held(old: Path) -> None:
    """Items, versions, links, uses and the search over them survive the migration, and every checksum holds."""
    with Memory(old, embedder="hashing") as memory:
        texts = [item.text for item in memory.list(limit=0, kinds=["turn"], tiers=())]
        moved = next(item for item in memory.list(limit=0) if item.text == "I moved to Oslo in 2020.")

        assert 31 == len(texts)
        assert 2 == len(memory.history(moved.id))
        assert "Rome" in memory.history(moved.id)[0].text
        assert memory.store.view(memory.scope).links([moved.id])
        assert any("Oslo" in hit.text for hit in memory.recall("Who moved to Oslo?"))
        memory.sleep()
        assert () == doctor(memory.store, deep=True).problems


def test_what_an_old_space_erased_stays_erased(old: Path) -> None:
    """Its marks go to the users that it had."""
    message = {"text": "my locker code is 5577", "source": "chat/erased", "who": "Ada"}
    with Memory(old, embedder="hashing") as memory:
        receipt = memory.remember(message)

    assert (0, 1) == (receipt.put, receipt.duplicates)


def test_an_old_idempotency_key_still_answers(old: Path) -> None:
    """With the first receipt for the same call, and with a conflict for another."""
    with Memory(old, embedder="hashing") as memory, pytest.raises(Conflict):
        memory.remember("something else", key="first")


def test_an_old_users_work_waits_for_its_owner(old: Path) -> None:
    """Work of a time when jobs named no recipe is done by whoever owns the rows."""
    with Memory(old, embedder="hashing") as memory:
        waiting = memory.stats()["waiting"]
        memory.sleep()

        assert (1, 0) == (waiting, memory.stats()["waiting"])


@pytest.mark.parametrize(
    ("made", "refused"),
    [
        ("", False),
        ("CREATE TABLE theirs(a)", True),
        ("PRAGMA application_id = 77", True),
        (f"PRAGMA application_id = {APPLICATION_ID}", False),
        (f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {len(MIGRATIONS) + 1}", True),
        (f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {len(MIGRATIONS)}", False),
    ],
)
def test_only_an_empty_file_or_a_space_is_brought_up_to_date(made: str, refused: bool) -> None:
    """A file of somebody else or of a newer program is left as it is."""
    db = apsw.Connection(":memory:")
    db.execute(made)
    before = db.pragma("user_version"), db.pragma("application_id")

    if refused:
        with pytest.raises(MigrationError):
            migrate(db)
        assert before == (db.pragma("user_version"), db.pragma("application_id"))
    else:
        assert len(MIGRATIONS) == migrate(db) == db.pragma("user_version")
        assert APPLICATION_ID == db.pragma("application_id")
        assert len(MIGRATIONS) == migrate(db)
