"""HMT: reads in segments; leaves one summary vector per segment and recalls the fitting ones into the next.

Three memories: the last tokens of the segment before (sensory), the segment (short), a queue of summaries (long).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from remanence.errors import InvalidInput
from remanence.neural.layer import Layer, State, fitted, layer


@layer("hmt")
class HMT(Layer):
    """Segments of `segment` tokens around the layer `backbone`; asks for the past after `lead` of them.

    recall: search (softmax over the queue), last (the last summary only: a recurrent memory transformer), none.
    capacity: summaries kept. sensory: last tokens of a segment that the next one starts with.
    """

    backbone: str = "softmax"
    heads: int = 4
    segment: int = 16
    lead: int | None = None
    sensory: int = 2
    capacity: int = 32
    recall: str = "search"

    def build(self) -> None:
        self.first = max(1, self.segment // 2) if self.lead is None else self.lead
        if self.recall not in ("search", "last", "none"):
            raise InvalidInput(f"recall is search, last or none; got {self.recall!r}")
        if not 0 < self.first < self.segment or not 0 <= self.sensory <= self.segment or self.capacity < 1:
            raise InvalidInput("needs 0 < lead < segment, 0 <= sensory <= segment, capacity >= 1")
        self.layer = fitted(self.backbone, self.dim, heads=self.heads)
        self.ask, self.sum_up = (nn.Parameter(torch.randn(self.dim) / math.sqrt(self.dim)) for _ in range(2))
        self.to_query, self.to_key = (nn.Linear(self.dim, self.dim, bias=False) for _ in range(2))

    def init_state(self, batch: int) -> State:
        none = self.zeros(batch, 0, self.dim)
        place = self.clock(batch)
        inner = self.layer.init_state(batch)
        return {"summaries": none, "sensory": none, "recalled": none, "backbone": inner, "place": place}

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        summaries, sensory, recalled, inner = (state[n] for n in ("summaries", "sensory", "recalled", "backbone"))
        place, out, t = int(state["place"][0]), [], 0
        while t < x.shape[1]:
            at = place % self.segment
            piece = x[:, t : t + (self.first if at < self.first else self.segment) - at]
            y, inner = self.layer(piece, inner)
            out.append(y)
            sensory = torch.cat([sensory.to(x.dtype), piece], 1)
            sensory = sensory[:, max(0, sensory.shape[1] - self.sensory) :]
            place, t = place + piece.shape[1], t + piece.shape[1]
            if place % self.segment == self.first:
                asked, _ = self.layer.step(self.ask.to(x.dtype).expand(x.shape[0], -1), inner)
                recalled = self.look_up(asked, summaries)[0][:, None]
                _, inner = self.layer(recalled, inner)
            elif place % self.segment == 0:
                end = torch.cat([recalled, self.sum_up.to(x.dtype).expand(x.shape[0], 1, -1)], 1)
                summary = self.layer(end, inner)[0][:, -1:]
                summaries = torch.cat([summaries.to(x.dtype), summary], 1)[:, -self.capacity :]
                _, inner = self.layer(sensory, self.layer.init_state(x.shape[0]))
                sensory, recalled = sensory[:, :0], recalled[:, :0]
        new = {"summaries": summaries, "sensory": sensory, "recalled": recalled, "backbone": inner}
        return torch.cat(out, 1), {**new, "place": torch.full_like(state["place"], place)}

    def look_up(self, asked: Tensor, summaries: Tensor) -> tuple[Tensor, Tensor]:
        """Blend the summaries [B, N, dim] that fit the question [B, dim]: [B, dim] and weights [B, N]."""
        if summaries.shape[1] == 0 or self.recall == "none":
            return torch.zeros_like(asked), asked.new_zeros(summaries.shape[:2])
        if self.recall == "last":
            weight = asked.new_zeros(summaries.shape[:2])
            weight[:, -1] = 1.0
            return summaries[:, -1], weight
        scores = self.to_key(summaries) @ self.to_query(asked)[..., None] / math.sqrt(self.dim)
        weight = scores[..., 0].softmax(-1)
        return (weight[:, None] @ summaries)[:, 0], weight

    def state_size(self, length: int = 0) -> int:
        done, at = divmod(length, self.segment)
        asked = int(at >= self.first)
        vectors = min(done, self.capacity) + min(at, self.sensory) + asked
        fed = (self.sensory if done else 0) + at + asked
        return vectors * self.dim + self.layer.state_size(fed)
