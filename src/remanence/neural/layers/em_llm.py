"""EM-LLM: the key-value memory cut into events where the stream surprises; similar events and neighbours are read.

A query reads the first tokens, the last tokens, the events most like it, and what happened just before and after.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from remanence.errors import InvalidInput
from remanence.neural.heads import CacheLayer
from remanence.neural.kernels.block_attention import Sight, block_attention
from remanence.neural.layer import State, layer
from remanence.neural.paging import pick
from remanence.neural.segments import Segmenter


@layer("em_llm")
class EMLLM(CacheLayer):
    """Events of `smallest` to `largest` tokens; reads `picks` events, a share `contiguity` of them neighbours.

    gamma: deviations above the mean of the last `recent` surprises that make a cut. sink: first tokens, always
    read. local: last tokens, always read. speak: tokens that represent an event, those most attended to in it.
    """

    gamma: float = 1.0
    recent: int = 16
    smallest: int = 2
    largest: int = 8
    sink: int = 2
    local: int = 8
    picks: int = 4
    contiguity: float = 0.3
    speak: int = 4
    fading: float = 0.5

    def build(self) -> None:
        if not self.smallest <= self.largest <= self.local:
            raise InvalidInput("needs smallest <= largest <= local")
        super().build()
        self.segmenter = Segmenter(self.gamma, self.recent, self.smallest, self.largest, self.fading)
        self.neighbours = math.floor(self.contiguity * self.picks)
        self.similar = self.picks - self.neighbours

    def init_state(self, batch: int) -> State:
        return {
            "cache": self.empty(batch),
            "heard": self.zeros(batch, 0, self.heads),
            "ids": self.clock(batch)[:, None][:, :0],
            "events": self.segmenter.init_state(self.zeros(batch, self.dim)),
            "read": self.read.init_state(batch),
        }

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        q, k, v, read, keys = self.placed(x, state)
        with torch.no_grad():
            ids, _, segments = self.segmenter(x, state["events"])
            ids = torch.cat([state["ids"], ids], 1)
            heard = self._heard(q, keys, ids, state["heard"].to(k.dtype))
            bias = self._open(q, keys, ids, heard)
        o, cache = block_attention(q, k, v, state=state["cache"], sight=Sight(bias=bias))
        new = {"cache": cache, "heard": heard, "ids": ids, "events": segments, "read": read}
        return self.out(o, x), new

    def retrieve(self, q: Tensor, keys: Tensor, ids: Tensor, heard: Tensor) -> Tensor:
        """Which finished events every query reads: mask [B, T, H, N]."""
        count = int(ids.max()) + 1
        own = ids[:, -q.shape[1] :]
        member = ids[:, None] == torch.arange(count, device=q.device)[:, None]  # [B, N, S]
        rank = heard.transpose(1, 2)[:, :, None].masked_fill(~member[:, None], -1.0)  # [B, H, N, S]
        best, at = rank.topk(min(self.speak, rank.shape[-1]), -1)
        rows = torch.arange(q.shape[0], device=q.device)[:, None, None, None]
        speakers = keys.transpose(1, 2)[rows, torch.arange(q.shape[2], device=q.device)[:, None, None], at]
        real = (best >= 0)[..., None]
        speaker = (speakers * real).sum(3) / real.sum(3).clamp(min=1)  # [B, H, N, K]
        scores = torch.einsum("bthk,bhnk->bthn", q, speaker)
        open_ = (torch.arange(count, device=q.device) < own[..., None])[:, :, None]
        chosen = pick(scores.masked_fill(~open_, float("-inf")), self.similar)[1]
        worth = torch.arange(chosen.shape[-1], 0, -1, device=q.device).to(q.dtype).expand_as(chosen)
        value = torch.zeros_like(scores).scatter_add(-1, chosen.clamp(min=0), worth * (chosen >= 0))
        found: Tensor = value > 0
        beside = torch.maximum(F.pad(value, (1, 0))[..., :-1], F.pad(value, (0, 1))[..., 1:])
        beside = beside.masked_fill(found | ~open_ | (beside == 0), float("-inf"))
        if self.neighbours == 0:
            return found
        more = pick(beside, self.neighbours)[1]
        near = torch.zeros_like(value).scatter_add(-1, more.clamp(min=0), (more >= 0).to(q.dtype)) > 0
        return torch.logical_or(found, near)

    def _open(self, q: Tensor, keys: Tensor, ids: Tensor, heard: Tensor) -> Tensor:
        """0 for the keys that a query reads, -inf for others: [B, H, T, S]."""
        size, time = keys.shape[1], q.shape[1]
        at = torch.arange(size - time, size, device=q.device)[:, None]
        place = torch.arange(size, device=q.device)
        always = (place < self.sink) | (place > at - self.local)  # [T, S]
        chosen = self.retrieve(q, keys, ids, heard).transpose(1, 2)
        inside = chosen.gather(-1, ids[:, None, None].expand(*chosen.shape[:3], -1))
        return torch.zeros_like(inside, dtype=q.dtype).masked_fill(~(inside | always), float("-inf"))

    def _heard(self, q: Tensor, keys: Tensor, ids: Tensor, heard: Tensor) -> Tensor:
        """Attention that every token got from its own event so far: [B, S, H]."""
        size, time = keys.shape[1], q.shape[1]
        logits = self.read.key**-0.5 * torch.einsum("bthk,bshk->bhts", q, keys)
        late = torch.arange(size, device=q.device) > torch.arange(size - time, size, device=q.device)[:, None]
        other = ids[:, None] != ids[:, -time:, None]
        share = logits.masked_fill((late | other)[:, None], float("-inf")).softmax(-1)
        total: Tensor = share.sum(2).transpose(1, 2) + F.pad(heard, (0, 0, 0, time))
        return total

    def state_size(self, length: int = 0) -> int:
        return super().state_size() + self.kept(length) + length * self.heads
