"""Pointer heads: answer with the place of an item in a memory, not with a blend of items, or copy it from there.

u_j = w tanh(W1 e_j + W2 d); p(j) = softmax(u): the answers grow and shrink with the items.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class PointerHead(nn.Module):
    """Additive attention as an answer over items [B, S, dim]: any sequence, cache or slots."""

    def __init__(self, dim: int, *, inside: int | None = None) -> None:
        super().__init__()
        inside = dim if inside is None else inside
        self.to_item, self.to_query = nn.Linear(dim, inside, bias=False), nn.Linear(dim, inside, bias=False)
        self.to_score = nn.Linear(inside, 1, bias=False)

    def forward(self, items: Tensor, query: Tensor, hidden: Tensor | None = None) -> Tensor:
        """items [B, S, dim], query [B, T, dim], hidden [B, T, S] or [B, 1, S] -> log p [B, T, S]."""
        return self.scores(self.to_item(items), query, hidden).log_softmax(-1)

    def scores(self, items: Tensor, query: Tensor, hidden: Tensor | None = None) -> Tensor:
        """Scores of items that went through `to_item`: [B, S, inside], query [B, T, dim] -> [B, T, S].

        A stretch of queries at a time, so that what is held at once stays near four million floats.
        """
        asked, stretch = self.to_query(query), max(1, (1 << 22) // max(1, items.numel()))
        parts = [
            self.to_score(torch.tanh(items[:, None] + part[:, :, None]))[..., 0]
            for part in torch.split(asked, stretch, 1)
        ]
        u = torch.cat(parts, 1)
        return u if hidden is None else u.masked_fill(hidden, float("-inf"))


class CopyHead(nn.Module):
    """A vocabulary and a pointer behind one gate: p = g copy + (1 - g) vocabulary."""

    def __init__(self, dim: int, vocab: int) -> None:
        super().__init__()
        self.point, self.say, self.gate = PointerHead(dim), nn.Linear(dim, vocab), nn.Linear(dim, 1)

    def forward(self, items: Tensor, tokens: Tensor, query: Tensor, hidden: Tensor | None = None) -> Tensor:
        """items [B, S, dim] with ids `tokens` [B, S], query [B, T, dim] -> log p over ids [B, T, vocab].

        Ids beyond the vocabulary may be in `tokens`: the result is as wide as the largest id needs.
        """
        there = self.point(items, query, hidden).exp()
        said = self.say(query).softmax(-1)
        width = max(said.shape[-1], int(tokens.max()) + 1)
        copied = torch.zeros(*query.shape[:2], width, dtype=there.dtype, device=there.device)
        copied = copied.scatter_add(-1, tokens[:, None].expand(there.shape), there)
        g = torch.sigmoid(self.gate(query))
        p = g * copied + (1 - g) * F.pad(said, (0, width - said.shape[-1]))
        return p.clamp(min=torch.finfo(p.dtype).tiny).log()
