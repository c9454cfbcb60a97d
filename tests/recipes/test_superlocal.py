"""SuperLocalMemory: spacing strengthens, fading costs bits, distrust fades faster, and nonsense finds nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from remanence import recipes
from remanence.evolve import precision, strengthen
from remanence.recall import coarse
from remanence.recall.coarse import quantised
from remanence.stage import on_recall
from remanence.types import Item

BOAT = "The boat Petar needs a new sail."


def strength_after(composed, clock, evolve, **gap):
    memory = composed(replace(recipes.get("superlocal"), evolve=evolve))
    memory.remember(BOAT)
    clock.tick(**gap)
    memory.recall("boat Petar sail")
    return memory.list(kinds="turn")[0].strength


def test_a_recall_after_seven_days_strengthens_more_than_one_after_an_hour(composed, clock):
    """S + ln(1 + days); without spacing, the twin, both are the same."""
    spaced, flat = recipes.get("superlocal").evolve, on_recall(strengthen.on_use(by=1.0))

    hour, week = strength_after(composed, clock, spaced, hours=1), strength_after(composed, clock, spaced, days=7)
    equal = {strength_after(composed, clock, flat, hours=1), strength_after(composed, clock, flat, days=7)}

    assert week > hour + 1
    assert 1 == len(equal)


@pytest.mark.parametrize(("weeks", "bits"), [(0.1, 32), (0.5, 8), (1.0, 4), (2.5, 2)])
def test_what_is_retained_less_is_kept_in_fewer_bits(composed, clock, weeks, bits):
    """R above .8 is 32 bits, above .5 eight, above .2 four, above .05 two."""
    memory = composed("superlocal")
    memory.remember(BOAT)
    memory.sleep()
    clock.tick(days=7 * weeks)
    memory.change(precision.by_retention())

    assert bits == memory.list(kinds="turn", tiers=("hot", "cold"))[0].data.get("bits", 32)


def test_a_recall_gives_the_bits_back(composed, clock):
    """Four bits before, thirty-two after."""
    memory = composed("superlocal")
    memory.remember(BOAT)
    clock.tick(days=7)
    memory.change(precision.by_retention())
    assert 4 == memory.list(kinds="turn")[0].data["bits"]

    memory.recall("boat Petar sail")

    assert 32 == memory.list(kinds="turn")[0].data["bits"]


def test_what_is_not_trusted_fades_three_times_as_fast(clock):
    """R(trust 0) = R(trust 1) cubed, with kappa 2; with kappa 0, the twin, they are equal."""
    clock.tick(days=3)
    items = [Item("fact", "x", trust=trust, seen=clock.now) for trust in (1.0, 0.0)]
    clock.tick(days=4)

    sure, doubted = precision.trusted_retention(items, clock.now, unit="week", kappa=2.0)
    equal = precision.trusted_retention(items, clock.now, unit="week", kappa=0.0)

    assert doubted == pytest.approx(sure**3)
    assert equal[0] == pytest.approx(equal[1])


@pytest.mark.parametrize("cue", ["zxqv blorp wug", "Kwyjibo frumious snark?"])
def test_nonsense_finds_nothing(composed, cue):
    """No top ten of the least unlike; without the floor, the twin, something comes."""
    whole = recipes.get("superlocal")
    twin = replace(whole, recall=whole.recall.parts[0])
    for recipe, empty in ((whole, True), (twin, False)):
        memory = composed(recipe)
        memory.remember([BOAT, "The rent is due on Monday.", "Ann plays chess with Bob."])
        memory.sleep()

        assert empty == (not memory.recall(cue))


def test_of_two_equal_copies_the_one_with_more_bits_comes_first(composed):
    """Same text, thirty-two against four bits; without `by_bits`, the twin, the coarse one, being older, is."""
    fused, floor, _ = recipes.get("superlocal").recall.parts
    for recall, first_is_fine in ((fused >> floor >> coarse.by_bits(), True), (fused >> floor, False)):
        memory = composed(replace(recipes.get("superlocal"), recall=recall))
        memory.remember([{"text": BOAT, "data": {"bits": 4}}, BOAT + " "])
        old, new = memory.list(kinds="turn", limit=0)

        order = [hit.id for hit in memory.recall("boat Petar sail") if hit.item.kind == "turn"]

        assert (new.id if first_is_fine else old.id) == order[0]


def test_fewer_bits_lose_more_of_a_vector():
    """Eight bits keep the direction, two bits hardly."""
    rng = np.random.default_rng(1)
    rows = rng.standard_normal((50, 64)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)

    kept = {bits: float(np.einsum("nd,nd->n", rows, quantised(rows, bits)).mean()) for bits in (32, 8, 4, 2)}

    assert 1.0 == pytest.approx(kept[32])
    assert kept[32] >= kept[8] > kept[4] > kept[2] > 0.5
