"""Dual process learning: forget embeddings for a while, so that a model learns to read its context and to know."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from remanence.attach.model import Llama
from remanence.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Forgetting:
    """Draw the embeddings of `tokens` anew every `every` steps, until step `until` (Anand et al. 2024).

    `until=None` never stops: active forgetting. A number is temporary forgetting: structure first, then facts.
    """

    every: int
    until: int | None
    tokens: tuple[int, ...]

    def now(self, step: int) -> bool:
        """Whether to forget before this step."""
        return step % self.every == 0 and (self.until is None or step < self.until)


Loss = Callable[[Llama, int], Tensor]
"""The loss of a batch at a step."""


def train(
    model: Llama, loss: Loss, *, steps: int, forgetting: Forgetting | None = None, lr: float = 3e-3, seed: int = 0
) -> Llama:
    """AdamW with a forgetting schedule over embeddings; moments of forgotten rows are cleared with them."""
    if forgetting is not None and forgetting.every < 1:
        raise InvalidInput("forget every step at most")
    model.requires_grad_(True)
    chance = torch.Generator().manual_seed(seed)
    optimiser = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=0.01)
    for step in range(steps):
        if forgetting is not None and forgetting.now(step):
            renew(model, forgetting.tokens, chance)
            state = optimiser.state.get(model.embed, {})
            for name in ("exp_avg", "exp_avg_sq"):
                if name in state:
                    state[name][list(forgetting.tokens)] = 0.0
        cost = loss(model, step)
        optimiser.zero_grad()
        cost.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
    model.retouched()
    return model.requires_grad_(False)


@torch.no_grad()
def renew(model: Llama, tokens: Iterable[int], chance: torch.Generator) -> None:
    """New random embeddings of the same spread, for some tokens."""
    rows = list(tokens)
    spread = float(model.embed[rows].std())
    model.embed[rows] = torch.randn(len(rows), model.shape.width, generator=chance) * spread


@dataclass(frozen=True, slots=True)
class Meters:
    """Accuracy from the context on tokens that were never trained, and from the weights alone."""

    in_context: float
    in_weights: float


def measure(model: Llama, context: tuple[Tensor, Tensor], weights: tuple[Tensor, Tensor]) -> Meters:
    """(prompts [N, T], answers [N]) for each meter."""

    def share(prompts: Tensor, answers: Tensor) -> float:
        with torch.no_grad():
            return float((model.forward(prompts, keep=1).logits[:, -1].argmax(-1) == answers).float().mean())

    return Meters(share(*context), share(*weights))
