"""Where the store draws its lines: how long a relation is, which rows a job has, what a text costs, who may write."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import apsw
import pytest

from remanence.errors import InvalidInput
from remanence.memory import Memory
from remanence.recipes import get
from remanence.store.tables import Tables
from remanence.testing import HashingEmbedder
from remanence.types import Change, Floats, Item, Link, Touch

EMBEDDER = HashingEmbedder(32)


@pytest.mark.parametrize(("length", "fine"), [(1, True), (64, True), (65, False)])
def test_a_relation_has_at_most_sixty_four_signs(length: int, fine: bool) -> None:
    """The longest that may stand is kept whole, and an import takes as long ones as a change does."""
    with Memory(":memory:", get("plain"), EMBEDDER) as memory:
        one, two = memory.remember(["the heron stood by the lake", "a fox ran into the wood"]).ids
        change = Change(links=(Link(one, "r" * length, two),))
        if fine:
            memory.store.apply(change, scope=memory.scope)
            assert ["r" * length] == [link.rel for link in memory.store.view(memory.scope).links([one])]
        else:
            with pytest.raises(InvalidInput, match="1 to 64 characters"):
                memory.store.apply(change, scope=memory.scope)


def test_a_job_has_no_row_behind_its_last(tmp_path: Path) -> None:
    """What was written later waits in work of its own; it is not looked at twice."""
    with Memory(":memory:", get("default"), EMBEDDER) as memory:
        memory.remember(["the heron stood by the lake", "a fox ran into the wood"])
        job = memory.store.jobs(state="waiting", scope=memory.scope)[0]
        memory.remember("rain fell on the river")

        rows, on = memory.store.batch(job, job.low, 10)

        assert (list(range(job.low, job.high + 1)), None) == (memory.store.index.n.now[rows].tolist(), on)


def test_a_text_with_a_known_vector_is_not_embedded_again() -> None:
    """An embedder may cost money: what is handed over for every text of a change is taken as it is."""
    asked: list[str] = []

    def embed(texts: Sequence[str]) -> Floats:
        asked.extend(texts)
        return EMBEDDER.embed(texts)

    texts = ["the heron stood by the lake", "a fox ran into the wood"]
    known = dict(zip(texts, EMBEDDER.embed(texts), strict=True))
    with Memory(":memory:", get("plain"), EMBEDDER) as memory:
        puts = tuple(Item("turn", text) for text in texts)
        memory.store.apply(Change(puts=puts), scope=memory.scope, embed=embed, vectors=known)
        assert [] == asked
        memory.store.apply(Change(puts=(Item("turn", "rain fell"),)), scope=memory.scope, embed=embed, vectors=known)
        assert ["rain fell"] == asked


def test_what_a_touch_does_not_name_stays_as_it_is() -> None:
    """Uses add up, one for each touch where no number is told; strength and utility hold until another is told."""
    with Memory(":memory:", get("plain"), EMBEDDER) as memory:
        (id,) = memory.remember("the heron stood by the lake").ids
        told = []
        for touch in (Touch(id, utility=0.5, uses=3), Touch(id, strength=2.0), Touch(id, uses=4)):
            memory.store.apply(Change(touches=(touch,)), scope=memory.scope)
            item = memory.get(id)
            told.append((item.strength, item.utility, item.uses))

        assert [(1.0, 0.5, 3), (2.0, 0.5, 4), (2.0, 0.5, 8)] == told


def test_nobody_rewrites_how_a_space_is_laid_out(tmp_path: Path) -> None:
    """SQLite itself refuses it on a connection of ours, so that a damaged statement cannot break the file."""
    with Memory(tmp_path / "a.db", get("plain"), EMBEDDER) as memory:
        memory.remember("the heron stood by the lake")
        door = memory.store.door
        assert isinstance(door, Tables)
        db = door._db
        db.execute("PRAGMA writable_schema=ON")

        with pytest.raises(apsw.Error):
            db.execute("UPDATE sqlite_master SET sql='x'")
