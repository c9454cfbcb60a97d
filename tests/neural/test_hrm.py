"""HRM: memory that does not grow with the cycles, a slow state that moves once a round, rows that halt alone."""

from __future__ import annotations

import torch
from torch import Tensor

from remanence.neural.layers.hrm import HRM, Reasoner


def saved_floats(layer: HRM, x: Tensor) -> int:
    """Floats that autograd keeps for the backward pass."""
    kept = []

    def pack(t: Tensor) -> Tensor:
        kept.append(t.numel())
        return t

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t):
        layer(x)
    return sum(kept)


def test_the_graph_does_not_grow_with_the_cycles() -> None:
    """Two or twelve cycles: the same floats are kept for the backward pass; with the full gradient many more."""
    x = torch.randn(2, 6, 16)
    few, many = (saved_floats(HRM(16, rounds=r, steps=s), x) for r, s in ((1, 2), (4, 3)))
    whole = saved_floats(HRM(16, rounds=4, steps=3, full_gradient=True), x)

    assert few == many
    assert whole > 3 * many


def test_the_slow_state_changes_once_per_round() -> None:
    """In two rounds of three steps the fast network runs six times and the slow one twice, in that order."""
    layer, calls = HRM(16, rounds=2, steps=3), []
    layer.fast.register_forward_hook(lambda *_: calls.append("fast"))
    layer.slow.register_forward_hook(lambda *_: calls.append("slow"))
    layer(torch.randn(1, 4, 16))

    assert calls == ["fast", "fast", "fast", "slow"] * 2


def test_more_rounds_think_further() -> None:
    """The answer after two rounds is not the answer after one: the loop does something."""
    one, two = HRM(16, rounds=1), HRM(16, rounds=2)
    two.load_state_dict(one.state_dict())
    x = torch.randn(1, 4, 16)

    assert (one(x)[0] - two(x)[0]).abs().max() > 1e-3


def test_only_halted_rows_start_again() -> None:
    """A row that has halted takes up its new problem from the start; the others go on with their thoughts."""
    loop = Reasoner(HRM(16), classes=3, most=10)
    x = torch.randn(4, 6, 16)
    carry, _, _ = loop(x, loop.begin(x))
    assert carry.steps.tolist() == [1, 1, 1, 1]
    halted = torch.tensor([False, True, False, False])
    again, logits, _ = loop(x, type(carry)(carry.low, carry.high, carry.steps, halted))
    fresh, first, _ = loop(x, loop.begin(x))

    assert again.steps.tolist() == [2, 1, 2, 2]
    torch.testing.assert_close(logits[1], first[1])
    torch.testing.assert_close(again.high[1], fresh.high[1])
    assert all((logits[n] - first[n]).abs().max() > 1e-3 for n in (0, 2, 3))


def test_every_row_halts_after_the_most_steps() -> None:
    """Without a halting decision the limit ends the thought, and the carried states hold no gradient."""
    loop = Reasoner(HRM(16), classes=3, most=2)
    x = torch.randn(2, 6, 16)
    carry, _, _ = loop(x, loop.begin(x))
    assert carry.halted.tolist() == [False, False]
    carry, logits, _ = loop(x, carry)

    assert carry.halted.tolist() == [True, True]
    assert logits.requires_grad
    assert not carry.high.requires_grad


def test_a_row_that_would_rather_halt_does_and_the_others_think_on() -> None:
    """The decision is the greater of two values read from the row's first place: one channel against its median."""
    loop = Reasoner(HRM(16), classes=3, most=10)
    x = torch.randn(15, 6, 16)
    thought = loop(x, loop.begin(x))[0].high[:, 0, 0]
    with torch.no_grad():
        loop.to_halt.weight[0, 0] = 1.0
        loop.to_halt.bias.copy_(torch.stack([torch.zeros(()), thought.median()]))
    carry, _, halt = loop(x, loop.begin(x))

    assert torch.equal(carry.halted, halt[:, 0] > halt[:, 1])
    torch.testing.assert_close(halt, torch.stack([thought, thought.median().expand(15)], 1))
    assert 0 < carry.halted.sum() < 15
