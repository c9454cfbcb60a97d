"""HAX: a state-space layer helped by sparse attention that finds keys by hashing and by a score given when written.

Each query reads the latest keys with its own hash code and the keys with the highest scores so far.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from remanence.errors import InvalidInput
from remanence.neural.blocks import per_head, split, unit
from remanence.neural.heads import HeadLayer
from remanence.neural.kernels.block_attention import Blocks, block_attention
from remanence.neural.layer import State, fitted, layer


@layer("hax")
class HAX(HeadLayer):
    """`budget` keys per query, shared by hashing (`hash`) and key selection (`select`), on top of `base`.

    planes: bits of a hash code. `extra_loss` teaches the scores which keys unrestricted attention would use.
    """

    base: str = "mamba2"
    budget: int = 16
    planes: int = 4
    hash: bool = True
    select: bool = True
    rank_loss: float = 0.1

    def build(self) -> None:
        ways = int(self.hash) + int(self.select)
        if ways == 0 or self.budget < ways or self.planes > 30:
            raise InvalidInput("needs hash or select, a budget of at least one key for each, and at most 30 planes")
        self.layer = fitted(self.base, self.dim, heads=self.heads, key=self.key, conv=self.conv)
        self.asks, self.width = per_head(self.dim, self.heads, self.key), per_head(self.dim, self.heads, None)
        self.to_qk = nn.Linear(self.dim, 2 * self.heads * self.asks, bias=False)
        self.score = nn.Sequential(nn.Linear(2 * self.asks, 16), nn.SiLU(), nn.Linear(16, 1))
        self.scale = nn.Parameter(torch.full((self.dim,), 0.5))
        self.sharpness = nn.Parameter(torch.tensor(math.log(8.0)))
        self.register_buffer("plane", torch.randn(self.planes, self.asks))
        self.share = self.budget // (int(self.hash) + int(self.select))

    def init_state(self, batch: int) -> State:
        cache = {"k": self.zeros(batch, 0, self.heads, self.asks), "v": self.zeros(batch, 0, self.heads, self.width)}
        asked, scores = self.zeros(batch, self.heads, self.asks), self.zeros(batch, 0, self.heads)
        return {"base": self.layer.init_state(batch), "cache": cache, "asked": asked, "scores": scores}

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        y, base = self.layer(x, state["base"])
        q, k = (unit(split(part, self.heads)) for part in self.to_qk(x).chunk(2, -1))
        total = state["asked"].to(x.dtype)[:, None] + q.detach().cumsum(1)
        fresh = self.score(torch.cat([k.detach(), unit(total)], -1))[..., 0]  # [B, T, H]
        keys = torch.cat([state["cache"]["k"].to(x.dtype), k], 1)
        scores = torch.cat([state["scores"].to(x.dtype), fresh.detach()], 1)
        blocks = Blocks(self.readable(q, keys, scores), size=1)
        asked = self.sharpness.exp() * q
        o, cache = block_attention(asked, k, split(x, self.heads), state=state["cache"], blocks=blocks, scale=1.0)
        if self.training and torch.is_grad_enabled() and self.select:
            self.extra_loss = self.rank_loss * self._ranking(q.detach(), k.detach(), fresh)
        new = {"base": base, "cache": cache, "asked": total[:, -1], "scores": scores}
        return y + self.scale * o.flatten(-2), new

    def readable(self, q: Tensor, k: Tensor, scores: Tensor) -> Tensor:
        """Places of the keys that each query reads, at most `budget`, none after it: [B, T, H, n], -1 for none."""
        size, time = k.shape[1], q.shape[1]
        place = torch.arange(size, device=q.device)
        past = (place <= torch.arange(size - time, size, device=q.device)[:, None])[:, None]  # [T, 1, S]
        few, found = min(self.share, size), []
        if self.hash:
            fixed = self.get_buffer("plane")
            planes = torch.randn_like(fixed) if self.training else fixed
            bits = 2 ** torch.arange(planes.shape[0], device=q.device)
            asked, held = (((part @ planes.to(q.dtype).T > 0) * bits).sum(-1) for part in (q, k))  # [B, ., H]
            same = (asked[..., None] == held.transpose(1, 2)[:, None]) & past
            found.append(torch.where(same, place, -1).topk(few, -1).values)  # the latest of the same code
        if self.select:
            order = scores.transpose(1, 2)[:, None].masked_fill(~past, float("-inf"))  # [B, T, H, S]
            best, at = order.sort(stable=True, dim=-1, descending=True)
            found.append(at[..., :few].masked_fill(best[..., :few] == float("-inf"), -1))
        if len(found) == 2:  # a key that was found both ways is read once
            twice = (found[1][..., None] == found[0][..., None, :]).any(-1)
            found[1] = found[1].masked_fill(twice, -1)
        return torch.cat(found, -1)

    def _ranking(self, q: Tensor, k: Tensor, fresh: Tensor) -> Tensor:
        """Of two keys of this pass the one that a later query attends to more on average should score higher."""
        later = torch.arange(q.shape[1] - 1, -1, -1, device=q.device).clamp(min=1)[:, None]
        uses = torch.sigmoid(8 * torch.einsum("bthk,bshk->bhts", q, k)).tril(-1).sum(2).transpose(1, 2) / later
        shift = max(1, q.shape[1] // 2)
        order = torch.sign(uses - uses.roll(shift, 1))
        return F.softplus(-order * (fresh - fresh.roll(shift, 1))).mean()

    def state_size(self, length: int = 0) -> int:
        grown = length * self.heads * (self.asks + self.width + 1)
        return self.layer.state_size(length) + self.heads * self.asks + grown
