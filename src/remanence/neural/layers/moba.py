"""MoBA, mixture of block attention: each query reads its own block and the few whose mean key is most like it.

No parameters beyond attention's; where it may read every block it is softmax attention.
"""

from __future__ import annotations

import torch
from torch import Tensor

from remanence.neural.heads import CacheLayer
from remanence.neural.kernels.block_attention import Blocks, block_attention
from remanence.neural.layer import State, layer
from remanence.neural.paging import hide_unfinished, pages, pick


@layer("moba")
class MoBA(CacheLayer):
    """Blocks of `block` tokens; `picks` finished blocks are read besides the own one (None: all)."""

    block: int = 16
    picks: int | None = 2

    def init_state(self, batch: int) -> State:
        return {"cache": self.empty(batch), "read": self.read.init_state(batch)}

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        q, k, v, read, keys = self.placed(x, state)
        first = keys.shape[1] - x.shape[1]
        with torch.no_grad():
            scores = torch.einsum("bthk,bnhk->bthn", q, pages(keys, self.block).mean(2))
            ids = pick(hide_unfinished(scores, first, self.block), self.picks)[1]
            own = (first + torch.arange(x.shape[1], device=x.device)) // self.block
            index = torch.cat([own[:, None, None].expand(*ids.shape[:3], 1), ids], -1)
        o, cache = block_attention(q, k, v, state=state["cache"], blocks=Blocks(index, self.block))
        return self.out(o, x), {"cache": cache, "read": read}

    def state_size(self, length: int = 0) -> int:
        return super().state_size() + self.kept(length)
