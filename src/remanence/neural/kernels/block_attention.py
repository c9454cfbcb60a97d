"""Softmax attention over indexed blocks: causal, windowed, biased, block-sparse, hierarchical and grouped.

    o_t = sum_j softmax_j(scale q_t . k_j + bias_tj) v_j      over the keys j that query t may read

The state is the key-value cache. A query that may read nothing answers zero.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from remanence.errors import InvalidInput
from remanence.neural.kernels.gated_delta import check_heads

Cache = dict[str, Any]
"""{"k": [B, S, H, K], "v": [B, S, H, V]}: what a query may still read."""


def block_attention_naive(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    *,
    state: Cache | None = None,
    causal: bool = True,
    window: int | None = None,
    bias: Tensor | None = None,
    index: Tensor | None = None,
    block: int = 64,
    weight: Tensor | None = None,
    prefix: tuple[Tensor, Tensor] | None = None,
    scale: float | None = None,
) -> tuple[Tensor, Cache]:
    """One query, one set of keys at a time: the definition. Arguments as `block_attention`."""
    k, v, state = _extend(k, v, state, window)
    batch, time, heads, key = q.shape
    size = k.shape[1]
    scale = key**-0.5 if scale is None else scale
    place = torch.arange(size, device=q.device)
    o = []
    for t in range(time):
        row = []
        for b in range(batch):
            for h in range(heads):
                at = size - time + t
                allowed = place <= at if causal else torch.ones_like(place, dtype=torch.bool)
                if window is not None:
                    allowed = allowed & (place > at - window)
                logits = scale * (k[b, :, h] @ q[b, t, h])
                if bias is not None:
                    logits = logits + bias.expand(batch, heads, time, size)[b, h, t]
                    allowed = allowed & (logits > float("-inf"))
                sets = [allowed]
                if index is not None:
                    ids = [i for i in index[b, t, h].tolist() if i >= 0]
                    inside = [allowed & (place // block == i) for i in index[b, t, h].tolist()]
                    union = torch.stack([place // block == i for i in [-1, *ids]]).any(0)
                    sets = inside if weight is not None else [allowed & union]
                read = v.new_zeros(v.shape[-1])
                for n, members in enumerate(sets):
                    if members.any():
                        share = logits[members].softmax(0)
                        part = share @ v[b, members, h]
                        read = read + (part if weight is None else weight[b, t, h, n] * part)
                if prefix is not None:
                    ahead = torch.cat([prefix[0].expand(batch, -1, -1, -1)[b, :, h], k[b, allowed, h]])
                    said = torch.cat([prefix[1].expand(batch, -1, -1, -1)[b, :, h], v[b, allowed, h]])
                    logits = scale * (ahead @ q[b, t, h])
                    if bias is not None:
                        late = bias.expand(batch, heads, time, size)[b, h, t, allowed]
                        logits = logits + torch.cat([late.new_zeros(prefix[0].shape[1]), late])
                    read = logits.softmax(0) @ said
                row.append(read)
        o.append(torch.stack(row).reshape(batch, heads, -1))
    return (torch.stack(o, 1) if o else q.new_zeros(*q.shape[:3], v.shape[-1])), state


def block_attention(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    *,
    state: Cache | None = None,
    causal: bool = True,
    window: int | None = None,
    bias: Tensor | None = None,
    index: Tensor | None = None,
    block: int = 64,
    weight: Tensor | None = None,
    prefix: tuple[Tensor, Tensor] | None = None,
    scale: float | None = None,
) -> tuple[Tensor, Cache]:
    """Attend: q: [B, T, H, K] over the cache, then k: [B, S, H, K], v: [B, S, H, V] -> o: [B, T, H, V].

    causal: query t reads keys up to its own place; queries are aligned with the last T keys.
    window: reads only the last `window` keys, itself included; the cache is cut to match. Linear in T.
    bias: [B or 1, H or 1, T, S] added to the logits; -inf hides a key.
    index: [B, T, H, n] distinct blocks of `block` keys that a query reads (-1: none). Cost grows with n, not
        with S, once S is above 64 n blocks.
    weight: [B, T, H, n] makes the read a weighted sum of one softmax per block instead of one joint softmax.
    prefix: keys and values [B or 1, N, H, K] that every query reads besides (persistent memory, summaries).
    scale: of the dot products, K ** -0.5 by default.
    """
    _check(q, k, v, causal, index, window, bias, weight)
    if prefix is not None and index is not None:
        raise InvalidInput("prefix and index do not go together; put the prefix into a block of its own")
    k, v, state = _extend(k, v, state, window)
    scale = q.shape[-1] ** -0.5 if scale is None else scale
    if q.shape[1] == 0 or k.shape[1] == 0:
        return q.new_zeros(*q.shape[:3], v.shape[-1]), state
    if index is not None:
        # matrix products over all keys beat gathering the chosen ones up to about 64 times as many keys
        few = k.shape[1] <= 64 * index.shape[-1] * block
        read = _marked if few else _gathered
        late, parts, size = k.shape[1] - q.shape[1], [], 128 if few else q.shape[1]
        for t in range(0, q.shape[1], size):
            end = min(t + size, q.shape[1])
            seen = late + end if causal else k.shape[1]
            here = None if bias is None else bias[:, :, t:end, :seen]
            share = None if weight is None else weight[:, t:end]
            chosen, keys, values = index[:, t:end], k[:, :seen], v[:, :seen]
            parts.append(read(q[:, t:end], keys, values, chosen, block, share, here, causal, scale))
        o = torch.cat(parts, 1)
    elif window is not None and causal and bias is None:
        parts, late = [], k.shape[1] - q.shape[1]
        for t in range(0, q.shape[1], 4096):  # so that what is held at once does not grow with T
            end = min(t + 4096, q.shape[1])
            span = slice(max(0, late + t - window + 1), late + end)
            parts.append(_banded(q[:, t:end], k[:, span], v[:, span], window, scale, prefix))
        o = torch.cat(parts, 1)
    else:
        o = _dense(q, k, v, bias, causal, window, scale, prefix)
    return o, state


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


def _dense(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    bias: Tensor | None,
    causal: bool,
    window: int | None,
    scale: float,
    prefix: tuple[Tensor, Tensor] | None,
) -> Tensor:
    q, k, v = q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2)
    time, size = q.shape[2], k.shape[2]
    if prefix is None and bias is None and window is None and (not causal or time == size or time == 1):
        alone = causal and time > 1
        return F.scaled_dot_product_attention(q, k, v, is_causal=alone, scale=scale).transpose(1, 2)
    at = torch.arange(size - time, size, device=q.device)[:, None]
    place = torch.arange(size, device=q.device)
    hidden = (place > at) if causal else torch.zeros(time, size, dtype=torch.bool, device=q.device)
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


def _banded(q: Tensor, k: Tensor, v: Tensor, window: int, scale: float, prefix: tuple[Tensor, Tensor] | None) -> Tensor:
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


def _marked(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    index: Tensor,
    block: int,
    weight: Tensor | None,
    bias: Tensor | None,
    causal: bool,
    scale: float,
) -> Tensor:
    """Score all keys and hide those outside the chosen blocks: only matrix products, quadratic in T."""
    batch, time, heads, _ = q.shape
    size = k.shape[1]
    count = -(-size // block)
    k, v = (F.pad(x.transpose(1, 2), (0, 0, 0, count * block - size)) for x in (k, v))
    q, index = q.transpose(1, 2), index.transpose(1, 2)
    chosen = torch.zeros(batch, heads, time, count + 1, dtype=torch.bool, device=q.device)
    ids = index.masked_fill((index < 0) | (index >= count), count)
    chosen = chosen.scatter(-1, ids, True)[..., :count]
    at = torch.arange(size - time, size, device=q.device)[:, None]
    place = torch.arange(count * block, device=q.device)
    hidden = (place >= size) | ((place > at) if causal else (at < 0))
    logits = scale * (q @ k.mT)
    if bias is not None:
        bias = F.pad(bias, (0, count * block - size))
        logits = logits + bias
        hidden = hidden | (bias == float("-inf"))
    hidden = hidden | ~chosen.repeat_interleave(block, -1)
    if weight is None:
        return (_softmax(logits, hidden) @ v).transpose(1, 2)
    blocks = (batch, heads, time, count, block)
    spread = weight.new_zeros(batch, heads, time, count + 1).scatter_add(-1, ids, weight.transpose(1, 2))
    share = _softmax(logits.reshape(blocks), hidden.expand_as(logits).reshape(blocks))
    return ((share * spread[..., :count, None]).flatten(-2) @ v).transpose(1, 2)


def _gathered(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    index: Tensor,
    block: int,
    weight: Tensor | None,
    bias: Tensor | None,
    causal: bool,
    scale: float,
) -> Tensor:
    """Gather the chosen blocks and attend to them, a stretch of queries at a time to bound the memory."""
    batch, time, heads, key = q.shape
    size, picks = k.shape[1], index.shape[-1]
    stretch = max(1, (1 << 21) // max(1, batch * heads * picks * block * (key + v.shape[-1])))
    rows = torch.arange(batch, device=q.device)[:, None, None, None]
    columns = torch.arange(heads, device=q.device)[None, None, :, None]
    within = torch.arange(block, device=q.device)
    count = -(-size // block)

    def pages(x: Tensor) -> Tensor:  # [B * H * blocks, block * K], so that a block is one contiguous row
        x = F.pad(x, (0, 0, 0, 0, 0, count * block - size))
        x = x.reshape(batch, count, block, heads, -1).permute(0, 3, 1, 2, 4)
        return x.reshape(-1, block * x.shape[-1])

    keys, values = pages(k), pages(v)
    out = []
    for t in range(0, time, stretch):
        ids = index[:, t : t + stretch]  # [B, t, H, n]
        place = (ids[..., None] * block + within).flatten(-2)  # [B, t, H, n * block]
        here = torch.arange(t, t + ids.shape[1], device=q.device)[:, None, None]
        hidden = (place < 0) | (place >= size)
        if causal:
            hidden = hidden | (place > size - time + here)
        page = ((rows * heads + columns) * count + ids.clamp(0, count - 1)).flatten()
        near = (*ids.shape[:-1], picks * block, -1)
        read = keys.index_select(0, page).reshape(near)
        logits = scale * (read @ q[:, t : t + stretch, :, :, None])[..., 0]
        if bias is not None:
            full = bias.expand(batch, heads, time, size)
            added = full[rows, columns, here, place.clamp(0, size - 1)]
            logits = logits + added
            hidden = hidden | (added == float("-inf"))
        if weight is None:
            share = _softmax(logits, hidden)
        else:
            blocks = (*logits.shape[:-1], picks, block)
            share = _softmax(logits.reshape(blocks), hidden.reshape(blocks))
            share = (share * weight[:, t : t + stretch, :, :, None]).flatten(-2)
        out.append((share[..., None, :] @ values.index_select(0, page).reshape(near))[..., 0, :])
    return torch.cat(out, 1)


def _check(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    causal: bool,
    index: Tensor | None,
    window: int | None,
    bias: Tensor | None,
    weight: Tensor | None,
) -> None:
    check_heads(k, k, v)
    if q.dim() != 4 or q.shape[0] != k.shape[0] or q.shape[2:] != k.shape[2:]:
        raise InvalidInput(f"q: [B, T, H, K] must fit k: [B, S, H, K], got {list(q.shape)}, {list(k.shape)}")
    if causal and q.shape[1] < k.shape[1]:
        raise InvalidInput("causal attention needs as many queries as new keys; carry old keys in the state")
    if window is not None and (window < 1 or index is not None):
        raise InvalidInput(f"window must be at least 1 and comes without index, got {window}")
    if weight is not None and (index is None or weight.shape != index.shape):
        raise InvalidInput("weight weighs the blocks of index: give both as [B, T, H, n]")
