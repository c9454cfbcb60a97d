"""Landmark attention: every block of the past has a landmark key; a query opens the blocks whose landmarks it finds.

weight of token j = softmax inside its block * weight of the block's landmark; the own block is read directly.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from remanence.errors import InvalidInput
from remanence.neural.blocks import Output, Projections, rotary
from remanence.neural.kernels.block_attention import block_attention
from remanence.neural.layer import Layer, State, layer
from remanence.neural.paging import hide_unfinished, own_block, pages, pick, softmax_or_nothing


@layer(
    "landmark",
    ledger="S140",
    paper="Landmark Attention: Random-Access Infinite Context Length for Transformers (Mohtashami and Jaggi 2023)",
    architecture="list of keys and values, one landmark a block",
    bias="kernel regression of order 0",
    learner="append",
    schedule="block",
    routing="block landmarks, all or top-k per head and token",
    growth="every token",
    fusion="hierarchical softmax",
    faithful="approximate",
    notes="The landmark is a learned average of the block's keys, not a token of its own in the stream.",
)
class Landmark(Layer):
    """Blocks of `block` tokens; `picks` blocks are opened per head and token, None (as in training) opens all.

    exact: a landmark scores as much as its whole block, so that reading is dense attention (an oracle).
    """

    def __init__(
        self,
        dim: int,
        *,
        heads: int = 4,
        key: int | None = None,
        value: int | None = None,
        conv: int = 4,
        turned: bool = True,
        block: int = 16,
        picks: int | None = None,
        exact: bool = False,
    ) -> None:
        super().__init__(dim)
        if block < 1:
            raise InvalidInput(f"block is at least 1 token, got {block}")
        self.read = Projections(dim, heads, key, value, conv=conv, unit_keys=False)
        self.worth = nn.Linear(dim, heads, bias=False)
        nn.init.zeros_(self.worth.weight)
        self.out = Output(dim, heads, self.read.value, gate=False, norm=False)
        self.turned, self.block, self.picks, self.exact = turned, block, picks, exact

    def init_state(self, batch: int) -> State:
        heads, key = self.read.heads, self.read.key
        k, v = self.zeros(batch, 0, heads, key), self.zeros(batch, 0, heads, self.read.value)
        cache = {"k": k, "v": v}
        filling = self.zeros(batch, 0, heads)
        return {"cache": cache, "landmarks": k, "filling": filling, "read": self.read.init_state(batch)}

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        q, k, v, read = self.read(x, state["read"])
        first = state["cache"]["k"].shape[1]
        if self.turned:
            start = torch.full((x.shape[0],), first, device=x.device)
            q, k = rotary(q, start), rotary(k, start)
        keys = torch.cat([state["cache"]["k"].to(k.dtype), k], 1)
        filling = torch.cat([state["filling"].to(k.dtype), self.worth(x)], 1)
        done = state["landmarks"].shape[1]
        full = pages(keys[:, done * self.block :], self.block)  # [B, new, block, H, K]
        share = pages(filling, self.block).softmax(2)
        landmarks = torch.cat([state["landmarks"].to(k.dtype), (share[..., None] * full).sum(2)], 1)
        index, weight = self.route(q, keys, landmarks)
        o, cache = block_attention(q, k, v, state=state["cache"], index=index, block=self.block, weight=weight)
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
        heads, key, value = self.read.heads, self.read.key, self.read.value
        grown = length * heads * (key + value) + length // self.block * heads * key
        return super().state_size() + grown + length % self.block * heads
