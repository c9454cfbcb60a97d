"""Small promises of the store: how long a term is, whose work waits, what a second handle sees."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from remanence.memory import Memory
from remanence.recipes import get
from remanence.store.upkeep import doctor, export, import_, replay
from remanence.store.words import terms
from remanence.testing import HashingEmbedder

EMBEDDER = HashingEmbedder(32)


def opened(path: Path, recipe: str = "plain", **whose: Any) -> Memory:
    return Memory(path, get(recipe), EMBEDDER, user="ann", **whose)


def test_a_term_has_at_most_sixty_four_signs() -> None:
    """What goes on behind them tells no two terms apart."""
    assert terms("q7" * 32 + "x") == terms("q7" * 32 + "y")
    assert terms("q7" * 31 + "xa") != terms("q7" * 31 + "xb")


def test_work_waits_for_the_scope_whose_it_is(tmp_path: Path) -> None:
    """One agent's turns are none of the other's work; the user's whole scope has all of it."""
    with (
        opened(tmp_path / "a.db", "default", agent="one") as one,
        opened(tmp_path / "a.db", "default", agent="two") as two,
    ):
        one.remember(["the heron stood by the lake", "a fox ran into the wood"])
        two.remember("rain fell on the river")

        assert (2, 1) == (one.store.waiting(one.scope), two.store.waiting(two.scope))
    with opened(tmp_path / "a.db", "default") as both:
        assert 3 == both.store.waiting(both.scope)


def test_work_is_given_up_after_its_tries(tmp_path: Path) -> None:
    """The third failure says so, and it waits no more; those before leave it waiting."""
    with opened(tmp_path / "a.db", "default") as memory:
        memory.remember("the heron stood by the lake")
        (job, *_) = memory.store.jobs(state="waiting", scope=memory.scope)

        told = []
        for _ in range(3):
            (now,) = [one for one in memory.store.jobs(state="waiting", scope=memory.scope) if one.job == job.job]
            told.append(memory.store.fail(now, "no luck"))

        assert [False, False, True] == told
        assert job.job not in [one.job for one in memory.store.jobs(state="waiting", scope=memory.scope)]


def test_an_import_goes_on_behind_what_another_handle_has_just_written(tmp_path: Path) -> None:
    """Nothing is taken twice, nothing is written over, and both handles see all of it."""
    with opened(tmp_path / "b.db") as other:
        other.remember("a fox ran into the wood")
        out = io.StringIO()
        export(other.store, out, scope=other.scope)
    with opened(tmp_path / "a.db") as first, opened(tmp_path / "a.db") as second:
        second.count()
        first.remember("the heron stood by the lake")

        told = [import_(second.store, iter(out.getvalue().splitlines()), EMBEDDER, scope=second.scope) for _ in "ab"]

        assert [(1, 0), (0, 1)] == [(one["items"], one["known"]) for one in told]
        assert {"a fox ran into the wood", "the heron stood by the lake"} == {one.text for one in first.list()}
        assert doctor(second.store, deep=True).ok
        replayed = replay(second.store, tmp_path / "c.db", EMBEDDER)
        assert 2 == replayed["rows"]
