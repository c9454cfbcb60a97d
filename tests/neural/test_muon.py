"""Muon learns rare associations that Adam leaves behind."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from remanence.errors import InvalidInput
from remanence.neural.kernels.inner_gradient import newton_schulz
from remanence.neural.muon import Muon


def learned(name: str, lr: float) -> tuple[float, float, float]:
    """Learn 64 associations of Zipf frequency between random orthonormal keys and values in ten steps.

    Returns the chances of the commonest and of the worst class, and the condition number of the
    matrix on the directions that can be learned.
    """
    draws = torch.Generator().manual_seed(0)
    keys, values = (torch.linalg.qr(torch.randn(64, 64, generator=draws))[0] for _ in range(2))
    share = 1 / torch.arange(1, 65)
    share = share / share.sum()
    w = torch.zeros(64, 64, requires_grad=True)
    optimiser: torch.optim.Optimizer = Muon([w], lr=lr) if name == "muon" else torch.optim.Adam([w], lr=lr)
    for _ in range(10):
        loss = (share * F.cross_entropy(keys @ w @ values.T, torch.arange(64), reduction="none")).sum()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    chances = (keys @ w.detach() @ values.T).softmax(-1).diagonal()
    size = torch.linalg.svdvals(w.detach())  # the last is 0: chances sum to one
    return chances[0].item(), chances.min().item(), (size[0] / size[-2]).item()


def test_muon_lifts_the_worst_class_tenfold_over_adam() -> None:
    """Each at the smallest step size of a sweep that gets the commonest class above 0.9 in ten steps."""
    sweep = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0)

    _, muon, condition = next(found for lr in sweep if (found := learned("muon", lr))[0] > 0.9)
    _, adam, _ = next(found for lr in sweep if (found := learned("adam", lr))[0] > 0.9)

    assert muon >= 10 * adam
    assert muon - adam >= 0.5
    assert condition < 20


def test_newton_schulz_makes_singular_values_alike() -> None:
    """Singular values come out between 0.5 and 1.3: five steps manage a condition of 30, a thousand takes eight."""
    u, v = (torch.linalg.qr(torch.randn(16, 16))[0] for _ in range(2))

    def spread(orders: float, steps: int) -> tuple[float, float]:
        g = u @ torch.diag(torch.logspace(0, -orders, 16)) @ v
        values = torch.linalg.svdvals(newton_schulz(g, steps))
        return values.min().item(), values.max().item()

    for orders, steps in ((1.5, 5), (3.0, 8)):
        low, high = spread(orders, steps)
        assert low > 0.5, (orders, steps, low)
        assert high < 1.3, (orders, steps, high)
    assert spread(3.0, 5)[0] < 0.5


def test_muon_refuses_vectors() -> None:
    """Biases and gains belong to another optimiser, and the message says so."""
    with pytest.raises(InvalidInput, match="use AdamW"):
        Muon([torch.nn.Parameter(torch.zeros(3))])
