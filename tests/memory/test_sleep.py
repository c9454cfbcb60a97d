"""Sleeping does the work that waits, gives up what keeps failing and never takes much away unasked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from remanence import Memory
from remanence.compose.listing import listing
from remanence.errors import InvalidInput, ModelError
from remanence.evolve import decay
from remanence.form import extract
from remanence.memory.sleep import SLEEP_BATCH
from remanence.recall import find
from remanence.stage import Ctx, Recipe, WriteStage, at_sleep, every, writes
from remanence.testing import HandClock, HashingEmbedder, LeavingEmbedder
from remanence.types import Change, Item, Retire, Update


@pytest.fixture
def clock() -> HandClock:
    return HandClock(datetime(2024, 1, 1, 12, tzinfo=UTC))


@pytest.fixture
def space(clock: HandClock) -> Iterator[Callable[..., Memory]]:
    """A memory whose recipe has these stages, which forms facts when nothing else is said."""
    opened: list[Memory] = []

    def make(**stages: WriteStage) -> Memory:
        recipe = Recipe(recall=find.vectors(), compose=listing(), **stages)
        opened.append(Memory(":memory:", recipe, HashingEmbedder(64), clock=clock))
        return opened[-1]

    yield make
    for memory in opened:
        memory.close()


@writes
def taking(change: Change, ctx: Ctx, *, count: int, how: str) -> Change:
    """A stage that takes away so many items of what it is given."""
    chosen = change.given[:count]
    if how == "retire":
        return change.plus(retires=[Retire(item.id, "gone") for item in chosen])
    fields: dict[str, Any] = {"tier": "archived"} if how == "archive" else {"until": datetime(2023, 1, 1, tzinfo=UTC)}
    return change.plus(updates=[Update(item.id, fields, "gone") for item in chosen])


def test_work_that_fails_three_times_is_given_up_and_named(space: Callable[..., Memory]) -> None:
    """Twice it is tried again at the next sleep; after the third it is `failed`, and not tried any more."""
    asked: list[int] = []

    @writes
    def breaking(change: Change, ctx: Ctx) -> Change:
        """A stage that has no model."""
        asked.append(len(change.given))
        raise ModelError("no model")

    memory = space(evolve=at_sleep(breaking()))
    memory.remember(["one", "two"])

    told = [memory.sleep() for _ in range(5)]

    assert [2, 2, 2] == [count for count in asked if count]
    assert ["tried again", "tried again", "given up"] == [
        one.degraded[0].rsplit("(", 1)[1].removeprefix("will be ").rstrip(")") for one in told[:3]
    ]
    assert [2, 2, 0, 0, 0] == [one.waiting for one in told]
    assert [0, 0, 1, 1, 1] == [len(one.failed) for one in told]
    assert "no model" in told[2].failed[0]
    assert 2 == len(memory.list())


@pytest.mark.parametrize("how", ["archive", "retire", "end"])
@pytest.mark.parametrize(("count", "alarmed"), [(20, False), (21, True)])
def test_a_stage_that_would_hide_more_than_a_fifth_is_stopped(
    space: Callable[..., Memory], how: str, count: int, alarmed: bool
) -> None:
    """20 of 60 may go, for below 21 nothing is said; 21 may not, unless it is forced."""
    memory = space(evolve=at_sleep(taking(count=count, how=how)))
    memory.remember([f"turn {i}" for i in range(60)])

    told = memory.sleep()

    assert (alarmed, 60 if alarmed else 60 - count) == (told.shrink_alarm, len(memory.list(limit=0)))
    assert ([f"{one.state}" for one in memory.store.jobs()] == ["failed"]) == alarmed


def test_a_fifth_of_a_large_space_may_go(space: Callable[..., Memory]) -> None:
    """30 of 150 are a fifth; 31 are more."""
    for count, alarmed in ((30, False), (31, True)):
        memory = space(evolve=at_sleep(taking(count=count, how="archive")))
        memory.remember([f"turn {i}" for i in range(150)])

        assert alarmed == memory.sleep().shrink_alarm


def test_what_is_forced_goes(space: Callable[..., Memory]) -> None:
    """The alarm is off when somebody says that it is meant."""
    memory = space(evolve=at_sleep(taking(count=50, how="archive")))
    memory.remember([f"turn {i}" for i in range(60)])

    told = memory.sleep(force=True)

    assert (False, 50, 10) == (told.shrink_alarm, told.demoted, len(memory.list(limit=0)))


@pytest.mark.parametrize("verb", ["forget", "erase"])
def test_a_person_who_would_take_away_much_is_asked_to_say_it_twice(space: Callable[..., Memory], verb: str) -> None:
    """21 of 60 are refused with the cure and nothing is touched; 20 go, and 21 with `force`."""
    memory = space()
    memory.remember([f"turn {i}" for i in range(60)])
    ids = [item.id for item in memory.list(limit=0)]
    act = getattr(memory, verb)

    with pytest.raises(InvalidInput, match=f"{verb} 21 of 60 items; say force=True"):
        act(ids[:21])
    assert 60 == len(memory.list(limit=0))

    act(ids[:20])
    assert 40 == len(memory.list(limit=0))
    act(ids[20:41], force=True)
    assert 19 == len(memory.list(limit=0))


def test_more_than_a_batch_is_done_in_batches_and_every_item_once(space: Callable[..., Memory]) -> None:
    """Each batch commits with its progress; the counts of the report are of all of them."""
    memory = space(form=at_sleep(extract.facts()))
    count = 2 * SLEEP_BATCH + 10
    memory.remember([{"who": f"Ann{i}", "text": "I live in Rome."} for i in range(count)])
    seen: list[tuple[int, int | None]] = []

    told = memory.sleep(on_progress=lambda done, total: seen.append((done, total)))

    facts = memory.list(kinds="fact", limit=0)
    assert [count] * 3 == [told.looked_at, told.put, len({item.data["subject"] for item in facts})]
    assert [(SLEEP_BATCH, count), (2 * SLEEP_BATCH, count), (count, count)] == seen
    assert (3, 0, count, 2 * count) == (len(told.commits), told.waiting, told.before, told.after)
    assert 0 == memory.sleep().looked_at


def test_as_much_is_done_as_is_allowed_and_the_rest_waits(space: Callable[..., Memory]) -> None:
    """`most` items at a time, by whole batches; the next sleep goes on where this one stopped."""
    memory = space(form=at_sleep(extract.facts()))
    memory.remember([{"who": f"Ann{i}", "text": "I live in Rome."} for i in range(SLEEP_BATCH + 5)])

    first, second = memory.sleep(most=1), memory.sleep(most=1)

    assert (SLEEP_BATCH, 5) == (first.looked_at, first.waiting)
    assert (5, 0) == (second.looked_at, second.waiting)


def test_a_periodic_stage_runs_when_its_period_is_full(space: Callable[..., Memory]) -> None:
    """Two of three do nothing; the third brings work over all three."""
    memory = space(form=every(3, extract.facts()))

    counts = []
    for name in ("Ann", "Bob", "Cid", "Dan"):
        memory.remember({"who": name, "text": "I live in Rome."})
        counts.append(len(memory.list(kinds="fact")))

    assert [0, 0, 3, 3] == counts


def test_a_memory_at_rest_still_fades(space: Callable[..., Memory], clock: HandClock) -> None:
    """Sleep lets things lapse although nothing new came in."""
    memory = space(evolve=at_sleep(decay.stochastic_forgetting()))
    memory.remember([f"turn {i}" for i in range(8)])
    memory.sleep()

    clock.tick(days=1_000)
    memory.sleep()

    assert [] == memory.list(tiers="hot")
    assert 8 == len(memory.list(tiers="cold"))


def test_nothing_is_formed_of_what_is_hidden_before_the_sleep(space: Callable[..., Memory]) -> None:
    """A forgotten turn gives no fact."""
    memory = space(form=at_sleep(extract.facts()))
    memory.remember([{"who": "Ann", "text": "I live in Rome."}, {"who": "Bob", "text": "I live in Oslo."}])
    memory.forget([memory.list()[0].id])

    memory.sleep()

    assert ["Bob lives in Oslo"] == [item.text for item in memory.list(kinds="fact")]


def test_vectors_that_an_embedder_owes_are_made_at_the_next_sleep() -> None:
    """They wait as work of the memory, which its numbers say; the sleep looks at them and is done."""
    embedder = LeavingEmbedder(64)
    with Memory(":memory:", "plain", embedder, seed=1) as memory:
        embedder.away = True
        memory.remember(["the heron stood by the lake", "a fox ran into the wood"])
        still = memory.sleep()
        embedder.away = False
        done = memory.sleep()

        assert (2, 0) == (still.waiting, done.waiting)
        assert any("the embedder is away" in line for line in still.degraded)
        assert (2, ()) == (done.looked_at, done.degraded)
        assert not len(memory.store.lacking_vectors())


def test_items_without_a_stage_for_sleep_leave_no_work(space: Callable[..., Memory]) -> None:
    """A recipe that does nothing at sleep has nothing waiting."""
    memory = space()
    memory.change(adding(), [])
    memory.remember("one")

    assert (0, 0) == (memory.sleep().waiting, memory.sleep().looked_at)


@writes
def adding(change: Change, ctx: Ctx) -> Change:
    """A stage that puts a note."""
    return change.plus(puts=[Item("note", "a note", id=ctx.new_id())])
