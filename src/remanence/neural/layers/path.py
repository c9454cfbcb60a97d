"""PaTH attention: softmax attention whose positions are products of reflections that the tokens between choose.

logit_ij = q_i H_i H_{i-1} ... H_{j+1} k_j / sqrt(K),  H_t = I - b_t w_t^T w_t with b_t in (0, 2), |w_t| = 1.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from remanence.neural.blocks import Gate, ShortConv, split, unit
from remanence.neural.heads import CacheLayer
from remanence.neural.kernels.gated_delta import exact, full_precision
from remanence.neural.layer import State, layer


@layer("path")
class PaTH(CacheLayer, turned=False):
    """Cached keys are kept as the reflections since have moved them, so that a token costs one pass over the cache.

    rank: of the map that makes the directions w; piece: tokens whose reflections are worked out together, which
    changes nothing but the speed. With b = 0 it is softmax attention without positions.
    """

    rank: int = 16
    piece: int = 32

    def build(self) -> None:
        super().build()
        wide = self.heads * self.read.key
        self.down, self.up = nn.Linear(self.dim, self.rank, bias=False), nn.Linear(self.rank, wide, bias=False)
        self.near = ShortConv(wide, 3)
        self.strength = Gate(self.dim, self.heads, high=2.0)

    def init_state(self, batch: int) -> State:
        past = self.up.weight.new_zeros(batch, self.near.size - 1, self.near.width)
        return {"cache": self.empty(batch), "past": past, "read": self.read.init_state(batch)}

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        q, k, v, read, _ = self.placed(x, state)
        w, past = self.near(self.up(self.down(x)), state["past"])
        w, strength = unit(split(w, self.heads)), self.strength(x)
        cache, out = state["cache"], []
        for span in (slice(t, t + self.piece) for t in range(0, x.shape[1], self.piece)):
            o, cache = reflected_attention(q[:, span], k[:, span], v[:, span], w[:, span], strength[:, span], cache)
            out.append(o)
        return self.out(torch.cat(out, 1), x), {"cache": cache, "past": past, "read": read}

    def state_size(self, length: int = 0) -> int:
        return super().state_size() + self.kept(length)


@exact
def reflected_attention(
    q: Tensor, k: Tensor, v: Tensor, w: Tensor, strength: Tensor, cache: State
) -> tuple[Tensor, State]:
    """Attend from q: [B, T, H, K] over cached keys, then k, through reflections along unit w: [B, T, H, K].

    strength: [B, T, H]. The cache {"k": [B, S, H, K], "v": [B, S, H, V]} comes in as of the token before and goes
    out as of the last one. H_i ... H_{j+1} k_j = k_j - sum over s in (j, i] of w_s M_sj with
    M = (I + tril(b W W^T, -1))^-1 b (W K^T masked to s > j): one triangular solve for all pairs.
    """
    kind, size = v.dtype, cache["k"].shape[1]
    q, w = (full_precision(part).transpose(1, 2) for part in (q, w))
    keys = torch.cat([full_precision(cache["k"]), full_precision(k)], 1).transpose(1, 2)  # [B, H, S + T, K]
    values = torch.cat([full_precision(cache["v"]), full_precision(v)], 1).transpose(1, 2)
    strength = full_precision(strength).transpose(1, 2)[..., None]
    time = q.shape[2]
    row, column = torch.arange(time, device=q.device)[:, None], torch.arange(size + time, device=q.device) - size
    told = (strength * (w @ keys.mT)).masked_fill(row <= column, 0)  # a reflection moves only earlier keys
    system = (strength * (w @ w.mT)).tril(-1)
    moved = torch.linalg.solve_triangular(system, told, upper=False, unitriangular=True)  # M [B, H, T, S + T]
    logits = q @ keys.mT - (q @ w.mT).tril() @ moved
    share = (q.shape[-1] ** -0.5 * logits).masked_fill(row < column, float("-inf")).softmax(-1)
    new = {"k": (keys - moved.mT @ w).transpose(1, 2), "v": values.transpose(1, 2)}
    return (share @ values).transpose(1, 2).to(kind), new
