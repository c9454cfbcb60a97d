"""WISE: edits in side copies of one feed-forward matrix, a router by activation, shards merged through random masks."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from remanence.attach.model import Hook, Llama, Model, Place
from remanence.attach.side import Example, Side, beside, padded
from remanence.errors import InvalidInput


def ties(shards: Sequence[Tensor], *, keep: float = 0.53) -> Tensor:
    """Merge task vectors: keep the largest, elect a sign by summed mass, average what agrees (Yadav et al. 2023)."""
    if not shards:
        raise InvalidInput("nothing to merge")
    trimmed = []
    for shard in shards:
        moved = shard[shard != 0].abs()
        least = moved.quantile(1 - keep) if len(moved) else torch.tensor(0.0)
        trimmed.append(torch.where(shard.abs() >= least, shard, torch.zeros_like(shard)))
    stack = torch.stack(trimmed)
    sign = stack.sum(0).sign()
    agrees = (stack.sign() == sign) & (stack != 0)
    return (stack * agrees).sum(0) / agrees.sum(0).clamp_min(1)


class Wise(Side):
    """One side matrix beside a down projection; a token goes through it only where its activation
    D(x) = |W' h - W h| passes `ratio` times the least D of any edited prompt (Wang et al. 2024).

    Where the router rejects, the output is bit for bit the model's. `edit` trains the side matrix with CE and the
    margin loss through a random mask of density `rho`, one mask a shard; `merge` joins the shards (TIES).
    """

    def __init__(self, model: Llama, layer: int, *, rho: float = 0.2, ratio: float = 0.88, seed: int = 0) -> None:
        super().__init__(model)
        self.layer, self.rho, self.ratio = layer, rho, ratio
        down = model.blocks[layer].down
        assert isinstance(down, Tensor)
        self.delta = nn.Parameter(torch.zeros_like(down))
        self.shards: list[Tensor] = []
        self.least = float("inf")
        self.routed = torch.zeros(0, dtype=torch.bool)
        self._chance = torch.Generator().manual_seed(seed)
        self._open = False
        self._active = torch.zeros(0)

    def hooks(self) -> dict[Place, Hook]:
        return beside(self.layer, "ffn_mid", self._routed)

    def _routed(self, y: Tensor, h: Tensor) -> Tensor:
        moved = F.linear(h, self.delta)
        self._active = moved.norm(dim=-1)
        if self._open:
            return y + moved
        self.routed = self._active.detach() >= self.ratio * self.least
        return torch.where(self.routed[..., None], y + moved, y)

    def activation(self, prompts: Sequence[Sequence[int]]) -> Tensor:
        """D at the last token of each prompt."""
        on = bool(self._laid)
        self.attach()
        length = {len(p) for p in prompts}
        with torch.no_grad():
            told = []
            for size in sorted(length):
                same = [n for n, p in enumerate(prompts) if len(p) == size]
                self.model.forward(torch.tensor([list(prompts[n]) for n in same]), keep=1)
                told += list(zip(same, self._active[:, -1].tolist(), strict=True))
        if not on:
            self.detach()
        return torch.tensor([value for _, value in sorted(told)])

    def edit(
        self,
        examples: Sequence[Example],
        others: Sequence[Sequence[int]],
        *,
        steps: int = 70,
        lr: float = 0.02,
        masked: bool = True,
        margins: tuple[float, float, float] = (0.2, 2.0, 1.0),
    ) -> None:
        """One shard: learn examples while `others` (prompts that are out of scope) stay below the margin.

        L = CE + max(0, D_out - alpha) + max(0, beta - D_in) + max(0, D_out - D_in + gamma).
        """
        alpha, beta, gamma = margins
        start = self.delta.detach().clone()
        mask = (
            (torch.rand(start.shape, generator=self._chance) < self.rho).float() if masked else torch.ones_like(start)
        )
        on, self._open = bool(self._laid), True
        self.attach()
        ids, scored = padded(examples)
        keep = scored[:, 1:]
        last = torch.tensor([len(e.prompt) - 1 for e in examples])
        out = torch.tensor([list(p) for p in others])
        optimiser = torch.optim.Adam([self.delta], lr=lr)
        for _ in range(steps):
            ce = F.cross_entropy(self.model.forward(ids).logits[:, :-1][keep], ids[:, 1:][keep])
            inside = self._active[torch.arange(len(examples)), last]
            self.model.forward(out, keep=1)
            outside = self._active[:, -1]
            apart = (outside.max() - inside.min() + gamma).clamp_min(0)
            margin = (outside - alpha).clamp_min(0).mean() + (beta - inside).clamp_min(0).mean() + apart
            optimiser.zero_grad()
            (ce + margin).backward()  # type: ignore[no-untyped-call]
            assert self.delta.grad is not None
            self.delta.grad *= mask
            optimiser.step()
            if float(ce.detach()) < 0.02 and float(margin.detach()) <= 1e-4:
                break
        self._open = False
        with torch.no_grad():
            self.shards.append((self.delta - start) * mask)
        self.least = min(self.least, float(self.activation([e.prompt for e in examples]).min()))
        for example in examples:
            self.ledger.note(example.source, [len(self.shards) - 1])
        if not on:
            self.detach()

    def fresh(self) -> None:
        """Begin the next shard from the model's own matrix, as shards are trained apart."""
        with torch.no_grad():
            self.delta.zero_()

    def merge(self) -> None:
        """Join all shards into the side matrix; the threshold is the least of theirs."""
        with torch.no_grad():
            self.delta.copy_(ties(self.shards))


def margin(memory: Wise, model: Model, inside: Sequence[Sequence[int]], outside: Sequence[Sequence[int]]) -> float:
    """Least activation in scope less the largest out of scope: positive where the router can tell."""
    return float(memory.activation(inside).min() - memory.activation(outside).max())
