"""GAM: blind beyond its receptive field, a Hopfield memory of its bank, no memory of the context."""

from __future__ import annotations

import torch

from remanence.neural import tasks
from remanence.neural.train import train
from remanence.neural.trunk import Model


def test_tokens_beyond_the_receptive_field_change_nothing() -> None:
    """Six layers of three taps see twelve tokens back: the thirteenth has no effect, exactly; the twelfth has."""
    model = Model("gam", 16, 6, features=16, classes=4, mlp=0).double()
    x = torch.randn(1, 20, 16, dtype=torch.float64)
    reach = []
    for back in (13, 12):
        other = x.clone()
        other[:, 19 - back] += 1.0
        reach.append((model(x)[0] - model(other)[0])[:, 19].abs().max().item())

    assert reach[0] == 0.0
    assert reach[1] > 0.0


def test_bindings_of_the_context_are_not_remembered() -> None:
    """Trained on stacked recall it stays at the level of guessing among the answers seen."""
    task = tasks.make("stacked_mqar", pairs=8, width=16, codes=64)
    model = Model("gam", 32, 1, mlp=0, slots=64, **task.sizes())
    report = train(model, task, steps=60, lr=1e-2, test_batches=4)

    assert report.accuracy < 2 * task.chance
