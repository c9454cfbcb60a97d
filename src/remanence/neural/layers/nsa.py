"""Native sparse attention: three reads of the past - compressed blocks, the blocks they point at, the last tokens.

o_t = g_c Attn(q, compressed blocks) + g_s Attn(q, tokens of the best blocks) + g_w Attn(q, last tokens), gates in
(0, 1); which blocks are best is read off the compressed attention, summed over the heads of a group.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from remanence.errors import InvalidInput
from remanence.neural.blocks import Gate, Output, per_head, rotary, split
from remanence.neural.heads import PairLayer
from remanence.neural.kernels.block_attention import Blocks, Sight, block_attention
from remanence.neural.layer import State, layer
from remanence.neural.paging import hide_unfinished, pages, pick, softmax_or_nothing

READS = ("compressed", "chosen", "near")


@layer("nsa")
class NSA(PairLayer, conv=0):
    """Blocks of `block` tokens, `picks` of them read besides the own one (None: all), and the last `window` tokens.

    groups: heads of one group share what they read (grouped queries share it with their keys, too; None: one group).
    Each of the three reads has keys and values of its own. The compressor is a network on a whole block.
    """

    block: int = 16
    picks: int | None = 2
    window: int = 16
    groups: int | None = None

    def build(self) -> None:
        key, value = per_head(self.dim, self.heads, self.key), per_head(self.dim, self.heads, self.value)
        groups = 1 if self.groups is None else self.groups
        if self.heads % groups:
            raise InvalidInput(f"groups={groups} must divide heads={self.heads}")
        self.each, self.sizes = self.heads // groups, (key, value)
        self.to_q = nn.Linear(self.dim, self.heads * key, bias=False)
        self.to_k = nn.Linear(self.dim, len(READS) * self.heads * key, bias=False)
        self.to_v = nn.Linear(self.dim, len(READS) * self.heads * value, bias=False)
        self.code = nn.Parameter(0.02 * torch.randn(self.block, key))
        self.squeeze_k, self.squeeze_v = (
            nn.Sequential(nn.Linear(self.block * n, 2 * n), nn.GELU(), nn.Linear(2 * n, n)) for n in (key, value)
        )
        self.share = Gate(self.dim, len(READS) * self.heads)
        self.out = Output(self.dim, self.heads, value, gate=False, norm=False)

    @torch.no_grad()
    def start_alike(self) -> None:
        """Let the keys of all three reads begin as the query does."""
        self.to_k.weight.copy_(self.to_q.weight.repeat(len(READS), 1))

    def init_state(self, batch: int) -> State:
        key, value = self.sizes
        none = {"k": self.zeros(batch, 0, self.heads, key), "v": self.zeros(batch, 0, self.heads, value)}
        return {"compressed": dict(none), "filling": dict(none), "chosen": dict(none), "near": dict(none),
                "place": self.clock(batch)}  # fmt: skip

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        place, first = state["place"], int(state["place"][0])
        q = split(self.to_q(x), self.heads)
        k = {n: split(part, self.heads) for n, part in zip(READS, self.to_k(x).chunk(3, -1), strict=True)}
        v = {n: split(part, self.heads) for n, part in zip(READS, self.to_v(x).chunk(3, -1), strict=True)}
        turned = rotary(q, place)
        compressed, filling = self._compress(state, k["compressed"], v["compressed"])
        logits = self.sizes[0] ** -0.5 * torch.einsum("bthk,bnhk->bthn", q, compressed["k"].to(q.dtype))
        weight = softmax_or_nothing(hide_unfinished(logits, first, self.block))
        whole = torch.einsum("bthn,bnhv->bthv", weight, compressed["v"].to(q.dtype))
        blocks = Blocks(self._choose(weight, first), self.block)
        some, chosen = block_attention(
            turned, rotary(k["chosen"], place), v["chosen"], state=state["chosen"], blocks=blocks
        )
        last, near = block_attention(
            turned, rotary(k["near"], place), v["near"], state=state["near"], sight=Sight(window=self.window)
        )
        share = split(self.share(x), len(READS))[..., None].unbind(2)
        o = share[0] * whole + share[1] * some + share[2] * last
        new = {"compressed": compressed, "filling": filling, "chosen": chosen, "near": near}
        return self.out(o, x), {**new, "place": place + x.shape[1]}

    def _compress(self, state: State, k: Tensor, v: Tensor) -> tuple[State, State]:
        """Keys and values of finished blocks, one each, and the tokens of the block that is not finished."""
        held = state["filling"]
        k, v = torch.cat([held["k"].to(k.dtype), k], 1), torch.cat([held["v"].to(v.dtype), v], 1)
        full_k, full_v = pages(k, self.block), pages(v, self.block)  # [B, N, block, H, .]
        new = {
            "k": self.squeeze_k((full_k + self.code[:, None]).transpose(2, 3).flatten(-2)),
            "v": self.squeeze_v(full_v.transpose(2, 3).flatten(-2)),
        }
        over = full_k.shape[1] * self.block
        made = {n: torch.cat([state["compressed"][n].to(part.dtype), part], 1) for n, part in new.items()}
        return made, {"k": k[:, over:], "v": v[:, over:]}

    @torch.no_grad()
    def _choose(self, weight: Tensor, first: int) -> Tensor:
        """The blocks that every query reads, its own first: weight [B, T, H, N] -> [B, T, H, n]."""
        batch, time, heads, _ = weight.shape
        worth = weight.reshape(batch, time, heads // self.each, self.each, weight.shape[-1]).sum(3)
        ids = pick(hide_unfinished(worth, first, self.block), self.picks)[1].repeat_interleave(self.each, 2)
        own = (first + torch.arange(time, device=weight.device)) // self.block
        return torch.cat([own[:, None, None].expand(batch, time, heads, 1), ids], -1)

    def state_size(self, length: int = 0) -> int:
        kept = length // self.block + length % self.block + length + min(length, self.window - 1)
        return super().state_size() + kept * self.heads * sum(self.sizes)
