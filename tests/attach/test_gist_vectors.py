"""Condensing: few positions that answer as the whole does, better than the tokens that they started from."""

from __future__ import annotations

import pytest
import torch

from remanence.attach.blocks import from_ids
from remanence.attach.gist import condense, imagined
from remanence.attach.model import Llama, read
from remanence.attach.tiny import Language, contexts
from remanence.errors import InvalidInput


def test_facts_in_three_positions_are_answered_and_unlearnt_ones_are_not(trained: Llama, language: Language) -> None:
    """Twelve tokens of three facts in three positions; without learning the same positions answer less."""
    started = learnt = total = 0
    for told in contexts(language, 4, facts=3, seed=51, low=100):
        block = from_ids(trained, [t for fact in told for t in language.told(*fact)])
        studies = [language.asked(r, e, other=True) for r, e, _ in told] + [language.asked(r, e) for r, e, _ in told]

        whole, _ = condense(trained, block, 3, studies, steps=0)
        short, losses = condense(trained, block, 3, studies, steps=60, lr=0.05)

        assert 3 == len(short)
        assert losses[-1] < losses[0]
        for relation, entity, value in told:
            asked, want = language.asked(relation, entity), language.value(value)
            started += int(read(trained, asked, whole.kv).logits[0, -1].argmax()) == want
            learnt += int(read(trained, asked, short.kv).logits[0, -1].argmax()) == want
            total += 1

    assert learnt / total >= 0.8
    assert learnt >= started + 0.3 * total


def test_positions_after_it_stay_and_the_whole_block_too(random_llama: Llama) -> None:
    """The next token stands where it stood; imagined texts are seeded and of their length."""
    block = from_ids(random_llama, list(range(12)))
    before = block.kv.keys[0].clone()

    studies = imagined(random_llama, block, 2, 5)
    short, _ = condense(random_llama, block, 4, studies, steps=2)

    assert (12, 4) == (short.kv.end, len(short))
    assert torch.equal(before, block.kv.keys[0])
    assert [5, 5] == [len(text) for text in studies]
    assert studies == imagined(random_llama, block, 2, 5)
    with pytest.raises(InvalidInput):
        condense(random_llama, block, 12, studies)
