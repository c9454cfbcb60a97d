"""The primitive of weight memories: a ledger of who wrote what, padding that changes nothing, hooks that come off."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from remanence.attach.model import Hook, Llama, Place, Seen, read
from remanence.attach.side import Example, Ledger, Replay, Side, distributions, loss_of, padded, right, teach
from remanence.errors import InvalidInput


class Push(Side):
    """Adds one vector to the stream of one layer."""

    def __init__(self, model: Llama) -> None:
        super().__init__(model)
        self.vector = nn.Parameter(torch.zeros(model.shape.width))

    def hooks(self) -> dict[Place, Hook]:
        def add(x: Tensor, _: Seen) -> Tensor:
            return x + self.vector

        return {(0, "resid"): add}


def test_the_ledger_names_the_slots_that_only_one_item_wrote() -> None:
    """A slot that two items wrote stays when one goes."""
    ledger = Ledger()
    ledger.note("a", [0, 1])
    ledger.note("b", [1, 2])

    gone = ledger.drop("a")

    assert [0] == gone
    assert ["b"] == ledger.sources()
    assert [1, 2] == ledger.of("b")
    assert [] == ledger.of("a")


def test_filling_up_on_the_right_changes_no_score(random_llama: Llama) -> None:
    """Examples of different lengths are scored as if each stood alone."""
    examples = [Example((1, 2, 3), (4,)), Example((5,), (6, 7, 8)), Example((9, 10), (11,))]

    together = float(loss_of(random_llama, examples))
    alone = sum(float(loss_of(random_llama, [e])) * len(e.target) for e in examples) / 5

    assert abs(together - alone) < 1e-5
    assert torch.allclose(
        distributions(random_llama, [[1, 2], [3]])[1].exp(),
        read(random_llama, [3]).logits[0, -1].softmax(-1),
        atol=1e-6,
    )
    with pytest.raises(InvalidInput):
        padded([])


def test_a_side_memory_learns_takes_effect_and_leaves_no_trace(random_llama: Llama) -> None:
    """New it changes nothing; taught it answers; detached the model is bit for bit what it was."""
    ids = [1, 2, 3, 4]
    before = read(random_llama, ids).logits
    side = Push(random_llama).attach()
    fresh = read(random_llama, ids).logits

    losses = teach(random_llama, side.parameters(), [Example((1, 2, 3, 4), (9,))], steps=60, lr=0.1)
    answered = right(random_llama, [Example((1, 2, 3, 4), (9,))])
    side.detach()

    assert torch.equal(before, fresh)
    assert losses[-1] < losses[0]
    assert [True] == answered
    assert torch.equal(before, read(random_llama, ids).logits)
    assert not random_llama.hooks
    assert 32 == side.size


def test_replay_holds_what_else_the_model_said(random_llama: Llama) -> None:
    """With replay the distribution elsewhere moves less."""
    prompts, example = [[7, 8, 9], [11, 12, 13]], [Example((1, 2, 3, 4), (9,))]
    before = distributions(random_llama, prompts)

    def drift(weigh: float) -> float:
        side = Push(random_llama).attach()
        teach(random_llama, side.parameters(), example, steps=40, lr=0.1, replay=Replay(prompts, weigh), enough=0.0)
        moved = float((distributions(random_llama, prompts).detach().exp() - before.exp()).abs().sum())
        side.detach()
        return moved

    assert drift(100.0) < 0.7 * drift(0.0)
