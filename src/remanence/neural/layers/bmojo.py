"""B'MOJO: a fading memory that predicts the stream, and an eidetic one that keeps what it could not predict.

One softmax reads the last tokens, the fading memory's outputs of the stretch before them, and the kept tokens.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from remanence.neural.blocks import Gate, rotary, split, unit
from remanence.neural.heads import CacheLayer
from remanence.neural.kernels.block_attention import Sight, block_attention
from remanence.neural.kernels.gated_delta import gated_delta
from remanence.neural.layer import State, layer


@layer("bmojo")
class BMojo(CacheLayer):
    """Reads the last `window` tokens, `window` fading outputs before them, and up to `eidetic` kept tokens.

    threshold: a token is kept only if at least this share of its square length was not predicted.
    fading: whether the fading outputs are read (the memory predicts in any case).
    """

    window: int = 8
    eidetic: int = 16
    threshold: float = 0.5
    fading: bool = True

    def build(self) -> None:
        super().build()
        self.to_old = nn.Linear(self.dim, self.heads * self.read.key, bias=False)
        self.keep = Gate(self.dim, self.heads, bias=5.0)
        self.to_fading = nn.Linear(self.heads * self.dim, self.heads * (self.read.key + self.read.value), bias=False)

    def init_state(self, batch: int) -> State:
        heads, key, value = self.read.heads, self.read.key, self.read.value

        def items(count: int) -> State:
            k, v = self.zeros(batch, count, heads, key), self.zeros(batch, count, heads, value)
            place = torch.full((batch, count), -1, dtype=torch.long, device=k.device)
            return {"k": k, "v": v, "place": place, "new": self.zeros(batch, count) - 1}

        memory = {
            "matrix": self.zeros(batch, heads, key, self.dim),
            "last": self.zeros(batch, heads, key),
            "guess": self.zeros(batch, self.dim),
        }
        lists = {"raw": items(self.eidetic + self.window), "old": items(2 * self.window - 1)}
        return {"memory": memory, **lists, "at": self.clock(batch), "read": self.read.init_state(batch)}

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        out = []
        for piece in torch.split(x, 4 * self.window, 1):  # in pieces, so that the cost is linear in T
            y, state = self._piece(piece, state)
            out.append(y)
        return torch.cat(out, 1), state

    def predict(self, x: Tensor, memory: State) -> tuple[Tensor, Tensor, State]:
        """Innovation of each token [B, T], the fading outputs [B, T, H, dim], the memory after them."""
        k = unit(split(self.to_old(x), self.read.heads))
        before = torch.cat([memory["last"][:, None].to(x.dtype), k[:, :-1]], 1)
        value = x[:, :, None].expand(-1, -1, self.read.heads, -1)
        gate = self.keep(x).log()
        o, matrix = gated_delta(k, before, value, beta=torch.ones_like(gate), gate=gate, state=memory["matrix"])
        guess = torch.cat([memory["guess"][:, None].to(x.dtype), o.mean(2)], 1)
        error = (x - guess[:, :-1]).square().sum(-1)
        new = error / x.square().sum(-1).clamp(min=1e-12)
        return new.detach(), o, {"matrix": matrix, "last": k[:, -1], "guess": guess[:, -1]}

    def _piece(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        time = x.shape[1]
        q, k, v, read = self.read(x, state["read"])
        if self.turned:
            q, k = rotary(q, state["at"]), rotary(k, state["at"])
        new, o, memory = self.predict(x, state["memory"])
        at = state["at"][:, None] + torch.arange(time, device=x.device)  # [B, T]
        raw = _longer(state["raw"], {"k": k, "v": v, "place": at, "new": new})
        both = split(self.to_fading(o.flatten(-2)), self.read.heads)
        faded = torch.split(both, [self.read.key, self.read.value], -1)
        old = _longer(state["old"], {"k": faded[0], "v": faded[1], "place": at, "new": new})
        here, kept = self._readable(raw, at)
        away = at[..., None] - old["place"][:, None]
        there = (away >= self.window) & (away < 2 * self.window) & (old["place"][:, None] >= 0) & self.fading
        shut = ~torch.cat([here | kept, there], -1)
        bias = torch.zeros_like(shut, dtype=q.dtype).masked_fill(shut, float("-inf"))[:, None]
        keys, values = (torch.cat([raw[n], old[n]], 1) for n in ("k", "v"))
        read_out, _ = block_attention(q, keys, values, sight=Sight(causal=False, bias=bias))
        best = raw["new"].masked_fill(~kept[:, -1], -1.0).topk(self.eidetic, -1).indices
        stored = _shorter(raw, best)
        gone = stored["new"].masked_fill(~kept[:, -1].gather(1, best), -1.0)
        stored = {**stored, "new": gone, "place": stored["place"].masked_fill(gone < 0, -1)}
        lately = {n: part[:, -self.window :] for n, part in raw.items()}
        raw = {n: torch.cat([stored[n], lately[n]], 1) for n in raw}
        old = {n: part[:, -(2 * self.window - 1) :] for n, part in old.items()}
        state = {"memory": memory, "raw": raw, "old": old, "at": state["at"] + time, "read": read}
        return self.out(read_out, x), state

    def _readable(self, raw: State, at: Tensor) -> tuple[Tensor, Tensor]:
        """Which raw tokens are in the window of each query and which are kept eidetically: two [B, T, N]."""
        away = at[..., None] - raw["place"][:, None]
        real = (raw["place"] >= 0)[:, None]
        here = real & (away >= 0) & (away < self.window)
        able = real & (away >= self.window) & (raw["new"] > self.threshold)[:, None]
        new, place = raw["new"], raw["place"]
        better = new[:, :, None] > new[:, None]  # [B, a, j]: a is more surprising than j, or as much and later
        better = better | ((new[:, :, None] == new[:, None]) & (place[:, :, None] > place[:, None]))
        rank = able.to(new.dtype) @ better.to(new.dtype)  # [B, T, N]
        return here, able & (rank < self.eidetic)


def _longer(held: State, more: State) -> State:
    return {n: torch.cat([held[n].to(more[n].dtype), more[n]], 1) for n in held}


def _shorter(held: State, index: Tensor) -> State:
    rows = torch.arange(index.shape[0], device=index.device)[:, None]
    return {n: part[rows, index] for n, part in held.items()}
