"""Matrix memories by powers of two: the past is cut into stretches whose lengths are the bits of the place.

A token at place t reads one memory per set bit of t, and itself: stretch [s, s + 2^n) of the past has level n + 1,
the token level 0, so that a token at s < t has level bit_length(t xor s). After t tokens popcount(t) memories are kept.

    o_t = sum over levels l of w_tl q_t S_t^(l),   S^(l) written as in `gated_delta`, by the delta rule or by sums
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from remanence.neural.kernels.gated_delta import exact, full_precision, segment_decay


class Past(NamedTuple):
    """What is kept of the tokens before `place`: one memory a stretch, [B, popcount(place), H, K, V]."""

    memories: Tensor
    place: int


def stretches(place: int) -> list[tuple[int, int]]:
    """The stretches [start, end) that the tokens before `place` are cut into, longest first."""
    cut, start = [], 0
    for bit in reversed(range(place.bit_length())):
        if place >> bit & 1:
            cut.append((start, start + (1 << bit)))
            start += 1 << bit
    return cut


def levels(at: Tensor, seen: Tensor, most: int) -> Tensor:
    """bit_length(at xor seen), at most `most`: places [T, 1] and [S] -> [T, S]."""
    apart = torch.bitwise_xor(at, seen)
    return sum(((apart >> bit).clamp(max=1) for bit in range(most)), torch.zeros_like(apart))


def log_linear_naive(
    q: Tensor, k: Tensor, v: Tensor, weight: Tensor, *, gate: Tensor, beta: Tensor | None = None
) -> Tensor:
    """All memories at every token, from the start of a stream: the definition. Arguments as `log_linear`."""
    batch, time, heads, key = q.shape
    held: dict[tuple[int, int], Tensor] = {}
    out = []
    for t in range(time):
        decay = gate[:, t].exp()[..., None, None]
        turn = torch.eye(key, dtype=q.dtype).expand(batch, heads, key, key)
        if beta is not None:
            turn = turn - beta[:, t, :, None, None] * k[:, t, :, :, None] * k[:, t, :, None]
        held = {span: turn @ (decay * s) for span, s in held.items()}
        write = k[:, t, :, :, None] * v[:, t, :, None]
        held[t, t + 1] = write if beta is None else beta[:, t, :, None, None] * write
        read = torch.zeros_like(v[:, t])
        for (start, _), s in held.items():
            level = min((t ^ start).bit_length(), weight.shape[-1] - 1)
            read = read + weight[:, t, :, level, None] * torch.einsum("bhk,bhkv->bhv", q[:, t], s)
        out.append(read)
        merged: dict[tuple[int, int], Tensor] = {}
        for start, end in stretches(t + 1):
            parts = [s for (a, b), s in held.items() if start <= a and b <= end]
            merged[start, end] = torch.stack(parts).sum(0)
        held = merged
    return torch.stack(out, 1)


@exact
def log_linear(
    q: Tensor, k: Tensor, v: Tensor, weight: Tensor, past: Past, *, gate: Tensor, beta: Tensor | None = None,
    chunk: int = 32,
) -> tuple[Tensor, Past]:  # fmt: skip
    """Read and write: q, k: [B, T, H, K], v: [B, T, H, V] -> o: [B, T, H, V], what is kept of the past.

    weight: [B, T, H, L] of each level, the last one for all higher levels too. gate: log decay [B, T, H]. beta: [B, T,
    H] for the delta rule, None for sums. T log T in time, log T in memory.
    """
    kind = v.dtype
    q, k, v, weight, gate = (full_precision(part) for part in (q, k, v, weight, gate))
    past, out = Past(full_precision(past.memories), past.place), []
    for t in range(0, q.shape[1], chunk):
        span = slice(t, t + chunk)
        strength = None if beta is None else full_precision(beta)[:, span]
        o, past = _stretch(q[:, span], k[:, span], v[:, span], weight[:, span], gate[:, span], strength, past)
        out.append(o)
    return torch.cat(out, 1).to(kind), past


def _stretch(
    q: Tensor, k: Tensor, v: Tensor, weight: Tensor, gate: Tensor, beta: Tensor | None, past: Past
) -> tuple[Tensor, Past]:
    time, (state, place) = q.shape[1], past
    q, k, v, weight, gate = (part.transpose(1, 2) for part in (q, k, v, weight, gate))  # [B, H, C, .]
    lower = torch.ones(time, time, dtype=torch.bool, device=q.device).tril()
    decay, since = segment_decay(gate, lower), gate.cumsum(-1).exp()[..., None]
    asked, leaves = (q @ k.mT) * decay, k * decay[..., -1, :, None]  # [B, H, C, C], [B, H, C, K]
    into, out = q * since, since[..., -1:, :]  # what reads the old memories; what is left of them
    off: Tensor | None = None
    if beta is not None:
        strength = beta.transpose(1, 2)[..., None]
        system = (strength * (k @ k.mT) * decay).tril(-1)
        told = torch.cat([torch.diag_embed(strength[..., 0]), strength * k * since], -1)
        solved = torch.linalg.solve_triangular(system, told, upper=False, unitriangular=True)
        writes, erased = solved.split([time, k.shape[-1]], -1)
        into, off = into - asked @ erased, leaves.mT @ erased
        asked, leaves = asked @ writes, writes.mT @ leaves
    at = torch.arange(place, place + time, device=q.device)
    own = levels(at[:, None], at, weight.shape[-1] - 1)
    o = (asked * weight.gather(-1, own.expand_as(asked))) @ v
    before = stretches(place)
    starts = torch.tensor([start for start, _ in before], dtype=torch.long, device=q.device)
    if before:
        far = levels(at[:, None], starts, weight.shape[-1] - 1)
        read = torch.einsum("bhtk,bnhkv->bhtnv", into, state)
        o = o + (weight.gather(-1, far.expand(*weight.shape[:3], -1))[..., None] * read).sum(-2)
    kept = out[:, None] * state if off is None else out[:, None] * state - off[:, None] @ state
    new = []
    for start, end in stretches(place + time):
        inside = [n for n, (a, b) in enumerate(before) if start <= a and b <= end]
        span = slice(max(start - place, 0), max(end - place, 0))
        new.append(kept[:, inside].sum(1) + leaves[..., span, :].mT @ v[..., span, :])
    return o.transpose(1, 2), Past(torch.stack(new, 1), place + time)
