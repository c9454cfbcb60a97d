"""HCAM: remember the past in chunks, find chunks by their mean, then look closely inside the best few.

o = sum over the top-k chunks of softmax(score)_i * attend(inside chunk i), plus attention to the present chunk.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from remanence.neural.blocks import Output
from remanence.neural.heads import PairLayer
from remanence.neural.kernels.block_attention import Blocks, block_attention
from remanence.neural.layer import State, layer
from remanence.neural.paging import hide_unfinished, pages, pick, softmax_or_nothing


@layer("hcam")
class HCAM(PairLayer):
    """Chunks of `chunk` tokens, of which the best `picks` (None: all) are read.

    detach: no gradient into stored chunks, as published. positions: sinusoidal code of the place in the chunk.
    local: also attend to the unfinished chunk. exact: score a chunk by the mass of its keys instead of by its
    mean, per head, so that reading all of them is dense attention (an oracle that looks at everything).
    """

    chunk: int = 8
    picks: int | None = 2
    detach: bool = True
    positions: bool = True
    local: bool = True
    exact: bool = False

    def build(self) -> None:
        self.read = self.projections(unit_keys=False)
        self.to_ask, self.to_sum = nn.Linear(self.dim, self.dim, bias=False), nn.Linear(self.dim, self.dim, bias=False)
        self.out = Output(self.dim, self.heads, self.read.value, gate=False, norm=False)
        half = (self.read.key + 1) // 2
        angle = torch.arange(self.chunk).flip(0)[:, None] * 1e4 ** (-torch.arange(half) / half)
        code = torch.cat([angle.sin(), angle.cos()], -1)[:, : self.read.key]
        self.register_buffer("code", code if self.positions else torch.zeros_like(code), persistent=False)

    def init_state(self, batch: int) -> State:
        heads = self.read.heads
        cache = {"k": self.zeros(batch, 0, heads, self.read.key), "v": self.zeros(batch, 0, heads, self.read.value)}
        means, filling = self.zeros(batch, 0, self.dim), self.zeros(batch, 0, self.dim)
        return {"cache": cache, "means": means, "filling": filling, "read": self.read.init_state(batch)}

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        q, k, v, read = self.read(x, state["read"])
        still, stored_k, stored_v = x, k, v
        if self.detach and torch.is_grad_enabled():
            still = x.detach()
            _, stored_k, stored_v, _ = self.read(still, state["read"])
        first = state["cache"]["k"].shape[1]
        at = torch.arange(first, first + x.shape[1], device=x.device)
        code = self.get_buffer("code").to(k.dtype)[at % self.chunk][:, None]
        k, stored_k = k + code, stored_k + code
        filling = torch.cat([state["filling"].to(x.dtype), still], 1)
        new = pages(filling, self.chunk)
        means = torch.cat([state["means"].to(x.dtype), new.mean(2)], 1)
        o, cache = self.recall(x, q, stored_k, stored_v, means, state["cache"])
        if self.local:
            own = (at // self.chunk)[:, None, None].expand(*q.shape[:3], 1)
            near, _ = block_attention(q, k, v, state=state["cache"], blocks=Blocks(own, self.chunk))
            o = o + near
        filling = filling[:, new.shape[1] * self.chunk :]
        return self.out(o, x), {"cache": cache, "means": means, "filling": filling, "read": read}

    def recall(self, x: Tensor, q: Tensor, k: Tensor, v: Tensor, means: Tensor, cache: State) -> tuple[Tensor, State]:
        """Read the finished chunks only: [B, T, H, V] and the cache with k, v appended."""
        first = cache["k"].shape[1]
        if self.exact:
            whole = pages(torch.cat([cache["k"].to(k.dtype), k], 1), self.chunk)
            scores = (self.read.key**-0.5 * torch.einsum("bthk,bnjhk->bthnj", q, whole)).logsumexp(-1)
        else:
            scores = (self.to_ask(x) @ self.to_sum(means).mT / math.sqrt(self.dim))[:, :, None]
        best, ids = pick(hide_unfinished(scores, first, self.chunk), self.picks)
        weight = softmax_or_nothing(best).expand(*q.shape[:3], -1)
        index = ids.expand_as(weight)
        if index.shape[-1] == 0:
            index, weight = index.new_full((*q.shape[:3], 1), -1), weight.new_zeros(*q.shape[:3], 1)
        return block_attention(q, k, v, state=cache, blocks=Blocks(index, self.chunk, weight))

    def state_size(self, length: int = 0) -> int:
        grown = length * self.read.heads * (self.read.key + self.read.value)
        return super().state_size() + grown + (length // self.chunk + length % self.chunk) * self.dim
