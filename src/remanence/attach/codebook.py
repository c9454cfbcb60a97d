"""MBC: a memory bank as codes of one learnt codebook; dead codes are reset as it learns, a code takes nine bits."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from remanence.errors import InvalidInput


class Codebook:
    """`size` rows [K, D] that stand for vectors: running means of what falls to them (van den Oord et al. 2017).

    A row that gets less than `dead` of its fair share is set on a random input of the batch, online (Katraouras and
    Rafailidis 2026); without that most rows never win again. A document of T vectors costs T * ceil(log2 K) bits.
    """

    def __init__(
        self, size: int, dim: int, *, decay: float = 0.9, dead: float = 0.05, reset: bool = True, seed: int = 0
    ) -> None:
        if size < 2 or dim < 1:
            raise InvalidInput("a codebook has at least two rows of at least one number")
        self._chance = torch.Generator().manual_seed(seed)
        self.rows = torch.randn(size, dim, generator=self._chance)
        self.decay, self.dead, self.reset = decay, dead, reset
        self._counts, self._sums = torch.ones(size), self.rows.clone()

    @property
    def bits(self) -> int:
        """Bits of one code."""
        return math.ceil(math.log2(len(self.rows)))

    def encode(self, vectors: Tensor) -> Tensor:
        """The nearest row of each vector [N, D] -> [N]."""
        return torch.cdist(vectors, self.rows).argmin(1)

    def decode(self, codes: Tensor) -> Tensor:
        """The rows of codes."""
        return self.rows[codes]

    def learn(self, vectors: Tensor) -> None:
        """One batch: rows move to the means of what they won; dead ones start again at an input."""
        own = self.encode(vectors)
        size = len(self.rows)
        won = torch.bincount(own, minlength=size).float()
        sums = torch.zeros_like(self.rows).index_add_(0, own, vectors)
        self._counts = self.decay * self._counts + (1 - self.decay) * won
        self._sums = self.decay * self._sums + (1 - self.decay) * sums
        self.rows = self._sums / self._counts.clamp_min(1e-6)[:, None]
        if self.reset:
            gone = (self._counts < self.dead * len(vectors) / size).nonzero().flatten()
            fresh = vectors[torch.randint(len(vectors), (len(gone),), generator=self._chance)]
            self.rows[gone] = fresh
            self._counts[gone] = len(vectors) / size
            self._sums[gone] = fresh * (len(vectors) / size)

    def perplexity(self, vectors: Tensor) -> float:
        """exp of the entropy of the codes' use: how many rows are really at work."""
        share = torch.bincount(self.encode(vectors), minlength=len(self.rows)).float() / len(vectors)
        return float(torch.exp(-(share * share.clamp_min(1e-12).log()).sum()))

    def error(self, vectors: Tensor) -> float:
        """Mean squared error over the vectors' own variance."""
        left = (vectors - self.decode(self.encode(vectors))).square().sum(1).mean()
        return float(left / (vectors - vectors.mean(0)).square().sum(1).mean())


def packed(codes: Tensor, bits: int) -> bytes:
    """Codes written one after another in `bits` bits each, any width from 1 to 16."""
    _fits(codes, bits)
    spread = (codes[:, None] >> torch.arange(bits)) & 1
    flat = torch.cat([spread.flatten(), torch.zeros(-spread.numel() % 8, dtype=codes.dtype)]).view(-1, 8)
    return bytes((flat << torch.arange(8)).sum(1).tolist())


def unpacked(raw: bytes, bits: int, count: int) -> Tensor:
    """The codes again."""
    if not 1 <= bits <= 16 or len(raw) * 8 < count * bits:
        raise InvalidInput(f"{len(raw)} bytes do not hold {count} codes of {bits} bits")
    flat = (torch.tensor(list(raw), dtype=torch.long)[:, None] >> torch.arange(8)) & 1
    return (flat.flatten()[: count * bits].view(count, bits) << torch.arange(bits)).sum(1)


def _fits(codes: Tensor, bits: int) -> None:
    if not 1 <= bits <= 16 or (len(codes) and not 0 <= int(codes.min()) <= int(codes.max()) < 1 << bits):
        raise InvalidInput(f"codes do not fit into {bits} bits")
