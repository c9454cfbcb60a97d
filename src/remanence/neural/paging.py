"""Blocks of past tokens: cut a stretch of keys into them, score them, pick the best for every query."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor


def periods(place: int, period: int, time: int) -> Iterator[tuple[slice, int]]:
    """Cut `time` tokens that begin at `place` where periods end: the slice of each stretch, its place in its period."""
    t = 0
    while t < time:
        at = (place + t) % period
        end = min(t + period - at, time)
        yield slice(t, end), at
        t = end


def pages(x: Tensor, block: int) -> Tensor:
    """Cut into whole blocks, dropping a last one that is not full: [B, S, ...] -> [B, N, block, ...]."""
    count = x.shape[1] // block
    return x[:, : count * block].reshape(x.shape[0], count, block, *x.shape[2:])


def hide_unfinished(scores: Tensor, first: int, block: int) -> Tensor:
    """Give -inf to the blocks that a query may not read as a whole: scores [B, T, ..., N] of blocks from 0.

    Query t stands at place first + t; finished blocks are those before its own.
    """
    own = (first + torch.arange(scores.shape[1], device=scores.device)) // block
    late = torch.arange(scores.shape[-1], device=scores.device) >= own[:, None]  # [T, N]
    return scores.masked_fill(late.reshape(late.shape[0], *[1] * (scores.dim() - 3), -1), float("-inf"))


def pick(scores: Tensor, picks: int | None) -> tuple[Tensor, Tensor]:
    """The best `picks` blocks (None: all): scores [..., N] -> scores [..., n], ids [..., n], -1 where hidden."""
    count = scores.shape[-1] if picks is None else min(picks, scores.shape[-1])
    best, ids = scores.topk(count, -1)
    return best, ids.masked_fill(best == float("-inf"), -1)


def own_block(q: Tensor, k: Tensor, block: int, scale: float) -> tuple[Tensor, Tensor]:
    """Logits of queries for the keys of their own block: q [B, T, H, K] are the last of k [B, S, H, K].

    Gives logits [B, T, H, block], -inf for keys after the query, and each query's block id [T].
    """
    batch, time, heads, key = q.shape
    size = k.shape[1]
    at = torch.arange(size - time, size, device=q.device)
    own = at // block
    k = torch.cat([k, k.new_zeros(batch, -size % block, heads, key)], 1)
    near = k.reshape(batch, -1, block, heads, key)[:, own]  # [B, T, block, H, K]
    logits = scale * torch.einsum("bthk,btjhk->bthj", q, near)
    place = own[:, None] * block + torch.arange(block, device=q.device)
    return logits.masked_fill((place > at[:, None])[:, None], float("-inf")), own


def softmax_or_nothing(scores: Tensor) -> Tensor:
    """Softmax over the last axis, zeros where everything is -inf or there is nothing."""
    if scores.shape[-1] == 0:
        return scores
    top = scores.detach().amax(-1, keepdim=True).clamp(min=torch.finfo(scores.dtype).min)
    mass = (scores - top).exp()
    return mass / mass.sum(-1, keepdim=True).clamp(min=torch.finfo(scores.dtype).tiny)
