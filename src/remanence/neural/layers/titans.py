"""Titans: a deep long-term memory that learns what surprises it at test time, alone and with attention.

LMM is the memory alone; MAC puts its recall before the segment that attention reads, MAG gates window
attention by it, MAL feeds window attention with it.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from remanence.neural.blocks import Norm, Output, Projections, rotary, split
from remanence.neural.kernels.block_attention import block_attention
from remanence.neural.layer import Layer, State, layer
from remanence.neural.layers.softmax_attention import SoftmaxAttention
from remanence.neural.network import NetworkMemory


@layer("titans")
class Titans(NetworkMemory):
    """The long-term memory module (LMM); depth=1, residual=False is the matrix form."""


@layer("titans_mac")
class TitansMAC(Layer):
    """Segments of `segment` tokens: recall from memory, attend over [persistent, recalled, tokens], memorise.

    The recall reads the memory as it stood at the start of the segment; token t sees recalls and tokens <= t.
    """

    heads: int = 4
    segment: int = 16
    persistent: int = 4
    depth: int = 2
    conv: int = 4

    def build(self) -> None:
        self.memory = NetworkMemory(self.dim, heads=self.heads, depth=self.depth, conv=self.conv, chunk=self.segment)
        self.read = Projections(self.dim, self.heads, conv=0, unit_keys=False)
        self.prefix = nn.Parameter(torch.randn(1, self.persistent, self.dim) / self.dim**0.5)
        self.out = Output(self.dim, self.heads, self.read.value, gate=False, norm=False)
        self.y_norm, self.m_norm = Norm(self.dim), Norm(self.dim)

    def init_state(self, batch: int) -> State:
        k = self.zeros(batch, 0, self.read.heads, self.read.key)
        return {"memory": self.memory.init_state(batch), "cache": {"k": k, "v": k}, "place": self.clock(batch),
                "recall": self.memory.read.init_state(batch)}  # fmt: skip

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        memory, cache, recall, place = state["memory"], state["cache"], state["recall"], int(state["place"][0])
        prefix = [split(part, self.read.heads) for part in self.read.to_qkv(self.prefix).split(self.read.sizes, -1)]
        out, t = [], 0
        while t < x.shape[1]:
            at = place % self.segment
            piece = x[:, t : t + self.segment - at]
            if at == 0:
                cache = self.init_state(x.shape[0])["cache"]
                memory = _anchored(memory)
            h, recall = self._recall(piece, memory, recall)
            both = torch.stack([h, piece], 2).flatten(1, 2)  # h_1, x_1, h_2, x_2, ...: causal as it should be
            q, k, v, _ = self.read(both, {})
            start = torch.full_like(state["place"], 2 * at)
            q, k = rotary(q, start), rotary(k, start)
            o, cache = block_attention(q, k, v, state=cache, prefix=(prefix[1], prefix[2]))
            y = self.out(o[:, 1::2], piece)
            m, memory = self.memory(y, memory)
            out.append(self.y_norm(y) * torch.sigmoid(self.m_norm(m)))
            place, t = place + piece.shape[1], t + piece.shape[1]
        new = {"memory": memory, "cache": cache, "place": torch.full_like(state["place"], place), "recall": recall}
        return torch.cat(out, 1), new

    def _recall(self, x: Tensor, memory: State, recall: State) -> tuple[Tensor, State]:
        h = self.memory.recall(x, {"memory": memory["memory"], "read": recall})
        return h, self.memory.read(x, recall)[3]

    def state_size(self, length: int = 0) -> int:
        held = length - self.segment * max(0, (length - 1) // self.segment)
        return super().state_size() + 2 * held * self.read.heads * (self.read.key + self.read.value)


def _anchored(memory: State) -> State:
    """At a segment's start the memory that is recalled from is the present one."""
    inside = memory["memory"]
    return {**memory, "memory": {**inside, "anchor": inside["weights"]}} if "anchor" in inside else memory


class MemoryBesideWindow(Layer):
    """A long-term memory and attention over the last `window` tokens and `persistent` learned ones."""

    heads: int = 4
    window: int = 16
    persistent: int = 4
    depth: int = 2
    conv: int = 4
    chunk: int = 16

    def build(self) -> None:
        self.memory = NetworkMemory(self.dim, heads=self.heads, depth=self.depth, conv=self.conv, chunk=self.chunk)
        self.attention = SoftmaxAttention(
            self.dim, heads=self.heads, window=self.window, persistent=self.persistent, conv=0
        )

    def init_state(self, batch: int) -> State:
        return {"memory": self.memory.init_state(batch), "attention": self.attention.init_state(batch)}

    def state_size(self, length: int = 0) -> int:
        return self.memory.state_size(length) + self.attention.state_size(length)


@layer("titans_mag")
class TitansMAG(MemoryBesideWindow):
    """Window attention, with persistent tokens, gated by the long-term memory: norm(attend(x)) sigmoid(norm(M(x)))."""

    def build(self) -> None:
        super().build()
        self.y_norm, self.m_norm = Norm(self.dim), Norm(self.dim)

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        m, memory = self.memory(x, state["memory"])
        y, attention = self.attention(x, state["attention"])
        y = self.y_norm(y) * torch.sigmoid(self.m_norm(m))
        return y, {"memory": memory, "attention": attention}


@layer("titans_mal")
class TitansMAL(MemoryBesideWindow):
    """The memory first, window attention over its output: attend(x + M(x))."""

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        m, memory = self.memory(x, state["memory"])
        y, attention = self.attention(x + m, state["attention"])
        return y, {"memory": memory, "attention": attention}
