"""LaCT, test-time training in large chunks: a SwiGLU network per head that is trained once a chunk, beside a window.

f(k) = (SiLU(k W1) * k W3) W2; at the end of a chunk W <- |W| unit(W + NS(sum of rate * gradients of f(k) . v)), where
unit and |.| go by column and keep the lengths that the weights began with. Queries read the weights as of the chunk's
start, and the last `window` tokens by softmax attention over the same keys and values.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from remanence.errors import InvalidInput
from remanence.neural.blocks import Gate, Norm, Output, rotary, split
from remanence.neural.heads import PairLayer
from remanence.neural.kernels.block_attention import Sight, block_attention
from remanence.neural.kernels.gated_delta import exact, full_precision
from remanence.neural.kernels.inner_gradient import newton_schulz
from remanence.neural.layer import State, layer
from remanence.neural.paging import periods

NAMES = ("w1", "w2", "w3")


@layer("lact")
class LaCT(PairLayer, conv=0):
    """`expansion`: width inside; `muon`: five steps of Newton-Schulz on the summed gradient (NS, otherwise nothing).

    rate: where the learned rates of the three weights start, each between 0 and 1 per token and head.
    """

    chunk: int = 32
    window: int = 32
    rate: float = 0.1
    muon: bool = False
    expansion: int = 2

    def build(self) -> None:
        if not 0 < self.rate < 1:
            raise InvalidInput(f"rate must lie between 0 and 1, got {self.rate}")
        self.read = self.projections(unit_keys=False)
        heads, key, value = self.heads, self.read.key, self.read.value
        wide = self.expansion * key
        shapes = {"w1": (key, wide), "w2": (wide, value), "w3": (key, wide)}
        self.start = nn.ParameterDict(
            {n: nn.Parameter(torch.randn(heads, *s) / math.sqrt(s[0])) for n, s in shapes.items()}
        )
        self.to_rate = Gate(self.dim, 3 * heads, bias=math.log(self.rate / (1 - self.rate)))
        self.scale, self.offset = nn.Parameter(torch.ones(2, heads, key)), nn.Parameter(torch.zeros(2, heads, key))
        self.norm, self.share = Norm(value), Gate(self.dim, heads)
        self.out = Output(self.dim, heads, value, gate=False, norm=False)

    def init_state(self, batch: int) -> State:
        weights = {n: full_precision(w).expand(batch, *w.shape) for n, w in self.start.items()}
        k = self.zeros(batch, 0, self.heads, self.read.key)
        return {
            "weights": weights,
            "push": {n: torch.zeros_like(w) for n, w in weights.items()},
            "cache": {"k": k, "v": self.zeros(batch, 0, self.heads, self.read.value)},
            "place": self.clock(batch),
            "read": self.read.init_state(batch),
        }

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        q, k, v, read = self.read(x, state["read"])
        q, k = F.silu(q), F.silu(k)
        fast_q, fast_k = F.normalize(q, dim=-1), F.normalize(k, dim=-1)
        rates = split(self.to_rate(x), 3)
        weights, push, out = state["weights"], state["push"], []
        for here, at in periods(int(state["place"][0]), self.chunk, x.shape[1]):
            o, push = swiglu_step(weights, push, fast_q[:, here], fast_k[:, here], v[:, here], rates[:, here])
            out.append(o)
            if at + o.shape[1] == self.chunk:
                weights = {n: self._written(w, push[n]) for n, w in weights.items()}
                push = {n: torch.zeros_like(w) for n, w in push.items()}
        near_q, near_k = (
            rotary(part * self.scale[n] + self.offset[n], state["place"]) for n, part in enumerate((q, k))
        )
        near, cache = block_attention(near_q, near_k, v, state=state["cache"], sight=Sight(window=self.window))
        far = self.share(x)[..., None] * self.norm(torch.cat(out, 1).to(x.dtype))
        place = state["place"] + x.shape[1]
        new = {"weights": weights, "push": push, "cache": cache, "place": place, "read": read}
        return self.out(near + far, x), new

    @exact
    def _written(self, weight: Tensor, push: Tensor) -> Tensor:
        moved: Tensor = weight + (newton_schulz(push) if self.muon else push)
        kept: Tensor = weight.norm(dim=-2, keepdim=True) * F.normalize(moved, dim=-2)
        return kept

    def state_size(self, length: int = 0) -> int:
        return super().state_size() + min(length, self.window - 1) * self.heads * (self.read.key + self.read.value)


@exact
def swiglu_step(
    weights: dict[str, Tensor], push: dict[str, Tensor], q: Tensor, k: Tensor, v: Tensor, rates: Tensor
) -> tuple[Tensor, dict[str, Tensor]]:
    """Read the weights {name: [B, H, I, O]} at q and add to `push` the rate-weighted gradients of f(k) . v.

    q, k: [B, T, H, K], v: [B, T, H, V], rates: [B, T, 3, H] for w1, w2, w3 -> o: [B, T, H, V], push.
    """
    q, k, v = (full_precision(part).transpose(1, 2) for part in (q, k, v))
    rates = full_precision(rates).permute(2, 0, 3, 1)[..., None]  # [3, B, H, T, 1]
    o = (F.silu(q @ weights["w1"]) * (q @ weights["w3"])) @ weights["w2"]
    opened, carried = k @ weights["w1"], k @ weights["w3"]
    gate = torch.sigmoid(opened)
    back = v @ weights["w2"].mT
    slope = gate * (1 + opened * (1 - gate))
    added = {
        "w1": k.mT @ (rates[0] * back * carried * slope),
        "w2": (opened * gate * carried).mT @ (rates[1] * v),
        "w3": k.mT @ (rates[2] * back * opened * gate),
    }
    return o.transpose(1, 2), {n: push[n] + added[n] for n in NAMES}
