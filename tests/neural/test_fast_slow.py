"""Fast and slow learning: the ordinary controller as a limit, one-shot labels, synthetic gradients that improve."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from remanence.neural.layers.fast_slow import FastSlow


def story(batch: int, labels: int = 5) -> tuple[Tensor, Tensor]:
    """Things and their labels, label 0 told four times, the others once; one of the others is asked for."""
    kinds, rows = F.normalize(torch.randn(batch, labels, 16), dim=-1) * 3, torch.arange(batch)
    told = torch.cat([torch.arange(labels), torch.zeros(3, dtype=torch.long)]).expand(batch, -1)
    told = told.gather(1, torch.rand(batch, labels + 3).argsort(-1))
    things = kinds[rows[:, None], told] + 0.1 * torch.randn(batch, labels + 3, 16)
    asked = torch.randint(1, labels, (batch,))
    question = torch.cat([kinds[rows, asked], torch.zeros(batch, labels)], -1)
    return torch.cat([torch.cat([things, 3.0 * F.one_hot(told, labels)], -1), question[:, None]], 1), asked


def test_a_rate_of_zero_is_the_ordinary_controller() -> None:
    """With lr_fast = 0 the feedback network has no effect and the fast weights stay zero; otherwise not."""
    x = torch.randn(2, 12, 16)
    for rate in (0.0, 0.5):
        layer = FastSlow(16, rate=rate)
        before, state = layer(x)
        with torch.no_grad():
            layer.feedback[2].weight.add_(1.0)
        after, _ = layer(x)

        assert torch.equal(before, after) == (rate == 0.0)
        assert (state["fast"].abs().max().item() == 0.0) == (rate == 0.0)


def one_shot(rate: float) -> float:
    """Share of rarely told labels answered right at the end of training."""
    torch.manual_seed(0)
    layer, embed, head = FastSlow(24, slots=4, rate=rate), nn.Linear(21, 24), nn.Linear(24, 5)
    modules = nn.ModuleList([layer, embed, head])
    optimiser, right = torch.optim.AdamW(modules.parameters(), lr=5e-3), []
    for step in range(140):
        x, asked = story(32)
        said = head(layer(embed(x))[0][:, -1])
        loss = F.cross_entropy(said, asked)
        if step >= 120:
            right.append((said.argmax(-1) == asked).double().mean().item())
        if layer.extra_loss is not None:
            loss = loss + layer.extra_loss
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(modules.parameters(), 1.0)
        optimiser.step()
    return sum(right) / len(right)


def test_the_fast_path_learns_rare_labels_in_one_shot() -> None:
    """Labels told once are answered right far more often with the fast path than by the ordinary controller."""
    fast, ordinary = one_shot(0.5), one_shot(0.0)

    assert fast > ordinary + 0.3, (fast, ordinary)
