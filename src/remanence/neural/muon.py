"""Muon: an optimiser for matrices that makes the momentum orthogonal, so that rare directions learn too.

m = mu m + g,   W -= lr NS5(m) max(1, rows / columns)^(1/2)          (Jordan et al. 2024)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import torch
from torch import Tensor

from remanence.errors import InvalidInput
from remanence.neural.kernels.inner_gradient import newton_schulz


class Muon(torch.optim.Optimizer):
    """Momentum, Newton-Schulz, step. For weight matrices only; give biases, gains and embeddings to AdamW."""

    def __init__(self, params: Iterable[Tensor], lr: float = 0.02, *, momentum: float = 0.95, steps: int = 5) -> None:
        params = list(params)
        for p in params:
            if p.dim() < 2:
                raise InvalidInput(f"Muon updates matrices; got a parameter of shape {list(p.shape)}, use AdamW")
        super().__init__(params, {"lr": lr, "momentum": momentum, "steps": steps})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # type: ignore[override]
        """Update all matrices once."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                memory = self.state[p]
                if "momentum" not in memory:
                    memory["momentum"] = torch.zeros_like(p)
                m = memory["momentum"].mul_(group["momentum"]).add_(p.grad)
                shape = max(1.0, p.shape[-2] / p.shape[-1]) ** 0.5
                p.add_(newton_schulz(m, group["steps"]), alpha=-group["lr"] * shape)
        return loss
