"""PMI: a few working slots, written by competition, and a long-term memory that keeps what they lose.

Only the best-matching slots take in a token; what they held goes as outer products into the long-term memory.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from remanence.errors import InvalidInput
from remanence.neural.blocks import Norm, unit
from remanence.neural.kernels.gated_delta import gated_delta
from remanence.neural.layer import Layer, State, layer


@layer("pmi")
class PMI(Layer):
    """`slots` working slots of which `picks` are written per token; `cues` is the width of the long-term key.

    long_term: whether the long-term memory is read.
    """

    slots: int = 8
    picks: int = 2
    cues: int | None = None
    long_term: bool = True

    def build(self) -> None:
        if not 1 <= self.picks <= self.slots:
            raise InvalidInput(f"picks={self.picks} slots cannot win out of slots={self.slots}")
        cues = self.dim if self.cues is None else self.cues
        self.start = nn.Parameter(torch.randn(self.slots, self.dim) / math.sqrt(self.dim))
        self.to_slot, self.to_write = nn.Linear(self.dim, self.dim, bias=False), nn.Linear(self.dim, 2 * self.dim)
        self.to_gate, self.to_ask = nn.Linear(2 * self.dim, 1), nn.Linear(self.dim, self.dim, bias=False)
        self.to_cue, self.to_mix = nn.Linear(self.dim, cues, bias=False), nn.Linear(self.dim, 1)
        self.long_norm, self.to_out = Norm(self.dim), nn.Linear(self.dim, self.dim, bias=False)

    def init_state(self, batch: int) -> State:
        slots = self.start.expand(batch, -1, -1)
        return {"working": slots, "long": self.zeros(batch, self.to_cue.out_features, *self.start.shape)}

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        working = state["working"].to(x.dtype)
        content, wanted = self.to_write(x).chunk(2, -1)
        slots, cues, losses = [], [], []
        for t in range(x.shape[1]):  # what the slots hold does not depend on what is read
            working, cue, lost = self.write(x[:, t], content[:, t], wanted[:, t], working)
            slots.append(working)
            cues.append(cue)
            losses.append(lost)
        held, cue, lost = (torch.stack(part, 1) for part in (slots, cues, losses))  # [B, T, N, .]
        asked, share = self.to_ask(x) / math.sqrt(self.dim), torch.sigmoid(self.to_mix(x))
        near = (held @ asked[..., None]).softmax(2)
        recalled = (near * held).sum(2)
        asks = unit(self.to_cue(recalled + content))[:, :, None].expand_as(cue)
        lasting, long = gated_delta(asks, cue, lost, state=state["long"].transpose(1, 2))
        if self.long_term:
            lasting = self.long_norm(lasting.to(x.dtype))
            best = (lasting @ asked[..., None]).softmax(2)
            recalled = share * recalled + (1 - share) * (best * lasting).sum(2)
        return self.to_out(recalled), {"working": working, "long": long.transpose(1, 2)}

    def write(self, x: Tensor, content: Tensor, wanted: Tensor, working: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """One token [B, dim] into the winning slots [B, N, dim]: the slots, and what goes into the long-term memory.

        That is an outer product a slot: of its cue [B, N, C] and of what it lost [B, N, dim], zero where nothing was.
        """
        scores = (self.to_slot(working) @ wanted[..., None])[..., 0] / math.sqrt(self.dim)
        best, at = scores.topk(self.picks, -1)
        win = torch.zeros_like(scores).scatter(-1, at, (best.softmax(-1) * self.picks).clamp(max=1.0))
        pair = torch.cat([working, x[:, None].expand_as(working)], -1)
        gate = win * torch.sigmoid(self.to_gate(pair))[..., 0]  # 0 where a slot lost
        lost = gate[..., None] * working
        return working - lost + gate[..., None] * F.silu(content)[:, None], unit(self.to_cue(working)), lost
