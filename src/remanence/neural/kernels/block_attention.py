"""Softmax attention over indexed blocks: causal, windowed, biased, block-sparse, hierarchical and grouped.

    o_t = sum_j softmax_j(scale q_t . k_j + bias_tj) v_j      over the keys j that query t may read

The state is the key-value cache. A query that may read nothing answers zero.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from remanence.errors import InvalidInput
from remanence.neural.kernels.gated_delta import check_heads


@dataclass(frozen=True)
class Sight:
    """What a query may read. causal: keys up to its own place; window: only the last so many, itself included.

    bias: [B or 1, H or 1, T, S] added to the logits; -inf hides a key.
    """

    causal: bool = True
    window: int | None = None
    bias: Tensor | None = None


@dataclass(frozen=True)
class Blocks:
    """The blocks of `size` keys that each query reads: index [B, T, H, n], distinct, -1 for none.

    weight: [B, T, H, n] makes the read a weighted sum of one softmax per block instead of one joint softmax.
    """

    index: Tensor
    size: int = 64
    weight: Tensor | None = None


Prefix = tuple[Tensor, Tensor]
"""Keys and values [B or 1, N, H, K] that every query reads besides (persistent memory, summaries)."""
Cache = dict[str, Any]
"""{"k": [B, S, H, K], "v": [B, S, H, V]}: what a query may still read."""


def block_attention_naive(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    *,
    state: Cache | None = None,
    sight: Sight = Sight(),
    blocks: Blocks | None = None,
    prefix: Prefix | None = None,
    scale: float | None = None,
) -> tuple[Tensor, Cache]:
    """One query, one set of keys at a time: the definition. Arguments as `block_attention`."""
    k, v, state = _extend(k, v, state, sight.window)
    batch, time, heads, key = q.shape
    size = k.shape[1]
    scale = key**-0.5 if scale is None else scale
    place = torch.arange(size, device=q.device)
    o = q.new_zeros(*q.shape[:3], v.shape[-1])
    for b, t, h in itertools.product(range(batch), range(time), range(heads)):
        at = size - time + t
        allowed = place <= at if sight.causal else torch.ones_like(place, dtype=torch.bool)
        if sight.window is not None:
            allowed = allowed & (place > at - sight.window)
        logits = scale * (k[b, :, h] @ q[b, t, h])
        if sight.bias is not None:
            logits = logits + sight.bias.expand(batch, heads, time, size)[b, h, t]
            allowed = allowed & (logits > float("-inf"))
        sets, shares = [allowed], [1.0]
        if blocks is not None:
            sets = [allowed & (place // blocks.size == i) for i in blocks.index[b, t, h].tolist() if i >= 0]
            if blocks.weight is None:
                sets = [torch.stack([place < 0, *sets]).any(0)]
            else:
                shares = [w for i, w in zip(blocks.index[b, t, h], blocks.weight[b, t, h], strict=True) if i >= 0]
        ahead, said = k.new_zeros(0), v.new_zeros(0, v.shape[-1])
        if prefix is not None:
            ahead = scale * (prefix[0].expand(batch, -1, -1, -1)[b, :, h] @ q[b, t, h])
            said = prefix[1].expand(batch, -1, -1, -1)[b, :, h]
        read = v.new_zeros(v.shape[-1])
        for members, share in zip(sets, shares, strict=True):
            if members.any() or len(ahead):
                weights = torch.cat([ahead, logits[members]]).softmax(0)
                read = read + share * (weights @ torch.cat([said, v[b, members, h]]))
        o = o + torch.zeros_like(o).index_put([torch.tensor(i) for i in (b, t, h)], read)
    return o, state


def block_attention(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    *,
    state: Cache | None = None,
    sight: Sight = Sight(),
    blocks: Blocks | None = None,
    prefix: Prefix | None = None,
    scale: float | None = None,
) -> tuple[Tensor, Cache]:
    """Attend: q: [B, T, H, K] over the cache, then k: [B, S, H, K], v: [B, S, H, V] -> o: [B, T, H, V].

    Queries are aligned with the last T keys. With a window the cache is cut to match, and the cost is linear in T;
    with blocks it grows with the keys read, not with S. scale: of the dot products, K ** -0.5 by default.
    """
    _check(q, k, sight, blocks, prefix)
    k, v, state = _extend(k, v, state, sight.window)
    scale = q.shape[-1] ** -0.5 if scale is None else scale
    if q.shape[1] == 0 or k.shape[1] == 0:
        return q.new_zeros(*q.shape[:3], v.shape[-1]), state
    if blocks is not None:
        return _tiled(q, k, v, sight, blocks, scale), state
    if sight.window is not None and sight.causal and sight.bias is None:
        parts, late = [], k.shape[1] - q.shape[1]
        for t in range(0, q.shape[1], 4096):  # so that what is held at once does not grow with T
            end = min(t + 4096, q.shape[1])
            span = slice(max(0, late + t - sight.window + 1), late + end)
            parts.append(_banded(q[:, t:end], k[:, span], v[:, span], sight.window, scale, prefix))
        return torch.cat(parts, 1), state
    return _dense(q, k, v, sight, scale, prefix), state


def grouped_softmax_naive(logits: Tensor, group: Tensor, gateway: Tensor) -> Tensor:
    """One row, one group at a time: the definition. Arguments as `grouped_softmax`."""
    rows = []
    flat = logits.reshape(-1, logits.shape[-1])
    groups = group.expand_as(logits).reshape(flat.shape)
    doors = gateway.expand_as(logits).reshape(flat.shape)
    for row, own, door in zip(flat, groups, doors, strict=True):
        share = torch.zeros_like(row)
        for g in own.unique().tolist():
            members = (own == g) & (row > float("-inf"))
            if members.any():
                share = torch.where(members, (row.masked_fill(~members, float("-inf"))).softmax(0), share)
        through = torch.where(door >= 0, share[door.clamp(min=0)], torch.ones_like(row))
        is_door = torch.zeros_like(row, dtype=torch.bool).scatter(0, door.clamp(min=0), door >= 0)
        is_door[door[door >= 0]] = True
        rows.append((share * through).masked_fill(is_door, 0))
    return torch.stack(rows).reshape(logits.shape)


def grouped_softmax(logits: Tensor, group: Tensor, gateway: Tensor, groups: int) -> Tensor:
    """Softmax inside each group, times the weight of the group's gateway key: logits [..., S] -> weights.

    group: [..., S] the group of each key, 0 <= group < groups.
    gateway: [..., S] the position of the key that opens this key's group, -1 where none is needed.
    Gateways themselves get weight 0, so a row sums to one if every gateway leads somewhere
    (landmark attention: Mohtashami and Jaggi 2023). -inf hides a key.
    """
    group, gateway = group.expand_as(logits), gateway.expand_as(logits)
    shape = (*logits.shape[:-1], groups)
    top = logits.detach().new_full(shape, float("-inf")).scatter_reduce(-1, group, logits.detach(), "amax")
    top = top.clamp(min=torch.finfo(logits.dtype).min)  # a group hidden as a whole
    mass = (logits - top.gather(-1, group)).exp()
    total = torch.zeros(shape, dtype=logits.dtype, device=logits.device).scatter_add(-1, group, mass)
    share = mass / total.gather(-1, group).clamp(min=torch.finfo(logits.dtype).tiny)
    door = gateway >= 0
    at = gateway.clamp(min=0)
    through = torch.where(door, share.gather(-1, at), torch.ones_like(share))
    is_door = torch.zeros_like(share).scatter_add(-1, at, door.to(share.dtype)) > 0
    return (share * through).masked_fill(is_door, 0)


def _extend(k: Tensor, v: Tensor, state: Cache | None, window: int | None) -> tuple[Tensor, Tensor, Cache]:
    if state is not None:
        k, v = torch.cat([state["k"].to(k.dtype), k], 1), torch.cat([state["v"].to(v.dtype), v], 1)
    first = 0 if window is None else max(0, k.shape[1] - (window - 1))
    return k, v, {"k": k[:, first:], "v": v[:, first:]}


def _read(logits: Tensor, hidden: Tensor, v: Tensor, extra: tuple[Tensor, Tensor] | None) -> Tensor:
    """Softmax over the keys that are not hidden and over `extra` (logits, values), then the blend of values."""
    if extra is None:
        return _softmax(logits, hidden) @ v
    count = extra[0].shape[-1]
    logits = torch.cat([extra[0], logits], -1)
    share = _softmax(logits, F.pad(hidden, (count, 0), value=False))
    return share[..., :count] @ extra[1] + share[..., count:] @ v


def _softmax(logits: Tensor, hidden: Tensor) -> Tensor:
    """Softmax over the keys that are not hidden; zeros where all are."""
    logits = logits.masked_fill(hidden, float("-inf"))
    top = logits.detach().amax(-1, keepdim=True).clamp(min=torch.finfo(logits.dtype).min)
    mass = (logits - top).exp()
    return mass / mass.sum(-1, keepdim=True).clamp(min=torch.finfo(logits.dtype).tiny)


def _dense(q: Tensor, k: Tensor, v: Tensor, sight: Sight, scale: float, prefix: Prefix | None) -> Tensor:
    q, k, v = q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2)
    time, size = q.shape[2], k.shape[2]
    bias, window = sight.bias, sight.window
    if prefix is None and bias is None and window is None and (not sight.causal or time == size or time == 1):
        alone = sight.causal and time > 1
        return F.scaled_dot_product_attention(q, k, v, is_causal=alone, scale=scale).transpose(1, 2)
    at = torch.arange(size - time, size, device=q.device)[:, None]
    place = torch.arange(size, device=q.device)
    hidden = (place > at) if sight.causal else torch.zeros(time, size, dtype=torch.bool, device=q.device)
    if window is not None:
        hidden = hidden | (place <= at - window)
    logits = scale * (q @ k.mT)
    if bias is not None:
        logits = logits + bias
        hidden = hidden | (bias == float("-inf"))
    extra = None
    if prefix is not None:
        first, second = prefix[0].transpose(1, 2), prefix[1].transpose(1, 2)
        extra = (scale * (q @ first.mT), second)
    return _read(logits, hidden, v, extra).transpose(1, 2)


def _banded(q: Tensor, k: Tensor, v: Tensor, window: int, scale: float, prefix: Prefix | None) -> Tensor:
    """Window attention in blocks as wide as the window: queries read their own and the last."""
    batch, time, heads, key = q.shape
    block = min(max(window, 32), max(time, window))
    keep = min(k.shape[1], time + block)
    k, v = k[:, k.shape[1] - keep :], v[:, v.shape[1] - keep :]
    tail = -time % block
    ahead = time + block - keep  # keys that do not exist
    q = F.pad(q, (0, 0, 0, 0, 0, tail)).transpose(1, 2)
    k, v = (F.pad(x, (0, 0, 0, 0, ahead, tail)).transpose(1, 2) for x in (k, v))
    q = q.reshape(batch, heads, -1, block, key)

    def pairs(x: Tensor) -> Tensor:
        x = x.reshape(batch, heads, -1, block, x.shape[-1])
        return torch.cat([x[:, :, :-1], x[:, :, 1:]], 3)

    k, v = pairs(k), pairs(v)
    row = torch.arange(block, device=q.device)[:, None] + block
    place = torch.arange(2 * block, device=q.device)
    hidden = (place > row) | (place <= row - window)
    start = torch.arange(q.shape[2], device=q.device)[:, None, None] * block
    hidden = hidden | (start + place < ahead)
    extra = None
    if prefix is not None:
        first, second = prefix[0].transpose(1, 2)[:, :, None], prefix[1].transpose(1, 2)[:, :, None]
        extra = (scale * (q @ first.mT), second)
    o = _read(scale * (q @ k.mT), hidden, v, extra)
    return o.flatten(2, 3)[:, :, :time].transpose(1, 2)


def _tiled(q: Tensor, k: Tensor, v: Tensor, sight: Sight, blocks: Blocks, scale: float) -> Tensor:
    """Block by block: the queries that read a block are brought to it in tiles, so that its keys are read once a tile.

    A stretch of queries at a time, so that what is held at once stays near sixteen million floats.
    """
    time, late = q.shape[1], k.shape[1] - q.shape[1]
    stretch = max(64, (1 << 24) // max(1, q.shape[0] * q.shape[2] * blocks.index.shape[-1] * blocks.size))
    if time <= stretch:
        return _tiles(q, k, v, sight, blocks, scale)
    out = []
    for t in range(0, time, stretch):
        span = slice(t, min(t + stretch, time))
        seen = late + span.stop if sight.causal else k.shape[1]
        bias = None if sight.bias is None else sight.bias[:, :, span, :seen]
        weight = None if blocks.weight is None else blocks.weight[:, span]
        here = Blocks(blocks.index[:, span], blocks.size, weight)
        out.append(_tiles(q[:, span], k[:, :seen], v[:, :seen], Sight(sight.causal, None, bias), here, scale))
    return torch.cat(out, 1)


def _tiles(q: Tensor, k: Tensor, v: Tensor, sight: Sight, blocks: Blocks, scale: float) -> Tensor:
    batch, time, heads, key = q.shape
    size, picks, block = k.shape[1], blocks.index.shape[-1], blocks.size
    count = -(-size // block)
    plan = _plan(blocks.index, count)
    if plan is None:
        return q.new_zeros(batch, time, heads, v.shape[-1])

    def pages(x: Tensor) -> Tensor:  # [B * H * blocks, block, K]
        x = F.pad(x, (0, 0, 0, 0, 0, count * block - size))
        return x.reshape(batch, count, block, heads, -1).permute(0, 3, 1, 2, 4).reshape(-1, block, x.shape[-1])

    asked = q.reshape(-1, key).index_select(0, plan.query.flatten()).reshape(*plan.query.shape, key)
    logits = scale * (asked @ pages(k).index_select(0, plan.page).mT)  # [tiles, tile, block]
    place = (plan.page % count)[:, None] * block + torch.arange(block, device=q.device)  # [tiles, block]
    at = plan.query // heads % time  # [tiles, tile]
    hidden = (place >= size)[:, None]
    if sight.causal:
        hidden = hidden | (place[:, None] > (size - time + at)[..., None])
    if sight.bias is not None:
        full = sight.bias.expand(batch, heads, time, size)
        rows, lanes = plan.query // heads // time, plan.query % heads
        added = full[rows[..., None], lanes[..., None], at[..., None], place.clamp(max=size - 1)[:, None]]
        logits, hidden = logits + added, hidden | (added == float("-inf"))
    logits = logits.masked_fill(hidden, float("-inf"))
    top = logits.detach().amax(-1).clamp(min=torch.finfo(logits.dtype).min)
    mass = (logits - top[..., None]).exp()
    read = mass @ pages(v).index_select(0, plan.page)  # not yet divided by the mass

    def back(x: Tensor) -> Tensor:  # from tiles to [B, T, H, n, .]; zeros where nothing is read
        x = torch.cat([x.flatten(0, 1), x.new_zeros(1, x.shape[-1])])
        return x.index_select(0, plan.slot).reshape(batch, time, heads, picks, -1)

    read, total, top = back(read), back(mass.sum(-1, keepdim=True)), back(top[..., None])
    least = torch.finfo(total.dtype).tiny
    if blocks.weight is not None:
        return (blocks.weight[..., None] * read / total.clamp(min=least)).sum(-2)
    share = (top - top.masked_fill(total == 0, float("-inf")).amax(-2, keepdim=True).clamp(min=-1e30)).exp()
    share = share.masked_fill(total == 0, 0)
    return (share * read).sum(-2) / (share * total).sum(-2).clamp(min=least)


class _Plan(NamedTuple):
    """Which queries are brought to which block: tiles of one page (sequence, head, block) each."""

    page: Tensor
    """[tiles]: the page of a tile"""
    query: Tensor
    """[tiles, tile]: rows of q [B * T * H]; 0 where a tile is not full"""
    slot: Tensor
    """[B * T * H * n]: where in the tiles each pair of query and block is, one behind the last for none"""


def _plan(index: Tensor, count: int) -> _Plan | None:
    """Sort the pairs of query and block by page and cut each page's queries into tiles; None where there are none."""
    batch, _, heads, picks = index.shape
    pages = batch * heads * count
    lane = torch.arange(batch, device=index.device)[:, None, None, None] * heads
    lane = lane + torch.arange(heads, device=index.device)[:, None]
    page = torch.where((index >= 0) & (index < count), lane * count + index, pages).flatten()
    held = torch.bincount(page, minlength=pages + 1)[:pages]
    filled = int((held > 0).sum())
    if filled == 0:
        return None
    tile = 1 << min(6, max(0, (int(held.sum()) // filled).bit_length() - 1))
    order = page.argsort(stable=True)
    order = order[: int(held.sum())]
    tiles = (held + tile - 1) // tile
    first, start = tiles.cumsum(0) - tiles, held.cumsum(0) - held
    own = page[order]
    rank = torch.arange(len(order), device=index.device) - start[own]
    slot = (first[own] + rank // tile) * tile + rank % tile
    total = int(tiles.sum())
    query = torch.zeros(total * tile, dtype=torch.long, device=index.device).scatter(0, slot, order // picks)
    back = torch.full_like(page, total * tile).scatter(0, order, slot)
    owner = torch.repeat_interleave(torch.arange(pages, device=index.device), tiles)
    return _Plan(owner, query.reshape(total, tile), back)


def _check(q: Tensor, k: Tensor, sight: Sight, blocks: Blocks | None, prefix: Prefix | None) -> None:
    check_heads(k, k, k)
    if q.dim() != 4 or q.shape[0] != k.shape[0] or q.shape[2:] != k.shape[2:]:
        raise InvalidInput(f"q: [B, T, H, K] must fit k: [B, S, H, K], got {list(q.shape)}, {list(k.shape)}")
    if sight.causal and q.shape[1] < k.shape[1]:
        raise InvalidInput("causal attention needs as many queries as new keys; carry old keys in the state")
    if sight.window is not None and (sight.window < 1 or blocks is not None):
        raise InvalidInput(f"window must be at least 1 and comes without blocks, got {sight.window}")
    if blocks is None:
        return
    if prefix is not None:
        raise InvalidInput("prefix and blocks do not go together; put the prefix into a block of its own")
    if blocks.index.shape[:3] != q.shape[:3] or (
        blocks.weight is not None and blocks.weight.shape != blocks.index.shape
    ):
        raise InvalidInput(
            f"the index of blocks is [B, T, H, n] for q {list(q.shape)}, and so is their weight; got "
            f"{list(blocks.index.shape)}" + ("" if blocks.weight is None else f" and {list(blocks.weight.shape)}")
        )
