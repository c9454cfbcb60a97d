"""Where the store draws its lines: how long a relation is, which rows a job has, what a text costs, who may write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import apsw
import pytest

from remanence.errors import InvalidInput
from remanence.memory import Memory
from remanence.recipes import get
from remanence.store import cache
from remanence.store.door import Along
from remanence.store.tables import Tables
from remanence.store.upkeep import doctor
from remanence.testing import HashingEmbedder
from remanence.types import Change, Evidence, Floats, Item, Link, Touch

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


def test_a_file_calls_nothing_of_who_opens_it(tmp_path: Path) -> None:
    """A view in a file of somebody else's runs no function that this program brings along."""
    with Memory(tmp_path / "a.db", get("plain"), EMBEDDER) as memory:
        door = memory.store.door
        assert isinstance(door, Tables)
        db = door._db
        db.create_scalar_function("acts", lambda: 1)
        db.execute("BEGIN; CREATE VIEW harmless AS SELECT 1; CREATE VIEW trap AS SELECT acts()")

        assert [(1,)] == list(db.execute("SELECT * FROM harmless"))
        with pytest.raises(apsw.Error, match="unsafe use"):
            list(db.execute("SELECT * FROM trap"))
        db.execute("ROLLBACK")


def test_a_cache_is_whole_however_long_its_header_is(tmp_path: Path) -> None:
    """What follows the header begins on the next page, also where the header just fills one."""
    with Memory(tmp_path / "a.db", get("plain"), EMBEDDER) as memory:
        memory.remember("the heron stood by the lake")
        index, stand = memory.store.index, memory.store.stand()
        assert stand is not None
        for length in range(1, 4_200, 29):
            long = replace(stand, model="m" * length)
            cache.save(index, long, tmp_path / "cache")

            kept = cache.load(tmp_path / "cache", long.space, long.model, long.dim)

            assert kept is not None
            assert long == kept[1]


def test_a_deep_doctor_says_how_far_it_is_from_the_first_row_on() -> None:
    """Of how many, every thousand rows; so something is shown before the first thousand are read."""
    told: list[tuple[int, int | None]] = []
    with Memory(":memory:", get("plain"), EMBEDDER) as memory:
        memory.remember(["the heron stood by the lake", "a fox ran into the wood"])

        doctor(memory.store, deep=True, on_progress=lambda done, total: told.append((done, total)))

    assert [(0, 2)] == told


@pytest.mark.parametrize("field", ["who", "source"])
def test_a_name_has_at_most_1024_signs(field: str) -> None:
    """The longest is kept whole; a longer one is refused before anything is written."""
    with Memory(":memory:", get("plain"), EMBEDDER) as memory:
        longest, longer = (Item("note", "tea", **{field: "x" * size}) for size in (1_024, 1_025))
        memory.store.apply(Change(puts=(longest,)), scope=memory.scope)
        with pytest.raises(InvalidInput):
            memory.store.apply(Change(puts=(longer,)), scope=memory.scope)

        assert ["x" * 1_024] == [getattr(item, field) for item in memory.list()]


@pytest.mark.parametrize(("kind", "gone"), [("entity", 1), ("fact", 2)])
def test_a_name_stays_while_another_text_mentions_it(kind: str, gone: int) -> None:
    """What was derived from an erased text goes with it; a name that stands elsewhere too is nobody's secret."""
    with Memory(":memory:", get("plain"), EMBEDDER) as memory:
        one, two = memory.remember(["Ada saw Lund.", "Bo saw Lund."]).ids
        lund = Item(kind, "Lund", id="lund", evidence=(Evidence(one, 8, 12),))
        links = (Link(one, "mentions", "lund"), Link(two, "mentions", "lund"))
        memory.store.apply(Change(puts=(lund,), links=links), scope=memory.scope, embed=EMBEDDER.embed)

        receipt = memory.store.erase([one], scope=memory.scope)

        assert gone == receipt.erased
        assert ["Bo saw Lund.", "Lund"][: 3 - gone] == sorted(item.text for item in memory.list())


@pytest.mark.parametrize(("length", "fine"), [(0, False), (1, True), (1_024, True), (1_025, False)])
def test_an_idempotency_key_has_1_to_1024_signs(length: int, fine: bool) -> None:
    """What is asked again with the same key is answered as before; no key at all is not the same as any."""
    with Memory(":memory:", get("plain"), EMBEDDER) as memory:
        along = Along(key="k" * length, digest=b"digest")
        for replayed in (False, True):
            if fine:
                receipt = memory.store.apply(Change(puts=(Item("note", "tea"),)), scope=memory.scope, along=along)
                assert replayed is receipt.replayed
            else:
                with pytest.raises(InvalidInput, match="1 to 1024 characters"):
                    memory.store.apply(Change(puts=(Item("note", "tea"),)), scope=memory.scope, along=along)

        assert int(fine) == len(memory.list())
