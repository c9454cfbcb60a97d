"""The index on disk: mapped when it can be trusted, ignored when not, and never in the way of an erase."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from remanence.memory import Memory
from remanence.recipes import get
from remanence.store import cache
from remanence.store.index import Index
from remanence.store.upkeep import doctor
from remanence.testing import HashingEmbedder

EMBEDDER = HashingEmbedder(32)
WORDS = ["heron", "lake", "fox", "wood", "rain", "river", "museum", "bakery", "garden", "harbour"]
FILE = "a.db-index"


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache is worth its while from 20 rows."""
    monkeypatch.setattr(cache, "WORTH", 20)


def opened(path: Path, embedder: Any = EMBEDDER, user: str = "ann") -> Memory:
    return Memory(path, get("plain"), embedder, user=user)


def said(count: int, seed: int = 1) -> list[dict[str, Any]]:
    chance = random.Random(seed)
    return [
        {"who": chance.choice(["Ann", "Bo"]), "text": " ".join(chance.choices(WORDS, k=5)), "session": f"s{n // 7}"}
        for n in range(count)
    ]


def filled(path: Path, count: int = 60) -> None:
    with opened(path) as memory:
        ids = memory.remember(said(count)).ids
        memory.update(ids[3], "heron in the harbour")
        memory.forget(ids[4])


def answers(memory: Memory) -> list[Any]:
    """What every channel says: words, vectors, neighbours, filters, time."""
    told: list[Any] = []
    for word in WORDS:
        hits = memory.recall(word, 20)
        told.append([(hit.id, round(hit.score, 6)) for hit in hits])
        told.append([hit.id for hit in memory.recall(word, 20, who="Bo", tiers=())])
    view = memory.store.view(memory.scope)
    rows = view.rows()
    texts = {-1: ""} | {int(row): item.text for row, item in zip(rows, view.items(rows), strict=True)}
    window = view.around(rows, 1, 1)
    told.append([[texts.get(int(row), "?") for row in line] for line in window])
    told.append(memory.stats()["kinds"])
    return told


def test_what_is_mapped_answers_as_what_was_read(tmp_path: Path) -> None:
    """Also after more was remembered, revised and forgotten than the cache knows."""
    filled(tmp_path / "a.db")
    with opened(tmp_path / "a.db") as memory:
        before, mapped = answers(memory), memory.store.index.mapped
        more = memory.remember(said(15, seed=2)).ids
        memory.update(more[0], "a bakery by the river")
        memory.forget(more[1])
        after = answers(memory)
    with opened(tmp_path / "a.db") as memory:
        caught_up, rows = answers(memory), memory.store.index.mapped
    (tmp_path / FILE).unlink()
    with opened(tmp_path / "a.db") as memory:
        read = answers(memory)

    assert mapped >= 60
    assert rows >= 60
    assert before != after
    assert after == caught_up == read


def test_two_handles_share_it_and_see_each_others_commits(tmp_path: Path) -> None:
    """What one appends lands in its own pages; the other reads it from the tables."""
    filled(tmp_path / "a.db")
    with opened(tmp_path / "a.db") as one, opened(tmp_path / "a.db") as two:
        one.remember({"text": "a walrus on the ice", "session": "s1"})
        two.remember({"text": "a walrus in the water", "session": "s1"})

        assert answers(one) == answers(two)
        assert 2 == sum("walrus" in hit.text for hit in one.recall("walrus", 5))


