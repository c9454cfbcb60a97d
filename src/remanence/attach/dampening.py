"""Selective synaptic dampening: unlearn by shrinking weights that matter more to what is forgotten than to the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor, nn

from remanence.errors import InvalidInput

Importance = dict[str, Tensor]


def importance(module: nn.Module, losses: Sequence[Callable[[], Tensor]], *, free: bool = False) -> Importance:
    """Mean squared gradient of each loss by weight, one loss an example; `free`: mean |gradient| (no labels)."""
    if not losses:
        raise InvalidInput("give at least one example")
    names = [(name, weight) for name, weight in module.named_parameters() if weight.requires_grad]
    total = {name: torch.zeros_like(weight) for name, weight in names}
    for loss in losses:
        grads = torch.autograd.grad(loss(), [weight for _, weight in names], allow_unused=True)
        for (name, _), grad in zip(names, grads, strict=True):
            if grad is not None:
                total[name] += grad.abs() if free else grad.square()
    return {name: value / len(losses) for name, value in total.items()}


@torch.no_grad()
def dampen(
    module: nn.Module, whole: Mapping[str, Tensor], forget: Mapping[str, Tensor], *, alpha: float, lam: float = 1.0,
    layers: Sequence[str] = (),
) -> int:  # fmt: skip
    """Where I_f > alpha I_d: w <- w min(1, lam I_d / I_f); how many weights. The others stay bit for bit.

    Foster et al. 2024. `layers` limits it to weights whose name begins so. Approximate by nature: a memory with
    a ledger (slots, rows, blocks) forgets exactly, and should be preferred.
    """
    if alpha <= 0 or lam <= 0:
        raise InvalidInput("alpha and lam are positive")
    changed = 0
    for name, weight in module.named_parameters():
        if name not in whole or name not in forget or (layers and not name.startswith(tuple(layers))):
            continue
        chosen = forget[name] > alpha * whole[name]
        factor = (lam * whole[name] / forget[name].clamp_min(1e-30)).clamp_max(1.0)
        weight.copy_(torch.where(chosen, weight * factor, weight))
        changed += int(chosen.sum())
    return changed


def bound(everything: int, forgotten: int) -> float:
    """The alpha from which on nothing is selected: |D| / |D_f|, where I_d is a mean that contains D_f."""
    if not 0 < forgotten <= everything:
        raise InvalidInput("what is forgotten is part of everything, and not empty")
    return everything / forgotten
