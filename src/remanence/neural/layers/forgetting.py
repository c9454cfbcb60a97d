"""Forgetting attention (FoX): softmax attention whose logits fade with what was forgotten since a key was written.

o_t = sum_j softmax_j(q_t k_j + sum of log f over (j, t]) v_j,  f = sigmoid(W x) per head: a forget gate for attention.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from remanence.neural.heads import CacheLayer
from remanence.neural.kernels.block_attention import Sight, block_attention
from remanence.neural.layer import State, layer


@layer("forgetting")
class ForgettingAttention(CacheLayer, turned=False):
    """keep: bias of the forget gate at the start; with a gate of one it is softmax attention."""

    keep: float = 5.0

    def build(self) -> None:
        super().build()
        self.to_forget = nn.Linear(self.dim, self.heads)
        nn.init.constant_(self.to_forget.bias, self.keep)

    def init_state(self, batch: int) -> State:
        total = self.zeros(batch, 0, self.heads)
        return {"cache": self.empty(batch), "total": total, "read": self.read.init_state(batch)}

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        q, k, v, read, _ = self.placed(x, state)
        fresh = F.logsigmoid(self.to_forget(x)).to(state["total"].dtype).cumsum(1)
        held = state["total"]
        total = torch.cat([held, fresh + (held[:, -1:] if held.shape[1] else 0.0)], 1)  # log f up to each token
        now = total[:, -x.shape[1] :].transpose(1, 2)
        bias = (now[..., None] - total.transpose(1, 2)[:, :, None]).to(q.dtype)  # [B, H, T, S]
        o, cache = block_attention(q, k, v, state=state["cache"], sight=Sight(bias=bias))
        return self.out(o, x), {"cache": cache, "total": total, "read": read}

    def state_size(self, length: int = 0) -> int:
        return super().state_size() + self.kept(length) + length * self.heads
