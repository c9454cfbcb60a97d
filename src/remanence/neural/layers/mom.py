"""MoM, mixture of memories: several matrix memories, of which a router picks a few per token.

Memories that are not picked are left alone to the bit, so writes on other topics do not interfere.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from remanence.errors import InvalidInput
from remanence.neural.blocks import Gate, LogDecay, Output, ShortConv, begin_alike, per_head, split, undecided, unit
from remanence.neural.heads import PairLayer
from remanence.neural.kernels.gated_delta import gated_delta
from remanence.neural.layer import State, layer


@layer("mom")
class MoM(PairLayer):
    """`memories` gated delta memories and, if `shared`, one that every token uses.

    router: "token" (the paper's: the token picks where it writes and where it reads) or "key" (the key picks
    where it writes, the query where it reads, by the same map, so that a question finds its fact).
    Keys and values have projections of their own per memory with the token router, shared ones with the key
    router.  `extra_loss` holds the balance loss (weight `balance`) after each pass.

    All memories start out alike, keys like queries, and the router undecided: a question that is sent elsewhere
    than its fact teaches nothing, so a random start seldom recovers.
    """

    memories: int = 4
    picks: int | None = None
    shared: bool | None = None
    router: str = "token"
    decay: bool = True
    balance: float = 0.01
    chunk: int = 32

    def build(self) -> None:
        if self.router not in ("token", "key"):
            raise InvalidInput(f"router is 'token' or 'key', got {self.router!r}")
        self.by_key = self.router == "key"
        self.picked = (1 if self.by_key else min(2, self.memories)) if self.picks is None else self.picks
        self.everywhere = int(not self.by_key if self.shared is None else self.shared)
        if self.picked > self.memories:
            raise InvalidInput(f"picks={self.picked} memories cannot be picked out of memories={self.memories}")
        key, value = per_head(self.dim, self.heads, self.key), per_head(self.dim, self.heads, self.value)
        self.stores = self.memories + self.everywhere
        self.copies = 1 if self.by_key else self.stores
        self.sizes = [self.heads * key, self.copies * self.heads * key, self.copies * self.heads * value]
        self.to_qkv = nn.Linear(self.dim, sum(self.sizes), bias=False)
        self.near = ShortConv(sum(self.sizes), self.conv) if self.conv else None
        begin_alike(self.to_qkv, self.near, self.sizes, self.copies)
        routed = self.heads * key if self.by_key else self.dim
        self.to_memory = undecided(nn.Linear(routed, self.memories, bias=False))
        self.beta = Gate(self.dim, self.stores * self.heads)
        self.log_decay = LogDecay(self.dim, self.stores * self.heads) if self.decay else None
        self.out = Output(self.dim, self.heads, value)

    def init_state(self, batch: int) -> State:
        past = 0 if self.near is None else self.near.size - 1
        key, value = (size // self.heads for size in (self.sizes[0], self.sizes[2] // self.copies))
        memory = self.zeros(batch, self.stores * self.heads, key, value)
        return {"memory": memory, "past": self.to_qkv.weight.new_zeros(batch, past, sum(self.sizes))}

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        q, k, v, past = self._project(x, state["past"])
        writes, reads, chances = self._route(x, q, k)
        self.extra_loss = self._balance(writes, chances)
        everywhere = x.new_ones(*x.shape[:2], self.everywhere)
        wrote = torch.cat([(writes > 0).to(x.dtype), everywhere], -1)  # [B, T, stores]
        read = torch.cat([reads, everywhere], -1)
        lanes = (*x.shape[:2], self.stores * self.heads)
        held = wrote.repeat_interleave(self.heads, -1)  # beta 0 and log decay 0 leave a memory as it is
        gate = None if self.log_decay is None else self.log_decay(x)[0] * held
        q = q[:, :, None].expand(-1, -1, self.stores, -1, -1)
        k, v = (part.expand(-1, -1, self.stores, -1, -1) for part in (k, v))
        o, memory = gated_delta(
            q.reshape(*lanes, -1),
            k.reshape(*lanes, -1),
            v.reshape(*lanes, -1),
            beta=self.beta(x) * held,
            gate=gate,
            state=state["memory"],
            chunk=self.chunk,
        )
        o = torch.einsum("btm,btmhv->bthv", read, o.reshape(*x.shape[:2], self.stores, self.heads, -1))
        return self.out(o, x), {"memory": memory, "past": past}

    def routes(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Where each token of `x` (from a fresh start) writes and reads: two masks [B, T, memories]."""
        q, k, _, _ = self._project(x, self.init_state(x.shape[0])["past"])
        writes, reads, _ = self._route(x, q, k)
        return writes > 0, reads > 0

    def _project(self, x: Tensor, past: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """q: [B, T, H, K], k, v: [B, T, copies, H, .]."""
        mixed = self.to_qkv(x)
        if self.near is not None:
            mixed, past = self.near(mixed, past)
        q, k, v = mixed.split(self.sizes, -1)
        k, v = (split(part, self.copies) for part in (k, v))
        return unit(split(q, self.heads)), unit(split(k, self.heads)), split(v, self.heads), past

    def _route(self, x: Tensor, q: Tensor, k: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Weights of the picked memories for writing and for reading, zero elsewhere, and all chances."""
        if not self.by_key:
            chances = self.to_memory(x).softmax(-1)
            picked = self._top(chances)
            return picked, picked, chances
        chances = self.to_memory(k[:, :, 0].flatten(-2)).softmax(-1)
        return self._top(chances), self._top(self.to_memory(q.flatten(-2)).softmax(-1)), chances

    def _top(self, chances: Tensor) -> Tensor:
        best, at = chances.topk(self.picked, -1)
        best = best / best.sum(-1, keepdim=True) if self.picked > 1 else best / best.detach()
        return torch.zeros_like(chances).scatter(-1, at, best)

    def _balance(self, writes: Tensor, chances: Tensor) -> Tensor:
        """The Switch loss: memories times the sum over memories of share of tokens times mean chance."""
        share = (writes > 0).to(chances.dtype).mean((0, 1)) / self.picked
        return self.balance * self.memories * (share * chances.mean((0, 1))).sum()


@layer("mom_key")
class MoMKey(MoM, router="key"):
    """Mixture of memories whose router reads the key when writing and the query when reading."""
