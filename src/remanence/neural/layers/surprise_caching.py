"""Surprise-segmented memory caching: a matrix memory of its own for each event, found again by what it was about.

A new combination: memory caching (snapshots by segment) whose segments end where the stream surprises.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from remanence.neural.blocks import Gate, Output
from remanence.neural.heads import PairLayer
from remanence.neural.kernels.gated_delta import gated_delta
from remanence.neural.kernels.scan_conv import scan
from remanence.neural.layer import State, layer
from remanence.neural.segments import Segmenter


@layer("surprise_caching")
class SurpriseCaching(PairLayer):
    """A ring of `events` delta memories; the event that begins takes over the oldest one's place.

    every: cut after this many tokens, without regard to surprise (the control). gamma, largest: as in EM-LLM.
    """

    events: int = 8
    gamma: float = 1.0
    smallest: int = 4
    largest: int = 16
    every: int | None = None

    def build(self) -> None:
        self.read = self.projections()
        self.beta = Gate(self.dim, self.heads)
        sizes = (self.smallest, self.largest) if self.every is None else (self.every, self.every)
        self.segmenter = Segmenter(self.gamma, 16, *sizes)
        self.to_topic = nn.Linear(self.dim, self.dim, bias=False)
        nn.init.normal_(self.to_topic.weight, std=0.02)
        self.out = Output(self.dim, self.heads, self.read.value)

    def init_state(self, batch: int) -> State:
        return {
            "memory": self.zeros(batch, self.events * self.read.heads, self.read.key, self.read.value),
            "topic": self.zeros(batch, self.events, self.dim),
            "count": self.zeros(batch, self.events),
            "segments": self.segmenter.init_state(self.zeros(batch, self.dim)),
            "read": self.read.init_state(batch),
        }

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        q, k, v, read = self.read(x, state["read"])
        with torch.no_grad():
            ids, begins, segments = self.segmenter(x, state["segments"])
        place = torch.arange(self.events, device=x.device)
        own = (ids[..., None] % self.events == place).to(x.dtype)  # [B, T, M]
        kept = 1 - own * begins[..., None].to(x.dtype)  # 0 where a place is taken over
        lanes = (*x.shape[:2], self.events * self.read.heads)
        spread = [part[:, :, None].expand(-1, -1, self.events, -1, -1).reshape(*lanes, -1) for part in (q, k, v)]
        beta = (own[..., None] * self.beta(x)[:, :, None]).reshape(lanes)
        gate = kept.log()[..., None].expand(*kept.shape, self.read.heads).reshape(lanes)
        o, memory = gated_delta(*spread, beta=beta, gate=gate, state=state["memory"])
        topic, last_topic = scan(kept[..., None], own[..., None] * x[:, :, None], state["topic"].to(x.dtype))
        count, last_count = scan(kept, own, state["count"].to(x.dtype))
        logits = torch.einsum("btd,btmd->btm", self.to_topic(x), topic / count.clamp(min=1)[..., None])
        g = logits.masked_fill(count == 0, float("-inf")).softmax(-1)
        o = torch.einsum("btm,btmhv->bthv", g, o.reshape(*x.shape[:2], self.events, self.read.heads, -1))
        new = {"memory": memory, "topic": last_topic, "count": last_count, "segments": segments, "read": read}
        return self.out(o, x), new
