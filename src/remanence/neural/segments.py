"""Cuts a stream of vectors into events where it surprises, and moves cuts to where two events part best."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from remanence.errors import InvalidInput
from remanence.neural.kernels.scan_conv import scan
from remanence.neural.layer import State


def surprises(x: Tensor, mean: Tensor, fading: float) -> tuple[Tensor, Tensor]:
    """1 - cosine with the fading mean of the tokens before: x [B, T, D], mean [B, D] -> [B, T], the last mean."""
    mean = mean.to(x.dtype)
    means, last = scan(torch.full_like(x, fading), (1 - fading) * x, mean)
    before = torch.cat([mean[:, None], means[:, :-1]], 1)
    return 1 - F.cosine_similarity(x, before, dim=-1), last


def surprising(surprise: Tensor, recent: Tensor, known: Tensor, gamma: float) -> Tensor:
    """Where surprise [B, T] exceeds mean + gamma * deviation of the W before it: recent [B, W], `known` [B] real."""
    width = recent.shape[1]
    past = torch.cat([recent.to(surprise.dtype), surprise], 1).unfold(1, width, 1)[:, :-1]  # [B, T, W]
    count = (known[:, None] + torch.arange(surprise.shape[1], device=surprise.device)).clamp(max=width)  # [B, T]
    real = torch.arange(width, device=surprise.device) >= width - count[..., None]
    total = count.clamp(min=1)
    mean = (past * real).sum(-1) / total
    spread = (((past - mean[..., None]) ** 2 * real).sum(-1) / total).sqrt()
    return (surprise > mean + gamma * spread) & (count > 1)


def events(wanted: Tensor, event: Tensor, size: Tensor, smallest: int, largest: int) -> tuple[Tensor, Tensor, Tensor]:
    """Number the events of `smallest` to `largest` tokens: wanted cuts [B, T] -> ids [B, T], last id, its size."""
    ids = []
    for t in range(wanted.shape[1]):
        cut = (wanted[:, t] & (size >= smallest)) | (size >= largest)
        event, size = event + cut.long(), torch.where(cut, 1, size + 1)
        ids.append(event)
    return torch.stack(ids, 1), event, size


def refine(cuts: list[int], keys: Tensor) -> list[int]:
    """Move each cut to where the two events beside it part best (modularity of key similarity); keys: [T, K]."""
    near = F.normalize(keys, dim=-1) @ F.normalize(keys, dim=-1).T
    near = near.clamp(min=0).fill_diagonal_(0)
    moved = list(cuts)
    for n, _ in enumerate(cuts):
        start = moved[n - 1] if n else 0
        end = cuts[n + 1] if n + 1 < len(cuts) else keys.shape[0]
        part = near[start:end, start:end]
        degree, total = part.sum(1), part.sum().clamp(min=1e-12)
        excess = part - degree[:, None] * degree / total
        whole = excess.cumsum(0).cumsum(1)  # [i, j]: sum over the first i + 1 rows and j + 1 columns
        left = whole.diagonal()[:-1]
        right = whole[-1, -1] - whole[-1, :-1] - whole[:-1, -1] + left
        moved[n] = start + 1 + int((left + right).argmax())
    return moved


@dataclass(frozen=True)
class Segmenter:
    """Cuts where surprise exceeds mean + `gamma` deviations of the last `recent`, events `smallest` to `largest`."""

    gamma: float = 1.0
    recent: int = 16
    smallest: int = 2
    largest: int = 8
    fading: float = 0.5

    def __post_init__(self) -> None:
        if not 1 <= self.smallest <= self.largest or self.recent < 2:
            raise InvalidInput("events need 1 <= smallest <= largest, and surprise at least 2 recent values")

    def init_state(self, like: Tensor) -> State:
        """The state before the first token; like: [B, D] zeros."""
        count = torch.zeros(like.shape[0], dtype=torch.long, device=like.device)
        recent = like.new_zeros(like.shape[0], self.recent)
        return {"last": count, "size": count, "seen": count, "recent": recent, "mean": like}

    def __call__(self, x: Tensor, state: State) -> tuple[Tensor, Tensor, State]:
        """x: [B, T, D] -> event ids [B, T] from 0, whether a token begins an event [B, T], the new state."""
        surprise, mean = surprises(x.detach(), state["mean"], self.fading)
        wanted = surprising(surprise, state["recent"], state["seen"], self.gamma)
        ids, last, size = events(wanted, state["last"], state["size"], self.smallest, self.largest)
        begins = ids != torch.cat([state["last"][:, None], ids[:, :-1]], 1)
        recent = torch.cat([state["recent"].to(x.dtype), surprise], 1)[:, -self.recent :]
        seen = state["seen"] + x.shape[1]
        return ids, begins, {"last": last, "size": size, "seen": seen, "recent": recent, "mean": mean}
