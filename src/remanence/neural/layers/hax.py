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

ASKED = 128
"""Queries of a pass that say which keys are attended to, in the loss that teaches the scores."""


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
        """Places of the keys that each query reads, at most `budget`, none after it: [B, T, H, n], -1 for none.

        Neither way compares every query with every key: S log S + T log T of work, T * budget of memory.
        """
        few, found = min(self.share, k.shape[1]), []
        if self.hash:
            fixed = self.get_buffer("plane")
            planes = torch.randn_like(fixed) if self.training else fixed
            bits = 2 ** torch.arange(planes.shape[0], device=q.device)
            asked, held = (((part @ planes.to(q.dtype).T > 0) * bits).sum(-1) for part in (q, k))  # [B, ., H]
            found.append(latest_alike(asked, held, few))
        if self.select:
            found.append(best_so_far(scores, q.shape[1], few))
        if len(found) == 2:  # a key that was found both ways is read once
            twice = (found[1][..., None] == found[0][..., None, :]).any(-1)
            found[1] = found[1].masked_fill(twice, -1)
        return torch.cat(found, -1)

    def _ranking(self, q: Tensor, k: Tensor, fresh: Tensor) -> Tensor:
        """Of two keys of this pass the one that a later query attends to more on average should score higher.

        At most `ASKED` queries of the pass, drawn anew each time, say what is attended to.
        """
        time = q.shape[1]
        drawn = torch.randperm(time, device=q.device)[:ASKED].sort().values if time > ASKED else torch.arange(time)
        later = torch.arange(time, device=q.device) < drawn.to(q.device)[:, None]  # [n, T]: keys before a query
        heard = torch.sigmoid(8 * torch.einsum("bthk,bshk->bhts", q[:, drawn], k)) * later
        uses = (heard.sum(2) / later.sum(0).clamp(min=1)).transpose(1, 2)
        shift = max(1, time // 2)
        order = torch.sign(uses - uses.roll(shift, 1))
        return F.softplus(-order * (fresh - fresh.roll(shift, 1))).mean()

    def state_size(self, length: int = 0) -> int:
        grown = length * self.heads * (self.asks + self.width + 1)
        return self.layer.state_size(length) + self.heads * self.asks + grown


def latest_alike(asked: Tensor, held: Tensor, few: int) -> Tensor:
    """The latest `few` keys with a query's own code, latest first: asked [B, T, H], held [B, S, H] -> [B, T, H, few].

    Queries are aligned with the last T keys and read none after them; -1 where there are fewer. Keys are sorted by
    code and place once, and each query finds its own place among them.
    """
    size, time = held.shape[1], asked.shape[1]
    place = torch.arange(size, device=held.device)
    order = (held.transpose(1, 2) * size + place).sort(-1).values.contiguous()  # [B, H, S]
    wanted = (asked.transpose(1, 2) * size + place[size - time :]).contiguous()
    end = torch.searchsorted(order, wanted, right=True)[..., None] - 1 - torch.arange(few, device=held.device)
    near = order.gather(-1, end.clamp(min=0).flatten(-2)).reshape(end.shape)
    alike = (end >= 0) & (near // size == asked.transpose(1, 2)[..., None])
    return torch.where(alike, near % size, -1).transpose(1, 2)


def best_so_far(scores: Tensor, time: int, few: int) -> Tensor:
    """The `few` best scores up to each of the last `time` places: scores [B, S, H] -> places [B, T, H, few].

    -1 stands for none. Windows that double: the best of 2n places are those of two windows of n.
    Of equal scores the earlier wins.
    """
    lanes = scores.transpose(1, 2)  # [B, H, S]
    early, fresh = lanes[..., : lanes.shape[-1] - time], lanes[..., lanes.shape[-1] - time :]
    first = early.shape[-1]
    none = scores.new_full((), float("-inf"))
    best = F.pad(fresh[..., None], (0, few - 1), value=float("-inf"))
    at = F.pad(torch.arange(first, first + time, device=scores.device).expand(fresh.shape)[..., None], (0, few - 1))

    def merged(older: Tensor, where: Tensor, best: Tensor, at: Tensor) -> tuple[Tensor, Tensor]:
        order = torch.cat([older, best], -1).sort(stable=True, dim=-1, descending=True)
        return order.values[..., :few], torch.cat([where, at], -1).gather(-1, order.indices[..., :few])

    width = 1
    while width < time:
        older = torch.cat([none.expand(*best.shape[:2], width, few), best[:, :, :-width]], 2)
        best, at = merged(older, F.pad(at[:, :, :-width], (0, 0, width, 0)), best, at)
        width *= 2
    if first:
        past = early.sort(stable=True, dim=-1, descending=True)
        older, where = (F.pad(part[..., :few], (0, max(0, few - first)), value=fill)[:, :, None].expand_as(best)
                        for part, fill in ((past.values, float("-inf")), (past.indices, 0)))  # fmt: skip
        best, at = merged(older, where, best, at)
    return at.masked_fill(best == float("-inf"), -1).transpose(1, 2)