@pytest.mark.parametrize("where", ["header", "sections"])
def test_a_damaged_cache_is_ignored_and_rebuilt(tmp_path: Path, where: str) -> None:
    """Any flipped bit of what counts; the answers stay right, and the file is sound again."""
    filled(tmp_path / "a.db")
    with opened(tmp_path / "a.db") as memory:
        right = answers(memory)
    whole = (tmp_path / FILE).read_bytes()
    start = 4096 * -(-(32 + int.from_bytes(whole[8:16], "little")) // 4096)
    chance = random.Random(4)
    wrong = []
    for _ in range(12):
        damaged = bytearray(whole)
        used = [place for place in range(start, len(whole)) if whole[place]]
        place = (
            chance.randrange(32 + int.from_bytes(whole[8:16], "little")) if where == "header" else chance.choice(used)
        )
        damaged[place] ^= 1 << chance.randrange(8)
        (tmp_path / FILE).write_bytes(damaged)
        with opened(tmp_path / "a.db") as memory:
            if answers(memory) != right or doctor(memory.store, deep=True).problems:
                wrong.append(place)
        if cache.load(tmp_path / FILE, cache.space_id(memory.store.secret), EMBEDDER.model, 32) is None:
            wrong.append(-place)

    assert [] == wrong


def test_the_damage_test_can_see_a_wrong_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the defence off (sums not compared) a damaged cache does answer."""
    filled(tmp_path / "a.db")
    whole = bytearray((tmp_path / FILE).read_bytes())
    start = 4096 * -(-(32 + int.from_bytes(whole[8:16], "little")) // 4096)
    for place in range(start, len(whole)):
        whole[place] ^= 1 if whole[place] else 0
    (tmp_path / FILE).write_bytes(whole)
    monkeypatch.setattr(cache, "word_sums", lambda array: None)
    monkeypatch.setattr(cache, "_header", _unsummed(cache._header))

    found = cache.load(tmp_path / FILE, *_stand(tmp_path / "a.db"))

    assert found is not None


def _unsummed(real: Any) -> Any:
    def header(whole: Any) -> Any:
        told = real(whole)
        for section in told["sections"].values():
            section[4] = None
        return told

    return header


def _stand(path: Path) -> tuple[str, str, int]:
    with opened(path) as memory:
        return cache.space_id(memory.store.secret), EMBEDDER.model, 32


@pytest.mark.parametrize("how", ["cut", "empty", "text", "folder", "another space", "older history"])
def test_a_foreign_or_stale_cache_is_ignored(tmp_path: Path, how: str) -> None:
    """The space is opened from its tables then."""
    filled(tmp_path / "a.db")
    file = tmp_path / FILE
    if how == "cut":
        file.write_bytes(file.read_bytes()[:5_000])
    elif how == "empty":
        file.write_bytes(b"")
    elif how == "text":
        file.write_text("not an index")
    elif how == "folder":
        file.unlink()
        file.mkdir()
    elif how == "another space":
        filled(tmp_path / "b.db")
        shutil.copy(tmp_path / "b.db-index", file)
    else:
        shutil.copy(tmp_path / "a.db", tmp_path / "kept.db")
        with opened(tmp_path / "a.db") as memory:
            memory.remember(said(40, seed=8))
        shutil.copy(tmp_path / "kept.db", tmp_path / "a.db")
        with opened(tmp_path / "a.db") as memory:
            memory.remember(said(30, seed=9))
    with opened(tmp_path / "a.db") as memory:
        found = answers(memory)
    (tmp_path / "x.db").write_bytes((tmp_path / "a.db").read_bytes())
    with opened(tmp_path / "x.db") as memory:
        assert answers(memory) == found


def test_another_embedders_cache_is_not_mapped(tmp_path: Path) -> None:
    """After `reembed` the index is read anew."""
    filled(tmp_path / "a.db")
    assert cache.load(tmp_path / FILE, *_stand(tmp_path / "a.db")) is not None
    assert cache.load(tmp_path / FILE, _stand(tmp_path / "a.db")[0], "another", 32) is None


def test_an_erase_leaves_nothing_in_the_cache(tmp_path: Path) -> None:
    """Not the term, not the name, not the session, not the vector; in no file of the space, even while open."""
    filled(tmp_path / "a.db")
    with opened(tmp_path / "a.db") as memory:
        secret = {"who": "Zebulonqq", "text": "my password is xylomancyqueue", "session": "wombatsession"}
        (id,) = memory.remember(secret).ids
        memory.remember(said(30, seed=5))
        view = memory.store.view(memory.scope)
        vector = memory.store.index.vector.now[view.rows_of([id])[0]].tobytes()
    words = [b"zebulonqq", b"xylomancyqueu", b"wombatsession", vector.lower()]
    there = (tmp_path / FILE).read_bytes().lower()
    with opened(tmp_path / "a.db") as memory, opened(tmp_path / "a.db") as other:
        other.recall("password")
        memory.erase(id)
        during = [(f.name, w) for f in tmp_path.iterdir() for w in words if w in f.read_bytes().lower()]
        other.recall("password")
    after = [(f.name, w) for f in tmp_path.iterdir() for w in words if w in f.read_bytes().lower()]

    assert [True] * 4 == [word in there for word in words]
    assert [] == during == after
    assert (tmp_path / FILE).exists()
    with opened(tmp_path / "a.db") as memory:
        assert memory.store.index.mapped
        assert [] == [hit.text for hit in memory.recall("xylomancyqueue") if "xylo" in hit.text]
        assert () == doctor(memory.store, deep=True).problems


def test_a_handle_that_slept_through_an_erase_does_not_write_it_back(tmp_path: Path) -> None:
    """It catches up before it writes the cache."""
    filled(tmp_path / "a.db")
    late = opened(tmp_path / "a.db")
    with opened(tmp_path / "a.db") as memory:
        (id,) = memory.remember({"text": "xylomancyqueue", "who": "Zebulonqq"}).ids
        late.remember(said(40, seed=6))
        memory.erase(id)
    late.close()

    assert b"xylomancy" not in (tmp_path / FILE).read_bytes()
    assert b"Zebulonqq" not in (tmp_path / FILE).read_bytes()


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk costs the next opening some time, and nothing else."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cache, "save", full)
    filled(tmp_path / "a.db")
    with opened(tmp_path / "a.db") as memory:
        assert 59 == len(memory.list(limit=0))
    assert not (tmp_path / FILE).exists()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_child_opens_its_own_after_a_fork(tmp_path: Path) -> None:
    """The parent's mapping is left alone."""
    filled(tmp_path / "a.db")
    with opened(tmp_path / "a.db") as memory:
        before = answers(memory)
        child = os.fork()
        if child == 0:
            code = 1
            try:
                with opened(tmp_path / "a.db") as own:
                    own.remember(said(30, seed=7))
                    code = 0 if own.store.index.mapped else 2
            finally:
                os._exit(code)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

        assert 0 == status
        assert before != answers(memory)


def test_an_index_that_is_saved_and_mapped_is_the_same(tmp_path: Path) -> None:
    """Column by column, and every posting."""
    filled(tmp_path / "a.db")
    with opened(tmp_path / "a.db") as memory:
        mapped: Index = memory.store.index
        (tmp_path / FILE).unlink()
        with opened(tmp_path / "a.db") as again:
            again.store.cache.path = None
            again.store.reload()
            read: Index = again.store.index

        assert 0 == read.mapped
        assert read.terms == mapped.terms
        for name, column in read.columns().items():
            assert np.array_equal(column.now, mapped.columns()[name].now), name
        for code in range(read.next_term):
            assert [a.tolist() for a in read.postings.of(code)] == [a.tolist() for a in mapped.postings.of(code)]


def test_only_the_owner_may_read_the_index_on_disk(tmp_path: Path) -> None:
    """It holds words of the texts, and is no program."""
    filled(tmp_path / "a.db")

    assert 0o600 == (tmp_path / FILE).stat().st_mode & 0o777
