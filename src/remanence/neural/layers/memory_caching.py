"""Memory caching: a recurrent memory that keeps a snapshot of itself at the end of every segment.

Reads blend the present memory with the snapshots, between a fixed state and a growing cache.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from remanence.errors import InvalidInput
from remanence.neural.blocks import Gate, LogDecay, Output
from remanence.neural.heads import PairLayer
from remanence.neural.kernels.gated_delta import gated_delta
from remanence.neural.layer import State, layer

READS = ("residual", "gated", "soup", "sparse")


@layer(
    "memory_caching",
    ledger="S009",
    paper="Memory Caching: RNNs with Growing Memory",
    architecture="matrix and its snapshots",
    bias="l2 (base delta or gated) or dot (base hebb)",
    retention="that of the base inside a segment",
    schedule="segment",
    routing="all or top-k by segment mean",
    growth="one snapshot a segment",
    fusion="sum, gated sum, parameter soup",
    notes="Bases are matrix memories; written from summaries of the paper, constant segment lengths only.",
)
class MemoryCaching(PairLayer):
    """Segments of `segment` tokens around a matrix memory (`base`: hebb, delta, gated).

    reading: residual (sum of all), gated (softmax of <u(x), mean input of the segment>), soup (average the
    matrices by those weights, then read), sparse (the best `picks`, renormalised). The present segment
    counts with the running mean of its inputs so far.
    warm: a segment continues from the last one's memory instead of starting empty.
    """

    base: str = "delta"
    reading: str = "gated"
    segment: int = 16
    picks: int = 2
    warm: bool = False

    def build(self) -> None:
        if self.reading not in READS or self.base not in ("hebb", "delta", "gated"):
            raise InvalidInput(
                f"base is hebb, delta or gated, reading one of {READS}; got {self.base!r}, {self.reading!r}"
            )
        self.read = self.projections()
        self.beta = None if self.base == "hebb" else Gate(self.dim, self.heads)
        self.log_decay = LogDecay(self.dim, self.heads) if self.base == "gated" else None
        self.to_topic = nn.Linear(self.dim, self.dim, bias=False)
        nn.init.normal_(self.to_topic.weight, std=0.02)
        self.out = Output(self.dim, self.heads, self.read.value)

    def init_state(self, batch: int) -> State:
        memory = self.zeros(batch, self.read.heads, self.read.key, self.read.value)
        return {
            "memory": memory,
            "archive": memory[:, None][:, :0],
            "topics": self.zeros(batch, 0, self.dim),
            "total": self.zeros(batch, self.dim),
            "place": self.clock(batch),
            "read": self.read.init_state(batch),
        }

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        q, k, v, read = self.read(x, state["read"])
        beta = None if self.beta is None else self.beta(x)
        gate = None if self.log_decay is None else self.log_decay(x)[0]
        memory, archive, topics, total = (state[n] for n in ("memory", "archive", "topics", "total"))
        asked, seen = self.to_topic(x).to(total.dtype), x.to(total.dtype)
        place, out, t = int(state["place"][0]), [], 0
        while t < x.shape[1]:
            at = place % self.segment
            here = slice(t, t + self.segment - at)
            size = x[:, here].shape[1]
            now, memory = gated_delta(
                q[:, here],
                k[:, here],
                v[:, here],
                beta=None if beta is None else beta[:, here],
                gate=None if gate is None else gate[:, here],
                state=memory,
            )
            sums = total[:, None] + seen[:, here].cumsum(1)
            counts = torch.arange(at + 1, at + size + 1, device=x.device, dtype=seen.dtype)[:, None]
            out.append(self._blend(q[:, here].to(total.dtype), now, archive, asked[:, here], topics, sums / counts))
            total, place, t = sums[:, -1], place + size, t + size
            if place % self.segment == 0:
                archive = torch.cat([archive, memory[:, None]], 1)
                topics = torch.cat([topics, total[:, None] / self.segment], 1)
                total = torch.zeros_like(total)
                memory = memory if self.warm else torch.zeros_like(memory)
        new = {"memory": memory, "archive": archive, "topics": topics, "total": total, "read": read}
        return self.out(torch.cat(out, 1), x), {**new, "place": torch.full_like(state["place"], place)}

    def _blend(self, q: Tensor, now: Tensor, archive: Tensor, asked: Tensor, topics: Tensor, mean: Tensor) -> Tensor:
        """now: [B, t, H, V] the present memory's answer; archive: [B, N, H, K, V]; topics: [B, N, D]."""
        if self.reading == "residual":
            return now + torch.einsum("bthk,bnhkv->bthv", q, archive)
        logits = torch.cat([asked @ topics.mT, (asked * mean).sum(-1, keepdim=True)], -1)  # [B, t, N + 1]
        if self.reading == "sparse" and logits.shape[-1] > self.picks:
            worst = logits.topk(self.picks, -1).values[..., -1:]
            logits = logits.masked_fill(logits < worst, float("-inf"))
        g = logits.softmax(-1)
        online = g[..., -1:, None] * now
        if self.reading == "soup":
            blended = torch.einsum("btn,bnhkv->bthkv", g[..., :-1], archive)
            return online + torch.einsum("bthk,bthkv->bthv", q, blended)
        each = torch.einsum("bthk,bnhkv->btnhv", q, archive)
        return online + torch.einsum("btn,btnhv->bthv", g[..., :-1], each)

    def state_size(self, length: int = 0) -> int:
        kept = length // self.segment
        return super().state_size() + kept * (self.read.heads * self.read.key * self.read.value + self.dim)
