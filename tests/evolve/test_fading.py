"""Forgetting that demotes, use that strengthens, and the way back."""

from __future__ import annotations

import math

import pytest

from remanence.evolve import decay, strengthen, tier
from remanence.recall import find
from remanence.stage import at_sleep, on_recall
from remanence.types import Change, Update


def test_lapsing_leaves_the_share_that_the_law_says_however_often_it_runs(composed, clock):
    """After one day of strength 1, 1/e of 1,500 turns is hot, also with ten sleeps a day."""
    memory = composed(evolve=at_sleep(decay.stochastic_forgetting()))
    memory.remember([f"turn number {n}" for n in range(1500)])
    for _ in range(10):
        clock.tick(hours=2.4)
        memory.sleep()

    left = len(memory.list(limit=0)) / 1500

    assert left == pytest.approx(math.exp(-1), abs=0.04)
    assert 1500 == len(memory.list(limit=0, tiers=("hot", "cold")))


def test_what_was_recalled_outlives_its_twin(composed, clock):
    """Of 600 pairs of equal age, those of strength 4 survive far more often."""
    memory = composed(evolve=at_sleep(decay.stochastic_forgetting()))
    memory.remember([f"turn number {n}" for n in range(1200)])
    items = memory.list(limit=0)
    with memory.store.lock:
        ctx = memory._ctx()
        recalled = Change(given=tuple(items[::2]))
        for _ in range(3):
            memory.store.apply(strengthen.on_use()(recalled, ctx), scope=memory.scope)
            recalled = Change(given=tuple(memory.list(limit=0)[::2]))
    clock.tick(days=2)
    memory.sleep()

    hot = {item.id for item in memory.list(limit=0)}
    strong, weak = (sum(item.id in hot for item in some) for some in (items[::2], items[1::2]))

    assert strong / 600 == pytest.approx(math.exp(-2 / 4), abs=0.06)
    assert weak / 600 == pytest.approx(math.exp(-2), abs=0.06)


def test_recall_strengthens_and_restarts_the_clock(composed, clock):
    """S + 1, and the last use is now."""
    memory = composed(recall=find.vectors(), evolve=on_recall(strengthen.on_use()))
    memory.remember("The cat sleeps on the sofa.")
    clock.tick(days=3)
    memory.recall("Where does the cat sleep?")

    item = memory.list()[0]

    assert (2.0, 1, clock.now) == (item.strength, item.uses, item.used)


def test_faded_items_go_cold_then_archived_and_come_back(composed, clock):
    """Demote and archive go by retention; restore undoes both; nothing is deleted."""
    memory = composed(evolve=at_sleep(tier.demote(below=0.5) >> tier.archive(below=0.1)))
    memory.remember("The cat sleeps on the sofa.")
    clock.tick(days=1)
    memory.sleep()
    item = memory.list(tiers=())[0]
    assert "cold" == item.tier

    clock.tick(days=2)
    memory.sleep()
    assert "archived" == memory.get(item.id).tier

    memory.change(tier.restore(), [item.id])
    assert "hot" == memory.get(item.id).tier


def test_what_matters_most_never_fades(composed, clock):
    """Salience from `spare` on keeps an item hot."""
    memory = composed(evolve=at_sleep(tier.demote(below=0.5, spare=0.9) >> decay.stochastic_forgetting()))
    memory.remember(["keep this", "lose this"])
    first = memory.list()[0]
    with memory.store.lock:
        memory.store.apply(Change(updates=(Update(first.id, {"salience": 0.95}),)), scope=memory.scope)
    clock.tick(days=30)
    memory.sleep()

    assert ["keep this"] == [item.text for item in memory.list()]


def test_the_age_of_imported_talk_starts_when_it_was_imported_unless_told(composed, clock):
    """A two-year-old chat is not forgotten on the day of its import, but is with since='at'."""
    for since, kept in (("seen", 1), ("at", 0)):
        memory = composed(evolve=at_sleep(tier.demote(below=0.5, since=since)))
        memory.remember({"text": "an old story", "at": "2022-01-01"})
        memory.sleep()

        assert kept == len(memory.list())
