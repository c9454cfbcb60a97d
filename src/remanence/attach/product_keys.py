"""Product-key memory (UltraMemV2, PEER): n x n slots found by the best sums of two half keys; few slots a write."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from remanence.attach.model import Hook, Model, Place
from remanence.attach.side import Example, Side, beside, teach
from remanence.errors import InvalidInput


def factored_top(rows: Tensor, columns: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """The k largest sums rows[i] + columns[j] of [..., n] each, and their slots i * n + j.

    The best k pairs lie among the best k rows and the best k columns: 2 n scores and k^2 sums in place of n^2.
    """
    n = rows.shape[-1]
    if columns.shape[-1] != n or not 1 <= k <= n:
        raise InvalidInput("rows and columns are alike, and k lies between 1 and their number")
    best_rows, best_columns = rows.topk(k, -1), columns.topk(k, -1)
    sums = best_rows.values[..., :, None] + best_columns.values[..., None, :]
    top = sums.flatten(-2).topk(k, -1)
    row = best_rows.indices.gather(-1, top.indices // k)
    column = best_columns.indices.gather(-1, top.indices % k)
    return top.values, row * n + column


class ProductKeys(Side):
    """A layer of n x n slots, `heads` queries that each read `k` of them: y + sum softmax(score) V.

    Values start at zero: attaching changes nothing. Keys stay as they were drawn, so it is an exact index that needs
    no training; a write moves the values of the slots that it reads and no other. `used` counts reads by slot.
    """

    def __init__(self, model: Model, layer: int, *, n: int = 64, heads: int = 4, k: int = 8, seed: int = 0) -> None:
        super().__init__(model)
        chance = torch.Generator().manual_seed(seed)
        width, half = model.shape.width, 32
        self.layer, self.n, self.heads, self.k = layer, n, heads, k
        self.register_buffer("query", torch.randn(heads, 2, half, width, generator=chance) * width**-0.5)
        self.register_buffer("keys", torch.randn(heads, 2, n, half, generator=chance))
        self.values = nn.Parameter(torch.zeros(n * n, width))
        self.used = torch.zeros(n * n, dtype=torch.long)
        self.read_last = torch.zeros(0, dtype=torch.long)

    def hooks(self) -> dict[Place, Hook]:
        return beside(self.layer, "ffn_in", lambda y, z: y + self.recall(z))

    def find(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(scores, slots) [..., heads, k] of inputs [..., W]."""
        asked = torch.einsum("...w,hpdw->...hpd", x, self.get_buffer("query"))
        score = torch.einsum("...hpd,hpnd->...hpn", asked, self.get_buffer("keys"))
        return factored_top(score[..., 0, :], score[..., 1, :], self.k)

    def recall(self, x: Tensor) -> Tensor:
        """What the slots say to inputs [B, T, W]."""
        score, slots = self.find(x)
        self.read_last = slots.detach()
        self.used.index_add_(0, slots.flatten(), torch.ones(slots.numel(), dtype=torch.long))
        weight = score.softmax(-1)
        return (self.values[slots] * weight[..., None]).sum((-2, -3))

    def write(
        self, examples: Sequence[Example], *, steps: int = 40, lr: float = 0.1, place: int = -1
    ) -> dict[str, list[int]]:
        """Learn examples one by one, each in the slots that its last prompt token reads; source -> slots.

        All other slots are put back after every step, so everything that they hold stays bit for bit.
        """
        told: dict[str, list[int]] = {}
        on = bool(self._laid)
        self.attach()
        for example in examples:
            with torch.no_grad():
                self.model.forward(torch.tensor([list(example.prompt)]), keep=1)
            slots = torch.tensor(sorted(set(self.read_last[0, place].flatten().tolist())))
            closed = torch.ones(len(self.values), dtype=torch.bool)
            closed[slots] = False
            before = self.values.detach()[closed].clone()

            def hold(closed: Tensor = closed, before: Tensor = before) -> None:
                with torch.no_grad():
                    self.values[closed] = before

            teach(self.model, [self.values], [example], steps=steps, lr=lr, after=hold)
            told[example.source] = slots.tolist()
            self.ledger.note(example.source, told[example.source])
        if not on:
            self.detach()
        return told

    @torch.no_grad()
    def forget(self, source: str) -> list[int]:
        """Zero the slots that only this item wrote."""
        slots = self.ledger.drop(source)
        self.values[slots] = 0.0
        return slots
