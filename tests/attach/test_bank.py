"""LongMem's bank: shut it is not there, full it loses the oldest, open it answers what left the context."""

from __future__ import annotations

import math

import pytest
import torch

from remanence.attach.bank import Bank
from remanence.attach.model import Llama, read
from remanence.attach.tiny import Language, contexts
from remanence.errors import InvalidInput


def test_with_the_gate_shut_it_is_the_model_alone(random_llama: Llama) -> None:
    """And after detach bit for bit; open it is not."""
    ids = [3, 1, 4, 1, 5]
    before = read(random_llama, ids).logits
    bank = Bank(random_llama, 1)
    bank.write([9, 2, 6, 5, 3, 5, 8])
    bank.attach()

    opened = read(random_llama, ids).logits
    with torch.no_grad():
        bank.gate.fill_(float("-inf"))
    shut = read(random_llama, ids).logits
    bank.detach()

    assert not torch.allclose(before, opened, atol=1e-4)
    assert torch.equal(before, shut)
    assert torch.equal(before, read(random_llama, ids).logits)


def test_what_is_kept_is_what_the_frozen_model_computes(random_llama: Llama) -> None:
    """Encoding again gives the same keys: such a memory cannot go stale; writing while attached changes nothing."""
    bank = Bank(random_llama, 1, chunk=4).attach()
    bank.write(list(range(10)), "a")
    bank.write(list(range(10)), "b")
    fresh = random_llama.forward(torch.tensor([list(range(10))])).kv
    bank.detach()

    kept = torch.cat([chunk.keys for chunk in bank.chunks][3:], 1)

    assert torch.allclose(kept, random_llama.forward(torch.tensor([list(range(10))])).kv.keys[1][0], atol=1e-6)
    assert [4, 4, 2, 4, 4, 2] == [chunk.keys.shape[1] for chunk in bank.chunks]
    assert fresh.end == 10


def test_at_capacity_only_the_oldest_chunk_goes(random_llama: Llama) -> None:
    """First in, first out."""
    bank = Bank(random_llama, 0, capacity=12, chunk=4)
    bank.write([1] * 12, "a")

    bank.write([2] * 4, "b")

    assert [1, 2, 3] == [chunk.number for chunk in bank.chunks]
    assert ["a", "a", "b"] == [chunk.source for chunk in bank.chunks]
    with pytest.raises(InvalidInput):
        Bank(random_llama, 0, capacity=2, chunk=4)


def test_recalled_chunks_stand_in_the_order_of_the_text(random_llama: Llama) -> None:
    """Each head takes its own few, never out of order."""
    bank = Bank(random_llama, 0, chunk=2, picks=3).attach()
    bank.write(list(range(30)))

    read(random_llama, [7, 8, 9])
    bank.detach()

    assert 4 == len(bank.read_last)
    assert all(3 == len(head) and sorted(head) == list(head) for head in bank.read_last)
    assert len(set(bank.read_last)) > 1


def test_a_fact_that_left_the_context_is_answered_from_the_bank(trained: Llama, language: Language) -> None:
    """On the layer that copies; with the gate shut it is not known, and forgetting its item takes it away."""
    told = contexts(language, 30, facts=4, seed=21, low=100)

    def recall(gate: float, forget: bool = False) -> float:
        right = 0
        for context in told:
            bank = Bank(trained, 1, picks=4)
            for number, fact in enumerate(context):
                bank.write([5, *language.told(*fact)], str(number))
            with torch.no_grad():
                bank.gate.fill_(gate)
            if forget:
                assert bank.forget("2") > 0
            bank.attach()
            relation, entity, value = context[2]
            said = int(read(trained, language.asked(relation, entity)).logits[0, -1].argmax())
            bank.detach()
            right += said == language.value(value)
        return right / len(told)

    opened, shut, forgotten = recall(2.0), recall(float("-inf")), recall(2.0, forget=True)

    assert opened >= shut + 0.4
    assert forgotten <= 0.1


@pytest.mark.parametrize("seed", range(3))
def test_what_the_bank_says_by_hand(random_llama: Llama, seed: int) -> None:
    """Each head: its two chunks of the largest q . mean key, one softmax over their tokens alone, joined to the local
    reading by its own gate."""
    chance = torch.Generator().manual_seed(seed)
    text, ids = (torch.randint(50, (n,), generator=chance).tolist() for n in (20, 5))
    bank = Bank(random_llama, 1, chunk=3, picks=2)
    bank.gate.data.copy_(torch.randn(4, generator=chance))
    bank.write(text)
    place, asked = (1, "heads"), []
    with random_llama.attach(place, lambda x, seen: asked.append(seen.q) or x):
        local = random_llama.forward(torch.tensor([ids]), watch=[place]).seen[place][0]

    bank.attach()
    with torch.no_grad():
        joined = random_llama.forward(torch.tensor([ids]), watch=[place]).seen[place][0]
    bank.detach()

    for head in range(4):
        gate = 1 / (1 + math.exp(-float(bank.gate.detach()[head])))
        for t in range(5):
            q, kept = asked[0][0, head, t], [(c.keys[head // 2], c.values[head // 2]) for c in bank.chunks]
            best = sorted(kept, key=lambda chunk: -float(q @ chunk[0].mean(0)))[:2]
            keys, values = (torch.cat([chunk[n] for chunk in best]) for n in (0, 1))
            said = (keys @ q / q.shape[0] ** 0.5).softmax(0) @ values
            assert torch.allclose((1 - gate) * local[t, head] + gate * said, joined[t, head], atol=1e-4)
