"""Nobody waits for a model: changes are made without the writer's lock and made again when the space moved on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from remanence import Memory
from remanence.errors import Locked, ModelError
from remanence.memory import commit
from remanence.memory.commit import Proposal, Replies, committed
from remanence.testing import HandClock, HashingEmbedder, Script
from remanence.types import Change, Floats, Item

TALK = [{"who": "Ada", "text": f"I moved to Rome in year {i}.", "session": "s"} for i in range(4)]


class Meanwhile:
    """A model that is slow: while it thinks somebody else writes; then it has nothing to say."""

    def __init__(self, write: Callable[[], object], times: int = 1) -> None:
        self.write, self.left, self.asked = write, times, 0

    def _think(self) -> None:
        self.asked += 1
        if self.left:
            self.left -= 1
            self.write()
        raise ModelError("nothing to say")

    def complete(self, messages: Sequence[Mapping[str, str]], **knobs: Any) -> str:
        self._think()
        return ""

    def json(self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any]) -> dict[str, Any]:
        self._think()
        return {}


class SlowEmbedder(HashingEmbedder):
    """An embedder during whose work somebody else writes."""

    def __init__(self, write: Callable[[], object]) -> None:
        super().__init__(64)
        self.write: Callable[[], object] | None = write

    def embed(self, texts: Sequence[str]) -> Floats:
        if self.write is not None and texts:
            write, self.write = self.write, None
            write()
        return super().embed(texts)


@pytest.fixture
def other(tmp_path: Path) -> Memory:
    """Another writer of the same file, who does not wait."""
    return Memory(tmp_path / "a.db", "plain", HashingEmbedder(64), user="bo", timeout=0.2)


@pytest.mark.parametrize("recipe", ["memorybank", "mem0", "a_mem", "default"])
def test_another_writer_gets_through_while_a_model_is_asked(recipe: str, tmp_path: Path, other: Memory) -> None:
    """While remembering and while sleeping, in every recipe that asks one; nothing of either is lost."""
    model = Meanwhile(lambda: other.remember("urgent"), times=3)
    with Memory(tmp_path / "a.db", recipe, HashingEmbedder(64), model, clock=HandClock()) as memory:
        memory.remember(TALK)
        told = memory.sleep()

        assert (4, 0) == (memory.count(kinds="turn"), told.waiting)
    assert 3 - model.left == other.count()
    assert model.asked == 0 or other.count()


def test_the_test_of_writers_can_see_one_that_waits(tmp_path: Path, other: Memory) -> None:
    """With the defence off (the lock held throughout) the other writer is refused."""
    model = Meanwhile(lambda: other.remember("urgent"))
    memory = Memory(tmp_path / "a.db", "mem0", HashingEmbedder(64), model, clock=HandClock())

    with pytest.raises(Locked), memory.store.lock:
        memory.remember(TALK)


def test_another_writer_gets_through_while_texts_are_embedded(tmp_path: Path, other: Memory) -> None:
    """An embedder may be far away too."""
    embedder = SlowEmbedder(lambda: other.remember("urgent"))
    with Memory(tmp_path / "a.db", "plain", embedder) as memory:
        memory.remember("tea in Rome")

        assert "tea in Rome" == memory.recall("tea")[0].text
    assert 1 == other.count()


def test_a_change_is_made_again_when_the_space_moved_on(tmp_path: Path, other: Memory) -> None:
    """The change that is committed saw everything that was committed before it."""
    seen: list[int] = []
    with Memory(tmp_path / "a.db", "plain", HashingEmbedder(64), Script([])) as memory:

        def make(ctx: Any) -> Proposal:
            seen.append(ctx.store.commit)
            if len(seen) < 3:
                other.remember(f"meanwhile {len(seen)}")
            return Proposal(Change(puts=(Item("turn", "mine", id=ctx.new_id()),)))

        receipt = committed(memory._handle, make)

    assert receipt is not None
    assert 3 == len(seen)
    assert seen[-1] + 1 == receipt.commit


def test_what_was_asked_once_is_not_asked_again() -> None:
    """Making a change anew costs no further replies; at last nothing new is asked at all."""
    model = Replies(Script(["tea", "rum"]))
    question = [{"role": "user", "content": "What?"}]

    first, again = model.complete(question), model.complete(question)
    model.close()

    assert ("tea", "tea", "tea") == (first, again, model.complete(question))
    with pytest.raises(ModelError):
        model.complete([{"role": "user", "content": "And then?"}])


def test_under_steady_writing_the_change_is_made_at_last(tmp_path: Path, other: Memory) -> None:
    """After its tries it is made under the lock, when nobody can come in between."""
    tries: list[int] = []
    with Memory(tmp_path / "a.db", "plain", HashingEmbedder(64), Script([])) as memory:

        def make(ctx: Any) -> Proposal:
            tries.append(ctx.store.commit)
            if len(tries) <= commit.TRIES:
                other.remember(f"meanwhile {len(tries)}")
            return Proposal(Change(puts=(Item("turn", "mine", id=ctx.new_id()),)))

        assert committed(memory._handle, make) is not None
        assert commit.TRIES + 1 == len(tries)
        assert ["mine"] == [item.text for item in memory.list()]


# --- whose work it is ------------------------------------------------------------------------------


def test_sleeping_does_ones_own_work_and_no_other(tmp_path: Path) -> None:
    """Another user's queue is neither run nor counted nor judged; another recipe's work waits for it."""
    path = tmp_path / "a.db"
    with (
        Memory(path, embedder=HashingEmbedder(64), user="ada") as ada,
        Memory(path, embedder=HashingEmbedder(64), user="bo") as bo,
        Memory(path, "mem0", HashingEmbedder(64), user="bo") as other_recipe,
    ):
        bo.remember({"who": "Bo", "text": "I live in Rome. I work at Acme."})

        idle, elsewhere = ada.sleep(), other_recipe.sleep()
        waiting = bo.stats()["waiting"]
        told = bo.sleep()

        assert (0, 0, 0, 0) == (idle.looked_at, idle.put, idle.waiting, idle.before)
        assert 0 == elsewhere.looked_at
        assert 1 == waiting
        assert "fact" in {item.kind for item in bo.list(limit=0)}
        assert (1, 0) == (told.looked_at, told.waiting)


def test_work_whose_rows_lie_between_those_of_others_counts_its_own(tmp_path: Path) -> None:
    """A range of work is counted and given as its scope sees it."""
    path = tmp_path / "a.db"
    with (
        Memory(path, embedder=HashingEmbedder(64), user="ada") as ada,
        Memory(path, embedder=HashingEmbedder(64), user="bo") as bo,
    ):
        ada.remember("I live in Oslo.")
        bo.remember([f"turn {i} of somebody else" for i in range(30)])
        ada.remember("I have a dog.")
        seen: list[tuple[int, int | None]] = []

        told = ada.sleep(on_progress=lambda done, total: seen.append((done, total)))

        assert 2 == told.looked_at
        assert {(2, 2)} == set(seen)
