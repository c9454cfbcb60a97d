"""Locas: nothing when new, recalled after few steps, gone when detached, dense when merged, forgotten by slot."""

from __future__ import annotations

import pytest
import torch

from remanence.attach.locas import SideFFN
from remanence.attach.model import Llama, read
from remanence.attach.side import Example, share, teach
from remanence.attach.tiny import Language
from remanence.errors import InvalidInput


def _new(language: Language, many: int, low: int = 100) -> list[Example]:
    chance = torch.Generator().manual_seed(5)
    values = torch.randint(language.values, (many,), generator=chance).tolist()
    return [Example(tuple(language.asked(0, low + n)), (language.value(v),), f"f{n}") for n, v in enumerate(values)]


def test_attaching_changes_no_logit_and_detaching_is_bit_identical(random_llama: Llama) -> None:
    """Values start at zero."""
    ids = [1, 2, 3]
    before = read(random_llama, ids).logits
    side = SideFFN(random_llama, (0, 1), 8)

    with side:
        fresh = read(random_llama, ids).logits
        for value in side.values:
            value.data.normal_()
        moved = read(random_llama, ids).logits

    assert torch.equal(before, fresh)
    assert not torch.equal(before, moved)
    assert torch.equal(before, read(random_llama, ids).logits)


def test_merging_into_the_dense_model_says_the_same(random_llama: Llama) -> None:
    """Within 1e-4, with no hook left; only when every layer has slots."""
    side = SideFFN(random_llama, (0, 1), 8)
    for value in side.values:
        value.data.normal_(generator=torch.Generator().manual_seed(1))

    merged = side.merged()
    with side:
        beside = read(random_llama, [4, 5, 6]).logits

    assert torch.allclose(beside, read(merged, [4, 5, 6]).logits, atol=1e-4)
    assert 56 == merged.shape.hidden
    assert not merged.hooks
    with pytest.raises(InvalidInput, match="every layer"):
        SideFFN(random_llama, (0,), 8).merged()


def test_forty_new_facts_are_recalled_after_at_most_fifty_steps(trained: Llama, language: Language) -> None:
    """Started from the neurons that the facts wake, clipped; nothing was known before, nothing is after detach."""
    facts = _new(language, 40)
    side = SideFFN(trained, (0, 1, 2), 16)
    side.start([(*f.prompt, *f.target) for f in facts])

    before = share(trained, facts)
    with side:
        steps = teach(trained, side.parameters(), facts, steps=50, lr=0.02, after=lambda: side.clip(20.0))
        recalled = share(trained, facts)

    assert before <= 0.1
    assert recalled >= 0.95
    assert len(steps) <= 50
    assert share(trained, facts) == before
    assert max(float(v.detach().norm(dim=-1).max()) for v in side.values) <= 20.001
    assert side.size < 0.05 * sum(w.numel() for w in trained.parameters())


def test_forgetting_zeroes_the_slots_of_an_item_alone(random_llama: Llama) -> None:
    """By the ledger; shared slots stay."""
    side = SideFFN(random_llama, (0,), 4)
    side.values[0].data.normal_()
    side.ledger.note("a", [0, 1])
    side.ledger.note("b", [1, 2])
    kept = side.values[0][1:].clone()

    gone = side.forget("a")

    assert [0] == gone
    assert 0.0 == float(side.values[0][0].abs().sum().detach())
    assert torch.equal(kept, side.values[0][1:])


@pytest.mark.parametrize("seed", range(3))
def test_it_starts_from_the_neurons_that_a_text_wakes_most(random_llama: Llama, seed: int) -> None:
    """Gate and key rows are those of the largest |silu(W_g z) * W_u z| summed over the text, by hand."""
    text = torch.randint(50, (6,), generator=torch.Generator().manual_seed(seed)).tolist()
    side = SideFFN(random_llama, (0, 1), 8, seed=seed)

    side.start([text])

    seen = random_llama.forward(torch.tensor([text]), watch=[(0, "ffn_in"), (1, "ffn_in")]).seen
    for number, block in enumerate(random_llama.blocks):
        z = seen[number, "ffn_in"][0]
        woken = (torch.nn.functional.silu(z @ block.gate.T) * (z @ block.up.T)).abs().sum(0).tolist()
        best = sorted(range(48), key=lambda n: -woken[n])[:8]
        assert torch.equal(block.gate[best], side.gates[number].detach())
        assert torch.equal(block.up[best], side.keys[number].detach())


def test_a_clip_shortens_long_values_and_leaves_short_ones_as_they_are(random_llama: Llama) -> None:
    """(3, 4) becomes (.6, .8); (.3, .4) stays."""
    side = SideFFN(random_llama, (0,), 2)
    side.values[0].data[:, :2] = torch.tensor([[3.0, 4.0], [0.3, 0.4]])

    side.clip(1.0)

    kept = side.values[0].detach()[:, :2]
    assert torch.allclose(torch.tensor([0.6, 0.8]), kept[0])
    assert torch.equal(torch.tensor([0.3, 0.4]), kept[1])
