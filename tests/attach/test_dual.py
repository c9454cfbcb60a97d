"""Dual process: forgetting embeddings teaches a model to read its context; stopping in time keeps what it knows."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from remanence.attach.dual import Forgetting, measure, renew, train
from remanence.attach.model import Llama, Shape
from remanence.errors import InvalidInput

TRAINED, UNSEEN = 40, 20
STAND, ASK, BLANK, FIRST, SECOND = range(TRAINED + UNSEEN, TRAINED + UNSEEN + 5)
SHAPE = Shape(TRAINED + UNSEEN + 5, 32, 2, 2, 2, 64, context=16)
"""A word has a class: words of the first stand before STAND, of the second after. Asked `ASK word`, say the class."""


def _classes() -> Tensor:
    return torch.arange(TRAINED + UNSEEN) % 2


def _prompts(words: Tensor, shown: bool) -> tuple[Tensor, Tensor]:
    kind = _classes()[words]
    stand, blank = torch.full_like(words, STAND), torch.full_like(words, BLANK)
    first = torch.where(kind == 0, words, stand) if shown else blank
    second = torch.where(kind == 0, stand, words) if shown else blank
    return torch.stack([first, second, torch.full_like(words, ASK), words], 1), FIRST + kind


def _meters(model: Llama):  # type: ignore[no-untyped-def]
    unseen = torch.arange(TRAINED, TRAINED + UNSEEN)
    return measure(model, _prompts(unseen, True), _prompts(torch.arange(TRAINED), False))


def _trained(forgetting: Forgetting | None, steps: int = 300) -> Llama:
    chance = torch.Generator().manual_seed(1)
    model = Llama(SHAPE, seed=0)
    with torch.no_grad():
        model.embed.mul_(5)

    def loss(model: Llama, step: int) -> Tensor:
        words = torch.randint(TRAINED, (32,), generator=chance)
        shown, hidden = _prompts(words[:16], True), _prompts(words[16:], False)
        told = model.forward(torch.cat([shown[0], hidden[0]]), keep=1).logits[:, -1]
        return torch.nn.functional.cross_entropy(told, torch.cat([shown[1], hidden[1]]))

    return train(model, loss, steps=steps, forgetting=forgetting)


def test_temporary_forgetting_gives_both_and_its_length_is_a_dial() -> None:
    """Unseen words from context up by .2 or more, known words within .05; active forgetting loses the known ones."""
    words = tuple(range(TRAINED))
    plain = _meters(_trained(None))
    some = _meters(_trained(Forgetting(1, 60, words)))
    temporary = _meters(_trained(Forgetting(1, 200, words)))
    active = _meters(_trained(Forgetting(1, None, words)))

    assert temporary.in_context >= plain.in_context + 0.2
    assert temporary.in_weights >= plain.in_weights - 0.05
    assert active.in_weights < temporary.in_weights - 0.2
    assert plain.in_context - 0.1 <= some.in_context <= temporary.in_context + 0.1


def test_the_schedule_says_when() -> None:
    """Every third step, before the seventh; active forgetting never stops."""
    temporary, active = Forgetting(3, 7, (0,)), Forgetting(3, None, (0,))

    assert [0, 3, 6] == [n for n in range(12) if temporary.now(n)]
    assert [0, 3, 6, 9] == [n for n in range(12) if active.now(n)]
    with pytest.raises(InvalidInput):
        train(Llama(SHAPE), lambda model, step: model.embed.sum(), steps=1, forgetting=Forgetting(0, None, (0,)))


def test_only_the_named_embeddings_are_renewed() -> None:
    """All others stay bit for bit; the spread stays about what it was."""
    model = Llama(SHAPE, seed=0).requires_grad_(False)
    before = model.embed.clone()

    renew(model, range(10), torch.Generator().manual_seed(2))

    assert torch.equal(before[10:], model.embed[10:])
    assert not torch.equal(before[:10], model.embed[:10])
    assert 0.7 < float(model.embed[:10].std() / before[:10].std()) < 1.4


def test_what_is_forgotten_leaves_no_momentum() -> None:
    """Pulled in step 0 and drawn anew before step 1, which does not touch it: it only decays; its old pull is gone."""
    drawn = []

    def loss(model: Llama, step: int) -> Tensor:
        drawn.append(model.embed[0].detach().clone())
        return model.embed[step].sum()

    model = train(Llama(SHAPE, seed=0), loss, steps=2, forgetting=Forgetting(1, None, (0,)))

    assert torch.allclose(drawn[1] * (1 - 3e-3 * 0.01), model.embed[0], atol=1e-7)
    assert not torch.allclose(drawn[0], drawn[1], atol=1e-3)
