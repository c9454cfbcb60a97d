"""Ties that grow by being recalled together."""

from __future__ import annotations

import pytest

from remanence.evolve import co_retrieval
from remanence.recall import expand, find
from remanence.stage import at_sleep, on_recall
from remanence.types import Change


def grown(memory, ids, times, stage):
    for _ in range(times):
        memory.change(stage, ids)


def ties(memory):
    ids = [item.id for item in memory.list()]
    return {
        frozenset((x.src, x.dst)): x.weight for x in memory.store.view(memory.scope).links(ids, rels=("recalled_with",))
    }


def test_the_weight_follows_the_law(composed):
    """w <- (1 - decay) w + gain r1 r2 with r = 1 / log2(1 + rank), twice by hand."""
    memory = composed()
    memory.remember(["alpha", "beta"])
    ids = [item.id for item in memory.list()]
    stage = co_retrieval.grow(gain=0.2, decay=0.1)
    step = 0.2 * 1.0 * 0.6309297535714575

    grown(memory, ids, 1, stage)
    assert pytest.approx([step]) == list(ties(memory).values())
    grown(memory, ids, 1, stage)
    assert pytest.approx([0.9 * step + step]) == list(ties(memory).values())


def test_items_recalled_together_reach_each_other_and_strangers_do_not(composed):
    """After three co-recalls a cue for one brings the other, by a path of activation."""
    recall = find.words() >> expand.spread(rels=("recalled_with",))
    memory = composed(recall=recall)
    memory.remember(["the violin teacher", "a hotel in Vienna", "quarterly tax report"])
    violin, hotel, _ = (item.id for item in memory.list())
    assert 1 == len(memory.recall("violin"))

    grown(memory, [violin, hotel], 3, co_retrieval.grow())
    found = memory.recall("violin")

    assert ["the violin teacher", "a hotel in Vienna"] == [hit.text for hit in found]
    assert ["spread"] == found[1].why["path"]


def test_ties_that_are_not_used_vanish(composed):
    """Sleep after sleep a tie loses a share, and below the floor it is cut."""
    memory = composed(evolve=at_sleep(co_retrieval.fade(decay=0.5, floor=0.05)))
    memory.remember(["alpha", "beta"])
    grown(memory, [item.id for item in memory.list()], 1, co_retrieval.grow(gain=0.2))
    assert 1 == len(ties(memory))

    for _ in range(2):
        memory.sleep()

    assert {} == ties(memory)


def test_one_ties_rise_is_its_rivals_fall(composed):
    """Recalling alpha with beta loosens alpha's tie to gamma."""
    memory = composed()
    memory.remember(["alpha", "beta", "gamma"])
    alpha, beta, gamma = (item.id for item in memory.list())
    grown(memory, [alpha, gamma], 2, co_retrieval.grow())
    before = ties(memory)[frozenset((alpha, gamma))]

    grown(memory, [alpha, beta], 1, co_retrieval.grow(decay=0.1))

    assert pytest.approx(0.9 * before) == ties(memory)[frozenset((alpha, gamma))]


def test_a_recall_of_one_item_ties_nothing(composed):
    """There is no pair."""
    memory = composed(recall=find.words(), evolve=on_recall(co_retrieval.grow()))
    memory.remember("alpha")
    memory.recall("alpha")

    assert {} == ties(memory)
    assert memory.recipe.evolve(Change(given=tuple(memory.list())), memory._ctx()).empty
