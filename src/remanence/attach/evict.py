"""Which tokens of a block stay when room is short: sinks, H2O, SnapKV, the question's, or those known to state."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from remanence.attach.blocks import Block, select
from remanence.attach.model import ATTENTION, Model
from remanence.errors import InvalidInput

Spans = Sequence[tuple[int, int]]
"""Tokens [first, last) that are known to state something."""

SINKS = 4
"""First tokens that any policy keeps: they take the attention that nothing else gets (Xiao et al. 2023)."""


def attended(model: Model, block: Block, asked: Sequence[int] = (), last: int = 0) -> Tensor:
    """Attention that each token of a block got, [L, Hkv, S], from its own tokens, its `last` ones, or `asked` after it."""  # noqa: E501
    block.check(model)
    if block.kept:
        raise InvalidInput("this block has lost tokens already: evict from the whole one")
    watch = [(layer, ATTENTION) for layer in range(model.shape.layers)]
    with torch.no_grad():
        if asked:
            seen = model.forward(torch.tensor([list(asked)]), block.kv, watch=watch, keep=1).seen
        else:
            seen = model.forward(torch.tensor([list(block.ids)]), watch=watch, keep=1).seen
    rows = [seen[place][0, :, -last:, : len(block)] for place in watch]
    sums = torch.stack([row.sum(1) for row in rows])
    return sums.view(len(rows), model.shape.kv_heads, -1, len(block)).mean(2)


def _top(block: Block, score: Tensor, count: int) -> Block:
    """The `count` best tokens, in their order, and the first ones always."""
    score = score.clone()
    score[..., :SINKS] = float("inf")
    return select(block, score.topk(count, -1).indices.sort(-1).values)


def _count(block: Block, share: float) -> int:
    if not 0 < share <= 1:
        raise InvalidInput("the share of tokens to keep lies in (0, 1]")
    return max(min(len(block), SINKS + 1), round(share * len(block)))


def recent(model: Model, block: Block, share: float) -> Block:
    """The last tokens only, without the first: the control that shows what sinks are for."""
    return select(block, torch.arange(len(block) - _count(block, share), len(block)))


def chance(model: Model, block: Block, share: float, *, seed: int = 0) -> Block:
    """Tokens by lot: the other control."""
    order = torch.randperm(len(block), generator=torch.Generator().manual_seed(seed))
    return select(block, order[: _count(block, share)].sort().values)


def sinks(model: Model, block: Block, share: float) -> Block:
    """The first four and the last tokens (Xiao et al. 2023, StreamingLLM)."""
    return _top(block, torch.arange(len(block), dtype=torch.float32), _count(block, share))


def h2o(model: Model, block: Block, share: float) -> Block:
    """Half for the tokens that got the most attention, for each head, half for the last ones (Zhang et al. 2023)."""
    count = _count(block, share)
    score = attended(model, block)
    score[..., len(block) - count // 2 :] = float("inf")
    return _top(block, score, count)


def snapkv(model: Model, block: Block, share: float, *, window: int = 16, pool: int = 7) -> Block:
    """What the last `window` tokens attend to, smoothed over `pool` neighbours (Li et al. 2024)."""
    score = _smooth(attended(model, block, last=window), pool)
    score[..., len(block) - window :] = float("inf")
    return _top(block, score, max(_count(block, share), SINKS + window))


def question_aware(model: Model, block: Block, share: float, asked: Sequence[int], *, pool: int = 7) -> Block:
    """What a question attends to, smoothed: needs the question, and the block serves only that one."""
    return _top(block, _smooth(attended(model, block, asked), pool), _count(block, share))


def statements(model: Model, block: Block, share: float, spans: Spans, *, give: float = 0.2) -> Block:
    """Spans that are known to state something, in their order, then what draws attention.

    Needs no question: memory read the text for statements when it came in. Where the spans take more room than there
    is, each may lose a share `give` of its tokens, those that draw least attention, before any of them has to go; then
    those that draw more attention stay.
    """
    count = _count(block, share)
    drawn = attended(model, block).mean((0, 1))
    drawn = drawn / torch.arange(len(block), 0, -1)  # a later token had fewer chances to be looked at
    score = drawn / drawn.max()
    room, stay = count - SINKS, []
    for first, last in sorted(spans, key=lambda span: -float(drawn[span[0] : span[1]].mean())):
        least = math.ceil((1 - give) * (last - first))
        if least <= room:
            room -= least
            stay.append((first, last, least))
    for first, last, least in stay:
        score[first:last] += 1.0  # before what states nothing
        score[first + score[first:last].topk(least).indices] += 1.0  # before what a span may lose
    return _top(block, score, count)


def _smooth(score: Tensor, pool: int) -> Tensor:
    flat = F.avg_pool1d(score.flatten(0, -2)[:, None], pool, 1, pool // 2, count_include_pad=False)
    return flat[:, 0].view(score.shape)


BLIND: dict[str, Callable[[Model, Block, float], Block]] = {
    "recent": recent,
    "random": chance,
    "sinks": sinks,
    "h2o": h2o,
    "snapkv": snapkv,
}
"""Policies that need neither a question nor spans."""
