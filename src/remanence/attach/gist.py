"""Condense a block to a few positions: start from the tokens that draw attention, then learn to answer as the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from remanence.attach.blocks import Block
from remanence.attach.evict import attended
from remanence.attach.model import KV, Model, read
from remanence.errors import InvalidInput


def condense(
    model: Model, block: Block, tokens: int, studies: Sequence[Sequence[int]], *, steps: int = 40, lr: float = 0.01
) -> tuple[Block, list[float]]:
    """A block of `tokens` positions in place of all, and the loss of each step.

    Keys and values of the most attended tokens (for each head its own, the first always) are the start; gradient
    descent then moves them until the model says after each study what it says after the whole block (KL). Studies
    are texts that might follow: questions, or what the model itself says next (`imagined`). Positions after it stay
    what they were. The model's weights do not change. As gist tokens and cartridges (Mu et al. 2023, Eyuboglu et
    al. 2025), one block at a time.
    """
    block.check(model)
    if not 1 <= tokens < len(block) or not studies:
        raise InvalidInput("condense to fewer tokens than there are, at least one, with at least one study")
    score = attended(model, block)
    score[..., 0] = float("inf")
    start = block.kv.pick(score.topk(tokens, -1).indices.sort(-1).values)
    keys = nn.ParameterList([nn.Parameter(k.clone()) for k in start.keys])
    values = nn.ParameterList([nn.Parameter(v.clone()) for v in start.values])
    lengths = sorted({len(ids) for ids in studies})
    batch = [torch.tensor([list(ids) for ids in studies if len(ids) == n]) for n in lengths]
    with torch.no_grad():
        wanted = [model.forward(ids, block.kv.expand(len(ids))).logits.log_softmax(-1) for ids in batch]
    optimiser = torch.optim.Adam([*keys, *values], lr=lr)
    told: list[float] = []
    for _ in range(steps):
        kv = KV(tuple(keys), tuple(values), block.kv.end)
        losses = [
            F.kl_div(
                model.forward(ids, kv.expand(len(ids))).logits.log_softmax(-1), p, reduction="sum", log_target=True
            )
            for ids, p in zip(batch, wanted, strict=True)
        ]
        loss = torch.stack(losses).sum() / sum(ids.numel() for ids in batch)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        told.append(float(loss.detach()))
    kv = KV(tuple(k.detach() for k in keys), tuple(v.detach() for v in values), block.kv.end)
    return replace(block, kv=kv, kept=tuple(range(tokens))), told


@torch.no_grad()
def imagined(
    model: Model, block: Block, many: int, length: int, *, warmth: float = 1.0, seed: int = 0
) -> list[list[int]]:
    """What the model itself might say after a block: `many` sampled texts of `length` tokens, for studies."""
    chance = torch.Generator().manual_seed(seed)
    last = read(model, block.ids[-1:], block.kv.pick(torch.arange(len(block) - 1))).logits[0, -1]
    first = torch.multinomial((last / warmth).softmax(-1), many, replacement=True, generator=chance)
    made: Tensor = first[:, None]
    kv = block.kv.expand(many)
    while made.shape[1] < length:
        out = model.forward(made[:, -1:], kv, keep=1)
        kv = out.kv
        word = torch.multinomial((out.logits[:, -1] / warmth).softmax(-1), 1, generator=chance)
        made = torch.cat([made, word], 1)
    return [row.tolist() for row in made]
