"""Product keys: factored search is exact, a write touches few slots and leaves all others bit for bit."""

from __future__ import annotations

import math

import pytest
import torch

from remanence.attach.model import Llama, read
from remanence.attach.product_keys import ProductKeys, factored_top
from remanence.attach.side import Example, right
from remanence.errors import InvalidInput


def test_factored_search_equals_brute_force_two_hundred_times() -> None:
    """Of 64 x 64 slots the same eight, by value; with fewer candidates than k it would not be."""
    chance = torch.Generator().manual_seed(0)
    same = 0
    for _ in range(200):
        rows, columns = torch.randn(64, generator=chance), torch.randn(64, generator=chance)
        value, slot = factored_top(rows, columns, 8)
        brute = (rows[:, None] + columns).flatten().topk(8)
        same += int(torch.equal(brute.values, value) and torch.equal(brute.indices, slot))

    assert 200 == same
    with pytest.raises(InvalidInput):
        factored_top(torch.zeros(4), torch.zeros(4), 5)


@pytest.mark.parametrize("layer", [0, 1])
def test_a_write_touches_at_most_heads_times_k_slots(random_llama: Llama, layer: int) -> None:
    """All other slots stay bit-identical, in the first layer also those that earlier words read; zeroing the touched
    ones takes the fact away."""
    memory = ProductKeys(random_llama, layer, n=16, heads=2, k=4)
    one, two = Example((1, 2, 3), (9,), "a"), Example((4, 5, 6), (8,), "b")
    before = memory.values.detach().clone()

    touched = memory.write([one, two], steps=80, lr=0.3)
    changed = (memory.values != before).any(1).nonzero().flatten().tolist()
    with memory:
        known = right(random_llama, [one, two])
        memory.forget("a")
        after = right(random_llama, [one, two])

    assert [True, True] == known
    assert all(len(slots) <= 8 for slots in touched.values())
    assert set(changed) <= set(touched["a"]) | set(touched["b"])
    assert [False, True] == after


def test_new_it_changes_nothing_and_it_counts_what_is_read(random_llama: Llama) -> None:
    """Usage by slot is the natural signal of forgetting."""
    memory = ProductKeys(random_llama, 0, n=8, heads=2, k=2)
    before = read(random_llama, [1, 2, 3]).logits

    with memory:
        fresh = read(random_llama, [1, 2, 3]).logits

    assert torch.equal(before, fresh)
    assert 3 * 2 * 2 == int(memory.used.sum())


@pytest.mark.parametrize("seed", range(3))
def test_what_the_slots_say_by_hand(random_llama: Llama, seed: int) -> None:
    """Each head's k slots by their scores' softmax, over all pairs of half keys."""
    memory, x = ProductKeys(random_llama, 1, n=4, heads=2, k=3, seed=seed), torch.randn(1, 1, 32)
    memory.values.data.normal_(generator=torch.Generator().manual_seed(seed))
    query, keys = memory.get_buffer("query"), memory.get_buffer("keys")
    wanted = torch.zeros(32)
    for head in range(2):
        rows, columns = (keys[head, half] @ (query[head, half] @ x[0, 0]) for half in (0, 1))
        best = sorted(((float(rows[i] + columns[j]), 4 * i + j) for i in range(4) for j in range(4)), reverse=True)[:3]
        whole = sum(math.exp(score) for score, _ in best)
        wanted += sum(math.exp(score) / whole * memory.values.detach()[slot] for score, slot in best)

    assert torch.allclose(wanted, memory.recall(x).detach()[0, 0], atol=1e-4)
