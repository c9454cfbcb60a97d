"""Gated delta rule over matrix memories, in chunks: Hebbian or delta writes, with scalar or channel decay.

    S_t = diag(a_t) S_{t-1};   S_t += b_t k_t^T (v_t - k_t S_t)  (delta)  or  S_t += k_t^T v_t  (Hebb)
    o_t = q_t S_t

Linear attention (no gate, no beta), RetNet, Mamba-2, GLA (gates), DeltaNet (beta), gated DeltaNet (both).
The chunk form is the WY form of Yang et al. 2024: one triangular solve per chunk, then matrix products.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast

import torch
from torch import Tensor

from remanence.errors import InvalidInput

F = TypeVar("F", bound=Callable[..., Any])


def exact(kernel: F) -> F:
    """Keep autocast out of a kernel: it sums in 32 bits or more whatever the precision around it."""

    @functools.wraps(kernel)
    def run(*args: Any, **knobs: Any) -> Any:
        if not torch.is_autocast_enabled("cpu") and not torch.is_autocast_enabled("cuda"):
            return kernel(*args, **knobs)
        with torch.autocast("cpu", enabled=False), torch.autocast("cuda", enabled=False):
            return kernel(*args, **knobs)

    return cast(F, run)


def gated_delta_naive(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    *,
    beta: Tensor | None = None,
    gate: Tensor | None = None,
    erase: Tensor | None = None,
    state: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """One step per token: the definition. Shapes as `gated_delta`."""
    batch, time, heads, key = q.shape
    s = q.new_zeros(batch, heads, key, v.shape[-1]) if state is None else state
    out = []
    for t in range(time):
        k_t, v_t = k[:, t], v[:, t]
        if gate is not None:
            a = gate[:, t].exp()
            s = (a[..., None] if a.dim() == 3 else a[..., None, None]) * s
        if beta is not None:
            v_t = beta[:, t, :, None] * (v_t - torch.einsum("bhk,bhkv->bhv", k_t, s))
        elif erase is not None:
            v_t = v_t - torch.einsum("bhk,bhkv->bhv", erase[:, t], s)
        s = s + k_t[..., None] * v_t[..., None, :]
        out.append(torch.einsum("bhk,bhkv->bhv", q[:, t], s))
    return (torch.stack(out, 1) if out else v), s


@exact
def gated_delta(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    *,
    beta: Tensor | None = None,
    gate: Tensor | None = None,
    erase: Tensor | None = None,
    state: Tensor | None = None,
    chunk: int = 32,
) -> tuple[Tensor, Tensor]:
    """Read and write a matrix memory: q, k: [B, T, H, K], v: [B, T, H, V] -> o: [B, T, H, V], S.

    beta: [B, T, H] writing strength of the delta rule; None writes Hebbian sums.
    gate: log decay <= 0, [B, T, H] (scalar) or [B, T, H, K] (per key channel); None keeps, -inf wipes.
    erase: [B, T, H, K] instead of beta: what to look up and take off the value, where it is not b_t k_t.
    state: S: [B, H, K, V] before the first token. Half precision is summed in 32 bits. Linear in T.
    """
    check_heads(q, k, v)
    out_type = v.dtype
    q, k, v = full_precision(q), full_precision(k), full_precision(v)
    batch, time, heads, key = q.shape
    s = q.new_zeros(batch, heads, key, v.shape[-1]) if state is None else state.to(q.dtype)
    if time == 0:
        return v.to(out_type), s
    channel = gate is not None and gate.dim() == 4
    chunk = 16 if channel else min(chunk, time)  # the channel form holds [C / 4, C, K] per chunk
    if beta is not None:
        v, erase = full_precision(beta)[..., None] * v, full_precision(beta)[..., None] * k
    erase = None if erase is None else chunks(full_precision(erase), chunk)
    q, k, v = (chunks(x, chunk) for x in (q, k, v))  # [B, H, N, C, .]
    part = _parts(q, k, erase, None if gate is None else full_precision(gate), chunk)
    write: Tensor | None = None  # W: what the state already says, to be taken off the values
    if erase is not None:
        system, told = part.overlap.tril(-1), torch.cat([v, part.key_in], -1)  # I + A, unit lower triangular
        v, write = torch.linalg.solve_triangular(system, told, upper=False, unitriangular=True).split(
            [v.shape[-1], key], -1
        )
    out = []
    for n in range(q.shape[2]):
        value = v[:, :, n] if write is None else v[:, :, n] - write[:, :, n] @ s
        out.append(part.query_in[:, :, n] @ s + part.scores[:, :, n] @ value)
        added = part.key_out[:, :, n].mT @ value
        s = (s if part.whole is None else part.whole[:, :, n] * s) + added
    o = torch.stack(out, 2).flatten(2, 3)[:, :, :time].transpose(1, 2)
    return o.to(out_type), s


class _Parts(NamedTuple):
    """What a chunk is made of, all [B, H, N, C, .]: D_ij = e^(G_i - G_j) with G the running log decay."""

    scores: Tensor
    """q k^T D"""
    overlap: Tensor
    """e k^T D with e the erase keys, where values are written by the delta rule"""
    key_in: Tensor
    """e e^G"""
    key_out: Tensor
    """k e^(G_C - G)"""
    query_in: Tensor
    """q e^G"""
    whole: Tensor | None
    """e^(G_C): what the chunk leaves of the state; None: all"""


def _parts(q: Tensor, k: Tensor, erase: Tensor | None, gate: Tensor | None, chunk: int) -> _Parts:
    lower = torch.ones(chunk, chunk, dtype=torch.bool, device=q.device).tril()
    e = k if erase is None else erase
    if gate is None:
        scores = (q @ k.mT).masked_fill(~lower, 0)
        return _Parts(scores, scores if erase is None else e @ k.mT, e, k, q, None)
    if gate.dim() == 4:
        g = chunks(gate, chunk).clamp(min=-50.0)  # e^-50: as good as shut, and running totals stay precise
        total = g.cumsum(-2)
        scores, *rest = _channel_scores(k, total, q, *([] if erase is None else [e]))
        overlap = rest[0] if rest else scores
        key_out = k * (total[..., -1:, :] - total).exp()
    else:
        g = chunks(gate[..., None], chunk)  # [B, H, N, C, 1]
        decay = segment_decay(g[..., 0], lower)  # [B, H, N, C, C]
        total = g.cumsum(-2)
        scores = (q @ k.mT) * decay
        overlap = scores if erase is None else (e @ k.mT) * decay
        key_out = k * decay[..., -1, :, None]
    since = total.exp()
    return _Parts(scores, overlap, e * since, key_out, q * since, since[..., -1, :, None])


def segment_decay(g: Tensor, lower: Tensor) -> Tensor:
    """e^(sum of g over (j, i]) for j <= i, else 0: g: [..., C], lower: [C, C] -> [..., C, C].

    Sums segments directly instead of subtracting running totals, so it neither overflows nor cancels,
    and g = -inf (a gate shut completely) is exact.
    """
    spread = g[..., :, None].expand(*g.shape, g.shape[-1]).masked_fill(~lower.tril(-1), 0)
    return spread.cumsum(-2).masked_fill(~lower, float("-inf")).exp()


def _channel_scores(k: Tensor, total: Tensor, *queries: Tensor) -> list[Tensor]:
    """sum_k q_ik k_jk e^(G_ik - G_jk) for j <= i, per query tensor: [..., C, K] -> [..., C, C].

    Blocks of 4 tokens: inside a block by broadcasting, before it through the total at the block's start, so
    that every exponent is <= 0 and nothing overflows.
    """
    size, block = k.shape[-2], 4
    shape = (*total.shape[:-2], size // block, block)
    blocks = total.reshape(*shape, -1)
    before = torch.cat([torch.zeros_like(blocks[..., :1, 0, :]), blocks[..., :-1, -1, :]], -2)  # [..., M, K]
    here = torch.arange(size, device=k.device) // block
    past = (here < torch.arange(size // block, device=k.device)[:, None])[..., None]  # [M, C, 1]
    ahead = (before[..., :, None, :] - total[..., None, :, :]).masked_fill(~past, float("-inf")).exp()
    key_before = (k[..., None, :, :] * ahead).mT  # [..., M, K, C]
    lower = torch.ones(block, block, dtype=torch.bool, device=k.device).tril()[..., None]
    inside = (blocks[..., :, None, :] - blocks[..., None, :, :]).masked_fill(~lower, float("-inf")).exp()
    key_inside = inside * k.reshape(*shape[:-1], 1, block, k.shape[-1])  # [..., M, c, c, K]
    same = torch.eye(size // block, dtype=k.dtype, device=k.device)[:, None, :, None]
    since = (blocks - before[..., None, :]).exp()
    out = []
    for q in queries:
        q = q.reshape(*shape, -1)
        far = ((q * since) @ key_before).reshape(*shape, size // block, block)  # [..., M, c, M, c]
        near = (key_inside @ q[..., None])[..., None, :, 0]  # [..., M, c, 1, c]
        out.append((far + near * same).flatten(-4, -3).flatten(-2))
    return out


def check_heads(q: Tensor, k: Tensor, v: Tensor) -> None:
    """Say which of q, k, v has the wrong shape; all are [batch, time, head, channel]."""
    for name, x in (("q", q), ("k", k), ("v", v)):
        if x.dim() != 4:
            raise InvalidInput(f"{name} must be [batch, time, head, channel], got {list(x.shape)}")
    if q.shape != k.shape or v.shape[:3] != k.shape[:3]:
        raise InvalidInput(
            f"q, k: [B, T, H, K] and v: [B, T, H, V] must agree, got {list(q.shape)}, {list(k.shape)}, {list(v.shape)}"
        )


def full_precision(x: Tensor) -> Tensor:
    """Half precision to 32 bits, the rest unchanged."""
    return x.float() if x.dtype in (torch.float16, torch.bfloat16) else x


def chunks(x: Tensor, chunk: int) -> Tensor:
    """[B, T, H, K] -> [B, H, N, C, K], filled up with zeros, which neither write nor decay."""
    pad = -x.shape[1] % chunk
    if pad:
        x = torch.cat([x, x.new_zeros(x.shape[0], pad, *x.shape[2:])], 1)
    batch, time, heads, width = x.shape
    return x.transpose(1, 2).reshape(batch, heads, time // chunk, chunk, width)
