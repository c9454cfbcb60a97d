"""LongMem: a first-in-first-out bank of keys and values from one layer, read beside the context through a gate."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from remanence.attach.model import Handle, Model, Seen, mix
from remanence.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Chunk:
    """A few tokens of the past: keys and values [Hkv, n, D], the item they belong to, and their order."""

    keys: Tensor
    values: Tensor
    source: str
    number: int


class Bank(nn.Module):
    """The long-term memory of one layer of a frozen model (Wang et al. 2023).

    `write` reads a text and keeps its keys and values in chunks of `chunk` tokens; at `capacity` tokens the oldest
    chunk goes. While attached, each head takes the `picks` chunks whose mean key fits its query best, attends to
    their tokens in a softmax of its own, and joins both: out = (1 - g) local + g memory, g = sigmoid(gate), one
    learned number a head. With the gate shut (`gate = -inf`) the output is that of the model alone.
    """

    def __init__(self, model: Model, layer: int, *, capacity: int = 65_536, chunk: int = 4, picks: int = 16) -> None:
        super().__init__()
        if chunk < 1 or capacity < chunk:
            raise InvalidInput("a bank holds at least one chunk of at least one token")
        self._model = [model]
        self.layer, self.chunk, self.picks = layer, chunk, picks
        self.chunks: deque[Chunk] = deque(maxlen=capacity // chunk)
        self.gate = nn.Parameter(torch.zeros(model.shape.heads))
        self._written = 0
        self._laid: Handle | None = None
        self.read_last: list[tuple[int, ...]] = []
        """Numbers of the chunks that the last query of each head took, in the order of the text."""

    def write(self, ids: Sequence[int], source: str = "") -> None:
        """Keep a text; weights do not change. A last part shorter than a chunk is kept as a shorter chunk."""
        laid, self._laid = self._laid, None
        if laid:
            laid.detach()
        with torch.no_grad():
            kv = self._model[0].forward(torch.tensor([list(ids)]), keep=1).kv
        if laid:
            self.attach()
        key, value = kv.keys[self.layer][0], kv.values[self.layer][0]
        for first in range(0, len(ids), self.chunk):
            part = slice(first, first + self.chunk)
            self.chunks.append(Chunk(key[:, part].clone(), value[:, part].clone(), source, self._written))
            self._written += 1

    def forget(self, source: str) -> int:
        """Drop all chunks of an item; how many. What the bank gave of it is gone exactly."""
        kept = [chunk for chunk in self.chunks if chunk.source != source]
        gone = len(self.chunks) - len(kept)
        self.chunks = deque(kept, maxlen=self.chunks.maxlen)
        return gone

    def attach(self) -> Bank:
        """Stand beside the heads of the layer."""
        if self._laid is None:
            self._laid = self._model[0].attach((self.layer, "heads"), self._beside)
        return self

    def detach(self) -> None:
        """Leave the model as it was."""
        if self._laid:
            self._laid.detach()
            self._laid = None

    def _beside(self, local: Tensor, seen: Seen) -> Tensor:
        if not self.chunks or seen.q is None:
            return local
        gate = torch.sigmoid(self.gate)[:, None]
        return local * (1 - gate) + gate * self._recalled(seen.q).transpose(1, 2)

    def _recalled(self, q: Tensor) -> Tensor:
        """Queries [B, H, T, D] -> what memory says, [B, H, T, D]."""
        wide = q.shape[1] // self.chunks[0].keys.shape[0]
        means = torch.stack([chunk.keys.mean(1) for chunk in self.chunks], 1).repeat_interleave(wide, 0)  # [H, N, D]
        count = min(self.picks, len(self.chunks))
        best = (q @ means.transpose(-1, -2)).topk(count, -1).indices.sort(-1).values  # [B, H, T, n]
        self.read_last = [tuple(self.chunks[int(n)].number for n in head[-1]) for head in best[-1]]
        length = [chunk.keys.shape[1] for chunk in self.chunks]
        keys = torch.cat([chunk.keys for chunk in self.chunks], 1).repeat_interleave(wide, 0)  # [H, tokens, D]
        values = torch.cat([chunk.values for chunk in self.chunks], 1).repeat_interleave(wide, 0)
        owner = torch.repeat_interleave(torch.arange(len(length)), torch.tensor(length))
        chosen = torch.zeros(*best.shape[:3], len(length), dtype=torch.bool).scatter_(-1, best, True)
        score = (q @ keys.transpose(-1, -2)) / q.shape[-1] ** 0.5
        probability = score.masked_fill(~chosen[..., owner], float("-inf")).softmax(-1)
        return mix(probability, values[None].expand(len(q), -1, -1, -1))
