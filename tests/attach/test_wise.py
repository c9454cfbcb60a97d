"""WISE: edited prompts say the target, rejected ones are bit for bit the model's, merged shards keep more."""

from __future__ import annotations

import torch

from remanence.attach.model import Llama
from remanence.attach.side import Example, distributions, share
from remanence.attach.tiny import Language
from remanence.attach.wise import Wise, margin, ties


def _edits(language: Language, many: int, low: int) -> list[Example]:
    chance = torch.Generator().manual_seed(low)
    values = torch.randint(language.values, (many,), generator=chance).tolist()
    return [
        Example(tuple(language.asked(0, low + n)), (language.value(v),), f"e{low + n}") for n, v in enumerate(values)
    ]


def test_merging_elects_signs_by_mass() -> None:
    """[3, -1] and [1, -2] and [-1, 0]: 3 and 1 agree on plus, -1 and -2 on minus."""
    merged = ties([torch.tensor([3.0, -1.0]), torch.tensor([1.0, -2.0]), torch.tensor([-1.0, 0.0])], keep=1.0)

    assert [2.0, -1.5] == merged.tolist()


def test_edited_prompts_say_the_target_and_others_are_bit_identical(trained: Llama, language: Language) -> None:
    """The router tells them apart with a positive margin; without it the output elsewhere moves."""
    edits, outside = _edits(language, 6, 100), [language.asked(0, e) for e in range(30)]
    before = distributions(trained, outside)
    memory = Wise(trained, 2)

    memory.edit(edits, outside, steps=150)
    apart = margin(memory, trained, [e.prompt for e in edits], outside)
    with memory:
        told, elsewhere = share(trained, edits), distributions(trained, outside)
        memory._open = True
        unrouted = distributions(trained, outside)
    memory._open = False

    assert 1.0 == told
    assert apart > 0
    assert torch.equal(before, elsewhere)
    assert not torch.equal(before, unrouted.detach())
    assert not trained.hooks


def test_shards_merged_through_masks_keep_more_than_editing_in_sequence(trained: Llama, language: Language) -> None:
    """Two sets of edits: merged shards answer both; one matrix trained on one after the other loses the first."""
    first, second = _edits(language, 6, 100), _edits(language, 6, 150)
    outside = [language.asked(0, e) for e in range(30)]

    apart, sequential = Wise(trained, 2, rho=0.5), Wise(trained, 2, rho=0.5)
    for edits in (first, second):
        apart.fresh()
        apart.edit(edits, outside, steps=120)
        sequential.edit(edits, outside, steps=120, masked=False)
    apart.merge()
    with apart:
        merged = share(trained, [*first, *second])
    with sequential:
        in_turn = share(trained, [*first, *second])

    overlap = ((apart.shards[0] != 0) & (apart.shards[1] != 0)).float().mean()
    assert merged >= in_turn
    assert abs(float(overlap) - 0.25) < 0.05


def test_merging_keeps_the_largest_moves_alone() -> None:
    """Half of [4, 1, 2, 3] are 4 and 3; what did not move is not counted among them."""
    assert [4.0, 0.0, 0.0, 3.0] == ties([torch.tensor([4.0, 1.0, 2.0, 3.0])], keep=0.5).tolist()
    assert [4.0, 0.0, 0.0, 3.0] == ties([torch.tensor([4.0, 1.0, 2.0, 3.0, 0.0, 0.0])], keep=0.5)[:4].tolist()
