"""Landmark attention: every block of the past has a landmark key; a query opens the blocks whose landmarks it finds.

weight of token j = softmax inside its block * weight of the block's landmark; the own block is read directly.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from remanence.neural.heads import CacheLayer
from remanence.neural.kernels.block_attention import Blocks, block_attention
from remanence.neural.layer import State, layer
from remanence.neural.paging import hide_unfinished, own_block, pages, pick, softmax_or_nothing


@layer("landmark")
class Landmark(CacheLayer):
    """Blocks of `block` tokens; `picks` blocks are opened per head and token, None (as in training) opens all.

    exact: a landmark scores as much as its whole block, so that reading is dense attention (an oracle).
    """

    block: int = 16
    picks: int | None = None
    exact: bool = False

    def build(self) -> None:
        super().build()
        self.worth = nn.Linear(self.dim, self.heads, bias=False)
        nn.init.zeros_(self.worth.weight)

    def init_state(self, batch: int) -> State:
        cache = self.empty(batch)
        filling = self.zeros(batch, 0, self.heads)
        return {"cache": cache, "landmarks": cache["k"], "filling": filling, "read": self.read.init_state(batch)}

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        q, k, v, read, keys = self.placed(x, state)
        filling = torch.cat([state["filling"].to(k.dtype), self.worth(x)], 1)
        done = state["landmarks"].shape[1]
        full = pages(keys[:, done * self.block :], self.block)  # [B, new, block, H, K]
        share = pages(filling, self.block).softmax(2)
        landmarks = torch.cat([state["landmarks"].to(k.dtype), (share[..., None] * full).sum(2)], 1)
        index, weight = self.route(q, keys, landmarks)
        o, cache = block_attention(q, k, v, state=state["cache"], blocks=Blocks(index, self.block, weight))
        filling = filling[:, full.shape[1] * self.block :]
        return self.out(o, x), {"cache": cache, "landmarks": landmarks, "filling": filling, "read": read}

    def route(self, q: Tensor, keys: Tensor, landmarks: Tensor) -> tuple[Tensor, Tensor]:
        """Which blocks each query reads (its own first, -1: none) and with which weight: two [B, T, H, n]."""
        scale = self.read.key**-0.5
        here, own = own_block(q, keys, self.block, scale)
        if self.exact:
            whole = pages(keys, self.block)
            doors = (scale * torch.einsum("bthk,bnjhk->bthnj", q, whole)).logsumexp(-1)
        else:
            doors = scale * torch.einsum("bthk,bnhk->bthn", q, landmarks)
        doors, ids = pick(hide_unfinished(doors, keys.shape[1] - q.shape[1], self.block), self.picks)
        weight = softmax_or_nothing(torch.cat([here.logsumexp(-1, keepdim=True), doors], -1))
        return torch.cat([own[:, None, None].expand(*ids.shape[:3], 1), ids], -1), weight

    def state_size(self, length: int = 0) -> int:
        grown = self.kept(length) + length // self.block * self.heads * self.read.key
        return super().state_size() + grown + length % self.block * self.heads
