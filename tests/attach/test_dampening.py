"""Dampening: weights only shrink, the rest stays bit for bit, and beyond its bound nothing happens."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from remanence.attach.dampening import bound, dampen, importance
from remanence.attach.locas import SideFFN
from remanence.attach.model import Llama
from remanence.attach.side import Example, loss_of, share, teach
from remanence.attach.tiny import Language
from remanence.errors import InvalidInput


def _toy() -> tuple[nn.Linear, list[Callable[[], Tensor]]]:
    torch.manual_seed(0)
    layer, x, y = nn.Linear(6, 4), torch.randn(20, 6), torch.randint(4, (20,))

    def loss(n: int) -> Callable[[], Tensor]:
        return lambda: nn.functional.cross_entropy(layer(x[n : n + 1]), y[n : n + 1])

    return layer, [loss(n) for n in range(20)]


def test_weights_only_shrink_and_unselected_ones_are_bit_identical() -> None:
    """And the count says how many."""
    layer, losses = _toy()
    whole, forget = importance(layer, losses), importance(layer, losses[:4])
    before = layer.weight.detach().clone()

    changed = dampen(layer, whole, forget, alpha=1.5, layers=["weight"])

    chosen = forget["weight"] > 1.5 * whole["weight"]
    assert 0 < changed == int(chosen.sum()) < 24
    assert bool((layer.weight.abs() <= before.abs()).all())
    assert torch.equal(before[~chosen], layer.weight.detach()[~chosen])


def test_above_the_ratio_of_all_to_forgotten_nothing_is_selected() -> None:
    """I_f / I_d <= |D| / |D_f| where the mean over D contains D_f: 20 / 4 = 5."""
    layer, losses = _toy()
    whole, forget = importance(layer, losses), importance(layer, losses[:4])

    assert 5.0 == bound(20, 4)
    assert 0 == dampen(layer, whole, forget, alpha=bound(20, 4) + 1e-6)
    assert 0 < dampen(layer, whole, forget, alpha=1.2)
    with pytest.raises(InvalidInput):
        bound(4, 20)


def test_the_formula_by_hand() -> None:
    """w = 2, I_d = 1, I_f = 4, alpha = 3, lam = 1: 2 * 1/4 = .5; with alpha = 5 it stays 2."""
    layer = nn.Linear(1, 1, bias=False)
    with torch.no_grad():
        layer.weight.fill_(2.0)
    told = {"weight": torch.tensor([[1.0]])}, {"weight": torch.tensor([[4.0]])}

    assert 0 == dampen(layer, *told, alpha=5.0)
    assert 1 == dampen(layer, *told, alpha=3.0)
    assert 0.5 == layer.weight.item()


def test_on_a_side_memory_it_trades_what_is_kept_for_what_goes(trained: Llama, language: Language) -> None:
    """The curve over alpha, with its limit: at the bound nothing is lost, far below it all is; the ledger is exact."""
    chance = torch.Generator().manual_seed(5)
    values = torch.randint(language.values, (20,), generator=chance).tolist()
    facts = [Example(tuple(language.asked(0, 100 + n)), (language.value(v),)) for n, v in enumerate(values)]
    side = SideFFN(trained, (0, 1, 2), 16).attach()
    side.start([(*f.prompt, *f.target) for f in facts])
    teach(trained, side.parameters(), facts, steps=50, lr=0.02, enough=0.05)

    def loss(fact: Example) -> Callable[[], Tensor]:
        return lambda: loss_of(trained, [fact])

    whole, forget = importance(side, [loss(f) for f in facts]), importance(side, [loss(f) for f in facts[:4]])
    kept = {name: w.detach().clone() for name, w in side.named_parameters()}
    curve = {}
    for alpha in (5.1, 3.0, 1.2):
        side.load_state_dict(kept)
        dampen(side, whole, forget, alpha=alpha)
        curve[alpha] = (share(trained, facts[:4]), share(trained, facts[4:]))
    side.detach()

    assert (1.0, 1.0) == curve[5.1]
    assert curve[1.2][0] < 1.0
    assert curve[1.2][0] <= curve[3.0][0]


def _one() -> nn.Linear:
    layer = nn.Linear(1, 1, bias=False)
    with torch.no_grad():
        layer.weight.fill_(2.0)
    return layer


def test_lam_weakens_the_damping_and_no_weight_ever_grows() -> None:
    """I_d = 1, I_f = 4, lam = 2: 2 * 2/4 = 1. I_d = 4, I_f = 2, alpha = .25: chosen, but 4/2 is held at 1."""
    milder, held = _one(), _one()

    dampen(milder, {"weight": torch.tensor([[1.0]])}, {"weight": torch.tensor([[4.0]])}, alpha=3.0, lam=2.0)
    chosen = dampen(held, {"weight": torch.tensor([[4.0]])}, {"weight": torch.tensor([[2.0]])}, alpha=0.25)

    assert 1.0 == milder.weight.item()
    assert (1, 2.0) == (chosen, held.weight.item())


def test_importance_by_hand_and_only_the_named_layers_move() -> None:
    """Gradients 3 and -1 of one weight: mean square 5, mean size without labels 2; the bias is not named and stays."""
    layer = nn.Linear(1, 1)
    losses = [lambda: 3 * layer.weight.sum() + layer.bias.sum(), lambda: -layer.weight.sum()]
    before = layer.bias.detach().clone()

    squares, sizes = importance(layer, losses), importance(layer, losses, free=True)
    few = {name: value / 9 for name, value in squares.items()}
    changed = dampen(layer, few, squares, alpha=1.0, layers=["weight"])

    assert (5.0, 2.0) == (squares["weight"].item(), sizes["weight"].item())
    assert 1 == changed
    assert torch.equal(before, layer.bias.detach())
