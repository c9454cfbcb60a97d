"""A space holds vectors of one embedder, and says so to every other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from remanence.errors import InvalidInput, ModelMismatch
from remanence.memory import Memory
from remanence.recipes import get
from remanence.store.store import Store
from remanence.store.upkeep import doctor, reembed
from remanence.testing import HashingEmbedder, LeavingEmbedder

SMALL, LARGE = HashingEmbedder(32), HashingEmbedder(48)


def opened(path: Path, embedder: Any = SMALL) -> Memory:
    return Memory(path, get("plain"), embedder)


def embedded(memory: Memory) -> int:
    view = memory.store.view(memory.scope)
    return int(view.vectors(view.rows()).any(axis=1).sum())


def test_the_first_vectors_decide_whose_the_space_is(tmp_path: Path) -> None:
    """Of two handles on a new space the first writer wins; the other's words are kept, and it is told the cure."""
    first, second = opened(tmp_path / "a.db"), opened(tmp_path / "a.db", LARGE)
    first.remember("the heron at the lake")
    told = second.remember("a fox in the wood")

    with pytest.raises(ModelMismatch, match="reembed"):
        second.store.view(second.scope).nearest(LARGE.embed_query("fox"), 1)
    assert any("vectors of" in line for line in told.degraded)
    assert "a fox in the wood" in [hit.text for hit in first.recall("fox")]
    assert 1 == embedded(first)
    first.sleep()
    assert 2 == embedded(first)
    assert () == doctor(first.store, deep=True).problems
    first.close()
    second.close()
    with pytest.raises(ModelMismatch, match="reembed"):
        opened(tmp_path / "a.db", LARGE)


def test_a_handle_that_was_open_during_a_reembed_notices(tmp_path: Path) -> None:
    """It keeps words, asks for the other embedder, and nothing is found by a vector of the wrong one."""
    stale = opened(tmp_path / "a.db")
    stale.remember(["heron one", "tea two"])
    store = Store(tmp_path / "a.db")
    reembed(store, LARGE)
    store.close()

    told = stale.remember("giraffe three")
    with pytest.raises(ModelMismatch, match="reembed"):
        stale.store.view(stale.scope).nearest(SMALL.embed_query("giraffe"), 1)
    with pytest.raises(ModelMismatch):
        stale.store.fill_vectors(stale.store.view(stale.scope).rows(), SMALL.embed)
    stale.close()

    assert told.degraded
    with opened(tmp_path / "a.db", LARGE) as memory:
        assert (2, 3) == (embedded(memory), len(memory.list()))
        memory.sleep()
        assert 3 == embedded(memory)
        assert () == doctor(memory.store, deep=True).problems


def test_what_another_handle_keeps_during_a_reembed_is_embedded_too(tmp_path: Path) -> None:
    """Its commit stands in the journal before the one that switches the space over."""
    with opened(tmp_path / "a.db") as other:
        other.remember(["heron one", "tea two"])
        store, kept = Store(tmp_path / "a.db"), []

        def meanwhile(*done: int) -> None:
            kept.extend(other.remember(f"giraffe {len(kept)}").ids if len(kept) < 2 else ())

        reembed(store, LARGE, on_progress=meanwhile)
        store.close()

    with opened(tmp_path / "a.db", LARGE) as memory:
        assert (4, 4) == (embedded(memory), len(memory.list()))
        assert () == doctor(memory.store, deep=True).problems


def test_rows_without_a_vector_are_found_by_doctor_and_mended_at_sleep(tmp_path: Path) -> None:
    """Also when nobody queued the work: lost, damaged, or of an earlier program."""
    with opened(tmp_path / "a.db") as memory:
        ids = memory.remember(["heron one", "tea two", "fox three"]).ids
        memory.update(ids[2], "fox four")
        db = memory.store.door.source()
        db.execute("DELETE FROM vectors WHERE n IN (1, 3)")
        db.execute("UPDATE vectors SET data=zeroblob(36) WHERE n=2")
    with opened(tmp_path / "a.db") as memory:
        before = doctor(memory.store, deep=True).problems
        memory.sleep()
        after = doctor(memory.store, deep=True).problems

        assert any("3 rows lack a vector" in line for line in before)
        assert () == after
        assert 3 == embedded(memory)


def test_a_row_whose_vector_is_owed_is_not_called_lacking(tmp_path: Path) -> None:
    """Work that waits brings it; other work that waits for the same row, such as the next sleep, does not."""
    embedder = LeavingEmbedder(32)
    with Memory(tmp_path / "a.db", get("default"), embedder) as memory:
        memory.remember("heron one")
        embedder.away = True
        memory.remember("tea two")

        assert {"embed", "at_sleep"} <= {job.stage for job in memory.store.jobs(state="waiting")}
        assert () == doctor(memory.store, deep=True).problems
        memory.store.door.source().execute("DELETE FROM vectors WHERE n=1")
    with Memory(tmp_path / "a.db", get("default"), embedder) as memory:
        assert any("1 rows lack a vector" in line for line in doctor(memory.store, deep=True).problems)


def test_a_text_without_a_direction_lacks_nothing(tmp_path: Path) -> None:
    """Its empty vector is stored, so that it is not embedded again at every sleep."""
    with opened(tmp_path / "a.db") as memory:
        memory.remember(["...", "heron"])

        assert 1 == embedded(memory)
        assert () == doctor(memory.store, deep=True).problems


def test_a_space_is_opened_with_the_embedder_that_it_was_made_with(tmp_path: Path) -> None:
    """Without a word about the embedder; a new space cannot be made so."""
    with opened(tmp_path / "a.db", LARGE) as memory:
        memory.remember("heron one")

    store = Store(tmp_path / "a.db")
    try:
        assert (LARGE.model, LARGE.dim) == (store.model, store.dim)
    finally:
        store.close()
    with pytest.raises(InvalidInput, match="say which embedder"):
        Store(tmp_path / "new.db")
