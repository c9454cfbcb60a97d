"""HiP attention: every query searches the past by a tree of key blocks and attends to the few it ends at.

All of the past is halved again and again, keeping the best nodes, judged by one key each: O(log T) looks a query.
"""

from __future__ import annotations

import torch
from torch import Tensor

from remanence.errors import InvalidInput
from remanence.neural.heads import CacheLayer
from remanence.neural.kernels.block_attention import Blocks, block_attention
from remanence.neural.layer import State, layer


def search(q: Tensor, k: Tensor, picks: int, leaf: int, *, ends: bool = True) -> Tensor:
    """Find `picks` blocks of `leaf` keys for each query: q [B, T, H, K] last of k [B, S, H, K] -> [B, T, H, n].

    -1 fills up where a query sees fewer blocks. ends: the first and the own block are always kept.
    """
    batch, time, heads, key = q.shape
    size = k.shape[1]
    seen = torch.arange(size - time, size, device=q.device)[:, None] // leaf + 1  # [T, 1] blocks
    cuts = seen * torch.arange(picks + 1, device=q.device) // picks
    low, high = (c[None, :, None].expand(batch, -1, heads, -1) for c in (cuts[:, :-1], cuts[:, 1:]))
    seen = seen[None, :, None]
    flat = k.transpose(1, 2).reshape(-1, key)
    lane = (torch.arange(batch * heads, device=q.device) * size).reshape(batch, 1, heads, 1)
    widest = -(-int(-(-size // leaf)) // picks)
    for _ in range(max(0, widest - 1).bit_length()):
        middle = (low + high + 1) // 2
        low, high = torch.cat([low, middle], -1), torch.cat([middle, high], -1)
        judge = ((low + high) // 2).clamp(max=seen - 1) * leaf  # the first key of the middle block
        near = flat.index_select(0, (lane + judge).flatten()).reshape(*low.shape, key)
        score = (near @ q[..., None])[..., 0]
        if ends:
            score = score.masked_fill((low == 0) | (high == seen), float("inf"))
        score = score.masked_fill(low >= high, float("-inf"))
        best = score.topk(picks, -1).indices
        low, high = low.gather(-1, best), high.gather(-1, best)
    return low.masked_fill(low >= high, -1)


@layer("hip")
class HiP(CacheLayer):
    """Keeps `keep` keys per query and head, in blocks of `leaf`; dense attention while T <= keep."""

    keep: int = 32
    leaf: int = 4

    def build(self) -> None:
        if self.leaf < 1 or self.keep % self.leaf or self.keep < 2 * self.leaf:
            raise InvalidInput(f"keep={self.keep} must be a multiple of leaf={self.leaf} and hold at least two leaves")
        super().build()

    def init_state(self, batch: int) -> State:
        return {"cache": self.empty(batch), "read": self.read.init_state(batch)}

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        q, k, v, read, keys = self.placed(x, state)
        with torch.no_grad():
            index = search(q, keys, self.keep // self.leaf, self.leaf)
        o, cache = block_attention(q, k, v, state=state["cache"], blocks=Blocks(index, self.leaf))
        return self.out(o, x), {"cache": cache, "read": read}

    def state_size(self, length: int = 0) -> int:
        return super().state_size() + self.kept(length)
