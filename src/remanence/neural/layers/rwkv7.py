"""RWKV-7: a matrix memory whose old content is looked up along one direction and taken off along another.

S_t = (diag(w_t) - (a_t * n_t)^T n_t) S_{t-1} + u_t^T v_t,  o_t = r_t S_t + (r_t . p u_t) v_t,  n_t of unit length.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from remanence.neural.blocks import Norm, per_head, split, unit
from remanence.neural.kernels.gated_delta import gated_delta
from remanence.neural.layer import Layer, State, layer

READS = {"receptance": 0.1, "decay": 0.45, "key": 0.35, "value": 0.35, "rate": 0.45, "gate": 0.1}
"""What is read from a mix of the token with the one before it, and how much of that one there is at first.

Channel i of n begins with a share of 1 - (i / n)^power, power as in the middle layer of the published network (it is
twice that in the first layer and falls to nothing in the last): half of every read taken from the token before, in
every layer, leaves keys that depend on their neighbours.
"""


class LowRank(nn.Module):
    """bias + bend(x A) B: [B, T, dim] -> [B, T, width]; B starts small, so that every token starts alike."""

    def __init__(self, dim: int, width: int, rank: int, *, bias: Tensor | None = None, bent: bool = False) -> None:
        super().__init__()
        self.down, self.up = nn.Linear(dim, rank, bias=False), nn.Linear(rank, width, bias=False)
        self.bias = None if bias is None else nn.Parameter(bias)
        self.bent = bent
        nn.init.normal_(self.up.weight, std=0.1 / math.sqrt(rank))

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, T, dim] -> [B, T, width]."""
        low = self.down(x)
        made: Tensor = self.up(torch.tanh(low) if self.bent else low)
        return made if self.bias is None else made + self.bias


@layer("rwkv7")
class RWKV7(Layer):
    """`heads` states of `key x key` floats; `rank` of the low-rank maps that make decay, rate and gate.

    w = exp(-exp(-1/2) sigmoid(.)) lies in (.545, 1) per key channel; a in (0, 1) is the rate per channel.
    """

    heads: int = 4
    key: int | None = None
    rank: int = 16

    def build(self) -> None:
        key = per_head(self.dim, self.heads, self.key)
        wide = self.heads * key
        place = torch.arange(self.dim) / self.dim
        self.shift = nn.ParameterDict({name: nn.Parameter(1 - place**power) for name, power in READS.items()})
        self.to_r, self.to_k, self.to_v = (nn.Linear(self.dim, wide, bias=False) for _ in range(3))
        start = torch.linspace(-6.0, 1.0, key).repeat(self.heads)
        self.to_decay = LowRank(self.dim, wide, self.rank, bias=start, bent=True)
        self.to_rate = LowRank(self.dim, wide, self.rank, bias=torch.zeros(wide))
        self.to_gate = LowRank(self.dim, wide, self.rank, bias=torch.ones(wide))
        self.removal, self.blend = nn.Parameter(torch.full((wide,), 0.85)), nn.Parameter(torch.ones(wide))
        self.bonus = nn.Parameter(torch.zeros(self.heads, key))
        self.norm, self.to_out = Norm(key), nn.Linear(wide, self.dim, bias=False)

    @torch.no_grad()
    def start_alike(self) -> None:
        """Let keys begin as receptances do, read from the same mix of two tokens."""
        self.to_k.weight.copy_(self.to_r.weight)
        self.shift["key"].copy_(self.shift["receptance"])

    def init_state(self, batch: int) -> State:
        key = self.bonus.shape[1]
        return {"memory": self.zeros(batch, self.heads, key, key), "last": self.zeros(batch, self.dim)}

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        before = torch.cat([state["last"][:, None].to(x.dtype), x[:, :-1]], 1)
        seen = {name: x + (before - x) * self.shift[name] for name in READS}
        r, v = split(self.to_r(seen["receptance"]), self.heads), split(self.to_v(seen["value"]), self.heads)
        told, rate = self.to_k(seen["key"]), torch.sigmoid(self.to_rate(seen["rate"]))
        off = unit(split(told * self.removal, self.heads))
        k = split(told * (1 + (rate - 1) * self.blend), self.heads)
        rate = split(rate, self.heads)
        decay = -math.exp(-0.5) * torch.sigmoid(split(self.to_decay(seen["decay"]), self.heads))
        # two steps a token: take off along `rate * off` what `off` finds before the decay, then write along k
        none = torch.zeros_like(off)
        o, memory = gated_delta(
            _in_turn(none, r),
            _in_turn(rate * off, k),
            _in_turn(torch.zeros_like(v), v),
            gate=_in_turn(decay, none),
            erase=_in_turn(off * (-decay).exp(), none),
            state=state["memory"],
        )
        o = self.norm(o[:, 1::2].to(x.dtype)) + (r * self.bonus * k).sum(-1, keepdim=True) * v
        y: Tensor = self.to_out(o.flatten(-2) * F.silu(self.to_gate(seen["gate"])))
        return y, {"memory": memory, "last": x[:, -1]}


def _in_turn(first: Tensor, second: Tensor) -> Tensor:
    """first_1, second_1, first_2, second_2, ...: two [B, T, H, K] -> [B, 2 T, H, K]."""
    return torch.stack([first, second], 2).flatten(1, 2)
